//! A manager's own number for what somebody, or a team, will win in a month, with the reason. It stands beside what is computed and is part
//! of no sum. Rows are only added: the newest of a month holds, and the others are its history.

use std::collections::BTreeMap;

use axum::extract::OriginalUri;
use futures::future::BoxFuture;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{FieldErrors, Result};
use kernel::events::{Changes, Event, NewEvent, change};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, List, Params, Reply, Routes};
use kernel::operations::{self, Refusal};
use kernel::page::{self, SortKey};
use kernel::{money, say};
use records::edit::whole;
use records::names::Names;
use records::paging::paging_only;
use sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Whose;
use super::period::Period;
use super::targets::{self, Tree};
use crate::permissions::{FORECAST_MANAGE, OPPORTUNITY_READ};
use crate::pipeline::asked::{given, id};

const TAG: &str = "forecast";
/// The subject type of the events of adjustments.
pub const SUBJECT: &str = "forecast_adjustment";
const MAX_REASON_CHARS: usize = 1_000;

/// An adjustment of a month as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromRow)]
pub struct Row {
    id: i64,
    month: String,
    user_id: Option<i64>,
    team_id: Option<i64>,
    /// None takes an earlier one back.
    amount: Option<i64>,
    reason: String,
    at: i64,
    by_id: Option<i64>,
}

/// An adjustment as the API takes it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForecastAdjustmentInput {
    /// `2026-04`, or `2026-Q2`, which is divided over its months.
    pub period: String,
    /// Either this or `team_id`.
    pub user_id: Option<i64>,
    pub team_id: Option<i64>,
    /// A decimal string, in the organisation's currency; null takes an earlier one back.
    #[schema(value_type = Option<String>)]
    pub amount: Option<Value>,
    /// Needed; 1000 characters at most.
    #[serde(default)]
    pub reason: String,
}

/// An adjustment of a month. The newest of a month holds.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "rows are written by the database; this is their description")]
pub struct ForecastAdjustment {
    id: i64,
    month: String,
    user_id: Option<i64>,
    team_id: Option<i64>,
    /// A decimal string; none where an earlier one was taken back.
    amount: Option<String>,
    reason: String,
    #[schema(format = DateTime)]
    at: String,
    by_id: Option<i64>,
    by_name: Option<String>,
}

/// What holds for a period.
#[derive(Serialize, ToSchema)]
pub struct HeldAdjustment {
    /// The sum of its months.
    pub amount: String,
    /// Whether some of its months have none.
    pub is_partial: bool,
    pub reason: String,
    #[schema(format = DateTime)]
    pub at: String,
    pub by_id: Option<i64>,
    pub by_name: Option<String>,
}

/// What was said.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "for the API document; the answer is made as JSON")]
pub struct ForecastAdjusted {
    period: String,
    /// By month.
    #[schema(value_type = Vec<Object>)]
    adjustments: Vec<Value>,
}

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_forecast_adjustments), Access::Needs(OPPORTUNITY_READ))
        .add(routes!(adjust_forecast), Access::Needs(FORECAST_MANAGE))
}

const COLUMNS: [&str; 8] = ["id", "month", "user_id", "team_id", "amount", "reason", "at", "by_id"];

fn select() -> SelectStatement {
    Query::select()
        .columns(COLUMNS)
        .from(Alias::new("forecast_adjustments"))
        .order_by("id", Order::Asc)
        .to_owned()
}

/// Those that hold, by whose and which month they are.
#[derive(Clone, Debug, Default)]
pub struct Holding(BTreeMap<(Whose, String), Row>);

/// Those that hold in these months.
pub async fn holding(ctx: &Ctx, months: impl IntoIterator<Item = String>) -> Result<Holding> {
    let mut query = select();
    query.and_where(Expr::col("month").is_in(months));
    Ok(Holding(newest(ctx.db.all(&query).await?)))
}

fn newest(rows: Vec<Row>) -> BTreeMap<(Whose, String), Row> {
    rows.into_iter()
        .map(|row| ((Whose::of(row.user_id, row.team_id), row.month.clone()), row))
        .collect()
}

impl Holding {
    /// Those of whom one holds.
    pub fn named(&self, tree: &Tree) -> Vec<Whose> {
        let holds = self.0.iter().filter(|((whose, _), row)| row.amount.is_some() && tree.has(*whose));
        holds.map(|((whose, _), _)| *whose).collect()
    }

