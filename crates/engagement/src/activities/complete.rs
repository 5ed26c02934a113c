//! Completing an activity: what came of it, how long it took, and what is next; one stroke, undone in one.

use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Result};
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, PathId, Reply, Routes};
use kernel::say;
use records::change;
use records::edit::Edit;
use records::{Cell, Record, custom, http, read};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::http::{Activity, ActivityInput};
use super::{ACTIVITY, Key, Status, status};
use crate::permissions::ACTIVITY_WRITE;
use crate::times;

const TAG: &str = "activities";
/// What is next when only a time is given for it.
const FOLLOW_UP: &str = "follow_up";
const MAX_SPENT_MINUTES: i64 = 31 * 24 * 60;

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(complete_activity), Access::Needs(ACTIVITY_WRITE))
        .add(routes!(reopen_activity), Access::Needs(ACTIVITY_WRITE))
}

/// What came of an activity. Nothing of it is needed.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ActivityCompletion {
    /// One of the results of the field `result`.
    pub result: Option<String>,
    pub outcome: Option<String>,
    /// Minutes that it took.
    pub spent_minutes: Option<i64>,
    /// Now when it is not given.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub completed_date: Option<String>,
    /// When to come back to it: a follow-up is made for that time, unless `next` says what is next.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub follow_up_date: Option<String>,
    /// The next activity. What it does not name of customer, lead, opportunity, subject and owner comes from this one.
    #[schema(value_type = Option<ActivityInput>)]
    pub next: Option<Map<String, Value>>,
}

/// What a completion sets, in the words of the API.
fn fields(completion: &ActivityCompletion) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("status".into(), json!(Status::Completed));
    for (name, value) in [
        ("result", &completion.result),
        ("outcome", &completion.outcome),
        ("completed_date", &completion.completed_date),
        ("follow_up_date", &completion.follow_up_date),
    ] {
        if let Some(value) = value {
            fields.insert(name.into(), json!(value));
        }
    }
    fields
}

/// The next activity, as far as the one before says what it is.
fn next(activity: &Record, completion: &ActivityCompletion) -> Option<Map<String, Value>> {
    let mut next = match (&completion.next, &completion.follow_up_date) {
        (Some(next), _) => next.clone(),
        (None, Some(at)) => [("activity_type", FOLLOW_UP), ("due_date", at)]
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .into_iter()
            .collect(),
        (None, None) => return None,
    };
    for key in [Key::Customer, Key::Lead, Key::Opportunity, Key::AssignedTo, Key::Subject] {
        let value = key.spec().show(&activity[key]);
        if !value.is_null() {
            next.entry(key.name()).or_insert(value);
        }
    }
    Some(next)
}

async fn complete(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, activity: Record, completion: &ActivityCompletion) -> Result<()> {
    let definitions = custom::definitions(ctx, ACTIVITY.name).await?;
    let mut errors = FieldErrors::default();
    let patch = records::patch::Patch::parse(&ACTIVITY, &fields(completion), &definitions, &mut errors);
    if completion
        .spent_minutes
        .is_some_and(|minutes| !(0..=MAX_SPENT_MINUTES).contains(&minutes))
    {
        let problem = say!(
            "0 ile {} dakika arasında olmalı.",
            "Must be between 0 and {} minutes.",
            MAX_SPENT_MINUTES
        );
        errors.add(Key::SpentMinutes.name(), problem);
    }
    let follow_up = next(&activity, completion).map(|input| {
        let mut wrong = FieldErrors::default();
        let record = change::drafted(&ACTIVITY, &definitions, &input, &mut wrong);
        errors.0.extend(wrong.under("next").0);
        record
    });
    errors.check()?;
    let id = activity.id;
    let time = completion
        .spent_minutes
        .filter(|minutes| *minutes > 0)
        .and_then(|minutes| times::just_now(ctx, id, minutes));
    let mut spent = None;
    if let Some(time) = time {
        let edit = Edit {
            before: None,
            after: Some(time),
        };
        spent = times::put(tx, stamp, id, edit).await?.1;
    }
    let alter = |record: &mut Record| {
        patch.apply(record);
        if spent.is_some() {
            record.set(Key::SpentMinutes, spent);
        }
        Ok(())
    };
    let (_, refused) = change::change_all(tx, ctx, stamp, vec![activity], alter).await?;
    if let Some(refused) = refused.into_iter().next() {
        return Err(Error::Invalid(refused.errors));
    }
    if let Some(mut record) = follow_up {
        record.set(Key::Follows, id);
        change::create(tx, ctx, stamp, record).await.map_err(|error| match error {
            Error::Invalid(errors) => Error::Invalid(errors.under("next")),
            other => other,
        })?;
    }
    Ok(())
}

/// Completes an activity, with what came of it and what is next. Answers with the activity; the next one names it in `follows`.
#[utoipa::path(put, path = "/activities/{id}/complete/", tag = TAG, operation_id = "complete_activity", params(("id" = i64, Path)), request_body = ActivityCompletion, responses((status = 200, body = Activity), Problems))]
async fn complete_activity(ctx: Ctx, PathId(id): PathId<i64>, Body(completion): Body<ActivityCompletion>) -> Result<Reply> {
    http::command(&ctx, &ACTIVITY, "complete", id, async |tx, stamp| {
        let activity = read::one_for_change(tx, &ctx, &ACTIVITY, ACTIVITY_WRITE, id).await?;
        complete(tx, &ctx, stamp, activity, &completion).await?;
        Ok(true)
    })
    .await
}

/// Opens a completed or cancelled activity again.
#[utoipa::path(put, path = "/activities/{id}/reopen/", tag = TAG, operation_id = "reopen_activity", params(("id" = i64, Path)), responses((status = 200, body = Activity), Problems))]
async fn reopen_activity(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    http::command(&ctx, &ACTIVITY, "reopen", id, async |tx, stamp| {
        let activity = read::one_for_change(tx, &ctx, &ACTIVITY, ACTIVITY_WRITE, id).await?;
        if status(&activity).is_open() {
            return Ok(false);
        }
        let alter = |record: &mut Record| {
            record.set(Key::Status, Status::Planned.word());
            record.set(Key::Result, Cell::Missing);
            Ok(())
        };
        let (changed, refused) = change::change_all(tx, &ctx, stamp, vec![activity], alter).await?;
        ::assignment::decide::one(changed, refused)
    })
    .await
}
