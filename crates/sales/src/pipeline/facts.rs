//! What follows from the history of an opportunity, kept beside it so that a whole pipeline is summed without walking histories: its stays in
//! stages, the moves of its expected close date, its closing. Made anew from the history whenever that grows.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use kernel::clock::DAY_US;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::Result;
use records::change::Changed;
use records::record::Record;
use sea_query::{Alias, Expr, ExprTrait, Order, Query, Value};
use sqlx::FromRow;

use crate::opportunities::Key;
use crate::pipelines::{self, Outcome, Pipelines};

/// How an opportunity stood from a time on.
#[derive(Clone, Debug, FromRow)]
pub struct Stood {
    pub opportunity_id: i64,
    pub at: i64,
    pub pipeline_id: i64,
    pub stage_id: i64,
    pub expected_close_date: Option<String>,
}

/// A stay in a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stay {
    pub pipeline_id: i64,
    pub stage_id: i64,
    pub entered_at: i64,
    pub left_at: Option<i64>,
    pub is_first: bool,
    pub is_passed: bool,
}

/// A move of the expected close date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    pub pipeline_id: i64,
    pub at: i64,
    pub days: i64,
}

/// Keeps what follows from changed opportunities.
pub async fn keep(tx: &mut Tx, ctx: &Ctx, changed: &[Changed]) -> Result<()> {
    let pipelines = pipelines::all(ctx).await?;
    let ids: Vec<i64> = changed.iter().map(|change| change.after.id).collect();
    let old: Vec<i64> = changed
        .iter()
        .filter(|change| change.before.is_some())
        .map(|change| change.after.id)
        .collect();
    if !old.is_empty() {
        for table in ["stage_stays", "close_date_moves", "opportunity_closings"] {
            let gone = Query::delete()
                .from_table(table)
                .and_where(Expr::col("opportunity_id").is_in(old.iter().copied()))
                .to_owned();
            tx.exec(&gone).await?;
        }
    }
    let history = Query::select()
        .columns(["opportunity_id", "at", "pipeline_id", "stage_id", "expected_close_date"])
        .from(Alias::new("opportunity_history"))
        .and_where(Expr::col("opportunity_id").is_in(ids))
        .order_by("opportunity_id", Order::Asc)
        .order_by("at", Order::Asc)
        .order_by("id", Order::Asc)
        .to_owned();
    let mut histories: BTreeMap<i64, Vec<Stood>> = BTreeMap::new();
    for stood in tx.all::<Stood>(&history).await? {
        histories.entry(stood.opportunity_id).or_default().push(stood);
    }
    let mut rows = Rows::default();
    for after in changed
        .iter()
        .map(|change| &change.after)
        .filter(|after| after.deleted_at.is_none())
    {
        let history = histories.get(&after.id).map_or(&[][..], Vec::as_slice);
        rows.add(after, history, &pipelines);
    }
    rows.insert(tx).await
}

/// The stays that a history tells of.
pub fn stays(history: &[Stood], pipelines: &Pipelines) -> Vec<Stay> {
    let mut stays: Vec<Stay> = Vec::new();
    let mut seen = BTreeSet::new();
    for stood in history {
        if let Some(last) = stays.last_mut() {
            if last.stage_id == stood.stage_id {
                continue;
            }
            last.left_at = Some(stood.at);
        }
        stays.push(Stay {
            pipeline_id: stood.pipeline_id,
            stage_id: stood.stage_id,
            entered_at: stood.at,
            left_at: None,
            is_first: seen.insert(stood.stage_id),
            is_passed: false,
        });
    }
    // From the end: the furthest that comes later.
    let mut furthest: BTreeMap<i64, i64> = BTreeMap::new();
    for stay in stays.iter_mut().rev() {
        let Some(stage) = pipelines.stage(stay.stage_id) else { continue };
        let reach = match stage.outcome {
            Outcome::Open => stage.position,
            Outcome::Won => i64::MAX,
            Outcome::Lost => i64::MIN,
        };
        let later = furthest.entry(stay.pipeline_id).or_insert(i64::MIN);
        stay.is_passed = stage.outcome == Outcome::Open && *later > reach;
        *later = Ord::max(reach, *later);
    }
    stays
}

