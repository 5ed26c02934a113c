//! What happened: one row per change, written in the transaction of the change. Everything that reacts reads these rows as a consumer with
//! a cursor.

pub mod consumers;
mod horizon;

pub use horizon::{Horizon, horizon, nap, newest};
use sea_query::{Alias, Cond, Expr, ExprTrait, Query, SelectStatement};
use serde_json::{Map, Value};
use sqlx::FromRow;

use crate::ctx::Stamp;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::CustomerId;
use crate::json_text::JsonText;

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
            payload: Value::Null,
            changes: Changes::new(),
        }
    }

    pub fn customer(mut self, id: CustomerId) -> NewEvent {
        self.customer_id = Some(id);
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

/// Empties what events tell; that something happened, when, and by whom, stays. What they did can no longer be undone.
pub async fn erase(tx: &mut Tx, which: Cond) -> Result<()> {
    let update = Query::update()
        .table("events")
        .value("payload", ERASED)
        .value("changes", "{}")
        .cond_where(which)
        .to_owned();
    tx.exec(&update).await?;
    Ok(())
}

/// `[before, after]`.
pub fn change(before: Value, after: Value) -> Value {
    Value::Array(vec![before, after])
}

const COLUMNS: [&str; 10] = [
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
