//! What happened to a record: its events, newest first, by keyset.

use axum::http::Uri;
use chrono::{Days, NaiveDate};
use kernel::clock::{parse_rfc3339, rfc3339};
use kernel::ctx::Ctx;
use kernel::error::{Error, Result};
use kernel::events::{self, Changes, Event};
use kernel::http::{List, Reply};
use kernel::page::{DEFAULT_PAGE_SIZE, ListRequest, Page};
use kernel::say;
use sea_query::{Alias, Cond, Expr, ExprTrait, Order, Query};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::change::REPEATED;
use crate::entity::Entity;
use crate::http::Said;
use crate::names::{self, Names};
use crate::{custom, field_rules, notes, read};

/// An entry of the timeline of a record.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RecordEntry {
    pub id: i64,
    #[schema(format = DateTime)]
    pub at: String,
    /// `lead.created`, `opportunity.updated`, `note`, …
    pub kind: String,
    pub actor_id: Option<i64>,
    pub actor_name: Option<String>,
    pub operation_id: Option<i64>,
    pub subject_type: String,
    pub subject_id: i64,
    #[schema(value_type = Object)]
    pub payload: Value,
    /// Field → `[before, after]`.
    #[schema(value_type = Object)]
    pub changes: Value,
    /// Field → what it is called, of the fields that changed.
    #[schema(value_type = Object)]
    pub labels: Value,
    /// With `kind` `note`: the note as it is now.
    #[schema(value_type = Option<notes::RecordNote>)]
    pub note: Option<Value>,
}

/// What is asked of a timeline.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// None is all of them.
    pub kinds: Vec<String>,
    pub actor_ids: Vec<i64>,
    pub from_us: Option<i64>,
    /// The first moment that is too late.
    pub until_us: Option<i64>,
    pub before: Option<i64>,
}

/// One page of events, newest first, and the cursor for the next; none when this was the last.
pub async fn fetch(ctx: &Ctx, which: Cond, asked: &Asked, size: u64) -> Result<(Vec<Event>, Option<i64>)> {
    let mut query = events::select();
    query.cond_where(which).order_by("id", Order::Desc).limit(size + 1);
    if let Some(before) = asked.before {
        query.and_where(Expr::col("id").lt(before));
    }
    if !asked.kinds.is_empty() {
        query.and_where(Expr::col("kind").is_in(asked.kinds.iter()));
    }
    if !asked.actor_ids.is_empty() {
        query.and_where(Expr::col("actor_id").is_in(asked.actor_ids.iter().copied()));
    }
    if let Some(from_us) = asked.from_us {
        query.and_where(Expr::col("at").gte(from_us));
    }
    if let Some(until_us) = asked.until_us {
        query.and_where(Expr::col("at").lt(until_us));
    }
    let mut rows: Vec<Event> = ctx.db.all(&query).await?;
    let more = rows.len() as u64 > size;
    rows.truncate(size as usize);
    let cursor = if more { rows.last().map(|event| event.id) } else { None };
    Ok((rows, cursor))
}

/// Answers with entries.
pub fn reply<E: Serialize>(entries: &[E], cursor: Option<i64>, asked: &Asked, uri: &Uri, pairs: &[(String, String)]) -> Result<Reply> {
    let rows = entries.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
    let count = rows.len() as i64;
    Ok(List {
        page: Page {
            rows,
            next: cursor.map(|id| id.to_string()),
            previous: None,
        },
        count,
        count_is_capped: cursor.is_some() || asked.before.is_some(),
        path: uri.path(),
        query: pairs,
    }
    .reply())
}

/// A note stands once in a timeline, where it was written, as it is now; what else happened to it is for the audit. `whose` narrows the
/// notes to those that can be meant.
pub fn told(whose: Cond) -> Cond {
    let there = Query::select()
        .column("id")
        .from(Alias::new("record_notes"))
        .cond_where(whose)
        .and_where(Expr::col("deleted_at").is_null())
        .to_owned();
    Cond::any().add(Expr::col("subject_type").ne(notes::SUBJECT)).add(
        Cond::all()
            .add(Expr::col("kind").eq(notes::WRITTEN))
            .add(Expr::col("subject_id").in_subquery(there)),
    )
}

/// The ids of the notes that these events tell of.
pub fn noted(events: &[Event]) -> Vec<i64> {
    let of_notes = events.iter().filter(|event| event.subject_type == notes::SUBJECT);
    of_notes.map(|event| event.subject_id).collect()
}

