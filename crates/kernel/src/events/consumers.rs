//! Consumers: each reads `events` in order from a cursor of its own, and moves the cursor in the transaction of its effects, so that every
//! event takes effect exactly once. An event that fails again and again is set aside for an operator and the consumer goes on.

use std::time::Duration;

use futures::future::BoxFuture;
use sea_query::{Alias, Expr, ExprTrait, OnConflict, Order, Query};
use serde::Serialize;
use sqlx::FromRow;

use super::Event;
use crate::clock::{Clock, SECOND_US};
use crate::db::{Db, Tx};
use crate::error::{Error, Result};

const BATCH: u64 = 500;
/// After how many failures in a row an event is set aside.
const PATIENCE: i64 = 5;
/// Renewed with every batch. With the sleep of who waits it is what a dead process costs: less than ten seconds. Two who both believe in
/// theirs are no harm, as the cursor is moved in the transaction of the effects.
const LEASE_US: i64 = 4 * SECOND_US;
/// How soon somebody who waits for a lease looks again.
const WAIT: Duration = Duration::from_secs(1);

/// Something that reacts to events.
#[derive(Clone, Copy)]
pub struct Consumer {
    pub name: &'static str,
    /// Whether an event of this kind concerns it.
    pub wants: fn(&str) -> bool,
    /// Applies the events in the transaction that moves the cursor. Must not look at the clock or outside the database.
    pub handle: for<'a> fn(&'a mut Tx, &'a [Event]) -> BoxFuture<'a, Result<()>>,
}

/// What one turn did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Passed this many events.
    Passed(usize),
    /// Nothing new.
    Idle,
    /// Another process holds the lease, or a failure is waiting for its next try.
    Waiting,
}

#[derive(Clone, Debug, FromRow)]
struct State {
    cursor: i64,
    failures: i64,
    next_try_at: i64,
}

impl Consumer {
    /// Handles one batch, at most.
    pub async fn turn(&self, db: &Db, clock: &Clock, owner: &str) -> Result<Turn> {
        let state = self.state(db).await?;
        let now = clock.now_us();
        if state.next_try_at > now {
            return Ok(Turn::Waiting);
        }
        let horizon = super::horizon(db).await?;
        if horizon <= state.cursor {
            return Ok(Turn::Idle);
        }
        let outcome = db.write_patiently(async |tx| self.batch(tx, horizon, now, owner).await).await;
        match outcome {
            Ok(turn) => Ok(turn),
            Err(error) => {
                tracing::warn!(consumer = self.name, %error, "consumer failed");
                self.note_failure(db, now, &error).await?;
                Ok(Turn::Waiting)
            }
        }
    }

    /// Runs for ever: batch after batch, then sleeps until somebody commits.
    pub async fn run(&self, db: Db, clock: Clock, owner: String) {
        let committed = db.committed();
        loop {
            let woken = committed.notified();
            let mut nap = super::nap(&db);
            match self.turn(&db, &clock, &owner).await {
                Ok(Turn::Passed(_)) => continue,
                // Somebody else's lease ends without a word.
                Ok(Turn::Waiting) => nap = nap.min(WAIT),
                Ok(Turn::Idle) => {}
                Err(error) => tracing::error!(consumer = self.name, %error, "consumer cannot run"),
            }
            let _ = tokio::time::timeout(nap, woken).await;
        }
    }

    async fn batch(&self, tx: &mut Tx, horizon: i64, now: i64, owner: &str) -> Result<Turn> {
        let lease = Query::update()
            .table("consumers")
            .value("lease_owner", owner)
            .value("lease_until", now + LEASE_US)
            .and_where(Expr::col("name").eq(self.name))
            .and_where(Expr::col("lease_owner").eq(owner).or(Expr::col("lease_until").lt(now)))
            .to_owned();
        if tx.exec(&lease).await? == 0 {
            return Ok(Turn::Waiting);
        }
        // Read again under the lease: another process may just have moved it.
        let state: State = tx.one(&self.select_state()).await?;
        // After a failure one at a time, to find the one that fails.
        let limit = if state.failures > 0 { 1 } else { BATCH };
        let events: Vec<Event> = tx.all(&super::after(state.cursor, horizon, limit)).await?;
        let Some(last) = events.last() else { return Ok(Turn::Idle) };
        let (last, passed) = (last.id, events.len());
        if state.failures >= PATIENCE {
            self.set_aside(tx, last, now).await?;
        } else {
            let wanted: Vec<Event> = events.into_iter().filter(|event| (self.wants)(&event.kind)).collect();
            if !wanted.is_empty() {
                (self.handle)(tx, &wanted).await?;
            }
        }
        let moved = Query::update()
            .table("consumers")
            .value("cursor", last)
            .value("failures", 0)
            .value("next_try_at", 0)
            .and_where(Expr::col("name").eq(self.name))
            .to_owned();
        tx.exec(&moved).await?;
        Ok(Turn::Passed(passed))
    }

