//! Products over HTTP.

use axum::extract::OriginalUri;
use axum::http::StatusCode;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::dialect::Dialect;
use kernel::error::{Error, Result, invalid};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, List, Params, PathId, Reply, Routes};
use kernel::page::{self, SortKey};
use kernel::say;
use kernel::text::asked_words;
use records::kept::noted;
use records::paging::paging_and_search;
use sea_query::{Alias, Cond, Expr, ExprTrait, Query};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::ProductInput;
use crate::permissions::{OPPORTUNITY_READ, PRODUCT_MANAGE};

const TAG: &str = "products";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_products), Access::Needs(OPPORTUNITY_READ))
        .add(routes!(create_product), Access::Needs(PRODUCT_MANAGE))
        .add(routes!(get_product), Access::Needs(OPPORTUNITY_READ))
        .add(routes!(update_product), Access::Needs(PRODUCT_MANAGE))
        .add(routes!(delete_product), Access::Needs(PRODUCT_MANAGE))
}

/// A product of the catalogue.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "rows are written by the database; this is their description")]
pub struct Product {
    id: i64,
    code: String,
    name: String,
    series: String,
    /// A decimal string such as `1234.50`.
    price: String,
    currency: String,
    /// Whether it is still sold.
    is_active: bool,
    #[schema(format = DateTime)]
    created_at: String,
}

fn row(dialect: Dialect) -> String {
    let column = |name: &str| (name.to_owned(), format!("products.{name}"));
    let mut pairs: Vec<_> = ["id", "code", "name", "series", "currency"].map(column).into();
    pairs.push(("price".into(), dialect.json_money("products.price")));
    pairs.push(("is_active".into(), dialect.json_bool("products.is_active")));
    pairs.push(("created_at".into(), dialect.json_time("products.created_at")));
    dialect.json_object(&pairs)
}

async fn answer(tx: &mut Tx, id: i64, status: StatusCode) -> Result<Reply> {
    let query = Query::select()
        .expr(tx.dialect().own_sql(row(tx.dialect())))
        .from(Alias::new("products"))
        .and_where(Expr::col(("products", "id")).eq(id))
        .to_owned();
    let row = tx.texts(&query).await?.pop().ok_or(Error::NotFound)?;
    Ok(Reply::text(status, row))
}

/// The catalogue, by name. `search` looks in names and codes; `is_active` narrows to what is sold, or no longer is.
#[utoipa::path(get, path = "/products/", tag = TAG, operation_id = "list_products",
    params(("search" = Option<String>, Query), ("is_active" = Option<bool>, Query), ("page" = Option<u64>, Query), ("page_size" = Option<u64>, Query), ("cursor" = Option<String>, Query), ("count" = Option<String>, Query)),
    responses((status = 200, body = Listed<Product>), Problems))]
async fn list_products(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    let (own, paging): (Vec<_>, Vec<_>) = pairs.iter().cloned().partition(|(name, _)| name == "is_active");
    let request = paging_and_search(&paging)?;
    let dialect = ctx.db.dialect();
    let mut filtered = Query::select();
    filtered.from(Alias::new("products"));
    if let Some((_, wanted)) = own.first() {
        let wanted: bool = wanted
            .parse()
            .map_err(|_| invalid("is_active", say!("true veya false olmalı.", "Must be true or false.")))?;
        filtered.and_where(Expr::col(("products", "is_active")).eq(wanted));
    }
    let search = request.search.as_deref().unwrap_or_default().trim();
    if !search.is_empty() {
        let column = |name: &'static str| Expr::col(("products", name));
        let mut named = Cond::all();
        for word in asked_words(search) {
            named = named.add(dialect.contains(column("name_fold"), &word));
        }
        let coded = column("code").is_in([search.to_owned(), search.to_uppercase()]);
        filtered.cond_where(Cond::any().add(named).add(coded));
    }
    let keys = ["name_fold", "id"].map(|column| SortKey {
        table: "products",
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

/// Adds a product to the catalogue. `code` and `name` are needed.
#[utoipa::path(post, path = "/products/", tag = TAG, operation_id = "create_product", request_body = ProductInput, responses((status = 201, body = Product), Problems))]
async fn create_product(ctx: Ctx, Body(input): Body<ProductInput>) -> Result<Reply> {
    ctx.write(async |tx| {
        noted(tx, &ctx, "products.create", async |tx, stamp| {
            let id = super::create(tx, &ctx, stamp, &input).await?;
            let reply = answer(tx, id, StatusCode::CREATED).await?;
            Ok((reply.header("location", format!("/api/v1/crm/products/{id}/")), true))
        })
        .await
    })
    .await
}

/// A product.
#[utoipa::path(get, path = "/products/{id}/", tag = TAG, operation_id = "get_product", params(("id" = i64, Path)), responses((status = 200, body = Product), Problems))]
async fn get_product(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    let query = Query::select()
        .expr(ctx.db.dialect().own_sql(row(ctx.db.dialect())))
        .from(Alias::new("products"))
        .and_where(Expr::col(("products", "id")).eq(id))
        .to_owned();
    let row = ctx.db.texts(&query).await?.pop().ok_or(Error::NotFound)?;
    Ok(Reply::text(StatusCode::OK, row))
}

/// Changes the named fields of a product; `is_active: false` takes it off sale. Lines that name it keep the price they were given.
#[utoipa::path(patch, path = "/products/{id}/", tag = TAG, operation_id = "update_product", params(("id" = i64, Path)), request_body = ProductInput, responses((status = 200, body = Product), Problems))]
async fn update_product(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<ProductInput>) -> Result<Reply> {
    ctx.write(async |tx| {
        noted(tx, &ctx, "products.update", async |tx, stamp| {
            let is_changed = super::update(tx, stamp, id, &input).await?;
            Ok((answer(tx, id, StatusCode::OK).await?, is_changed))
        })
        .await
    })
    .await
}

/// Deletes a product that no opportunity names.
#[utoipa::path(delete, path = "/products/{id}/", tag = TAG, operation_id = "delete_product", params(("id" = i64, Path)), responses((status = 204, description = "It is gone"), Problems))]
async fn delete_product(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    ctx.write(async |tx| {
        noted(tx, &ctx, "products.delete", async |tx, stamp| {
            super::delete(tx, stamp, id).await?;
            Ok((Reply::no_content(), true))
        })
        .await
    })
    .await
}
