//! Who has a record open just now. An open page says so every twenty seconds and hears of the others; nothing of it is history.

use std::collections::BTreeSet;

use futures::FutureExt;
use kernel::actor::Via;
use kernel::clock::{HOUR_US, SECOND_US, rfc3339};
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Result, invalid};
use kernel::http::Reply;
use kernel::jobs::Job;
use sea_query::{Alias, Cond, Expr, ExprTrait, OnConflict, Order, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::entity::Entity;
use crate::{choices, names, read, recents};

/// How long somebody counts as here after their page last said so: two missed beats and a little.
const HERE_S: i64 = 45;
/// Others that are named; nobody reads more faces.
const NAMED: u64 = 50;

/// Takes away what pages said that are long closed.
pub const SWEEP: Job = Job {
    name: "records.presence_sweep",
    run: |ctx, _| {
        async move {
            let delete = Query::delete()
                .from_table("presences")
                .and_where(Expr::col("seen_at").lt(ctx.now_us() - HOUR_US))
                .to_owned();
            ctx.db.write(async |tx| tx.exec(&delete).await).await?;
            Ok(())
        }
        .boxed()
    },
};

choices! {
    /// What somebody does with a record.
    PresenceState {
        Viewing: "viewing", "Bakıyor", "Viewing";
        Editing: "editing", "Düzenliyor", "Editing";
    }
}

/// What an open page says.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HereInput {
    #[schema(value_type = PresenceState)]
    pub state: String,
}

/// Who else is there.
#[derive(Serialize, ToSchema)]
pub struct Here {
    pub others: Vec<Other>,
}

/// Somebody else who has the record open.
#[derive(Serialize, ToSchema)]
pub struct Other {
    pub id: i64,
    pub name: String,
    #[schema(value_type = PresenceState)]
    pub state: String,
    /// Since when they have it open.
    #[schema(format = DateTime)]
    pub since: String,
}

/// Whose coming is worth knowing: people at a screen of their own, and neither programs nor who looks through somebody else's eyes.
fn watcher(ctx: &Ctx) -> Option<i64> {
    match ctx.actor.via {
        Via::Session { .. } if ctx.actor.viewed_by.is_none() => ctx.actor.user_id.map(|id| id.0),
        _ => None,
    }
}

/// Notes that a record is open on a page of the caller's, which the page says every twenty seconds; answers who else has it open. API tokens,
/// and who looks as somebody else, are answered and leave no trace.
pub async fn tell(ctx: &Ctx, entity: &'static Entity, id: i64, input: &HereInput) -> Result<Reply> {
    let state = PresenceState::parse(&input.state).map_err(|problem| invalid("state", problem))?;
    read::require(ctx, entity, entity.permissions.read, id).await?;
    if let Some(user_id) = watcher(ctx) {
        ctx.db.write(async |tx| note(tx, ctx, entity, user_id, id, state).await).await?;
    }
    Reply::ok(&Here {
        others: others(ctx, entity, id).await?,
    })
}

async fn note(tx: &mut Tx, ctx: &Ctx, entity: &Entity, user_id: i64, id: i64, state: PresenceState) -> Result<()> {
    let now_us = ctx.now_us();
    let since = Query::select()
        .column("since")
        .from(Alias::new("presences"))
        .cond_where(of(entity, id))
        .and_where(Expr::col("user_id").eq(user_id))
        .and_where(Expr::col("seen_at").gte(now_us - HERE_S * SECOND_US))
        .to_owned();
    let since = tx.opt::<(i64,)>(&since).await?.map(|(since,)| since);
    let columns = ["record_id", "entity", "user_id", "state", "since", "seen_at"];
    let seen = Query::insert()
        .into_table("presences")
        .columns(columns)
        .values_panic([
            id.into(),
            entity.name.into(),
            user_id.into(),
            state.word().into(),
            since.unwrap_or(now_us).into(),
            now_us.into(),
        ])
        .on_conflict(
            OnConflict::columns(["record_id", "entity", "user_id"])
                .update_columns(["state", "since", "seen_at"])
                .to_owned(),
        )
        .to_owned();
    tx.exec(&seen).await?;
    match since {
        Some(_) => Ok(()),
        None => recents::note(tx, entity.name, user_id, id, now_us).await,
    }
}

fn of(entity: &Entity, id: i64) -> Cond {
    Cond::all()
        .add(Expr::col("record_id").eq(id))
        .add(Expr::col("entity").eq(entity.name))
}

/// The others who have it open, whoever came first first.
async fn others(ctx: &Ctx, entity: &Entity, id: i64) -> Result<Vec<Other>> {
    let query = Query::select()
        .columns(["user_id", "state", "since"])
        .from(Alias::new("presences"))
        .cond_where(of(entity, id))
        .and_where(Expr::col("seen_at").gte(ctx.now_us() - HERE_S * SECOND_US))
        .and_where(Expr::col("user_id").ne(ctx.actor.user_id.map_or(0, |id| id.0)))
        .order_by("since", Order::Asc)
        .order_by("user_id", Order::Asc)
        .limit(NAMED)
        .to_owned();
    let names = names::all(ctx).await?;
    let rows: Vec<(i64, String, i64)> = ctx.db.all(&query).await?;
    let other = |(id, state, since): (i64, String, i64)| Other {
        id,
        name: names.user(id).unwrap_or_default().to_owned(),
        state,
        since: rfc3339(since),
    };
    Ok(rows.into_iter().map(other).collect())
}

/// Ends what was kept about records that are gone for good: who was there, who had been, whose favourites they were.
pub async fn forget(tx: &mut Tx, entity: &str, record_ids: &[i64]) -> Result<()> {
    let ids: BTreeSet<i64> = record_ids.iter().copied().collect();
    for table in ["presences", "recents", "favourites"] {
        let delete = Query::delete()
            .from_table(table)
            .and_where(Expr::col("entity").eq(entity))
            .and_where(Expr::col("record_id").is_in(ids.iter().copied()))
            .to_owned();
        tx.exec(&delete).await?;
    }
    Ok(())
}
