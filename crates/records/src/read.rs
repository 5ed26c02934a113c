//! Reading records. [`visible`] is the only way to find any: it narrows to what the caller may see.

use std::collections::BTreeSet;
use std::sync::Arc;

use criteria::{Criteria, Kind, Schema};
use identity::scope;
pub use identity::scope::moment;
use kernel::actor::Permission;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::dialect::Dialect;
use kernel::error::{Error, Result, invalid};
use kernel::page::{self, ListRequest, Page, SortKey};
use kernel::{say, text};
use sea_query::{Alias, Cond, Expr, ExprTrait, Order, Query, SelectStatement};
use serde_json::{Map, Value};

use crate::custom::{self, Definitions};
use crate::entity::Entity;
use crate::fields::Form;
use crate::record::Record;
use crate::{field_rules, schema};

/// The records this caller may act on with the permission: a query with its conditions, to which columns and more conditions are added.
pub async fn visible(ctx: &Ctx, entity: &'static Entity, permission: Permission) -> Result<SelectStatement> {
    Ok(Query::select()
        .from(Alias::new(entity.table))
        .cond_where(alive_in_scope(ctx, entity, permission).await?)
        .to_owned())
}

/// The same with those that are deleted: whoever saw a record may know that it is gone.
pub async fn known(ctx: &Ctx, entity: &'static Entity, permission: Permission) -> Result<SelectStatement> {
    Ok(Query::select()
        .from(Alias::new(entity.table))
        .cond_where(in_scope(ctx, entity, permission).await?)
        .to_owned())
}

/// The condition of [`visible`].
pub async fn alive_in_scope(ctx: &Ctx, entity: &'static Entity, permission: Permission) -> Result<Cond> {
    let alive = entity.col("deleted_at").is_null();
    Ok(Cond::all().add(alive).add(in_scope(ctx, entity, permission).await?))
}

async fn in_scope(ctx: &Ctx, entity: &'static Entity, permission: Permission) -> Result<Cond> {
    let schema = match ctx.actor.limits.has_rule(entity.name) {
        true => Some(schema::whole(entity, &*custom::definitions(ctx, entity.name).await?)),
        false => None,
    };
    scope::condition(ctx, permission, entity.owned(), schema.as_ref())
}

/// Who will read a row: whether sensitive fields are masked, and which are left out.
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

    pub fn of(ctx: &Ctx, entity: &Entity) -> Reader {
        let sensitive = entity.reading.sensitive;
        Reader {
            masks: sensitive.is_some_and(|sensitive| !ctx.actor.may(sensitive.permission)),
            hidden: field_rules::hidden(entity, &ctx.actor),
        }
    }

    /// Whether sensitive fields are shown only by their ends.
    pub fn masks(&self) -> bool {
        self.masks
    }

    /// Whether a field is left out. What a record is shown with goes with the field it names: `referred_by_name` with `referred_by`.
    pub fn hides(&self, name: &str) -> bool {
        let named = name.strip_suffix("_name");
        self.hidden.contains(name) || named.is_some_and(|field| self.hidden.contains(field))
    }
}

/// The SQL of a whole record as JSON, written by the database itself, without the hidden fields.
pub fn row(dialect: Dialect, entity: &Entity, definitions: &Definitions, reader: &Reader) -> String {
    dialect.json_object(&parts(dialect, entity, definitions, reader))
}

/// The same for this caller, from memory: it is made of many pieces, and the same as long as the custom fields are.
pub async fn row_for(ctx: &Ctx, entity: &'static Entity, definitions: &Definitions) -> Result<Arc<String>> {
    let (reader, dialect) = (Reader::of(ctx, entity), ctx.db.dialect());
    let key = format!("{}.row {reader:?} {:?}", entity.plural, scaled(definitions));
    ctx.db
        .memo()
        .get(key, &[], || async { Ok(row(dialect, entity, definitions, &reader)) })
        .await
}

