//! Tags over HTTP.

use axum::extract::OriginalUri;
use axum::http::StatusCode;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::dialect::Dialect;
use kernel::error::{Error, Result};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, List, Params, PathId, Reply, Routes};
use kernel::page::{self, SortKey};
use kernel::text::asked_words;
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Tag as Kept;
use crate::paging::paging_and_search;
use crate::permissions::{READ, TAG_MANAGE};

const TAG: &str = "tags";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_tags), Access::Needs(READ))
        .add(routes!(create_tag), Access::Needs(TAG_MANAGE))
        .add(routes!(update_tag), Access::Needs(TAG_MANAGE))
        .add(routes!(delete_tag), Access::Needs(TAG_MANAGE))
}

/// A word that people put on customers.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "rows are written by the database; this is their description")]
pub struct Tag {
    pub id: i64,
    pub name: String,
    /// A name such as `red`, or `#rrggbb`; empty when it has none.
    pub color: String,
    /// How many customers have it.
    pub customer_count: i64,
}

/// A tag about to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagInput {
    pub name: String,
    #[serde(default)]
    pub color: String,
}

/// What is to change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagPatch {
    pub name: Option<String>,
    pub color: Option<String>,
}

fn row(dialect: Dialect) -> String {
    let customers = "(SELECT count(*) FROM customer_tags JOIN customers ON customers.id = customer_tags.customer_id \
                     WHERE customer_tags.tag_id = tags.id AND customers.deleted_at IS NULL)";
    let pairs = [
        ("id", "tags.id"),
        ("name", "tags.name"),
        ("color", "tags.color"),
        ("customer_count", customers),
    ];
    dialect.json_object(&pairs.map(|(key, sql)| (key.to_owned(), sql.to_owned())))
}

async fn one(tx: &mut Tx, id: i64) -> Result<String> {
    let row = tx.dialect().own_sql(row(tx.dialect()));
    let query = Query::select()
        .expr(row)
        .from(Alias::new("tags"))
        .and_where(Expr::col(("tags", "id")).eq(id))
        .to_owned();
    tx.texts(&query).await?.pop().ok_or(Error::NotFound)
}

/// The tags, by name, with how many customers have each.
#[utoipa::path(get, path = "/tags/", tag = TAG, operation_id = "list_tags",
    params(("search" = Option<String>, Query), ("page" = Option<u64>, Query), ("page_size" = Option<u64>, Query), ("cursor" = Option<String>, Query), ("count" = Option<String>, Query)),
    responses((status = 200, body = Listed<Tag>), Problems))]
async fn list_tags(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    let request = paging_and_search(&pairs)?;
    let dialect = ctx.db.dialect();
    let mut filtered = Query::select();
    filtered.from(Alias::new("tags"));
    for word in asked_words(request.search.as_deref().unwrap_or_default()) {
        filtered.and_where(dialect.contains(Expr::col(("tags", "name_fold")), &word));
    }
    let keys = ["name_sort", "id"].map(|column| SortKey {
        table: "tags",
        column,
        nullable: false,
        descending: false,
    });
    let page = page::fetch(&ctx.db, &filtered, &row(dialect), &keys, &request).await?;
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

/// Makes a tag. Tagging a customer with a new word makes one as well.
#[utoipa::path(post, path = "/tags/", tag = TAG, operation_id = "create_tag", request_body = TagInput, responses((status = 201, body = Tag), Problems))]
async fn create_tag(ctx: Ctx, OriginalUri(uri): OriginalUri, Body(input): Body<TagInput>) -> Result<Reply> {
    ctx.write(async |tx| {
        let id = super::create(
            tx,
            &ctx,
            Kept {
                id: 0,
                name: input.name,
                color: input.color,
            },
        )
        .await?;
        Ok(Reply::text(StatusCode::CREATED, one(tx, id).await?).header("location", format!("{}{id}/", uri.path())))
    })
    .await
}

/// Renames or colours a tag, also on every customer that has it.
#[utoipa::path(patch, path = "/tags/{id}/", tag = TAG, operation_id = "update_tag", params(("id" = i64, Path)), request_body = TagPatch, responses((status = 200, body = Tag), Problems))]
async fn update_tag(ctx: Ctx, PathId(id): PathId<i64>, Body(patch): Body<TagPatch>) -> Result<Reply> {
    ctx.write(async |tx| {
        super::update(tx, &ctx, id, patch.name, patch.color).await?;
        Ok(Reply::text(StatusCode::OK, one(tx, id).await?))
    })
    .await
}

/// Deletes a tag, also from every customer that has it. It cannot be undone.
#[utoipa::path(delete, path = "/tags/{id}/", tag = TAG, operation_id = "delete_tag", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn delete_tag(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    ctx.write(async |tx| {
        super::delete(tx, &ctx, id).await?;
        Ok(Reply::no_content())
    })
    .await
}
