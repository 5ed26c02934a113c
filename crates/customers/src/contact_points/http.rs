//! Contact points over HTTP.

use axum::extract::OriginalUri;
use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, PathId, Reply, Routes};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::children;
use crate::contact_points::{self, ContactPoint as Stored};
use crate::customer::http::Deleted;
use crate::permissions::{READ, WRITE};

const TAG: &str = "contact points";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_contact_points), Access::Needs(READ))
        .add(routes!(create_contact_point), Access::Needs(WRITE))
        .add(routes!(update_contact_point), Access::Needs(WRITE))
        .add(routes!(delete_contact_point), Access::Needs(WRITE))
}

/// A way to reach a customer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ContactPoint {
    pub id: i64,
    /// `email`, `phone` or `social`.
    pub kind: String,
    /// `work`, `home`, … as the organisation likes.
    pub label: String,
    pub value: String,
    /// Whether it is the first of its kind: the customer's `primary_email` or `primary_phone`.
    pub is_primary: bool,
    /// Place among its kind, from 0; 1 is the customer's `secondary_email` or `secondary_phone`.
    pub rank: i64,
    pub is_verified: bool,
}

impl From<Stored> for ContactPoint {
    fn from(stored: Stored) -> ContactPoint {
        let Stored {
            id,
            customer_id: _,
            kind,
            label,
            value,
            rank,
            is_verified,
        } = stored;
        ContactPoint {
            id,
            kind,
            label,
            value,
            is_primary: rank == 0,
            rank,
            is_verified,
        }
    }
}

/// A contact point about to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactPointInput {
    /// `email`, `phone` or `social`.
    pub kind: String,
    pub value: String,
    #[serde(default)]
    pub label: String,
    /// `true` makes it the first of its kind, `false` leaves the first place alone; when it is not given, the first free place is taken.
    pub is_primary: Option<bool>,
    #[serde(default)]
    pub is_verified: bool,
}

/// What is to change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactPointPatch {
    /// Another value is no longer verified unless `is_verified` says so.
    pub value: Option<String>,
    pub label: Option<String>,
    pub is_primary: Option<bool>,
    pub is_verified: Option<bool>,
}

/// How a customer can be reached, in order.
#[utoipa::path(get, path = "/customers/{id}/contact-points/", tag = TAG, operation_id = "list_contact_points", params(("id" = i64, Path)), responses((status = 200, body = Listed<ContactPoint>), Problems))]
async fn list_contact_points(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    children::list::<Stored>(&ctx, id).await
}

/// Adds a way to reach a customer.
#[utoipa::path(post, path = "/customers/{id}/contact-points/", tag = TAG, operation_id = "create_contact_point", params(("id" = i64, Path)), request_body = ContactPointInput, responses((status = 201, body = ContactPoint), Problems))]
async fn create_contact_point(
    ctx: Ctx,
    OriginalUri(uri): OriginalUri,
    PathId(id): PathId<i64>,
    Body(input): Body<ContactPointInput>,
) -> Result<Reply> {
    let ContactPointInput {
        kind,
        value,
        label,
        is_primary,
        is_verified,
    } = input;
    let point = Stored {
        id: 0,
        customer_id: id,
        kind,
        label,
        value,
        rank: 0,
        is_verified,
    };
    children::create::<Stored>(&ctx, id, uri.path(), |customer| contact_points::add(customer, point, is_primary)).await
}

/// Changes a contact point.
#[utoipa::path(patch, path = "/customers/{id}/contact-points/{point_id}/", tag = TAG, operation_id = "update_contact_point", params(("id" = i64, Path), ("point_id" = i64, Path)), request_body = ContactPointPatch, responses((status = 200, body = ContactPoint), Problems))]
async fn update_contact_point(ctx: Ctx, PathId((id, point_id)): PathId<(i64, i64)>, Body(patch): Body<ContactPointPatch>) -> Result<Reply> {
    children::update::<Stored>(&ctx, id, point_id, |customer| contact_points::change(customer, point_id, patch)).await
}

/// Removes a contact point. The next one does not become the first by itself.
#[utoipa::path(delete, path = "/customers/{id}/contact-points/{point_id}/", tag = TAG, operation_id = "delete_contact_point", params(("id" = i64, Path), ("point_id" = i64, Path)), responses((status = 200, body = Deleted), Problems))]
async fn delete_contact_point(ctx: Ctx, PathId((id, point_id)): PathId<(i64, i64)>) -> Result<Reply> {
    children::delete::<Stored>(&ctx, id, |customer| contact_points::remove(customer, point_id)).await
}
