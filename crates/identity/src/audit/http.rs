//! The audit over HTTP.

use axum::extract::OriginalUri;
use kernel::clock;
use kernel::ctx::Ctx;
use kernel::dialect::Dialect;
use kernel::error::{Result, invalid};
use kernel::events;
use kernel::http::openapi::{ListParams, Listed, Problems};
use kernel::http::{Access, Body, Params, Reply, Routes};
use kernel::page::ListRequest;
use kernel::say;
use kernel::text::fold;
use sea_query::{Alias, Cond, Expr, ExprTrait, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::Link;
use super::retention::*;
use super::verify::{self, Verdict};
use crate::listing::{Listing, Ordering, by, filter, id_filter, pair};
use crate::permissions::AUDIT_READ;

const ORDERINGS: &[Ordering] = &[by("at", "at"), by("id", "id")];
const FILTERS: &[&str] = &["actor_id", "kind", "via", "subject_type", "subject_id", "at__gte", "at__lte"];

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_audit), Access::Needs(AUDIT_READ))
        .add(routes!(get_audit_retention), Access::Needs(AUDIT_READ))
        .add(routes!(verify_audit), Access::Needs(AUDIT_READ))
}

/// An entry of the audit.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "rows are written by the database; this is their description")]
pub struct AuditEntry {
    id: i64,
    #[schema(format = DateTime)]
    at: String,
    actor_id: Option<i64>,
    actor_name: Option<String>,
    /// `session:12`, `token:5`, `job` or `system`.
    via: Option<String>,
    address: Option<String>,
    /// `customer.updated`, `sign_in.refused`, `customer.identity_read`, …
    kind: String,
    subject_type: String,
    subject_id: i64,
    event_id: i64,
    /// The operation, the fields that were changed, and the digest of the event. Values stand in the history of the record.
    summary: Summary,
    /// What the event says of itself where it is not about one customer: who was read, what was exported.
    #[schema(value_type = Option<Object>)]
    details: Value,
    hash: String,
}

#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "rows are written by the database; this is their description")]
pub struct Summary {
    operation_id: Option<i64>,
    fields: Vec<String>,
    digest: String,
}

/// The filters of the audit, for the document.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "for the document")]
pub struct AuditParams {
    actor_id: Option<i64>,
    /// `customer.updated`, `customer.*`; several separated by commas.
    kind: Option<String>,
    /// `session:12`, `token:5`, `job` or `system`.
    via: Option<String>,
    subject_type: Option<String>,
    subject_id: Option<i64>,
    /// RFC 3339.
    #[param(rename = "at__gte")]
    at_gte: Option<String>,
    #[param(rename = "at__lte")]
    at_lte: Option<String>,
}

/// The entries that a query string asks for. `search` is part of the name or e-mail of who acted, an address, or the beginning of a kind.
pub async fn filtered(ctx: &Ctx, pairs: &[(String, String)]) -> Result<SelectStatement> {
    let mut query = Query::select().from(Alias::new("audit_entries")).to_owned();
    let column = |name: &'static str| Expr::col(("audit_entries", name));
    for name in ["actor_id", "subject_id"] {
        if let Some(id) = id_filter(pairs, name)? {
            query.and_where(column(name).eq(id));
        }
    }
    for name in ["via", "subject_type"] {
        if let Some(value) = filter(pairs, name) {
            query.and_where(column(name).eq(value));
        }
    }
    if let Some(kinds) = filter(pairs, "kind") {
        query.cond_where(events::of_kinds("kind", kinds)?);
    }
    if let Some(at) = moment(pairs, "at__gte")? {
        query.and_where(column("at").gte(at));
    }
    if let Some(at) = moment(pairs, "at__lte")? {
        query.and_where(column("at").lte(at));
    }
    if let Some(search) = filter(pairs, "search").map(str::trim).filter(|search| !search.is_empty()) {
        query.cond_where(found(ctx, search).await?);
    }
    Ok(query)
}

