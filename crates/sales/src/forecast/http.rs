//! The forecast over HTTP.

use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::http::openapi::Problems;
use kernel::http::{Access, Params, Reply, Routes};
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::Asked;
use crate::permissions::OPPORTUNITY_READ;

const TAG: &str = "forecast";

pub fn routes() -> Routes {
    Routes::new().add(routes!(get_forecast), Access::Needs(OPPORTUNITY_READ))
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "for the API document")]
struct ForecastParams {
    /// All when none is named.
    pipeline: Option<i64>,
    owner: Option<i64>,
    team: Option<i64>,
    source: Option<String>,
    /// `month` or `quarter`.
    period: Option<String>,
    /// A day of the first period; today when not given.
    from: Option<String>,
    /// A day of the last period; three periods when not given.
    to: Option<String>,
}

/// A forecast. Money is in the organisation's currency, as decimal strings.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "for the API document; the answer is made as JSON")]
pub struct Forecast {
    currency: String,
    /// Each period with its lines: the total, teams with those below them, representatives. A line has its categories singly and
    /// cumulative, the weighted sum, P10, P50 and P90 of a simulation, and the criteria of its lists.
    #[schema(value_type = Vec<Object>)]
    periods: Vec<Value>,
    /// What past periods promised on their first day, and what they brought.
    #[schema(value_type = Vec<Object>)]
    past: Vec<Value>,
    /// What the chances of the simulation rest on.
    #[schema(value_type = Object)]
    history: Value,
}

/// What is won and what is expected, by period, team and representative. What is lost is in none of it.
#[utoipa::path(get, path = "/forecast/", tag = TAG, operation_id = "get_forecast", params(ForecastParams), responses((status = 200, body = Forecast), Problems))]
async fn get_forecast(ctx: Ctx, Params(pairs): Params) -> Result<Reply> {
    let ctx = ctx.for_lists().await;
    let asked = Asked::read(&ctx, &pairs)?;
    Reply::ok(&super::forecast(&ctx, &asked).await?)
}
