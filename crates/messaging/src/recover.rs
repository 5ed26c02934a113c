//! After a crash: what a dead process had claimed is settled by what its wire journal says, and by nothing else.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use kernel::ctx::Ctx;
use kernel::db::Db;
use kernel::error::Result;
use sea_query::{Alias, Cond, Expr, ExprTrait, Order, Query, UpdateStatement};

use crate::journal::{self, Attempt, Mark};
use crate::words::DeliveryState;

/// Rows of one transaction.
const BATCH: u64 = 1000;

/// Where the journals of this data directory are.
pub fn directory(ctx: &Ctx) -> PathBuf {
    ctx.data_dir.join("wire")
}

/// Settles what dead processes left behind.
pub async fn recover(ctx: &Ctx, own: &str) -> Result<()> {
    let dir = directory(ctx);
    for left in journal::left(&dir)? {
        resolve(ctx, Expr::col("claimed_by").eq(left.name.as_str()), |attempt| {
            match left.marks.get(&attempt) {
                Some(Mark::Accepted) => Fate::Sent,
                Some(Mark::Begun) => Fate::InDoubt,
                Some(Mark::Refused) | None => Fate::Waiting,
            }
        })
        .await?;
        // Its lanes need not wait until their lease runs out.
        let free = Query::update()
            .table("lanes")
            .value("lease_until", 0)
            .and_where(Expr::col("lease_owner").eq(left.name.as_str()))
            .to_owned();
        ctx.db.write(async |tx| tx.exec(&free).await).await?;
        forget(&dir, &left.name)?;
    }
    if matches!(ctx.db, Db::Sqlite { .. }) {
        // Nobody else uses this file: a claim whose journal is gone is one of which nothing is known.
        resolve(ctx, Expr::col("claimed_by").ne(own), |_| Fate::InDoubt).await?;
    }
    Ok(())
}

/// Another process may have done the same meanwhile.
fn forget(dir: &Path, name: &str) -> Result<()> {
    match journal::forget(dir, name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        outcome => Ok(outcome?),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Fate {
    Sent,
    InDoubt,
    Waiting,
}

async fn resolve(ctx: &Ctx, whose: Expr, fate: impl Fn(Attempt) -> Fate) -> Result<()> {
    let now = ctx.now_us();
    loop {
        let found = ctx
            .db
            .write(async |tx| {
                let mut query = Query::select()
                    .columns(["id", "attempts"])
                    .from(Alias::new("deliveries"))
                    .and_where(tx.dialect().own_sql("state = 'claimed'"))
                    .and_where(whose.clone())
                    .order_by("id", Order::Asc)
                    .limit(BATCH)
                    .to_owned();
                tx.dialect().for_update(&mut query);
                let rows: Vec<(i64, i64)> = tx.all(&query).await?;
                let mut fates: HashMap<Fate, Vec<i64>> = HashMap::new();
                for &(delivery_id, attempts) in &rows {
                    let attempt = Attempt {
                        delivery_id,
                        attempt: attempts as u32,
                    };
                    fates.entry(fate(attempt)).or_default().push(delivery_id);
                }
                for (fate, ids) in fates {
                    for update in fate.updates(&ids, now) {
                        tx.exec(&update).await?;
                    }
                }
                Ok(rows.len() as u64)
            })
            .await?;
        if found > 0 {
            tracing::warn!(deliveries = found, "what a dead process had claimed is settled");
        }
        if found < BATCH {
            return Ok(());
        }
    }
}

impl Fate {
    fn updates(self, ids: &[i64], now: i64) -> Vec<UpdateStatement> {
        let of = |state: DeliveryState| {
            Query::update()
                .table("deliveries")
                .value("state", state.word())
                .cond_where(Cond::all().add(Expr::col("id").is_in(ids.iter().copied())))
                .and_where(Expr::col("state").eq(DeliveryState::Claimed.word()))
                .to_owned()
        };
        match self {
            Fate::Sent => vec![of(DeliveryState::Sent).value("settled_at", now).to_owned()],
            Fate::Waiting => vec![
                of(DeliveryState::Waiting)
                    .value("attempts", Expr::col("attempts").sub(1))
                    .to_owned(),
            ],
            // What somebody waits for is sent again; what is advertised waits for a person.
            Fate::InDoubt => vec![
                of(DeliveryState::Waiting)
                    .value("was_in_doubt", true)
                    .and_where(Expr::col("category").eq("transactional"))
                    .to_owned(),
                of(DeliveryState::InDoubt).value("was_in_doubt", true).to_owned(),
            ],
        }
    }
}
