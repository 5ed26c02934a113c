//! Figures, files, favourites and company of leads: the mechanisms of the crate `records`, under their paths.

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

use super::LEAD;
use crate::permissions::{LEAD_EXPORT, LEAD_READ};

const TAG: &str = "leads";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(total_leads), Access::Needs(LEAD_READ))
        .add(routes!(export_leads, export_leads_by_criteria), Access::Needs(LEAD_EXPORT))
        .add(routes!(add_favourite_lead, remove_favourite_lead), Access::Needs(LEAD_READ))
        .add(routes!(tell_lead_is_open), Access::Needs(LEAD_READ))
}

/// Figures over everything that the criteria and the search find among the leads the caller may see.
#[utoipa::path(post, path = "/leads/totals/", tag = TAG, operation_id = "total_leads", request_body = TotalsRequest, responses((status = 200, body = Totals), Problems))]
async fn total_leads(ctx: Ctx, Body(request): Body<TotalsRequest>) -> Result<Reply> {
    Reply::ok(&totals::of(&ctx, &LEAD, &request).await?)
}

/// The leads the caller may export, as a file. Filters, search and order are those of the list.
#[utoipa::path(get, path = "/leads/export/", tag = TAG, operation_id = "export_leads", params(ExportParams), responses((status = 200, content_type = "text/csv", body = String), Problems))]
async fn export_leads(ctx: Ctx, Params(pairs): Params) -> Result<Response> {
    let ctx = ctx.for_lists().await;
    let wanted = exports::wanted(&ctx, &LEAD, &pairs).await?;
    exports::file(&ctx, wanted).await
}

/// The same file, asked for with a criteria: what groups and alternatives narrow as well.
#[utoipa::path(post, path = "/leads/export/", tag = TAG, operation_id = "export_leads_by_criteria", request_body = ExportRequest, responses((status = 200, content_type = "text/csv", body = String), Problems))]
async fn export_leads_by_criteria(ctx: Ctx, Body(asked): Body<ExportRequest>) -> Result<Response> {
    let ctx = ctx.for_lists().await;
    let wanted = exports::requested(&ctx, &LEAD, asked).await?;
    exports::file(&ctx, wanted).await
}

/// Makes a lead a favourite of the caller's, the last one unless it is one already.
#[utoipa::path(put, path = "/leads/{id}/favourite/", tag = TAG, operation_id = "add_favourite_lead", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn add_favourite_lead(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    favourites::add(&ctx, &LEAD, id).await
}

/// Takes a lead from the caller's favourites.
#[utoipa::path(delete, path = "/leads/{id}/favourite/", tag = TAG, operation_id = "remove_favourite_lead", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn remove_favourite_lead(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    favourites::remove(&ctx, &LEAD, id).await
}

/// Says that the lead is open on a page of the caller's, every twenty seconds; answers who else has it open. What is opened is kept in
/// `me/recent/`.
#[utoipa::path(post, path = "/leads/{id}/here/", tag = TAG, operation_id = "tell_lead_is_open", params(("id" = i64, Path)), request_body = HereInput, responses((status = 200, body = Here), Problems))]
async fn tell_lead_is_open(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<HereInput>) -> Result<Reply> {
    presence::tell(&ctx, &LEAD, id, &input).await
}
