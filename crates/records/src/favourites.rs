//! The records a user keeps at hand, in an order of their own. Nobody else sees them, and they are no history.

use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Error, Result, invalid};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, Params, Reply, Routes};
use kernel::say;
use sea_query::{Alias, Cond, Expr, ExprTrait, OnConflict, Order, Query};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::entity::Entity;
use crate::http::asked_entity;
use crate::lines::Line;
use crate::read;
use crate::recents::{self, Kept, target};

/// How many a user may have of an entity.
const MAX_FAVOURITES: usize = 200;
const TABLE: &str = "favourites";

pub fn routes() -> Routes {
    Routes::new().add(routes!(list_favourites, order_favourites), Access::SignedIn)
}

/// An order of favourites.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FavouriteOrder {
    /// Ids of favourites; those that are not named come after them, in the order they had.
    pub ids: Vec<i64>,
}

fn mine(ctx: &Ctx) -> Result<i64> {
    let refused = || Error::Forbidden(say!("Favoriler kullanıcılara aittir.", "Favourites belong to users."));
    ctx.actor.user_id.map(|id| id.0).ok_or_else(refused)
}

/// The rows of a user for a record, also those that lead to it since it was merged.
fn of(entity: &Entity, user_id: i64, id: i64) -> Cond {
    Cond::all().add(of_user(entity, user_id)).add(target(entity, TABLE).eq(id))
}

fn of_user(entity: &Entity, user_id: i64) -> Cond {
    Cond::all()
        .add(Expr::col("user_id").eq(user_id))
        .add(Expr::col("entity").eq(entity.name))
}

/// Whether a record is among the caller's favourites.
pub async fn has(ctx: &Ctx, entity: &Entity, id: i64) -> Result<bool> {
    let Some(user_id) = ctx.actor.user_id else { return Ok(false) };
    let query = Query::select()
        .column("record_id")
        .from(Alias::new("favourites"))
        .cond_where(of(entity, user_id.0, id))
        .limit(1)
        .to_owned();
    Ok(ctx.db.opt::<(i64,)>(&query).await?.is_some())
}

async fn shown(ctx: &Ctx, entity: Option<&'static Entity>) -> Result<Reply> {
    let kept = Kept {
        table: TABLE,
        by: "position",
        order: Order::Asc,
        limit: MAX_FAVOURITES as u64,
    };
    Reply::ok(&Listed::whole(recents::shown(ctx, &kept, entity).await?))
}

/// The records that the caller keeps at hand, in their order. With `entity` those of one.
#[utoipa::path(get, path = "/me/favourites/", tag = "me", operation_id = "list_favourites", params(("entity" = Option<String>, Query)), responses((status = 200, body = Listed<Line>), Problems))]
async fn list_favourites(ctx: Ctx, Params(pairs): Params) -> Result<Reply> {
    shown(&ctx, asked_entity(&pairs)?).await
}

/// Puts the caller's favourites of an entity (customers, when none is named) in another order.
#[utoipa::path(put, path = "/me/favourites/", tag = "me", operation_id = "order_favourites", params(("entity" = Option<String>, Query)), request_body = FavouriteOrder, responses((status = 200, body = Listed<Line>), Problems))]
async fn order_favourites(ctx: Ctx, Params(pairs): Params, Body(order): Body<FavouriteOrder>) -> Result<Reply> {
    let asked = asked_entity(&pairs)?;
    let entity = asked.or(Entity::named("customer")).ok_or(Error::NotFound)?;
    let user_id = mine(&ctx)?;
    ctx.write(async |tx| {
        let mut known = Query::select();
        known
            .column("record_id")
            .expr(target(entity, TABLE))
            .from(Alias::new(TABLE))
            .cond_where(of_user(entity, user_id))
            .order_by("position", Order::Asc)
            .order_by("record_id", Order::Asc);
        let mut wanted: Vec<(i64, i64)> = tx.all(&known).await?;
        if let Some(stranger) = order.ids.iter().find(|id| wanted.iter().all(|(_, shown)| shown != *id)) {
            return Err(invalid(
                "ids",
                say!("{} favorileriniz arasında değil.", "{} is not among your favourites.", stranger),
            ));
        }
        wanted.sort_by_key(|(_, shown)| order.ids.iter().position(|id| id == shown).unwrap_or(usize::MAX));
        let places = wanted.iter().enumerate().map(|(place, (record_id, _))| (*record_id, place as i64));
        put(tx, entity, user_id, places).await?;
        Ok(Reply::no_content())
    })
    .await?;
    shown(&ctx, asked).await
}

/// Keeps favourites at their places.
async fn put(tx: &mut Tx, entity: &Entity, user_id: i64, places: impl Iterator<Item = (i64, i64)>) -> Result<()> {
    let mut upsert = Query::insert();
    upsert.into_table(TABLE).columns(["user_id", "entity", "record_id", "position"]);
    let mut is_empty = true;
    for (record_id, position) in places {
        is_empty = false;
        upsert.values_panic([user_id.into(), entity.name.into(), record_id.into(), position.into()]);
    }
    if is_empty {
        return Ok(());
    }
    upsert.on_conflict(
        OnConflict::columns(["user_id", "entity", "record_id"])
            .update_column("position")
            .to_owned(),
    );
    tx.exec(&upsert).await?;
    Ok(())
}

/// Makes a record a favourite of the caller's, the last one unless it is one already.
pub async fn add(ctx: &Ctx, entity: &'static Entity, id: i64) -> Result<Reply> {
    let user_id = mine(ctx)?;
    read::require(ctx, entity, entity.permissions.read, id).await?;
    ctx.write(async |tx| {
        let places = Query::select()
            .expr(target(entity, TABLE))
            .column("position")
            .from(Alias::new(TABLE))
            .cond_where(of_user(entity, user_id))
            .to_owned();
        let places: Vec<(i64, i64)> = tx.all(&places).await?;
        if places.iter().any(|(record_id, _)| *record_id == id) {
            return Ok(Reply::no_content());
        }
        if places.len() >= MAX_FAVOURITES {
            return Err(Error::Conflict(say!(
                "En çok {} favoriniz olabilir.",
                "You may have {} favourites at most.",
                MAX_FAVOURITES
            )));
        }
        let last = places.iter().map(|(_, position)| position + 1).max().unwrap_or(0);
        put(tx, entity, user_id, [(id, last)].into_iter()).await?;
        Ok(Reply::no_content())
    })
    .await
}

/// Takes a record from the caller's favourites.
pub async fn remove(ctx: &Ctx, entity: &'static Entity, id: i64) -> Result<Reply> {
    let user_id = mine(ctx)?;
    ctx.write(async |tx| {
        tx.exec(&Query::delete().from_table(TABLE).cond_where(of(entity, user_id, id)).to_owned())
            .await?;
        Ok(Reply::no_content())
    })
    .await
}
