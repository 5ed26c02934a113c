//! Activities that repeat. Each of a series is an activity of its own, made ahead of its time, so that it is done, moved and reminded of as any
//! other; the series only knows by which rule they come.

mod ahead;
pub mod change;
pub mod http;

use std::collections::BTreeSet;

use calendar::recurrence::{Rule, Series as Dates};
use calendar::zoned;
use chrono::NaiveDateTime;
use chrono_tz::Tz;
use futures::future::BoxFuture;
use kernel::clock::utc;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Result};
use kernel::say;
use records::change::{Changed, Draft};
use records::edit::Edit;
use records::kept::{self, Kept};
use records::record::Record;
use records::revert::UNDOING;
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

use crate::activities::{ACTIVITY, Key};

pub use ahead::{EXTEND, EXTENDS};

/// In [`Record::carried`]: the whole series changes, not one of it by itself.
pub(crate) const OF_SERIES: &str = "of_series";
/// `made_until` of a series of which no more are made.
const OVER: i64 = i64::MAX;

/// A series of activities.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, FromRow)]
pub struct ActivitySeries {
    pub id: i64,
    /// RRULE of RFC 5545.
    pub rule: String,
    /// What the clock on the wall shows at the first: `2026-11-24T09:00:00`.
    pub starts_at: String,
    /// Of that wall.
    pub zone: String,
}

impl Kept for ActivitySeries {
    const TABLE: &'static str = "activity_series";
    const SUBJECT: &'static str = "activity_series";
    const KINDS: [&'static str; 3] = ["activity_series.created", "activity_series.updated", "activity_series.deleted"];
    const COLUMNS: &'static [&'static str] = &["rule", "starts_at", "zone"];

    fn id(&self) -> i64 {
        self.id
    }

    fn identify(&mut self, id: i64) {
        self.id = id;
    }

    fn values(&self) -> Result<Vec<sea_query::Value>> {
        Ok(vec![
            self.rule.as_str().into(),
            self.starts_at.as_str().into(),
            self.zone.as_str().into(),
        ])
    }

    /// One that was over may go on again; the job looks.
    fn after<'a>(tx: &'a mut Tx, _: &'a Ctx) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let again = Query::update()
                .table(Self::TABLE)
                .value("made_until", 0)
                .and_where(Expr::col("made_until").eq(OVER))
                .to_owned();
            tx.exec(&again).await.map(|_| ())
        })
    }
}

impl ActivitySeries {
    fn new(rule: &Rule, start: NaiveDateTime, zone: Tz) -> ActivitySeries {
        ActivitySeries {
            id: 0,
            rule: rule.to_string(),
            starts_at: start.format("%Y-%m-%dT%H:%M:%S").to_string(),
            zone: zone.name().to_owned(),
        }
    }

    /// When its activities are.
    pub fn dates(&self) -> Result<Dates> {
        let odd = || Error::internal(format!("series {} cannot be read", self.id));
        let start = self.starts_at.parse().map_err(|_| odd())?;
        let zone = self.zone.parse().map_err(|_| odd())?;
        Ok(Dates::new(start, zone, Some(Rule::parse(&self.rule).map_err(|_| odd())?)))
    }
}

/// The time on the wall at a moment.
fn local(at_us: i64, zone: Tz) -> NaiveDateTime {
    zoned::local(utc(at_us), zone)
}

fn moment_us(local: NaiveDateTime, zone: Tz) -> i64 {
    zoned::moment(local, zone).timestamp_micros()
}

/// The series of an activity, held for this transaction.
async fn held(tx: &mut Tx, activity: &Record) -> Result<Option<ActivitySeries>> {
    let Some(id) = activity[Key::Series].int().filter(|_| !activity[Key::Recurrence].is_missing()) else {
        return Ok(None);
    };
    let mut query = kept::select::<ActivitySeries>();
    query.and_where(Expr::col("id").eq(id));
    tx.dialect().for_update(&mut query);
    tx.opt(&query).await
}