/// The members of that JSON, each with its SQL.
pub fn parts(dialect: Dialect, entity: &Entity, definitions: &Definitions, reader: &Reader) -> Vec<(String, String)> {
    let table = entity.table;
    let mut pairs: Vec<(String, String)> = vec![("id".into(), format!("{table}.id")), ("version".into(), format!("{table}.version"))];
    for (_, spec, column) in entity.stored().filter(|(_, spec, _)| !reader.hides(spec.name())) {
        let column = format!("{table}.{column}");
        let value = match (&spec.field.kind, entity.reading.sensitive) {
            (Kind::Money, _) => dialect.json_money(&column),
            (Kind::DateTime, _) => dialect.json_time(&column),
            (Kind::Bool, _) => dialect.json_bool(&column),
            (Kind::Number { decimals }, _) if *decimals > 0 => dialect.json_scaled(&column, *decimals),
            (_, Some(sensitive)) if reader.masks && entity.is_sensitive(spec.name()) => (sensitive.masked)(spec.name(), &column),
            _ if spec.form == Form::Tags => dialect.json_text(&column),
            _ => column,
        };
        pairs.push((spec.name().to_owned(), value));
    }
    for (name, sql) in entity.shown.iter().filter(|(name, _)| !reader.hides(name)) {
        pairs.push(((*name).into(), (*sql).into()));
    }
    // Tags in a table of their own stand in the row as well, so that reading it takes no more than the row.
    for spec in entity.fields.iter().filter(|spec| spec.is_list()) {
        if !reader.hides(spec.name()) {
            pairs.push((spec.name().to_owned(), dialect.json_text(&format!("{table}.{}", spec.name()))));
        }
    }
    let hidden: Vec<&str> = reader.hidden.iter().filter_map(|field| field.strip_prefix("custom.")).collect();
    let column = dialect.json_hiding(&format!("{table}.custom"), &hidden);
    pairs.push(("custom".into(), dialect.json_with_decimals(&column, &scaled(definitions))));
    pairs
}

/// Custom fields that are kept as whole numbers and shown with decimals, and how many.
fn scaled(definitions: &Definitions) -> Vec<(&str, u8)> {
    let scaled = |definition: &'_ custom::Definition| match &definition.field.kind {
        Kind::Money => Some(2),
        Kind::Number { decimals } if *decimals > 0 => Some(*decimals),
        _ => None,
    };
    definitions
        .0
        .iter()
        .filter_map(|definition| Some((definition.custom.key.as_str(), scaled(definition)?)))
        .collect()
}

/// What a list is asked for, beside the paging.
#[derive(Clone)]
pub struct Asked {
    pub criteria: Criteria,
    pub request: ListRequest,
}

/// Adds criteria and search to a query over records.
pub fn narrow(ctx: &Ctx, entity: &Entity, query: &mut SelectStatement, schema: &Schema, criteria: &Criteria, search: Option<&str>) {
    if !criteria.is_everything() {
        query.and_where(criteria.to_sql(schema, ctx.db.dialect(), &moment(ctx)));
    }
    let words = text::asked_words(search.unwrap_or_default());
    if !words.is_empty() {
        let found = |table: &'static str| {
            Query::select()
                .column("rowid")
                .from(Alias::new(table))
                .and_where(ctx.db.dialect().search_match(table, &words))
                .to_owned()
        };
        let mut any = Cond::any().add(entity.col("id").in_subquery(found(entity.search.table)));
        for (table, column) in entity.search.through {
            any = any.add(entity.col(column).in_subquery(found(table)));
        }
        query.cond_where(any);
    } else if search.is_some_and(|search| !search.trim().is_empty()) {
        // Nothing but punctuation finds nothing.
        query.and_where(Expr::val(1).eq(0));
    }
}

/// A page of records and how many there are.
pub struct Found {
    pub page: Page,
    pub count: i64,
    pub count_is_capped: bool,
}

/// The records that are asked for: visible, narrowed; to which columns, an order or sums are added.
pub async fn asked(ctx: &Ctx, entity: &'static Entity, criteria: &Criteria, search: Option<&str>) -> Result<SelectStatement> {
    let definitions = custom::definitions(ctx, entity.name).await?;
    let schema = schema::for_actor(entity, &ctx.actor, &definitions);
    let mut query = visible(ctx, entity, entity.permissions.read).await?;
    narrow(ctx, entity, &mut query, &schema, criteria, search);
    Ok(query)
}

