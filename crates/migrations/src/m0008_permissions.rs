//! Teams as a tree, what roles say of rows and fields, single records shared, and looking at the product as somebody else.

use kernel::db::Tx;
use kernel::error::Result;

use crate::{add_column, add_reference, index, table};

pub async fn up(tx: &mut Tx) -> Result<()> {
    add_reference(tx, "teams", "parent_id", "teams").await?;
    add_reference(tx, "teams", "manager_id", "users").await?;
    for rules in ["row_rules", "field_rules"] {
        let column = tx.dialect().text(rules).not_null().default("{}").to_owned();
        add_column(tx, "roles", column).await?;
    }
    add_reference(tx, "sessions", "view_as_id", "users").await?;
    table(tx, "record_shares")
        .id()
        .text("entity")
        .integer("record_id")
        .refers_to("user_id", "users")
        .refers_to("team_id", "teams")
        .text("level")
        .integer("created_at")
        .integer_or_null("created_by")
        .create(tx)
        .await?;
    index(tx, "record_shares", &["record_id", "entity"], None).await?;
    index(
        tx,
        "record_shares",
        &["user_id", "entity", "record_id"],
        Some("user_id IS NOT NULL"),
    )
    .await?;
    index(
        tx,
        "record_shares",
        &["team_id", "entity", "record_id"],
        Some("team_id IS NOT NULL"),
    )
    .await
}
