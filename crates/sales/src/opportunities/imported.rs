//! What a file gives of an opportunity beside its fields: the product it is about, which becomes its one line.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::db::Tx;
use kernel::error::Result;
use kernel::say;
use kernel::text::fold;
use records::change::{Changed, Draft};
use sea_query::{Alias, Query};
use sqlx::FromRow;

use super::Key;

/// The name of the product's column.
pub const PRODUCT: &str = "product";

/// By what a product is found: its name without case, signs and blanks, so that "GTXPro" is "GTX Pro".
fn key(name: &str) -> String {
    fold(name).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// A product as a file names it.
#[derive(FromRow)]
struct Known {
    id: i64,
    code: String,
    name: String,
    /// Minor units.
    price: i64,
    currency: String,
}

/// The products, by [`key`]s of name and code.
async fn known(tx: &mut Tx) -> Result<BTreeMap<String, Arc<Known>>> {
    let products = Query::select()
        .columns(["id", "code", "name", "price", "currency"])
        .from(Alias::new("products"))
        .to_owned();
    let mut known = BTreeMap::new();
    for product in tx.all::<Known>(&products).await? {
        let product = Arc::new(product);
        known.insert(key(&product.code), product.clone());
        known.insert(key(&product.name), product);
    }
    Ok(known)
}

/// Refuses products that nobody knows. An opportunity without a name is called by its product, and one without an amount is worth the
/// list price.
pub async fn check(tx: &mut Tx, drafts: &mut [Draft]) -> Result<()> {
    if drafts.iter().all(|draft| !draft.after.carried.contains_key(PRODUCT)) {
        return Ok(());
    }
    let known = known(tx).await?;
    for draft in drafts.iter_mut() {
        let Some(asked) = draft.after.carried.get(PRODUCT).and_then(|name| name.as_str()) else {
            continue;
        };
        let Some(product) = known.get(&key(asked)) else {
            draft.errors.add(PRODUCT, say!("Böyle bir ürün yok.", "There is no such product."));
            continue;
        };
        let after = &mut draft.after;
        if after[Key::Name].is_missing() {
            after.set(Key::Name, product.name.as_str());
        }
        let is_bare = draft.before.is_none() && after[Key::Amount].is_missing() && after[Key::Currency].is_missing();
        if is_bare {
            after.set(Key::Amount, product.price);
            after.set(Key::Currency, product.currency.as_str());
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
            let product = known.get(&key(name))?;
            let amount = changed.after[Key::Amount].int().unwrap_or_default();
            Some(vec![
                changed.after.id.into(),
                product.id.into(),
                product.name.as_str().into(),
                1_000.into(),
                amount.into(),
                amount.into(),
            ])
        })
        .collect();
    let columns = ["opportunity_id", "product_id", "name", "quantity", "unit_price", "total"];
    tx.insert_rows("opportunity_lines", &columns, rows.into_iter()).await
}
