//! The reasons for which opportunities are won and lost and leads disqualified, as an organisation lists them.

use kernel::db::Tx;
use kernel::error::Result;

use crate::{table, unique};

pub async fn up(tx: &mut Tx) -> Result<()> {
    // Without a row the product's own list holds.
    table(tx, "reason_lists")
        .id()
        // win, loss, disqualify
        .text("kind")
        .text_or("reasons", "[]")
        .create(tx)
        .await?;
    unique(tx, "reason_lists", &["kind"], None).await
}
