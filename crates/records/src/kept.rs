//! Rows of settings (products, rules, …) that are kept, told and taken back alike: an event carries the row as it was before and after, so that
//! an undo restores exactly it, or refuses when it was changed since.

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::{Row, Tx};
use kernel::error::{Error, Result, Say};
use kernel::events::{Event, NewEvent};
use kernel::http::Reply;
use kernel::operations::{self, Refusal};
use sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::edit::{self, Edit};

/// A row of settings.
pub trait Kept: Row + Clone + PartialEq + Serialize + DeserializeOwned + Sync {
    const TABLE: &'static str;
    /// The subject type of its events.
    const SUBJECT: &'static str;
    /// The kinds of its events: one that comes, changes, goes.
    const KINDS: [&'static str; 3];
    /// The columns it is read from, but for `id`.
    const COLUMNS: &'static [&'static str];
    /// Columns that follow from these.
    const SHADOWS: &'static [&'static str] = &[];
    /// Whether the table has a column `created_at`; one that comes back has come anew.
    const IS_DATED: bool = false;

    /// 0 until it is kept.
    fn id(&self) -> i64;

    fn identify(&mut self, id: i64);

    /// In the order of the columns, then of the shadows.
    fn values(&self) -> Result<Vec<Value>>;

    /// Why a row cannot come back or go, whatever it was itself: others have come to need its name, or it.
    fn refuse<'a>(_: &'a mut Tx, _: &'a Edit<Self>) -> BoxFuture<'a, Result<Option<Say>>> {
        Box::pin(async { Ok(None) })
    }

    /// What else is to be done once rows have come back.
    fn after<'a>(_: &'a mut Tx, _: &'a Ctx) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }
}

/// A query for such rows.
pub fn select<K: Kept>() -> SelectStatement {
    Query::select()
        .column("id")
        .columns(K::COLUMNS.iter().copied())
        .from(Alias::new(K::TABLE))
        .to_owned()
}

/// Keeps a row that came, changed or goes, and tells it; the row as it is then.
pub async fn keep<K: Kept>(tx: &mut Tx, stamp: &Stamp, mut edit: Edit<K>) -> Result<Option<K>> {
    match &mut edit {
        Edit { after: None, before } => {
            let id = before.as_ref().map(K::id);
            let gone = Query::delete().from_table(K::TABLE).and_where(Expr::col("id").eq(id)).to_owned();
            tx.exec(&gone).await?;
        }
        Edit {
            before: Some(_),
            after: Some(after),
        } => {
            let mut update = Query::update();
            update.table(K::TABLE).and_where(Expr::col("id").eq(after.id()));
            for (column, value) in K::COLUMNS.iter().chain(K::SHADOWS).zip(after.values()?) {
                update.value(*column, value);
            }
            // One that has always held by itself has no row yet.
            if tx.exec(&update).await? == 0 {
                insert(tx, stamp, after).await?;
            }
        }
        Edit {
            before: None,
            after: Some(after),
        } => insert(tx, stamp, after).await?,
    }
    let [created, updated, deleted] = K::KINDS;
    if let Some(row) = edit.after.as_ref().or(edit.before.as_ref()) {
        let event = NewEvent::new(edit.verb(created, updated, deleted), K::SUBJECT, row.id())
            .payload(edit.images())
            .changes(edit.changes());
        tx.emit(stamp, event).await?;
    }
    Ok(edit.after)
}

async fn insert<K: Kept>(tx: &mut Tx, stamp: &Stamp, row: &mut K) -> Result<()> {
    let mut columns: Vec<&'static str> = K::COLUMNS.iter().chain(K::SHADOWS).copied().collect();
    let mut values = row.values()?;
    if K::IS_DATED {
        columns.push("created_at");
        values.push(stamp.at_us.into());
    }
    if row.id() > 0 {
        columns.push("id");
        values.push(row.id().into());
        return tx.insert_rows(K::TABLE, &columns, [values].into_iter()).await;
    }
    let ids = tx.insert_new_rows(K::TABLE, &columns, [values].into_iter()).await?;
    row.identify(ids.first().copied().ok_or(Error::internal("a row was not kept"))?);
    Ok(())
}

/// Takes back events of such rows, newest first: exactly the row comes back, or nothing. See [`kernel::operations`].
pub fn revert<'a, K: Kept>(tx: &'a mut Tx, ctx: &'a Ctx, stamp: Stamp, events: &'a [Event]) -> BoxFuture<'a, Result<Vec<Refusal>>> {
    Box::pin(async move {
        let mut query = select::<K>();
        query.and_where(Expr::col("id").is_in(events.iter().map(|event| event.subject_id)));
        tx.dialect().for_update(&mut query);
        let stored: BTreeMap<i64, K> = tx.all::<K>(&query).await?.into_iter().map(|row| (row.id(), row)).collect();
        let (edits, mut refusals) = edit::take_back(K::SUBJECT, &stored, events)?;
        // As many as somebody changed in one stroke: one, in all but odd cases.
        for edit in edits {
            match K::refuse(tx, &edit).await? {
                None => {
                    keep(tx, &stamp, edit).await?;
                }
                Some(reason) => {
                    let id = edit.after.as_ref().or(edit.before.as_ref()).map_or(0, K::id);
                    refusals.push(edit::whole(K::SUBJECT, id, reason));
                }
            }
        }
        K::after(tx, ctx).await?;
        Ok(refusals)
    })
}

/// Opens an operation of a kind around a change of settings; one that changed nothing is forgotten.
pub async fn noted(
    tx: &mut Tx,
    ctx: &Ctx,
    kind: &str,
    change: impl AsyncFnOnce(&mut Tx, &Stamp) -> Result<(Reply, bool)>,
) -> Result<Reply> {
    let operation = operations::note(tx, &ctx.stamp(), kind, json!({ "changed": 1 })).await?;
    let (reply, is_changed) = change(tx, &ctx.stamp().within(operation)).await?;
    if is_changed {
        return Ok(reply.operation(operation));
    }
    operations::forget(tx, operation).await?;
    Ok(reply)
}
