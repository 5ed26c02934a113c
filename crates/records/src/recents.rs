//! The records a user opened last.

use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Params, Reply, Routes};
use sea_query::{Alias, Expr, ExprTrait, Func, JoinType, OnConflict, Order, Query, SelectStatement};
use utoipa_axum::routes;

use crate::entity::Entity;
use crate::http::asked_entity;
use crate::lines::{self, Line};
use crate::read;

/// Shown at once.
const SHOWN: u64 = 20;
/// Kept for each user: some may go out of sight.
const KEPT: u64 = 100;

pub fn routes() -> Routes {
    Routes::new().add(routes!(list_recents), Access::SignedIn)
}

/// The id of the record that a row of `table` speaks of: what was merged is what it was merged into.
pub(crate) fn target(entity: &Entity, table: &'static str) -> Expr {
    let own = Expr::col((table, "record_id"));
    match entity.reading.redirects {
        Some(redirects) => {
            let led_to = Query::select()
                .column("customer_id")
                .from(Alias::new(redirects))
                .and_where(Expr::col((redirects, "old_id")).equals((table, "record_id")))
                .to_owned();
            Func::coalesce([Expr::SubQuery(None, Box::new(led_to.into())), own]).into()
        }
        None => own,
    }
}

/// A table `(user_id, entity, record_id, <by>)` of what users keep for themselves, and how it is shown.
pub(crate) struct Kept {
    pub table: &'static str,
    pub by: &'static str,
    pub order: Order,
    pub limit: u64,
}

/// The records of a table of the caller's that they may still see, of one entity or of all, in its order. What was merged is shown as what
/// it was merged into. One query for each entity.
pub(crate) async fn shown(ctx: &Ctx, kept: &Kept, entity: Option<&'static Entity>) -> Result<Vec<Line>> {
    let entities = entity.map_or_else(Entity::all, |entity| vec![entity]);
    let mut found: Vec<(i64, Line)> = Vec::new();
    for entity in entities.into_iter().filter(|entity| ctx.actor.may(entity.permissions.read)) {
        found.extend(of_entity(ctx, kept, entity).await?);
    }
    let key = |(by, line): &(i64, Line)| {
        if kept.order == Order::Desc {
            (-by, -line.id)
        } else {
            (*by, line.id)
        }
    };
    found.sort_by_key(key);
    found.truncate(kept.limit as usize);
    Ok(found.into_iter().map(|(_, line)| line).collect())
}

async fn of_entity(ctx: &Ctx, kept: &Kept, entity: &'static Entity) -> Result<Vec<(i64, Line)>> {
    let by = Expr::col((kept.table, kept.by));
    let mine: SelectStatement = Query::select()
        .expr_as(target(entity, kept.table), "target_id")
        .expr_as(if kept.order == Order::Desc { by.max() } else { by.min() }, "by_value")
        .from(Alias::new(kept.table))
        .and_where(Expr::col((kept.table, "user_id")).eq(ctx.actor.user_id.map_or(0, |id| id.0)))
        .and_where(Expr::col((kept.table, "entity")).eq(entity.name))
        .group_by_col("target_id")
        .to_owned();
    let mut query = read::visible(ctx, entity, entity.permissions.read).await?;
    query
        .column(("mine", "by_value"))
        .join_subquery(
            JoinType::InnerJoin,
            mine,
            "mine",
            Expr::col(("mine", "target_id")).equals((entity.table, "id")),
        )
        .order_by(("mine", "by_value"), kept.order.clone())
        .order_by((entity.table, "id"), kept.order.clone())
        .limit(kept.limit);
    lines::select(ctx, entity, &mut query);
    let rows: Vec<(i64, i64, String, String, String)> = ctx.db.all(&query).await?;
    let line = |(by, id, name, subtitle, kind)| (by, Line::of(entity, (id, name, subtitle, kind)));
    Ok(rows.into_iter().map(line).collect())
}

/// The records that the caller opened last and may still see, the latest first; twenty at most. With `entity` those of one.
#[utoipa::path(get, path = "/me/recent/", tag = "me", operation_id = "list_recents", params(("entity" = Option<String>, Query)), responses((status = 200, body = Listed<Line>), Problems))]
async fn list_recents(ctx: Ctx, Params(pairs): Params) -> Result<Reply> {
    let kept = Kept {
        table: "recents",
        by: "seen_at",
        order: Order::Desc,
        limit: SHOWN,
    };
    Reply::ok(&Listed::whole(shown(&ctx, &kept, asked_entity(&pairs)?).await?))
}

/// Writes down that a user opened a record.
pub(crate) async fn note(tx: &mut Tx, entity: &str, user_id: i64, record_id: i64, now_us: i64) -> Result<()> {
    let seen = Query::insert()
        .into_table("recents")
        .columns(["user_id", "entity", "record_id", "seen_at"])
        .values_panic([user_id.into(), entity.into(), record_id.into(), now_us.into()])
        .on_conflict(
            OnConflict::columns(["user_id", "entity", "record_id"])
                .update_column("seen_at")
                .to_owned(),
        )
        .to_owned();
    tx.exec(&seen).await?;
    let of_user = || Expr::col("user_id").eq(user_id);
    let oldest = Query::select()
        .column("seen_at")
        .from(Alias::new("recents"))
        .and_where(of_user())
        .order_by("seen_at", Order::Desc)
        .offset(KEPT)
        .limit(1)
        .to_owned();
    if let Some((oldest,)) = tx.opt::<(i64,)>(&oldest).await? {
        let delete = Query::delete()
            .from_table("recents")
            .and_where(of_user())
            .and_where(Expr::col("seen_at").lte(oldest))
            .to_owned();
        tx.exec(&delete).await?;
    }
    Ok(())
}
