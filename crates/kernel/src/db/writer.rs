//! The one writing connection of SQLite. Writers take turns on it and those who were waiting share one commit (group commit): a writer is
//! answered only after the commit that holds its changes, so with `synchronous=FULL` an acknowledged write survives a power cut, yet
//! sixteen writers do not pay for sixteen flushes.
//!
//! The connection lives in a thread of its own, and going there and back costs more than most statements. So what answers nothing waits
//! in the turn, and goes there together with the next statement that does.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use sea_query::{Value, Values};
use sea_query_sqlx::SqlxValues;
use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::{Mutex, Notify, OwnedMutexGuard, watch};

use crate::error::{Error, Result};

/// How many writers may share a commit. More only adds latency: the flush is already paid for by few.
const GROUP_SIZE: usize = 64;
/// How long the first writer of a group may be kept waiting for those behind it.
const GROUP_PATIENCE: Duration = Duration::from_millis(15);

/// The writing connection and those who want it.
pub struct Writer {
    seat: Arc<Mutex<Seat>>,
    waiting: AtomicUsize,
    /// Those among them for whom somebody waits.
    pressing: AtomicUsize,
    pub(super) committed: Arc<Notify>,
    commits: AtomicU64,
    /// Rung at every commit.
    bell: Arc<Notify>,
}

pub(super) struct Seat {
    pub connection: SqliteConnection,
    group: Option<Group>,
}

/// Writers that share a commit.
struct Group {
    members: usize,
    emitted: bool,
    /// Whether nobody may join any more: SQLite has ended the transaction by itself.
    broken: bool,
    since: Instant,
    outcome: watch::Sender<Option<Outcome>>,
    /// The savepoint of the last who joined; it is released when the next one begins.
    savepoint: Option<Savepoint>,
}

/// Two names in turn: a savepoint that never began is then not there to be rolled back to, and nobody else's is taken for it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Savepoint {
    Even,
    Odd,
}

impl Savepoint {
    fn after(last: Option<Savepoint>) -> Savepoint {
        match last {
            Some(Savepoint::Even) => Savepoint::Odd,
            _ => Savepoint::Even,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Savepoint::Even => "even",
            Savepoint::Odd => "odd",
        }
    }
}

type Outcome = std::result::Result<(), Arc<str>>;

/// One writer's turn on the connection. The first of a group has the transaction to itself, those who join are each in a savepoint of it:
/// a savepoint makes SQLite keep a copy of every page that is changed. Dropped half way (a panic, a caller that went away), a turn is
/// rolled back in the background and the others go on.
pub(super) struct Turn {
    writer: Arc<Writer>,
    seat: Option<OwnedMutexGuard<Seat>>,
    /// None for the first of a group.
    savepoint: Option<Savepoint>,
    /// Whether anything went to the database.
    has_begun: bool,
    /// Statements that answer nothing and wait for one that does, each ended by a semicolon, and their values.
    pending: (String, Vec<Value>),
}

impl Writer {
    /// Takes the connection over, with another one to bring what was written from the log into the file.
    pub fn start(connection: SqliteConnection, checkpointer: SqliteConnection) -> Arc<Writer> {
        let writer = Arc::new(Writer {
            seat: Arc::new(Mutex::new(Seat { connection, group: None })),
            waiting: AtomicUsize::new(0),
            pressing: AtomicUsize::new(0),
            committed: Arc::new(Notify::new()),
            commits: AtomicU64::new(0),
            bell: Arc::default(),
        });
        tokio::spawn(checkpoints(Arc::downgrade(&writer), writer.bell.clone(), checkpointer));
        writer
    }

    /// Commits made so far; a group counts once.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    /// The connection between two turns. A group may be open on it, whose transaction everything done here becomes part of.
    pub(super) async fn seat(&self) -> OwnedMutexGuard<Seat> {
        self.seat.clone().lock_owned().await
    }
}

/// How soon a writer wants its turn.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Haste {
    /// Somebody waits for the answer.
    Pressing,
    /// It is work in the background, for whose sake no transaction need be shorter.
    Patient,
}

/// Counts a writer among those waiting, also when it gives up.
struct Waiting<'a>(&'a Writer, Haste);

