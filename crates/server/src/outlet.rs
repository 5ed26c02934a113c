//! Events for other systems: by a cursor, at least once, none left out.

use kernel::clock::rfc3339;
use kernel::ctx::Ctx;
use kernel::error::{Error, Result, invalid};
use kernel::events::{self, Event};
use kernel::http::openapi::Problems;
use kernel::http::{Access, Params, Reply, Routes};
use kernel::say;
use serde::Serialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

const DEFAULT_LIMIT: u64 = 100;
const MAX_LIMIT: u64 = 1_000;
const PARAMETERS: [&str; 3] = ["after", "kind", "limit"];

pub fn routes() -> Routes {
    Routes::new().add(routes!(list_events), Access::Needs(identity::EVENT_READ))
}

/// The parameters, for the document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "for the document")]
struct EventParams {
    /// `next_after` of the answer before; 0 at the beginning.
    after: Option<i64>,
    /// `customer.created`, `customer.*`; several separated by commas. All when not given.
    kind: Option<String>,
    /// At most 1000; 100 when not given.
    limit: Option<u64>,
}

/// An event.
#[derive(Serialize, ToSchema)]
struct Told {
    id: i64,
    #[schema(format = DateTime)]
    at: String,
    kind: String,
    actor_id: Option<i64>,
    operation_id: Option<i64>,
    subject_type: String,
    subject_id: i64,
    customer_id: Option<i64>,
    #[schema(value_type = Object)]
    payload: Value,
    /// Field → `[before, after]`; identity numbers only with the permission to see them.
    #[schema(value_type = Object)]
    changes: Value,
}

/// A part of all events, oldest first.
#[derive(Serialize, ToSchema)]
struct Events {
    results: Vec<Told>,
    /// Where to go on, when these are safely kept.
    next_after: i64,
}

/// What happened, oldest first, from a place on: for other systems. Keep `next_after` once what came is safely yours, and ask again with it;
/// whoever loses an answer gets the same again. Nothing is left out, also while several nodes write. The permission reaches every customer.
#[utoipa::path(get, path = "/events/", tag = "events", operation_id = "list_events", params(EventParams), responses((status = 200, body = Events), Problems))]
async fn list_events(ctx: Ctx, Params(pairs): Params) -> Result<Reply> {
    if let Some((name, _)) = pairs.iter().find(|(name, _)| !PARAMETERS.contains(&name.as_str())) {
        return Err(Error::BadRequest(say!(
            "“{}” diye bir parametre yok; after, kind ve limit var.",
            "There is no parameter “{}”; there are after, kind and limit.",
            name
        )));
    }
    let given = |name: &str| pairs.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str());
    let after = number(given("after"), "after", 0, 0, i64::MAX as u64)? as i64;
    let limit = number(given("limit"), "limit", DEFAULT_LIMIT, 1, MAX_LIMIT)?;
    let horizon = events::horizon(&ctx.db).await?;
    let mut query = events::after(after, horizon, limit);
    if let Some(kinds) = given("kind") {
        query.cond_where(events::of_kinds("kind", kinds)?);
    }
    let found: Vec<Event> = ctx.db.all(&query).await?;
    let next_after = match found.last() {
        Some(last) if found.len() as u64 == limit => last.id,
        // Up to the horizon nothing else will ever appear.
        _ => horizon.max(after),
    };
    let results = found.into_iter().map(|event| shown(event, &ctx)).collect();
    Reply::ok(&Events { results, next_after })
}

fn shown(event: Event, ctx: &Ctx) -> Told {
    Told {
        id: event.id,
        at: rfc3339(event.at),
        kind: event.kind,
        actor_id: event.actor_id,
        operation_id: event.operation_id,
        subject_type: event.subject_type,
        subject_id: event.subject_id,
        customer_id: event.customer_id,
        payload: event.payload.0,
        changes: Value::Object(customers::timeline::masked(ctx, event.changes.0)),
    }
}

fn number(text: Option<&str>, name: &str, default: u64, least: u64, most: u64) -> Result<u64> {
    let Some(text) = text else { return Ok(default) };
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| {
        invalid(
            name,
            say!(
                "{} ile {} arasında bir tam sayı olmalı.",
                "Must be a whole number between {} and {}.",
                least,
                most
            ),
        )
    })
}
