//! The pipeline in figures over HTTP.

use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::http::openapi::Problems;
use kernel::http::{Access, Params, Reply, Routes};
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::answer::PipelineFigures;
use super::asked::Asked;
use crate::permissions::OPPORTUNITY_READ;

const TAG: &str = "pipelines";

pub fn routes() -> Routes {
    Routes::new().add(routes!(get_pipeline), Access::Needs(OPPORTUNITY_READ))
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "for the API document")]
struct PipelineParams {
    /// The default one when none is named.
    pipeline: Option<i64>,
    owner: Option<i64>,
    team: Option<i64>,
    source: Option<String>,
    product: Option<i64>,
    /// The first day of what is looked back on; a year before `to` when not given.
    from: Option<String>,
    /// The last day; today when not given.
    to: Option<String>,
    /// The stages as they stood at the end of this day; owner, team and source are those of today.
    as_of: Option<String>,
}

/// The pipeline in figures, today or as of any past day.
#[utoipa::path(get, path = "/pipeline/", tag = TAG, operation_id = "get_pipeline_figures", params(PipelineParams), responses((status = 200, body = PipelineFigures), Problems))]
async fn get_pipeline(ctx: Ctx, Params(pairs): Params) -> Result<Reply> {
    let ctx = ctx.for_lists().await;
    let asked = Asked::read(&ctx, &pairs).await?;
    Reply::ok(&super::pipeline(&ctx, &asked).await?)
}
