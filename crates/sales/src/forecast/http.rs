//! The forecast over HTTP.

use axum::extract::OriginalUri;
use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::error::invalid;
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Params, Reply, Routes};
use kernel::say;
use utoipa::IntoParams;
use utoipa_axum::routes;

use super::answer::Forecast;
use super::{Asked, targets};
use crate::figures::Sight;
use crate::opportunities::Key;
use crate::permissions::OPPORTUNITY_READ;
use crate::pipeline::asked::given;
use crate::pipeline::behind::{CountedOpportunity, PAGING};
use crate::pipelines::Category;

const TAG: &str = "forecast";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(get_forecast), Access::Needs(OPPORTUNITY_READ))
        .add(routes!(list_forecast_opportunities), Access::Needs(OPPORTUNITY_READ))
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

/// What is won and what is expected, by period, team and representative. What is lost is in none of it.
#[utoipa::path(get, path = "/forecast/", tag = TAG, operation_id = "get_forecast", params(ForecastParams), responses((status = 200, body = Forecast), Problems))]
async fn get_forecast(ctx: Ctx, Params(pairs): Params) -> Result<Reply> {
    let ctx = ctx.for_lists().await;
    let asked = Asked::read(&ctx, &pairs)?;
    Reply::ok(&super::forecast(&ctx, &asked).await?)
}

/// The opportunities behind what a past period promised on its first day, as they stood then: the parameters of the forecast with those that
/// stand beside the figure as `opportunities`.
#[utoipa::path(get, path = "/forecast/opportunities/", tag = TAG, operation_id = "list_forecast_opportunities",
    params(("past_period" = String, Query, description = "`2026-03` or `2026-Q1`"), ("category" = String, Query, description = "`commit`, `best_case` or `pipeline`"),
        ("pipeline" = Option<i64>, Query), ("owner" = Option<i64>, Query), ("team" = Option<i64>, Query), ("source" = Option<String>, Query),
        ("page_size" = Option<u64>, Query), ("cursor" = Option<String>, Query), ("count" = Option<String>, Query)),
    responses((status = 200, body = Listed<CountedOpportunity>), Problems))]
async fn list_forecast_opportunities(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    let ctx = ctx.for_lists().await;
    let is = |names: &[&str], pair: &(String, String)| names.contains(&pair.0.as_str());
    let (paging, rest): (Vec<_>, Vec<_>) = pairs.iter().cloned().partition(|pair| is(&PAGING, pair));
    let (own, question): (Vec<_>, Vec<_>) = rest.into_iter().partition(|pair| is(&["past_period", "category"], pair));
    let asked = Asked::read(&ctx, &question)?;
    let period = targets::period(given(&own, "past_period").unwrap_or_default())?;
    let category = Category::parse(given(&own, "category").unwrap_or_default()).map_err(|problem| invalid("category", problem))?;
    if period.first > ctx.today() {
        return Err(invalid(
            "past_period",
            say!("Başlamış bir dönem olmalı.", "Must be a period that has begun."),
        ));
    }
    Sight::of(&ctx).require(&[Key::ExpectedCloseDate, Key::Category])?;
    let behind = super::past::promised(&ctx, &asked, &period, category).await?;
    behind.reply(&ctx, uri.path(), &pairs, &paging).await
}