impl<'a> Waiting<'a> {
    fn new(writer: &'a Writer, haste: Haste) -> Self {
        writer.waiting.fetch_add(1, Ordering::SeqCst);
        if haste == Haste::Pressing {
            writer.pressing.fetch_add(1, Ordering::SeqCst);
        }
        Waiting(writer, haste)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
        if self.1 == Haste::Pressing {
            self.0.pressing.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

impl Turn {
    pub async fn take(writer: Arc<Writer>, haste: Haste) -> Result<Turn> {
        let waiting = Waiting::new(&writer, haste);
        // Whoever gives up here may be the one an open group counts on.
        let abandoned = Abandoned(Some(writer.clone()));
        let seat = writer.seat().await;
        abandoned.defuse();
        drop(waiting);
        let mut turn = Turn {
            writer,
            seat: Some(seat),
            savepoint: None,
            has_begun: false,
            pending: Default::default(),
        };
        let seat = turn.seat()?;
        if let Some(group) = &seat.group {
            let last = group.savepoint;
            let own = Savepoint::after(last);
            if let Some(last) = last {
                turn.defer(&format!("RELEASE {}", last.name()), []);
            }
            turn.defer(&format!("SAVEPOINT {}", own.name()), []);
            turn.savepoint = Some(own);
        } else {
            sqlx::query("BEGIN IMMEDIATE").execute(&mut seat.connection).await?;
            seat.group = Some(Group {
                members: 0,
                emitted: false,
                broken: false,
                since: Instant::now(),
                outcome: watch::Sender::new(None),
                savepoint: None,
            });
        }
        Ok(turn)
    }

    fn seat(&mut self) -> Result<&mut Seat> {
        self.seat
            .as_deref_mut()
            .ok_or(Error::internal("a transaction was used after its end"))
    }

    /// Whether somebody waits for this turn to end.
    pub fn is_pressed(&self) -> bool {
        self.writer.pressing.load(Ordering::SeqCst) > 0
    }

    pub fn connection(&mut self) -> Result<&mut SqliteConnection> {
        Ok(&mut self.seat()?.connection)
    }

    /// Leaves a statement that answers nothing to go with the next one. If it fails, the next one does.
    pub fn defer(&mut self, sql: &str, values: impl IntoIterator<Item = Value>) {
        self.pending.0.push_str(sql);
        self.pending.0.push(';');
        self.pending.1.extend(values);
    }

    /// A statement with what was waiting before it. Only its own rows come back, as the others have none.
    pub fn with_pending(&mut self, sql: String, values: SqlxValues) -> (String, SqlxValues) {
        if self.pending.0.is_empty() {
            return (sql, values);
        }
        self.has_begun = true;
        let (mut all, mut all_values) = std::mem::take(&mut self.pending);
        all.push_str(&sql);
        all_values.extend(values.0.0);
        (all, SqlxValues(Values(all_values)))
    }

    /// Runs what is waiting.
    pub async fn flush(&mut self) -> Result<()> {
        if !self.pending.0.is_empty() {
            self.has_begun = true;
            let (sql, values) = std::mem::take(&mut self.pending);
            sqlx::query_with(AssertSqlSafe(sql), SqlxValues(Values(values)))
                .execute(self.connection()?)
                .await?;
        }
        Ok(())
    }

    pub async fn commit(mut self, emitted: bool) -> Result<()> {
        self.flush().await?;
        let savepoint = self.savepoint;
        let seat = self.seat()?;
        let group = seat.group.as_mut().ok_or(Error::internal("a turn without a group"))?;
        group.members += 1;
        group.emitted |= emitted;
        group.savepoint = savepoint.or(group.savepoint);
        let mut outcome = group.outcome.subscribe();
        // From here on the change belongs to the group: giving the seat back must not undo it.
        let Some(mut seat) = self.seat.take() else { return Ok(()) };
        let writer = self.writer.clone();
        // In a task of its own: if this caller goes away during COMMIT, the others of the group must still learn how it went.
        tokio::spawn(async move { writer.finish_group(&mut seat).await });
        let outcome = outcome
            .wait_for(Option::is_some)
            .await
            .map_err(|_| Error::internal("the commit was lost"))?;
        match outcome.as_ref() {
            Some(Ok(())) => Ok(()),
            Some(Err(reason)) => Err(Error::internal(format!("commit failed: {reason}"))),
            None => Err(Error::internal("the commit was lost")),
        }
    }

    pub async fn roll_back(mut self) {
        if let Some(undoing) = self.undo() {
            let _ = tokio::spawn(undoing).await;
        }
    }

    /// The work of undoing what this turn has done, unless it is over.
    fn undo(&mut self) -> Option<impl Future<Output = ()> + Send + 'static> {
        let (mut seat, writer) = (self.seat.take()?, self.writer.clone());
        let (savepoint, has_begun) = (self.savepoint, self.has_begun);
        Some(async move {
            match savepoint {
                None => seat.end_group().await,
                Some(savepoint) if has_begun => seat.undo(savepoint).await,
                Some(_) => {}
            }
            writer.finish_group(&mut seat).await;
        })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let (Some(undoing), Ok(runtime)) = (self.undo(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(undoing);
        }
    }
}

impl Seat {
    /// Ends a group whose first turn failed: nobody else is in it yet.
    async fn end_group(&mut self) {
        self.group = None;
        // Fails when SQLite has rolled back by itself (a full disk, say), and then nothing is left to undo.
        let _ = sqlx::query("ROLLBACK").execute(&mut self.connection).await;
    }

    async fn undo(&mut self, savepoint: Savepoint) {
        let sql = AssertSqlSafe(format!("ROLLBACK TO {}", savepoint.name()));
        let undone = sqlx::query(sql).execute(&mut self.connection).await;
        if let Some(group) = &mut self.group {
            match undone {
                Ok(_) => group.savepoint = Some(savepoint),
                // It never began, and there is nothing to undo. Or SQLite has rolled everything back (a full disk, say): then the commit of
                // the group fails too, and whoever joined would be told that their change was lost when it was not.
                Err(_) => group.broken = true,
            }
        }
    }
}

/// Sees to an open group when a waiting writer goes away.
struct Abandoned(Option<Arc<Writer>>);

impl Abandoned {
    fn defuse(mut self) {
        self.0 = None;
    }
}

impl Drop for Abandoned {
    fn drop(&mut self) {
        if let (Some(writer), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move {
                let mut seat = writer.seat().await;
                writer.finish_group(&mut seat).await;
            });
        }
    }
}

impl Writer {
    /// Commits the open group unless somebody is waiting who can still join it.
    async fn finish_group(&self, seat: &mut Seat) {
        let Some(group) = &seat.group else { return };
        let joinable = !group.broken
            && self.waiting.load(Ordering::SeqCst) > 0
            && group.members < GROUP_SIZE
            && group.since.elapsed() < GROUP_PATIENCE;
        if !joinable {
            self.commit_group(seat).await;
        }
    }

    /// Commits the open group, and tells its members how it went.
    async fn commit_group(&self, seat: &mut Seat) {
        let Some(group) = seat.group.take() else { return };
        let outcome = match sqlx::query("COMMIT").execute(&mut seat.connection).await {
            Ok(_) => {
                self.commits.fetch_add(1, Ordering::Relaxed);
                self.bell.notify_one();
                Ok(())
            }
            Err(error) => {
                let _ = sqlx::query("ROLLBACK").execute(&mut seat.connection).await;
                Err(Arc::from(error.to_string()))
            }
        };
        let committed = outcome.is_ok();
        group.outcome.send_replace(Some(outcome));
        if committed && group.emitted {
            self.committed.notify_waiters();
        }
    }
}

/// The log is brought into the file from this many pages on, and how often it is looked at while somebody writes.
const WAL_PAGES: i64 = 1_000;
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// From here on writers wait for it, for a moment: only when nothing is missing from the file does the log begin anew.
const WAL_PAGES_WAITED_FOR: i64 = 6_000;
/// From here on the writing connection does it by itself, at any cost.
pub(super) const WAL_PAGES_AT_MOST: i64 = 50_000;

/// Brings what is committed from the log into the file, beside the writers instead of in their way.
async fn checkpoints(writer: Weak<Writer>, bell: Arc<Notify>, mut connection: SqliteConnection) {
    loop {
        bell.notified().await;
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            let Some(writer) = writer.upgrade() else { return };
            match checkpoint(&writer, &mut connection).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    tracing::warn!(%error, "checkpoint failed");
                    break;
                }
            }
        }
    }
}

