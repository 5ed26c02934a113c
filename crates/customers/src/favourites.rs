//! The records a user keeps at hand, in an order of their own. Nobody else sees them, and they are no history.

use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Error, Result, invalid};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, PathId, Reply, Routes};
use kernel::say;
use sea_query::{Alias, Cond, Expr, ExprTrait, OnConflict, Order, Query};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::customer::read::{self, OWNED};
use crate::permissions::READ;
use crate::recents::{Line, lines};

/// How many a user may have.
const MAX_FAVOURITES: usize = 200;

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_favourites, order_favourites), Access::Needs(READ))
        .add(routes!(add_favourite, remove_favourite), Access::Needs(READ))
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
fn of(user_id: i64, id: i64) -> Cond {
    let merged = Query::select()
        .column("old_id")
        .from(Alias::new("customer_redirects"))
        .and_where(Expr::col("customer_id").eq(id))
        .to_owned();
    Cond::all()
        .add(Expr::col("user_id").eq(user_id))
        .add(Expr::col("entity").eq(OWNED.entity))
        .add(
            Cond::any()
                .add(Expr::col("record_id").eq(id))
                .add(Expr::col("record_id").in_subquery(merged)),
        )
}

/// Whether a customer is among the caller's favourites.
pub async fn has(ctx: &Ctx, id: i64) -> Result<bool> {
    let Some(user_id) = ctx.actor.user_id else { return Ok(false) };
    let query = Query::select()
        .column("record_id")
        .from(Alias::new("favourites"))
        .cond_where(of(user_id.0, id))
        .limit(1)
        .to_owned();
    Ok(ctx.db.opt::<(i64,)>(&query).await?.is_some())
}

/// The records that the caller keeps at hand, in their order.
#[utoipa::path(get, path = "/me/favourites/", tag = "me", operation_id = "list_favourites", responses((status = 200, body = Listed<Line>), Problems))]
async fn list_favourites(ctx: Ctx) -> Result<Reply> {
    let shown = lines(&ctx, "favourites", "position", Order::Asc, MAX_FAVOURITES as u64).await?;
    Reply::ok(&Listed::whole(shown))
}

/// Puts the caller's favourites in another order.
#[utoipa::path(put, path = "/me/favourites/", tag = "me", operation_id = "order_favourites", request_body = FavouriteOrder, responses((status = 200, body = Listed<Line>), Problems))]
async fn order_favourites(ctx: Ctx, Body(order): Body<FavouriteOrder>) -> Result<Reply> {
    let user_id = mine(&ctx)?;
    ctx.write(async |tx| {
        let known: Vec<(i64, i64)> = tx
            .all(
                Query::select()
                    .expr(Expr::col(("favourites", "record_id")))
                    .expr(sea_query::Func::coalesce([
                        Expr::col(("customer_redirects", "customer_id")),
                        Expr::col(("favourites", "record_id")),
                    ]))
                    .from(Alias::new("favourites"))
                    .left_join(
                        "customer_redirects",
                        Expr::col(("customer_redirects", "old_id")).equals(("favourites", "record_id")),
                    )
                    .and_where(Expr::col(("favourites", "user_id")).eq(user_id))
                    .and_where(Expr::col(("favourites", "entity")).eq(OWNED.entity))
                    .order_by(("favourites", "position"), Order::Asc)
                    .order_by(("favourites", "record_id"), Order::Asc),
            )
            .await?;
        if let Some(stranger) = order.ids.iter().find(|id| known.iter().all(|(_, shown)| shown != *id)) {
            return Err(invalid(
                "ids",
                say!("{} favorileriniz arasında değil.", "{} is not among your favourites.", stranger),
            ));
        }
        let mut wanted = known;
        wanted.sort_by_key(|(_, shown)| order.ids.iter().position(|id| id == shown).unwrap_or(usize::MAX));
        put(tx, user_id, wanted.iter().map(|(record_id, _)| *record_id)).await?;
        Ok(Reply::no_content())
    })
    .await?;
    list_favourites(ctx).await
}

/// Keeps favourites at the places in which they come.
async fn put(tx: &mut Tx, user_id: i64, record_ids: impl Iterator<Item = i64>) -> Result<()> {
    let mut upsert = Query::insert();
    upsert
        .into_table("favourites")
        .columns(["user_id", "entity", "record_id", "position"]);
    let mut is_empty = true;
    for (position, record_id) in record_ids.enumerate() {
        is_empty = false;
        upsert.values_panic([user_id.into(), OWNED.entity.into(), record_id.into(), (position as i64).into()]);
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

/// Makes a customer a favourite of the caller's, the last one unless it is one already.
#[utoipa::path(put, path = "/customers/{id}/favourite/", tag = "customers", operation_id = "add_favourite", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn add_favourite(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    let user_id = mine(&ctx)?;
    read::require(&ctx, READ, id).await?;
    ctx.write(async |tx| {
        let places = Query::select()
            .columns(["record_id", "position"])
            .from(Alias::new("favourites"))
            .and_where(Expr::col("user_id").eq(user_id))
            .and_where(Expr::col("entity").eq(OWNED.entity))
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
        let columns = ["user_id", "entity", "record_id", "position"];
        let row = vec![user_id.into(), OWNED.entity.into(), id.into(), last.into()];
        tx.insert_missing_rows("favourites", &columns, [row].into_iter()).await?;
        Ok(Reply::no_content())
    })
    .await
}

/// Takes a customer from the caller's favourites.
#[utoipa::path(delete, path = "/customers/{id}/favourite/", tag = "customers", operation_id = "remove_favourite", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn remove_favourite(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    let user_id = mine(&ctx)?;
    ctx.write(async |tx| {
        tx.exec(&Query::delete().from_table("favourites").cond_where(of(user_id, id)).to_owned())
            .await?;
        Ok(Reply::no_content())
    })
    .await
}
