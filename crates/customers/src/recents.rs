//! The records a user opened last.

use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Reply, Routes};
use sea_query::{Alias, Expr, ExprTrait, Func, JoinType, OnConflict, Order, Query, SelectStatement};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::customer::read::{self, OWNED, Reader};
use crate::permissions::READ;

/// Shown at once.
const SHOWN: u64 = 20;
/// Kept for each user: some may go out of sight.
const KEPT: u64 = 100;

pub fn routes() -> Routes {
    Routes::new().add(routes!(list_recents), Access::Needs(READ))
}

/// A record as a short line.
#[derive(Serialize, ToSchema)]
pub struct Line {
    /// `customer`.
    pub entity: &'static str,
    pub id: i64,
    pub name: String,
    /// What tells it from others of its name: code and city.
    pub subtitle: String,
    /// `individual` or `company`.
    pub customer_type: String,
}

/// Customers out of a table `(user_id, entity, record_id, <by>)` of the caller's that they may still see, in the order of `by`. What was
/// merged is shown as what it was merged into.
pub(crate) async fn lines(ctx: &Ctx, table: &'static str, by: &'static str, order: Order, limit: u64) -> Result<Vec<Line>> {
    let target = || {
        Expr::expr(Func::coalesce([
            Expr::col(("customer_redirects", "customer_id")),
            Expr::col((table, "record_id")),
        ]))
    };
    let by_expr = Expr::col((table, by));
    let mine: SelectStatement = Query::select()
        .expr_as(target(), "target_id")
        .expr_as(if order == Order::Desc { by_expr.max() } else { by_expr.min() }, "by_value")
        .from(Alias::new(table))
        .left_join(
            "customer_redirects",
            Expr::col(("customer_redirects", "old_id")).equals((table, "record_id")),
        )
        .and_where(Expr::col((table, "user_id")).eq(ctx.actor.user_id.map_or(0, |id| id.0)))
        .and_where(Expr::col((table, "entity")).eq(OWNED.entity))
        .add_group_by([target()])
        .to_owned();
    let mut query = read::visible(ctx, READ).await?;
    query
        .columns(["id", "name", "customer_code", "city", "customer_type"].map(|column| ("customers", column)))
        .join_subquery(
            JoinType::InnerJoin,
            mine,
            "mine",
            Expr::col(("mine", "target_id")).equals(("customers", "id")),
        )
        .order_by(("mine", "by_value"), order.clone())
        .order_by(("customers", "id"), order)
        .limit(limit);
    let reader = Reader::of(ctx);
    let rows: Vec<(i64, String, String, String, String)> = ctx.db.all(&query).await?;
    let line = |(id, name, code, city, customer_type): (i64, String, String, String, String)| {
        let city = if reader.hides("city") { String::new() } else { city };
        let parts: Vec<String> = [code, city].into_iter().filter(|part| !part.is_empty()).collect();
        Line {
            entity: OWNED.entity,
            id,
            name,
            subtitle: parts.join(" · "),
            customer_type,
        }
    };
    Ok(rows.into_iter().map(line).collect())
}

/// The records that the caller opened last and may still see, the latest first; twenty at most.
#[utoipa::path(get, path = "/me/recent/", tag = "me", operation_id = "list_recents", responses((status = 200, body = Listed<Line>), Problems))]
async fn list_recents(ctx: Ctx) -> Result<Reply> {
    Reply::ok(&Listed::whole(lines(&ctx, "recents", "seen_at", Order::Desc, SHOWN).await?))
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
