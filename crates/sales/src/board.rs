//! The board: opportunities of a pipeline in columns, a column for each stage with its sums and its first cards.

pub mod http;

use criteria::Criteria;
use futures::future::try_join_all;
use kernel::clock::DAY_US;
use kernel::ctx::Ctx;
use kernel::error::{Result, invalid};
use kernel::page::{self, ListRequest, Page, SortKey};
use kernel::say;
use records::{custom, read};
use sea_query::{Expr, ExprTrait, SelectStatement};
use serde_json::{Value, json};

use crate::figures::{self, DealFigures, Figures, Sight};
use crate::opportunities::OPPORTUNITY;
use crate::pipelines::{self, Pipeline, Stage};

/// Cards of a column when nobody says how many.
const CARDS: u64 = 20;

/// What a board is asked for.
pub struct Asked {
    /// The default one when none is named.
    pub pipeline: Option<i64>,
    /// Only this column: for its further cards.
    pub stage_id: Option<i64>,
    pub criteria: Criteria,
    pub request: ListRequest,
}

/// The board as JSON text: cards are as the database wrote them.
pub async fn board(ctx: &Ctx, asked: &Asked) -> Result<String> {
    let pipelines = pipelines::all(ctx).await?;
    let pipeline = pipeline(&pipelines, asked.pipeline)?;
    let stages: Vec<&Stage> = match asked.stage_id {
        None => pipeline.stages.iter().collect(),
        Some(id) => pipeline.stages.iter().filter(|stage| stage.id == id).collect(),
    };
    if stages.is_empty() {
        return Err(invalid(
            "stage_id",
            say!("Bu satış sürecinin bir aşaması olmalı.", "Must be a stage of this pipeline."),
        ));
    }
    if asked.request.cursor.is_some() && asked.stage_id.is_none() {
        return Err(invalid(
            "stage_id",
            say!(
                "cursor tek sütun içindir; sütunun aşamasını stage_id ile verin.",
                "A cursor is for one column; name its stage in stage_id."
            ),
        ));
    }
    let ids: Vec<i64> = stages.iter().map(|stage| stage.id).collect();
    let search = asked.request.search.as_deref();
    let mut filtered = read::asked(ctx, &OPPORTUNITY, &asked.criteria, search).await?;
    filtered.and_where(OPPORTUNITY.col("stage_id").is_in(ids));
    let definitions = custom::definitions(ctx, OPPORTUNITY.name).await?;
    let row = read::row_for(ctx, &OPPORTUNITY, &definitions).await?;
    // Before each card stands when it came into its stage, for what is computed of that.
    let row = format!("opportunities.stage_entered_at || ' ' || {row}");
    let cards = try_join_all(stages.iter().map(|stage| cards(ctx, asked, stage, &row)));
    let (sums, cards) = futures::try_join!(sums(ctx, &filtered), cards)?;
    let sight = Sight::of(ctx);
    let columns: Vec<String> = stages
        .iter()
        .zip(cards)
        .map(|(stage, page)| {
            let figures = sums.iter().find(|(id, _)| *id == stage.id).map(|(_, figures)| *figures);
            column(stage, sight.figures(figures.unwrap_or_default()), &page, ctx.now_us())
        })
        .collect();
    let total: Figures = sums.iter().map(|(_, figures)| *figures).sum();
    Ok(format!(
        r#"{{"pipeline":{},"currency":{},"total":{},"columns":[{}]}}"#,
        json!({ "id": pipeline.id, "name": pipeline.name }),
        json!(ctx.org.currency),
        json!(sight.figures(total)),
        columns.join(",")
    ))
}

/// The pipeline that is meant.
pub fn pipeline(pipelines: &pipelines::Pipelines, id: Option<i64>) -> Result<&Pipeline> {
    let found = match id {
        Some(id) => pipelines.get(id),
        None => pipelines.default(),
    };
    found.ok_or_else(|| invalid("pipeline", say!("Böyle bir satış süreci yok.", "There is no such pipeline.")))
}

/// The sums of every column, from memory while no opportunity changes.
async fn sums(ctx: &Ctx, filtered: &SelectStatement) -> Result<Vec<(i64, Figures)>> {
    let dialect = ctx.db.dialect();
    let mut query = filtered.clone();
    query.column((OPPORTUNITY.table, "stage_id"));
    figures::select(&mut query, figures::parts(dialect, OPPORTUNITY.table));
    query.group_by_col((OPPORTUNITY.table, "stage_id"));
    let key = format!("board.sums {}", query.to_string(sea_query::SqliteQueryBuilder));
    let db = ctx.db.clone();
    let sums = ctx
        .db
        .memo()
        .get(key, &OPPORTUNITY.touched(), || async move {
            let rows: Vec<(i64, i64, i64, i64, i64, i64)> = db.all(&query).await?;
            Ok(rows
                .into_iter()
                .map(|(id, a, b, c, d, e)| (id, Figures::of((a, b, c, d, e))))
                .collect::<Vec<_>>())
        })
        .await?;
    Ok(sums.to_vec())
}

/// The cards of a column, the newest in it first.
async fn cards(ctx: &Ctx, asked: &Asked, stage: &Stage, row: &str) -> Result<Page> {
    let mut filtered = read::asked(ctx, &OPPORTUNITY, &asked.criteria, asked.request.search.as_deref()).await?;
    filtered.and_where(Expr::col((OPPORTUNITY.table, "stage_id")).eq(stage.id));
    let key = |column: &'static str| SortKey {
        table: OPPORTUNITY.table,
        column,
        nullable: false,
        descending: true,
    };
    let request = ListRequest {
        page_size: Some(asked.request.page_size.unwrap_or(CARDS)),
        cursor: asked.request.cursor.clone(),
        ..ListRequest::default()
    };
    page::fetch_found(&ctx.db, &filtered, row, &[key("stage_entered_at"), key("id")], &request).await
}

fn column(stage: &Stage, figures: DealFigures, page: &Page, now_us: i64) -> String {
    let cards: Vec<String> = page.rows.iter().filter_map(|row| card(row, stage, now_us)).collect();
    let head = json!({
        "stage_id": stage.id, "stage": stage.key, "name_tr": stage.name_tr, "name_en": stage.name_en,
        "outcome": stage.outcome, "probability": kernel::money::to_scaled(stage.probability, 2),
        "rots_after_days": stage.rots_after_days, "count": figures.count,
        "amount": figures.amount, "weighted": figures.weighted,
        "cursor": page.next, "criteria": { "field": "stage_id", "op": "eq", "value": stage.id },
    });
    spliced(&head, &format!(r#""cards":[{}]"#, cards.join(",")))
}

/// A card: the record, how long it has been in its stage, and whether that is too long.
fn card(row: &str, stage: &Stage, now_us: i64) -> Option<String> {
    let (entered_at, record) = row.split_once(' ')?;
    let days = Ord::max(now_us - entered_at.parse::<i64>().ok()?, 0) / DAY_US;
    let is_rotting = stage.rots_after_days.is_some_and(|limit| days > limit);
    Some(format!(
        r#"{},"days_in_stage":{days},"is_rotting":{is_rotting}}}"#,
        record.trim_end().strip_suffix('}')?
    ))
}

/// An object with one more member that is JSON text already.
fn spliced(head: &Value, member: &str) -> String {
    let head = head.to_string();
    format!("{},{member}}}", head.strip_suffix('}').unwrap_or(&head))
}
