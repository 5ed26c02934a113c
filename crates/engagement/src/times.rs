//! How long activities take: entries by hand and a timer, and who spent how long on what.

use kernel::clock::{MINUTE_US, rfc3339, shown};
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Result, invalid};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, Params, PathId, Reply, Routes};
use kernel::say;
use records::edit::Edit;
use records::kept::{self, Kept, noted};
use records::{Record, change, read, timeline};
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::activities::{ACTIVITY, Key};
use crate::permissions::{ACTIVITY_READ, ACTIVITY_WRITE};

const TAG: &str = "activities";
const MAX_MINUTES: i64 = 31 * 24 * 60;
const MAX_NOTE_CHARS: usize = 500;
/// Lines of a report.
const MAX_LINES: u64 = 500;

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_times), Access::Needs(ACTIVITY_READ))
        .add(routes!(log_time), Access::Needs(ACTIVITY_WRITE))
        .add(routes!(delete_time), Access::Needs(ACTIVITY_WRITE))
        .add(routes!(start_timer), Access::Needs(ACTIVITY_WRITE))
        .add(routes!(get_timer), Access::SignedIn)
        .add(routes!(stop_timer), Access::SignedIn)
        .add(routes!(report_times), Access::Needs(ACTIVITY_READ))
}

/// Time that somebody spent on an activity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromRow)]
pub struct Time {
    pub id: i64,
    pub activity_id: i64,
    pub user_id: i64,
    pub started_at: i64,
    /// None while the timer runs.
    pub ended_at: Option<i64>,
    pub minutes: i64,
    pub note: String,
}

impl Kept for Time {
    const TABLE: &'static str = "activity_times";
    const SUBJECT: &'static str = "activity_time";
    const KINDS: [&'static str; 3] = ["activity_time.created", "activity_time.updated", "activity_time.deleted"];
    const COLUMNS: &'static [&'static str] = &["activity_id", "user_id", "started_at", "ended_at", "minutes", "note"];

    fn id(&self) -> i64 {
        self.id
    }

    fn identify(&mut self, id: i64) {
        self.id = id;
    }

    fn values(&self) -> Result<Vec<sea_query::Value>> {
        Ok(vec![
            self.activity_id.into(),
            self.user_id.into(),
            self.started_at.into(),
            self.ended_at.into(),
            self.minutes.into(),
            self.note.as_str().into(),
        ])
    }
}

/// Time that somebody spent on an activity.
#[derive(Serialize, ToSchema)]
pub struct ActivityTime {
    pub id: i64,
    pub activity_id: i64,
    pub user_id: i64,
    pub user_name: Option<String>,
    #[serde(serialize_with = "shown::time")]
    #[schema(value_type = String, format = DateTime)]
    pub started_at: i64,
    /// None while the timer runs.
    #[serde(serialize_with = "shown::time_or_null")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<i64>,
    pub minutes: i64,
    pub note: String,
}

/// Time to be logged by hand.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityTimeInput {
    pub minutes: i64,
    /// So long ago when it is not given.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub started_at: Option<String>,
    #[serde(default)]
    pub note: String,
}

async fn shown_all(ctx: &Ctx, times: Vec<Time>) -> Result<Vec<ActivityTime>> {
    let names = records::names::all(ctx).await?;
    let shown = |time: Time| ActivityTime {
        user_name: names.user(time.user_id).map(str::to_owned),
        id: time.id,
        activity_id: time.activity_id,
        user_id: time.user_id,
        started_at: time.started_at,
        ended_at: time.ended_at,
        minutes: time.minutes,
        note: time.note,
    };
    Ok(times.into_iter().map(shown).collect())
}

async fn answer(ctx: &Ctx, time: Time) -> Result<ActivityTime> {
    shown_all(ctx, vec![time]).await?.pop().ok_or(Error::NotFound)
}

/// Keeps time that was spent on an activity that is held for this transaction; what it took by that in all is for the caller to set.
pub async fn put(tx: &mut Tx, stamp: &Stamp, activity_id: i64, edit: Edit<Time>) -> Result<(Option<Time>, Option<i64>)> {
    let kept = kept::keep(tx, stamp, edit).await?;
    let sum = Query::select()
        .expr(tx.dialect().own_sql("CAST(sum(minutes) AS bigint)"))
        .from(Alias::new("activity_times"))
        .and_where(Expr::col("activity_id").eq(activity_id))
        .and_where(Expr::col("ended_at").is_not_null())
        .to_owned();
    let (spent,): (Option<i64>,) = tx.one(&sum).await?;
    Ok((kept, spent))
}

