//! Operations over HTTP: what was done, and undoing it.

use axum::extract::OriginalUri;
use kernel::clock::{DAY_US, parse_rfc3339};
use kernel::ctx::Ctx;
use kernel::error::{Error, Result};
use kernel::http::openapi::{ListParams, Listed, Problems};
use kernel::http::{Access, List, Params, PathId, Reply, Routes};
use kernel::ids::OperationId;
use kernel::operations::{self, Operation, Refused, Undone};
use kernel::page::{self, ListRequest, SortKey};
use kernel::say;
use kernel::text::nearest;
use sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use serde_json::Value;
use utoipa_axum::routes;

/// An operation as the history shows it.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "rows are written by the database; this is their description")]
struct Done {
    #[schema(inline)]
    #[serde(flatten)]
    operation: Operation,
    actor_name: Option<String>,
    /// Within its thirty days, over, and not undone already. An undo is one too: undoing it does again what was undone.
    can_be_undone: bool,
}

/// An operation by itself.
#[derive(utoipa::ToSchema)]
#[allow(dead_code, reason = "put together from a row; this is its description")]
struct DoneWhole {
    #[schema(inline)]
    #[serde(flatten)]
    done: Done,
    /// What could not be taken back, the first hundred: by this undo, or by the undo of this operation.
    refused: Vec<Refused>,
}

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

/// What a history can be narrowed by.
const FILTERS: [&str; 5] = ["kind", "actor_id", "state", "at__gte", "at__lte"];

fn narrowed(mut query: SelectStatement, pairs: &[(String, String)]) -> Result<SelectStatement> {
    for (name, value) in pairs {
        let column = |name: &'static str| Expr::col(("operations", name));
        match name.as_str() {
            "page" | "page_size" | "cursor" | "count" => {}
            "kind" => {
                query.and_where(column("kind").is_in(value.split(',')));
            }
            "state" => {
                query.and_where(column("state").eq(value.as_str()));
            }
            "actor_id" => {
                let id: i64 = value.parse().map_err(|_| not_a(name))?;
                query.and_where(column("actor_id").eq(id));
            }
            "at__gte" => {
                query.and_where(column("at").gte(parse_rfc3339(value).ok_or_else(|| not_a(name))?));
            }
            "at__lte" => {
                query.and_where(column("at").lte(parse_rfc3339(value).ok_or_else(|| not_a(name))?));
            }
            _ => {
                let near = nearest(name, FILTERS).unwrap_or(FILTERS[0]);
                return Err(Error::BadRequest(say!(
                    "“{}” diye bir parametre yok; “{}” mi demek istediniz?",
                    "There is no parameter “{}”; did you mean “{}”?",
                    name,
                    near
                )));
            }
        }
    }
    Ok(query)
}

fn not_a(name: &str) -> Error {
    match name {
        "actor_id" => Error::BadRequest(say!("{} bir sayı olmalı.", "{} must be a number.", name)),
        _ => Error::BadRequest(say!(
            "{} 2026-03-16T12:00:00+03:00 biçiminde bir zaman olmalı.",
            "{} must be a time such as 2026-03-16T12:00:00+03:00.",
            name
        )),
    }
}

/// The SQL of an operation as JSON.
fn row(ctx: &Ctx) -> String {
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
    pairs_of_row.push((
        "actor_name".into(),
        "(SELECT users.name FROM users WHERE users.id = operations.actor_id)".into(),
    ));
    let until_us = ctx.now_us() - operations::UNDO_WINDOW_DAYS * DAY_US;
    let can_be = format!("(operations.state <> 'running' AND operations.undone_by_id IS NULL AND operations.at >= {until_us})");
    pairs_of_row.push(("can_be_undone".into(), dialect.json_bool(&can_be)));
    dialect.json_object(&pairs_of_row)
}

/// What was done, newest first, by whom and to how many, narrowed by `kind` (several separated by commas), `actor_id`, `state`, `at__gte`,
/// `at__lte`: the caller's own operations, or everybody's with `operation.undo_others`.
#[utoipa::path(get, path = "/operations/", tag = "operations", operation_id = "list_operations", params(ListParams), responses((status = 200, body = Listed<Done>), Problems))]
async fn list_operations(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    let request = ListRequest::from_pairs(&pairs)?;
    let filtered = narrowed(visible(&ctx), &pairs)?;
    let keys = [SortKey {
        table: "operations",
        column: "id",
        nullable: false,
        descending: true,
    }];
    let page = page::fetch(&ctx.db, &filtered, &row(&ctx), &keys, &request).await?;
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

/// One operation, and what could not be taken back: by this undo, or by the undo of this operation.
#[utoipa::path(get, path = "/operations/{id}/", tag = "operations", operation_id = "get_operation", params(("id" = i64, Path)), responses((status = 200, body = DoneWhole), Problems))]
async fn get_operation(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    let query = visible(&ctx)
        .expr(ctx.db.dialect().own_sql(row(&ctx)))
        .and_where(Expr::col(("operations", "id")).eq(id))
        .to_owned();
    let row = ctx.db.texts(&query).await?.pop().ok_or(Error::NotFound)?;
    let mut whole: Value = serde_json::from_str(&row)?;
    let undo = ["undoes_id", "undone_by_id"].map(|name| whole[name].as_i64());
    let refused = match undo {
        [Some(_), _] => operations::refused(&ctx.db, ctx.lang, OperationId(id)).await?,
        [None, Some(undo_id)] => operations::refused(&ctx.db, ctx.lang, OperationId(undo_id)).await?,
        [None, None] => Vec::new(),
    };
    whole["refused"] = serde_json::to_value(refused)?;
    Reply::ok(&whole)
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
