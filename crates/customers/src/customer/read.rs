//! Reading customers. [`visible`] is the only way to find any: it narrows to what the caller may see.

use std::collections::BTreeSet;
use std::sync::Arc;

use criteria::Criteria;
use identity::scope::{self, Owned};
use kernel::actor::Permission;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::dialect::Dialect;
use kernel::error::{Error, Result, invalid};
use kernel::page::{self, ListRequest, Page, SortKey};
use kernel::{say, text};
use sea_query::{Alias, Cond, Expr, ExprTrait, Query, SelectStatement};
use serde_json::{Map, Value};

use super::{Customer, field_rules, schema};
use crate::custom_fields::{self, Definitions};
use crate::fields::{Key, SENSITIVE};
use crate::{addresses, contact_points, permissions};
use criteria::Kind;

/// Name of the search table.
pub const SEARCH: &str = "customer_search";

/// The customers this caller may act on with the permission: a query with its conditions, to which columns and more conditions are added.
pub async fn visible(ctx: &Ctx, permission: Permission) -> Result<SelectStatement> {
    Ok(Query::select()
        .from(Alias::new("customers"))
        .cond_where(alive_in_scope(ctx, permission).await?)
        .to_owned())
}

/// The same with those that are deleted: whoever saw a customer may know that it is gone.
pub async fn known(ctx: &Ctx, permission: Permission) -> Result<SelectStatement> {
    Ok(Query::select()
        .from(Alias::new("customers"))
        .cond_where(in_scope(ctx, permission).await?)
        .to_owned())
}

/// How customers belong to somebody.
pub const OWNED: Owned = Owned {
    entity: "customer",
    table: "customers",
};

async fn alive_in_scope(ctx: &Ctx, permission: Permission) -> Result<Cond> {
    let alive = Expr::col(("customers", "deleted_at")).is_null();
    Ok(Cond::all().add(alive).add(in_scope(ctx, permission).await?))
}

async fn in_scope(ctx: &Ctx, permission: Permission) -> Result<Cond> {
    let schema = match ctx.actor.limits.has_rule(OWNED.entity) {
        true => Some(schema::whole(&*custom_fields::definitions(ctx).await?)),
        false => None,
    };
    scope::condition(ctx, permission, OWNED, schema.as_ref())
}

/// Who will read a row: whether identity numbers are masked, and which fields are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reader {
    masks: bool,
    hidden: BTreeSet<String>,
}

impl Reader {
    /// Who reads everything: the product itself.
    pub fn whole() -> Reader {
        Reader::default()
    }

    pub fn of(ctx: &Ctx) -> Reader {
        Reader {
            masks: !ctx.actor.may(permissions::SEE_IDENTITY),
            hidden: field_rules::hidden(&ctx.actor),
        }
    }

    /// Whether identity numbers are shown only by their ends.
    pub fn masks(&self) -> bool {
        self.masks
    }

    /// Whether a field is left out.
    pub fn hides(&self, field: &str) -> bool {
        self.hidden.contains(field)
    }
}

/// The SQL of a whole customer as JSON, written by the database itself.
pub fn row(dialect: Dialect, definitions: &Definitions, reader: &Reader) -> String {
    dialect.json_object(&parts(dialect, definitions, reader))
}

/// The same for this caller, from memory: it is made of some eighty pieces, and the same as long as the custom fields are.
pub async fn row_for(ctx: &Ctx, definitions: &Definitions) -> Result<Arc<String>> {
    let (reader, dialect) = (Reader::of(ctx), ctx.db.dialect());
    let key = format!("customers.row {reader:?} {:?}", scaled(definitions));
    ctx.db
        .memo()
        .get(key, &[], || async { Ok(row(dialect, definitions, &reader)) })
        .await
}

/// The members of that JSON, each with its SQL.
pub(crate) fn parts(dialect: Dialect, definitions: &Definitions, reader: &Reader) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = vec![("id".into(), "customers.id".into()), ("version".into(), "customers.version".into())];
    for (key, column) in Key::stored().filter(|(key, _)| !reader.hides(key.name())) {
        let spec = key.spec();
        let column = format!("customers.{column}");
        let value = match &spec.field.kind {
            Kind::Money => dialect.json_money(&column),
            Kind::DateTime => dialect.json_time(&column),
            Kind::Bool => dialect.json_bool(&column),
            _ if reader.masks() && SENSITIVE.contains(&key) => masked(key, &column),
            _ => column,
        };
        pairs.push((key.name().to_owned(), value));
    }
    pairs.push((
        "owner_name".into(),
        "(SELECT users.name FROM users WHERE users.id = customers.owner_id)".into(),
    ));
    pairs.push((
        "team_name".into(),
        "(SELECT teams.name FROM teams WHERE teams.id = customers.team_id)".into(),
    ));
    if !reader.hides(Key::Tags.name()) {
        pairs.push(("tags".into(), dialect.json_text("customers.tags")));
    }
    pairs.push(("custom".into(), custom(dialect, definitions, reader)));
    pairs
}

