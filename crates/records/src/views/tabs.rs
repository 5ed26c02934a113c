//! The views a user keeps as tabs, in an order of their own, and the one they begin with.

use std::collections::HashMap;

use kernel::ctx::Ctx;
use kernel::error::{FieldErrors, Result};
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, Reply, Routes};
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

/// How many a user may keep.
const MAX_TABS: usize = 50;

pub fn routes() -> Routes {
    Routes::new().add(routes!(get_view_tabs, put_view_tabs), Access::SignedIn)
}

/// A user's tabs.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Tabs {
    /// Views, in their order; fifty at most.
    pub ids: Vec<i64>,
    /// The one of them to begin with; none is the whole list.
    #[serde(default)]
    pub default_id: Option<i64>,
}

impl Tabs {
    /// The place of a view among the tabs; none when it is no tab.
    pub fn position(&self, view_id: i64) -> Option<i64> {
        self.ids.iter().position(|id| *id == view_id).map(|position| position as i64)
    }
}

/// The caller's tabs, as far as they still see the views.
pub async fn of(ctx: &Ctx) -> Result<Tabs> {
    let Some(me) = ctx.actor.user_id else { return Ok(Tabs::default()) };
    let visible = super::visible(ctx).clear_selects().column("id").to_owned();
    let query = Query::select()
        .columns(["view_id", "is_default"])
        .from(Alias::new("view_tabs"))
        .and_where(Expr::col("user_id").eq(me.0))
        .and_where(Expr::col("view_id").in_subquery(visible))
        .order_by("position", Order::Asc)
        .limit(MAX_TABS as u64)
        .to_owned();
    let rows: Vec<(i64, bool)> = ctx.db.all(&query).await?;
    Ok(Tabs {
        ids: rows.iter().map(|(id, _)| *id).collect(),
        default_id: rows.iter().find(|(_, is_default)| *is_default).map(|(id, _)| *id),
    })
}

/// The views that the caller keeps as tabs.
#[utoipa::path(get, path = "/me/view-tabs/", tag = "me", operation_id = "get_view_tabs", responses((status = 200, body = Tabs), Problems))]
async fn get_view_tabs(ctx: Ctx) -> Result<Reply> {
    Reply::ok(&of(&ctx).await?)
}

/// Sets the caller's tabs: which, in which order, and which to begin with.
#[utoipa::path(put, path = "/me/view-tabs/", tag = "me", operation_id = "put_view_tabs", request_body = Tabs, responses((status = 200, body = Tabs), Problems))]
async fn put_view_tabs(ctx: Ctx, Body(wanted): Body<Tabs>) -> Result<Reply> {
    let me = ctx.actor.user_id.map_or(0, |id| id.0);
    ctx.write(async |tx| {
        let visible = super::visible(&ctx)
            .clear_selects()
            .column("id")
            .column("owner_id")
            .and_where(Expr::col("id").is_in(wanted.ids.iter().copied()))
            .to_owned();
        let seen: HashMap<i64, Option<i64>> = tx.all::<(i64, Option<i64>)>(&visible).await?.into_iter().collect();
        let mut errors = FieldErrors::default();
        if wanted.ids.len() > MAX_TABS {
            errors.add("ids", say!("En çok {} sekme olabilir.", "There may be {} tabs at most.", MAX_TABS));
        }
        for (index, id) in wanted.ids.iter().enumerate() {
            if !seen.contains_key(id) {
                errors.add(
                    "ids",
                    say!(
                        "{} numaralı görünüm yok ya da size görünmüyor.",
                        "There is no view {}, or it is not visible to you.",
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
        let clear = Query::delete()
            .from_table("view_tabs")
            .and_where(Expr::col("user_id").eq(me))
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
