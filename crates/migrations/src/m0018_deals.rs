//! What hangs on leads and opportunities: notes, the keys a lead is found by when it comes a second time, and what it agreed to.

use kernel::db::Tx;
use kernel::error::Result;

use crate::{index, table};

pub async fn up(tx: &mut Tx) -> Result<()> {
    // Notes about records that are no customers.
    table(tx, "record_notes")
        .id()
        .text("entity")
        .integer("record_id")
        .text("body")
        .boolean_or("is_pinned", false)
        .refers_to("author_id", "users")
        .integer("created_at")
        .integer("updated_at")
        .integer_or("version", 1)
        .integer_or_null("deleted_at")
        .create(tx)
        .await?;
    index(tx, "record_notes", &["record_id", "entity", "is_pinned", "id"], None).await?;
    index(tx, "record_notes", &["deleted_at"], Some("deleted_at IS NOT NULL")).await?;

    // By what two leads are the same: `p:321112233`, the last digits of a phone.
    table(tx, "lead_keys")
        .text("key")
        .child_of("lead_id", "leads")
        .key(&["key", "lead_id"])
        .create(tx)
        .await?;
    index(tx, "lead_keys", &["lead_id"], None).await?;

    // What a lead agreed to before it was a customer; goes into the ledger of the customer it becomes.
    table(tx, "lead_consents")
        .id()
        .child_of("lead_id", "leads")
        .text("channel")
        .text("purpose")
        .text("status")
        .text("source")
        .text("evidence")
        .text("notice_hash")
        .integer("at")
        .integer("recorded_at")
        .refers_to("actor_id", "users")
        .integer_or_null("consent_id")
        .create(tx)
        .await?;
    index(tx, "lead_consents", &["lead_id"], None).await
}
