//! The views a user keeps as tabs, in an order of their own, and the one they begin with.

use std::collections::{HashMap, HashSet};

use kernel::ctx::Ctx;
use kernel::error::{Error, FieldErrors, Result};
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, Params, Reply, Routes};
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::entity::Entity;
use crate::http::asked_entity;

/// How many a user may keep.
const MAX_TABS: usize = 50;

pub fn routes() -> Routes {
    Routes::new().add(routes!(get_view_tabs, put_view_tabs), Access::SignedIn)
}

/// A user's tabs of one list.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tabs {
    /// Views, in their order; fifty at most.
    pub ids: Vec<i64>,
    /// The one of them to begin with; none is the whole list.
    #[serde(default)]
    pub default_id: Option<i64>,
}

/// The place of a view among the caller's tabs, and whether its list begins with it.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub position: i64,
    pub is_default: bool,
}

/// The places of all views that the caller keeps as tabs, as far as they still see them.
pub async fn places(ctx: &Ctx) -> Result<HashMap<i64, Place>> {
    let place = |(id, position, is_default)| (id, Place { position, is_default });
    Ok(kept(ctx, super::visible(ctx)).await?.into_iter().map(place).collect())
}

/// The caller's tabs of the list of an entity, as far as they still see the views.
async fn of(ctx: &Ctx, entity: &Entity) -> Result<Tabs> {
    let rows = kept(ctx, super::visible(ctx).and_where(Expr::col("entity").eq(entity.name)).to_owned()).await?;
    Ok(Tabs {
        default_id: rows.iter().find(|(.., is_default)| *is_default).map(|(id, ..)| *id),
        ids: rows.into_iter().take(MAX_TABS).map(|(id, ..)| id).collect(),
    })
}

/// View, place, whether the list begins with it; in their order.
async fn kept(ctx: &Ctx, among: SelectStatement) -> Result<Vec<(i64, i64, bool)>> {
    let Some(me) = ctx.actor.user_id else { return Ok(Vec::new()) };
    let query = Query::select()
        .columns(["view_id", "position", "is_default"])
        .from(Alias::new("view_tabs"))
        .and_where(Expr::col("user_id").eq(me.0))
        .and_where(Expr::col("view_id").in_subquery(among.clone().clear_selects().column("id").to_owned()))
        .order_by("position", Order::Asc)
        .to_owned();
    ctx.db.all(&query).await
}

/// The entity whose list is meant: customers, when none is named.
fn list_of(pairs: &[(String, String)]) -> Result<&'static Entity> {
    asked_entity(pairs)?.or_else(|| Entity::named("customer")).ok_or(Error::NotFound)
}

/// The views that the caller keeps as tabs of a list: of customers, when no entity is named.
#[utoipa::path(get, path = "/me/view-tabs/", tag = "me", operation_id = "get_view_tabs", params(("entity" = Option<String>, Query)), responses((status = 200, body = Tabs), Problems))]
async fn get_view_tabs(ctx: Ctx, Params(pairs): Params) -> Result<Reply> {
    Reply::ok(&of(&ctx, list_of(&pairs)?).await?)
}

/// Sets the caller's tabs of a list (of customers, when no entity is named): which, in which order, and which to begin with.
#[utoipa::path(put, path = "/me/view-tabs/", tag = "me", operation_id = "put_view_tabs", params(("entity" = Option<String>, Query)), request_body = Tabs, responses((status = 200, body = Tabs), Problems))]
async fn put_view_tabs(ctx: Ctx, Params(pairs): Params, Body(wanted): Body<Tabs>) -> Result<Reply> {
    let me = ctx.actor.user_id.map_or(0, |id| id.0);
    let entity = list_of(&pairs)?;
    ctx.write(async |tx| {
        let visible = super::visible(&ctx)
            .clear_selects()
            .column("id")
            .and_where(Expr::col("entity").eq(entity.name))
            .and_where(Expr::col("id").is_in(wanted.ids.iter().copied()))
            .to_owned();
        let seen: HashSet<i64> = tx.all::<(i64,)>(&visible).await?.into_iter().map(|(id,)| id).collect();
        let mut errors = FieldErrors::default();
        if wanted.ids.len() > MAX_TABS {
            errors.add("ids", say!("En çok {} sekme olabilir.", "There may be {} tabs at most.", MAX_TABS));
        }
        for (index, id) in wanted.ids.iter().enumerate() {
            if !seen.contains(id) {
                errors.add(
                    "ids",
                    say!(
                        "Bu listenin {} numaralı bir görünümü yok ya da size görünmüyor.",
                        "There is no view {} of this list, or it is not visible to you.",
                        id
                    ),
                );
            } else if wanted.ids[..index].contains(id) {
                errors.add("ids", say!("{} iki kez verilmiş.", "{} is given twice.", id));
            }
        }
        if wanted.default_id.is_some_and(|id| !wanted.ids.contains(&id)) {
            errors.add("default_id", say!("Sekmelerden biri olmalı.", "Must be one of the tabs."));
        }
        errors.check()?;
        let of_list = Query::select()
            .column("id")
            .from(Alias::new("views"))
            .and_where(Expr::col("entity").eq(entity.name))
            .to_owned();
        let clear = Query::delete()
            .from_table("view_tabs")
            .and_where(Expr::col("user_id").eq(me))
            .and_where(Expr::col("view_id").in_subquery(of_list))
            .to_owned();
        tx.exec(&clear).await?;
        let rows: Vec<_> = wanted
            .ids
            .iter()
            .enumerate()
            .map(|(position, id)| {
                let is_default = wanted.default_id == Some(*id);
                vec![me.into(), (*id).into(), (position as i64).into(), is_default.into()]
            })
            .collect();
        let columns = ["user_id", "view_id", "position", "is_default"];
        tx.insert_rows("view_tabs", &columns, rows.into_iter()).await?;
        Reply::ok(&wanted)
    })
    .await
}
