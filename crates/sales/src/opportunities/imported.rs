//! What a file gives of an opportunity beside its fields: the product it is about, which becomes its one line.

use std::collections::BTreeMap;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::say;
use kernel::text::fold;
use records::change::{Changed, Draft};
use sea_query::{Alias, Query};

use super::Key;

/// The name of the product's column.
pub const PRODUCT: &str = "product";

/// By what a product is found: its name without case, signs and blanks, so that "GTXPro" is "GTX Pro".
fn key(name: &str) -> String {
    fold(name).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Id and name of the products, by [`key`]s of name and code.
async fn known(tx: &mut Tx) -> Result<BTreeMap<String, (i64, String)>> {
    let products = Query::select()
        .columns(["id", "code", "name"])
        .from(Alias::new("products"))
        .to_owned();
    let mut known = BTreeMap::new();
    for (id, code, name) in tx.all::<(i64, String, String)>(&products).await? {
        known.insert(key(&code), (id, name.clone()));
        known.insert(key(&name), (id, name));
    }
    Ok(known)
}

/// Refuses products that nobody knows.
pub async fn check(tx: &mut Tx, drafts: &mut [Draft]) -> Result<()> {
    if drafts.iter().all(|draft| !draft.after.carried.contains_key(PRODUCT)) {
        return Ok(());
    }
    let known = known(tx).await?;
    for draft in drafts.iter_mut() {
        let Some(asked) = draft.after.carried.get(PRODUCT).and_then(|name| name.as_str()) else {
            continue;
        };
        if !known.contains_key(&key(asked)) {
            draft.errors.add(PRODUCT, say!("Böyle bir ürün yok.", "There is no such product."));
        }
    }
    Ok(())
}

/// Writes the lines of new opportunities that name a product: one of it, for the amount.
pub async fn products(tx: &mut Tx, changed: &[Changed]) -> Result<()> {
    let asked: Vec<(&Changed, &str)> = changed
        .iter()
        .filter(|changed| changed.is_new())
        .filter_map(|changed| Some((changed, changed.after.carried.get(PRODUCT)?.as_str()?)))
        .collect();
    if asked.is_empty() {
        return Ok(());
    }
    let known = known(tx).await?;
    let rows: Vec<Vec<sea_query::Value>> = asked
        .iter()
        .filter_map(|(changed, name)| {
            let (id, name) = known.get(&key(name))?;
            let amount = changed.after[Key::Amount].int().unwrap_or_default();
            Some(vec![
                changed.after.id.into(),
                (*id).into(),
                name.as_str().into(),
                1_000.into(),
                amount.into(),
                amount.into(),
            ])
        })
        .collect();
    let columns = ["opportunity_id", "product_id", "name", "quantity", "unit_price", "total"];
    tx.insert_rows("opportunity_lines", &columns, rows.into_iter()).await
}
