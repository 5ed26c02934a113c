//! Pipelines over HTTP.

use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Reply, Routes};
use utoipa_axum::routes;

use super::Pipeline;
use crate::permissions::OPPORTUNITY_READ;

const TAG: &str = "pipelines";

pub fn routes() -> Routes {
    Routes::new().add(routes!(list_pipelines), Access::Needs(OPPORTUNITY_READ))
}

/// The pipelines with their stages, the default one first.
#[utoipa::path(get, path = "/pipelines/", tag = TAG, operation_id = "list_pipelines", responses((status = 200, body = Listed<Pipeline>), Problems))]
async fn list_pipelines(ctx: Ctx) -> Result<Reply> {
    Reply::ok(&Listed::whole(super::all(&ctx).await?.0.clone()))
}
