//! Series of activities over HTTP.

use calendar::recurrence::{Rule, Series as Dates};
use kernel::clock::{parse_rfc3339, rfc3339};
use kernel::ctx::Ctx;
use kernel::error::{Lang, Result, invalid};
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, Params, PathId, Reply, Routes};
use kernel::{operations, say};
use records::http::{Said, note};
use records::read;
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::change::{self, SeriesChange, SeriesOutcome, SeriesScope};
use super::{ActivitySeries, local, moment_us};
use crate::activities::{ACTIVITY, Key, Status};
use crate::permissions::{ACTIVITY_DELETE, ACTIVITY_READ, ACTIVITY_WRITE};

const TAG: &str = "activities";
/// How many of the next times are told.
const NEXT: usize = 5;

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(get_series), Access::Needs(ACTIVITY_READ))
        .add(routes!(change_series), Access::Needs(ACTIVITY_WRITE))
        .add(routes!(delete_series), Access::Needs(ACTIVITY_DELETE))
        .add(routes!(read_recurrence), Access::Needs(ACTIVITY_READ))
}

/// A rule in words.
#[derive(Serialize, ToSchema)]
pub struct Recurrence {
    /// RRULE of RFC 5545, in one order.
    pub recurrence: String,
    pub said: Said,
    /// The first times after the one that was given.
    #[schema(value_type = Vec<String>, format = DateTime)]
    pub next: Vec<String>,
    /// Whether it has no end.
    pub is_endless: bool,
}

/// The series of an activity.
#[derive(Serialize, ToSchema)]
pub struct SeriesShown {
    pub series_id: i64,
    #[serde(flatten)]
    pub recurrence: Recurrence,
    /// Activities of it that are still to be done, as far as they are made already, and that were done.
    pub open: i64,
    pub completed: i64,
}

/// A rule to be read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecurrenceInput {
    /// RRULE of RFC 5545: `FREQ=WEEKLY;BYDAY=TU,TH`.
    pub recurrence: String,
    /// The first time.
    #[schema(format = DateTime)]
    pub due_date: String,
}

fn said(rule: &Rule, dates: &Dates, after_us: i64) -> Recurrence {
    let start = dates.start.date();
    let next = dates
        .local_starts(local(after_us, dates.zone).date())
        .map(|time| moment_us(time, dates.zone))
        .filter(|at_us| *at_us > after_us)
        .take(NEXT)
        .map(rfc3339);
    Recurrence {
        recurrence: rule.to_string(),
        said: Said {
            tr: rule.say(start, Lang::Tr),
            en: rule.say(start, Lang::En),
        },
        next: next.collect(),
        is_endless: dates.last().is_none(),
    }
}

/// How the series of an activity repeats, in words and by its next times after this one.
#[utoipa::path(get, path = "/activities/{id}/series/", tag = TAG, operation_id = "get_activity_series", params(("id" = i64, Path)), responses((status = 200, body = SeriesShown), Problems))]
async fn get_series(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    read::require(&ctx, &ACTIVITY, ACTIVITY_READ, id).await?;
    let mut query = records::kept::select::<ActivitySeries>();
    let its = Query::select()
        .column("series_id")
        .from(Alias::new(ACTIVITY.table))
        .and_where(Expr::col("id").eq(id))
        .and_where(Expr::col("recurrence").ne(""))
        .to_owned();
    query.and_where(Expr::col("id").in_subquery(its));
    let series = ctx.db.opt::<ActivitySeries>(&query).await?.ok_or(kernel::error::Error::NotFound)?;
    let count = |statuses: Vec<&'static str>| {
        Query::select()
            .expr(Expr::col("id").count())
            .from(Alias::new(ACTIVITY.table))
            .and_where(Expr::col("series_id").eq(series.id))
            .and_where(Expr::col("deleted_at").is_null())
            .and_where(Expr::col("status").is_in(statuses))
            .to_owned()
    };
    let at = Query::select()
        .column("occurrence_at")
        .from(Alias::new(ACTIVITY.table))
        .and_where(Expr::col("id").eq(id))
        .to_owned();
    let (open, completed) = (
        count(Status::OPEN.map(Status::word).to_vec()),
        count(vec![Status::Completed.word()]),
    );
    let (open, completed, at) = futures::try_join!(
        ctx.db.one::<(i64,)>(&open),
        ctx.db.one::<(i64,)>(&completed),
        ctx.db.one::<(Option<i64>,)>(&at)
    )?;
    let dates = series.dates()?;
    let rule = dates.rule.clone().ok_or(kernel::error::Error::NotFound)?;
    Reply::ok(&SeriesShown {
        series_id: series.id,
        recurrence: said(&rule, &dates, at.0.unwrap_or(ctx.now_us())),
        open: open.0,
        completed: completed.0,
    })
}

