//! Signing in, in depth: the second factor, failures that are counted, links to a new password, identities at other providers, and what
//! directories call our users and roles.

use kernel::db::Tx;
use kernel::error::Result;
use sea_query::{ColumnDef, Table};

use crate::{index, table, unique};

pub async fn up(tx: &mut Tx) -> Result<()> {
    table(tx, "two_factor")
        .child_of("user_id", "users")
        .text("secret")
        .boolean_or("is_on", false)
        .integer_or("last_step", 0)
        .integer("created_at")
        .key(&["user_id"])
        .create(tx)
        .await?;
    table(tx, "recovery_codes")
        .id()
        .child_of("user_id", "users")
        .text("code_hash")
        .create(tx)
        .await?;
    unique(tx, "recovery_codes", &["user_id", "code_hash"], None).await?;
    table(tx, "sign_in_challenges")
        .id()
        .child_of("user_id", "users")
        .text("token_hash")
        .integer("failures")
        .integer("expires_at")
        .create(tx)
        .await?;
    unique(tx, "sign_in_challenges", &["token_hash"], None).await?;
    index(tx, "sign_in_challenges", &["user_id"], None).await?;
    table(tx, "sign_in_failures")
        .text_key("subject")
        .integer("failures")
        .integer("last_at")
        .integer("blocked_until")
        .create(tx)
        .await?;
    index(tx, "sign_in_failures", &["last_at"], None).await?;
    table(tx, "password_resets")
        .id()
        .child_of("user_id", "users")
        .text("token_hash")
        .integer("expires_at")
        .create(tx)
        .await?;
    unique(tx, "password_resets", &["token_hash"], None).await?;
    index(tx, "password_resets", &["user_id"], None).await?;
    table(tx, "external_identities")
        .id()
        .child_of("user_id", "users")
        .text("issuer")
        .text("subject")
        .integer("created_at")
        .create(tx)
        .await?;
    unique(tx, "external_identities", &["issuer", "subject"], None).await?;
    index(tx, "external_identities", &["user_id"], None).await?;
    let dialect = tx.dialect();
    add(tx, "roles", dialect.boolean("requires_two_factor").not_null().default(false)).await?;
    for table in ["users", "roles"] {
        add(tx, table, &mut dialect.text("external_id")).await?;
        unique(tx, table, &["external_id"], Some("external_id IS NOT NULL")).await?;
    }
    Ok(())
}

async fn add(tx: &mut Tx, table: &'static str, column: &mut ColumnDef) -> Result<()> {
    tx.schema(&Table::alter().table(table).add_column(column.take()).to_owned()).await
}
