//! Who may be the same as whom, and what a merge of customers has moved.

use kernel::db::Tx;
use kernel::error::Result;
use sea_query::{Alias, Query};

use crate::{index, table, unique};

pub async fn up(tx: &mut Tx) -> Result<()> {
    // Narrow on purpose: every customer has some seven, and they are written with it.
    table(tx, "match_keys")
        .integer("key")
        .integer("customer_id")
        .key(&["key", "customer_id"])
        .clustered()
        .create(tx)
        .await?;
    index(tx, "match_keys", &["customer_id"], None).await?;

    table(tx, "duplicate_pairs")
        .id()
        .child_of("low_id", "customers")
        .child_of("high_id", "customers")
        .integer("probability_millis")
        .text("reasons")
        .text_or("state", "open")
        .integer("found_at")
        .integer_or_null("decided_by")
        .integer_or_null("decided_at")
        .create(tx)
        .await?;
    unique(tx, "duplicate_pairs", &["low_id", "high_id"], None).await?;
    index(tx, "duplicate_pairs", &["high_id"], None).await?;
    index(tx, "duplicate_pairs", &["state", "probability_millis", "id"], None).await?;

    // Old ids outlive the rows they were of: whoever kept one still finds the customer.
    table(tx, "customer_redirects")
        .integer("old_id")
        .child_of("customer_id", "customers")
        .key(&["old_id"])
        .create(tx)
        .await?;
    index(tx, "customer_redirects", &["customer_id"], None).await?;

    table(tx, "merges")
        .child_of("operation_id", "operations")
        .child_of("winner_id", "customers")
        .text("before")
        .key(&["operation_id"])
        .create(tx)
        .await?;
    index(tx, "merges", &["winner_id"], None).await?;
    table(tx, "merge_moves")
        .child_of("operation_id", "operations")
        .text("place")
        .integer("row_id")
        .integer("from_id")
        .key(&["operation_id", "place", "row_id"])
        .create(tx)
        .await?;
    index(tx, "merge_moves", &["from_id"], None).await?;

    // A merge gives entries of the ledger another owner; nothing else of them ever changes.
    let fixed = [
        "id",
        "channel",
        "purpose",
        "status",
        "source",
        "evidence",
        "notice_hash",
        "at",
        "recorded_at",
        "actor_id",
    ];
    tx.dialect()
        .let_owner_change(tx, "consents", "customer_id", "customers", &fixed)
        .await?;

    // Customers that were there before have no keys yet.
    let any = Query::select().column("id").from(Alias::new("customers")).limit(1).to_owned();
    if tx.opt::<(i64,)>(&any).await?.is_some() {
        tx.enqueue("customers.find_duplicates", Default::default(), 0).await?;
    }
    Ok(())
}
