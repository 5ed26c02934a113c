//! The whole base looked through: match keys made anew, and every pair that shares one compared.

use std::collections::{BTreeSet, HashMap};

use futures::FutureExt;
use kernel::ctx::Ctx;
use kernel::db::Db;
use kernel::error::Result;
use kernel::jobs::Job;
use sea_query::{Alias, Cond, Expr, ExprTrait, Order, Query};

use super::candidates::HOT;
use super::facts::{self, Facts};
use super::{keys, queue};

/// Customers whose keys are made in one transaction.
const KEYED_AT_ONCE: u64 = 1_000;
/// Keys read at once.
const KEYS_AT_ONCE: u64 = 20_000;
/// Pairs compared at once, and written in one transaction.
const PAIRS_AT_ONCE: usize = 20_000;

/// Makes the keys of customers that came before there were any, and looks through all of them.
pub const JOB: Job = Job {
    name: "customers.find_duplicates",
    run: |ctx, _| {
        async move {
            write_keys(&ctx).await?;
            rescan(&ctx).await?;
            Ok(())
        }
        .boxed()
    },
};

/// Writes the keys of every customer anew.
pub async fn write_keys(ctx: &Ctx) -> Result<()> {
    let mut last = 0;
    loop {
        let next = Query::select()
            .column("id")
            .from(Alias::new("customers"))
            .and_where(Expr::col("id").gt(last))
            .order_by("id", Order::Asc)
            .limit(KEYED_AT_ONCE)
            .to_owned();
        let ids: Vec<i64> = ctx.db.all::<(i64,)>(&next).await?.into_iter().map(|(id,)| id).collect();
        let Some(newest) = ids.last() else { return Ok(()) };
        last = *newest;
        ctx.db
            .write(async |tx| {
                keys::forget(tx, &ids).await?;
                let rows = facts::load(tx, &ids)
                    .await?
                    .iter()
                    .flat_map(|facts| keys::keys(facts).into_iter().map(|key| (key, facts.id)))
                    .collect();
                keys::add(tx, rows).await
            })
            .await?;
    }
}

/// What a scan did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scanned {
    /// Pairs that share a key.
    pub compared: usize,
    /// Of these, those likely enough for the queue.
    pub found: usize,
}

/// Compares every two customers that share a key, and makes the queue what comes of it.
pub async fn rescan(ctx: &Ctx) -> Result<Scanned> {
    let pairs = pairs(&ctx.db).await?;
    let mut scanned = Scanned {
        compared: pairs.len(),
        found: 0,
    };
    let at_us = ctx.now_us();
    let mut from = 0;
    let mut low = 0;
    loop {
        // A window ends where the next customer begins, so that all pairs of a customer are in one.
        let mut end = (from + PAIRS_AT_ONCE).min(pairs.len());
        while end > from && end < pairs.len() && pairs[end].0 == pairs[end - 1].0 {
            end += 1;
        }
        let below = pairs.get(end).map_or(i64::MAX, |(low, _)| *low);
        let found = compare(&ctx.db, &pairs[from..end]).await?;
        scanned.found += found.len();
        ctx.db
            .write(async |tx| {
                let kept = queue::kept_between(tx, low, below).await?;
                queue::bring_up_to_date(tx, kept, found, at_us).await
            })
            .await?;
        if end == pairs.len() {
            return Ok(scanned);
        }
        (from, low) = (end, below);
    }
}

/// Compares pairs.
async fn compare(db: &Db, pairs: &[(i64, i64)]) -> Result<queue::Found> {
    let ids: BTreeSet<i64> = pairs.iter().flat_map(|(low, high)| [*low, *high]).collect();
    let all = facts::read(db, &ids.into_iter().collect::<Vec<_>>()).await?;
    let all: HashMap<i64, &Facts> = all.iter().map(|facts| (facts.id, facts)).collect();
    let mut found = queue::Found::new();
    for (low, high) in pairs {
        if let (Some(a), Some(b)) = (all.get(low), all.get(high)) {
            queue::note(&mut found, a, b);
        }
    }
    Ok(found)
}

/// Every two customers that share a key that is not hot, in order. Read in the order of the keys, so that those who share one come
/// together.
pub async fn pairs(db: &Db) -> Result<Vec<(i64, i64)>> {
    let mut pairs = Vec::new();
    let mut block: (i64, Vec<i64>) = (0, Vec::new());
    let mut last: Option<(i64, i64)> = None;
    loop {
        let mut page = Query::select();
        page.columns(["key", "customer_id"])
            .from(Alias::new("match_keys"))
            .order_by("key", Order::Asc)
            .order_by("customer_id", Order::Asc)
            .limit(KEYS_AT_ONCE);
        if let Some((key, customer_id)) = last {
            let beyond = Cond::any()
                .add(Expr::col("key").gt(key))
                .add(Expr::col("customer_id").gt(customer_id));
            page.and_where(Expr::col("key").gte(key)).cond_where(beyond);
        }
        let rows: Vec<(i64, i64)> = db.all(&page).await?;
        for (key, customer_id) in &rows {
            if *key != block.0 {
                close(&mut pairs, &mut block.1);
                block.0 = *key;
            }
            block.1.push(*customer_id);
        }
        last = rows.last().copied();
        if (rows.len() as u64) < KEYS_AT_ONCE {
            break;
        }
        if pairs.len() > 4_000_000 {
            pairs.sort_unstable();
            pairs.dedup();
        }
    }
    close(&mut pairs, &mut block.1);
    pairs.sort_unstable();
    pairs.dedup();
    Ok(pairs)
}

/// Pairs up those who share a key.
fn close(pairs: &mut Vec<(i64, i64)>, block: &mut Vec<i64>) {
    if block.len() <= HOT {
        for (place, low) in block.iter().enumerate() {
            pairs.extend(block[place + 1..].iter().map(|high| (*low, *high)));
        }
    }
    block.clear();
}
