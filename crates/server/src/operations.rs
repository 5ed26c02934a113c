//! Operations over HTTP: what was done, and undoing it.

use axum::extract::OriginalUri;
use kernel::ctx::Ctx;
use kernel::error::{Error, Result};
use kernel::http::openapi::{ListParams, Listed, Problems};
use kernel::http::{Access, List, Params, PathId, Reply, Routes};
use kernel::ids::OperationId;
use kernel::operations::{self, Operation, Undone};
use kernel::page::{self, ListRequest, SortKey};
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, Query};
use utoipa_axum::routes;

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_operations), Access::SignedIn)
        .add(routes!(get_operation), Access::SignedIn)
        .add(routes!(undo_operation), Access::SignedIn)
}

/// Whose operations a caller sees: their own, or everybody's with the permission to undo them.
fn visible(ctx: &Ctx) -> sea_query::SelectStatement {
    let mut query = Query::select().from(Alias::new("operations")).to_owned();
    if !ctx.actor.may(identity::OPERATION_UNDO_OTHERS) {
        query.and_where(Expr::col(("operations", "actor_id")).eq(ctx.actor.user_id.map_or(0, |id| id.0)));
    }
    query
}

/// What was done, newest first: the caller's own operations, or everybody's with `operation.undo_others`.
#[utoipa::path(get, path = "/operations/", tag = "operations", operation_id = "list_operations", params(ListParams), responses((status = 200, body = Listed<Operation>), Problems))]
async fn list_operations(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    let request = ListRequest::from_pairs(&pairs)?;
    if let Some((name, _)) = pairs
        .iter()
        .find(|(name, _)| !["page", "page_size", "cursor", "count"].contains(&name.as_str()))
    {
        return Err(Error::BadRequest(say!(
            "“{}” diye bir parametre yok.",
            "There is no parameter “{}”.",
            name
        )));
    }
    let dialect = ctx.db.dialect();
    let column = |name: &str| (name.to_owned(), format!("operations.{name}"));
    let mut pairs_of_row: Vec<(String, String)> = ["id", "kind", "actor_id", "state", "undoes_id", "undone_by_id"]
        .into_iter()
        .map(column)
        .collect();
    for name in ["at", "finished_at"] {
        pairs_of_row.push((name.into(), dialect.json_time(&format!("operations.{name}"))));
    }
    pairs_of_row.push(("summary".into(), dialect.json_text("operations.summary")));
    let filtered = visible(&ctx);
    let keys = [SortKey {
        table: "operations",
        column: "id",
        nullable: false,
        descending: true,
    }];
    let page = page::fetch(&ctx.db, &filtered, &dialect.json_object(&pairs_of_row), &keys, &request).await?;
    let (count, count_is_capped) = page::count(&ctx.db, &filtered, request.exact_count()).await?;
    Ok(List {
        page,
        count,
        count_is_capped,
        path: uri.path(),
        query: &pairs,
    }
    .reply())
}

/// One operation.
#[utoipa::path(get, path = "/operations/{id}/", tag = "operations", operation_id = "get_operation", params(("id" = i64, Path)), responses((status = 200, body = Operation), Problems))]
async fn get_operation(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    require(&ctx, id).await?;
    let operation: Operation = ctx
        .db
        .opt(operations::select().and_where(Expr::col("id").eq(id)))
        .await?
        .ok_or(Error::NotFound)?;
    Reply::ok(&operation)
}

async fn require(ctx: &Ctx, id: i64) -> Result<()> {
    let mut query = visible(ctx);
    query.column("id").and_where(Expr::col("id").eq(id));
    ctx.db.opt::<(i64,)>(&query).await?.map(|_| ()).ok_or(Error::NotFound)
}

/// Takes an operation back. What has changed since is refused field by field, the rest is done. Large ones go on in the background
/// (`state` is `running`); asking again with GET tells how they stand. An undo is an operation itself and can be undone.
#[utoipa::path(post, path = "/operations/{id}/undo/", tag = "operations", operation_id = "undo_operation", params(("id" = i64, Path)), responses((status = 200, body = Undone), Problems))]
async fn undo_operation(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    require(&ctx, id).await?;
    ctx.write(async |tx| {
        let undo_id = operations::undo(tx, &ctx, OperationId(id)).await?;
        Ok(Reply::ok(&operations::undone(tx, ctx.lang, undo_id).await?)?.operation(undo_id))
    })
    .await
}
