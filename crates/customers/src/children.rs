//! The lists that belong to a customer's own state: contact points and addresses. How their rows are kept, changed and answered. A change
//! of such a list is a change of the customer: checked, kept and told with it, as one operation.

use kernel::ctx::Ctx;
use kernel::db::{Row, Tx};
use kernel::error::{Error, Result};
use kernel::http::Reply;
use kernel::http::openapi::Listed;
use kernel::ids::OperationId;
use kernel::operations;
use sea_query::{Expr, ExprTrait, Query, SelectStatement, Value};
use serde::Serialize;
use serde_json::json;

use crate::custom_fields;
use crate::customer::change::change_all;
use crate::customer::http::{Deleted, etag};
use crate::customer::{Customer, read};
use crate::permissions::{READ, WRITE};

/// A row of such a list.
pub trait Child: Row + PartialEq + Sync {
    const TABLE: &'static str;
    /// The columns but for `id` and `customer_id`.
    const COLUMNS: &'static [&'static str];
    /// As the API shows it.
    type Shown: Serialize + From<Self>;

    fn list(customer: &Customer) -> &[Self];
    fn id(&self) -> i64;
    /// The field of the customer without which it is not seen.
    fn field(&self) -> &str;
    /// In the order of [`Child::COLUMNS`].
    fn values(&self) -> Vec<Value>;
    /// The query for the rows of several customers, in order.
    fn select(customer_ids: &[i64]) -> SelectStatement;
}

/// Brings the rows of changed customers to their lists: `(before, after)`. Rows that stay keep their id.
pub async fn store<C: Child>(tx: &mut Tx, changed: &[(&Customer, &Customer)]) -> Result<()> {
    let mut gone = Vec::new();
    let mut written = Vec::new();
    for (before, after) in changed {
        let (old, new) = (C::list(before), C::list(after));
        for row in new {
            match old.iter().find(|old| row.id() != 0 && old.id() == row.id()) {
                Some(same) if same == row => {}
                Some(_) => {
                    gone.push(row.id());
                    written.push((after.id, row));
                }
                None => written.push((after.id, row)),
            }
        }
        gone.extend(old.iter().map(C::id).filter(|id| new.iter().all(|row| row.id() != *id)));
    }
    for ids in gone.chunks(500) {
        let delete = Query::delete()
            .from_table(C::TABLE)
            .and_where(Expr::col("id").is_in(ids.iter().copied()))
            .to_owned();
        tx.exec(&delete).await?;
    }
    // A row that was changed is written again under its own id; new rows get theirs from the database.
    let (known, fresh): (Vec<_>, Vec<_>) = written.into_iter().partition(|(_, row)| row.id() != 0);
    for (rows, has_id) in [(known, true), (fresh, false)] {
        let columns = C::COLUMNS.iter().copied().chain(["customer_id"]).chain(has_id.then_some("id"));
        let values = |(customer_id, row): (i64, &C)| {
            let ids = [Value::from(customer_id)].into_iter().chain(has_id.then(|| Value::from(row.id())));
            row.values().into_iter().chain(ids).collect()
        };
        tx.insert_rows(C::TABLE, &columns.collect::<Vec<_>>(), rows.into_iter().map(values))
            .await?;
    }
    Ok(())
}

/// The rows of a customer that the caller may see, who may see the customer (which is not checked here).
pub async fn of<C: Child>(ctx: &Ctx, customer_id: i64) -> Result<Vec<C>> {
    let mut rows: Vec<C> = ctx.db.all(&C::select(&[customer_id])).await?;
    let reader = read::reader(ctx);
    rows.retain(|row| !reader.hides(row.field()));
    Ok(rows)
}

/// The same over HTTP.
pub async fn list<C: Child>(ctx: &Ctx, customer_id: i64) -> Result<Reply> {
    read::require(ctx, READ, customer_id).await?;
    let rows: Vec<C> = of(ctx, customer_id).await?;
    Reply::ok(&Listed::whole(rows.into_iter().map(C::Shown::from).collect()))
}

/// Adds a row by `alter`, and answers with it.
pub async fn create<C: Child>(
    ctx: &Ctx,
    customer_id: i64,
    path: &str,
    alter: impl FnOnce(&mut Customer) -> Result<()> + Send,
) -> Result<Reply> {
    change(ctx, customer_id, &format!("{}.create", C::TABLE), alter, async |tx, known, _| {
        let rows: Vec<C> = tx.all(&C::select(&[customer_id])).await?;
        let is_new = |row: &C| C::list(known).iter().all(|old| old.id() != row.id());
        let row = rows.into_iter().find(is_new).ok_or(Error::internal("a row was not kept"))?;
        Reply::created(format!("{path}{}/", row.id()), &C::Shown::from(row))
    })
    .await
}

/// Changes a row by `alter`, and answers with it.
pub async fn update<C: Child>(
    ctx: &Ctx,
    customer_id: i64,
    id: i64,
    alter: impl FnOnce(&mut Customer) -> Result<()> + Send,
) -> Result<Reply> {
    change(ctx, customer_id, &format!("{}.update", C::TABLE), alter, async |tx, _, _| {
        let rows: Vec<C> = tx.all(&C::select(&[customer_id])).await?;
        let row = rows.into_iter().find(|row| row.id() == id).ok_or(Error::NotFound)?;
        Reply::ok(&C::Shown::from(row))
    })
    .await
}

/// Removes a row by `alter`, and answers with the operation by which that can be undone.
pub async fn delete<C: Child>(ctx: &Ctx, customer_id: i64, alter: impl FnOnce(&mut Customer) -> Result<()> + Send) -> Result<Reply> {
    change(ctx, customer_id, &format!("{}.delete", C::TABLE), alter, async |_, _, operation| {
        Reply::ok(&Deleted { operation_id: operation.0 })
    })
    .await
}

/// Changes the customer by `alter` as one operation. `answer` gets the customer as it was before.
async fn change(
    ctx: &Ctx,
    customer_id: i64,
    kind: &str,
    alter: impl FnOnce(&mut Customer) -> Result<()> + Send,
    answer: impl AsyncFnOnce(&mut Tx, &Customer, OperationId) -> Result<Reply>,
) -> Result<Reply> {
    let definitions = custom_fields::definitions(ctx).await?;
    ctx.write(async |tx| {
        let current = read::for_change(tx, ctx, WRITE, &[customer_id], &definitions)
            .await?
            .pop()
            .ok_or(Error::NotFound)?;
        let mut wanted = current.clone();
        alter(&mut wanted)?;
        let stamp = ctx.stamp();
        let operation = operations::note(tx, &stamp, kind, json!({ "changed": 1 })).await?;
        let become_wanted = |customer: &mut Customer| {
            customer.clone_from(&wanted);
            Ok(())
        };
        let (changed, refused) = change_all(
            tx,
            ctx,
            &stamp.within(operation),
            &definitions,
            vec![current.clone()],
            become_wanted,
        )
        .await?;
        if let Some(refused) = refused.into_iter().next() {
            return Err(Error::Invalid(refused.errors));
        }
        let reply = answer(tx, &current, operation).await?;
        match changed.first() {
            Some(changed) => Ok(reply.header("etag", etag(changed.after.version)).operation(operation)),
            None => {
                operations::forget(tx, operation).await?;
                Ok(reply.header("etag", etag(current.version)))
            }
        }
    })
    .await
}
