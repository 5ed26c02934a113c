//! Notes over HTTP.

use axum::extract::OriginalUri;
use axum::http::{HeaderMap, StatusCode};
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::dialect::Dialect;
use kernel::error::{Error, Result};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, List, Params, PathId, Reply, Routes};
use kernel::ids::OperationId;
use kernel::operations;
use kernel::page::{self, ListRequest, Page, SortKey};
use sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{MAX_NOTES, Wanted};
use crate::customer::http::{Deleted, base_version, etag};
use crate::customer::read;
use crate::merge::redirects::{self, MergedInto};
use crate::paging::paging_only;
use crate::permissions::{READ, WRITE};

const TAG: &str = "notes";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_notes), Access::Needs(READ))
        .add(routes!(create_note), Access::Needs(WRITE))
        .add(routes!(get_note), Access::Needs(READ))
        .add(routes!(update_note), Access::Needs(WRITE))
        .add(routes!(delete_note), Access::Needs(WRITE))
}

/// A note about a customer.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "rows are written by the database; this is their description")]
pub struct Note {
    id: i64,
    customer_id: i64,
    /// Plain text; lines end in `\n`.
    body: String,
    is_pinned: bool,
    author_id: Option<i64>,
    author_name: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    version: i64,
    /// Whether the caller may change it.
    is_editable: bool,
}

/// A note about to be written.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteInput {
    /// Plain text, 20 000 characters at most.
    pub body: String,
    #[serde(default)]
    pub is_pinned: bool,
}

/// What is to change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotePatch {
    pub body: Option<String>,
    pub is_pinned: Option<bool>,
}

/// One page and the count.
pub struct Found {
    pub page: Page,
    pub count: i64,
    pub count_is_capped: bool,
}

fn row(dialect: Dialect) -> String {
    let column = |name: &str| (name.to_owned(), format!("notes.{name}"));
    let mut pairs: Vec<_> = ["id", "customer_id", "body", "author_id", "version"].map(column).into();
    for name in ["created_at", "updated_at"] {
        pairs.push((name.into(), dialect.json_time(&format!("notes.{name}"))));
    }
    pairs.push(("is_pinned".into(), dialect.json_bool("notes.is_pinned")));
    pairs.push((
        "author_name".into(),
        "(SELECT users.name FROM users WHERE users.id = notes.author_id)".into(),
    ));
    dialect.json_object(&pairs)
}

/// What is left to say of a row: whether the caller, who may write its customer or not, may change it.
fn shown(ctx: &Ctx, row: &str, may_write: bool) -> Result<Value> {
    let mut note: Value = serde_json::from_str(row)?;
    note["is_editable"] = (may_write && super::may_edit(ctx, note["author_id"].as_i64())).into();
    Ok(note)
}

