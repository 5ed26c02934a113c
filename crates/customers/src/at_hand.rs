//! Customers that somebody keeps at hand or has open just now; see [`records::favourites`] and [`records::presence`].

use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, PathId, Reply, Routes};
use records::favourites;
use records::presence::{self, Here, HereInput};
use utoipa_axum::routes;

use crate::customer::ENTITY;
use crate::permissions::READ;

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(tell_customer_is_open), Access::Needs(READ))
        .add(routes!(add_favourite, remove_favourite), Access::Needs(READ))
}

/// Says that the customer is open on a page of the caller's, every twenty seconds; answers who else has it open. What is opened is kept in
/// `me/recent/`. API tokens, and who looks as somebody else, are answered and leave no trace.
#[utoipa::path(post, path = "/customers/{id}/here/", tag = "customers", operation_id = "tell_customer_is_open", params(("id" = i64, Path)), request_body = HereInput, responses((status = 200, body = Here), Problems))]
async fn tell_customer_is_open(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<HereInput>) -> Result<Reply> {
    presence::tell(&ctx, &ENTITY, id, &input).await
}

/// Makes a customer a favourite of the caller's, the last one unless it is one already.
#[utoipa::path(put, path = "/customers/{id}/favourite/", tag = "customers", operation_id = "add_favourite", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn add_favourite(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    favourites::add(&ctx, &ENTITY, id).await
}

/// Takes a customer from the caller's favourites.
#[utoipa::path(delete, path = "/customers/{id}/favourite/", tag = "customers", operation_id = "remove_favourite", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn remove_favourite(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    favourites::remove(&ctx, &ENTITY, id).await
}