async fn found(ctx: &Ctx, search: &str) -> Result<Cond> {
    let dialect = ctx.db.dialect();
    let people = Query::select()
        .column("id")
        .from(Alias::new("users"))
        .cond_where(
            Cond::any()
                .add(dialect.contains(Expr::col("name_fold"), &fold(search)))
                .add(dialect.contains(Expr::col("email"), &search.to_lowercase())),
        )
        .limit(500)
        .to_owned();
    let people: Vec<(i64,)> = ctx.db.all(&people).await?;
    let column = |name: &'static str| Expr::col(("audit_entries", name));
    let mut any = Cond::any().add(column("address").eq(search));
    if !people.is_empty() {
        any = any.add(column("actor_id").is_in(people.into_iter().map(|(id,)| id)));
    }
    let kind = search.to_ascii_lowercase();
    Ok(any.add(
        column("kind")
            .gte(kind.as_str())
            .and(column("kind").lt(format!("{kind}\u{10ffff}"))),
    ))
}

fn moment(pairs: &[(String, String)], name: &str) -> Result<Option<i64>> {
    let Some(text) = filter(pairs, name) else { return Ok(None) };
    let right = say!(
        "2027-01-31T12:00:00Z gibi bir zaman olmalı.",
        "Must be a time such as 2027-01-31T12:00:00Z."
    );
    clock::parse_rfc3339(text).map(Some).ok_or_else(|| invalid(name, right))
}

/// How entries are read: by this program's list, and page by page into a file.
pub fn row(dialect: Dialect) -> String {
    let own = |name: &str| pair(name, format!("audit_entries.{name}"));
    dialect.json_object(&[
        own("id"),
        pair("at", dialect.json_time("audit_entries.at")),
        own("actor_id"),
        pair(
            "actor_name",
            "(SELECT users.name FROM users WHERE users.id = audit_entries.actor_id)",
        ),
        own("via"),
        own("address"),
        own("kind"),
        own("subject_type"),
        own("subject_id"),
        own("event_id"),
        pair("summary", dialect.json_text("audit_entries.summary")),
        pair(
            "details",
            dialect
                .json_text("(SELECT events.payload FROM events WHERE events.id = audit_entries.event_id AND events.customer_id IS NULL)"),
        ),
        own("hash"),
    ])
}

fn listing(dialect: Dialect) -> Listing<'static> {
    Listing {
        table: "audit_entries",
        row: row(dialect),
        orderings: ORDERINGS,
        filters: FILTERS,
    }
}

/// Checks the parameters of the list, which are those of the export as well.
pub fn request(dialect: Dialect, pairs: &[(String, String)]) -> Result<ListRequest> {
    let mut request = listing(dialect).request(pairs)?;
    request.ordering.get_or_insert_with(|| "-at".into());
    Ok(request)
}

/// Who did and read what, newest first.
#[utoipa::path(get, path = "/audit/", operation_id = "list_audit", tag = "audit", params(ListParams, AuditParams), responses((status = 200, body = Listed<AuditEntry>), Problems))]
async fn list_audit(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    let dialect = ctx.db.dialect();
    let request = request(dialect, &pairs)?;
    let filtered = filtered(&ctx, &pairs).await?;
    Ok(listing(dialect).find(&ctx, &filtered, &request).await?.reply(&uri, &pairs))
}

/// What to compare the chain with.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VerifyAudit {
    /// `id:hash`, as it was kept elsewhere.
    anchor: Option<String>,
}

/// Walks the whole chain: every entry follows from the one before and says what its event says, and no event is missing. `broken` names the
/// first that is wrong. Takes some seconds per million entries.
#[utoipa::path(post, path = "/audit/verify/", operation_id = "verify_audit", tag = "audit", request_body = VerifyAudit, responses((status = 200, body = Verdict), Problems))]
async fn verify_audit(ctx: Ctx, Body(input): Body<VerifyAudit>) -> Result<Reply> {
    let anchor = input.anchor.as_deref().map(parse_anchor).transpose()?;
    Reply::ok(&verify::verify(&ctx.db, anchor.as_ref()).await?)
}

fn parse_anchor(text: &str) -> Result<Link> {
    let right = say!(
        "“numara:özet” biçiminde olmalı; crm audit anchor böyle yazar.",
        "Must be “number:hash”, as crm audit anchor prints it."
    );
    Link::parse(text).ok_or_else(|| invalid("anchor", right))
}
