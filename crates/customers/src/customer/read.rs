//! Reading customers, as [`records::read`] reads any entity, and with what hangs on them.

use std::sync::Arc;

use criteria::Criteria;
use identity::scope::Owned;
use kernel::actor::Permission;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::Result;
use records::read;
pub use records::read::{Asked, Found, Reader, moment};
use sea_query::{Alias, Cond, Expr, ExprTrait, Query, SelectStatement};
use serde_json::{Map, Value};

use super::{Customer, ENTITY};
use crate::custom_fields::Definitions;
use crate::{addresses, contact_points};

/// Name of the search table.
pub const SEARCH: &str = "customer_search";

/// How customers belong to somebody.
pub const OWNED: Owned = Owned {
    attended: None,
    entity: "customer",
    table: "customers",
};

/// The customers this caller may act on with the permission: a query with its conditions, to which columns and more conditions are added.
pub async fn visible(ctx: &Ctx, permission: Permission) -> Result<SelectStatement> {
    read::visible(ctx, &ENTITY, permission).await
}

/// The same with those that are deleted: whoever saw a customer may know that it is gone.
pub async fn known(ctx: &Ctx, permission: Permission) -> Result<SelectStatement> {
    read::known(ctx, &ENTITY, permission).await
}

/// What the caller sees of a customer.
pub fn reader(ctx: &Ctx) -> Reader {
    Reader::of(ctx, &ENTITY)
}

/// The SQL of a whole customer as JSON, for this caller.
pub async fn row_for(ctx: &Ctx, definitions: &Definitions) -> Result<Arc<String>> {
    read::row_for(ctx, &ENTITY, definitions).await
}

/// A person's number but for its ends; a company's tax number is public and stays.
pub(super) fn masked(field: &str, column: &str) -> String {
    let hidden = format!("substr({column}, 1, 2) || '*******' || substr({column}, 10, 2)");
    match field {
        "tax_number" => format!("CASE WHEN length({column}) = 11 THEN {hidden} ELSE {column} END"),
        _ => format!("CASE WHEN {column} = '' THEN '' ELSE {hidden} END"),
    }
}

/// The same in Rust, for what does not come from a row: history, events.
pub fn mask(number: &str) -> String {
    if number.len() == 11 {
        format!("{}*******{}", &number[..2], &number[9..])
    } else {
        number.to_owned()
    }
}

/// Adds criteria and search to a query over customers.
pub fn narrow(ctx: &Ctx, query: &mut SelectStatement, schema: &criteria::Schema, criteria: &Criteria, search: Option<&str>) {
    read::narrow(ctx, &ENTITY, query, schema, criteria, search);
}

/// Lists the customers the caller may read.
pub async fn list(ctx: &Ctx, asked: &Asked) -> Result<Found> {
    read::list(ctx, &ENTITY, asked).await
}

/// One customer as JSON text with its version, if the caller may see it.
pub async fn get(ctx: &Ctx, id: i64) -> Result<(String, i64)> {
    read::get(ctx, &ENTITY, id).await
}

/// Refuses when the caller may not read the customer.
pub async fn require(ctx: &Ctx, permission: Permission, id: i64) -> Result<()> {
    read::require(ctx, &ENTITY, permission, id).await
}

/// Customers as they stand, to be changed in this transaction; those the caller may not act on are left out. In the order of the ids.
pub async fn for_change(tx: &mut Tx, ctx: &Ctx, permission: Permission, ids: &[i64], definitions: &Definitions) -> Result<Vec<Customer>> {
    let condition = read::alive_in_scope(ctx, &ENTITY, permission).await?;
    load(tx, ids, Some(condition), definitions).await
}

/// Customers as they stand whoever asks, also deleted ones: for undo.
pub(crate) async fn load(tx: &mut Tx, ids: &[i64], condition: Option<Cond>, definitions: &Definitions) -> Result<Vec<Customer>> {
    let dialect = tx.dialect();
    let mut query = Query::select();
    query
        .expr(dialect.own_sql(read::row(dialect, &ENTITY, definitions, &Reader::whole())))
        .column(("customers", "deleted_at"))
        .from(Alias::new("customers"))
        .and_where(Expr::col(("customers", "id")).is_in(ids.iter().copied()))
        .order_by(("customers", "id"), sea_query::Order::Asc);
    if let Some(condition) = condition {
        query.cond_where(condition);
    }
    dialect.for_update(&mut query);
    let rows: Vec<(String, Option<i64>)> = tx.all(&query).await?;
    let mut customers = Vec::with_capacity(rows.len());
    for (json, deleted_at) in rows {
        let json: Map<String, Value> = serde_json::from_str(&json)?;
        let mut customer = Customer::from_row(&json, definitions);
        customer.deleted_at = deleted_at;
        customers.push(customer);
    }
    let ids: Vec<i64> = customers.iter().map(|customer| customer.id).collect();
    if !ids.is_empty() {
        let find = |customers: &[Customer], id: i64| customers.binary_search_by_key(&id, |customer| customer.id).ok();
        for point in contact_points::of(tx, &ids).await? {
            if let Some(index) = find(&customers, point.customer_id) {
                customers[index].contact_points.push(point);
            }
        }
        for address in addresses::of(tx, &ids).await? {
            if let Some(index) = find(&customers, address.customer_id) {
                customers[index].addresses.push(address);
            }
        }
    }
    Ok(customers)
}