/// Lists the records the caller may read.
pub async fn list(ctx: &Ctx, entity: &'static Entity, asked: &Asked) -> Result<Found> {
    let definitions = custom::definitions(ctx, entity.name).await?;
    let schema = schema::for_actor(entity, &ctx.actor, &definitions);
    let keys = ordering(entity, &schema, asked)?;
    let search = asked.request.search.as_deref();
    let is_searched = search.is_some_and(|search| !search.trim().is_empty());
    let words = text::asked_words(search.unwrap_or_default());
    let mut filtered = visible(ctx, entity, entity.permissions.read).await?;
    let streams = asked.request.ordering.is_none() && streams(ctx, entity, &words);
    let keys = if streams {
        narrow(ctx, entity, &mut filtered, &schema, &asked.criteria, None);
        vec![stream(ctx, entity, &mut filtered, &words)]
    } else {
        narrow(ctx, entity, &mut filtered, &schema, &asked.criteria, search);
        keys
    };
    if !is_searched && let Some(few) = scope::few(ctx, entity.permissions.read, entity.owned()).await? {
        filtered.and_where(entity.col("id").in_subquery(few));
    }
    let row = row_for(ctx, entity, &definitions).await?;
    // The whole list newest first comes straight from an index; whatever is filtered or sorted is found before it is read.
    let page = if streams || (asked.criteria.is_everything() && !is_searched && asked.request.ordering.is_none()) {
        page::fetch(&ctx.db, &filtered, &row, &keys, &asked.request).await?
    } else {
        page::fetch_found(&ctx.db, &filtered, &row, &keys, &asked.request).await?
    };
    let (count, count_is_capped) = match page.total(&asked.request) {
        Some(total) => (total, false),
        None => {
            let cap = match asked.request.exact_count() {
                true => None,
                false if is_searched => Some(page::SEARCH_COUNT_CAP),
                false => Some(page::COUNT_CAP),
            };
            *count(ctx, entity, &filtered, cap).await?
        }
    };
    Ok(Found {
        page,
        count,
        count_is_capped,
    })
}

/// Whether what words find can be read in the order of the search table, so that the database stops after a page; in any other order, and on
/// PostgreSQL, it must first find everything.
pub(crate) fn streams(ctx: &Ctx, entity: &Entity, words: &[String]) -> bool {
    !words.is_empty() && entity.search.through.is_empty() && ctx.db.dialect() == Dialect::Sqlite
}

/// Reads what words find in the order of the search table, which is given back.
pub(crate) fn stream(ctx: &Ctx, entity: &Entity, query: &mut SelectStatement, words: &[String]) -> SortKey {
    let table = entity.search.table;
    query
        .from_clear()
        .from(Alias::new(table))
        .inner_join(entity.table, entity.col("id").equals((table, "rowid")))
        .and_where(ctx.db.dialect().search_match(table, words));
    SortKey {
        table,
        column: "rowid",
        nullable: false,
        descending: true,
    }
}

/// Counts, from memory while no record changes.
async fn count(ctx: &Ctx, entity: &'static Entity, filtered: &SelectStatement, cap: Option<i64>) -> Result<Arc<(i64, bool)>> {
    let key = format!(
        "{}.count {cap:?} {}",
        entity.plural,
        filtered.to_string(sea_query::SqliteQueryBuilder)
    );
    let (db, filtered) = (ctx.db.clone(), filtered.clone());
    ctx.db
        .memo()
        .get(
            key,
            &entity.touched(),
            || async move { page::count_up_to(&db, &filtered, cap).await },
        )
        .await
}

/// The columns a list is ordered by; newest first when nobody asks, the id last, so that the order is whole.
pub fn ordering(entity: &'static Entity, schema: &Schema, asked: &Asked) -> Result<Vec<SortKey>> {
    let key = |column: &'static str, nullable: bool, descending: bool| SortKey {
        table: entity.table,
        column,
        nullable,
        descending,
    };
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
            keys.push(key("id", false, descending));
            continue;
        }
        let sort = entity
            .field(name)
            .filter(|_| schema.field(name).is_some())
            .and_then(|(_, spec)| spec.sort);
        let Some(sort) = sort else {
            let sortable = entity.fields.iter().filter(|spec| spec.sort.is_some()).map(|spec| spec.name());
            let hint = text::nearest(name, sortable).unwrap_or("created_at");
            return Err(Error::BadRequest(say!(
                "“{}” alanına göre sıralanamaz; “{}” olabilir mi?",
                "Cannot order by “{}”; did you mean “{}”?",
                name,
                hint
            )));
        };
        keys.push(key(sort.column, sort.nullable, descending));
    }
    if keys.len() > 4 {
        return Err(invalid("ordering", say!("En çok 4 alan olabilir.", "May name 4 fields at most.")));
    }
    if !keys.iter().any(|key| key.column == "id") {
        let descending = keys[0].descending;
        keys.push(key("id", false, descending));
    }
    Ok(keys)
}

