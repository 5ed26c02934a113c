//! Quotas: what somebody, or a team, is to win in a month, in the organisation's currency. A quarter's is kept as those of its months.

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{FieldErrors, Result, invalid};
use kernel::events::{Event, NewEvent};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, Params, PathId, Reply, Routes};
use kernel::operations::{self, Refusal};
use kernel::say;
use records::edit::{self, Edit};
use records::names;
use sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::FromRow;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::period::Period;
use super::targets::{self, Said, Tree};
use super::{Asked, Whose};
use crate::figures::decimal;
use crate::permissions::{FORECAST_MANAGE, OPPORTUNITY_READ};

const TAG: &str = "forecast";
/// The subject type of the events of quotas.
pub const SUBJECT: &str = "quota";
/// Set in one stroke at most.
const MAX_AT_ONCE: usize = 500;

/// A month's quota as it is kept. One that was taken away is kept with an amount of zero, which is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromRow)]
struct Row {
    id: i64,
    month: String,
    user_id: Option<i64>,
    team_id: Option<i64>,
    amount: i64,
}

/// What somebody, or a team, is to win in a period.
#[derive(Serialize, ToSchema)]
pub struct Quota {
    /// `2026-04` or `2026-Q2`.
    pub period: String,
    pub user_id: Option<i64>,
    pub team_id: Option<i64>,
    pub name: Option<String>,
    /// A decimal string, in the organisation's currency.
    #[serde(serialize_with = "decimal")]
    #[schema(value_type = String)]
    pub amount: i128,
}

/// What was set.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "for the API document; the answer is made as JSON")]
pub struct QuotasSet {
    period: String,
    /// `user_id`, `team_id`, `amount`.
    #[schema(value_type = Vec<Object>)]
    quotas: Vec<Value>,
}

/// Quotas to be set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuotasInput {
    pub quotas: Vec<QuotaInput>,
}

/// One of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuotaInput {
    /// Either this or `team_id`.
    pub user_id: Option<i64>,
    pub team_id: Option<i64>,
    /// A decimal string such as `1234.50`; null, or zero, takes the quota away.
    #[schema(value_type = Option<String>)]
    pub amount: Option<Value>,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "for the API document")]
struct QuotaParams {
    /// `month` or `quarter`.
    period: Option<String>,
    /// A day of the first period; today when not given.
    from: Option<String>,
    /// A day of the last period; three periods when not given.
    to: Option<String>,
    owner: Option<i64>,
    team: Option<i64>,
}

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_quotas), Access::Needs(OPPORTUNITY_READ))
        .add(routes!(set_quotas), Access::Needs(FORECAST_MANAGE))
}

fn select() -> SelectStatement {
    Query::select()
        .columns(["id", "month", "user_id", "team_id", "amount"])
        .from(Alias::new("quotas"))
        .order_by("id", Order::Asc)
        .to_owned()
}

/// All quotas of these months.
pub async fn said(ctx: &Ctx, months: impl IntoIterator<Item = String>) -> Result<Said> {
    let mut query = select();
    query
        .and_where(Expr::col("month").is_in(months))
        .and_where(Expr::col("amount").gt(0));
    let rows: Vec<Row> = ctx.db.all(&query).await?;
    Ok(Said(
        rows.into_iter()
            .map(|row| ((Whose::of(row.user_id, row.team_id), row.month), row.amount))
            .collect(),
    ))
}

/// What was said in these periods of those the caller may see, in the order of the periods.
async fn shown(ctx: &Ctx, tree: &Tree, periods: &[Period]) -> Result<Vec<Quota>> {
    let months: Vec<String> = periods.iter().flat_map(Period::months).collect();
    let (said, names) = futures::try_join!(said(ctx, months), names::all(ctx))?;
    let mut shown = Vec::new();
    for period in periods {
        let mut sums: BTreeMap<Whose, i128> = BTreeMap::new();
        for month in period.months() {
            for ((whose, _), amount) in said.0.iter().filter(|((whose, of), _)| *of == month && tree.has(*whose)) {
                *sums.entry(*whose).or_default() += i128::from(*amount);
            }
        }
        shown.extend(sums.into_iter().map(|(whose, amount)| Quota {
            period: period.name.clone(),
            user_id: whose.user_id(),
            team_id: whose.team_id(),
            name: whose.name(&names),
            amount,
        }));
    }
    Ok(shown)
}

/// Sets quotas of a period; whether anything changed.
async fn set(tx: &mut Tx, stamp: &Stamp, period: &Period, wanted: &BTreeMap<Whose, i64>) -> Result<bool> {
    let months = period.months();
    let mut known = select();
    known.and_where(Expr::col("month").is_in(months.iter().cloned()));
    let mut known: BTreeMap<(Whose, String), Row> = tx
        .all::<Row>(&known)
        .await?
        .into_iter()
        .map(|row| ((Whose::of(row.user_id, row.team_id), row.month.clone()), row))
        .collect();
    let mut edits = Vec::new();
    for (whose, amount) in wanted {
        for (month, amount) in months.iter().zip(targets::divided(*amount, months.len())) {
            let before = known.remove(&(*whose, month.clone()));
            let after = Row {
                id: before.as_ref().map_or(0, |row| row.id),
                month: month.clone(),
                user_id: whose.user_id(),
                team_id: whose.team_id(),
                amount,
            };
            if before.as_ref().map_or(0, |row| row.amount) != amount {
                edits.push(Edit {
                    before,
                    after: Some(after),
                });
            }
        }
    }
    let is_new = !edits.is_empty();
    write(tx, stamp, edits).await?;
    Ok(is_new)
}

