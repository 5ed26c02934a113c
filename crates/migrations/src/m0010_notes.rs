//! Notes about customers, who is looking at a record just now, and what users keep about records for themselves.

use kernel::db::Tx;
use kernel::error::Result;

use crate::{index, table};

pub async fn up(tx: &mut Tx) -> Result<()> {
    table(tx, "notes")
        .id()
        .child_of("customer_id", "customers")
        .text("body")
        .boolean_or("is_pinned", false)
        .refers_to("author_id", "users")
        .integer("created_at")
        .integer("updated_at")
        .integer_or("version", 1)
        .integer_or_null("deleted_at")
        .create(tx)
        .await?;
    index(tx, "notes", &["customer_id", "is_pinned", "id"], None).await?;
    index(tx, "notes", &["deleted_at"], Some("deleted_at IS NOT NULL")).await?;

    table(tx, "presences")
        .integer("record_id")
        .text("entity")
        .child_of("user_id", "users")
        .text("state")
        .integer("since")
        .integer("seen_at")
        .key(&["record_id", "entity", "user_id"])
        .create(tx)
        .await?;
    index(tx, "presences", &["seen_at"], None).await?;

    table(tx, "recents")
        .child_of("user_id", "users")
        .text("entity")
        .integer("record_id")
        .integer("seen_at")
        .key(&["user_id", "entity", "record_id"])
        .create(tx)
        .await?;
    index(tx, "recents", &["record_id"], None).await?;

    table(tx, "favourites")
        .child_of("user_id", "users")
        .text("entity")
        .integer("record_id")
        .integer("position")
        .key(&["user_id", "entity", "record_id"])
        .create(tx)
        .await?;
    index(tx, "favourites", &["record_id"], None).await
}
