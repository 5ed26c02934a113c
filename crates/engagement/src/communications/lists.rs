//! Figures, files, favourites and company of communications: the mechanisms of the crate `records`, under their paths.

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

use super::COMMUNICATION;
use crate::permissions::{COMMUNICATION_EXPORT, COMMUNICATION_READ};

const TAG: &str = "communications";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(total_communications), Access::Needs(COMMUNICATION_READ))
        .add(
            routes!(export_communications, export_communications_by_criteria),
            Access::Needs(COMMUNICATION_EXPORT),
        )
        .add(
            routes!(add_favourite_communication, remove_favourite_communication),
            Access::Needs(COMMUNICATION_READ),
        )
        .add(routes!(tell_communication_is_open), Access::Needs(COMMUNICATION_READ))
}

/// Figures over everything that the criteria and the search find among the communications the caller may see.
#[utoipa::path(post, path = "/communications/totals/", tag = TAG, operation_id = "total_communications", request_body = TotalsRequest, responses((status = 200, body = Totals), Problems))]
async fn total_communications(ctx: Ctx, Body(request): Body<TotalsRequest>) -> Result<Reply> {
    Reply::ok(&totals::of(&ctx, &COMMUNICATION, &request).await?)
}

/// The communications the caller may export, as a file. Filters, search and order are those of the list.
#[utoipa::path(get, path = "/communications/export/", tag = TAG, operation_id = "export_communications", params(ExportParams), responses((status = 200, content_type = "text/csv", body = String), Problems))]
async fn export_communications(ctx: Ctx, Params(pairs): Params) -> Result<Response> {
    let ctx = ctx.for_lists().await;
    let wanted = exports::wanted(&ctx, &COMMUNICATION, &pairs).await?;
    exports::file(&ctx, wanted).await
}

/// The same file, asked for with a criteria: what groups and alternatives narrow as well.
#[utoipa::path(post, path = "/communications/export/", tag = TAG, operation_id = "export_communications_by_criteria", request_body = ExportRequest, responses((status = 200, content_type = "text/csv", body = String), Problems))]
async fn export_communications_by_criteria(ctx: Ctx, Body(asked): Body<ExportRequest>) -> Result<Response> {
    let ctx = ctx.for_lists().await;
    let wanted = exports::requested(&ctx, &COMMUNICATION, asked).await?;
    exports::file(&ctx, wanted).await
}

/// Makes a communication a favourite of the caller's, the last one unless it is one already.
#[utoipa::path(put, path = "/communications/{id}/favourite/", tag = TAG, operation_id = "add_favourite_communication", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn add_favourite_communication(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    favourites::add(&ctx, &COMMUNICATION, id).await
}

/// Takes a communication from the caller's favourites.
#[utoipa::path(delete, path = "/communications/{id}/favourite/", tag = TAG, operation_id = "remove_favourite_communication", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn remove_favourite_communication(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    favourites::remove(&ctx, &COMMUNICATION, id).await
}

/// Says that the communication is open on a page of the caller's, every twenty seconds; answers who else has it open. What is opened is kept in
/// `me/recent/`.
#[utoipa::path(post, path = "/communications/{id}/here/", tag = TAG, operation_id = "tell_communication_is_open", params(("id" = i64, Path)), request_body = HereInput, responses((status = 200, body = Here), Problems))]
async fn tell_communication_is_open(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<HereInput>) -> Result<Reply> {
    presence::tell(&ctx, &COMMUNICATION, id, &input).await
}
