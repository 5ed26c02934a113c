//! Changing and ending a series from one of its activities on, or all of it that is not done yet; one stroke, undone in one.

use std::collections::{BTreeMap, BTreeSet};

use calendar::recurrence::{End, Rule};
use chrono::{Duration, NaiveDate, NaiveDateTime};
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Result, invalid};
use kernel::say;
use records::change::{self, UNTOLD};
use records::edit::Edit;
use records::kept;
use records::patch::Patch;
use records::record::Record;
use records::{custom, read};
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{ActivitySeries, OF_SERIES, OVER, ahead, held, keep_new, local, moment_us, none_refused};
use crate::activities::http::ActivityInput;
use crate::activities::{ACTIVITY, Key, status};
use crate::permissions::{ACTIVITY_DELETE, ACTIVITY_WRITE};

/// How much of a series is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SeriesScope {
    /// This activity and those after it.
    Following,
    /// All that are not done yet.
    All,
}

/// What a series becomes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeriesChange {
    pub scope: SeriesScope,
    /// Fields of the activities. With `due_date` this one moves to that time, and the others with it by as many days, to the same time of day.
    #[serde(default)]
    #[schema(value_type = Option<ActivityInput>)]
    pub fields: Map<String, Value>,
    /// Another rule (RRULE of RFC 5545); empty ends the series with this activity.
    #[serde(default)]
    pub recurrence: Option<String>,
}

/// What became of the activities of a series.
#[derive(Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct SeriesOutcome {
    pub changed: usize,
    pub created: usize,
    pub deleted: usize,
}

/// What one activity can have by itself only.
fn is_of_one(name: &str) -> bool {
    !name.starts_with("custom") && name != Key::DueDate.name() && !ahead::SHARED.iter().any(|key| key.name() == name)
}

/// A series as it is looked at from one of its activities.
struct Seen {
    series: ActivitySeries,
    /// When that activity is by the rule, wherever it was moved to.
    at_us: i64,
}