/// Reads the rule of an activity that is about to repeat, and keeps one of a series from leaving it unseen. Of the entity's `settle`.
pub(crate) fn settle(draft: &mut Draft) {
    let activity = &mut draft.after;
    if activity.carried.contains_key(UNDOING) || activity.carried.contains_key(OF_SERIES) {
        return;
    }
    let before = draft.before.as_ref().filter(|before| !before[Key::Recurrence].is_missing());
    if let Some(before) = before {
        if activity[Key::Recurrence].is_missing() {
            // A PUT that does not know of it.
            activity.set(Key::Recurrence, before[Key::Recurrence].clone());
        } else if activity[Key::Recurrence] != before[Key::Recurrence] {
            let problem = say!(
                "Bir dizinin tekrarı dizinin kendisinde değiştirilir: PATCH activities/{}/series/.",
                "How a series repeats is changed in the series: PATCH activities/{}/series/.",
                before.id
            );
            draft.errors.add(Key::Recurrence.name(), problem);
        }
        if activity[Key::DueDate] != before[Key::DueDate] {
            activity.set(Key::IsException, true);
        }
        return;
    }
    if activity[Key::Recurrence].is_missing() {
        return;
    }
    match Rule::parse(activity[Key::Recurrence].text()) {
        Ok(rule) => activity.set(Key::Recurrence, rule.to_string()),
        Err(problem) => draft.errors.add(Key::Recurrence.name(), problem),
    }
}

/// Makes what follows an activity that repeats from now on. A hook of the entity's `after`.
pub(crate) async fn follow(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, changed: &[Changed]) -> Result<()> {
    let begins = |change: &&Changed| {
        let (carried, repeated) = (&change.after.carried, &change.after[Key::Recurrence]);
        let was = change.before.as_ref().is_some_and(|before| !before[Key::Recurrence].is_missing());
        !repeated.is_missing() && !was && !carried.contains_key(UNDOING) && !carried.contains_key(OF_SERIES)
    };
    for change in changed.iter().filter(begins) {
        begin(tx, ctx, stamp, &change.after).await?;
    }
    Ok(())
}

async fn begin(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, first: &Record) -> Result<()> {
    let Some(due_us) = first[Key::DueDate].int() else {
        return Ok(());
    };
    let zone = ctx.org.zone;
    let rule = Rule::parse(first[Key::Recurrence].text()).map_err(|problem| kernel::error::invalid("recurrence", problem))?;
    let series = keep_new(tx, stamp, ActivitySeries::new(&rule, local(due_us, zone), zone)).await?;
    // What it is part of follows from its own rule, so that its history need not say it.
    let part = Query::update()
        .table("activities")
        .value("series_id", series.id)
        .value("occurrence_at", due_us)
        .and_where(Expr::col("id").eq(first.id))
        .to_owned();
    tx.exec(&part).await?;
    ahead::make(tx, ctx, stamp, &series, first, due_us).await
}

async fn keep_new(tx: &mut Tx, stamp: &Stamp, series: ActivitySeries) -> Result<ActivitySeries> {
    let edit = Edit {
        before: None,
        after: Some(series),
    };
    kept::keep(tx, stamp, edit).await?.ok_or(Error::internal("a series was not kept"))
}

/// Records that must not be refused: whoever changes a series changes all of it or nothing.
fn none_refused(refused: Vec<records::change::Refused>) -> Result<()> {
    let mut errors = FieldErrors::default();
    for refused in refused {
        errors.0.extend(refused.errors.0);
    }
    errors.check()
}

/// The moments that are taken by activities of the series from one on, also by deleted ones.
async fn taken(tx: &mut Tx, series_id: i64, from_us: i64) -> Result<BTreeSet<i64>> {
    let query = Query::select()
        .column("occurrence_at")
        .from(Alias::new(ACTIVITY.table))
        .and_where(Expr::col("series_id").eq(series_id))
        .and_where(Expr::col("occurrence_at").gte(from_us))
        .to_owned();
    Ok(tx.all::<(i64,)>(&query).await?.into_iter().map(|(at_us,)| at_us).collect())
}

/// No more activities of these customers' series are made: they were erased.
pub(crate) async fn end_of(tx: &mut Tx, activity_ids: &[i64]) -> Result<()> {
    let theirs = Query::select()
        .column("series_id")
        .from(Alias::new(ACTIVITY.table))
        .and_where(Expr::col("id").is_in(activity_ids.iter().copied()))
        .and_where(Expr::col("series_id").is_not_null())
        .to_owned();
    let over = Query::update()
        .table(ActivitySeries::TABLE)
        .value("made_until", OVER)
        .and_where(Expr::col("id").in_subquery(theirs))
        .to_owned();
    tx.exec(&over).await.map(|_| ())
}