/// Changes this activity of a series and those after it, or all that are not done yet: their fields, the time of day, the day, the rule.
#[utoipa::path(patch, path = "/activities/{id}/series/", tag = TAG, operation_id = "change_activity_series", params(("id" = i64, Path)), request_body = SeriesChange, responses((status = 200, body = SeriesOutcome), Problems))]
async fn change_series(ctx: Ctx, PathId(id): PathId<i64>, Body(wanted): Body<SeriesChange>) -> Result<Reply> {
    ctx.write(async |tx| {
        let operation = note(tx, &ctx, &ACTIVITY, "series").await?;
        let outcome = change::change(tx, &ctx, &ctx.stamp().within(operation), id, &wanted).await?;
        answer(tx, operation, &outcome).await
    })
    .await
}

/// Deletes the activities of a series that are not done yet: this one and those after it (`scope=following`), or all (`scope=all`).
#[utoipa::path(delete, path = "/activities/{id}/series/", tag = TAG, operation_id = "delete_activity_series", params(("id" = i64, Path), ("scope" = SeriesScope, Query)), responses((status = 200, body = SeriesOutcome), Problems))]
async fn delete_series(ctx: Ctx, PathId(id): PathId<i64>, Params(pairs): Params) -> Result<Reply> {
    let scope = match pairs.iter().find(|(name, _)| name == "scope").map(|(_, value)| value.as_str()) {
        Some("following") => SeriesScope::Following,
        Some("all") => SeriesScope::All,
        _ => {
            let problem = say!("Şunlardan biri olmalı: {}.", "Must be one of: {}.", "following, all");
            return Err(invalid("scope", problem));
        }
    };
    ctx.write(async |tx| {
        let operation = note(tx, &ctx, &ACTIVITY, "series").await?;
        let outcome = change::delete(tx, &ctx, &ctx.stamp().within(operation), id, scope).await?;
        answer(tx, operation, &outcome).await
    })
    .await
}

async fn answer(tx: &mut kernel::db::Tx, operation: kernel::ids::OperationId, outcome: &SeriesOutcome) -> Result<Reply> {
    let reply = Reply::ok(outcome)?;
    if *outcome != SeriesOutcome::default() {
        return Ok(reply.operation(operation));
    }
    operations::forget(tx, operation).await?;
    Ok(reply)
}

/// Reads a rule: says it in words, and when it comes next.
#[utoipa::path(post, path = "/activities/recurrence/", tag = TAG, operation_id = "read_recurrence", request_body = RecurrenceInput, responses((status = 200, body = Recurrence), Problems))]
async fn read_recurrence(ctx: Ctx, Body(input): Body<RecurrenceInput>) -> Result<Reply> {
    let rule = Rule::parse(&input.recurrence).map_err(|problem| invalid(Key::Recurrence.name(), problem))?;
    let at_us = parse_rfc3339(&input.due_date).ok_or_else(|| {
        let problem = say!(
            "RFC 3339 zamanı olmalı: 2026-11-24T09:00:00Z.",
            "Must be an RFC 3339 time: 2026-11-24T09:00:00Z."
        );
        invalid(Key::DueDate.name(), problem)
    })?;
    let dates = Dates::new(local(at_us, ctx.org.zone), ctx.org.zone, Some(rule.clone()));
    Reply::ok(&said(&rule, &dates, at_us))
}
