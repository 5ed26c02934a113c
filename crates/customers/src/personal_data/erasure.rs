//! Erasure: nothing of a customer is left by which anybody could tell who it was, yet every count and sum stays what it was. The record
//! itself stays with its code, kind, province, source and dates; names, numbers, contact points, addresses, relations, notes, tags, custom fields and
//! the whole history go. The ledger of consents stays, as the proof the law asks of the organisation. It cannot be undone.

use std::collections::BTreeSet;

use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::events::{self, NewEvent};
use kernel::ids::CustomerId;
use sea_query::{Alias, Cond, Expr, ExprTrait, Query};
use serde_json::json;

use crate::cell::Cell;
use crate::custom_fields::Definitions;
use crate::customer::{Customer, read, store};
use crate::duplicates::keys;
use crate::fields::Key;
use crate::merge::{redirects, registry};

/// What is left of a customer.
const KEPT: [Key; 11] = [
    Key::CustomerCode,
    Key::CustomerType,
    Key::City,
    Key::Country,
    Key::Industry,
    Key::CompanySize,
    Key::Currency,
    Key::LeadSource,
    Key::Owner,
    Key::Team,
    Key::CustomerSince,
];

/// Erases customers, also deleted ones, within this transaction; says how many there were that had not been erased before. Whether the
/// caller may is asked before.
pub async fn erase(tx: &mut Tx, ctx: &Ctx, definitions: &Definitions, ids: &[i64], reason: &str) -> Result<usize> {
    // Those that were merged into them are the same people.
    let ids = [ids, &redirects::all_leading_to(tx, ids).await?].concat();
    let ids = not_erased(tx, &ids).await?;
    let before = read::load(tx, &ids, None, definitions).await?;
    let after: Vec<Customer> = before.iter().map(|customer| anonymous(customer, ctx)).collect();
    let pairs: Vec<(&Customer, &Customer)> = before.iter().zip(&after).collect();
    // What is said of it elsewhere goes first, while it is still known where that is.
    let mut emptied = erase_relations(tx, &ids).await?;
    store::update(tx, &pairs).await?;
    emptied += registry::erase(tx, &ids).await?;
    // What is left of a name and a city would be a key too.
    keys::forget(tx, &ids).await?;
    let mark = Query::update()
        .table("customers")
        .value("erased_at", ctx.now_us())
        .and_where(Expr::col("id").is_in(ids.iter().copied()))
        .to_owned();
    tx.exec(&mark).await?;
    let told = after
        .iter()
        .map(|customer| {
            NewEvent::new("customer.erased", "customer", customer.id)
                .customer(CustomerId(customer.id))
                // With the first of several at once, for all of them.
                .payload(json!({ "version": customer.version, "reason": reason, events::EMPTIED: std::mem::take(&mut emptied) }))
        })
        .collect();
    tx.emit_all(&ctx.stamp(), told).await?;
    Ok(before.len())
}

async fn not_erased(tx: &mut Tx, ids: &[i64]) -> Result<Vec<i64>> {
    let select = Query::select()
        .column("id")
        .from(Alias::new("customers"))
        .and_where(Expr::col("id").is_in(ids.iter().copied()))
        .and_where(Expr::col("erased_at").is_null())
        .order_by("id", sea_query::Order::Asc)
        .to_owned();
    Ok(tx.all::<(i64,)>(&select).await?.into_iter().map(|(id,)| id).collect())
}

/// The same customer with nothing personal left.
fn anonymous(customer: &Customer, ctx: &Ctx) -> Customer {
    let mut left = Customer::default();
    left.id = customer.id;
    left.version = customer.version + 1;
    left.created_at = customer.created_at;
    left.updated_at = ctx.now_us();
    left.deleted_at = customer.deleted_at;
    for key in KEPT {
        left.set(key, customer[key].clone());
    }
    left.set(Key::IsActive, Cell::Bool(false));
    let (field, name) = match customer.is_company() {
        true => (Key::CompanyName, ctx.org.lang.pick("Silinmiş firma", "Erased company")),
        false => (Key::LastName, ctx.org.lang.pick("Silinmiş kişi", "Erased person")),
    };
    left.set(field, Cell::from(name));
    left.set(Key::Name, Cell::from(name));
    left
}

/// Relations name the customer on the other side too, and so does the history of that side.
async fn erase_relations(tx: &mut Tx, ids: &[i64]) -> Result<u64> {
    let of = |column: &'static str| Expr::col(column).is_in(ids.iter().copied());
    let ties = Query::select()
        .columns(["id", "customer_id", "other_id"])
        .from(Alias::new("relations"))
        .cond_where(Cond::any().add(of("customer_id")).add(of("other_id")))
        .to_owned();
    let ties: Vec<(i64, i64, i64)> = tx.all(&ties).await?;
    // Relations that ended before are told in history as well.
    let told = Query::select()
        .column("subject_id")
        .distinct()
        .from(Alias::new("events"))
        .and_where(of("customer_id"))
        .and_where(Expr::col("subject_type").eq("relation"))
        .to_owned();
    let told: Vec<(i64,)> = tx.all(&told).await?;
    let ended = Query::select()
        .columns(["payload"])
        .from(Alias::new("events"))
        .and_where(of("customer_id"))
        .and_where(Expr::col("subject_type").eq("relation"))
        .to_owned();
    let named: Vec<(kernel::json_text::JsonText<serde_json::Value>,)> = tx.all(&ended).await?;
    let mut others: BTreeSet<i64> = ties.iter().flat_map(|(_, one, other)| [*one, *other]).collect();
    others.extend(named.iter().flat_map(|(payload,)| customers_in(payload)));
    let subjects: BTreeSet<i64> = ties.iter().map(|(id, ..)| *id).chain(told.into_iter().map(|(id,)| id)).collect();
    if subjects.is_empty() {
        return Ok(0);
    }
    let there = Cond::all()
        .add(Expr::col("customer_id").is_in(others))
        .add(Expr::col("subject_type").eq("relation"))
        .add(Expr::col("subject_id").is_in(subjects));
    events::erase(tx, there).await
}

/// The customers that the payload of an event names.
fn customers_in(payload: &serde_json::Value) -> Vec<i64> {
    let mut found = Vec::new();
    let mut open = vec![payload];
    while let Some(value) = open.pop() {
        if let Some(members) = value.as_object() {
            for (name, member) in members {
                match member.as_i64() {
                    Some(id) if matches!(name.as_str(), "customer_id" | "other_id") => found.push(id),
                    _ => open.push(member),
                }
            }
        }
    }
    found
}
