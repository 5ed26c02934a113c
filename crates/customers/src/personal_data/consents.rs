//! The dossier of a customer's consents: every entry of the ledger with its evidence and the very text that was shown, and what stands now.

use kernel::ctx::Ctx;
use kernel::error::Result;
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::FromRow;
use utoipa::ToSchema;

/// What was said and when, from the first entry to the last.
#[derive(Serialize, ToSchema)]
pub struct Dossier {
    pub customer_id: i64,
    /// Purpose and channel → the status that stands, such as `marketing.email` → `granted`.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    pub stands: std::collections::BTreeMap<String, String>,
    #[schema(value_type = Vec<Object>)]
    pub ledger: Vec<Value>,
    pub notices: Vec<Notice>,
}

/// A text that was shown before a consent.
#[derive(Serialize, ToSchema, FromRow)]
pub struct Notice {
    /// SHA-256 of the text, by which entries of the ledger name it.
    pub hash: String,
    pub text: String,
    /// Whether the text is still the one of the hash.
    #[sqlx(skip)]
    pub is_intact: bool,
}

/// Reads the dossier of a customer that the caller may see (which is not checked here).
pub async fn dossier(ctx: &Ctx, customer_id: i64) -> Result<Dossier> {
    let dialect = ctx.db.dialect();
    let ledger = Query::select()
        .expr(dialect.own_sql(dialect.json_object(&crate::consents::http::row(dialect))))
        .from(Alias::new("consents"))
        .and_where(Expr::col("customer_id").eq(customer_id))
        .order_by("at", Order::Asc)
        .order_by("id", Order::Asc)
        .to_owned();
    let ledger = ctx.db.texts(&ledger).await?;
    let stands = Query::select()
        .columns(["topic", "status"])
        .from(Alias::new("consent_states"))
        .and_where(Expr::col("customer_id").eq(customer_id))
        .to_owned();
    let named = Query::select()
        .column("notice_hash")
        .from(Alias::new("consents"))
        .and_where(Expr::col("customer_id").eq(customer_id))
        .to_owned();
    let notices = Query::select()
        .column("hash")
        .expr_as(Expr::col("body"), "text")
        .from(Alias::new("notices"))
        .and_where(Expr::col("hash").in_subquery(named))
        .order_by("hash", Order::Asc)
        .to_owned();
    let mut notices: Vec<Notice> = ctx.db.all(&notices).await?;
    for notice in &mut notices {
        notice.is_intact = format!("{:x}", Sha256::digest(&notice.text)) == notice.hash;
    }
    Ok(Dossier {
        customer_id,
        stands: ctx.db.all::<(String, String)>(&stands).await?.into_iter().collect(),
        ledger: ledger.iter().map(|row| serde_json::from_str(row)).collect::<Result<_, _>>()?,
        notices,
    })
}
