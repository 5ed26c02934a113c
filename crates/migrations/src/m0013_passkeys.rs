//! Passkeys, and for how long the audit is kept.

use kernel::db::Tx;
use kernel::error::Result;

use crate::table::add_column;
use crate::{index, table, unique};

pub async fn up(tx: &mut Tx) -> Result<()> {
    // `state` is what changes with use: the counter above all.
    table(tx, "passkeys")
        .id()
        .child_of("user_id", "users")
        .text("handle")
        .text("credential_id")
        .text("public_key")
        .text("state")
        .integer("transports")
        .text("name")
        .text("user_agent")
        .integer("created_at")
        .integer_or_null("used_at")
        .create(tx)
        .await?;
    unique(tx, "passkeys", &["credential_id"], None).await?;
    index(tx, "passkeys", &["user_id"], None).await?;
    // A challenge names a user where it is for a registration, and nobody where somebody wants to come in.
    table(tx, "passkey_challenges")
        .id()
        .integer_or_null("user_id")
        .text("challenge_hash")
        .text("state")
        .integer("expires_at")
        .create(tx)
        .await?;
    unique(tx, "passkey_challenges", &["challenge_hash"], None).await?;
    index(tx, "passkey_challenges", &["expires_at"], None).await?;
    let months = tx.dialect().integer("audit_kept_months");
    add_column(tx, "organisation", months).await
}
