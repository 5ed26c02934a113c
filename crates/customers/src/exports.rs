//! Exports of customers, as [`records::exports`] makes them.

use axum::response::Response;
use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, Params, Routes};
use records::exports::{self, ExportParams, ExportRequest};
use utoipa_axum::routes;

use crate::customer::ENTITY;
use crate::permissions::EXPORT;

pub fn routes() -> Routes {
    Routes::new().add(routes!(export_customers, export_customers_by_criteria), Access::Needs(EXPORT))
}

/// The customers the caller may export, as a file. Filters, search and order are those of the list.
#[utoipa::path(get, path = "/customers/export/", tag = "customers", operation_id = "export_customers", params(ExportParams), responses((status = 200, content_type = "text/csv", body = String), Problems))]
async fn export_customers(ctx: Ctx, Params(pairs): Params) -> Result<Response> {
    let ctx = ctx.for_lists().await;
    let wanted = exports::wanted(&ctx, &ENTITY, &pairs).await?;
    exports::file(&ctx, wanted).await
}

/// The same file, asked for with a criteria: what groups and alternatives narrow as well.
#[utoipa::path(post, path = "/customers/export/", tag = "customers", operation_id = "export_customers_by_criteria", request_body = ExportRequest, responses((status = 200, content_type = "text/csv", body = String), Problems))]
async fn export_customers_by_criteria(ctx: Ctx, Body(asked): Body<ExportRequest>) -> Result<Response> {
    let ctx = ctx.for_lists().await;
    let wanted = exports::requested(&ctx, &ENTITY, asked).await?;
    exports::file(&ctx, wanted).await
}
