//! Keeping customers: the one place that writes their rows, in batches.

use std::collections::BTreeMap;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::text;
use sea_query::{Expr, ExprTrait, Query};
use serde_json::{Map, Value};

use super::Customer;
use super::read::SEARCH;
use crate::cell::Cell;
use crate::duplicates::keys;
use crate::fields::{FIELDS, Key};
use crate::{addresses, contact_points, tags};

/// Columns that follow from others and are no fields of their own.
const EXTRA: [&str; 8] = [
    "name_sort",
    "tags",
    "custom",
    "custom_fold",
    "version",
    "created_at",
    "updated_at",
    "deleted_at",
];

fn columns() -> Vec<&'static str> {
    let stored = Key::stored().map(|(_, column)| column).filter(|column| !EXTRA.contains(column));
    let folded = FIELDS.iter().filter_map(|spec| spec.folded());
    stored.chain(folded).chain(EXTRA).collect()
}

fn values(customer: &Customer) -> Vec<sea_query::Value> {
    let own = Key::stored()
        .filter(|(_, column)| !EXTRA.contains(column))
        .map(|(key, _)| customer[key].to_sql(&key.spec().field.kind));
    let folded = Key::all()
        .filter(|key| key.spec().folded().is_some())
        .map(|key| text::fold(customer[key].text()).into());
    let mut values: Vec<sea_query::Value> = own.chain(folded).collect();
    let (custom, custom_fold) = custom_json(&customer.custom);
    values.extend([
        text::sort_key(customer[Key::Name].text()).into(),
        serde_json::to_string(customer[Key::Tags].list()).unwrap_or_default().into(),
        custom.into(),
        custom_fold.into(),
        customer.version.into(),
        customer.created_at.into(),
        customer.updated_at.into(),
        customer.deleted_at.into(),
    ]);
    values
}

fn custom_json(custom: &BTreeMap<String, Cell>) -> (Value, Value) {
    let kept: Map<String, Value> = custom.iter().map(|(key, cell)| (key.clone(), cell.to_kept_json())).collect();
    let folded = custom.iter().filter_map(|(key, cell)| match cell {
        Cell::Text(text) => Some((key.clone(), Value::String(text::fold(text)))),
        _ => None,
    });
    let folded: Map<String, Value> = folded.collect();
    (Value::Object(kept), Value::Object(folded))
}

/// Writes new customers with all that hangs on them, and gives them their ids.
pub async fn insert(tx: &mut Tx, customers: &mut [Customer]) -> Result<()> {
    let ids = tx.insert_new_rows("customers", &columns(), customers.iter().map(values)).await?;
    for (customer, id) in customers.iter_mut().zip(ids) {
        customer.id = id;
    }
    let nothing = Customer::default();
    let pairs: Vec<(&Customer, &Customer)> = customers.iter().map(|customer| (&nothing, customer)).collect();
    contact_points::store(tx, &pairs).await?;
    addresses::store(tx, &pairs).await?;
    tags::store(tx, &pairs).await?;
    keys::store(tx, &pairs).await?;
    let words: Vec<(i64, String)> = customers.iter().map(|customer| (customer.id, customer.search_words())).collect();
    tx.dialect().search_add(tx, SEARCH, &words).await
}

/// Writes changed customers: `(before, after)`.
pub async fn update(tx: &mut Tx, changed: &[(&Customer, &Customer)]) -> Result<()> {
    let columns: Vec<&str> = ["id"].into_iter().chain(columns()).collect();
    let rows = changed
        .iter()
        .map(|(_, customer)| [vec![customer.id.into()], values(customer)].concat());
    tx.put_rows("customers", &columns, rows).await?;
    contact_points::store(tx, changed).await?;
    addresses::store(tx, changed).await?;
    tags::store(tx, changed).await?;
    keys::store(tx, changed).await?;

    let dialect = tx.dialect();
    let words = |customer: &Customer| {
        if customer.deleted_at.is_some() {
            String::new()
        } else {
            customer.search_words()
        }
    };
    let (mut gone, mut fresh) = (Vec::new(), Vec::new());
    for (before, after) in changed {
        let (old, new) = (words(before), words(after));
        if old != new {
            gone.push(after.id);
            if !new.is_empty() {
                fresh.push((after.id, new));
            }
        }
    }
    dialect.search_remove(tx, SEARCH, &gone).await?;
    dialect.search_add(tx, SEARCH, &fresh).await
}

/// Ends deleted customers for good; returns how many. Their events stay, as the history of the organisation, until its own rules end them.
pub async fn purge(tx: &mut Tx, deleted_before_us: i64, limit: u64) -> Result<u64> {
    let due = Query::select()
        .column("id")
        .from("customers")
        .and_where(Expr::col("deleted_at").lt(deleted_before_us))
        .limit(limit)
        .to_owned();
    let ids: Vec<i64> = tx.all::<(i64,)>(&due).await?.into_iter().map(|(id,)| id).collect();
    if ids.is_empty() {
        return Ok(0);
    }
    let figures = Query::delete()
        .from_table("customer_figures")
        .and_where(Expr::col("customer_id").is_in(ids.iter().copied()))
        .to_owned();
    tx.exec(&figures).await?;
    identity::shares::forget(tx, super::read::OWNED.entity, &ids).await?;
    keys::forget(tx, &ids).await?;
    records::presence::forget(tx, super::read::OWNED.entity, &ids).await?;
    tx.exec(
        &Query::delete()
            .from_table("customers")
            .and_where(Expr::col("id").is_in(ids))
            .to_owned(),
    )
    .await
}

/// Writes anew what follows from customers as they stand: folded texts, the order of names, the words they are found by.
pub async fn refresh(tx: &mut Tx, customers: &[super::Customer]) -> Result<()> {
    let columns: Vec<&str> = ["id"].into_iter().chain(columns()).collect();
    let rows = customers
        .iter()
        .map(|customer| [vec![customer.id.into()], values(customer)].concat());
    tx.put_rows("customers", &columns, rows).await?;
    let ids: Vec<i64> = customers.iter().map(|customer| customer.id).collect();
    let alive = customers.iter().filter(|customer| customer.deleted_at.is_none());
    let words: Vec<(i64, String)> = alive.map(|customer| (customer.id, customer.search_words())).collect();
    let dialect = tx.dialect();
    dialect.search_remove(tx, SEARCH, &ids).await?;
    dialect.search_add(tx, SEARCH, &words).await
}