/// A person's number but for its ends; a company's tax number is public and stays.
fn masked(key: Key, column: &str) -> String {
    let hidden = format!("substr({column}, 1, 2) || '*******' || substr({column}, 10, 2)");
    match key {
        Key::TaxNumber => format!("CASE WHEN length({column}) = 11 THEN {hidden} ELSE {column} END"),
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

/// Custom values as the API shows them: as they are kept, but for numbers with decimals.
fn custom(dialect: Dialect, definitions: &Definitions, reader: &Reader) -> String {
    let hidden: Vec<&str> = reader.hidden.iter().filter_map(|field| field.strip_prefix("custom.")).collect();
    let column = dialect.json_hiding("customers.custom", &hidden);
    dialect.json_with_decimals(&column, &scaled(definitions))
}

/// Custom fields that are kept as whole numbers and shown with decimals, and how many.
fn scaled(definitions: &Definitions) -> Vec<(&str, u8)> {
    definitions
        .0
        .iter()
        .filter_map(|definition| match &definition.field.kind {
            Kind::Money => Some((definition.custom.key.as_str(), 2)),
            Kind::Number { decimals } if *decimals > 0 => Some((definition.custom.key.as_str(), *decimals)),
            _ => None,
        })
        .collect()
}

/// What a list is asked for, beside the paging.
#[derive(Clone)]
pub struct Asked {
    pub criteria: Criteria,
    pub request: ListRequest,
}

/// Adds criteria and search to a query over customers.
pub fn narrow(ctx: &Ctx, query: &mut SelectStatement, schema: &criteria::Schema, criteria: &Criteria, search: Option<&str>) {
    if !criteria.is_everything() {
        query.and_where(criteria.to_sql(schema, ctx.db.dialect(), &moment(ctx)));
    }
    let words = search_words(search);
    if !words.is_empty() {
        let found = Query::select()
            .column("rowid")
            .from(Alias::new(SEARCH))
            .and_where(ctx.db.dialect().search_match(SEARCH, &words))
            .to_owned();
        query.and_where(Expr::col(("customers", "id")).in_subquery(found));
    } else if search.is_some_and(|search| !search.trim().is_empty()) {
        // Nothing but punctuation finds nothing.
        query.and_where(Expr::val(1).eq(0));
    }
}

fn search_words(search: Option<&str>) -> Vec<String> {
    text::asked_words(search.unwrap_or_default())
}

pub use identity::scope::moment;

/// A page of customers and how many there are.
pub struct Found {
    pub page: Page,
    pub count: i64,
    pub count_is_capped: bool,
}

/// Lists the customers the caller may read.
pub async fn list(ctx: &Ctx, asked: &Asked) -> Result<Found> {
    let definitions = custom_fields::definitions(ctx).await?;
    let schema = schema::for_actor(&ctx.actor, &definitions);
    let keys = ordering(&schema, asked)?;
    let mut filtered = visible(ctx, permissions::READ).await?;
    let words = search_words(asked.request.search.as_deref());
    // In the order of the search table the database can stop after a page; in any other it must first find everything.
    let streams = asked.request.ordering.is_none() && !words.is_empty() && ctx.db.dialect() == Dialect::Sqlite;
    if streams {
        narrow(ctx, &mut filtered, &schema, &asked.criteria, None);
        filtered
            .from_clear()
            .from(Alias::new(SEARCH))
            .inner_join("customers", Expr::col(("customers", "id")).equals((SEARCH, "rowid")));
        filtered.and_where(ctx.db.dialect().search_match(SEARCH, &words));
    } else {
        narrow(ctx, &mut filtered, &schema, &asked.criteria, asked.request.search.as_deref());
    }
    if words.is_empty()
        && let Some(few) = scope::few(ctx, permissions::READ, OWNED).await?
    {
        filtered.and_where(Expr::col(("customers", "id")).in_subquery(few));
    }
    let keys = if streams {
        vec![SortKey {
            table: SEARCH,
            column: "rowid",
            nullable: false,
            descending: true,
        }]
    } else {
        keys
    };
    let row = row_for(ctx, &definitions).await?;
    // The whole list newest first comes straight from an index; whatever is filtered or sorted is found before it is read.
    let page = if streams || (asked.criteria.is_everything() && words.is_empty() && asked.request.ordering.is_none()) {
        page::fetch(&ctx.db, &filtered, &row, &keys, &asked.request).await?
    } else {
        page::fetch_found(&ctx.db, &filtered, &row, &keys, &asked.request).await?
    };
    let (count, count_is_capped) = match page.total(&asked.request) {
        Some(total) => (total, false),
        None => {
            let cap = match asked.request.exact_count() {
                true => None,
                false if words.is_empty() => Some(page::COUNT_CAP),
                false => Some(page::SEARCH_COUNT_CAP),
            };
            *count(ctx, &filtered, cap).await?
        }
    };
    Ok(Found {
        page,
        count,
        count_is_capped,
    })
}

/// Counts, from memory while no customer changes.
async fn count(ctx: &Ctx, filtered: &SelectStatement, cap: Option<i64>) -> Result<Arc<(i64, bool)>> {
    let key = format!("customers.count {cap:?} {}", filtered.to_string(sea_query::SqliteQueryBuilder));
    let (db, filtered) = (ctx.db.clone(), filtered.clone());
    ctx.db
        .memo()
        .get(
            key,
            &["customer", "relation", "consent", "tag", "custom_field", "import", "share"],
            || async move { page::count_up_to(&db, &filtered, cap).await },
        )
        .await
}

/// The columns a list is ordered by; newest first when nobody asks, the id last, so that the order is whole.
pub(crate) fn ordering(schema: &criteria::Schema, asked: &Asked) -> Result<Vec<SortKey>> {
    let ordering = asked
        .request
        .ordering
        .as_deref()
        .filter(|ordering| !ordering.trim().is_empty())
        .unwrap_or("-created_at");
    let mut keys = Vec::new();
    for part in ordering.split(',').map(str::trim) {
        let (name, descending) = part.strip_prefix('-').map_or((part, false), |name| (name, true));
        if name == "id" {
            keys.push(SortKey {
                table: "customers",
                column: "id",
                nullable: false,
                descending,
            });
            continue;
        }
        let sort = Key::find(name)
            .filter(|_| schema.field(name).is_some())
            .and_then(|key| key.spec().sort);
        let Some(sort) = sort else {
            let sortable = Key::all().filter(|key| key.spec().sort.is_some()).map(Key::name);
            let hint = text::nearest(name, sortable).unwrap_or("created_at");
            return Err(Error::BadRequest(say!(
                "“{}” alanına göre sıralanamaz; “{}” olabilir mi?",
                "Cannot order by “{}”; did you mean “{}”?",
                name,
                hint
            )));
        };
        keys.push(SortKey {
            table: "customers",
            column: sort.column,
            nullable: sort.nullable,
            descending,
        });
    }
    if keys.len() > 4 {
        return Err(invalid("ordering", say!("En çok 4 alan olabilir.", "May name 4 fields at most.")));
    }
    if !keys.iter().any(|key| key.column == "id") {
        let descending = keys[0].descending;
        keys.push(SortKey {
            table: "customers",
            column: "id",
            nullable: false,
            descending,
        });
    }
    Ok(keys)
}

/// One customer as JSON text with its version, if the caller may see it.
pub async fn get(ctx: &Ctx, id: i64) -> Result<(String, i64)> {
    let definitions = custom_fields::definitions(ctx).await?;
    let row = row_for(ctx, &definitions).await?;
    let mut query = visible(ctx, permissions::READ).await?;
    query
        .expr(ctx.db.dialect().own_sql(row.as_str()))
        .column(("customers", "version"))
        .and_where(Expr::col(("customers", "id")).eq(id));
    ctx.db.opt(&query).await?.ok_or(Error::NotFound)
}

/// Refuses when the caller may not read the customer.
pub async fn require(ctx: &Ctx, permission: Permission, id: i64) -> Result<()> {
    let mut query = visible(ctx, permission).await?;
    query.column(("customers", "id")).and_where(Expr::col(("customers", "id")).eq(id));
    ctx.db.opt::<(i64,)>(&query).await?.map(|_| ()).ok_or(Error::NotFound)
}

/// Customers as they stand, to be changed in this transaction; those the caller may not act on are left out. In the order of the ids.
pub async fn for_change(tx: &mut Tx, ctx: &Ctx, permission: Permission, ids: &[i64], definitions: &Definitions) -> Result<Vec<Customer>> {
    let condition = alive_in_scope(ctx, permission).await?;
    load(tx, ids, Some(condition), definitions).await
}

/// Customers as they stand whoever asks, also deleted ones: for undo.
pub(crate) async fn load(tx: &mut Tx, ids: &[i64], condition: Option<Cond>, definitions: &Definitions) -> Result<Vec<Customer>> {
    let dialect = tx.dialect();
    let mut query = Query::select();
    query
        .expr(dialect.own_sql(row(dialect, definitions, &Reader::whole())))
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
