//! What follows from the history of an opportunity, kept beside it so that a whole pipeline is summed without walking histories: its stays in
//! stages, the moves of its expected close date, its closing. Made anew from the history whenever that grows, and by [`FILL`] where it is
//! missing: of opportunities that are older than these tables.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use futures::FutureExt;
use kernel::clock::DAY_US;
use kernel::ctx::Ctx;
use kernel::db::{Db, Tx};
use kernel::error::Result;
use kernel::jobs::Job;
use records::change::Changed;
use records::record::Record;
use sea_query::{Alias, Cond, Expr, ExprTrait, Order, Query, SelectStatement, Value};
use sqlx::FromRow;

use crate::figures;
use crate::opportunities::{Key, OPPORTUNITY};
use crate::pipelines::{self, Outcome, Pipelines};

/// Opportunities whose facts are made in one transaction.
const FILLED_AT_ONCE: u64 = 1_000;

/// Makes the facts of opportunities that have none.
pub const FILL: Job = Job {
    name: "sales.fill_facts",
    run: |ctx, _| {
        async move {
            while ctx.db.write(async |tx| fill(tx, &ctx).await).await? > 0 {}
            Ok(())
        }
        .boxed()
    },
};

/// What is asked of an opportunity beside its history.
#[derive(Clone, Debug, FromRow)]
struct Subject {
    id: i64,
    customer_id: i64,
    pipeline_id: i64,
    outcome: String,
    opened_on: Option<String>,
    actual_close_date: Option<String>,
    owner_id: Option<i64>,
    team_id: Option<i64>,
    source: String,
    amount_base: i64,
}

impl Subject {
    fn of(record: &Record) -> Option<Subject> {
        let day = |key: Key| Some(record[key].text().to_owned()).filter(|day| !day.is_empty());
        Some(Subject {
            id: record.id,
            customer_id: record[Key::Customer].int()?,
            pipeline_id: record[Key::Pipeline].int()?,
            outcome: record[Key::Outcome].text().to_owned(),
            opened_on: day(Key::OpenedOn),
            actual_close_date: day(Key::ActualCloseDate),
            owner_id: record[Key::SalesRep].int(),
            team_id: record[Key::Team].int(),
            source: record[Key::Source].text().to_owned(),
            amount_base: record[Key::AmountBase].int().unwrap_or_default(),
        })
    }
}

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
    let old: Vec<i64> = changed
        .iter()
        .filter(|change| change.before.is_some())
        .map(|change| change.after.id)
        .collect();
    clear(tx, &old).await?;
    let alive = changed
        .iter()
        .map(|change| &change.after)
        .filter(|after| after.deleted_at.is_none());
    make(tx, ctx, &alive.filter_map(Subject::of).collect::<Vec<_>>()).await
}

/// Makes the facts of these opportunities anew.
pub async fn rebuild(tx: &mut Tx, ctx: &Ctx, ids: &[i64]) -> Result<()> {
    clear(tx, ids).await?;
    let alive = Query::select()
        .columns([
            "id",
            "customer_id",
            "pipeline_id",
            "outcome",
            "opened_on",
            "actual_close_date",
            "owner_id",
            "team_id",
            "source",
            "amount_base",
        ])
        .from(Alias::new(OPPORTUNITY.table))
        .and_where(Expr::col("id").is_in(ids.iter().copied()))
        .and_where(Expr::col("deleted_at").is_null())
        .to_owned();
    let subjects: Vec<Subject> = tx.all(&alive).await?;
    make(tx, ctx, &subjects).await
}

/// How many opportunities have no facts, or others than follow from them.
pub async fn missing(db: &Db) -> Result<i64> {
    let mut query = without();
    query.clear_selects().expr(figures::count(db.dialect()));
    Ok(db.one::<(i64,)>(&query).await?.0)
}

/// Makes some of the facts that are missing; how many opportunities they were of.
async fn fill(tx: &mut Tx, ctx: &Ctx) -> Result<usize> {
    let mut query = without();
    query.order_by((OPPORTUNITY.table, "id"), Order::Asc).limit(FILLED_AT_ONCE);
    let ids: Vec<i64> = tx.all::<(i64,)>(&query).await?.into_iter().map(|(id,)| id).collect();
    if !ids.is_empty() {
        begin_history(tx, &ids).await?;
        rebuild(tx, ctx, &ids).await?;
    }
    Ok(ids.len())
}

