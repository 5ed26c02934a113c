//! Figures about a customer that are kept up to date as events come: how much has happened, when first and last. The first consumer of
//! the product.

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::events::Event;
use kernel::events::consumers::Consumer;
use sea_query::{Alias, Expr, ExprTrait, Func, OnConflict, Query};
use serde::Serialize;
use sqlx::FromRow;

pub const CONSUMER: Consumer = Consumer {
    name: "customers.figures",
    wants: |_| true,
    handle,
};

/// What is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, FromRow, utoipa::ToSchema)]
pub struct Figures {
    /// Events of any kind.
    pub events: i64,
    /// Of these, changes of the customer's own fields.
    pub changes: i64,
    #[serde(serialize_with = "kernel::clock::shown::time_or_null")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub first_event_at: Option<i64>,
    #[serde(serialize_with = "kernel::clock::shown::time_or_null")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_event_at: Option<i64>,
}

fn handle<'a>(tx: &'a mut Tx, events: &'a [Event]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        let mut counted: BTreeMap<i64, Figures> = BTreeMap::new();
        for event in events {
            let Some(customer_id) = event.customer_id else { continue };
            let figures = counted.entry(customer_id).or_default();
            figures.events += 1;
            figures.changes += i64::from(event.kind == "customer.updated");
            figures.first_event_at = figures.first_event_at.or(Some(event.at));
            figures.last_event_at = Some(event.at);
        }
        for some in counted.into_iter().collect::<Vec<_>>().chunks(500) {
            let mut upsert = Query::insert();
            upsert
                .into_table("customer_figures")
                .columns(["customer_id", "events", "changes", "first_event_at", "last_event_at"]);
            for (customer_id, figures) in some {
                upsert.values_panic([
                    (*customer_id).into(),
                    figures.events.into(),
                    figures.changes.into(),
                    figures.first_event_at.into(),
                    figures.last_event_at.into(),
                ]);
            }
            let kept = |column: &'static str| Expr::col(("customer_figures", column));
            let more = |column: &'static str| Expr::col(("excluded", column));
            upsert.on_conflict(
                OnConflict::column("customer_id")
                    .value("events", kept("events").add(more("events")))
                    .value("changes", kept("changes").add(more("changes")))
                    .value("first_event_at", Func::coalesce([kept("first_event_at"), more("first_event_at")]))
                    .value("last_event_at", more("last_event_at"))
                    .to_owned(),
            );
            tx.exec(&upsert).await?;
        }
        Ok(())
    })
}

/// Counts the events of customers anew, after events have changed owners: as far as the consumer has come, which goes on from there.
pub(crate) async fn recount(tx: &mut Tx, customer_ids: &[i64]) -> Result<()> {
    let mut cursor = Query::select();
    cursor
        .column("cursor")
        .from(Alias::new("consumers"))
        .and_where(Expr::col("name").eq(CONSUMER.name));
    tx.dialect().for_update(&mut cursor);
    let (cursor,): (i64,) = tx.opt(&cursor).await?.unwrap_or_default();
    let of = || Expr::col("customer_id").is_in(customer_ids.iter().copied());
    tx.exec(&Query::delete().from_table("customer_figures").and_where(of()).to_owned())
        .await?;
    let is_change: Expr = Expr::case(Expr::col("kind").eq("customer.updated"), 1).into();
    let counted = Query::select()
        .column("customer_id")
        .expr(Func::count(Expr::col("id")))
        .expr(Func::count(is_change))
        .expr(Func::min(Expr::col("at")))
        .expr(Func::max(Expr::col("at")))
        .from(Alias::new("events"))
        .and_where(of())
        .and_where(Expr::col("id").lte(cursor))
        .group_by_col("customer_id")
        .to_owned();
    let mut insert = Query::insert();
    insert
        .into_table("customer_figures")
        .columns(["customer_id", "events", "changes", "first_event_at", "last_event_at"])
        .select_from(counted)
        .map_err(|error| Error::internal(error.to_string()))?;
    tx.exec(&insert).await?;
    Ok(())
}

/// The figures of a customer; all nought while its first event is on its way.
pub async fn of(ctx: &Ctx, customer_id: i64) -> Result<Figures> {
    let query = Query::select()
        .columns(["events", "changes", "first_event_at", "last_event_at"])
        .from(Alias::new("customer_figures"))
        .and_where(Expr::col("customer_id").eq(customer_id))
        .to_owned();
    Ok(ctx.db.opt(&query).await?.unwrap_or_default())
}
