//! How opportunities stood at every time: a row for each change of what pipelines and forecasts are made of. Rows are only added; the one
//! before is given its end.

pub mod http;

use kernel::clock::local_midnight_us;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::Result;
use records::change::Changed;
use records::record::Record;
use sea_query::{Expr, ExprTrait, Query, Value};

use super::Key;
use crate::pipelines::{self, Outcome, Stage};

/// What a row tells of.
const TOLD: [Key; 9] = [
    Key::Pipeline,
    Key::StageId,
    Key::Amount,
    Key::AmountBase,
    Key::Currency,
    Key::Probability,
    Key::ExpectedCloseDate,
    Key::Category,
    Key::SalesRep,
];

const COLUMNS: [&str; 16] = [
    "opportunity_id",
    "at",
    "until_at",
    "actor_id",
    "pipeline_id",
    "stage_from_id",
    "stage_id",
    "outcome",
    "amount",
    "currency",
    "amount_base",
    "probability",
    "expected_close_date",
    "category",
    "owner_id",
    "team_id",
];

/// Writes the rows of changed opportunities.
pub async fn keep(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, changed: &[Changed]) -> Result<()> {
    let pipelines = pipelines::all(ctx).await?;
    let mut rows: Vec<Vec<Value>> = Vec::with_capacity(changed.len());
    let mut ended = Vec::new();
    for change in changed {
        let after = &change.after;
        match &change.before {
            None => {
                let begins = pipelines
                    .get(after[Key::Pipeline].int().unwrap_or_default())
                    .and_then(|pipeline| pipeline.first());
                rows.extend(beginnings(after, begins, stamp, ctx));
            }
            Some(before) => {
                let is_told = TOLD.iter().any(|key| before[*key] != after[*key]) || before[Key::Team] != after[Key::Team];
                if is_told || before.deleted_at != after.deleted_at {
                    ended.push(after.id);
                    let from = before[Key::StageId].int().filter(|from| after[Key::StageId].int() != Some(*from));
                    rows.push(row(after, stamp, stamp.at_us, None, from, None));
                }
            }
        }
    }
    if !ended.is_empty() {
        let end = Query::update()
            .table("opportunity_history")
            .value("until_at", stamp.at_us)
            .and_where(Expr::col("opportunity_id").is_in(ended))
            .and_where(Expr::col("until_at").is_null())
            .to_owned();
        tx.exec(&end).await?;
    }
    let columns = [&COLUMNS[..], &["is_deleted"]].concat();
    tx.insert_rows("opportunity_history", &columns, rows.into_iter()).await
}

/// The first rows of a new opportunity. One that is entered after it had ended began in the first stage on the day it was opened, as far as
/// anybody knows, and ended on the day it tells.
fn beginnings(after: &Record, first: Option<&Stage>, stamp: &Stamp, ctx: &Ctx) -> Vec<Vec<Value>> {
    let entered_at = after[Key::StageEnteredAt].int().unwrap_or(stamp.at_us);
    let is_open = after[Key::Outcome].text() == Outcome::Open.word();
    let opened_at = local_midnight_us(after[Key::OpenedOn].text(), ctx.org.zone);
    match (first, opened_at.filter(|opened_at| *opened_at < entered_at)) {
        (Some(first), Some(opened_at)) if !is_open && Some(first.id) != after[Key::StageId].int() => vec![
            row(after, stamp, opened_at, Some(entered_at), None, Some(first)),
            row(after, stamp, entered_at, None, Some(first.id), None),
        ],
        _ => vec![row(after, stamp, entered_at, None, None, None)],
    }
}

fn row(after: &Record, stamp: &Stamp, at: i64, until: Option<i64>, from: Option<i64>, instead: Option<&Stage>) -> Vec<Value> {
    let outcome = instead.map_or(after[Key::Outcome].text(), |stage| stage.outcome.word());
    let probability = instead.map_or(after[Key::Probability].int().unwrap_or_default(), |stage| stage.probability);
    let category = instead.map_or(after[Key::Category].text(), |stage| stage.category.word());
    let expected = after[Key::ExpectedCloseDate].text();
    vec![
        after.id.into(),
        at.into(),
        until.into(),
        stamp.actor_id.map(|id| id.0).into(),
        after[Key::Pipeline].int().into(),
        from.into(),
        instead.map(|stage| stage.id).or(after[Key::StageId].int()).into(),
        outcome.into(),
        after[Key::Amount].int().unwrap_or_default().into(),
        after[Key::Currency].text().into(),
        after[Key::AmountBase].int().unwrap_or_default().into(),
        probability.into(),
        (!expected.is_empty()).then(|| expected.to_owned()).into(),
        category.into(),
        after[Key::SalesRep].int().into(),
        after[Key::Team].int().into(),
        after.deleted_at.is_some().into(),
    ]
}
