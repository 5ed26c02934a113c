//! What happened: one row per change, written in the transaction of the change. Everything that reacts reads these rows as a consumer with
//! a cursor.

pub mod consumers;
mod horizon;

pub use horizon::{Horizon, horizon, nap, newest, select_newest};
use sea_query::{Alias, Cond, Expr, ExprTrait, Query, SelectStatement};
use serde_json::{Map, Value};
use sqlx::FromRow;

use crate::ctx::Stamp;
use crate::db::{Db, Tx};
use crate::error::{Result, invalid};
use crate::ids::CustomerId;
use crate::json_text::JsonText;
use crate::say;

/// Field → `[before, after]`.
pub type Changes = Map<String, Value>;

/// An event about to be written.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// `customer.updated`: subject, past participle.
    pub kind: &'static str,
    pub subject_type: &'static str,
    pub subject_id: i64,
    /// The customer in whose timeline it stands.
    pub customer_id: Option<CustomerId>,
    /// The record in whose history it stands, when that is no customer: an entity and an id.
    pub record: Option<(&'static str, i64)>,
    pub payload: Value,
    pub changes: Changes,
}

impl NewEvent {
    pub fn new(kind: &'static str, subject_type: &'static str, subject_id: i64) -> NewEvent {
        NewEvent {
            kind,
            subject_type,
            subject_id,
            customer_id: None,
            record: None,
            payload: Value::Object(Map::new()),
            changes: Changes::new(),
        }
    }

    pub fn customer(mut self, id: CustomerId) -> NewEvent {
        self.customer_id = Some(id);
        self
    }

    pub fn record(mut self, entity: &'static str, id: i64) -> NewEvent {
        self.record = Some((entity, id));
        self
    }

    pub fn payload(mut self, payload: Value) -> NewEvent {
        self.payload = payload;
        self
    }

    pub fn changes(mut self, changes: Changes) -> NewEvent {
        self.changes = changes;
        self
    }
}

/// An event as it stands in the table.
#[derive(Clone, Debug, FromRow)]
pub struct Event {
    pub id: i64,
    pub at: i64,
    pub kind: String,
    pub actor_id: Option<i64>,
    pub operation_id: Option<i64>,
    pub subject_type: String,
    pub subject_id: i64,
    pub customer_id: Option<i64>,
    pub payload: JsonText<Value>,
    pub changes: JsonText<Changes>,
    /// By what means, as [`crate::actor::Via::name`] says it.
    pub via: Option<String>,
    pub address: Option<String>,
    pub record_type: Option<String>,
    pub record_id: Option<i64>,
}

impl Event {
    /// Whether its content was erased.
    pub fn is_erased(&self) -> bool {
        self.payload["erased"] == true
    }

    /// Before and after of a field, if the event changed it.
    pub fn change(&self, field: &str) -> Option<(&Value, &Value)> {
        let pair = self.changes.get(field)?.as_array()?;
        Some((pair.first()?, pair.get(1)?))
    }
}

/// The payload of an event whose content was erased.
const ERASED: &str = r#"{"erased":true}"#;

/// Empties what events tell; that something happened, when, and by whom, stays. What they did can no longer be undone. Says how many events
/// that were, which whoever erases tells in turn: the audit holds the two against each other.
pub async fn erase(tx: &mut Tx, which: Cond) -> Result<u64> {
    let update = Query::update()
        .table("events")
        .value("payload", ERASED)
        .value("changes", "{}")
        .and_where(Expr::col("payload").ne(ERASED))
        .cond_where(which)
        .to_owned();
    tx.exec(&update).await
}

/// In the payload of the event that tells of an erasure: how many events it emptied.
pub const EMPTIED: &str = "emptied_events";

/// How many events have been erased.
pub async fn count_erased(db: &Db) -> Result<i64> {
    let count = Query::select()
        .expr(Expr::col("id").count())
        .from(Alias::new("events"))
        .and_where(Expr::col("payload").eq(ERASED))
        .to_owned();
    let (count,): (i64,) = db.one(&count).await?;
    Ok(count)
}

