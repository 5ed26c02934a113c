//! What happened to a customer: its events, newest first.

use std::collections::BTreeMap;

use axum::extract::OriginalUri;
use chrono::{Days, NaiveDate};
use kernel::clock::{parse_rfc3339, rfc3339};
use kernel::ctx::Ctx;
use kernel::error::{Error, Result};
use kernel::events::{self, Changes, Event};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, List, Params, PathId, Reply, Routes};
use kernel::page::{DEFAULT_PAGE_SIZE, ListRequest, Page};
use kernel::say;
use sea_query::{Alias, Cond, Expr, ExprTrait, Order, Query};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::customer::read::{self, Reader};
use crate::fields::SENSITIVE;
use crate::merge::redirects::{self, MergedInto};
use crate::names::{self, Names};
use crate::notes;
use crate::permissions::READ;

pub fn routes() -> Routes {
    Routes::new().add(routes!(get_customer_timeline), Access::Needs(READ))
}

/// An entry.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Entry {
    pub id: i64,
    #[schema(format = DateTime)]
    pub at: String,
    /// `customer.created`, `customer.updated`, `consent.recorded`, `note`, …
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
    /// With `kind` `note`: the note as it is now.
    #[schema(value_type = Option<notes::http::Note>)]
    pub note: Option<Value>,
}

/// One page, newest first.
pub struct Entries {
    pub entries: Vec<Entry>,
    /// For the next page; none when this was the last.
    pub cursor: Option<i64>,
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

/// A note stands once in the timeline, where it was written, as it is now; what else happened to it is for the audit.
const NOTE: &str = "note";
const NOTE_WRITTEN: &str = "note.created";

/// The events that a timeline tells: all but those of notes that are gone, and those that changed notes.
fn told(customer_id: i64) -> Cond {
    let there = Query::select()
        .column("id")
        .from(Alias::new("notes"))
        .and_where(Expr::col("customer_id").eq(customer_id))
        .and_where(Expr::col("deleted_at").is_null())
        .to_owned();
    Cond::any().add(Expr::col("subject_type").ne(NOTE)).add(
        Cond::all()
            .add(Expr::col("kind").eq(NOTE_WRITTEN))
            .add(Expr::col("subject_id").in_subquery(there)),
    )
}

/// Reads a page of the timeline of a customer that the caller may see (which is not checked here).
pub async fn page(ctx: &Ctx, customer_id: i64, asked: &Asked, size: u64) -> Result<Entries> {
    let mut query = events::select();
    query
        .and_where(Expr::col("customer_id").eq(customer_id))
        .cond_where(told(customer_id))
        .order_by("id", Order::Desc)
        .limit(size + 1);
    if let Some(before) = asked.before {
        query.and_where(Expr::col("id").lt(before));
    }
    if !asked.kinds.is_empty() {
        let kinds = asked.kinds.iter().map(|kind| if kind == NOTE { NOTE_WRITTEN } else { kind });
        query.and_where(Expr::col("kind").is_in(kinds));
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
    let names = names::all(ctx).await?;
    let written: Vec<i64> = rows
        .iter()
        .filter(|event| event.subject_type == NOTE)
        .map(|event| event.subject_id)
        .collect();
    let mut notes: BTreeMap<i64, Value> = BTreeMap::new();
    for note in notes::http::some(ctx, customer_id, &written).await? {
        notes.insert(note["id"].as_i64().unwrap_or_default(), note);
    }
    let shown = |event: Event| {
        let note = (event.subject_type == NOTE).then(|| notes.remove(&event.subject_id)).flatten();
        entry(event, note, &names, ctx)
    };
    Ok(Entries {
        entries: rows.into_iter().map(shown).collect(),
        cursor,
    })
}

/// Changes as the caller may see them.
pub fn masked(ctx: &Ctx, mut changes: Changes) -> Changes {
    let reader = Reader::of(ctx);
    changes.retain(|field, _| !reader.hides(field));
    if reader.masks() {
        for key in SENSITIVE {
            if let Some(pair) = changes.get_mut(key.name()).and_then(Value::as_array_mut) {
                for side in pair {
                    if let Some(number) = side.as_str() {
                        *side = Value::String(read::mask(number));
                    }
                }
            }
        }
    }
    changes
}

fn entry(event: Event, note: Option<Value>, names: &Names, ctx: &Ctx) -> Entry {
    // What a note said before it was changed is nobody's business here.
    let (kind, payload, changes) = match event.subject_type.as_str() {
        NOTE => (NOTE.to_owned(), Value::Object(Changes::new()), Changes::new()),
        _ => (event.kind, event.payload.0, masked(ctx, event.changes.0)),
    };
    Entry {
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
        note,
    }
}

/// The timeline of a customer, newest first, by `cursor`. `kind` and `actor` (ids of users) narrow it, several separated by commas, and so do
/// `from` and `to`: times, or dates, of which the last one counts whole. A note stands in it once, as it is now.
#[utoipa::path(get, path = "/customers/{id}/timeline/", tag = "customers", operation_id = "get_customer_timeline",
    params(("id" = i64, Path), ("cursor" = Option<String>, Query), ("page_size" = Option<u64>, Query), ("kind" = Option<String>, Query), ("actor" = Option<String>, Query), ("from" = Option<String>, Query), ("to" = Option<String>, Query)),
    responses((status = 200, body = Listed<Entry>), (status = 308, body = MergedInto, description = "It was merged into another, to which `Location` leads"), Problems))]
async fn get_customer_timeline(ctx: Ctx, OriginalUri(uri): OriginalUri, PathId(id): PathId<i64>, Params(pairs): Params) -> Result<Reply> {
    if let Err(error) = read::require(&ctx, READ, id).await {
        return redirects::instead(&ctx, id, &uri, error).await;
    }
    let asked = asked(&ctx, &pairs)?;
    let request = ListRequest::from_pairs(&pairs)?;
    let entries = page(&ctx, id, &asked, request.page_size.unwrap_or(DEFAULT_PAGE_SIZE)).await?;
    let rows = entries.entries.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
    let count = rows.len() as i64;
    let capped = entries.cursor.is_some() || asked.before.is_some();
    let page = Page {
        rows,
        next: entries.cursor.map(|id| id.to_string()),
        previous: None,
    };
    Ok(List {
        page,
        count,
        count_is_capped: capped,
        path: uri.path(),
        query: &pairs,
    }
    .reply())
}

fn asked(ctx: &Ctx, pairs: &[(String, String)]) -> Result<Asked> {
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