    async fn state(&self, db: &Db) -> Result<State> {
        if let Some(state) = db.opt(&self.select_state()).await? {
            return Ok(state);
        }
        let first = Query::insert()
            .into_table("consumers")
            .columns([
                "name",
                "cursor",
                "lease_owner",
                "lease_until",
                "failures",
                "next_try_at",
                "last_error",
            ])
            .values_panic([self.name.into(), 0.into(), "".into(), 0.into(), 0.into(), 0.into(), "".into()])
            .on_conflict(OnConflict::new().do_nothing().to_owned())
            .to_owned();
        db.write(async |tx| tx.exec(&first).await).await?;
        db.one(&self.select_state()).await
    }

    fn select_state(&self) -> sea_query::SelectStatement {
        Query::select()
            .columns(["cursor", "failures", "next_try_at"])
            .from(Alias::new("consumers"))
            .and_where(Expr::col("name").eq(self.name))
            .to_owned()
    }

    async fn note_failure(&self, db: &Db, now: i64, error: &Error) -> Result<()> {
        let failures = self.state(db).await?.failures;
        let wait_us = SECOND_US << failures.clamp(0, 6);
        let note = Query::update()
            .table("consumers")
            .value("failures", failures + 1)
            .value("next_try_at", now + wait_us)
            .value("last_error", error.to_string())
            .and_where(Expr::col("name").eq(self.name))
            .to_owned();
        db.write(async |tx| tx.exec(&note).await).await?;
        Ok(())
    }

    async fn set_aside(&self, tx: &mut Tx, event_id: i64, now: i64) -> Result<()> {
        let (last_error,): (String,) = tx
            .one(
                Query::select()
                    .column("last_error")
                    .from(Alias::new("consumers"))
                    .and_where(Expr::col("name").eq(self.name)),
            )
            .await?;
        let aside = Query::insert()
            .into_table("events_set_aside")
            .columns(["consumer", "event_id", "error", "at"])
            .values_panic([self.name.into(), event_id.into(), last_error.into(), now.into()])
            .to_owned();
        tx.exec(&aside).await?;
        tracing::error!(consumer = self.name, event.id = event_id, "event set aside");
        Ok(())
    }

    /// Applies an event that was set aside, out of its turn, and takes it off the list; fails as the consumer fails.
    pub async fn replay(&self, tx: &mut Tx, aside_id: i64) -> Result<()> {
        let taken = Query::delete()
            .from_table("events_set_aside")
            .and_where(Expr::col("id").eq(aside_id))
            .and_where(Expr::col("consumer").eq(self.name))
            .returning_col("event_id")
            .to_owned();
        let (event_id,): (i64,) = tx.opt(&taken).await?.ok_or(Error::NotFound)?;
        let event: Event = tx
            .opt(super::select().and_where(Expr::col("id").eq(event_id)))
            .await?
            .ok_or(Error::NotFound)?;
        (self.handle)(tx, std::slice::from_ref(&event)).await
    }
}

/// An event that a consumer could not handle.
#[derive(Clone, Debug, Serialize, FromRow, utoipa::ToSchema)]
pub struct SetAside {
    pub id: i64,
    pub consumer: String,
    pub event_id: i64,
    pub error: String,
    #[serde(serialize_with = "crate::clock::shown::time")]
    #[schema(value_type = String, format = DateTime)]
    pub at: i64,
}

/// The events set aside, newest first.
pub async fn set_aside(db: &Db) -> Result<Vec<SetAside>> {
    let query = Query::select()
        .columns(["id", "consumer", "event_id", "error", "at"])
        .from(Alias::new("events_set_aside"))
        .order_by("id", Order::Desc)
        .limit(200)
        .to_owned();
    db.all(&query).await
}

/// Where a consumer stands.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Lag {
    pub consumer: String,
    pub cursor: i64,
    /// How many event ids it is behind.
    pub behind: i64,
    pub failures: i64,
    pub last_error: String,
}

/// Where every consumer stands.
pub async fn lags(db: &Db) -> Result<Vec<Lag>> {
    // Not the horizon: what must still be waited for is lag as well.
    let newest = super::newest(db).await?;
    let query = Query::select()
        .columns(["name", "cursor", "failures", "last_error"])
        .from(Alias::new("consumers"))
        .order_by("name", Order::Asc)
        .to_owned();
    let rows: Vec<(String, i64, i64, String)> = db.all(&query).await?;
    Ok(rows
        .into_iter()
        .map(|(consumer, cursor, failures, last_error)| Lag {
            consumer,
            cursor,
            behind: (newest - cursor).clamp(0, i64::MAX),
            failures,
            last_error,
        })
        .collect())
}