async fn may_write(ctx: &Ctx, customer_id: i64) -> Result<bool> {
    match read::require(ctx, WRITE, customer_id).await {
        Ok(()) => Ok(true),
        Err(Error::NotFound | Error::Forbidden(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

fn alive() -> SelectStatement {
    Query::select()
        .from(Alias::new("notes"))
        .and_where(Expr::col(("notes", "deleted_at")).is_null())
        .to_owned()
}

/// The notes of a customer that the caller may see (which is not checked here): the pinned ones first, then the newest.
pub async fn list(ctx: &Ctx, customer_id: i64, request: &ListRequest) -> Result<Found> {
    let mut filtered = alive();
    filtered.and_where(Expr::col(("notes", "customer_id")).eq(customer_id));
    let keys = ["is_pinned", "id"].map(|column| SortKey {
        table: "notes",
        column,
        nullable: false,
        descending: true,
    });
    let mut page = page::fetch(&ctx.db, &filtered, &row(ctx.db.dialect()), &keys, request).await?;
    let (count, count_is_capped) = match page.total(request) {
        Some(total) => (total, false),
        None => page::count(&ctx.db, &filtered, request.exact_count()).await?,
    };
    if !page.rows.is_empty() {
        let may_write = may_write(ctx, customer_id).await?;
        for row in &mut page.rows {
            *row = shown(ctx, row, may_write)?.to_string();
        }
    }
    Ok(Found {
        page,
        count,
        count_is_capped,
    })
}

/// Every note of a customer, oldest first, as the archive of personal data has them.
pub async fn all(ctx: &Ctx, customer_id: i64) -> Result<Vec<Value>> {
    let mut query = alive();
    query
        .expr(ctx.db.dialect().own_sql(row(ctx.db.dialect())))
        .and_where(Expr::col(("notes", "customer_id")).eq(customer_id))
        .order_by(("notes", "id"), Order::Asc)
        .limit(MAX_NOTES);
    let rows = ctx.db.texts(&query).await?;
    rows.iter().map(|row| Ok(serde_json::from_str(row)?)).collect()
}

/// These notes of a customer that the caller may see (which is not checked here), as they stand.
pub async fn some(ctx: &Ctx, customer_id: i64, ids: &[i64]) -> Result<Vec<Value>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut query = alive();
    query
        .expr(ctx.db.dialect().own_sql(row(ctx.db.dialect())))
        .and_where(Expr::col(("notes", "customer_id")).eq(customer_id))
        .and_where(Expr::col(("notes", "id")).is_in(ids.iter().copied()));
    let rows = ctx.db.texts(&query).await?;
    let may_write = may_write(ctx, customer_id).await?;
    rows.iter().map(|row| shown(ctx, row, may_write)).collect()
}

/// The notes of a customer: the pinned ones first, then the newest.
#[utoipa::path(get, path = "/customers/{id}/notes/", tag = TAG, operation_id = "list_notes",
    params(("id" = i64, Path), ("page" = Option<u64>, Query), ("page_size" = Option<u64>, Query), ("cursor" = Option<String>, Query), ("count" = Option<String>, Query)),
    responses((status = 200, body = Listed<Note>), (status = 308, body = MergedInto, description = "It was merged into another, to which `Location` leads"), Problems))]
async fn list_notes(ctx: Ctx, OriginalUri(uri): OriginalUri, PathId(id): PathId<i64>, Params(pairs): Params) -> Result<Reply> {
    if let Err(error) = read::require(&ctx, READ, id).await {
        return redirects::instead(&ctx, id, &uri, error).await;
    }
    let found = list(&ctx, id, &paging_only(&pairs)?).await?;
    Ok(List {
        page: found.page,
        count: found.count,
        count_is_capped: found.count_is_capped,
        path: uri.path(),
        query: &pairs,
    }
    .reply())
}

/// Answers with a note as it stands, if the caller may see it.
async fn answer(tx: &mut Tx, ctx: &Ctx, id: i64, status: StatusCode) -> Result<Reply> {
    let mut query = super::visible(ctx).await?;
    query
        .expr(tx.dialect().own_sql(row(tx.dialect())))
        .and_where(Expr::col(("notes", "id")).eq(id));
    let row = tx.texts(&query).await?.pop().ok_or(Error::NotFound)?;
    // Whoever has just written it may write it.
    let note = shown(ctx, &row, true)?;
    Ok(Reply::text(status, note.to_string()).header("etag", etag(note["version"].as_i64().unwrap_or_default())))
}

/// Writes a note about a customer.
#[utoipa::path(post, path = "/customers/{id}/notes/", tag = TAG, operation_id = "create_note", params(("id" = i64, Path)), request_body = NoteInput, responses((status = 201, body = Note), Problems))]
async fn create_note(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<NoteInput>) -> Result<Reply> {
    ctx.write(async |tx| {
        let operation = begin(tx, &ctx, "notes.create").await?;
        let note_id = super::create(tx, &ctx, &ctx.stamp().within(operation), id, &input.body, input.is_pinned).await?;
        let reply = answer(tx, &ctx, note_id, StatusCode::CREATED).await?;
        Ok(reply
            .header("location", format!("/api/v1/crm/notes/{note_id}/"))
            .operation(operation))
    })
    .await
}

async fn begin(tx: &mut Tx, ctx: &Ctx, kind: &str) -> Result<OperationId> {
    operations::note(tx, &ctx.stamp(), kind, json!({ "changed": 1 })).await
}

/// A note, with its ETag.
#[utoipa::path(get, path = "/notes/{id}/", tag = TAG, operation_id = "get_note", params(("id" = i64, Path)), responses((status = 200, body = Note), Problems))]
async fn get_note(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    let mut query = super::visible(&ctx).await?;
    query
        .expr(ctx.db.dialect().own_sql(row(ctx.db.dialect())))
        .column(("notes", "customer_id"))
        .column(("notes", "version"))
        .and_where(Expr::col(("notes", "id")).eq(id));
    let (row, customer_id, version): (String, i64, i64) = ctx.db.opt(&query).await?.ok_or(Error::NotFound)?;
    let note = shown(&ctx, &row, may_write(&ctx, customer_id).await?)?;
    Ok(Reply::ok(&note)?.header("etag", etag(version)))
}

/// Changes a note. Its author may, and whoever may write all customers. With `If-Match`, what others changed meanwhile is a 409.
#[utoipa::path(patch, path = "/notes/{id}/", tag = TAG, operation_id = "update_note", params(("id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = NotePatch, responses((status = 200, body = Note), Problems))]
async fn update_note(ctx: Ctx, headers: HeaderMap, PathId(id): PathId<i64>, Body(patch): Body<NotePatch>) -> Result<Reply> {
    let wanted = Wanted {
        body: patch.body,
        is_pinned: patch.is_pinned,
        base_version: base_version(&headers)?,
    };
    ctx.write(async |tx| {
        let operation = begin(tx, &ctx, "notes.update").await?;
        let has_changed = super::update(tx, &ctx, &ctx.stamp().within(operation), id, wanted).await?;
        let reply = answer(tx, &ctx, id, StatusCode::OK).await?;
        if has_changed {
            return Ok(reply.operation(operation));
        }
        operations::forget(tx, operation).await?;
        Ok(reply)
    })
    .await
}

/// Deletes a note; for thirty days that can be undone. Its author may, and whoever may write all customers.
#[utoipa::path(delete, path = "/notes/{id}/", tag = TAG, operation_id = "delete_note", params(("id" = i64, Path)), responses((status = 200, body = Deleted), Problems))]
async fn delete_note(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    ctx.write(async |tx| {
        let operation = begin(tx, &ctx, "notes.delete").await?;
        super::delete(tx, &ctx, &ctx.stamp().within(operation), id).await?;
        Ok(Reply::ok(&Deleted { operation_id: operation.0 })?.operation(operation))
    })
    .await
}
