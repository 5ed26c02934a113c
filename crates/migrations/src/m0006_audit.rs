//! By what means and from where a change came; the audit: one entry per event, each with the hash of all before it.

use kernel::db::Tx;
use kernel::dialect::Dialect;
use kernel::error::Result;

use crate::{index, table, unique};

pub async fn up(tx: &mut Tx) -> Result<()> {
    let text = match tx.dialect() {
        Dialect::Sqlite => "text",
        Dialect::Postgres => "text COLLATE \"C\"",
    };
    for column in ["via", "address"] {
        tx.raw(format!("ALTER TABLE events ADD COLUMN {column} {text}")).await?;
    }
    // The ids follow each other without a gap, whoever rolled back: the consumer counts them.
    table(tx, "audit_entries")
        .integer("id")
        .integer("at")
        .integer_or_null("actor_id")
        .text_or_null("via")
        .text_or_null("address")
        .text("kind")
        .text("subject_type")
        .integer("subject_id")
        .integer("event_id")
        .text("summary")
        .text("prev_hash")
        .text("hash")
        .key(&["id"])
        .create(tx)
        .await?;
    unique(tx, "audit_entries", &["event_id"], None).await?;
    for columns in [
        &["at", "id"][..],
        &["actor_id", "at", "id"],
        &["kind", "at", "id"],
        &["subject_type", "subject_id", "at", "id"],
    ] {
        index(tx, "audit_entries", columns, None).await?;
    }
    // Where the chain begins once the oldest entries were ended: the hash of the last of them.
    table(tx, "audit_checkpoints")
        .id()
        .integer("at")
        .integer_or_null("actor_id")
        .integer("entry_id")
        .integer("event_id")
        .integer("ended")
        .text("hash")
        .create(tx)
        .await?;
    let dialect = tx.dialect();
    let not_ended = "NOT EXISTS (SELECT 1 FROM audit_checkpoints WHERE audit_checkpoints.entry_id >= OLD.id)";
    dialect.only_grows(tx, "audit_entries", not_ended).await?;
    dialect.only_grows(tx, "audit_checkpoints", "1 = 1").await
}
