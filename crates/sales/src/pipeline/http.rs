//! The pipeline in figures over HTTP.

use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::http::openapi::Problems;
use kernel::http::{Access, Params, Reply, Routes};
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::asked::Asked;
use crate::figures::Figures;
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

/// A pipeline in figures. Money is in the organisation's currency, rates are percent, all decimal strings.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "for the API document; the answer is made as JSON")]
pub struct PipelineFigures {
    #[schema(value_type = Object)]
    pipeline: Value,
    currency: String,
    from: String,
    to: String,
    as_of: Option<String>,
    /// Each stage: count, amount, weighted, mean age; the cohort that entered it within the window; the time in it; its criteria; `opportunities`: with which
    /// parameters, beside those of this question, `pipeline/opportunities/` lists what is behind each figure.
    #[schema(value_type = Vec<Object>)]
    stages: Vec<Value>,
    open: Figures,
    /// Open opportunities × win rate × mean value ÷ days of a cycle, with its parts.
    #[schema(value_type = Object)]
    velocity: Value,
    /// How often and how far expected close dates were pushed.
    #[schema(value_type = Object)]
    slippage: Value,
    /// With which parameters `pipeline/opportunities/` lists what stands in open stages.
    #[schema(value_type = Object)]
    open_opportunities: Value,
    /// The same for pushes and pulls.
    #[schema(value_type = Object)]
    slippage_opportunities: Value,
    /// In all and by representative, source, month, industry of the customer, product.
    #[schema(value_type = Object)]
    win_rate: Value,
}

/// The pipeline in figures, today or as of any past day.
#[utoipa::path(get, path = "/pipeline/", tag = TAG, operation_id = "get_pipeline_figures", params(PipelineParams), responses((status = 200, body = PipelineFigures), Problems))]
async fn get_pipeline(ctx: Ctx, Params(pairs): Params) -> Result<Reply> {
    let ctx = ctx.for_lists().await;
    let asked = Asked::read(&ctx, &pairs).await?;
    Reply::ok(&super::pipeline(&ctx, &asked).await?)
}
