//! Making the activities of a series ahead of their time: for a year, but no more than sixty at once.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::FutureExt;
use kernel::clock::DAY_US;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::jobs::{Job, Schedule};
use records::change::{DECIDED_OWNER, UNTOLD, create_all};
use records::kept::{self, Kept};
use records::parts::{self, Part};
use records::record::Record;
use records::{Cell, custom, read};
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use sqlx::FromRow;

use super::{ActivitySeries, OF_SERIES, OVER, none_refused, taken};
use crate::activities::checklist::ChecklistItem;
use crate::activities::{ACTIVITY, Key, Status};
use crate::reminders;

const AHEAD_US: i64 = 400 * DAY_US;
pub(super) const MAX_AHEAD: usize = 60;
/// Series looked at in one turn.
const AT_ONCE: u64 = 50;

/// What the next of a series has of the one it is made after.
pub(super) const SHARED: [Key; 14] = [
    Key::ActivityType,
    Key::Subject,
    Key::Description,
    Key::Priority,
    Key::IsAllDay,
    Key::Duration,
    Key::Location,
    Key::Attendees,
    Key::Customer,
    Key::Lead,
    Key::Opportunity,
    Key::AssignedTo,
    Key::Team,
    Key::CreatedBy,
];

/// Makes the next activities of all series.
pub const EXTEND: Job = Job {
    name: "engagement.extend_series",
    run: |ctx, _| async move { extend(&ctx).await }.boxed(),
};

/// Once a day.
pub const EXTENDS: Schedule = Schedule {
    job: EXTEND.name,
    every: Duration::from_secs(24 * 3600),
};

/// The times at which activities of a series are to be made, after a moment, as many as there is `room` for; and up to when they then are.
pub(super) fn wanted(ctx: &Ctx, series: &ActivitySeries, after_us: i64, room: usize) -> Result<(Vec<i64>, i64)> {
    let dates = series.dates()?;
    let horizon = ctx.now_us() + AHEAD_US;
    let mut rest = dates
        .local_starts(super::local(after_us, dates.zone).date())
        .map(|local| super::moment_us(local, dates.zone))
        .skip_while(|at_us| *at_us <= after_us)
        .peekable();
    let mut wanted = Vec::new();
    while wanted.len() < room && rest.peek().is_some_and(|at_us| *at_us <= horizon) {
        wanted.extend(rest.next());
    }
    let until = match rest.peek() {
        None => OVER,
        Some(next) => Ord::min(*next - 1, horizon),
    };
    Ok((wanted, until))
}

/// Makes the activities of a series after a moment, as `model` is; those of days that are over are not made.
pub(super) async fn make(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, series: &ActivitySeries, model: &Record, after_us: i64) -> Result<()> {
    let after_us = Ord::max(after_us, ctx.now_us() - DAY_US);
    let (wanted, until) = wanted(ctx, series, after_us, MAX_AHEAD)?;
    create(tx, ctx, stamp, series, model, &wanted).await?;
    made(tx, series.id, until).await
}

/// Notes up to when activities of a series are made.
pub(super) async fn made(tx: &mut Tx, series_id: i64, until_us: i64) -> Result<()> {
    let made = Query::update()
        .table(ActivitySeries::TABLE)
        .value("made_until", until_us)
        .and_where(Expr::col("id").eq(series_id))
        .to_owned();
    tx.exec(&made).await.map(|_| ())
}

/// Makes activities of a series at these times, with the checklist and the reminders of `model`.
pub(super) async fn create(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, series: &ActivitySeries, model: &Record, times: &[i64]) -> Result<()> {
    let checklist = parts::held::<ChecklistItem>(tx, model.id).await?;
    let here = still_here(tx, model).await?;
    let repeated = |at_us: &i64| {
        let mut record = ACTIVITY.blank();
        for key in SHARED {
            record.set(key, model[key].clone());
        }
        record.custom = model.custom.clone();
        if model[Key::AssignedTo].int().is_some_and(|id| !here.contains(&id)) {
            record.set(Key::AssignedTo, Cell::Missing);
        }
        let attendees = model[Key::Attendees].ids().into_iter().filter(|id| here.contains(id));
        record.set(Key::Attendees, Cell::List(attendees.map(|id| id.to_string()).collect()));
        record.set(Key::Recurrence, series.rule.as_str());
        record.set(Key::Series, series.id);
        record.set(Key::Occurrence, *at_us);
        record.set(Key::DueDate, *at_us);
        record.set(Key::ChecklistTotal, checklist.len() as i64);
        for mark in [OF_SERIES, UNTOLD, DECIDED_OWNER] {
            record.carried.insert(mark.into(), true.into());
        }
        record
    };
    let (created, refused) = create_all(tx, ctx, stamp, &ACTIVITY, times.iter().map(repeated).collect()).await?;
    none_refused(refused)?;
    let mut items = Vec::with_capacity(created.len() * checklist.len());
    for change in &created {
        for (place, item) in checklist.iter().enumerate() {
            items.push(vec![
                change.after.id.into(),
                item.text.as_str().into(),
                false.into(),
                (place as i64).into(),
            ]);
        }
    }
    let columns = ["activity_id", "text", "is_done", "position"];
    tx.insert_rows(ChecklistItem::TABLE, &columns, items.into_iter()).await?;
    let starts: Vec<(i64, i64)> = created
        .iter()
        .filter_map(|change| Some((change.after.id, reminders::counted_from(ctx, &change.after)?)))
        .collect();
    reminders::copy(tx, model.id, &starts).await
}

