//! Figures, files, favourites and company of activities: the mechanisms of the crate `records`, under their paths.

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

use super::ACTIVITY;
use crate::permissions::{ACTIVITY_EXPORT, ACTIVITY_READ};

const TAG: &str = "activities";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(total_activities), Access::Needs(ACTIVITY_READ))
        .add(
            routes!(export_activities, export_activities_by_criteria),
            Access::Needs(ACTIVITY_EXPORT),
        )
        .add(
            routes!(add_favourite_activity, remove_favourite_activity),
            Access::Needs(ACTIVITY_READ),
        )
        .add(routes!(tell_activity_is_open), Access::Needs(ACTIVITY_READ))
}

/// Figures over everything that the criteria and the search find among the activities the caller may see.
#[utoipa::path(post, path = "/activities/totals/", tag = TAG, operation_id = "total_activities", request_body = TotalsRequest, responses((status = 200, body = Totals), Problems))]
async fn total_activities(ctx: Ctx, Body(request): Body<TotalsRequest>) -> Result<Reply> {
    Reply::ok(&totals::of(&ctx, &ACTIVITY, &request).await?)
}

/// The activities the caller may export, as a file. Filters, search and order are those of the list.
#[utoipa::path(get, path = "/activities/export/", tag = TAG, operation_id = "export_activities", params(ExportParams), responses((status = 200, content_type = "text/csv", body = String), Problems))]
async fn export_activities(ctx: Ctx, Params(pairs): Params) -> Result<Response> {
    let ctx = ctx.for_lists().await;
    let wanted = exports::wanted(&ctx, &ACTIVITY, &pairs).await?;
    exports::file(&ctx, wanted).await
}

/// The same file, asked for with a criteria: what groups and alternatives narrow as well.
#[utoipa::path(post, path = "/activities/export/", tag = TAG, operation_id = "export_activities_by_criteria", request_body = ExportRequest, responses((status = 200, content_type = "text/csv", body = String), Problems))]
async fn export_activities_by_criteria(ctx: Ctx, Body(asked): Body<ExportRequest>) -> Result<Response> {
    let ctx = ctx.for_lists().await;
    let wanted = exports::requested(&ctx, &ACTIVITY, asked).await?;
    exports::file(&ctx, wanted).await
}

/// Makes an activity a favourite of the caller's, the last one unless it is one already.
#[utoipa::path(put, path = "/activities/{id}/favourite/", tag = TAG, operation_id = "add_favourite_activity", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn add_favourite_activity(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    favourites::add(&ctx, &ACTIVITY, id).await
}

/// Takes an activity from the caller's favourites.
#[utoipa::path(delete, path = "/activities/{id}/favourite/", tag = TAG, operation_id = "remove_favourite_activity", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn remove_favourite_activity(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    favourites::remove(&ctx, &ACTIVITY, id).await
}

/// Says that the activity is open on a page of the caller's, every twenty seconds; answers who else has it open. What is opened is kept in
/// `me/recent/`.
#[utoipa::path(post, path = "/activities/{id}/here/", tag = TAG, operation_id = "tell_activity_is_open", params(("id" = i64, Path)), request_body = HereInput, responses((status = 200, body = Here), Problems))]
async fn tell_activity_is_open(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<HereInput>) -> Result<Reply> {
    presence::tell(&ctx, &ACTIVITY, id, &input).await
}
