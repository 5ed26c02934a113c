//! Lists that belong to a record (the lines of an opportunity, the checklist of an activity). Each is set whole, told whole as one event, and
//! taken back whole.

use futures::future::BoxFuture;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::{Row, Tx};
use kernel::error::Result;
use kernel::events::{Changes, Event, NewEvent, change};
use kernel::ids::CustomerId;
use kernel::operations::Refusal;
use kernel::say;
use sea_query::{Expr, ExprTrait, Query, SelectStatement, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::entity::Entity;
use crate::{edit, notes};

/// A row of such a list. Its place in the list is its order.
pub trait Part: Row + Clone + PartialEq + Serialize + DeserializeOwned + Sync {
    /// Whose list it is.
    const ENTITY: &'static Entity;
    const TABLE: &'static str;
    /// The column with the id of the record.
    const OWNER: &'static str;
    /// The columns but for `id`, the owner and `position`.
    const COLUMNS: &'static [&'static str];
    /// Whether the table has a column `position`.
    const IS_ORDERED: bool;
    /// The subject type of its events; their subject is the record.
    const SUBJECT: &'static str;
    /// The kind of its events.
    const CHANGED: &'static str;
    /// What the list is called in the history.
    const FIELD: &'static str;

    /// In the order of [`Part::COLUMNS`].
    fn values(&self) -> Vec<Value>;
}

fn select<P: Part>(record_id: i64) -> SelectStatement {
    let order = if P::IS_ORDERED { "position" } else { "id" };
    Query::select()
        .columns(P::COLUMNS.iter().copied())
        .from(P::TABLE)
        .and_where(Expr::col(P::OWNER).eq(record_id))
        .order_by(order, sea_query::Order::Asc)
        .to_owned()
}

/// The list of a record that the caller may see (which is not checked here).
pub async fn of<P: Part>(ctx: &Ctx, record_id: i64) -> Result<Vec<P>> {
    ctx.db.all(&select::<P>(record_id)).await
}

/// The same within a transaction.
pub async fn held<P: Part>(tx: &mut Tx, record_id: i64) -> Result<Vec<P>> {
    tx.all(&select::<P>(record_id)).await
}

/// Sets the list of a record that is held for this transaction; whether that changed it.
pub async fn set<P: Part>(tx: &mut Tx, stamp: &Stamp, record_id: i64, wanted: &[P]) -> Result<bool> {
    let before: Vec<P> = held(tx, record_id).await?;
    if before == wanted {
        return Ok(false);
    }
    let gone = Query::delete()
        .from_table(P::TABLE)
        .and_where(Expr::col(P::OWNER).eq(record_id))
        .to_owned();
    tx.exec(&gone).await?;
    let columns: Vec<&'static str> = P::COLUMNS
        .iter()
        .copied()
        .chain([P::OWNER])
        .chain(P::IS_ORDERED.then_some("position"))
        .collect();
    let rows = wanted.iter().enumerate().map(|(place, part)| {
        let mut values = part.values();
        values.push(record_id.into());
        values.extend(P::IS_ORDERED.then(|| Value::from(place as i64)));
        values
    });
    tx.insert_rows(P::TABLE, &columns, rows).await?;
    let mut changes = Changes::new();
    changes.insert(P::FIELD.into(), change(json!(before), json!(wanted)));
    let mut told = NewEvent::new(P::CHANGED, P::SUBJECT, record_id)
        .record(P::ENTITY.name, record_id)
        .payload(json!({ "before": before, "after": wanted }))
        .changes(changes);
    if let Some(customer_id) = notes::customer_of(tx, P::ENTITY, record_id).await? {
        told = told.customer(CustomerId(customer_id));
    }
    tx.emit(stamp, told).await?;
    Ok(true)
}

/// Takes back events of such lists, newest first: the whole list comes back, or nothing. See [`kernel::operations`].
pub fn revert<'a, P: Part + Send>(tx: &'a mut Tx, _: &'a Ctx, stamp: Stamp, events: &'a [Event]) -> BoxFuture<'a, Result<Vec<Refusal>>> {
    Box::pin(async move {
        let mut refusals = Vec::new();
        // As many as somebody set by hand in one stroke: one, in all but odd cases.
        for event in events {
            let side = |name: &str| serde_json::from_value::<Vec<P>>(event.payload[name].clone());
            let (before, after) = (side("before")?, side("after")?);
            if held::<P>(tx, event.subject_id).await? != after {
                refusals.push(edit::whole(
                    P::SUBJECT,
                    event.subject_id,
                    say!("Bu liste sonradan değiştirilmiş.", "This list was changed since."),
                ));
                continue;
            }
            set(tx, &stamp, event.subject_id, &before).await?;
        }
        Ok(refusals)
    })
}
