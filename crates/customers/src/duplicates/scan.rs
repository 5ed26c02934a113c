//! The whole base looked through: match keys made anew, and every pair that shares one compared.

use std::collections::{BTreeSet, HashMap};

use futures::FutureExt;
use kernel::ctx::Ctx;
use kernel::db::Db;
use kernel::error::Result;
use kernel::jobs::Job;
use sea_query::{Alias, Expr, ExprTrait, Order, Query};

use super::candidates::HOT;
use super::facts::{self, Facts};
use super::score::review_millis;
use super::{keys, queue};

/// Customers whose keys are made in one transaction.
const KEYED_AT_ONCE: u64 = 1_000;
/// Into how many slices the keys are cut, by generation of some four hundred thousand keys.
const SLICES_PER_GENERATION: i64 = 8;
/// Pairs compared at once, and written in one transaction.
const PAIRS_AT_ONCE: usize = 20_000;

/// Looks through all of them.
pub const RESCAN: Job = Job {
    name: "customers.rescan_duplicates",
    run: |ctx, _| async move { rescan(&ctx).await.map(drop) }.boxed(),
};

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

/// Writes the keys of every customer anew, one generation after the other.
pub async fn write_keys(ctx: &Ctx) -> Result<()> {
    let mut last = 0;
    let mut emptied = None;
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
        let generations = emptied.map_or(0, |emptied| emptied + 1)..=keys::generation(last);
        emptied = Some(keys::generation(last));
        ctx.db
            .write(async |tx| {
                // Those of this generation who come later have none until their turn.
                for generation in generations.clone() {
                    keys::forget_generation(tx, generation).await?;
                }
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
    let (newest,) = ctx.db.one::<(i64,)>(&keys::newest()).await?;
    let threshold = review_millis(newest);
    let pairs = pairs(&ctx.db, newest).await?;
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
        let found = compare(&ctx.db, &pairs[from..end], threshold).await?;
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

/// Compares pairs; those from this probability on, in per mille, are found.
async fn compare(db: &Db, pairs: &[(i64, i64)], threshold: i64) -> Result<queue::Found> {
    let ids: BTreeSet<i64> = pairs.iter().flat_map(|(low, high)| [*low, *high]).collect();
    let all = facts::read(db, &ids.into_iter().collect::<Vec<_>>()).await?;
    let all: HashMap<i64, &Facts> = all.iter().map(|facts| (facts.id, facts)).collect();
    let mut found = queue::Found::new();
    for (low, high) in pairs {
        if let (Some(a), Some(b)) = (all.get(low), all.get(high)) {
            queue::note(&mut found, a, b, threshold);
        }
    }
    Ok(found)
}

/// Every two customers that share a key that is not hot, in order. The space of keys is looked through in slices, each over all
/// generations, so that those who share a key come together. `newest` is the largest id of a customer.
pub async fn pairs(db: &Db, newest: i64) -> Result<Vec<(i64, i64)>> {
    let generations = keys::generation(newest) + 1;
    let slices = generations * SLICES_PER_GENERATION;
    let step = u64::MAX / slices as u64;
    let mut pairs = Vec::new();
    let mut low = i64::MIN;
    for slice in 1..=slices {
        let high = if slice == slices {
            i64::MAX
        } else {
            low.saturating_add_unsigned(step)
        };
        let query = Query::select()
            .columns(["key", "customer_id"])
            .from(Alias::new("match_keys"))
            .and_where(Expr::col("generation").is_in(0..generations))
            .and_where(Expr::col("key").gte(low))
            .and_where(Expr::col("key").lte(high))
            .to_owned();
        let mut rows: Vec<(i64, i64)> = db.all(&query).await?;
        rows.sort_unstable();
        for block in rows.chunk_by(|(key, _), (next, _)| key == next).filter(|block| block.len() <= HOT) {
            pair_up(&mut pairs, block);
        }
        if pairs.len() > 4_000_000 {
            pairs.sort_unstable();
            pairs.dedup();
        }
        low = high.saturating_add(1);
    }
    pairs.sort_unstable();
    pairs.dedup();
    Ok(pairs)
}

/// Pairs up those who share a key.
fn pair_up(pairs: &mut Vec<(i64, i64)>, block: &[(i64, i64)]) {
    for (place, (_, low)) in block.iter().enumerate() {
        pairs.extend(block[place + 1..].iter().map(|(_, high)| (*low, *high)));
    }
}
