//! What happened to a customer: its events, newest first.

use axum::extract::OriginalUri;
use kernel::clock::rfc3339;
use kernel::ctx::Ctx;
use kernel::error::{Error, Result};
use kernel::events::{self, Changes, Event};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, List, Params, PathId, Reply, Routes};
use kernel::page::{DEFAULT_PAGE_SIZE, ListRequest, Page};
use kernel::say;
use sea_query::{Expr, ExprTrait, Order};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::customer::read::{self, Reader};
use crate::fields::SENSITIVE;
use crate::merge::redirects::{self, MergedInto};
use crate::names::{self, Names};
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
    /// `customer.created`, `customer.updated`, `consent.recorded`, …
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
}

/// One page, newest first.
pub struct Entries {
    pub entries: Vec<Entry>,
    /// For the next page; none when this was the last.
    pub cursor: Option<i64>,
}

/// Reads a page of the timeline of a customer that the caller may see (which is not checked here).
pub async fn page(ctx: &Ctx, customer_id: i64, kinds: &[String], before: Option<i64>, size: u64) -> Result<Entries> {
    let mut query = events::select();
    query
        .and_where(Expr::col("customer_id").eq(customer_id))
        .order_by("id", Order::Desc)
        .limit(size + 1);
    if let Some(before) = before {
        query.and_where(Expr::col("id").lt(before));
    }
    if !kinds.is_empty() {
        query.and_where(Expr::col("kind").is_in(kinds.iter().map(String::as_str)));
    }
    let mut rows: Vec<Event> = ctx.db.all(&query).await?;
    let more = rows.len() as u64 > size;
    rows.truncate(size as usize);
    let cursor = if more { rows.last().map(|event| event.id) } else { None };
    let names = names::all(ctx).await?;
    Ok(Entries {
        entries: rows.into_iter().map(|event| entry(event, &names, ctx)).collect(),
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

fn entry(event: Event, names: &Names, ctx: &Ctx) -> Entry {
    let changes = masked(ctx, event.changes.0);
    Entry {
        id: event.id,
        at: rfc3339(event.at),
        actor_name: event.actor_id.and_then(|id| names.user(id)).map(str::to_owned),
        kind: event.kind,
        actor_id: event.actor_id,
        operation_id: event.operation_id,
        subject_type: event.subject_type,
        subject_id: event.subject_id,
        payload: event.payload.0,
        changes: Value::Object(changes),
    }
}

/// The timeline of a customer, newest first, by `cursor`; `kind` narrows it, several separated by commas.
#[utoipa::path(get, path = "/customers/{id}/timeline/", tag = "customers", operation_id = "get_customer_timeline",
    params(("id" = i64, Path), ("cursor" = Option<String>, Query), ("page_size" = Option<u64>, Query), ("kind" = Option<String>, Query)),
    responses((status = 200, body = Listed<Entry>), (status = 308, body = MergedInto, description = "It was merged into another, to which `Location` leads"), Problems))]
async fn get_customer_timeline(ctx: Ctx, OriginalUri(uri): OriginalUri, PathId(id): PathId<i64>, Params(pairs): Params) -> Result<Reply> {
    if let Err(error) = read::require(&ctx, READ, id).await {
        return redirects::instead(&ctx, id, &uri, error).await;
    }
    let known = ["cursor", "page_size", "kind"];
    if let Some((name, _)) = pairs.iter().find(|(name, _)| !known.contains(&name.as_str())) {
        return Err(Error::BadRequest(say!(
            "“{}” diye bir parametre yok.",
            "There is no parameter “{}”.",
            name
        )));
    }
    let request = ListRequest::from_pairs(&pairs)?;
    let before = match request.cursor.as_deref() {
        None => None,
        Some(cursor) => Some(
            cursor
                .parse()
                .map_err(|_| Error::BadRequest(say!("cursor bozuk.", "The cursor is broken.")))?,
        ),
    };
    let kinds = pairs
        .iter()
        .filter(|(name, _)| name == "kind")
        .flat_map(|(_, value)| value.split(','))
        .filter(|kind| !kind.is_empty());
    let kinds: Vec<String> = kinds.map(str::to_owned).collect();
    let entries = page(&ctx, id, &kinds, before, request.page_size.unwrap_or(DEFAULT_PAGE_SIZE)).await?;
    let rows = entries.entries.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
    let count = rows.len() as i64;
    let capped = entries.cursor.is_some() || before.is_some();
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
