//! What activities and communications hold of people: given out with the archive of a customer, and taken out when that customer is erased.

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
use records::{Entity, custom, notes, read};
use sea_query::{Alias, Cond, Expr, ExprTrait, Order, Query};
use serde_json::{Value, json};

use crate::activities::ACTIVITY;
use crate::communications::COMMUNICATION;
use crate::series;

/// Takes out of activities and communications what they say of customers that were erased.
pub const CONSUMER: Consumer = Consumer {
    name: "engagement.erasure",
    wants: |kind| kind == "customer.erased",
    handle: |tx, events| handle(tx, events).boxed(),
};

/// The activities and communications of a customer, in the archive of what is kept about them.
pub const ARCHIVED: [Holding; 2] = [
    Holding {
        file: "activities.json",
        about: ("yapılan görüşmeler, toplantılar ve görevler", "calls, meetings and tasks"),
        read: |ctx, customer_id| archived(ctx, &ACTIVITY, customer_id).boxed(),
    },
    Holding {
        file: "communications.json",
        about: ("yazışmalar ve görüşmeler", "messages and conversations"),
        read: |ctx, customer_id| archived(ctx, &COMMUNICATION, customer_id).boxed(),
    },
];

/// What an erased activity is called. There is no one reader here whose language it could be in.
const ERASED_NAME: &str = "Silindi · Erased";

/// An entity of which a customer's records lose their words.
struct Blanked {
    entity: &'static Entity,
    told: &'static str,
    /// Columns of text beside the subject, and those of lists.
    columns: &'static [&'static str],
    lists: &'static [&'static str],
    /// Rows that hang on it, by which column, with the column of their text; none goes whole.
    hanging: &'static [(&'static str, &'static str, Option<&'static str>)],
}

const BLANKED: [Blanked; 2] = [
    Blanked {
        entity: &ACTIVITY,
        told: "activity.erased",
        columns: &["description", "location", "outcome"],
        lists: &[],
        hanging: &[
            ("activity_checklist", "activity_id", Some("text")),
            ("activity_times", "activity_id", Some("note")),
        ],
    },
    Blanked {
        entity: &COMMUNICATION,
        told: "communication.erased",
        columns: &["content", "sender", "sender_fold", "recipient", "recipient_fold", "link"],
        lists: &["attachments", "tags"],
        hanging: &[
            ("communication_attachments", "communication_id", None),
            ("communication_tags", "communication_id", None),
        ],
    },
];

async fn handle(tx: &mut Tx, erased: &[Event]) -> Result<()> {
    for event in erased {
        for blanked in &BLANKED {
            blank_of(tx, event, blanked).await?;
        }
    }
    Ok(())
}

async fn blank_of(tx: &mut Tx, event: &Event, blanked: &Blanked) -> Result<()> {
    let entity = blanked.entity;
    let of_customer = Query::select()
        .column("id")
        .from(Alias::new(entity.table))
        .and_where(Expr::col("customer_id").eq(event.subject_id))
        .to_owned();
    let ids: Vec<i64> = tx.all::<(i64,)>(&of_customer).await?.into_iter().map(|(id,)| id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let mut emptied = blank(tx, blanked, &ids).await?;
    if entity.name == ACTIVITY.name {
        series::end_of(tx, &ids).await?;
    }
    let stamp = Stamp {
        at_us: event.at,
        actor_id: event.actor_id.map(UserId),
        operation_id: None,
        via: Via::System,
        address: None,
    };
    let told = ids.iter().map(|id| {
        NewEvent::new(blanked.told, entity.name, *id)
            .record(entity.name, *id)
            // With the first of several at once, for all of them.
            .payload(json!({ events::EMPTIED: std::mem::take(&mut emptied) }))
    });
    let told: Vec<NewEvent> = told.collect();
    tx.emit_all(&stamp, told).await
}

/// Blanks what records, and what hangs on them, say; how many events were emptied.
async fn blank(tx: &mut Tx, blanked: &Blanked, ids: &[i64]) -> Result<u64> {
    let entity = blanked.entity;
    let ids_in = |column: &'static str| Expr::col(column).is_in(ids.iter().copied());
    let mut records = Query::update();
    records
        .table(entity.table)
        .value("subject", ERASED_NAME)
        .value("subject_fold", text::fold(ERASED_NAME))
        .value("subject_sort", text::sort_key(ERASED_NAME))
        .value("custom", json!({}))
        .value("custom_fold", json!({}))
        .value("version", Expr::col("version").add(1))
        .and_where(ids_in("id"));
    for column in blanked.columns {
        records.value(*column, "");
    }
    for list in blanked.lists {
        records.value(*list, "[]");
    }
    tx.exec(&records).await?;
    for (table, owner, column) in blanked.hanging {
        match column {
            Some(column) => {
                let empty = Query::update().table(*table).value(*column, "").and_where(ids_in(owner)).to_owned();
                tx.exec(&empty).await?;
            }
            None => {
                let gone = Query::delete().from_table(*table).and_where(ids_in(owner)).to_owned();
                tx.exec(&gone).await?;
            }
        }
    }
    let told = Query::delete()
        .from_table("notifications")
        .and_where(Expr::col("subject_type").eq(entity.name))
        .and_where(ids_in("subject_id"))
        .to_owned();
    tx.exec(&told).await?;
    notes::forget(tx, entity, ids).await?;
    let dialect = tx.dialect();
    dialect.search_remove(tx, entity.search.table, ids).await?;
    let history = Cond::all().add(Expr::col("record_type").eq(entity.name)).add(ids_in("record_id"));
    events::erase(tx, history).await
}

/// The records of a customer, whole, with their notes.
async fn archived(ctx: &Ctx, entity: &'static Entity, customer_id: i64) -> Result<Value> {
    let definitions = custom::definitions(ctx, entity.name).await?;
    let dialect = ctx.db.dialect();
    let query = Query::select()
        .expr(dialect.own_sql(read::row(dialect, entity, &definitions, &read::Reader::whole())))
        .from(Alias::new(entity.table))
        .and_where(entity.col("customer_id").eq(customer_id))
        .order_by((entity.table, "id"), Order::Asc)
        .to_owned();
    let rows = ctx.db.texts(&query).await?;
    let records: Vec<Value> = rows.iter().map(|row| serde_json::from_str(row)).collect::<Result<_, _>>()?;
    let ids: Vec<i64> = records.iter().filter_map(|record| record["id"].as_i64()).collect();
    let notes = notes::all(ctx, entity, &ids).await?;
    Ok(json!({ entity.plural: records, "notes": notes }))
}
