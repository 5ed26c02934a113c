//! Who calls, and for whom.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Context;
use axum::http::HeaderValue;
use chrono::NaiveDate;
use identity::tokens::{self, NewToken};
use kernel::ctx::Ctx;
use kernel::ids::UserId;
use sea_query::{Alias, Expr, ExprTrait, Order, Query};

use super::people::scattered;
use super::seed::{DIRECTOR, MANAGER, OF_ONE_CITY, SMALL_TEAM_MANAGER};
use crate::app::Product;
use crate::cli::told;

/// Ids of visible customers that single calls are made for.
const SAMPLE: usize = 100_000;

/// What the cases need to know of the database.
pub struct Stage {
    pub customers: i64,
    /// Customers the caller may see, no two twice, in no order.
    pub visible: Arc<[i64]>,
    pub visible_count: i64,
    /// The caller: manager of one team.
    pub bearer: HeaderValue,
    /// The manager of a small team.
    pub small_team: HeaderValue,
    /// Somebody who sees everything.
    pub everything: HeaderValue,
    /// Somebody whose role narrows all customers to those of one city.
    pub one_city: HeaderValue,
    /// An index from which on nobody is there yet.
    pub fresh: u64,
    pub today: NaiveDate,
}

impl Stage {
    pub async fn of(product: &Product) -> anyhow::Result<Stage> {
        let ctx = product.system().await.map_err(told)?;
        let (bearer, team) = caller(&ctx, MANAGER).await?;
        let count = |query: &mut sea_query::SelectStatement| query.expr(Expr::col("id").count()).from(Alias::new("customers")).to_owned();
        let (customers,): (i64,) = ctx.db.one(&count(&mut Query::select())).await.map_err(told)?;
        let (visible_count,): (i64,) = ctx
            .db
            .one(&count(Query::select().and_where(Expr::col("team_id").eq(team))))
            .await
            .map_err(told)?;
        let ids = Query::select()
            .column("id")
            .from(Alias::new("customers"))
            .and_where(Expr::col("team_id").eq(team))
            .order_by("id", Order::Asc)
            .to_owned();
        let ids: Vec<(i64,)> = ctx.db.all(&ids).await.map_err(told)?;
        // From all over the table, and in no order.
        let scattered: BTreeMap<u64, i64> = ids.iter().map(|(id,)| (scattered(*id as u64, u64::MAX), *id)).collect();
        Ok(Stage {
            customers,
            visible: scattered.into_values().take(SAMPLE).collect(),
            visible_count,
            bearer,
            small_team: caller(&ctx, SMALL_TEAM_MANAGER).await?.0,
            everything: caller(&ctx, DIRECTOR).await?.0,
            one_city: caller(&ctx, OF_ONE_CITY).await?.0,
            // Whatever earlier runs have created is below: people are different up to forty million.
            fresh: ctx.now_us() as u64 / 100_000 % 30_000_000 + customers as u64,
            today: ctx.today(),
        })
    }
}

/// What a user calls with, and the user's team.
async fn caller(ctx: &Ctx, email: &str) -> anyhow::Result<(HeaderValue, i64)> {
    let user = Query::select()
        .columns(["id", "team_id"])
        .from(Alias::new("users"))
        .and_where(Expr::col("email").eq(email))
        .to_owned();
    let (user, team): (i64, i64) = ctx
        .db
        .opt(&user)
        .await
        .map_err(told)?
        .context("this database was not seeded by this version of crm bench")?;
    let new = NewToken {
        user_id: UserId(user),
        name: "bench".into(),
        scopes: vec!["*".into()],
        expires_at_us: None,
    };
    let token = ctx.db.write(async |tx| tokens::create(tx, ctx, new).await).await.map_err(told)?;
    Ok((HeaderValue::from_str(&format!("Bearer {}", token.secret))?, team))
}
