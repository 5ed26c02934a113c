//! Rows that would become new customers though somebody very like them is there already, or stands in an earlier row of the file.

use std::collections::{BTreeSet, HashMap};

use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::json_text::JsonText;
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde::Serialize;
use utoipa::ToSchema;

use super::Import;
use crate::customer::{Customer, read};
use crate::duplicates::facts::{self, Facts};
use crate::duplicates::score::{REVIEW_MILLIS, score};
use crate::duplicates::{candidates, keys};
use crate::permissions::READ;

/// Rows of a file that later ones are compared with: some tens of megabytes. Beyond, only customers that are there are found.
const REMEMBERED: usize = 20_000;
/// Kept to be looked at; all are counted.
const MAX_KEPT: i64 = 1_000;

/// What earlier rows of the file said.
#[derive(Default)]
pub struct Remembered {
    rows: Vec<(u64, Facts)>,
    by_key: HashMap<i64, Vec<usize>>,
}

impl Remembered {
    fn note(&mut self, number: u64, facts: Facts, keys: &BTreeSet<i64>) {
        if self.rows.len() >= REMEMBERED {
            return;
        }
        for key in keys {
            self.by_key.entry(*key).or_default().push(self.rows.len());
        }
        self.rows.push((number, facts));
    }

    /// The rows that share a key with these facts, but for keys that many share.
    fn near(&self, keys: &BTreeSet<i64>) -> BTreeSet<usize> {
        let held = keys.iter().filter_map(|key| self.by_key.get(key));
        held.filter(|places| places.len() <= candidates::HOT).flatten().copied().collect()
    }
}

/// Who a row probably is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Likely {
    pub who: Who,
    pub probability_millis: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Customer(i64),
    Row(u64),
}

/// Finds the likeliest one of each new customer, given with the number of its row: by place. The rows that are none of those are remembered,
/// and all of them unless they are left out.
pub async fn find(tx: &mut Tx, remembered: &mut Remembered, new: &[(u64, &Customer)], leaves_out: bool) -> Result<HashMap<usize, Likely>> {
    let drafts: Vec<(u64, Facts, BTreeSet<i64>)> = new
        .iter()
        .map(|(number, customer)| {
            let facts = Facts::of(customer);
            let keys = keys::keys(&facts);
            (*number, facts, keys)
        })
        .collect();
    let asked: BTreeSet<i64> = drafts.iter().flat_map(|(_, _, keys)| keys.iter().copied()).collect();
    let holders = candidates::holders(tx, &asked.into_iter().collect::<Vec<_>>()).await?;
    let ids: BTreeSet<i64> = holders.values().flatten().copied().collect();
    let known = facts::load(tx, &ids.into_iter().collect::<Vec<_>>()).await?;
    let mut found = HashMap::new();
    for (place, (number, facts, keys)) in drafts.into_iter().enumerate() {
        let mut best: Option<Likely> = None;
        let mut consider = |who: Who, other: &Facts| {
            let Some(score) = score(&facts, other) else { return };
            let probability_millis = score.probability_millis();
            if probability_millis >= REVIEW_MILLIS && best.is_none_or(|best| best.probability_millis < probability_millis) {
                best = Some(Likely { who, probability_millis });
            }
        };
        let near: BTreeSet<i64> = keys.iter().filter_map(|key| holders.get(key)).flatten().copied().collect();
        for id in near {
            if let Ok(at) = known.binary_search_by_key(&id, |facts| facts.id) {
                consider(Who::Customer(id), &known[at]);
            }
        }
        for at in remembered.near(&keys) {
            if let Some((row, other)) = remembered.rows.get(at) {
                consider(Who::Row(*row), other);
            }
        }
        if let Some(likely) = best {
            found.insert(place, likely);
        }
        if best.is_none() || !leaves_out {
            remembered.note(number, facts, &keys);
        }
    }
    Ok(found)
}

/// A row and who it probably is, with the cells of the row.
#[derive(Clone, Debug)]
pub struct LikelyRow {
    pub number: u64,
    pub cells: Vec<String>,
    pub likely: Likely,
}

/// Keeps such rows, `before` of which were counted already.
pub async fn keep(tx: &mut Tx, import_id: i64, before: i64, rows: &[LikelyRow]) -> Result<()> {
    let room = usize::try_from(MAX_KEPT - before).unwrap_or(0);
    let kept = rows.iter().take(room);
    let mut values = Vec::new();
    for row in kept {
        let (customer_id, other) = match row.likely.who {
            Who::Customer(id) => (Some(id), None),
            Who::Row(number) => (None, Some(number as i64)),
        };
        values.push(vec![
            import_id.into(),
            (row.number as i64).into(),
            customer_id.into(),
            other.into(),
            row.likely.probability_millis.into(),
            serde_json::to_string(&row.cells)?.into(),
        ]);
    }
    let columns = [
        "import_id",
        "row_number",
        "customer_id",
        "other_row_number",
        "probability_millis",
        "cells",
    ];
    tx.insert_rows("import_likely_duplicates", &columns, values.into_iter()).await
}

/// Forgets those of an earlier try.
pub async fn clear(tx: &mut Tx, import_id: i64) -> Result<()> {
    let delete = Query::delete()
        .from_table("import_likely_duplicates")
        .and_where(Expr::col("import_id").eq(import_id))
        .to_owned();
    tx.exec(&delete).await?;
    Ok(())
}

/// A row that would become a customer who is probably there already.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LikelyDuplicate {
    pub row_number: i64,
    /// As the file has them, or as they were put right.
    pub cells: Vec<String>,
    /// Between 0 and 1.
    pub probability: f64,
    /// The customer it probably is; none when that is another row, or a customer the caller may not see.
    pub customer_id: Option<i64>,
    pub customer_name: Option<String>,
    /// The earlier row of the file that it probably repeats.
    pub other_row_number: Option<i64>,
}

/// Those that the last try found, the first thousand in the order of the file.
pub async fn list(ctx: &Ctx, import: &Import) -> Result<Vec<LikelyDuplicate>> {
    let query = Query::select()
        .columns(["row_number", "cells", "probability_millis", "customer_id", "other_row_number"])
        .from(Alias::new("import_likely_duplicates"))
        .and_where(Expr::col("import_id").eq(import.id))
        .order_by("row_number", Order::Asc)
        .order_by("id", Order::Asc)
        .limit(MAX_KEPT as u64)
        .to_owned();
    type Row = (i64, JsonText<Vec<String>>, i64, Option<i64>, Option<i64>);
    let rows: Vec<Row> = ctx.db.all(&query).await?;
    let mut seen: HashMap<i64, String> = HashMap::new();
    let ids: BTreeSet<i64> = rows.iter().filter_map(|row| row.3).collect();
    if !ids.is_empty() && ctx.actor.may(READ) {
        let mut visible = read::visible(ctx, READ).await?;
        visible
            .columns([("customers", "id"), ("customers", "name")])
            .and_where(Expr::col(("customers", "id")).is_in(ids));
        seen.extend(ctx.db.all::<(i64, String)>(&visible).await?);
    }
    let shown = |(row_number, cells, probability_millis, customer_id, other_row_number): Row| {
        let customer_name = customer_id.and_then(|id| seen.get(&id)).cloned();
        LikelyDuplicate {
            row_number,
            cells: cells.0,
            probability: probability_millis as f64 / 1000.0,
            customer_id: customer_id.filter(|_| customer_name.is_some()),
            customer_name,
            other_row_number,
        }
    };
    Ok(rows.into_iter().map(shown).collect())
}
