//! A streaming replica of PostgreSQL to read lists from. Here, and nowhere else, it is decided whether a read may go there: not while the replica
//! is away or far behind, and not for somebody who would miss what they have just written.
//!
//! How far it is: every half second the primary says where its log ends, and the replica how far it has replayed it. No clocks are compared.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use moka::sync::Cache;
use serde::Serialize;
use sqlx::Postgres;
use sqlx::pool::PoolOptions;
use sqlx::postgres::{PgConnectOptions, PgPool};
use utoipa::ToSchema;

use crate::error::Result;
use crate::memo::Memo;

const EVERY: Duration = Duration::from_millis(500);
/// A replica that does not answer for so long is left alone.
const PATIENCE: Duration = Duration::from_secs(2);
const CONNECTIONS: u32 = 20;
const WRITERS_MOST: u64 = 100_000;
const UNKNOWN: &str = "not looked at yet";

/// When the replica is left alone.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For so long after a write of theirs somebody reads from the primary, whatever the replica says.
    pub own_writes: Duration,
    /// Further behind it serves nobody.
    pub max_lag: Duration,
}

/// How the replica is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Report {
    /// Whether lists are read from it.
    pub is_used: bool,
    /// How far behind the primary it is.
    pub lag_ms: i64,
    /// Why it is left alone; empty when it is used.
    pub reason: String,
    /// Lists read from it since the start.
    pub reads: u64,
    /// Lists read from the primary instead.
    pub reads_of_primary: u64,
    /// Reads that it failed at, and that the primary then answered.
    pub failures: u64,
}

/// The replica and what is known of it.
pub struct Replica {
    pub(super) pool: PgPool,
    /// Remembers nothing: what was counted on a replica that lagged must not outlive the lag.
    pub(super) memo: Memo,
    limits: Limits,
    wrote: Cache<String, Wrote>,
    is_well: AtomicBool,
    replayed: AtomicI64,
    lag_ms: AtomicI64,
    reason: Mutex<String>,
    reads: AtomicU64,
    reads_of_primary: AtomicU64,
    failures: AtomicU64,
}

/// Somebody's last write.
#[derive(Clone, Copy)]
struct Wrote {
    at: Instant,
    /// Where the log ended after it; not asked for before it is needed.
    ends: Option<i64>,
}

impl Replica {
    /// Knows of a replica, and looks after it from now on. It need not be there.
    pub(super) fn start(primary: &PgPool, options: PgConnectOptions, limits: Limits) -> Arc<Replica> {
        let pool = PoolOptions::<Postgres>::new()
            .max_connections(CONNECTIONS)
            .test_before_acquire(false)
            .acquire_timeout(PATIENCE)
            .connect_lazy_with(options);
        let replica = Arc::new(Replica {
            pool,
            memo: Memo::forgetful(),
            limits,
            // Longer than that a write cannot matter: a replica further behind serves nobody.
            wrote: Cache::builder()
                .max_capacity(WRITERS_MOST)
                .time_to_live(limits.max_lag + limits.own_writes + Duration::from_secs(60))
                .build(),
            is_well: AtomicBool::new(false),
            replayed: AtomicI64::new(0),
            lag_ms: AtomicI64::new(0),
            reason: Mutex::new(UNKNOWN.into()),
            reads: AtomicU64::new(0),
            reads_of_primary: AtomicU64::new(0),
            failures: AtomicU64::new(0),
        });
        tokio::spawn(watch(Arc::downgrade(&replica), primary.clone()));
        replica
    }

    /// Notes that somebody has written.
    pub(super) fn wrote(&self, who: &str) {
        let wrote = Wrote {
            at: Instant::now(),
            ends: None,
        };
        self.wrote.insert(who.to_owned(), wrote);
    }

    /// Whether a list of somebody's may be read here.
    pub(super) async fn serves(&self, primary: &PgPool, who: &str) -> bool {
        let serves = self.is_well.load(Ordering::Relaxed) && self.has_replayed(primary, who).await;
        let count = if serves { &self.reads } else { &self.reads_of_primary };
        count.fetch_add(1, Ordering::Relaxed);
        serves
    }

    async fn has_replayed(&self, primary: &PgPool, who: &str) -> bool {
        let Some(wrote) = self.wrote.get(who) else { return true };
        if wrote.at.elapsed() < self.limits.own_writes {
            return false;
        }
        let ends = match wrote.ends {
            Some(ends) => ends,
            None => {
                // Later than the write, so no less than what it needs.
                let Ok(ends) = end_of_log(primary).await else { return false };
                let ends_now = Wrote { ends: Some(ends), ..wrote };
                // Unless they wrote again meanwhile.
                if self.wrote.get(who).is_some_and(|now| now.at == wrote.at) {
                    self.wrote.insert(who.to_owned(), ends_now);
                }
                ends
            }
        };
        self.replayed.load(Ordering::Relaxed) >= ends
    }