/// One record as JSON text with its version, if the caller may see it.
pub async fn get(ctx: &Ctx, entity: &'static Entity, id: i64) -> Result<(String, i64)> {
    let definitions = custom::definitions(ctx, entity.name).await?;
    let row = row_for(ctx, entity, &definitions).await?;
    let mut query = visible(ctx, entity, entity.permissions.read).await?;
    query
        .expr(ctx.db.dialect().own_sql(row.as_str()))
        .column((entity.table, "version"))
        .and_where(entity.col("id").eq(id));
    ctx.db.opt(&query).await?.ok_or(Error::NotFound)
}

/// One record as JSON text with its version, as it stands in the caller's transaction.
pub async fn read_back(tx: &mut Tx, ctx: &Ctx, entity: &'static Entity, id: i64) -> Result<(String, i64)> {
    let definitions = custom::definitions(ctx, entity.name).await?;
    let row = row_for(ctx, entity, &definitions).await?;
    let mut query = Query::select();
    query
        .expr(tx.dialect().own_sql(row.as_str()))
        .column((entity.table, "version"))
        .from(Alias::new(entity.table))
        .and_where(entity.col("id").eq(id));
    tx.opt(&query).await?.ok_or(Error::NotFound)
}

/// Refuses when the caller does not hold the permission on the record.
pub async fn require(ctx: &Ctx, entity: &'static Entity, permission: Permission, id: i64) -> Result<()> {
    let mut query = visible(ctx, entity, permission).await?;
    query.column((entity.table, "id")).and_where(entity.col("id").eq(id));
    ctx.db.opt::<(i64,)>(&query).await?.map(|_| ()).ok_or(Error::NotFound)
}

/// Records as they stand, to be changed in this transaction; those the caller may not act on are left out. In the order of the ids.
pub async fn for_change(
    tx: &mut Tx,
    ctx: &Ctx,
    entity: &'static Entity,
    permission: Permission,
    ids: &[i64],
    definitions: &Definitions,
) -> Result<Vec<Record>> {
    let condition = alive_in_scope(ctx, entity, permission).await?;
    load(tx, entity, ids, Some(condition), definitions).await
}

/// One record, to be changed in this transaction.
pub async fn one_for_change(tx: &mut Tx, ctx: &Ctx, entity: &'static Entity, permission: Permission, id: i64) -> Result<Record> {
    let definitions = custom::definitions(ctx, entity.name).await?;
    let found = for_change(tx, ctx, entity, permission, &[id], &definitions).await?;
    found.into_iter().next().ok_or(Error::NotFound)
}

/// Records as they stand whoever asks, also deleted ones: for undo, and for what the product does by itself.
pub async fn load(
    tx: &mut Tx,
    entity: &'static Entity,
    ids: &[i64],
    condition: Option<Cond>,
    definitions: &Definitions,
) -> Result<Vec<Record>> {
    let dialect = tx.dialect();
    let mut query = Query::select();
    query
        .expr(dialect.own_sql(row(dialect, entity, definitions, &Reader::whole())))
        .column((entity.table, "deleted_at"))
        .from(Alias::new(entity.table))
        .and_where(entity.col("id").is_in(ids.iter().copied()))
        .order_by((entity.table, "id"), Order::Asc);
    if let Some(condition) = condition {
        query.cond_where(condition);
    }
    dialect.for_update(&mut query);
    let rows: Vec<(String, Option<i64>)> = tx.all(&query).await?;
    let mut records = Vec::with_capacity(rows.len());
    for (json, deleted_at) in rows {
        let json: Map<String, Value> = serde_json::from_str(&json)?;
        let mut record = Record::from_row(entity, &json, definitions);
        record.deleted_at = deleted_at;
        records.push(record);
    }
    Ok(records)
}

/// Records as they stand, for reading only and without a lock: those that a query over the table finds.
pub async fn found(ctx: &Ctx, entity: &'static Entity, definitions: &Definitions, mut query: SelectStatement) -> Result<Vec<Record>> {
    let row = row(ctx.db.dialect(), entity, definitions, &Reader::whole());
    query.expr(ctx.db.dialect().own_sql(row));
    let rows = ctx.db.texts(&query).await?;
    let read = |json: &String| Ok(Record::from_row(entity, &serde_json::from_str(json)?, definitions));
    rows.iter().map(read).collect()
}
