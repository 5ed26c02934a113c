//! Keeping records: the one place that writes their rows, in batches.

use std::collections::BTreeMap;

use criteria::Place;
use identity::shares;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::text;
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde_json::{Map, Value};

use crate::cell::Cell;
use crate::entity::Entity;
use crate::fields::{Form, Spec};
use crate::presence;
use crate::record::Record;

/// Columns that every entity has beside those of its fields.
const EXTRA: [&str; 6] = ["custom", "custom_fold", "version", "created_at", "updated_at", "deleted_at"];

fn columns(entity: &'static Entity) -> Vec<&'static str> {
    let stored = entity
        .stored()
        .map(|(_, _, column)| column)
        .filter(|column| !EXTRA.contains(column));
    let folded = entity.fields.iter().filter_map(|spec| spec.folded());
    let sorts = sort_columns(entity).map(|(_, column)| column);
    let lists = lists(entity).map(|(_, spec)| spec.field.name.as_ref());
    stored.chain(folded).chain(sorts).chain(lists).chain(EXTRA).collect()
}

/// Columns with sort keys of texts, by the place of their fields: those called `…_sort`.
fn sort_columns(entity: &'static Entity) -> impl Iterator<Item = (usize, &'static str)> {
    entity.fields.iter().enumerate().filter_map(|(index, spec)| {
        let column = spec.sort?.column;
        column.ends_with("_sort").then_some((index, column))
    })
}

/// Fields in rows of their own, which the record's row holds as well: as JSON, in the column of the field's name.
fn lists(entity: &'static Entity) -> impl Iterator<Item = (usize, &'static Spec)> {
    entity.fields.iter().enumerate().filter(|(_, spec)| spec.is_list())
}

fn values(record: &Record) -> Vec<sea_query::Value> {
    let entity = record.entity;
    let own = entity
        .stored()
        .filter(|(_, _, column)| !EXTRA.contains(column))
        .map(|(index, spec, _)| record.at(index).to_sql(&spec.field.kind));
    let folded = entity
        .fields
        .iter()
        .enumerate()
        .filter(|(_, spec)| spec.folded().is_some())
        .map(|(index, _)| text::fold(record.at(index).text()).into());
    let sorts = sort_columns(entity).map(|(index, _)| text::sort_key(record.at(index).text()).into());
    let lists = lists(entity).map(|(index, spec)| spec.show(record.at(index)).to_string().into());
    let mut values: Vec<sea_query::Value> = own.chain(folded).chain(sorts).chain(lists).collect();
    let (custom, custom_fold) = custom_json(&record.custom);
    values.extend([
        custom.into(),
        custom_fold.into(),
        record.version.into(),
        record.created_at.into(),
        record.updated_at.into(),
        record.deleted_at.into(),
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

/// Writes new records, and gives them their ids.
pub async fn insert(tx: &mut Tx, entity: &'static Entity, records: &mut [Record]) -> Result<()> {
    let columns = columns(entity);
    let ids = tx.insert_new_rows(entity.table, &columns, records.iter().map(values)).await?;
    for (record, id) in records.iter_mut().zip(ids) {
        record.id = id;
    }
    let words: Vec<(i64, String)> = records.iter().map(|record| (record.id, record.search_words())).collect();
    tx.dialect().search_add(tx, entity.search.table, &words).await?;
    let fresh: Vec<(Option<&Record>, &Record)> = records.iter().map(|record| (None, record)).collect();
    keep_lists(tx, entity, &fresh).await
}

/// Writes changed records: `(before, after)`.
pub async fn update(tx: &mut Tx, entity: &'static Entity, changed: &[(&Record, &Record)]) -> Result<()> {
    let columns: Vec<&str> = ["id"].into_iter().chain(columns(entity)).collect();
    let rows = changed.iter().map(|(_, record)| [vec![record.id.into()], values(record)].concat());
    tx.put_rows(entity.table, &columns, rows).await?;
    // Whoever is deleted is not found by words either.
    let words_of = |record: &Record| record.deleted_at.is_none().then(|| record.search_words());
    let touched: Vec<(i64, Option<String>)> = changed
        .iter()
        .filter(|(before, after)| words_of(before) != words_of(after))
        .map(|(_, after)| (after.id, words_of(after)))
        .collect();
    let ids: Vec<i64> = touched.iter().map(|(id, _)| *id).collect();
    let words: Vec<(i64, String)> = touched.into_iter().filter_map(|(id, words)| Some((id, words?))).collect();
    let dialect = tx.dialect();
    dialect.search_remove(tx, entity.search.table, &ids).await?;
    dialect.search_add(tx, entity.search.table, &words).await?;
    let old: Vec<(Option<&Record>, &Record)> = changed.iter().map(|(before, after)| (Some(*before), *after)).collect();
    keep_lists(tx, entity, &old).await
}

/// Brings the rows of fields with lists (users, tags, texts) to what they hold: `(before, after)`.
async fn keep_lists(tx: &mut Tx, entity: &'static Entity, changed: &[(Option<&Record>, &Record)]) -> Result<()> {
    for (index, spec) in lists(entity) {
        let Place::Set {
            table,
            owner,
            value,
            folded,
            ..
        } = spec.field.place
        else {
            continue;
        };
        let differs: Vec<&(Option<&Record>, &Record)> = changed
            .iter()
            .filter(|(before, after)| before.map_or(&Cell::Missing, |before| before.at(index)) != after.at(index))
            .collect();
        let old = differs.iter().filter_map(|(before, _)| *before).map(|before| before.id);
        let old: Vec<i64> = old.collect();
        if !old.is_empty() {
            let gone = Query::delete().from_table(table).and_where(Expr::col(owner).is_in(old)).to_owned();
            tx.exec(&gone).await?;
        }
        let mut rows: Vec<Vec<sea_query::Value>> = Vec::new();
        for (_, after) in differs {
            for text in after.at(index).list() {
                let mut row = vec![after.id.into()];
                match spec.form {
                    Form::Users => row.extend(text.parse::<i64>().ok().map(Into::into)),
                    _ => row.push(text.as_str().into()),
                }
                row.extend(folded.map(|_| kernel::text::fold(text).into()));
                rows.push(row);
            }
        }
        let columns: Vec<&'static str> = [owner, value].into_iter().chain(folded).collect();
        tx.insert_rows(table, &columns, rows.into_iter()).await?;
    }
    Ok(())
}

/// Ends records that were deleted before a time, with what hangs on them; says how many.
pub async fn purge(tx: &mut Tx, entity: &'static Entity, before_us: i64, at_once: u64) -> Result<u64> {
    let query = Query::select()
        .column("id")
        .from(Alias::new(entity.table))
        .and_where(Expr::col("deleted_at").lt(before_us))
        .order_by("id", Order::Asc)
        .limit(at_once)
        .to_owned();
    let ids: Vec<i64> = tx.all::<(i64,)>(&query).await?.into_iter().map(|(id,)| id).collect();
    if ids.is_empty() {
        return Ok(0);
    }
    shares::forget(tx, entity.name, &ids).await?;
    presence::forget(tx, entity.name, &ids).await?;
    let end = Query::delete()
        .from_table(entity.table)
        .and_where(Expr::col("id").is_in(ids))
        .to_owned();
    tx.exec(&end).await
}
