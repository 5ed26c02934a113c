//! What happened to a customer: its events, newest first.

use std::collections::BTreeMap;

use axum::extract::OriginalUri;
use kernel::clock::rfc3339;
use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::events::{Changes, Event};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Params, PathId, Reply, Routes};
use kernel::page::{DEFAULT_PAGE_SIZE, ListRequest};
pub use records::timeline::Asked;
use records::{notes as record_notes, timeline};
use sea_query::{Alias, Cond, Expr, ExprTrait, Query, SelectStatement};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::customer::read;
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

/// The notes of the leads and opportunities whose history stands in the timeline of a customer.
fn written_about(customer_id: i64) -> SelectStatement {
    Query::select()
        .column("subject_id")
        .from(Alias::new("events"))
        .and_where(Expr::col("customer_id").eq(customer_id))
        .and_where(Expr::col("kind").eq(record_notes::WRITTEN))
        .to_owned()
}

/// Reads a page of the timeline of a customer that the caller may see (which is not checked here).
pub async fn page(ctx: &Ctx, customer_id: i64, asked: &Asked, size: u64) -> Result<Entries> {
    let mut asked = asked.clone();
    for kind in &mut asked.kinds {
        match kind.as_str() {
            NOTE => *kind = NOTE_WRITTEN.to_owned(),
            record_notes::SUBJECT => *kind = record_notes::WRITTEN.to_owned(),
            _ => {}
        }
    }
    let which = Cond::all()
        .add(Expr::col("customer_id").eq(customer_id))
        .add(told(customer_id))
        .add(timeline::told(
            Cond::all().add(Expr::col("id").in_subquery(written_about(customer_id))),
        ));
    let (rows, cursor) = timeline::fetch(ctx, which, &asked, size).await?;
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
    let mut of_records = record_notes::some(ctx, &timeline::noted(&rows)).await?;
    let shown = |mut event: Event| {
        let note = (event.subject_type == NOTE).then(|| notes.remove(&event.subject_id)).flatten();
        if event.subject_type == record_notes::SUBJECT {
            event.payload.0 = of_records.remove(&event.subject_id).unwrap_or(Value::Null);
        }
        entry(event, note, &names, ctx)
    };
    Ok(Entries {
        entries: rows.into_iter().map(shown).collect(),
        cursor,
    })
}

/// Changes as the caller may see them.
pub fn masked(ctx: &Ctx, mut changes: Changes) -> Changes {
    let reader = read::reader(ctx);
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
        // The note of a lead or an opportunity, as it is now, where the caller may see that.
        record_notes::SUBJECT => (record_notes::SUBJECT.to_owned(), event.payload.0, Changes::new()),
        "customer" => (event.kind, event.payload.0, masked(ctx, event.changes.0)),
        subject => {
            let changes = timeline::masked(ctx, subject, event.changes.0);
            (event.kind, event.payload.0, masked(ctx, changes))
        }
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
    let asked = timeline::asked(&ctx, &pairs)?;
    let request = ListRequest::from_pairs(&pairs)?;
    let entries = page(&ctx, id, &asked, request.page_size.unwrap_or(DEFAULT_PAGE_SIZE)).await?;
    timeline::reply(&entries.entries, entries.cursor, &asked, &uri, &pairs)
}
