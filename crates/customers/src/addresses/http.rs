//! Addresses over HTTP.

use axum::extract::OriginalUri;
use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, PathId, Reply, Routes};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::addresses::{self, Address};
use crate::children;
use crate::customer::http::Deleted;
use crate::permissions::{READ, WRITE};

const TAG: &str = "addresses";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_addresses), Access::Needs(READ))
        .add(routes!(create_address), Access::Needs(WRITE))
        .add(routes!(update_address), Access::Needs(WRITE))
        .add(routes!(delete_address), Access::Needs(WRITE))
}

/// An address about to be added. At least one of its parts must be there.
#[derive(Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
pub struct AddressInput {
    pub label: String,
    /// Street, number, flat.
    pub line: String,
    pub district: String,
    /// In Türkiye a province, in any spelling.
    pub city: String,
    pub postal_code: String,
    /// ISO 3166-1 alpha-2; `TR` when it is not given and the city is a province of Türkiye.
    pub country: String,
    /// Makes it the one that `city` and `country` of the customer show.
    pub is_primary: bool,
}

/// What is to change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressPatch {
    pub label: Option<String>,
    pub line: Option<String>,
    pub district: Option<String>,
    pub city: Option<String>,
    pub postal_code: Option<String>,
    pub country: Option<String>,
    /// Only `true`: a customer with addresses always has a primary one.
    pub is_primary: Option<bool>,
}

/// The addresses of a customer, the primary one first.
#[utoipa::path(get, path = "/customers/{id}/addresses/", tag = TAG, operation_id = "list_addresses", params(("id" = i64, Path)), responses((status = 200, body = Listed<Address>), Problems))]
async fn list_addresses(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    children::list::<Address>(&ctx, id).await
}

/// Adds an address. The first one is the primary one.
#[utoipa::path(post, path = "/customers/{id}/addresses/", tag = TAG, operation_id = "create_address", params(("id" = i64, Path)), request_body = AddressInput, responses((status = 201, body = Address), Problems))]
async fn create_address(
    ctx: Ctx,
    OriginalUri(uri): OriginalUri,
    PathId(id): PathId<i64>,
    Body(input): Body<AddressInput>,
) -> Result<Reply> {
    let AddressInput {
        label,
        line,
        district,
        city,
        postal_code,
        country,
        is_primary,
    } = input;
    let address = Address {
        id: 0,
        customer_id: id,
        label,
        line,
        district,
        city,
        postal_code,
        country,
        is_primary,
    };
    children::create::<Address>(&ctx, id, uri.path(), |customer| addresses::add(customer, address)).await
}

/// Changes an address.
#[utoipa::path(patch, path = "/customers/{id}/addresses/{address_id}/", tag = TAG, operation_id = "update_address", params(("id" = i64, Path), ("address_id" = i64, Path)), request_body = AddressPatch, responses((status = 200, body = Address), Problems))]
async fn update_address(ctx: Ctx, PathId((id, address_id)): PathId<(i64, i64)>, Body(patch): Body<AddressPatch>) -> Result<Reply> {
    children::update::<Address>(&ctx, id, address_id, |customer| addresses::change(customer, address_id, patch)).await
}

/// Removes an address. When it was the primary one, the next takes its place.
#[utoipa::path(delete, path = "/customers/{id}/addresses/{address_id}/", tag = TAG, operation_id = "delete_address", params(("id" = i64, Path), ("address_id" = i64, Path)), responses((status = 200, body = Deleted), Problems))]
async fn delete_address(ctx: Ctx, PathId((id, address_id)): PathId<(i64, i64)>) -> Result<Reply> {
    children::delete::<Address>(&ctx, id, |customer| addresses::remove(customer, address_id)).await
}