/// The same with what the activity took by it.
async fn keep(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, activity: Record, edit: Edit<Time>) -> Result<Option<Time>> {
    let (kept, spent) = put(tx, stamp, activity.id, edit).await?;
    let take = |record: &mut Record| {
        record.set(Key::SpentMinutes, spent);
        Ok(())
    };
    let (_, refused) = change::change_all(tx, ctx, stamp, vec![activity], take).await?;
    match refused.into_iter().next() {
        Some(refused) => Err(Error::Invalid(refused.errors)),
        None => Ok(kept),
    }
}

/// Time that ended now, of the caller.
pub fn just_now(ctx: &Ctx, activity_id: i64, minutes: i64) -> Option<Time> {
    Some(Time {
        id: 0,
        activity_id,
        user_id: ctx.actor.user_id?.0,
        started_at: ctx.now_us() - minutes * MINUTE_US,
        ended_at: Some(ctx.now_us()),
        minutes,
        note: String::new(),
    })
}

fn parse(ctx: &Ctx, activity_id: i64, input: &ActivityTimeInput) -> Result<Time> {
    let mut errors = FieldErrors::default();
    if !(1..=MAX_MINUTES).contains(&input.minutes) {
        errors.add(
            "minutes",
            say!("1 ile {} dakika arasında olmalı.", "Must be between 1 and {} minutes.", MAX_MINUTES),
        );
    }
    let note = input.note.trim();
    if note.chars().count() > MAX_NOTE_CHARS {
        errors.add(
            "note",
            say!("En çok {} karakter olabilir.", "May have {} characters at most.", MAX_NOTE_CHARS),
        );
    }
    let started_at = match &input.started_at {
        None => ctx.now_us().saturating_sub(input.minutes.clamp(0, MAX_MINUTES) * MINUTE_US),
        Some(text) => kernel::clock::parse_rfc3339(text).unwrap_or_else(|| {
            let problem = say!(
                "2026-03-31T14:30:00+03:00 gibi bir zaman olmalı.",
                "Must be a time such as 2026-03-31T14:30:00+03:00."
            );
            errors.add("started_at", problem);
            0
        }),
    };
    if started_at > ctx.now_us() {
        errors.add("started_at", say!("Gelecekte olamaz.", "Cannot be in the future."));
    }
    errors.check()?;
    let time = just_now(ctx, activity_id, input.minutes).ok_or(Error::Unauthenticated)?;
    Ok(Time {
        started_at,
        ended_at: Some(started_at + input.minutes * MINUTE_US),
        note: note.to_owned(),
        ..time
    })
}

/// Who spent how long on an activity, the newest first.
#[utoipa::path(get, path = "/activities/{id}/times/", tag = TAG, operation_id = "list_activity_times", params(("id" = i64, Path)), responses((status = 200, body = Listed<ActivityTime>), Problems))]
async fn list_times(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    read::require(&ctx, &ACTIVITY, ACTIVITY_READ, id).await?;
    let mut query = kept::select::<Time>();
    query.and_where(Expr::col("activity_id").eq(id)).order_by("started_at", Order::Desc);
    Reply::ok(&Listed::whole(shown_all(&ctx, ctx.db.all(&query).await?).await?))
}

/// Logs time that the caller spent on an activity.
#[utoipa::path(post, path = "/activities/{id}/times/", tag = TAG, operation_id = "log_activity_time", params(("id" = i64, Path)), request_body = ActivityTimeInput, responses((status = 201, body = ActivityTime), Problems))]
async fn log_time(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<ActivityTimeInput>) -> Result<Reply> {
    let time = parse(&ctx, id, &input)?;
    ctx.write(async |tx| {
        noted(tx, &ctx, "activities.log_time", async |tx, stamp| {
            let activity = read::one_for_change(tx, &ctx, &ACTIVITY, ACTIVITY_WRITE, id).await?;
            let edit = Edit {
                before: None,
                after: Some(time),
            };
            let kept = keep(tx, &ctx, stamp, activity, edit).await?.ok_or(Error::NotFound)?;
            let place = format!("/api/v1/crm/activities/{id}/times/{}/", kept.id);
            Ok((Reply::created(place, &answer(&ctx, kept).await?)?, true))
        })
        .await
    })
    .await
}

