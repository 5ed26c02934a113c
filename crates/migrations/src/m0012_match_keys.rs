//! Match keys by generations of customers: what is written now lies together, instead of all over the table.

use kernel::db::Tx;
use kernel::error::Result;
use sea_query::{Alias, Query};

use crate::table;

pub async fn up(tx: &mut Tx) -> Result<()> {
    tx.raw("DROP TABLE match_keys").await?;
    table(tx, "match_keys")
        .integer("generation")
        .integer("key")
        .integer("customer_id")
        .key(&["generation", "key", "customer_id"])
        .clustered()
        .create(tx)
        .await?;
    let any = Query::select().column("id").from(Alias::new("customers")).limit(1).to_owned();
    if tx.opt::<(i64,)>(&any).await?.is_some() {
        tx.enqueue("customers.find_duplicates", Default::default(), 0).await?;
    }
    Ok(())
}