/// Whether there was something to do.
async fn checkpoint(writer: &Writer, connection: &mut SqliteConnection) -> Result<bool> {
    const LOOK: &str = "PRAGMA wal_checkpoint(NOOP)";
    const BRING: &str = "PRAGMA wal_checkpoint(PASSIVE)";
    type Progress = (i64, i64, i64);
    let (_, pages, brought): Progress = sqlx::query_as(LOOK).fetch_one(&mut *connection).await?;
    if pages - brought < WAL_PAGES {
        return Ok(false);
    }
    let (_, pages, _): Progress = sqlx::query_as(BRING).fetch_one(&mut *connection).await?;
    if pages >= WAL_PAGES_WAITED_FOR {
        let mut seat = writer.seat().await;
        writer.commit_group(&mut seat).await;
        let _: Progress = sqlx::query_as(BRING).fetch_one(&mut *connection).await?;
    }
    Ok(true)
}

impl Drop for Writer {
    fn drop(&mut self) {
        // So that the checkpoints end too.
        self.bell.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use sqlx::ConnectOptions as _;
    use sqlx::sqlite::SqliteConnectOptions;

    use super::*;

    async fn put(turn: &mut Turn, n: i64) {
        let (sql, values) = turn.with_pending("INSERT INTO t VALUES (?)".into(), SqlxValues(Values(vec![n.into()])));
        let connection = turn.connection().expect("a connection");
        sqlx::query_with(AssertSqlSafe(sql), values)
            .execute(connection)
            .await
            .expect("a row");
    }

    async fn kept(writer: &Arc<Writer>) -> Vec<i64> {
        let mut seat = writer.seat().await;
        writer.commit_group(&mut seat).await;
        let rows: Vec<(i64,)> = sqlx::query_as("SELECT n FROM t ORDER BY n")
            .fetch_all(&mut seat.connection)
            .await
            .expect("rows");
        rows.into_iter().map(|(n,)| n).collect()
    }

    /// Ends a turn that is right, and leaves its group open to others.
    fn join(mut turn: Turn) {
        let savepoint = turn.savepoint;
        let mut seat = turn.seat.take().expect("a seat");
        let group = seat.group.as_mut().expect("a group");
        group.members += 1;
        group.savepoint = savepoint.or(group.savepoint);
    }

    #[tokio::test]
    async fn a_turn_that_fails_takes_nobody_with_it_whenever_it_fails() {
        let dir = tempfile::tempdir().expect("a directory");
        let options = SqliteConnectOptions::new()
            .filename(dir.path().join("t.db"))
            .create_if_missing(true);
        let (mut connection, other) = (options.connect().await.expect("a file"), options.connect().await.expect("a file"));
        sqlx::query("CREATE TABLE t (n INTEGER)")
            .execute(&mut connection)
            .await
            .expect("a table");
        let writer = Writer::start(connection, other);
        // Somebody always waits, so that the group stays open.
        let waiting = Waiting::new(&writer, Haste::Pressing);
        for n in 1..=3 {
            let mut turn = Turn::take(writer.clone(), Haste::Pressing).await.expect("a turn");
            put(&mut turn, n).await;
            join(turn);
        }
        let mut undone = Turn::take(writer.clone(), Haste::Pressing).await.expect("a turn");
        put(&mut undone, 4).await;
        undone.roll_back().await;
        let mut last = Turn::take(writer.clone(), Haste::Pressing).await.expect("a turn");
        put(&mut last, 5).await;
        join(last);
        // Its savepoint is thought to have begun, but the database never heard of it.
        let mut unheard = Turn::take(writer.clone(), Haste::Pressing).await.expect("a turn");
        assert!(unheard.savepoint.is_some(), "the group is still open");
        let _ = unheard.with_pending(String::new(), SqlxValues(Values(Vec::new())));
        unheard.roll_back().await;
        drop(waiting);
        assert_eq!(kept(&writer).await, [1, 2, 3, 5]);
    }
}
