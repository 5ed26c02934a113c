//! Figures, files, favourites and company of opportunities: the mechanisms of the crate `records`, under their paths.

use axum::response::Response;
use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, Params, PathId, Reply, Routes};
use records::exports::{self, ExportParams, ExportRequest};
use records::favourites;
use records::presence::{self, Here, HereInput};
use records::totals::{self, Totals, TotalsRequest};
use utoipa_axum::routes;

use super::OPPORTUNITY;
use crate::permissions::{OPPORTUNITY_EXPORT, OPPORTUNITY_READ};

const TAG: &str = "opportunities";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(total_opportunities), Access::Needs(OPPORTUNITY_READ))
        .add(
            routes!(export_opportunities, export_opportunities_by_criteria),
            Access::Needs(OPPORTUNITY_EXPORT),
        )
        .add(
            routes!(add_favourite_opportunity, remove_favourite_opportunity),
            Access::Needs(OPPORTUNITY_READ),
        )
        .add(routes!(tell_opportunity_is_open), Access::Needs(OPPORTUNITY_READ))
}

/// Figures over everything that the criteria and the search find among the opportunities the caller may see.
#[utoipa::path(post, path = "/opportunities/totals/", tag = TAG, operation_id = "total_opportunities", request_body = TotalsRequest, responses((status = 200, body = Totals), Problems))]
async fn total_opportunities(ctx: Ctx, Body(request): Body<TotalsRequest>) -> Result<Reply> {
    Reply::ok(&totals::of(&ctx, &OPPORTUNITY, &request).await?)
}

/// The opportunities the caller may export, as a file. Filters, search and order are those of the list.
#[utoipa::path(get, path = "/opportunities/export/", tag = TAG, operation_id = "export_opportunities", params(ExportParams), responses((status = 200, content_type = "text/csv", body = String), Problems))]
async fn export_opportunities(ctx: Ctx, Params(pairs): Params) -> Result<Response> {
    let ctx = ctx.for_lists().await;
    let wanted = exports::wanted(&ctx, &OPPORTUNITY, &pairs).await?;
    exports::file(&ctx, wanted).await
}

/// The same file, asked for with a criteria: what groups and alternatives narrow as well.
#[utoipa::path(post, path = "/opportunities/export/", tag = TAG, operation_id = "export_opportunities_by_criteria", request_body = ExportRequest, responses((status = 200, content_type = "text/csv", body = String), Problems))]
async fn export_opportunities_by_criteria(ctx: Ctx, Body(asked): Body<ExportRequest>) -> Result<Response> {
    let ctx = ctx.for_lists().await;
    let wanted = exports::requested(&ctx, &OPPORTUNITY, asked).await?;
    exports::file(&ctx, wanted).await
}

/// Makes an opportunity a favourite of the caller's, the last one unless it is one already.
#[utoipa::path(put, path = "/opportunities/{id}/favourite/", tag = TAG, operation_id = "add_favourite_opportunity", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn add_favourite_opportunity(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    favourites::add(&ctx, &OPPORTUNITY, id).await
}

/// Takes an opportunity from the caller's favourites.
#[utoipa::path(delete, path = "/opportunities/{id}/favourite/", tag = TAG, operation_id = "remove_favourite_opportunity", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn remove_favourite_opportunity(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    favourites::remove(&ctx, &OPPORTUNITY, id).await
}

/// Says that the opportunity is open on a page of the caller's, every twenty seconds; answers who else has it open. What is opened is kept in
/// `me/recent/`.
#[utoipa::path(post, path = "/opportunities/{id}/here/", tag = TAG, operation_id = "tell_opportunity_is_open", params(("id" = i64, Path)), request_body = HereInput, responses((status = 200, body = Here), Problems))]
async fn tell_opportunity_is_open(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<HereInput>) -> Result<Reply> {
    presence::tell(&ctx, &OPPORTUNITY, id, &input).await
}
