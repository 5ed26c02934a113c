//! Reminders over HTTP: those of one activity, putting them off, being done with them.

use kernel::clock::{MINUTE_US, rfc3339};
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Result, invalid};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, PathId, Reply, Routes};
use kernel::say;
use records::{custom, read};
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::settings::{MAX_MINUTES_BEFORE, minutes_problem};
use super::{counted_from, put};
use crate::activities::ACTIVITY;
use crate::permissions::ACTIVITY_READ;

const TAG: &str = "activities";
const MAX_REMINDERS: usize = 10;
/// A week.
const MAX_SNOOZE_MINUTES: i64 = 7 * 24 * 60;

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_reminders), Access::Needs(ACTIVITY_READ))
        .add(routes!(set_reminders), Access::Needs(ACTIVITY_READ))
        .add(routes!(snooze_reminder), Access::SignedIn)
        .add(routes!(finish_reminder), Access::SignedIn)
}

/// A reminder of the caller's.
#[derive(Serialize, ToSchema)]
pub struct Reminder {
    pub id: i64,
    pub activity_id: i64,
    pub minutes_before: i64,
    #[schema(format = DateTime)]
    pub due_date: String,
    /// `waiting`, `sent`, `done`.
    pub state: String,
    #[schema(format = DateTime)]
    pub sent_at: Option<String>,
    #[schema(format = DateTime)]
    pub snoozed_until: Option<String>,
}

#[derive(FromRow, Clone)]
struct Kept {
    id: i64,
    activity_id: i64,
    minutes_before: i64,
    due_at: i64,
    state: String,
    sent_at: Option<i64>,
    snoozed_until: Option<i64>,
}

impl From<Kept> for Reminder {
    fn from(kept: Kept) -> Reminder {
        Reminder {
            id: kept.id,
            activity_id: kept.activity_id,
            minutes_before: kept.minutes_before,
            due_date: rfc3339(kept.due_at),
            state: kept.state,
            sent_at: kept.sent_at.map(rfc3339),
            snoozed_until: kept.snoozed_until.map(rfc3339),
        }
    }
}

/// Minutes before the activity at which the caller is reminded of it; none is never.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RemindersInput {
    pub minutes_before: Vec<i64>,
}

/// For how long.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SnoozeInput {
    pub minutes: i64,
}

fn mine(ctx: &Ctx) -> sea_query::SelectStatement {
    Query::select()
        .columns(["id", "activity_id", "minutes_before", "due_at", "state", "sent_at", "snoozed_until"])
        .from(Alias::new("reminders"))
        .and_where(Expr::col("user_id").eq(ctx.actor.user_id.map(|id| id.0)))
        .to_owned()
}

fn of(ctx: &Ctx, activity_id: i64) -> sea_query::SelectStatement {
    mine(ctx)
        .and_where(Expr::col("activity_id").eq(activity_id))
        .order_by("due_at", Order::Asc)
        .to_owned()
}

fn answer(kept: Vec<Kept>) -> Result<Reply> {
    Reply::ok(&Listed::whole(kept.into_iter().map(Reminder::from).collect()))
}

/// The caller's reminders of an activity.
#[utoipa::path(get, path = "/activities/{id}/reminders/", tag = TAG, operation_id = "list_reminders", params(("id" = i64, Path)), responses((status = 200, body = Listed<Reminder>), Problems))]
async fn list_reminders(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    read::require(&ctx, &ACTIVITY, ACTIVITY_READ, id).await?;
    answer(ctx.db.all(&of(&ctx, id)).await?)
}

