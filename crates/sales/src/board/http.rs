//! The board over HTTP.

use kernel::ctx::Ctx;
use kernel::error::{Result, invalid};
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, Params, Reply, Routes};
use kernel::page::ListRequest;
use kernel::say;
use records::{http as records_http, schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::Asked;
use crate::figures::DealFigures;
use crate::opportunities::OPPORTUNITY;
use crate::permissions::OPPORTUNITY_READ;

const TAG: &str = "opportunities";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(get_board), Access::Needs(OPPORTUNITY_READ))
        .add(routes!(search_board), Access::Needs(OPPORTUNITY_READ))
}

/// A board asked for as a body.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BoardSearch {
    /// The default one when none is named.
    pub pipeline: Option<i64>,
    /// Only this column.
    pub stage_id: Option<i64>,
    #[schema(value_type = Option<Object>)]
    pub criteria: Option<Value>,
    pub search: Option<String>,
    /// Cards of a column; 20 when not given.
    pub page_size: Option<u64>,
    /// From `cursor` of a column, whose stage is then to be named.
    pub cursor: Option<String>,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "for the API document; every field is a filter too")]
struct BoardParams {
    /// The default one when none is named.
    pipeline: Option<i64>,
    /// Only this column.
    stage_id: Option<i64>,
    search: Option<String>,
    /// Cards of a column; 20 when not given.
    page_size: Option<u64>,
    /// From `cursor` of a column, whose stage is then to be named.
    cursor: Option<String>,
}

/// A pipeline by its name.
#[derive(Serialize, ToSchema)]
pub struct PipelineName {
    pub id: i64,
    pub name: String,
}

/// Opportunities in columns.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "for the API document; the answer is written as text")]
pub struct Board {
    pipeline: PipelineName,
    currency: String,
    total: DealFigures,
    columns: Vec<BoardColumn>,
}

/// A stage with its sums and first cards.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "for the API document; the answer is written as text")]
pub struct BoardColumn {
    stage_id: i64,
    stage: String,
    name_tr: String,
    name_en: String,
    outcome: crate::pipelines::Outcome,
    /// Percent, a decimal string.
    probability: String,
    rots_after_days: Option<i64>,
    count: i64,
    /// A decimal string, in the organisation's currency; none for whom amounts are hidden.
    amount: Option<String>,
    /// The same; none also for whom probabilities are hidden.
    weighted: Option<String>,
    /// For the next cards of this column.
    cursor: Option<String>,
    /// Whose list, with the filters of the board, is this column.
    #[schema(value_type = Object)]
    criteria: Value,
    /// Opportunities with `days_in_stage` and `is_rotting`, the newest in the stage first.
    #[schema(value_type = Vec<Object>)]
    cards: Vec<Value>,
}

/// A pipeline as a board: a column for each stage with its sums and first cards. Every filter of the list is one here.
#[utoipa::path(get, path = "/opportunities/board/", tag = TAG, operation_id = "get_opportunity_board", params(BoardParams), responses((status = 200, body = Board), Problems))]
async fn get_board(ctx: Ctx, Params(pairs): Params) -> Result<Reply> {
    let ctx = ctx.for_lists().await;
    let (own, filters): (Vec<_>, Vec<_>) = pairs
        .into_iter()
        .partition(|(name, _)| ["pipeline", "stage_id"].contains(&name.as_str()));
    let id = |wanted: &str| {
        let given = own.iter().find(|(name, value)| name == wanted && !value.is_empty());
        given
            .map(|(name, value)| {
                let id = value.parse::<i64>();
                id.map_err(|_| invalid(name.as_str(), say!("Tam sayı olmalı.", "Must be a whole number.")))
            })
            .transpose()
    };
    let asked = Asked {
        pipeline: id("pipeline")?,
        stage_id: id("stage_id")?,
        criteria: records_http::from_pairs(&ctx, &OPPORTUNITY, &filters).await?,
        request: ListRequest::from_pairs(&filters)?,
    };
    answer(&ctx, &asked).await
}

/// The same board, asked for with a criteria.
#[utoipa::path(post, path = "/opportunities/board/", tag = TAG, operation_id = "search_opportunity_board", request_body = BoardSearch, responses((status = 200, body = Board), Problems))]
async fn search_board(ctx: Ctx, Body(search): Body<BoardSearch>) -> Result<Reply> {
    let ctx = ctx.for_lists().await;
    let schema = schema::schema(&ctx, &OPPORTUNITY).await?;
    let request = ListRequest {
        search: search.search,
        page_size: search.page_size,
        cursor: search.cursor,
        ..ListRequest::default()
    };
    let asked = Asked {
        pipeline: search.pipeline,
        stage_id: search.stage_id,
        criteria: records_http::parse_criteria(search.criteria.as_ref(), &schema)?,
        request: request.checked()?,
    };
    answer(&ctx, &asked).await
}

async fn answer(ctx: &Ctx, asked: &Asked) -> Result<Reply> {
    Ok(Reply::text(axum::http::StatusCode::OK, super::board(ctx, asked).await?))
}
