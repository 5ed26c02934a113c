//! Who shares a match key with whom.

use std::collections::HashMap;

use kernel::db::{Db, Tx};
use kernel::error::Result;
use sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, UnionType};

use super::keys;

/// A key that more customers have tells nothing: the switchboard of a firm, a common name in a large city. It is passed over.
pub const HOT: usize = 50;
/// Keys asked for at once; SQLite takes five hundred.
const KEYS_AT_ONCE: usize = 400;

/// The holders of keys, by key; hot keys have none.
pub type Holders = HashMap<i64, Vec<i64>>;

/// Who has these keys; `newest` is the largest id of a customer.
pub async fn holders(tx: &mut Tx, keys: &[i64], newest: i64) -> Result<Holders> {
    let mut holders = Holders::new();
    for some in keys.chunks(KEYS_AT_ONCE) {
        if let Some(query) = select(some, newest) {
            gather(&mut holders, tx.all(&query).await?);
        }
    }
    Ok(cooled(holders))
}

/// The same outside a transaction.
pub async fn read(db: &Db, keys: &[i64], newest: i64) -> Result<Holders> {
    let mut holders = Holders::new();
    for some in keys.chunks(KEYS_AT_ONCE) {
        if let Some(query) = select(some, newest) {
            gather(&mut holders, db.all(&query).await?);
        }
    }
    Ok(cooled(holders))
}

/// Of each key no more holders than it takes to see that it is hot.
fn select(keys: &[i64], newest: i64) -> Option<SelectStatement> {
    let one = |key: &i64| {
        let some = Query::select()
            .columns(["key", "customer_id"])
            .from(Alias::new("match_keys"))
            .and_where(Expr::col("generation").is_in(0..=keys::generation(newest)))
            .and_where(Expr::col("key").eq(*key))
            .limit(HOT as u64 + 1)
            .to_owned();
        Query::select()
            .columns(["key", "customer_id"])
            .from_subquery(some, Alias::new("some"))
            .to_owned()
    };
    let (first, rest) = keys.split_first()?;
    let mut query = one(first);
    for key in rest {
        query.union(UnionType::All, one(key));
    }
    Some(query)
}

fn gather(holders: &mut Holders, rows: Vec<(i64, i64)>) {
    for (key, customer_id) in rows {
        holders.entry(key).or_default().push(customer_id);
    }
}

fn cooled(mut holders: Holders) -> Holders {
    holders.retain(|_, ids| ids.len() <= HOT);
    holders
}
