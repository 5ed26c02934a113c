//! What leads hold of people: given out with the archive of a customer, and taken out when that customer is erased.

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
use sea_query::{Alias, Cond, Expr, ExprTrait, Order, Query, UpdateStatement};
use serde_json::{Value, json};

use super::{LEAD, keys};
use crate::forms::submission;

/// Takes out of leads what they say of customers that were erased.
pub const CONSUMER: Consumer = Consumer {
    name: "sales.erasure",
    wants: |kind| kind == "customer.erased",
    handle: |tx, events| handle(tx, events).boxed(),
};

/// The leads that became a customer, in the archive of what is kept about them.
pub const ARCHIVED: Holding = Holding {
    file: "leads.json",
    about: (
        "müşteri olmadan önce aday olarak tutulanlar",
        "what was kept of them as leads, before they were customers",
    ),
    read: |ctx, customer_id| archived(ctx, customer_id).boxed(),
};

/// What a lead says of a person. What it says of where it came from and how it went stays, for counts.
const OF_PERSON: [&str; 16] = [
    "first_name",
    "first_name_fold",
    "last_name",
    "last_name_fold",
    "title",
    "email",
    "phone",
    "need",
    "notes",
    "disqualify_reason",
    "source_detail",
    "referrer",
    "landing_page",
    "utm_term",
    "utm_content",
    "timeline",
];
/// And of their company, when that is who was erased.
const OF_COMPANY: [&str; 3] = ["company", "company_fold", "website"];
/// What an erased lead is called. There is no one reader here whose language it could be in.
const ERASED_NAME: &str = "Silindi · Erased";

async fn handle(tx: &mut Tx, erased: &[Event]) -> Result<()> {
    for event in erased {
        let customer_id = event.subject_id;
        submission::forget_of_customer(tx, customer_id).await?;
        let became = Query::select()
            .columns(["id", "converted_customer_id"])
            .from(Alias::new("leads"))
            .cond_where(of_customer(customer_id))
            .order_by("id", Order::Asc)
            .to_owned();
        let leads: Vec<(i64, Option<i64>)> = tx.all(&became).await?;
        if leads.is_empty() {
            continue;
        }
        let ids: Vec<i64> = leads.iter().map(|(id, _)| *id).collect();
        let whole: Vec<i64> = leads
            .iter()
            .filter(|(_, became)| *became == Some(customer_id))
            .map(|(id, _)| *id)
            .collect();
        blank(tx, &ids, &whole).await?;
        // Notes and their history name people too.
        notes::forget(tx, &LEAD, &ids).await?;
        let history = Cond::all()
            .add(Expr::col("record_type").eq(LEAD.name))
            .add(Expr::col("record_id").is_in(ids.iter().copied()));
        let mut emptied = events::erase(tx, history).await?;
        let stamp = Stamp {
            at_us: event.at,
            actor_id: event.actor_id.map(UserId),
            operation_id: None,
            via: Via::System,
            address: None,
        };
        let told = |id: &i64| {
            NewEvent::new("lead.erased", LEAD.name, *id)
                .record(LEAD.name, *id)
                // With the first of several at once, for all of them.
                .payload(json!({ events::EMPTIED: std::mem::take(&mut emptied) }))
        };
        let told: Vec<NewEvent> = ids.iter().map(told).collect();
        tx.emit_all(&stamp, told).await?;
    }
    Ok(())
}

fn of_customer(customer_id: i64) -> Cond {
    Cond::any()
        .add(Expr::col("converted_customer_id").eq(customer_id))
        .add(Expr::col("converted_contact_id").eq(customer_id))
}

/// Blanks what leads, and what hangs on them, say of people; of `whole` also what they say of the company.
async fn blank(tx: &mut Tx, ids: &[i64], whole: &[i64]) -> Result<()> {
    let of = |ids: &[i64]| Expr::col("id").is_in(ids.iter().copied());
    let emptied = |table: &'static str, columns: &[&'static str]| -> UpdateStatement {
        let mut update = Query::update().table(table).to_owned();
        for column in columns {
            update.value(*column, "");
        }
        update
    };
    let mut people = emptied("leads", &OF_PERSON);
    people
        .value("name", ERASED_NAME)
        .value("name_fold", text::fold(ERASED_NAME))
        .value("name_sort", text::sort_key(ERASED_NAME))
        .value("custom", json!({}))
        .value("custom_fold", json!({}))
        .value("version", Expr::col("version").add(1))
        .and_where(of(ids));
    tx.exec(&people).await?;
    if !whole.is_empty() {
        let mut companies = emptied("leads", &OF_COMPANY);
        companies.and_where(of(whole));
        tx.exec(&companies).await?;
    }
    for (table, columns) in [
        ("lead_answers", &["evidence"][..]),
        ("lead_touches", &["detail"]),
        // The proof itself is in the ledger of the customer.
        ("lead_consents", &["evidence"]),
    ] {
        let mut hanging = emptied(table, columns);
        hanging.and_where(Expr::col("lead_id").is_in(ids.iter().copied()));
        tx.exec(&hanging).await?;
    }
    submission::forget(tx, ids).await?;
    keys::forget(tx, ids).await?;
    let dialect = tx.dialect();
    dialect.search_remove(tx, LEAD.search.table, ids).await
}

/// The leads that became a customer, whole, with their notes.
async fn archived(ctx: &Ctx, customer_id: i64) -> Result<Value> {
    let definitions = custom::definitions(ctx, LEAD.name).await?;
    let dialect = ctx.db.dialect();
    let query = Query::select()
        .expr(dialect.own_sql(read::row(dialect, &LEAD, &definitions, &read::Reader::whole())))
        .from(Alias::new("leads"))
        .cond_where(of_customer(customer_id))
        .order_by(("leads", "id"), Order::Asc)
        .to_owned();
    let rows = ctx.db.texts(&query).await?;
    let leads: Vec<Value> = rows.iter().map(|row| serde_json::from_str(row)).collect::<Result<_, _>>()?;
    let ids: Vec<i64> = leads.iter().filter_map(|lead| lead["id"].as_i64()).collect();
    let notes = notes::all(ctx, &LEAD, &ids).await?;
    let sent_in = submission::archived(ctx, &ids).await?;
    Ok(json!({ "leads": leads, "notes": notes, "sent_in": sent_in }))
}