    /// Notes that a read failed here.
    pub(super) fn failed(&self, error: &sqlx::Error) {
        self.failures.fetch_add(1, Ordering::Relaxed);
        // What the statement itself is to blame for fails on the primary as well; a cancelled statement is the price of replaying.
        if !matches!(error, sqlx::Error::Database(error) if !error.code().is_some_and(|code| code.starts_with("57P"))) {
            self.is_not_well(error.to_string());
        }
    }

    fn is_not_well(&self, reason: String) {
        if self.is_well.swap(false, Ordering::Relaxed) {
            tracing::warn!(reason, "the replica is left alone");
        }
        *self.reason.lock().unwrap_or_else(PoisonError::into_inner) = reason;
    }

    fn is_fine(&self) {
        if !self.is_well.swap(true, Ordering::Relaxed) {
            tracing::info!("lists are read from the replica");
        }
        self.reason.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// How it is doing, after the first look at it.
    pub(super) async fn examined(&self) -> Report {
        let begin = Instant::now();
        while begin.elapsed() < 3 * PATIENCE && self.report().reason == UNKNOWN {
            tokio::time::sleep(EVERY / 10).await;
        }
        self.report()
    }

    /// How it is doing.
    pub(super) fn report(&self) -> Report {
        Report {
            is_used: self.is_well.load(Ordering::Relaxed),
            lag_ms: self.lag_ms.load(Ordering::Relaxed),
            reason: self.reason.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            reads: self.reads.load(Ordering::Relaxed),
            reads_of_primary: self.reads_of_primary.load(Ordering::Relaxed),
            failures: self.failures.load(Ordering::Relaxed),
        }
    }
}

async fn watch(replica: Weak<Replica>, primary: PgPool) {
    let mut ends = Unreplayed::default();
    loop {
        let Some(replica) = replica.upgrade() else { return };
        if primary.is_closed() {
            return;
        }
        look(&replica, &primary, &mut ends).await;
        drop(replica);
        tokio::time::sleep(EVERY).await;
    }
}

async fn look(replica: &Replica, primary: &PgPool, ends: &mut Unreplayed) {
    match tokio::time::timeout(PATIENCE, end_of_log(primary)).await {
        Ok(Ok(end)) => ends.add(Instant::now(), end),
        _ => return replica.is_not_well("the primary does not say where its log ends".into()),
    }
    let replayed =
        sqlx::query_as::<_, (bool, Option<i64>)>("SELECT pg_is_in_recovery(), pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint");
    let replayed = match tokio::time::timeout(PATIENCE, replayed.fetch_one(&replica.pool)).await {
        Ok(Ok((true, Some(replayed)))) => replayed,
        Ok(Ok(_)) => return replica.is_not_well("it is no replica (any more)".into()),
        Ok(Err(error)) => return replica.is_not_well(error.to_string()),
        Err(_) => return replica.is_not_well("it does not answer".into()),
    };
    let lag = ends.lag(Instant::now(), replayed);
    replica.replayed.store(replayed, Ordering::Relaxed);
    replica
        .lag_ms
        .store(i64::try_from(lag.as_millis()).unwrap_or(i64::MAX), Ordering::Relaxed);
    if lag > replica.limits.max_lag {
        replica.is_not_well(format!("it is {} s behind", lag.as_secs()));
    } else {
        replica.is_fine();
    }
}

/// Where the log of a primary ends, in bytes.
async fn end_of_log(primary: &PgPool) -> Result<i64> {
    let (end,) = sqlx::query_as("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint")
        .fetch_one(primary)
        .await?;
    Ok(end)
}

/// Where the log ended when, as far as that was not replayed yet.
#[derive(Default)]
struct Unreplayed(VecDeque<(Instant, i64)>);

impl Unreplayed {
    /// One for each look of ten minutes; older than that is old enough.
    const MOST: usize = 1_200;

    fn add(&mut self, at: Instant, end: i64) {
        // The oldest stays: it tells how far behind the replica is.
        if self.0.len() < Self::MOST && self.0.back().is_none_or(|(_, last)| *last < end) {
            self.0.push_back((at, end));
        }
    }

    /// How long ago the primary first was where the replica is not yet.
    fn lag(&mut self, now: Instant, replayed: i64) -> Duration {
        while self.0.front().is_some_and(|(_, end)| *end <= replayed) {
            self.0.pop_front();
        }
        self.0.front().map_or(Duration::ZERO, |(at, _)| now.duration_since(*at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lag_is_the_age_of_the_oldest_place_that_was_not_reached() {
        let begin = Instant::now();
        let at = |s: u64| begin + Duration::from_secs(s);
        let mut ends = Unreplayed::default();
        for (s, end) in [(0, 100), (1, 100), (2, 200), (3, 300)] {
            ends.add(at(s), end);
        }
        assert_eq!(ends.lag(at(3), 50), Duration::from_secs(3));
        assert_eq!(ends.lag(at(3), 150), Duration::from_secs(1));
        assert_eq!(ends.lag(at(9), 300), Duration::ZERO, "nothing was written since");
        ends.add(at(10), 400);
        assert_eq!(ends.lag(at(12), 399), Duration::from_secs(2));
    }
}