/// Those of the people of an activity who are still with the organisation.
async fn still_here(tx: &mut Tx, activity: &Record) -> Result<BTreeSet<i64>> {
    let people = activity[Key::Attendees].ids().into_iter().chain(activity[Key::AssignedTo].int());
    let query = Query::select()
        .column("id")
        .from(Alias::new("users"))
        .and_where(Expr::col("id").is_in(people))
        .and_where(Expr::col("is_active").eq(true))
        .to_owned();
    Ok(tx.all::<(i64,)>(&query).await?.into_iter().map(|(id,)| id).collect())
}

#[derive(Clone, FromRow)]
struct Due {
    id: i64,
    made_until: i64,
}

async fn extend(ctx: &Ctx) -> Result<()> {
    let horizon = ctx.now_us() + AHEAD_US;
    let mut after = 0;
    loop {
        let some = Query::select()
            .columns(["id", "made_until"])
            .from(Alias::new(ActivitySeries::TABLE))
            .and_where(Expr::col("made_until").lt(horizon))
            .and_where(Expr::col("id").gt(after))
            .order_by("id", Order::Asc)
            .limit(AT_ONCE)
            .to_owned();
        let due: Vec<Due> = ctx.db.all(&some).await?;
        let Some(last) = due.last() else { return Ok(()) };
        after = last.id;
        for due in due {
            // One that cannot go on keeps no other from it.
            if let Err(error) = ctx.db.write(async |tx| extend_one(tx, ctx, &due).await).await {
                tracing::error!(%error, series = due.id, "a series of activities cannot go on");
            }
        }
    }
}

async fn extend_one(tx: &mut Tx, ctx: &Ctx, due: &Due) -> Result<()> {
    let mut query = kept::select::<ActivitySeries>();
    query.and_where(Expr::col("id").eq(due.id));
    tx.dialect().for_update(&mut query);
    let Some(series) = tx.opt::<ActivitySeries>(&query).await? else {
        return Ok(());
    };
    let Some(model) = model(tx, ctx, series.id).await? else {
        return made(tx, series.id, OVER).await;
    };
    let ahead = Query::select()
        .expr(Expr::col("id").count())
        .from(Alias::new(ACTIVITY.table))
        .and_where(Expr::col("series_id").eq(series.id))
        .and_where(Expr::col("occurrence_at").gt(ctx.now_us()))
        .and_where(Expr::col("status").is_in(Status::OPEN.map(Status::word)))
        .and_where(Expr::col("deleted_at").is_null())
        .to_owned();
    let ahead = usize::try_from(tx.one::<(i64,)>(&ahead).await?.0).unwrap_or_default();
    let after_us = Ord::max(due.made_until, ctx.now_us() - DAY_US);
    let (mut wanted, until) = wanted(ctx, &series, after_us, MAX_AHEAD.saturating_sub(ahead))?;
    let taken = taken(tx, series.id, after_us).await?;
    wanted.retain(|at_us| !taken.contains(at_us));
    create(tx, &ctx.as_system(), &ctx.stamp(), &series, &model, &wanted).await?;
    made(tx, series.id, until).await
}

/// The activity after which the next of a series are made: the last that is as the series is, or just the last.
async fn model(tx: &mut Tx, ctx: &Ctx, series_id: i64) -> Result<Option<Record>> {
    let last = Query::select()
        .column("id")
        .from(Alias::new(ACTIVITY.table))
        .and_where(Expr::col("series_id").eq(series_id))
        .and_where(Expr::col("deleted_at").is_null())
        .order_by("is_exception", Order::Asc)
        .order_by("occurrence_at", Order::Desc)
        .limit(1)
        .to_owned();
    let Some((id,)) = tx.opt::<(i64,)>(&last).await? else {
        return Ok(None);
    };
    let definitions = custom::definitions(ctx, ACTIVITY.name).await?;
    Ok(read::load(tx, &ACTIVITY, &[id], None, &definitions).await?.pop())
}
