//! When somebody was erased, and the rules by which customers are erased or deleted in time.

use kernel::db::Tx;
use kernel::error::Result;

use crate::{add_column, table};

pub async fn up(tx: &mut Tx) -> Result<()> {
    let column = tx.dialect().integer("erased_at");
    add_column(tx, "customers", column).await?;
    table(tx, "retention_rules")
        .id()
        .text("name")
        .text("criteria")
        .text("action")
        .boolean_or("is_active", false)
        // Of the criteria and action that the last dry run was about.
        .text("checked_hash")
        .integer_or_null("checked_at")
        .integer_or_null("checked_count")
        .integer_or_null("ran_at")
        .integer_or("total_count", 0)
        .integer("created_at")
        .integer("updated_at")
        .create(tx)
        .await
}
