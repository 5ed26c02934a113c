//! What activities hold of people: given out with the archive of a customer, and taken out when that customer is erased.

use customers::personal_data::archive::Holding;
use futures::FutureExt;
use kernel::actor::Via;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::Result;
use kernel::events::consumers::Consumer;
use kernel::events::{self, Event, NewEvent};
use kernel::ids::UserId;
use kernel::text;
use records::{custom, notes, read};
use sea_query::{Alias, Cond, Expr, ExprTrait, Order, Query};
use serde_json::{Value, json};

use crate::activities::ACTIVITY;
use crate::series;

/// Takes out of activities what they say of customers that were erased.
pub const CONSUMER: Consumer = Consumer {
    name: "engagement.erasure",
    wants: |kind| kind == "customer.erased",
    handle: |tx, events| handle(tx, events).boxed(),
};

/// The activities of a customer, in the archive of what is kept about them.
pub const ARCHIVED: Holding = Holding {
    file: "activities.json",
    about: ("yapılan görüşmeler, toplantılar ve görevler", "calls, meetings and tasks"),
    read: |ctx, customer_id| archived(ctx, customer_id).boxed(),
};

/// What an erased activity is called. There is no one reader here whose language it could be in.
const ERASED_NAME: &str = "Silindi · Erased";

async fn handle(tx: &mut Tx, erased: &[Event]) -> Result<()> {
    for event in erased {
        let of_customer = Query::select()
            .column("id")
            .from(Alias::new("activities"))
            .and_where(Expr::col("customer_id").eq(event.subject_id))
            .to_owned();
        let ids: Vec<i64> = tx.all::<(i64,)>(&of_customer).await?.into_iter().map(|(id,)| id).collect();
        if ids.is_empty() {
            continue;
        }
        let mut emptied = blank(tx, &ids).await?;
        let stamp = Stamp {
            at_us: event.at,
            actor_id: event.actor_id.map(UserId),
            operation_id: None,
            via: Via::System,
            address: None,
        };
        let told = ids.iter().map(|id| {
            NewEvent::new("activity.erased", ACTIVITY.name, *id)
                .record(ACTIVITY.name, *id)
                // With the first of several at once, for all of them.
                .payload(json!({ events::EMPTIED: std::mem::take(&mut emptied) }))
        });
        let told: Vec<NewEvent> = told.collect();
        tx.emit_all(&stamp, told).await?;
    }
    Ok(())
}

/// Blanks what activities, and what hangs on them, say; how many events were emptied.
async fn blank(tx: &mut Tx, ids: &[i64]) -> Result<u64> {
    let ids_in = |column: &'static str| Expr::col(column).is_in(ids.iter().copied());
    let mut activities = Query::update();
    activities
        .table("activities")
        .value("subject", ERASED_NAME)
        .value("subject_fold", text::fold(ERASED_NAME))
        .value("subject_sort", text::sort_key(ERASED_NAME))
        .value("custom", json!({}))
        .value("custom_fold", json!({}))
        .value("version", Expr::col("version").add(1))
        .and_where(ids_in("id"));
    for column in ["description", "location", "outcome"] {
        activities.value(column, "");
    }
    tx.exec(&activities).await?;
    series::end_of(tx, ids).await?;
    for (table, column) in [("activity_checklist", "text"), ("activity_times", "note")] {
        let hanging = Query::update()
            .table(table)
            .value(column, "")
            .and_where(ids_in("activity_id"))
            .to_owned();
        tx.exec(&hanging).await?;
    }
    let told = Query::delete()
        .from_table("notifications")
        .and_where(Expr::col("subject_type").eq(ACTIVITY.name))
        .and_where(ids_in("subject_id"))
        .to_owned();
    tx.exec(&told).await?;
    notes::forget(tx, &ACTIVITY, ids).await?;
    let dialect = tx.dialect();
    dialect.search_remove(tx, ACTIVITY.search.table, ids).await?;
    let history = Cond::all().add(Expr::col("record_type").eq(ACTIVITY.name)).add(ids_in("record_id"));
    events::erase(tx, history).await
}

/// The activities of a customer, whole, with their notes.
async fn archived(ctx: &Ctx, customer_id: i64) -> Result<Value> {
    let definitions = custom::definitions(ctx, ACTIVITY.name).await?;
    let dialect = ctx.db.dialect();
    let query = Query::select()
        .expr(dialect.own_sql(read::row(dialect, &ACTIVITY, &definitions, &read::Reader::whole())))
        .from(Alias::new(ACTIVITY.table))
        .and_where(ACTIVITY.col("customer_id").eq(customer_id))
        .order_by((ACTIVITY.table, "id"), Order::Asc)
        .to_owned();
    let rows = ctx.db.texts(&query).await?;
    let activities: Vec<Value> = rows.iter().map(|row| serde_json::from_str(row)).collect::<Result<_, _>>()?;
    let ids: Vec<i64> = activities.iter().filter_map(|activity| activity["id"].as_i64()).collect();
    let notes = notes::all(ctx, &ACTIVITY, &ids).await?;
    Ok(json!({ "activities": activities, "notes": notes }))
}
