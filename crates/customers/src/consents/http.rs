//! Consents over HTTP.

use axum::extract::OriginalUri;
use axum::http::StatusCode;
use kernel::ctx::Ctx;
use kernel::dialect::Dialect;
use kernel::error::{Error, Result};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, List, Params, PathId, Reply, Routes};
use kernel::page::{self, SortKey};
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{Channel, NewConsent, Purpose, Source, Status};
use crate::customer::read;
use crate::paging::paging_only;
use crate::permissions::{CONSENT_WRITE, READ};

const TAG: &str = "consents";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_consents), Access::Needs(READ))
        .add(routes!(create_consent), Access::Needs(CONSENT_WRITE))
}

/// An entry of the ledger.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "rows are written by the database; this is their description")]
pub struct Consent {
    pub id: i64,
    pub channel: Channel,
    pub purpose: Purpose,
    pub status: Status,
    pub source: Source,
    /// When the customer said so.
    #[schema(format = DateTime)]
    pub at: String,
    /// When it was written here.
    #[schema(format = DateTime)]
    pub recorded_at: String,
    /// What proves it: the address of a form, the number of a call.
    pub evidence: String,
    /// SHA-256 of what the customer was told before; empty when nothing is known.
    pub notice_hash: String,
    pub notice_text: String,
    pub actor_id: Option<i64>,
    pub actor_name: Option<String>,
}

/// What stands now, and the ledger it follows from.
#[derive(Serialize, ToSchema)]
pub struct Consents {
    /// The latest entry of every channel and purpose.
    pub current: Vec<Consent>,
    /// Newest first.
    pub ledger: Listed<Consent>,
}

/// Something a customer said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentInput {
    #[serde(default)]
    #[schema(value_type = Channel, required = true)]
    pub channel: String,
    #[serde(default)]
    #[schema(value_type = Purpose, required = true)]
    pub purpose: String,
    #[serde(default)]
    #[schema(value_type = Status, required = true)]
    pub status: String,
    #[serde(default)]
    #[schema(value_type = Source, required = true)]
    pub source: String,
    /// When it was said, if not now; not in the future.
    #[schema(format = DateTime)]
    pub at: Option<String>,
    /// What proves it; at most 2 000 characters.
    #[serde(default)]
    pub evidence: String,
    /// What the customer was told before; at most 20 000 characters. Kept once, however many were told the same.
    #[serde(default)]
    pub notice_text: String,
}

/// The SQL of an entry, as `(key, SQL)`.
pub fn row(dialect: Dialect) -> Vec<(String, String)> {
    let plain = [
        "id",
        "channel",
        "purpose",
        "status",
        "source",
        "evidence",
        "notice_hash",
        "actor_id",
    ]
    .map(|name| (name, format!("consents.{name}")));
    let times = ["at", "recorded_at"].map(|name| (name, dialect.json_time(&format!("consents.{name}"))));
    let looked_up = [
        (
            "notice_text",
            "coalesce((SELECT notices.body FROM notices WHERE notices.hash = consents.notice_hash), '')".to_owned(),
        ),
        (
            "actor_name",
            "(SELECT users.name FROM users WHERE users.id = consents.actor_id)".to_owned(),
        ),
    ];
    plain
        .into_iter()
        .chain(times)
        .chain(looked_up)
        .map(|(key, sql)| (key.to_owned(), sql))
        .collect()
}

/// What a customer agreed to: what stands now, and the ledger, newest first. `cursor` and `page_size` are about the ledger.
#[utoipa::path(get, path = "/customers/{id}/consents/", tag = TAG, operation_id = "list_consents",
    params(("id" = i64, Path), ("page" = Option<u64>, Query), ("page_size" = Option<u64>, Query), ("cursor" = Option<String>, Query), ("count" = Option<String>, Query)),
    responses((status = 200, body = Consents), Problems))]
async fn list_consents(ctx: Ctx, OriginalUri(uri): OriginalUri, PathId(id): PathId<i64>, Params(pairs): Params) -> Result<Reply> {
    read::require(&ctx, READ, id).await?;
    let request = paging_only(&pairs)?;
    let dialect = ctx.db.dialect();
    let row = dialect.json_object(&row(dialect));
    let current = Query::select()
        .expr(dialect.own_sql(&row))
        .from(Alias::new("consent_states"))
        .inner_join("consents", Expr::col(("consents", "id")).equals(("consent_states", "consent_id")))
        .and_where(Expr::col(("consent_states", "customer_id")).eq(id))
        .order_by(("consent_states", "topic"), Order::Asc)
        .to_owned();
    let current = ctx.db.texts(&current).await?.join(",");
    let ledger = Query::select()
        .from(Alias::new("consents"))
        .and_where(Expr::col(("consents", "customer_id")).eq(id))
        .to_owned();
    let keys = ["at", "id"].map(|column| SortKey {
        table: "consents",
        column,
        nullable: false,
        descending: true,
    });
    let page = page::fetch(&ctx.db, &ledger, &row, &keys, &request).await?;
    let (count, count_is_capped) = page::count(&ctx.db, &ledger, request.exact_count()).await?;
    let ledger = List {
        page,
        count,
        count_is_capped,
        path: uri.path(),
        query: &pairs,
    }
    .text();
    Ok(Reply::text(
        StatusCode::OK,
        format!(r#"{{"current":[{current}],"ledger":{ledger}}}"#),
    ))
}

/// Records what a customer said. The ledger only grows: an entry is neither changed nor undone; the contrary is recorded instead.
#[utoipa::path(post, path = "/customers/{id}/consents/", tag = TAG, operation_id = "create_consent", params(("id" = i64, Path)), request_body = ConsentInput, responses((status = 201, body = Consent), Problems))]
async fn create_consent(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<ConsentInput>) -> Result<Reply> {
    let consent = NewConsent::parse(&input, ctx.now_us())?;
    ctx.write(async |tx| {
        let consent_id = super::record(tx, &ctx, id, &consent).await?;
        let dialect = tx.dialect();
        let row = dialect.own_sql(dialect.json_object(&row(dialect)));
        let one = Query::select()
            .expr(row)
            .from(Alias::new("consents"))
            .and_where(Expr::col(("consents", "id")).eq(consent_id))
            .to_owned();
        let text = tx.texts(&one).await?.pop().ok_or(Error::NotFound)?;
        Ok(Reply::text(StatusCode::CREATED, text))
    })
    .await
}