/// The moves of the expected close date that a history tells of.
pub fn moves(history: &[Stood]) -> Vec<Move> {
    let day = |stood: &Stood| stood.expected_close_date.as_deref().and_then(|day| day.parse::<NaiveDate>().ok());
    let moved = |pair: &[Stood]| {
        let days = (day(&pair[1])? - day(&pair[0])?).num_days();
        (days != 0).then_some(Move {
            pipeline_id: pair[1].pipeline_id,
            at: pair[1].at,
            days,
        })
    };
    history.windows(2).filter_map(moved).collect()
}

/// How much later than expected halfway it closed.
pub fn slip_days(history: &[Stood], closed_on: NaiveDate) -> Option<i64> {
    let (first, last) = (history.first()?, history.last()?);
    let halfway = first.at + (last.at - first.at) / 2;
    let then = history.iter().rev().find(|stood| stood.at <= halfway)?;
    let expected: NaiveDate = then.expected_close_date.as_deref()?.parse().ok()?;
    Some((closed_on - expected).num_days())
}

#[derive(Default)]
struct Rows {
    stays: Vec<Vec<Value>>,
    moves: Vec<Vec<Value>>,
    closings: Vec<Vec<Value>>,
}

impl Rows {
    fn add(&mut self, after: &Record, history: &[Stood], pipelines: &Pipelines) {
        let outcome = after[Key::Outcome].text();
        for stay in stays(history, pipelines) {
            self.stays.push(vec![
                after.id.into(),
                stay.pipeline_id.into(),
                stay.stage_id.into(),
                stay.entered_at.into(),
                stay.left_at.into(),
                stay.left_at.map(|left_at| Ord::max(left_at - stay.entered_at, 0) / DAY_US).into(),
                stay.is_first.into(),
                stay.is_passed.into(),
                outcome.into(),
            ]);
        }
        for moved in moves(history) {
            self.moves
                .push(vec![after.id.into(), moved.pipeline_id.into(), moved.at.into(), moved.days.into()]);
        }
        if outcome != Outcome::Open.word() {
            self.closings.extend(closing(after, history));
        }
    }

    async fn insert(self, tx: &mut Tx) -> Result<()> {
        let columns = [
            "opportunity_id",
            "pipeline_id",
            "stage_id",
            "entered_at",
            "left_at",
            "stayed_days",
            "is_first",
            "is_passed",
            "outcome",
        ];
        tx.insert_rows("stage_stays", &columns, self.stays.into_iter()).await?;
        let columns = ["opportunity_id", "pipeline_id", "at", "days"];
        tx.insert_rows("close_date_moves", &columns, self.moves.into_iter()).await?;
        let columns = [
            "opportunity_id",
            "customer_id",
            "pipeline_id",
            "outcome",
            "closed_on",
            "owner_id",
            "team_id",
            "source",
            "amount_base",
            "cycle_days",
            "slip_days",
        ];
        tx.insert_rows("opportunity_closings", &columns, self.closings.into_iter()).await
    }
}

fn closing(after: &Record, history: &[Stood]) -> Option<Vec<Value>> {
    let closed_on: NaiveDate = after[Key::ActualCloseDate].text().parse().ok()?;
    let opened_on = after[Key::OpenedOn].text().parse().unwrap_or(closed_on);
    let is_won = after[Key::Outcome].text() == Outcome::Won.word();
    Some(vec![
        after.id.into(),
        after[Key::Customer].int()?.into(),
        after[Key::Pipeline].int()?.into(),
        after[Key::Outcome].text().into(),
        after[Key::ActualCloseDate].text().into(),
        after[Key::SalesRep].int().into(),
        after[Key::Team].int().into(),
        after[Key::Source].text().into(),
        after[Key::AmountBase].int().unwrap_or_default().into(),
        Ord::max((closed_on - opened_on).num_days(), 0).into(),
        slip_days(history, closed_on).filter(|_| is_won).into(),
    ])
}