    /// What stands beside the forecast of a period: the sum of its months, and whether some of these have none.
    pub fn shown(&self, whose: Whose, period: &Period, names: &Names) -> Option<HeldAdjustment> {
        let months = period.months();
        let held: Vec<&Row> = months
            .iter()
            .filter_map(|month| self.0.get(&(whose, month.clone())))
            .filter(|row| row.amount.is_some())
            .collect();
        let latest = held.iter().max_by_key(|row| row.id)?;
        let sum: i128 = held.iter().filter_map(|row| row.amount).map(i128::from).sum();
        Some(HeldAdjustment {
            amount: money::to_scaled(sum, 2),
            is_partial: held.len() < months.len(),
            reason: latest.reason.clone(),
            at: kernel::clock::rfc3339(latest.at),
            by_id: latest.by_id,
            by_name: latest.by_id.and_then(|id| names.user(id)).map(str::to_owned),
        })
    }
}

/// Adds rows and tells of each, with the one that held before.
async fn add(tx: &mut Tx, stamp: &Stamp, mut rows: Vec<(Option<Row>, Row)>) -> Result<()> {
    let values = rows.iter().map(|(_, row)| {
        vec![
            row.month.as_str().into(),
            row.user_id.into(),
            row.team_id.into(),
            row.amount.into(),
            row.reason.as_str().into(),
            row.at.into(),
            row.by_id.into(),
        ]
    });
    let values: Vec<_> = values.collect();
    let ids = tx
        .insert_new_rows("forecast_adjustments", &COLUMNS[1..], values.into_iter())
        .await?;
    for ((_, row), id) in rows.iter_mut().zip(ids) {
        row.id = id;
    }
    let event = |(before, after): &(Option<Row>, Row)| {
        let shown = |row: &Row| row.amount.map(money::to_decimal);
        let mut changes = Changes::new();
        changes.insert("amount".into(), change(json!(before.as_ref().and_then(shown)), json!(shown(after))));
        NewEvent::new("forecast.adjusted", SUBJECT, after.id)
            .payload(json!({ "before": before, "after": after }))
            .changes(changes)
    };
    tx.emit_all(stamp, rows.iter().map(event).collect()).await
}

/// Those that hold in these months, within a transaction.
async fn held(tx: &mut Tx, months: &[String]) -> Result<BTreeMap<(Whose, String), Row>> {
    let mut query = select();
    query.and_where(Expr::col("month").is_in(months.iter().cloned()));
    Ok(newest(tx.all(&query).await?))
}

/// Takes adjustments back by adding what held before. See [`kernel::operations`].
pub fn revert<'a>(tx: &'a mut Tx, _ctx: &'a Ctx, stamp: Stamp, events: &'a [Event]) -> BoxFuture<'a, Result<Vec<Refusal>>> {
    Box::pin(async move {
        let mut told = Vec::with_capacity(events.len());
        for event in events {
            let before: Option<Row> = serde_json::from_value(event.payload["before"].clone())?;
            let after: Row = serde_json::from_value(event.payload["after"].clone())?;
            told.push((before, after));
        }
        let months: Vec<String> = told.iter().map(|(_, after)| after.month.clone()).collect();
        let holding = held(tx, &months).await?;
        let (mut rows, mut refusals) = (Vec::new(), Vec::new());
        for (before, after) in told {
            let place = (Whose::of(after.user_id, after.team_id), after.month.clone());
            if holding.get(&place) != Some(&after) {
                let problem = say!("Bu kayıt sonradan değiştirilmiş.", "This record was changed since.");
                refusals.push(whole(SUBJECT, after.id, problem));
                continue;
            }
            let back = Row {
                id: 0,
                amount: before.as_ref().and_then(|before| before.amount),
                reason: before.map(|before| before.reason).unwrap_or_default(),
                at: stamp.at_us,
                by_id: stamp.actor_id.map(|id| id.0),
                ..after.clone()
            };
            rows.push((Some(after), back));
        }
        add(tx, &stamp, rows).await?;
        Ok(refusals)
    })
}

/// The adjustments of those whose opportunities the caller may see, the newest first: the history of what managers said and why.
#[utoipa::path(get, path = "/forecast/adjustments/", tag = TAG, operation_id = "list_forecast_adjustments",
    params(("period" = Option<String>, Query, description = "`2026-04` or `2026-Q2`"), ("user_id" = Option<i64>, Query), ("team_id" = Option<i64>, Query), ("page_size" = Option<u64>, Query), ("cursor" = Option<String>, Query), ("count" = Option<String>, Query)),
    responses((status = 200, body = Listed<ForecastAdjustment>), Problems))]