/// Writes changed rows and tells of them. No row ever goes, so that what an undo brings back has kept its place.
async fn write(tx: &mut Tx, stamp: &Stamp, mut edits: Vec<Edit<Row>>) -> Result<()> {
    const COLUMNS: [&str; 7] = ["id", "month", "user_id", "team_id", "amount", "updated_at", "updated_by_id"];
    for edit in &mut edits {
        if edit.after.is_none() {
            edit.after = edit.before.clone().map(|row| Row { amount: 0, ..row });
        }
    }
    let values = |row: &Row| {
        vec![
            row.month.as_str().into(),
            row.user_id.into(),
            row.team_id.into(),
            row.amount.into(),
            stamp.at_us.into(),
            stamp.actor_id.map(|id| id.0).into(),
        ]
    };
    let (fresh, old): (Vec<&mut Row>, Vec<&mut Row>) = edits.iter_mut().filter_map(|edit| edit.after.as_mut()).partition(|row| row.id == 0);
    let ids = tx
        .insert_new_rows("quotas", &COLUMNS[1..], fresh.iter().map(|row| values(row)))
        .await?;
    for (row, id) in fresh.into_iter().zip(ids) {
        row.id = id;
    }
    let rows: Vec<_> = old.iter().map(|row| [vec![row.id.into()], values(row)].concat()).collect();
    tx.put_rows("quotas", &COLUMNS, rows.into_iter()).await?;
    let event = |edit: &Edit<Row>| {
        let row = edit.after.as_ref()?;
        let event = NewEvent::new("quota.set", SUBJECT, row.id);
        Some(event.payload(edit.images()).changes(edit.changes()))
    };
    tx.emit_all(stamp, edits.iter().filter_map(event).collect()).await
}

/// Takes quotas back. See [`kernel::operations`].
pub fn revert<'a>(tx: &'a mut Tx, _ctx: &'a Ctx, stamp: Stamp, events: &'a [Event]) -> BoxFuture<'a, Result<Vec<Refusal>>> {
    Box::pin(async move {
        let mut stored = select();
        stored.and_where(Expr::col("id").is_in(events.iter().map(|event| event.subject_id)));
        let stored: Vec<Row> = tx.all(&stored).await?;
        let stored = stored.into_iter().map(|row| (row.id, row)).collect();
        let (edits, refusals) = edit::take_back(SUBJECT, &stored, events)?;
        write(tx, &stamp, edits).await?;
        Ok(refusals)
    })
}

/// Quotas of the periods asked for, of those whose opportunities the caller may see.
#[utoipa::path(get, path = "/quotas/", tag = TAG, operation_id = "list_quotas", params(QuotaParams), responses((status = 200, body = Listed<Quota>), Problems))]
async fn list_quotas(ctx: Ctx, Params(pairs): Params) -> Result<Reply> {
    let asked = Asked::read(&ctx, &pairs)?;
    let tree = asked.tree(&ctx).await?;
    Reply::ok(&Listed::whole(shown(&ctx, &tree, &asked.periods).await?))
}

/// Sets quotas of a month (`2026-04`) or a quarter (`2026-Q2`, divided over its months); those that are not named stay. One operation, which
/// can be undone. Managers set those of their teams and of who is in them.
#[utoipa::path(put, path = "/quotas/{period}/", tag = TAG, operation_id = "set_quotas", params(("period" = String, Path)), request_body = QuotasInput, responses((status = 200, body = QuotasSet), Problems))]
async fn set_quotas(ctx: Ctx, PathId(period): PathId<String>, Body(input): Body<QuotasInput>) -> Result<Reply> {
    let period = targets::period(&period)?;
    if input.quotas.len() > MAX_AT_ONCE {
        return Err(invalid(
            "quotas",
            say!("Bir kerede en çok {} hedef verilebilir.", "{} quotas at once at most.", MAX_AT_ONCE),
        ));
    }
    let tree = Tree::whole(&ctx).await?;
    let mut errors = FieldErrors::default();
    let mut wanted = BTreeMap::new();
    for (place, quota) in input.quotas.iter().enumerate() {
        let place = format!("quotas.{place}.");
        let whose = tree.managed(&ctx, quota.user_id, quota.team_id, &place, &mut errors);
        match (whose, targets::amount(quota.amount.as_ref())) {
            (_, Err(problem)) => errors.add(format!("{place}amount"), problem),
            (Some(whose), Ok(amount)) => {
                wanted.insert(whose, amount.unwrap_or_default());
            }
            (None, Ok(_)) => {}
        }
    }
    errors.check()?;
    ctx.write(async |tx| {
        let summary = json!({ "period": period.name, "count": wanted.len() });
        let operation = operations::note(tx, &ctx.stamp(), "quotas.set", summary).await?;
        let is_changed = set(tx, &ctx.stamp().within(operation), &period, &wanted).await?;
        let amounts: Vec<Value> = wanted
            .iter()
            .map(|(whose, amount)| json!({ "user_id": whose.user_id(), "team_id": whose.team_id(), "amount": kernel::money::to_decimal(*amount) }))
            .collect();
        let answer = Reply::ok(&json!({ "period": period.name, "quotas": amounts }))?;
        if !is_changed {
            operations::forget(tx, operation).await?;
            return Ok(answer);
        }
        Ok(answer.operation(operation))
    })
    .await
}