/// `[before, after]`.
pub fn change(before: Value, after: Value) -> Value {
    Value::Array(vec![before, after])
}

const COLUMNS: [&str; 14] = [
    "id",
    "at",
    "kind",
    "actor_id",
    "operation_id",
    "subject_type",
    "subject_id",
    "customer_id",
    "payload",
    "changes",
    "via",
    "address",
    "record_type",
    "record_id",
];

/// A query for whole events; the caller adds conditions and order.
pub fn select() -> SelectStatement {
    Query::select().columns(COLUMNS).from(Alias::new("events")).to_owned()
}

impl Tx {
    /// Writes one event.
    pub async fn emit(&mut self, stamp: &Stamp, event: NewEvent) -> Result<()> {
        self.emit_all(stamp, vec![event]).await
    }

    /// Writes many events, in their order.
    pub async fn emit_all(&mut self, stamp: &Stamp, events: Vec<NewEvent>) -> Result<()> {
        self.touched.extend(events.iter().map(|event| event.subject_type));
        let via = stamp.via.name();
        let address = stamp.address.map(|address| address.to_canonical().to_string());
        let rows = events.into_iter().map(|event| {
            vec![
                stamp.at_us.into(),
                event.kind.into(),
                stamp.actor_id.map(|id| id.0).into(),
                stamp.operation_id.map(|id| id.0).into(),
                event.subject_type.into(),
                event.subject_id.into(),
                event.customer_id.map(|id| id.0).into(),
                event.payload.to_string().into(),
                Value::Object(event.changes).to_string().into(),
                via.clone().into(),
                address.clone().into(),
                event.record.map(|(entity, _)| entity).into(),
                event.record.map(|(_, id)| id).into(),
            ]
        });
        self.insert_rows("events", &COLUMNS[1..], rows).await
    }
}

/// Events after a cursor and up to the horizon, oldest first.
pub fn after(cursor: i64, horizon: i64, limit: u64) -> SelectStatement {
    let mut query = select();
    query.and_where(Expr::col("id").gt(cursor)).and_where(Expr::col("id").lte(horizon));
    query.order_by("id", sea_query::Order::Asc).limit(limit);
    query
}

/// The condition on a column of kinds that a caller writes as `customer.created,consent.*`.
pub fn of_kinds(column: &'static str, wanted: &str) -> Result<Cond> {
    let is_word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let mut any = Cond::any();
    for kind in wanted.split(',').map(str::trim).filter(|kind| !kind.is_empty()) {
        let beginning = kind.strip_suffix(".*");
        if !beginning.unwrap_or(kind).split('.').all(is_word) {
            return Err(invalid(
                "kind",
                say!(
                    "customer.created veya customer.* gibi olmalı; birkaçı virgülle ayrılır.",
                    "Must be like customer.created or customer.*; several are separated by commas."
                ),
            ));
        }
        let column = || Expr::col(column);
        any = any.add(match beginning {
            // In byte order, `/` is what comes after `.`.
            Some(subject) => column().gt(format!("{subject}.")).and(column().lt(format!("{subject}/"))),
            None => column().eq(kind),
        });
    }
    Ok(any)
}

#[cfg(test)]
mod tests {
    use sea_query::SqliteQueryBuilder;

    use super::*;

    #[test]
    fn kinds_are_names_or_beginnings_and_nothing_else() {
        let sql = |wanted| select().cond_where(of_kinds("kind", wanted).unwrap()).to_string(SqliteQueryBuilder);
        assert!(
            sql("customer.created, consent.*")
                .ends_with(r#"WHERE "kind" = 'customer.created' OR ("kind" > 'consent.' AND "kind" < 'consent/')"#)
        );
        assert!(!sql(" ,").contains("kind\" ="));
        for wrong in ["*", "customer*", ".*", "a..b", "a;b", "a.*.b", "ş.ş"] {
            assert!(of_kinds("kind", wrong).is_err(), "{wrong}");
        }
    }
}