/// Sets when the caller is reminded of an activity, by the minutes before it.
#[utoipa::path(put, path = "/activities/{id}/reminders/", tag = TAG, operation_id = "set_reminders", params(("id" = i64, Path)), request_body = RemindersInput, responses((status = 200, body = Listed<Reminder>), Problems))]
async fn set_reminders(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<RemindersInput>) -> Result<Reply> {
    let mut errors = FieldErrors::default();
    for (place, minutes) in input.minutes_before.iter().enumerate() {
        if !(0..=MAX_MINUTES_BEFORE).contains(minutes) {
            errors.add(format!("minutes_before.{place}"), minutes_problem());
        }
    }
    if input.minutes_before.len() > MAX_REMINDERS {
        errors.add("minutes_before", say!("En çok {} olabilir.", "May be {} at most.", MAX_REMINDERS));
    }
    errors.check()?;
    read::require(&ctx, &ACTIVITY, ACTIVITY_READ, id).await?;
    let me = ctx.actor.user_id.map(|id| id.0).ok_or(Error::Unauthenticated)?;
    ctx.write(async |tx| {
        set(tx, &ctx, me, id, &input.minutes_before).await?;
        answer(tx.all(&of(&ctx, id)).await?)
    })
    .await
}

/// Sets when somebody is reminded of an activity; those that would be due already are left out.
pub(crate) async fn set(tx: &mut Tx, ctx: &Ctx, me: i64, id: i64, minutes_before: &[i64]) -> Result<()> {
    let definitions = custom::definitions(ctx, ACTIVITY.name).await?;
    let activity = read::load(tx, &ACTIVITY, &[id], None, &definitions)
        .await?
        .pop()
        .ok_or(Error::NotFound)?;
    let from_us = counted_from(ctx, &activity).ok_or(Error::NotFound)?;
    let others = Query::delete()
        .from_table("reminders")
        .and_where(Expr::col("activity_id").eq(id))
        .and_where(Expr::col("user_id").eq(me))
        .and_where(Expr::col("minutes_before").is_not_in(minutes_before.iter().copied()))
        .to_owned();
    tx.exec(&others).await?;
    let rows: Vec<[i64; 4]> = minutes_before
        .iter()
        .map(|minutes| [id, me, *minutes, from_us - minutes * MINUTE_US])
        .filter(|[.., due_at]| *due_at > ctx.now_us())
        .collect();
    put(tx, &rows).await
}

async fn one(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<Kept> {
    let query = mine(ctx).and_where(Expr::col("id").eq(id)).to_owned();
    tx.opt(&query).await?.ok_or(Error::NotFound)
}

/// Puts a reminder of the caller's off for some minutes.
#[utoipa::path(post, path = "/me/reminders/{id}/snooze/", tag = TAG, operation_id = "snooze_reminder", params(("id" = i64, Path)), request_body = SnoozeInput, responses((status = 200, body = Reminder), Problems))]
async fn snooze_reminder(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<SnoozeInput>) -> Result<Reply> {
    if !(1..=MAX_SNOOZE_MINUTES).contains(&input.minutes) {
        let problem = say!(
            "1 ile {} dakika arasında olmalı.",
            "Must be between 1 and {} minutes.",
            MAX_SNOOZE_MINUTES
        );
        return Err(invalid("minutes", problem));
    }
    ctx.write(async |tx| {
        one(tx, &ctx, id).await?;
        let until = ctx.now_us() + input.minutes * MINUTE_US;
        let snooze = Query::update()
            .table("reminders")
            .value("state", "waiting")
            .value("due_at", until)
            .value("snoozed_until", until)
            .and_where(Expr::col("id").eq(id))
            .to_owned();
        tx.exec(&snooze).await?;
        Reply::ok(&Reminder::from(one(tx, &ctx, id).await?))
    })
    .await
}

/// Says that the caller is done with a reminder: they are not told again.
#[utoipa::path(post, path = "/me/reminders/{id}/done/", tag = TAG, operation_id = "finish_reminder", params(("id" = i64, Path)), responses((status = 200, body = Reminder), Problems))]
async fn finish_reminder(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    ctx.write(async |tx| {
        one(tx, &ctx, id).await?;
        let done = Query::update()
            .table("reminders")
            .value("state", "done")
            .and_where(Expr::col("id").eq(id))
            .to_owned();
        tx.exec(&done).await?;
        Reply::ok(&Reminder::from(one(tx, &ctx, id).await?))
    })
    .await
}
