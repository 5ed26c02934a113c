//! How far a reader with a cursor may go. Ids are given when a row is written and seen when it is committed, so on PostgreSQL a smaller id
//! can appear after a larger one; a reader that had passed it would never see it.
//!
//! A mark is the newest visible id together with a transaction number that was given after looking. Every transaction of [`Db::write`] has
//! its number before it can take an id, so whoever holds a smaller id has a smaller number, and once all smaller numbers have ended, all is
//! seen up to the mark. One mark at a time is enough: when it is passed, the next one is made.

use std::sync::Mutex;
use std::time::Duration;

use sea_query::{Alias, Expr, Order, Query};

use crate::db::Db;
use crate::error::Result;

/// How long a reader sleeps when nobody wakes it.
const NAP: Duration = Duration::from_secs(5);
/// The same while a transaction is awaited, whose end nobody tells when it has no events.
const SHORT_NAP: Duration = Duration::from_millis(50);

/// What is known of the horizon of a PostgreSQL database.
#[derive(Debug, Default)]
pub struct Horizon(Mutex<State>);

#[derive(Clone, Copy, Debug, Default)]
struct State {
    /// Nothing can appear any more up to this id.
    passed: i64,
    mark: Option<Mark>,
}

#[derive(Clone, Copy, Debug)]
struct Mark {
    event_id: i64,
    /// Whoever may still have a smaller id has a number below this.
    transaction: i64,
}

impl Horizon {
    /// Passes the mark if no older transaction runs any more.
    fn pass(&self, oldest_running: i64) -> State {
        let mut state = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if let Some(mark) = state.mark.filter(|mark| mark.transaction <= oldest_running) {
            state.passed = state.passed.max(mark.event_id);
            state.mark = None;
        }
        *state
    }

    fn set(&self, mark: Mark) {
        let mut state = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        // Another reader's mark is as good.
        state.mark.get_or_insert(mark);
    }

    fn awaits(&self) -> bool {
        self.0.lock().is_ok_and(|state| state.mark.is_some())
    }
}

/// The newest event id that a reader with a cursor may pass; 0 when there is none.
pub async fn horizon(db: &Db) -> Result<i64> {
    let Db::Postgres { horizon, .. } = db else {
        // One writer: ids appear in their order.
        return newest(db).await;
    };
    let dialect = db.dialect();
    let mut look = select_newest();
    look.expr(dialect.own_sql(dialect.oldest_running_transaction()));
    let (newest, oldest_running): (i64, i64) = db.one(&look).await?;
    let state = horizon.pass(oldest_running);
    if state.mark.is_some() || newest <= state.passed {
        return Ok(state.passed);
    }
    // One statement sees one moment; the number is given after it.
    let mut look = select_newest();
    look.expr(dialect.own_sql(dialect.oldest_running_transaction()))
        .expr(dialect.own_sql(dialect.new_transaction()));
    let (event_id, oldest_running, transaction): (i64, i64, i64) = db.one(&look).await?;
    horizon.set(Mark { event_id, transaction });
    Ok(horizon.pass(oldest_running).passed)
}

/// The newest event id there is to see.
pub async fn newest(db: &Db) -> Result<i64> {
    let (newest,): (i64,) = db.one(&select_newest()).await?;
    Ok(newest)
}

/// How long a reader that has nothing to read may sleep.
pub fn nap(db: &Db) -> Duration {
    match db {
        Db::Postgres { horizon, .. } if horizon.awaits() => SHORT_NAP,
        _ => NAP,
    }
}

/// The newest event id, as a query.
pub fn select_newest() -> sea_query::SelectStatement {
    let newest = Query::select()
        .column("id")
        .from(Alias::new("events"))
        .order_by("id", Order::Desc)
        .limit(1)
        .to_owned();
    let newest = Expr::SubQuery(None, Box::new(newest.into()));
    Query::select()
        .expr(sea_query::Func::coalesce([newest, Expr::val(0i64)]))
        .to_owned()
}