/// Takes back time of the caller's, or anybody's by whoever may write all activities.
#[utoipa::path(delete, path = "/activities/{id}/times/{time_id}/", tag = TAG, operation_id = "delete_activity_time", params(("id" = i64, Path), ("time_id" = i64, Path)), responses((status = 204), Problems))]
async fn delete_time(ctx: Ctx, PathId((id, time_id)): PathId<(i64, i64)>) -> Result<Reply> {
    ctx.write(async |tx| {
        noted(tx, &ctx, "activities.delete_time", async |tx, stamp| {
            let activity = read::one_for_change(tx, &ctx, &ACTIVITY, ACTIVITY_WRITE, id).await?;
            let mut query = kept::select::<Time>();
            query
                .and_where(Expr::col("id").eq(time_id))
                .and_where(Expr::col("activity_id").eq(id));
            let before: Time = tx.opt(&query).await?.ok_or(Error::NotFound)?;
            let is_mine = Some(before.user_id) == ctx.actor.user_id.map(|id| id.0);
            if !is_mine && ctx.scope(ACTIVITY_WRITE)? < kernel::actor::Scope::All {
                return Err(Error::Forbidden(say!(
                    "Yalnız kendi sürenizi silebilirsiniz.",
                    "You can only delete time of your own."
                )));
            }
            keep(
                tx,
                &ctx,
                stamp,
                activity,
                Edit {
                    before: Some(before),
                    after: None,
                },
            )
            .await?;
            Ok((Reply::no_content(), true))
        })
        .await
    })
    .await
}

fn running(ctx: &Ctx) -> sea_query::SelectStatement {
    kept::select::<Time>()
        .and_where(Expr::col("user_id").eq(ctx.actor.user_id.map(|id| id.0)))
        .and_where(Expr::col("ended_at").is_null())
        .to_owned()
}

/// Ends the caller's timer, if it runs. What took less than half a minute is nothing.
async fn stop(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp) -> Result<Option<Time>> {
    let Some(before) = tx.opt::<Time>(&running(ctx)).await? else {
        return Ok(None);
    };
    let took_us = Ord::max(ctx.now_us() - before.started_at, 0);
    let minutes = Ord::min((took_us + MINUTE_US / 2) / MINUTE_US, MAX_MINUTES);
    let after = (minutes > 0).then(|| Time {
        ended_at: Some(ctx.now_us()),
        minutes,
        ..before.clone()
    });
    let definitions = records::custom::definitions(ctx, ACTIVITY.name).await?;
    let activity = read::load(tx, &ACTIVITY, &[before.activity_id], None, &definitions).await?.pop();
    let activity = activity.ok_or(Error::NotFound)?;
    let ended = Time {
        ended_at: Some(ctx.now_us()),
        minutes,
        ..before.clone()
    };
    // Their time is theirs, whoever's the activity has become.
    keep(
        tx,
        &ctx.as_system(),
        stamp,
        activity,
        Edit {
            before: Some(before),
            after,
        },
    )
    .await?;
    Ok(Some(ended))
}

/// Starts the caller's timer on an activity; one that runs on another ends.
#[utoipa::path(post, path = "/activities/{id}/timer/", tag = TAG, operation_id = "start_timer", params(("id" = i64, Path)), responses((status = 200, body = ActivityTime), Problems))]
async fn start_timer(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    ctx.write(async |tx| {
        noted(tx, &ctx, "activities.timer", async |tx, stamp| {
            let activity = read::one_for_change(tx, &ctx, &ACTIVITY, ACTIVITY_WRITE, id).await?;
            if let Some(runs) = tx.opt::<Time>(&running(&ctx)).await?.filter(|time| time.activity_id == id) {
                return Ok((Reply::ok(&answer(&ctx, runs).await?)?, false));
            }
            stop(tx, &ctx, stamp).await?;
            let time = Time {
                ended_at: None,
                ..just_now(&ctx, activity.id, 0).ok_or(Error::Unauthenticated)?
            };
            let kept = kept::keep(
                tx,
                stamp,
                Edit {
                    before: None,
                    after: Some(time),
                },
            )
            .await?;
            let kept = kept.ok_or(Error::NotFound)?;
            Ok((Reply::ok(&answer(&ctx, kept).await?)?, true))
        })
        .await
    })
    .await
}

/// The caller's timer, if it runs.
#[utoipa::path(get, path = "/me/timer/", tag = TAG, operation_id = "get_timer", responses((status = 200, body = Option<ActivityTime>), Problems))]
async fn get_timer(ctx: Ctx) -> Result<Reply> {
    let time = match ctx.db.opt::<Time>(&running(&ctx)).await? {
        Some(time) => Some(answer(&ctx, time).await?),
        None => None,
    };
    Reply::ok(&time)
}

