//! Words that people put on customers. The table of tags is the truth; the column `customers.tags` shows their names.

pub mod http;

use std::collections::{BTreeMap, BTreeSet};

use kernel::db::Tx;
use kernel::error::Result;
use kernel::text::{fold, sort_key};
use sea_query::{Alias, Cond, Expr, ExprTrait, OnConflict, Query};

use crate::customer::Customer;
use crate::fields::Key;

/// Brings the tag rows of changed customers to their lists: `(before, after)`. Tags nobody has used before are made.
pub async fn store(tx: &mut Tx, changed: &[(&Customer, &Customer)]) -> Result<()> {
    let mut added: Vec<(i64, String)> = Vec::new();
    let mut removed: Vec<(i64, String)> = Vec::new();
    for (before, after) in changed {
        let (old, new) = (before[Key::Tags].list(), after[Key::Tags].list());
        added.extend(new.iter().filter(|tag| !old.contains(tag)).map(|tag| (after.id, tag.clone())));
        removed.extend(old.iter().filter(|tag| !new.contains(tag)).map(|tag| (after.id, tag.clone())));
    }
    if added.is_empty() && removed.is_empty() {
        return Ok(());
    }
    let names: BTreeSet<&str> = added.iter().chain(&removed).map(|(_, tag)| tag.as_str()).collect();
    let ids = ensure(tx, &names).await?;
    for some in removed.chunks(200) {
        let mut either = Cond::any();
        for (customer_id, tag) in some {
            if let Some(tag_id) = ids.get(&fold(tag)) {
                either = either.add(Expr::col("customer_id").eq(*customer_id).and(Expr::col("tag_id").eq(*tag_id)));
            }
        }
        tx.exec(&Query::delete().from_table("customer_tags").cond_where(either).to_owned())
            .await?;
    }
    for some in added.chunks(500) {
        let mut insert = Query::insert();
        insert.into_table("customer_tags").columns(["customer_id", "tag_id"]);
        for (customer_id, tag) in some {
            if let Some(tag_id) = ids.get(&fold(tag)) {
                insert.values_panic([(*customer_id).into(), (*tag_id).into()]);
            }
        }
        insert.on_conflict(OnConflict::columns(["customer_id", "tag_id"]).do_nothing().to_owned());
        tx.exec(&insert).await?;
    }
    Ok(())
}

/// The ids of tags by folded name, made where they are missing.
async fn ensure(tx: &mut Tx, names: &BTreeSet<&str>) -> Result<BTreeMap<String, i64>> {
    let mut insert = Query::insert();
    insert.into_table("tags").columns(["name", "name_fold", "name_sort", "color"]);
    for name in names {
        insert.values_panic([(*name).into(), fold(name).into(), sort_key(name).into(), "".into()]);
    }
    insert.on_conflict(OnConflict::column("name_fold").do_nothing().to_owned());
    tx.exec(&insert).await?;
    let folded: Vec<String> = names.iter().map(|name| fold(name)).collect();
    let query = Query::select()
        .columns(["name_fold", "id"])
        .from(Alias::new("tags"))
        .and_where(Expr::col("name_fold").is_in(folded))
        .to_owned();
    let rows: Vec<(String, i64)> = tx.all(&query).await?;
    Ok(rows.into_iter().collect())
}