async fn list_forecast_adjustments(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    let (own, paging): (Vec<_>, Vec<_>) = pairs
        .iter()
        .cloned()
        .partition(|(name, _)| ["period", "user_id", "team_id"].contains(&name.as_str()));
    let request = paging_only(&paging)?;
    let tree = Tree::visible(&ctx).await?;
    let mut filtered = Query::select();
    filtered.from(Alias::new("forecast_adjustments")).cond_where(tree.condition());
    if let Some(name) = given(&own, "period") {
        filtered.and_where(Expr::col("month").is_in(targets::period(name)?.months()));
    }
    for name in ["user_id", "team_id"] {
        if let Some(id) = id(&own, name)? {
            filtered.and_where(Expr::col(name).eq(id));
        }
    }
    let dialect = ctx.db.dialect();
    let column = |name: &str| (name.to_owned(), format!("forecast_adjustments.{name}"));
    let mut row: Vec<_> = ["id", "month", "user_id", "team_id", "reason", "by_id"].map(column).into();
    row.push((
        "amount".into(),
        format!(
            "CASE WHEN forecast_adjustments.amount IS NULL THEN NULL ELSE {} END",
            dialect.json_scaled("forecast_adjustments.amount", 2)
        ),
    ));
    row.push(("at".into(), dialect.json_time("forecast_adjustments.at")));
    row.push((
        "by_name".into(),
        "(SELECT users.name FROM users WHERE users.id = forecast_adjustments.by_id)".into(),
    ));
    let keys = [SortKey {
        table: "forecast_adjustments",
        column: "id",
        nullable: false,
        descending: true,
    }];
    let page = page::fetch(&ctx.db, &filtered, &dialect.json_object(&row), &keys, &request).await?;
    let (count, count_is_capped) = page::count(&ctx.db, &filtered, request.exact_count()).await?;
    Ok(List {
        page,
        count,
        count_is_capped,
        path: uri.path(),
        query: &pairs,
    }
    .reply())
}

/// Says what somebody, or a team, will win in a period, beside what is computed. One operation, which can be undone.
#[utoipa::path(post, path = "/forecast/adjustments/", tag = TAG, operation_id = "adjust_forecast", request_body = ForecastAdjustmentInput, responses((status = 201, body = ForecastAdjusted), Problems))]
async fn adjust_forecast(ctx: Ctx, Body(input): Body<ForecastAdjustmentInput>) -> Result<Reply> {
    let period = targets::period(&input.period)?;
    let reason = input.reason.trim().to_owned();
    let tree = Tree::whole(&ctx).await?;
    let mut errors = FieldErrors::default();
    let whose = tree.managed(&ctx, input.user_id, input.team_id, "", &mut errors);
    let amount = targets::amount(input.amount.as_ref()).unwrap_or_else(|problem| {
        errors.add("amount", problem);
        None
    });
    if reason.is_empty() {
        errors.add("reason", records::entity::required());
    }
    if reason.chars().count() > MAX_REASON_CHARS {
        errors.add(
            "reason",
            say!("En çok {} karakter olabilir.", "May have {} characters at most.", MAX_REASON_CHARS),
        );
    }
    errors.check()?;
    let whose = whose.unwrap_or(Whose::All);
    let months = period.months();
    let amounts: Vec<Option<i64>> = match amount {
        Some(amount) => targets::divided(amount, months.len()).into_iter().map(Some).collect(),
        None => vec![None; months.len()],
    };
    ctx.write(async |tx| {
        let summary = json!({ "period": period.name, "user_id": whose.user_id(), "team_id": whose.team_id() });
        let operation = operations::note(tx, &ctx.stamp(), "forecast.adjust", summary).await?;
        let stamp = ctx.stamp().within(operation);
        let holding = held(tx, &months).await?;
        let row = |(month, amount): (&String, &Option<i64>)| {
            let before = holding.get(&(whose, month.clone())).cloned();
            let row = Row {
                id: 0,
                month: month.clone(),
                user_id: whose.user_id(),
                team_id: whose.team_id(),
                amount: *amount,
                reason: reason.clone(),
                at: stamp.at_us,
                by_id: stamp.actor_id.map(|id| id.0),
            };
            (before, row)
        };
        add(tx, &stamp, months.iter().zip(&amounts).map(row).collect()).await?;
        let shown: Vec<Value> = months
            .iter()
            .zip(&amounts)
            .map(|(month, amount)| {
                json!({ "month": month, "user_id": whose.user_id(), "team_id": whose.team_id(), "amount": amount.map(money::to_decimal), "reason": reason })
            })
            .collect();
        let answer = json!({ "period": period.name, "adjustments": shown });
        Ok(Reply::created("/api/v1/crm/forecast/adjustments/", &answer)?.operation(operation))
    })
    .await
}