impl Seen {
    async fn read(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<Seen> {
        let anchor = read::one_for_change(tx, ctx, &ACTIVITY, ACTIVITY_WRITE, id).await?;
        let series = held(tx, &anchor).await?;
        let (Some(series), Some(at_us)) = (series, anchor[Key::Occurrence].int()) else {
            let problem = say!("Bu aktivite tekrarlanmıyor.", "This activity does not repeat.");
            return Err(invalid(Key::Recurrence.name(), problem));
        };
        Ok(Seen { series, at_us })
    }

    fn begins_us(&self, scope: SeriesScope) -> i64 {
        match scope {
            SeriesScope::Following => self.at_us,
            SeriesScope::All => i64::MIN,
        }
    }

    /// The activities from a moment on that still stand: all times by the rule, and those that are open and the caller may act on.
    async fn standing(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        from_us: i64,
        permission: kernel::actor::Permission,
    ) -> Result<(BTreeSet<i64>, Vec<Record>)> {
        let query = Query::select()
            .columns(["id", "occurrence_at"])
            .from(Alias::new(ACTIVITY.table))
            .and_where(Expr::col("series_id").eq(self.series.id))
            .and_where(Expr::col("occurrence_at").gte(from_us))
            .and_where(Expr::col("deleted_at").is_null())
            .order_by("occurrence_at", Order::Asc)
            .to_owned();
        let all: Vec<(i64, i64)> = tx.all(&query).await?;
        let ids: Vec<i64> = all.iter().map(|(id, _)| *id).collect();
        let definitions = custom::definitions(ctx, ACTIVITY.name).await?;
        let mut open = read::for_change(tx, ctx, &ACTIVITY, permission, &ids, &definitions).await?;
        open.retain(|activity| status(activity).is_open());
        Ok((all.into_iter().map(|(_, at_us)| at_us).collect(), open))
    }

    /// The series comes to stand as it is said, or goes.
    async fn keep(&self, tx: &mut Tx, stamp: &Stamp, after: Option<ActivitySeries>) -> Result<()> {
        let edit = Edit {
            before: Some(self.series.clone()),
            after,
        };
        if edit.before != edit.after {
            kept::keep(tx, stamp, edit).await?;
        }
        Ok(())
    }

    /// Ends the series with a day, which is still part of it.
    async fn end(&self, tx: &mut Tx, stamp: &Stamp, last: NaiveDate) -> Result<()> {
        let rule = self.rule()?.ending(End::On(last)).to_string();
        let ended = ActivitySeries {
            rule,
            ..self.series.clone()
        };
        self.keep(tx, stamp, Some(ended)).await?;
        ahead::made(tx, self.series.id, OVER).await
    }

    fn rule(&self) -> Result<Rule> {
        let dates = self.series.dates()?;
        dates.rule.ok_or(Error::internal("a series without a rule"))
    }
}

/// The new shape of a series.
struct Shape {
    rule: Rule,
    start: NaiveDateTime,
    by: Duration,
}

fn shape(seen: &Seen, wanted: &SeriesChange, due_us: Option<i64>) -> Result<Shape> {
    let old = seen.series.dates()?;
    let at = local(seen.at_us, old.zone);
    let to = due_us.map_or(at, |due_us| local(due_us, old.zone));
    let by = Duration::days((to.date() - at.date()).num_days());
    let is_whole = wanted.scope == SeriesScope::All;
    let start = match is_whole {
        true => (old.start.date() + by).and_time(to.time()),
        false => to,
    };
    let problem = |problem| invalid(Key::Recurrence.name(), problem);
    if let Some(rule) = wanted.recurrence.as_deref() {
        let rule = Rule::parse(rule).map_err(problem)?;
        return Ok(Shape { rule, start, by });
    }
    let rule = seen.rule()?;
    let moved = rule.moved(at.date(), to.date()).ok_or_else(|| {
        let problem = say!(
            "Bu kuralla başka bir güne taşımanın ne demek olduğu belli değil: yeni kuralı “recurrence” alanında verin.",
            "With this rule it is not clear what moving to another day means: give the new rule in “recurrence”."
        );
        invalid(Key::DueDate.name(), problem)
    })?;
    // What has been before counts no more.
    let rule = match moved.end() {
        End::After(count) if !is_whole => {
            let before = old.local_starts(old.start.date()).take_while(|time| *time < at).count();
            moved.ending(End::After(Ord::max(count.saturating_sub(before as u32), 1)))
        }
        _ => moved,
    };
    Ok(Shape { rule, start, by })
}

/// Changes a series as it is seen from one of its activities.
pub async fn change(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, id: i64, wanted: &SeriesChange) -> Result<SeriesOutcome> {
    let seen = Seen::read(tx, ctx, id).await?;
    if wanted.recurrence.as_deref().is_some_and(|rule| rule.trim().is_empty()) {
        return end_with(tx, ctx, stamp, &seen).await;
    }
    let definitions = custom::definitions(ctx, ACTIVITY.name).await?;
    let mut errors = FieldErrors::default();
    for name in wanted.fields.keys().filter(|name| is_of_one(name)) {
        let problem = say!(
            "Yalnız tek bir aktivitede değiştirilebilir.",
            "Can be changed of one activity only."
        );
        errors.add(format!("fields.{name}"), problem);
    }
    let mut wrong = FieldErrors::default();
    let mut patch = Patch::parse(&ACTIVITY, &wanted.fields, &definitions, &mut wrong);
    errors.0.extend(wrong.under("fields").0);
    errors.check()?;
    let due_us = ACTIVITY
        .field(Key::DueDate.name())
        .and_then(|(place, _)| patch.cells.remove(&place))
        .and_then(|cell| cell.int());
    let Shape { rule, start, by } = shape(&seen, wanted, due_us)?;

    let zone = seen.series.dates()?.zone;
    let from_us = seen.begins_us(wanted.scope);
    let (standing, open) = seen.standing(tx, ctx, from_us, ACTIVITY_WRITE).await?;
    // Times of the old rule that were taken out by hand stay out.
    let taken_out: BTreeSet<NaiveDate> = super::taken(tx, seen.series.id, from_us)
        .await?
        .difference(&standing)
        .map(|at_us| local(*at_us, zone).date() + by)
        .collect();
    let series = reshape(tx, stamp, &seen, wanted.scope, ActivitySeries::new(&rule, start, zone)).await?;
    let dates = series.dates()?;
    let (ahead, until) = ahead::wanted(ctx, &series, Ord::max(from_us, ctx.now_us()).saturating_sub(1), ahead::MAX_AHEAD)?;
    let last = ahead.last().map(|at_us| local(*at_us, zone).date());
    let last = open
        .iter()
        .filter_map(|activity| Some(local(activity[Key::Occurrence].int()?, zone).date() + by))
        .chain(last)
        .max();
    let by_rule: BTreeMap<NaiveDate, i64> = dates
        .local_starts(start.date())
        .take_while(|time| last.is_some_and(|last| time.date() <= last))
        .map(|time| (time.date(), moment_us(time, zone)))
        .collect();

    let target = |activity: &Record| {
        let day = local(activity[Key::Occurrence].int()?, zone).date() + by;
        by_rule.get(&day).copied()
    };
    let now_us = ctx.now_us();
    let (staying, leaving): (Vec<Record>, Vec<Record>) = open
        .into_iter()
        .partition(|activity| target(activity).is_some() || activity[Key::Occurrence].int().is_some_and(|at_us| at_us < now_us));
    let model_id = staying
        .iter()
        .find(|activity| activity.id == id)
        .or(staying.first())
        .map(|activity| activity.id);
    let alter = |activity: &mut Record| {
        if let Some(at_us) = target(activity) {
            if activity.id == id && due_us.is_some() || activity[Key::DueDate] == activity[Key::Occurrence] {
                activity.set(Key::DueDate, at_us);
            }
            activity.set(Key::Occurrence, at_us);
            activity.set(Key::Series, series.id);
            activity.set(Key::Recurrence, series.rule.as_str());
        }
        patch.apply(activity);
        activity.carried.insert(OF_SERIES.into(), true.into());
        if activity.id != id {
            activity.carried.insert(UNTOLD.into(), true.into());
        }
        Ok(())
    };
    let days: BTreeSet<NaiveDate> = standing.iter().map(|at_us| local(*at_us, zone).date() + by).collect();
    let (changed, refused) = change::change_all(tx, ctx, stamp, staying, alter).await?;
    none_refused(refused)?;
    let deleted = leave(tx, ctx, stamp, leaving).await?;
    let mut fresh = ahead;
    fresh.retain(|at_us| {
        let day = local(*at_us, zone).date();
        !days.contains(&day) && !taken_out.contains(&day)
    });
    let mut created = 0;
    if let Some(model_id) = model_id {
        let model = read::load(tx, &ACTIVITY, &[model_id], None, &definitions).await?;
        let model = model.into_iter().next().ok_or(Error::NotFound)?;
        ahead::create(tx, ctx, stamp, &series, &model, &fresh).await?;
        created = fresh.len();
    }
    ahead::made(tx, series.id, until).await?;
    Ok(SeriesOutcome {
        changed: changed.len(),
        created,
        deleted,
    })
}

/// The series in its new shape: the same, or another that goes on where this one ends.
async fn reshape(tx: &mut Tx, stamp: &Stamp, seen: &Seen, scope: SeriesScope, shape: ActivitySeries) -> Result<ActivitySeries> {
    let old = seen.series.dates()?;
    let at = local(seen.at_us, old.zone);
    if scope == SeriesScope::All || old.start == at {
        let whole = ActivitySeries {
            id: seen.series.id,
            ..shape
        };
        seen.keep(tx, stamp, Some(whole.clone())).await?;
        return Ok(whole);
    }
    seen.end(tx, stamp, at.date() - Duration::days(1)).await?;
    keep_new(tx, stamp, shape).await
}

async fn leave(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, mut leaving: Vec<Record>) -> Result<usize> {
    for activity in &mut leaving {
        activity.carried.insert(OF_SERIES.into(), true.into());
        activity.carried.insert(UNTOLD.into(), true.into());
    }
    Ok(change::delete_all(tx, ctx, stamp, leaving).await?.len())
}

/// The activity is the last of its series.
async fn end_with(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, seen: &Seen) -> Result<SeriesOutcome> {
    let (_, open) = seen.standing(tx, ctx, seen.at_us + 1, ACTIVITY_WRITE).await?;
    seen.end(tx, stamp, local(seen.at_us, seen.series.dates()?.zone).date()).await?;
    Ok(SeriesOutcome {
        deleted: leave(tx, ctx, stamp, open).await?,
        ..SeriesOutcome::default()
    })
}

/// Deletes the activities of a series that are not done yet: this one and those after it, or all. The series is over then.
pub async fn delete(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, id: i64, scope: SeriesScope) -> Result<SeriesOutcome> {
    let seen = Seen::read(tx, ctx, id).await?;
    let (_, open) = seen.standing(tx, ctx, seen.begins_us(scope), ACTIVITY_DELETE).await?;
    let dates = seen.series.dates()?;
    let before = local(seen.at_us, dates.zone).date() - Duration::days(1);
    match scope {
        SeriesScope::Following if before >= dates.start.date() => seen.end(tx, stamp, before).await?,
        _ => seen.keep(tx, stamp, None).await?,
    }
    Ok(SeriesOutcome {
        deleted: leave(tx, ctx, stamp, open).await?,
        ..SeriesOutcome::default()
    })
}
