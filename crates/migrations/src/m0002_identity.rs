//! The organisation, its users, teams and roles, and how they sign in.

use kernel::db::Tx;
use kernel::error::Result;

use crate::{index, table, unique};

pub async fn up(tx: &mut Tx) -> Result<()> {
    table(tx, "organisation")
        .id()
        .text("name")
        .text("time_zone")
        .text("currency")
        .text("locale")
        .text("customer_code_pattern")
        .text_or_null("setup_token_hash")
        .create(tx)
        .await?;
    table(tx, "teams").id().text("name").text("name_fold").create(tx).await?;
    unique(tx, "teams", &["name_fold"], None).await?;
    table(tx, "roles")
        .id()
        .text("code")
        .text("name")
        .boolean_or("is_builtin", false)
        .text("grants")
        .create(tx)
        .await?;
    unique(tx, "roles", &["code"], None).await?;
    table(tx, "users")
        .id()
        .text("email")
        .text("name")
        .text("name_fold")
        .text("name_sort")
        .text("password_hash")
        .boolean_or("is_active", true)
        .text("locale")
        .text("theme")
        .refers_to("team_id", "teams")
        .refers_to("manager_id", "users")
        .integer("created_at")
        .integer("updated_at")
        .create(tx)
        .await?;
    unique(tx, "users", &["email"], None).await?;
    index(tx, "users", &["team_id"], None).await?;
    table(tx, "user_roles")
        .child_of("user_id", "users")
        .child_of("role_id", "roles")
        .key(&["user_id", "role_id"])
        .create(tx)
        .await?;
    index(tx, "user_roles", &["role_id"], None).await?;
    table(tx, "sessions")
        .id()
        .child_of("user_id", "users")
        .text("token_hash")
        .integer("created_at")
        .integer("seen_at")
        .integer("expires_at")
        .text("user_agent")
        .text("ip_address")
        .create(tx)
        .await?;
    unique(tx, "sessions", &["token_hash"], None).await?;
    index(tx, "sessions", &["user_id"], None).await?;
    table(tx, "api_tokens")
        .id()
        .child_of("user_id", "users")
        .text("name")
        .text("token_hash")
        .text("scopes")
        .integer("created_at")
        .integer_or_null("expires_at")
        .integer_or_null("used_at")
        .create(tx)
        .await?;
    unique(tx, "api_tokens", &["token_hash"], None).await?;
    index(tx, "api_tokens", &["user_id"], None).await
}
