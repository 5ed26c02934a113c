//! Saved views over HTTP.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::OriginalUri;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Error, Result, invalid};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, Params, PathId, Reply, Routes};
use kernel::json_text::JsonText;
use kernel::operations;
use sea_query::{Expr, ExprTrait, Order};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::tabs::{self, Place};
use super::{Sharing, View as Kept};
use crate::http::{DeletedRecord, asked_entity};
use crate::names::{self, Names};

const TAG: &str = "views";
/// Views of one answer: those of many colleagues, far more than anybody can use.
const SHOWN: u64 = 1_000;

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_views), Access::SignedIn)
        .add(routes!(create_view), Access::SignedIn)
        .add(routes!(get_view), Access::SignedIn)
        .add(routes!(update_view), Access::SignedIn)
        .add(routes!(delete_view), Access::SignedIn)
}

/// A saved list.
#[derive(Serialize, ToSchema)]
pub struct View {
    pub id: i64,
    pub entity: String,
    pub name: String,
    #[schema(value_type = Object)]
    pub criteria: Value,
    /// Field names, comma separated, `-` for descending; empty is the order of the list itself.
    pub ordering: String,
    /// Names of fields; none is the columns of the list itself.
    pub columns: Vec<String>,
    pub sharing: Sharing,
    pub owner_id: Option<i64>,
    pub owner_name: Option<String>,
    /// The team it is shared with.
    pub team_id: Option<i64>,
    /// Whether the caller may change it.
    pub is_editable: bool,
    /// Its place among the caller's tabs; none when it is no tab.
    pub position: Option<i64>,
    /// Whether the caller begins with it.
    pub is_default: bool,
}

impl View {
    fn of(ctx: &Ctx, about: &About, view: Kept) -> View {
        let place = about.places.get(&view.id);
        View {
            position: place.map(|place| place.position),
            is_default: place.is_some_and(|place| place.is_default),
            is_editable: view.is_editable(ctx),
            owner_name: view.owner_id.and_then(|id| about.names.user(id)).map(str::to_owned),
            id: view.id,
            entity: view.entity,
            name: view.name,
            criteria: view.criteria.0,
            ordering: view.ordering,
            columns: view.columns.0,
            sharing: view.sharing,
            owner_id: view.owner_id,
            team_id: view.team_id,
        }
    }
}

/// What is said of views beside themselves.
struct About {
    names: Arc<Names>,
    places: HashMap<i64, Place>,
}

impl About {
    async fn load(ctx: &Ctx) -> Result<About> {
        Ok(About {
            names: names::all(ctx).await?,
            places: tabs::places(ctx).await?,
        })
    }
}

/// A list about to be saved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewInput {
    /// `customer` when it is not given.
    #[serde(default = "customer")]
    pub entity: String,
    pub name: String,
    /// Everything when it is not given.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub criteria: Value,
    #[serde(default)]
    pub ordering: String,
    #[serde(default)]
    pub columns: Vec<String>,
    /// `private` when it is not given. Anything else needs the permission `view.share`.
    #[serde(default = "private")]
    #[schema(value_type = Sharing)]
    pub sharing: String,
}

fn customer() -> String {
    "customer".into()
}

fn private() -> String {
    Sharing::Private.word().into()
}

/// What is to change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewPatch {
    pub name: Option<String>,
    #[schema(value_type = Option<Object>)]
    pub criteria: Option<Value>,
    pub ordering: Option<String>,
    pub columns: Option<Vec<String>>,
    #[schema(value_type = Option<Sharing>)]
    pub sharing: Option<String>,
}

fn sharing(word: &str) -> Result<Sharing> {
    Sharing::parse(word).map_err(|problem| invalid("sharing", problem))
}

async fn one(tx: &mut Tx, ctx: &Ctx, about: &About, id: i64) -> Result<View> {
    let view: Kept = tx
        .opt(super::visible(ctx).and_where(Expr::col("id").eq(id)))
        .await?
        .ok_or(Error::NotFound)?;
    Ok(View::of(ctx, about, view))
}

