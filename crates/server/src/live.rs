//! Live updates: what is committed is told to every open stream, as far as its caller may see it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::response::IntoResponse;
use axum::response::sse::{Event as Message, KeepAlive, Sse};
use kernel::actor::{Actor, Via};
use kernel::ctx::Ctx;
use kernel::db::Db;
use kernel::error::Result;
use kernel::events::{self, Event};
use kernel::http::openapi::Problems;
use kernel::http::{Access, Routes};
use records::{Entity, read};
use sea_query::ExprTrait;
use serde_json::json;
use tokio::sync::broadcast;
use utoipa_axum::routes;

/// Batches a slow reader may fall behind before it is told to read everything anew.
const BACKLOG: usize = 256;
/// More events at once than this are told as one: something large is going on.
const FLOOD: usize = 200;

/// The stream from which every open connection reads.
#[derive(Clone)]
pub struct Live(broadcast::Sender<Arc<Vec<Event>>>);

impl Default for Live {
    fn default() -> Self {
        Live(broadcast::Sender::new(BACKLOG))
    }
}

impl Live {
    /// Follows the table of events for ever.
    pub async fn run(self, db: Db) {
        let committed = db.committed();
        let mut cursor = None;
        loop {
            let woken = committed.notified();
            match self.step(&db, cursor).await {
                Ok(next) => cursor = Some(next),
                Err(error) => tracing::warn!(%error, "live updates stopped for a moment"),
            }
            let _ = tokio::time::timeout(events::nap(&db), woken).await;
        }
    }

    /// Ends every open stream: the program is about to.
    pub fn end(&self) {
        // An empty batch is never sent otherwise.
        let _ = self.0.send(Arc::default());
    }

    async fn step(&self, db: &Db, cursor: Option<i64>) -> Result<i64> {
        let horizon = events::horizon(db).await?;
        let Some(mut cursor) = cursor.filter(|_| self.0.receiver_count() > 0) else {
            // Nobody listens: only the place is kept.
            return Ok(horizon);
        };
        loop {
            let batch: Vec<Event> = db.all(&events::after(cursor, horizon, 1000)).await?;
            let Some(last) = batch.last() else { return Ok(cursor) };
            cursor = last.id;
            let _ = self.0.send(Arc::new(batch));
        }
    }
}

pub fn routes(live: &Live) -> Routes {
    let (schemas, paths, methods) = routes!(stream_events);
    Routes::new().add((schemas, paths, methods.layer(Extension(live.clone()))), Access::SignedIn)
}

/// Whether an event may have taken rights from the caller, or ended the session or the token they came with.
fn concerns_rights(actor: &Actor, event: &Event) -> bool {
    match (event.kind.as_str(), &actor.via) {
        ("user.updated", _) => actor.user_id.is_some_and(|id| id.0 == event.subject_id),
        ("role.updated" | "role.deleted" | "team.updated", _) => true,
        ("share.given" | "share.taken_back", _) => {
            let is = |name: &str, own: Option<i64>| own.is_some() && event.payload[name].as_i64() == own;
            is("user_id", actor.user_id.map(|id| id.0)) || is("team_id", actor.team_id.map(|id| id.0))
        }
        ("session.view_as_began" | "session.view_as_ended", Via::Session { id }) => *id == event.subject_id,
        ("session.deleted", Via::Session { id }) | ("token.deleted", Via::Token { id }) => *id == event.subject_id,
        _ => false,
    }
}

/// What is committed from now on, as server-sent events: `change` with `{"id","kind","subject_type","subject_id","customer_id","actor_id","operation_id"}`,
/// or `refresh` when so much happened at once that everything should be read anew. When the caller's rights may have changed the stream ends;
/// asked for again, it knows the new ones.
#[utoipa::path(get, path = "/events/stream/", tag = "events", operation_id = "stream_events", responses((status = 200, content_type = "text/event-stream", body = String), Problems))]
async fn stream_events(ctx: Ctx, Extension(live): Extension<Live>) -> impl IntoResponse {
    let mut batches = live.0.subscribe();
    let stream = async_stream::stream! {
        loop {
            match batches.recv().await {
                Ok(batch) if batch.is_empty() => break,
                Ok(batch) if batch.iter().any(|event| concerns_rights(&ctx.actor, event)) => {
                    yield refresh();
                    break;
                }
                Ok(batch) if batch.len() > FLOOD => yield refresh(),
                Ok(batch) => match visible(&ctx, &batch).await {
                    Ok(events) => {
                        for event in events {
                            yield change(event);
                        }
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a live stream ended");
                        break;
                    }
                },
                Err(broadcast::error::RecvError::Lagged(_)) => yield refresh(),
                Err(broadcast::error::RecvError::Closed) => break,
            }
        }
    };
    Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(20)))
}

fn refresh() -> Result<Message, Infallible> {
    Ok(Message::default().event("refresh").data("{}"))
}

fn change(event: &Event) -> Result<Message, Infallible> {
    let data = json!({
        "id": event.id, "kind": event.kind, "subject_type": event.subject_type, "subject_id": event.subject_id,
        "customer_id": event.customer_id, "actor_id": event.actor_id, "operation_id": event.operation_id,
    });
    Ok(Message::default().id(event.id.to_string()).event("change").data(data.to_string()))
}

/// The record that an event is about: a lead, an opportunity, a customer.
fn about(event: &Event) -> Option<(&'static Entity, i64)> {
    let itself = Entity::named(&event.subject_type).map(|entity| (entity, event.subject_id));
    let record = || Some((Entity::named(event.record_type.as_deref()?)?, event.record_id?));
    let customer = || Some((&customers::customer::ENTITY, event.customer_id?));
    itself.or_else(record).or_else(customer)
}

/// Whether an event tells somebody that there is something for them.
fn is_for(event: &Event, me: Option<i64>) -> bool {
    let users = event.payload["user_ids"]
        .as_array()
        .filter(|_| event.subject_type == engagement::notifications::SUBJECT);
    users.is_some_and(|users| users.iter().any(|id| id.as_i64() == me && me.is_some()))
}

/// The events of a batch that the caller may know of: about records they may read, and what they did themselves.
async fn visible<'a>(ctx: &Ctx, batch: &'a [Event]) -> Result<Vec<&'a Event>> {
    let mut asked: BTreeMap<&str, (&'static Entity, BTreeSet<i64>)> = BTreeMap::new();
    for (entity, id) in batch.iter().filter_map(about) {
        asked.entry(entity.name).or_insert((entity, BTreeSet::new())).1.insert(id);
    }
    let mut seen: HashSet<(&str, i64)> = HashSet::new();
    // One query for each kind of record.
    for (name, (entity, ids)) in asked {
        if !ctx.actor.may(entity.permissions.read) {
            continue;
        }
        let mut query = read::known(ctx, entity, entity.permissions.read).await?;
        query.column((entity.table, "id")).and_where(entity.col("id").is_in(ids));
        seen.extend(ctx.db.all::<(i64,)>(&query).await?.into_iter().map(|(id,)| (name, id)));
    }
    let me = ctx.actor.user_id.map(|id| id.0);
    let mine = |event: &Event| event.actor_id.is_some() && event.actor_id == me;
    let knows = |event: &&Event| match about(event) {
        Some((entity, id)) => seen.contains(&(entity.name, id)),
        None => mine(event) || is_for(event, me) || ctx.actor.may(identity::SYSTEM_READ),
    };
    Ok(batch.iter().filter(knows).collect())
}
