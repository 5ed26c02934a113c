//! The export over HTTP.

use axum::response::Response;
use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, Params, Routes};
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::{ExportRequest, Wanted};
use crate::imports::http::attachment;
use crate::permissions::EXPORT;

pub fn routes() -> Routes {
    Routes::new().add(routes!(export_customers, export_customers_by_criteria), Access::Needs(EXPORT))
}

/// The parameters of an export, for the document; beside them every filter of the list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "for the document")]
struct ExportParams {
    /// `csv` or `xlsx`.
    format: Option<String>,
    /// Names of fields, comma separated; all of them when not given.
    fields: Option<String>,
    /// `labels` in the caller's language, or `names` for programs.
    headers: Option<String>,
    /// Field names, comma separated, `-` for descending.
    ordering: Option<String>,
    /// Words; each must begin or be part of what is searched.
    search: Option<String>,
}

/// The customers the caller may export, as a file. Filters, search and order are those of the list.
#[utoipa::path(get, path = "/customers/export/", tag = "customers", operation_id = "export_customers", params(ExportParams), responses((status = 200, content_type = "text/csv", body = String), Problems))]
async fn export_customers(ctx: Ctx, Params(pairs): Params) -> Result<Response> {
    let ctx = ctx.for_lists().await;
    let wanted = super::wanted(&ctx, &pairs).await?;
    file(&ctx, wanted).await
}

/// The same file, asked for with a criteria: what groups and alternatives narrow as well.
#[utoipa::path(post, path = "/customers/export/", tag = "customers", operation_id = "export_customers_by_criteria", request_body = ExportRequest, responses((status = 200, content_type = "text/csv", body = String), Problems))]
async fn export_customers_by_criteria(ctx: Ctx, Body(asked): Body<ExportRequest>) -> Result<Response> {
    let ctx = ctx.for_lists().await;
    let wanted = super::requested(&ctx, asked).await?;
    file(&ctx, wanted).await
}

async fn file(ctx: &Ctx, wanted: Wanted) -> Result<Response> {
    let format = wanted.format;
    let name = format!(
        "{}-{}.{}",
        ctx.lang.pick("musteriler", "customers"),
        ctx.today().format("%Y-%m-%d"),
        format.name()
    );
    Ok(attachment(super::body(ctx, wanted).await?, format.media_type(), &name))
}