/// The ids of opportunities that lack facts: every one has a stay, and those that are closed have their closing.
fn without() -> SelectStatement {
    let of = |table: &'static str| {
        Query::select()
            .column((table, "id"))
            .from(Alias::new(table))
            .and_where(Expr::col((table, "opportunity_id")).equals((OPPORTUNITY.table, "id")))
            .to_owned()
    };
    let stay = of("stage_stays");
    let any_closing = of("opportunity_closings");
    let mut closing = any_closing.clone();
    for (fact, column) in [
        ("outcome", "outcome"),
        ("closed_on", "actual_close_date"),
        ("amount_base", "amount_base"),
    ] {
        closing.and_where(Expr::col(("opportunity_closings", fact)).equals((OPPORTUNITY.table, column)));
    }
    let is_open = || OPPORTUNITY.col("outcome").eq(Outcome::Open.word());
    let is_closed = OPPORTUNITY
        .col("outcome")
        .ne(Outcome::Open.word())
        .and(OPPORTUNITY.col("actual_close_date").is_not_null());
    Query::select()
        .column((OPPORTUNITY.table, "id"))
        .from(Alias::new(OPPORTUNITY.table))
        .and_where(OPPORTUNITY.col("deleted_at").is_null())
        .cond_where(
            Cond::any()
                .add(Expr::exists(stay).not())
                .add(Cond::all().add(is_closed).add(Expr::exists(closing).not()))
                .add(Cond::all().add(is_open()).add(Expr::exists(any_closing))),
        )
        .to_owned()
}

/// Opportunities without any history stood, as far as anybody knows, as they do now since they came into their stage.
async fn begin_history(tx: &mut Tx, ids: &[i64]) -> Result<()> {
    const AS_THEY_STAND: [&str; 12] = [
        "id",
        "stage_entered_at",
        "pipeline_id",
        "stage_id",
        "outcome",
        "amount",
        "currency",
        "amount_base",
        "probability",
        "expected_close_date",
        "category",
        "owner_id",
    ];
    let known = Query::select()
        .column("opportunity_id")
        .from(Alias::new("opportunity_history"))
        .and_where(Expr::col("opportunity_id").is_in(ids.iter().copied()))
        .to_owned();
    let now = Query::select()
        .columns(AS_THEY_STAND)
        .column("team_id")
        .from(Alias::new(OPPORTUNITY.table))
        .and_where(Expr::col("id").is_in(ids.iter().copied()))
        .and_where(Expr::col("id").not_in_subquery(known))
        .to_owned();
    let columns = ["opportunity_id", "at"]
        .into_iter()
        .chain(AS_THEY_STAND.into_iter().skip(2))
        .chain(["team_id"]);
    let mut begin = Query::insert();
    begin.into_table("opportunity_history").columns(columns);
    begin
        .select_from(now)
        .map_err(|error| kernel::error::Error::internal(error.to_string()))?;
    tx.exec(&begin).await?;
    Ok(())
}

async fn clear(tx: &mut Tx, ids: &[i64]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    for table in ["stage_stays", "close_date_moves", "opportunity_closings"] {
        let gone = Query::delete()
            .from_table(table)
            .and_where(Expr::col("opportunity_id").is_in(ids.iter().copied()))
            .to_owned();
        tx.exec(&gone).await?;
    }
    Ok(())
}

async fn make(tx: &mut Tx, ctx: &Ctx, subjects: &[Subject]) -> Result<()> {
    if subjects.is_empty() {
        return Ok(());
    }
    let pipelines = pipelines::all(ctx).await?;
    let history = Query::select()
        .columns(["opportunity_id", "at", "pipeline_id", "stage_id", "expected_close_date"])
        .from(Alias::new("opportunity_history"))
        .and_where(Expr::col("opportunity_id").is_in(subjects.iter().map(|subject| subject.id)))
        .order_by("opportunity_id", Order::Asc)
        .order_by("at", Order::Asc)
        .order_by("id", Order::Asc)
        .to_owned();
    let mut histories: BTreeMap<i64, Vec<Stood>> = BTreeMap::new();
    for stood in tx.all::<Stood>(&history).await? {
        histories.entry(stood.opportunity_id).or_default().push(stood);
    }
    let mut rows = Rows::default();
    for subject in subjects {
        let history = histories.get(&subject.id).map_or(&[][..], Vec::as_slice);
        rows.add(subject, history, &pipelines);
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
    fn add(&mut self, after: &Subject, history: &[Stood], pipelines: &Pipelines) {
        let outcome = after.outcome.as_str();
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

fn closing(after: &Subject, history: &[Stood]) -> Option<Vec<Value>> {
    let day = |day: &Option<String>| day.as_deref()?.parse::<NaiveDate>().ok();
    let closed_on = day(&after.actual_close_date)?;
    let opened_on = day(&after.opened_on).unwrap_or(closed_on);
    let is_won = after.outcome == Outcome::Won.word();
    Some(vec![
        after.id.into(),
        after.customer_id.into(),
        after.pipeline_id.into(),
        after.outcome.as_str().into(),
        after.actual_close_date.as_deref().into(),
        after.owner_id.into(),
        after.team_id.into(),
        after.source.as_str().into(),
        after.amount_base.into(),
        Ord::max((closed_on - opened_on).num_days(), 0).into(),
        slip_days(history, closed_on).filter(|_| is_won).into(),
    ])
}