/// `GET` of the timeline of a record.
pub async fn get(ctx: &Ctx, entity: &'static Entity, id: i64, uri: &Uri, pairs: &[(String, String)]) -> Result<Reply> {
    read::require(ctx, entity, entity.permissions.read, id).await?;
    let mut asked = asked(ctx, pairs)?;
    for kind in asked.kinds.iter_mut().filter(|kind| *kind == "note") {
        *kind = notes::WRITTEN.to_owned();
    }
    let request = ListRequest::from_pairs(pairs)?;
    let of_it = || {
        Cond::all()
            .add(Expr::col("record_id").eq(id))
            .add(Expr::col("entity").eq(entity.name))
    };
    let mut whose = Cond::any().add(
        Cond::all()
            .add(Expr::col("record_type").eq(entity.name))
            .add(Expr::col("record_id").eq(id)),
    );
    for (hanging, column) in hanging(entity) {
        // Who sees the one need not see all that hangs on it.
        if !ctx.actor.may(hanging.permissions.read) {
            continue;
        }
        let mut ids = read::known(ctx, hanging, hanging.permissions.read).await?;
        ids.column((hanging.table, "id")).and_where(hanging.col(column).eq(id));
        let theirs = Cond::all()
            .add(Expr::col("record_type").eq(hanging.name))
            .add(Expr::col("kind").ne(REPEATED))
            .add(Expr::col("record_id").in_subquery(ids));
        whose = whose.add(theirs);
    }
    let which = Cond::all().add(whose).add(told(of_it()));
    let (events, cursor) = fetch(ctx, which, &asked, request.page_size.unwrap_or(DEFAULT_PAGE_SIZE)).await?;
    let mut notes = notes::some(ctx, &noted(&events)).await?;
    let names = names::all(ctx).await?;
    let definitions = custom::definitions(ctx, entity.name).await?;
    let entries: Vec<RecordEntry> = events
        .into_iter()
        .map(|event| {
            let note = (event.subject_type == notes::SUBJECT)
                .then(|| notes.remove(&event.subject_id))
                .flatten();
            let mut entry = entry(ctx, event, note, &names);
            let label = |field: &String| {
                let label = match field.strip_prefix("custom.") {
                    Some(key) => definitions.get(key)?.field.label.clone(),
                    None => entity.field(field)?.1.field.label.clone(),
                };
                let (tr, en) = (label.tr.into_owned(), label.en.into_owned());
                Some((field.clone(), serde_json::json!(Said { tr, en })))
            };
            if let Value::Object(changes) = &entry.changes {
                entry.labels = Value::Object(changes.keys().filter_map(label).collect());
            }
            entry
        })
        .collect();
    reply(&entries, cursor, &asked, uri, pairs)
}

/// The entities whose events stand in the histories of this one, with the column that says in which.
fn hanging(entity: &Entity) -> Vec<(&'static Entity, &'static str)> {
    let belonging = |other: &'static Entity| {
        let ties = other.belongs_to.iter().filter(|(name, _)| *name == entity.name);
        ties.map(move |(_, column)| (other, *column))
    };
    Entity::all().into_iter().flat_map(belonging).collect()
}

fn entry(ctx: &Ctx, event: Event, note: Option<Value>, names: &Names) -> RecordEntry {
    let (kind, payload, changes) = match event.subject_type.as_str() {
        // What a note said before it was changed is nobody's business here.
        notes::SUBJECT => ("note".to_owned(), Value::Object(Changes::new()), Changes::new()),
        _ => (event.kind, event.payload.0, masked(ctx, &event.subject_type, event.changes.0)),
    };
    RecordEntry {
        id: event.id,
        at: rfc3339(event.at),
        actor_name: event.actor_id.and_then(|id| names.user(id)).map(str::to_owned),
        kind,
        actor_id: event.actor_id,
        operation_id: event.operation_id,
        subject_type: event.subject_type,
        subject_id: event.subject_id,
        payload,
        changes: Value::Object(changes),
        labels: Value::Object(Changes::new()),
        note,
    }
}

/// Changes of a record as the caller may see them: without what their roles hide of its entity.
pub fn masked(ctx: &Ctx, subject_type: &str, mut changes: Changes) -> Changes {
    if let Some(entity) = Entity::named(subject_type) {
        let hidden = field_rules::hidden(entity, &ctx.actor);
        changes.retain(|field, _| !hidden.contains(field));
    }
    changes
}

/// Reads what a query string asks of a timeline.
pub fn asked(ctx: &Ctx, pairs: &[(String, String)]) -> Result<Asked> {
    let mut asked = Asked::default();
    for (name, value) in pairs {
        let parts = || value.split(',').map(str::trim).filter(|part| !part.is_empty());
        match name.as_str() {
            "page_size" => {}
            "cursor" => {
                let broken = |_| Error::BadRequest(say!("cursor bozuk.", "The cursor is broken."));
                asked.before = Some(value.parse().map_err(broken)?);
            }
            "kind" => asked.kinds.extend(parts().map(str::to_owned)),
            "actor" => {
                for id in parts() {
                    let no_id = |_| Error::BadRequest(say!("actor, kullanıcı numaraları olmalı.", "actor must be ids of users."));
                    asked.actor_ids.push(id.parse().map_err(no_id)?);
                }
            }
            "from" => asked.from_us = Some(moment(ctx, name, value, 0)?),
            "to" => asked.until_us = Some(moment(ctx, name, value, 1)?),
            _ => {
                return Err(Error::BadRequest(say!(
                    "“{}” diye bir parametre yok.",
                    "There is no parameter “{}”.",
                    name
                )));
            }
        }
    }
    Ok(asked)
}

/// A time as it is given, or the beginning of a date so many days later, where the organisation is.
fn moment(ctx: &Ctx, name: &str, text: &str, days_later: u64) -> Result<i64> {
    let of_date = |date: NaiveDate| Some(read::moment(ctx).start_of(date.checked_add_days(Days::new(days_later))?));
    parse_rfc3339(text)
        .map(|at_us| at_us + days_later as i64)
        .or_else(|| of_date(text.parse().ok()?))
        .ok_or_else(|| {
            Error::BadRequest(say!(
                "{} bir gün (2026-03-16) ya da bir zaman (2026-03-16T12:00:00+03:00) olmalı.",
                "{} must be a date (2026-03-16) or a time (2026-03-16T12:00:00+03:00).",
                name
            ))
        })
}