/// The views the caller may see: their own, their team's, everyone's; by name. With `entity` those of one.
#[utoipa::path(get, path = "/views/", tag = TAG, operation_id = "list_views", params(("entity" = Option<String>, Query)), responses((status = 200, body = Listed<View>), Problems))]
async fn list_views(ctx: Ctx, Params(pairs): Params) -> Result<Reply> {
    let mut query = super::visible(&ctx);
    if let Some(entity) = asked_entity(&pairs)? {
        query.and_where(Expr::col("entity").eq(entity.name));
    }
    query.order_by("id", Order::Asc).limit(SHOWN);
    let mut views: Vec<Kept> = ctx.db.all(&query).await?;
    views.sort_by_cached_key(|view| kernel::text::sort_key(&view.name));
    let about = About::load(&ctx).await?;
    Reply::ok(&Listed::whole(views.into_iter().map(|view| View::of(&ctx, &about, view)).collect()))
}

/// Saves a list.
#[utoipa::path(post, path = "/views/", tag = TAG, operation_id = "create_view", request_body = ViewInput, responses((status = 201, body = View), Problems))]
async fn create_view(ctx: Ctx, OriginalUri(uri): OriginalUri, Body(input): Body<ViewInput>) -> Result<Reply> {
    let about = About::load(&ctx).await?;
    let view = Kept {
        id: 0,
        entity: input.entity,
        name: input.name,
        criteria: JsonText(input.criteria),
        ordering: input.ordering,
        columns: JsonText(input.columns),
        sharing: sharing(&input.sharing)?,
        owner_id: None,
        team_id: None,
    };
    ctx.write(async |tx| {
        let operation = operations::note(tx, &ctx.stamp(), "views.create", json!({ "changed": 1 })).await?;
        let view = super::create(tx, &ctx, &ctx.stamp().within(operation), view).await?;
        Ok(Reply::created(format!("{}{}/", uri.path(), view.id), &View::of(&ctx, &about, view))?.operation(operation))
    })
    .await
}

/// A view.
#[utoipa::path(get, path = "/views/{id}/", tag = TAG, operation_id = "get_view", params(("id" = i64, Path)), responses((status = 200, body = View), Problems))]
async fn get_view(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    let view: Kept = ctx
        .db
        .opt(super::visible(&ctx).and_where(Expr::col("id").eq(id)))
        .await?
        .ok_or(Error::NotFound)?;
    Reply::ok(&View::of(&ctx, &About::load(&ctx).await?, view))
}

/// Changes a view. The owner may, and whoever may share views.
#[utoipa::path(patch, path = "/views/{id}/", tag = TAG, operation_id = "update_view", params(("id" = i64, Path)), request_body = ViewPatch, responses((status = 200, body = View), Problems))]
async fn update_view(ctx: Ctx, PathId(id): PathId<i64>, Body(patch): Body<ViewPatch>) -> Result<Reply> {
    let about = About::load(&ctx).await?;
    let wanted = patch.sharing.as_deref().map(sharing).transpose()?;
    let alter = |view: &mut Kept| {
        view.sharing = wanted.unwrap_or(view.sharing);
        if let Some(name) = patch.name {
            view.name = name;
        }
        if let Some(criteria) = patch.criteria {
            view.criteria = JsonText(criteria);
        }
        if let Some(ordering) = patch.ordering {
            view.ordering = ordering;
        }
        if let Some(columns) = patch.columns {
            view.columns = JsonText(columns);
        }
        Ok(())
    };
    ctx.write(async |tx| {
        let operation = operations::note(tx, &ctx.stamp(), "views.update", json!({ "changed": 1 })).await?;
        let has_changed = super::update(tx, &ctx, &ctx.stamp().within(operation), id, alter).await?;
        let reply = Reply::ok(&one(tx, &ctx, &about, id).await?)?;
        if has_changed {
            return Ok(reply.operation(operation));
        }
        operations::forget(tx, operation).await?;
        Ok(reply)
    })
    .await
}

/// Deletes a view; for thirty days that can be undone. The owner may, and whoever may share views.
#[utoipa::path(delete, path = "/views/{id}/", tag = TAG, operation_id = "delete_view", params(("id" = i64, Path)), responses((status = 200, body = DeletedRecord), Problems))]
async fn delete_view(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    ctx.write(async |tx| {
        let operation = operations::note(tx, &ctx.stamp(), "views.delete", json!({ "changed": 1 })).await?;
        super::delete(tx, &ctx, &ctx.stamp().within(operation), id).await?;
        Ok(Reply::ok(&DeletedRecord { operation_id: operation.0 })?.operation(operation))
    })
    .await
}