/// Ends the caller's timer: the time is logged. Nothing happens when none runs.
#[utoipa::path(delete, path = "/me/timer/", tag = TAG, operation_id = "stop_timer", responses((status = 200, body = Option<ActivityTime>), Problems))]
async fn stop_timer(ctx: Ctx) -> Result<Reply> {
    ctx.write(async |tx| {
        noted(tx, &ctx, "activities.timer", async |tx, stamp| {
            let ended = stop(tx, &ctx, stamp).await?;
            let is_changed = ended.is_some();
            let time = match ended {
                Some(time) => Some(answer(&ctx, time).await?),
                None => None,
            };
            Ok((Reply::ok(&time)?, is_changed))
        })
        .await
    })
    .await
}

/// By what time is summed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    User,
    Customer,
    Type,
}

/// A line of a report of time.
#[derive(Serialize, ToSchema, FromRow)]
pub struct TimeReportLine {
    /// The id of the user or the customer; none by type, and for time without a customer.
    pub id: Option<i64>,
    /// Their name, or the key of the type.
    pub name: Option<String>,
    pub minutes: i64,
    pub entries: i64,
}

/// Who spent how long.
#[derive(Serialize, ToSchema)]
pub struct TimeReport {
    #[schema(format = DateTime)]
    pub from: String,
    #[schema(format = DateTime)]
    pub to: String,
    pub minutes: i64,
    pub lines: Vec<TimeReportLine>,
}

/// The time spent on activities that the caller may see, between `from` and `to` (days, both within, or times), by `user`, `customer` or
/// `type`; the most first.
#[utoipa::path(get, path = "/activities/time-report/", tag = TAG, operation_id = "report_activity_times",
    params(("from" = String, Query), ("to" = String, Query), ("by" = Option<String>, Query)),
    responses((status = 200, body = TimeReport), Problems))]
async fn report_times(ctx: Ctx, Params(pairs): Params) -> Result<Reply> {
    let (by, range): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(name, _)| name == "by");
    let by = match by.first().map(|(_, by)| by.as_str()) {
        None | Some("user") => By::User,
        Some("customer") => By::Customer,
        Some("type") => By::Type,
        Some(_) => {
            return Err(invalid(
                "by",
                say!(
                    "Şunlardan biri olmalı: user, customer, type.",
                    "Must be one of: user, customer, type."
                ),
            ));
        }
    };
    let asked = timeline::asked(&ctx, &range)?;
    let (Some(from_us), Some(until_us)) = (asked.from_us, asked.until_us) else {
        let missing = if asked.from_us.is_none() { "from" } else { "to" };
        return Err(invalid(missing, records::entity::required()));
    };
    let dialect = ctx.db.dialect();
    let mut query = read::visible(&ctx, &ACTIVITY, ACTIVITY_READ).await?;
    query
        .inner_join(
            "activity_times",
            Expr::col(("activity_times", "activity_id")).equals((ACTIVITY.table, "id")),
        )
        .and_where(Expr::col(("activity_times", "started_at")).gte(from_us))
        .and_where(Expr::col(("activity_times", "started_at")).lt(until_us))
        .and_where(Expr::col(("activity_times", "ended_at")).is_not_null());
    let (id, name) = match by {
        By::User => (
            "activity_times.user_id",
            "(SELECT users.name FROM users WHERE users.id = activity_times.user_id)",
        ),
        By::Customer => (
            "activities.customer_id",
            "(SELECT customers.name FROM customers WHERE customers.id = activities.customer_id)",
        ),
        By::Type => ("CAST(NULL AS bigint)", "activities.activity_type"),
    };
    query
        .expr_as(dialect.own_sql(id), "id")
        .expr_as(dialect.own_sql(name), "name")
        .expr_as(
            dialect.own_sql("CAST(coalesce(sum(activity_times.minutes), 0) AS bigint)"),
            "minutes",
        )
        .expr_as(dialect.own_sql("CAST(count(*) AS bigint)"), "entries")
        .add_group_by([1, 2].map(|place| dialect.own_sql(place.to_string())))
        .order_by("minutes", Order::Desc)
        .limit(MAX_LINES);
    let lines: Vec<TimeReportLine> = ctx.db.all(&query).await?;
    Reply::ok(&TimeReport {
        from: rfc3339(from_us),
        to: rfc3339(until_us),
        minutes: lines.iter().map(|line| line.minutes).sum(),
        lines,
    })
}
