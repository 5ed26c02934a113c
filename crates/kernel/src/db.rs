//! The only door to the database. Reads go through [`Db`], writes through [`Db::write`], whose [`Tx`] is the only thing that can emit an
//! event or enqueue a job.
//!
//! SQLite has one writing connection and several reading ones. Writers take turns on the writing connection, each in a savepoint, and
//! those who were waiting share one commit (group commit): a writer is answered only after the commit that holds its changes, so with
//! `synchronous=FULL` an acknowledged write survives a power cut, yet sixteen writers do not pay for sixteen flushes.

mod rows;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use sea_query::{PostgresQueryBuilder, SchemaStatementBuilder, SqliteQueryBuilder};
use sea_query_sqlx::SqlxBinder;
use sqlx::pool::PoolOptions;
use sqlx::postgres::{PgConnectOptions, PgPool, PgRow};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqliteRow, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, FromRow, PgConnection, Postgres, Row as _, Sqlite};
use tokio::sync::{Mutex, Notify, OwnedMutexGuard, watch};

use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::events::Horizon;
use crate::memo::Memo;

/// How many writers may share a commit. More only adds latency: the flush is already paid for by few.
const GROUP_SIZE: usize = 64;
/// How long the first writer of a group may be kept waiting for those behind it.
const GROUP_PATIENCE: Duration = Duration::from_millis(5);
/// Connections to PostgreSQL, and readers of SQLite.
const POSTGRES_CONNECTIONS: u32 = 20;
const SQLITE_READERS: u32 = 4;

/// Anything `derive(FromRow)` makes, readable from both databases.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static {}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin + 'static {}

/// A database, cheap to clone.
#[derive(Clone)]
pub enum Db {
    Sqlite {
        writer: Arc<Writer>,
        readers: SqlitePool,
        path: PathBuf,
        memo: Memo,
    },
    Postgres {
        pool: PgPool,
        committed: Arc<Notify>,
        horizon: Arc<Horizon>,
        memo: Memo,
    },
}

/// How safe a commit of SQLite is against a power cut. Against a crash of the process both are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Synchronous {
    #[default]
    Normal,
    Full,
}

impl Db {
    /// Opens or creates the SQLite file at `path`.
    pub async fn sqlite(path: &Path, synchronous: Synchronous) -> Result<Db> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(match synchronous {
                Synchronous::Normal => SqliteSynchronous::Normal,
                Synchronous::Full => SqliteSynchronous::Full,
            })
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .statement_cache_capacity(256)
            .pragma("temp_store", "memory")
            .pragma("mmap_size", "268435456")
            .disable_statement_logging();
        let connection = options
            .clone()
            .pragma("cache_size", "-32000")
            .pragma("wal_autocheckpoint", "4000")
            .connect()
            .await?;
        let readers = PoolOptions::<Sqlite>::new()
            .max_connections(SQLITE_READERS)
            .test_before_acquire(false)
            .connect_with(options.pragma("cache_size", "-8000").pragma("query_only", "on"))
            .await?;
        let seat = Seat { connection, group: None };
        let writer = Writer {
            seat: Arc::new(Mutex::new(seat)),
            waiting: AtomicUsize::new(0),
            committed: Arc::new(Notify::new()),
            commits: AtomicU64::new(0),
        };
        Ok(Db::Sqlite {
            writer: Arc::new(writer),
            readers,
            path: path.to_owned(),
            memo: Memo::default(),
        })
    }

    /// Connects to the PostgreSQL of `url`.
    pub async fn postgres(url: &str) -> Result<Db> {
        let options: PgConnectOptions = url.parse()?;
        let options = options.statement_cache_capacity(256).disable_statement_logging();
        let pool = PoolOptions::<Postgres>::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .test_before_acquire(false)
            .acquire_timeout(Duration::from_secs(30))
            .connect_with(options)
            .await?;
        Ok(Db::Postgres {
            pool,
            committed: Arc::new(Notify::new()),
            horizon: Arc::default(),
            memo: Memo::default(),
        })
    }

    pub fn dialect(&self) -> Dialect {
        match self {
            Db::Sqlite { .. } => Dialect::Sqlite,
            Db::Postgres { .. } => Dialect::Postgres,
        }
    }

    /// Every row of a query.
    pub async fn all<T: Row>(&self, query: &impl SqlxBinder) -> Result<Vec<T>> {
        match self {
            Db::Sqlite { readers, .. } => {
                let (sql, values) = query.build_sqlx(SqliteQueryBuilder);
                Ok(sqlx::query_as_with(AssertSqlSafe(sql), values).fetch_all(readers).await?)
            }
            Db::Postgres { pool, .. } => {
                let (sql, values) = query.build_sqlx(PostgresQueryBuilder);
                Ok(sqlx::query_as_with(AssertSqlSafe(sql), values).fetch_all(pool).await?)
            }
        }
    }

    /// The first row of a query, if there is one.
    pub async fn opt<T: Row>(&self, query: &impl SqlxBinder) -> Result<Option<T>> {
        match self {
            Db::Sqlite { readers, .. } => {
                let (sql, values) = query.build_sqlx(SqliteQueryBuilder);
                Ok(sqlx::query_as_with(AssertSqlSafe(sql), values).fetch_optional(readers).await?)
            }
            Db::Postgres { pool, .. } => {
                let (sql, values) = query.build_sqlx(PostgresQueryBuilder);
                Ok(sqlx::query_as_with(AssertSqlSafe(sql), values).fetch_optional(pool).await?)
            }
        }
    }

    /// The first row of a query that always has one, such as a count.
    pub async fn one<T: Row>(&self, query: &impl SqlxBinder) -> Result<T> {
        self.opt(query)
            .await?
            .ok_or(Error::internal("a query that always has a row had none"))
    }

    /// The first column of every row, as text: rows that the database itself wrote as JSON. Decoding one column instead of
    /// forty is what makes lists fast.
    pub async fn texts(&self, query: &impl SqlxBinder) -> Result<Vec<String>> {
        match self {
            Db::Sqlite { readers, .. } => {
                let (sql, values) = query.build_sqlx(SqliteQueryBuilder);
                let rows = sqlx::query_with(AssertSqlSafe(sql), values).fetch_all(readers).await?;
                rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
            }
            Db::Postgres { pool, .. } => {
                let (sql, values) = query.build_sqlx(PostgresQueryBuilder);
                let rows = sqlx::query_with(AssertSqlSafe(sql), values).fetch_all(pool).await?;
                rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
            }
        }
    }

    /// Runs `work` in a transaction: all of it or nothing. The answer comes after the commit. Do nothing slow inside, and no network: on
    /// SQLite everybody else's writes wait.
    pub async fn write<T>(&self, work: impl AsyncFnOnce(&mut Tx) -> Result<T>) -> Result<T> {
        let mut tx = self.begin().await?;
        let answer = work(&mut tx).await;
        match answer {
            Ok(answer) => {
                tx.commit().await?;
                Ok(answer)
            }
            Err(error) => {
                tx.roll_back().await;
                Err(error)
            }
        }
    }

    /// Wakes when somebody in this process has committed events.
    pub fn committed(&self) -> Arc<Notify> {
        match self {
            Db::Sqlite { writer, .. } => writer.committed.clone(),
            Db::Postgres { committed, .. } => committed.clone(),
        }
    }

    /// Closes every connection, leaving one whole file of SQLite behind.
    pub async fn close(self) {
        match self {
            Db::Sqlite { writer, readers, .. } => {
                readers.close().await;
                let mut seat = writer.seat.lock().await;
                let _ = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut seat.connection).await;
            }
            Db::Postgres { pool, .. } => pool.close().await,
        }
    }

    /// What is remembered until somebody commits.
    pub fn memo(&self) -> &Memo {
        match self {
            Db::Sqlite { memo, .. } | Db::Postgres { memo, .. } => memo,
        }
    }

    /// How many bytes the database takes.
    pub async fn size_bytes(&self) -> Result<i64> {
        match self {
            Db::Sqlite { path, .. } => {
                let wal = PathBuf::from(format!("{}-wal", path.display()));
                Ok([path.clone(), wal]
                    .iter()
                    .filter_map(|file| file.metadata().ok())
                    .map(|meta| meta.len() as i64)
                    .sum())
            }
            Db::Postgres { pool, .. } => {
                let size: (i64,) = sqlx::query_as("SELECT pg_database_size(current_database())")
                    .fetch_one(pool)
                    .await?;
                Ok(size.0)
            }
        }
    }

    /// Listens for commits of other processes over the same PostgreSQL and passes them on to [`Db::committed`]; returns only on error.
    pub async fn listen(&self) -> Result<()> {
        match self {
            Db::Sqlite { .. } => std::future::pending().await,
            Db::Postgres { pool, committed, memo, .. } => {
                let mut listener = sqlx::postgres::PgListener::connect_with(pool).await?;
                listener.listen(COMMITTED_CHANNEL).await?;
                // What was committed before the first notification is anybody's guess.
                memo.touch_all();
                loop {
                    let notification = listener.recv().await?;
                    memo.touch(notification.payload().split(','));
                    committed.notify_waiters();
                }
            }
        }
    }

    /// Brings the planner's statistics up to date; worth it after an import.
    pub async fn analyze(&self) -> Result<()> {
        match self {
            Db::Sqlite { writer, .. } => {
                let mut seat = writer.seat.lock().await;
                // A group that is open belongs to others; ANALYZE simply becomes part of it.
                sqlx::raw_sql("PRAGMA analysis_limit=1000; ANALYZE")
                    .execute(&mut seat.connection)
                    .await?;
            }
            Db::Postgres { pool, .. } => {
                sqlx::raw_sql("ANALYZE").execute(pool).await?;
            }
        }
        Ok(())
    }

    async fn begin(&self) -> Result<Tx> {
        let connection = match self {
            Db::Sqlite { writer, .. } => Connected::Sqlite(Turn::take(writer.clone()).await?),
            Db::Postgres { pool, committed, .. } => {
                let pool = pool.clone();
                // In a task of its own: sqlx forgets a BEGIN whose caller goes away, and the connection would go back to the pool with a
                // transaction open, which holds up every reader of events.
                #[allow(clippy::disallowed_methods, reason = "this is the one place that begins a transaction")]
                let begun = tokio::spawn(async move { pool.begin_with(POSTGRES_BEGIN).await }).await;
                let begun = begun.map_err(|_| Error::internal("a transaction could not begin"))??;
                Connected::Postgres(begun, committed.clone())
            }
        };
        Ok(Tx {
            connection,
            memo: self.memo().clone(),
            touched: BTreeSet::new(),
            after_commit: Vec::new(),
        })
    }
}

const COMMITTED_CHANNEL: &str = "crm_committed";
/// A transaction has its number before it can take the id of an event: that is what [`crate::events::horizon`] stands on.
const POSTGRES_BEGIN: &str = "BEGIN; SELECT pg_current_xact_id()";

/// A transaction in progress.
pub struct Tx {
    connection: Connected,
    memo: Memo,
    /// Subject types of the events emitted.
    pub(crate) touched: BTreeSet<&'static str>,
    after_commit: Vec<AfterCommit>,
}

type AfterCommit = Box<dyn FnOnce() + Send>;

enum Connected {
    Sqlite(Turn),
    Postgres(sqlx::Transaction<'static, Postgres>, Arc<Notify>),
}

enum Conn<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

macro_rules! on {
    ($tx:expr, $query:expr, |$connection:ident, $sql:ident, $values:ident| $run:expr) => {
        match $tx.conn()? {
            Conn::Sqlite($connection) => {
                let ($sql, $values) = $query.build_sqlx(SqliteQueryBuilder);
                $run
            }
            Conn::Postgres($connection) => {
                let ($sql, $values) = $query.build_sqlx(PostgresQueryBuilder);
                $run
            }
        }
    };
}

impl Tx {
    pub fn dialect(&self) -> Dialect {
        match self.connection {
            Connected::Sqlite(_) => Dialect::Sqlite,
            Connected::Postgres(..) => Dialect::Postgres,
        }
    }

    /// Every row of a query, seeing what this transaction has written.
    pub async fn all<T: Row>(&mut self, query: &impl SqlxBinder) -> Result<Vec<T>> {
        on!(self, query, |connection, sql, values| Ok(sqlx::query_as_with(
            AssertSqlSafe(sql),
            values
        )
        .fetch_all(connection)
        .await?))
    }

    /// The first row of a query, if there is one.
    pub async fn opt<T: Row>(&mut self, query: &impl SqlxBinder) -> Result<Option<T>> {
        on!(self, query, |connection, sql, values| Ok(sqlx::query_as_with(
            AssertSqlSafe(sql),
            values
        )
        .fetch_optional(connection)
        .await?))
    }

    /// The first row of a query that always has one, such as `INSERT … RETURNING`.
    pub async fn one<T: Row>(&mut self, query: &impl SqlxBinder) -> Result<T> {
        self.opt(query)
            .await?
            .ok_or(Error::internal("a query that always has a row had none"))
    }

    /// The first column of every row, as text.
    pub async fn texts(&mut self, query: &impl SqlxBinder) -> Result<Vec<String>> {
        on!(self, query, |connection, sql, values| {
            let rows = sqlx::query_with(AssertSqlSafe(sql), values).fetch_all(connection).await?;
            rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
        })
    }

    /// Runs a statement and counts the rows it touched.
    pub async fn exec(&mut self, statement: &impl SqlxBinder) -> Result<u64> {
        on!(self, statement, |connection, sql, values| Ok(sqlx::query_with(
            AssertSqlSafe(sql),
            values
        )
        .execute(connection)
        .await?
        .rows_affected()))
    }

    /// Runs an `INSERT … RETURNING id` and gives the id.
    pub async fn insert(&mut self, statement: &impl SqlxBinder) -> Result<i64> {
        let (id,): (i64,) = self.one(statement).await?;
        Ok(id)
    }

    /// Runs a statement of the schema (create, alter, drop).
    pub async fn schema(&mut self, statement: &impl SchemaStatementBuilder) -> Result<()> {
        let sql = match self.dialect() {
            Dialect::Sqlite => statement.build(SqliteQueryBuilder),
            Dialect::Postgres => statement.build(PostgresQueryBuilder),
        };
        self.raw(sql).await
    }

    /// Runs text as it is; only for migrations and [`crate::dialect`], never with anything a user wrote.
    pub async fn raw(&mut self, sql: impl Into<String>) -> Result<()> {
        match self.conn()? {
            Conn::Sqlite(connection) => sqlx::raw_sql(AssertSqlSafe(sql.into())).execute(connection).await?.rows_affected(),
            Conn::Postgres(connection) => sqlx::raw_sql(AssertSqlSafe(sql.into())).execute(connection).await?.rows_affected(),
        };
        Ok(())
    }

    /// Runs `effect` once this transaction is safely committed; for what lives in memory (caches, wake-ups), never for what must not be
    /// lost.
    pub fn after_commit(&mut self, effect: impl FnOnce() + Send + 'static) {
        self.after_commit.push(Box::new(effect));
    }

    fn conn(&mut self) -> Result<Conn<'_>> {
        match &mut self.connection {
            Connected::Sqlite(turn) => Ok(Conn::Sqlite(turn.connection()?)),
            Connected::Postgres(transaction, _) => Ok(Conn::Postgres(transaction)),
        }
    }

    async fn commit(mut self) -> Result<()> {
        let emitted = !self.touched.is_empty();
        match self.connection {
            Connected::Sqlite(turn) => turn.commit(emitted).await?,
            Connected::Postgres(mut transaction, committed) => {
                if emitted {
                    // NOTIFY is delivered at commit, to this process as well as to the others.
                    let touched = self.touched.iter().copied().collect::<Vec<_>>().join(",");
                    sqlx::query("SELECT pg_notify($1, $2)")
                        .bind(COMMITTED_CHANNEL)
                        .bind(touched)
                        .execute(&mut *transaction)
                        .await?;
                }
                transaction.commit().await?;
                if emitted {
                    committed.notify_waiters();
                }
            }
        }
        self.memo.touch(self.touched.iter().copied());
        for effect in self.after_commit.drain(..) {
            effect();
        }
        Ok(())
    }

    async fn roll_back(self) {
        match self.connection {
            Connected::Sqlite(turn) => turn.roll_back().await,
            Connected::Postgres(transaction, _) => {
                // Failing to roll back closes the connection, which rolls back.
                let _ = transaction.rollback().await;
            }
        }
    }
}

/// The writing connection of SQLite and those who want it.
pub struct Writer {
    seat: Arc<Mutex<Seat>>,
    waiting: AtomicUsize,
    committed: Arc<Notify>,
    commits: AtomicU64,
}

struct Seat {
    connection: SqliteConnection,
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
}

type Outcome = std::result::Result<(), Arc<str>>;

/// One writer's turn on the connection, inside a savepoint of the group's transaction. Dropped half way (a panic, a caller that went
/// away), it is rolled back in the background and the others go on.
struct Turn {
    writer: Arc<Writer>,
    seat: Option<OwnedMutexGuard<Seat>>,
}

impl Writer {
    /// Commits made so far; a group counts once.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }
}

/// Counts a writer among those waiting, also when it gives up.
struct Waiting<'a>(&'a Writer);

impl<'a> Waiting<'a> {
    fn new(writer: &'a Writer) -> Self {
        writer.waiting.fetch_add(1, Ordering::SeqCst);
        Waiting(writer)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Turn {
    async fn take(writer: Arc<Writer>) -> Result<Turn> {
        let waiting = Waiting::new(&writer);
        // Whoever gives up here may be the one an open group counts on.
        let abandoned = Abandoned(Some(writer.clone()));
        let seat = writer.seat.clone().lock_owned().await;
        abandoned.defuse();
        drop(waiting);
        let mut turn = Turn { writer, seat: Some(seat) };
        let seat = turn.seat()?;
        if seat.group.is_none() {
            // The group stands before its BEGIN: given up in between, it is still brought to an end.
            seat.group = Some(Group {
                members: 0,
                emitted: false,
                broken: false,
                since: Instant::now(),
                outcome: watch::Sender::new(None),
            });
            if let Err(error) = sqlx::query("BEGIN IMMEDIATE").execute(&mut seat.connection).await {
                // Nobody may join what has not begun.
                seat.group = None;
                return Err(error.into());
            }
        }
        sqlx::query("SAVEPOINT turn").execute(&mut seat.connection).await?;
        Ok(turn)
    }

    fn seat(&mut self) -> Result<&mut Seat> {
        self.seat
            .as_deref_mut()
            .ok_or(Error::internal("a transaction was used after its end"))
    }

    fn connection(&mut self) -> Result<&mut SqliteConnection> {
        Ok(&mut self.seat()?.connection)
    }

    async fn commit(mut self, emitted: bool) -> Result<()> {
        let seat = self.seat()?;
        sqlx::query("RELEASE turn").execute(&mut seat.connection).await?;
        let group = seat.group.as_mut().ok_or(Error::internal("a turn without a group"))?;
        group.members += 1;
        group.emitted |= emitted;
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

    async fn roll_back(mut self) {
        if let Some(mut seat) = self.seat.take() {
            let writer = self.writer.clone();
            let _ = tokio::spawn(async move { writer.undo_turn(&mut seat).await }).await;
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(mut seat) = self.seat.take() {
            let writer = self.writer.clone();
            if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                runtime.spawn(async move { writer.undo_turn(&mut seat).await });
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
                let mut seat = writer.seat.clone().lock_owned().await;
                writer.finish_group(&mut seat).await;
            });
        }
    }
}

impl Writer {
    async fn undo_turn(&self, seat: &mut Seat) {
        let undone = sqlx::query("ROLLBACK TO turn").execute(&mut seat.connection).await;
        let released = sqlx::query("RELEASE turn").execute(&mut seat.connection).await;
        // Either fails when SQLite has rolled everything back (a full disk, say). Then the commit of the group fails too, and whoever
        // joined would be told that their change was lost when it was not.
        if let Some(group) = &mut seat.group {
            group.broken |= undone.is_err() || released.is_err();
        }
        self.finish_group(seat).await;
    }

    /// Commits the open group unless somebody is waiting who can still join it.
    async fn finish_group(&self, seat: &mut Seat) {
        let Some(group) = &seat.group else { return };
        let joinable = !group.broken
            && self.waiting.load(Ordering::SeqCst) > 0
            && group.members < GROUP_SIZE
            && group.since.elapsed() < GROUP_PATIENCE;
        if joinable {
            return;
        }
        let Some(group) = seat.group.take() else { return };
        let outcome = match sqlx::query("COMMIT").execute(&mut seat.connection).await {
            Ok(_) => {
                self.commits.fetch_add(1, Ordering::Relaxed);
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

/// Opens one more connection to a SQLite file and checks that it is sound.
pub async fn integrity(path: &Path) -> Result<()> {
    let mut connection = SqliteConnectOptions::new().filename(path).connect().await?;
    let (verdict,): (String,) = sqlx::query_as("PRAGMA integrity_check").fetch_one(&mut connection).await?;
    connection.close().await?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(Error::internal(format!("integrity check: {verdict}")))
    }
}

/// Makes a database on a PostgreSQL server and gives its URL.
pub async fn create_postgres(server: &str, name: &str) -> Result<String> {
    on_server(server, format!("CREATE DATABASE {name}")).await?;
    let (address, parameters) = server
        .split_once('?')
        .map_or((server, None), |(address, rest)| (address, Some(rest)));
    let host = address.find("://").map_or(0, |place| place + 3);
    let end = address[host..].find('/').map_or(address.len(), |place| host + place);
    let parameters = parameters.map(|parameters| format!("?{parameters}")).unwrap_or_default();
    Ok(format!("{}/{name}{parameters}", &address[..end]))
}

/// Drops a database of a PostgreSQL server, whoever is connected to it.
pub async fn drop_postgres(server: &str, name: &str) -> Result<()> {
    on_server(server, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await
}

async fn on_server(server: &str, sql: String) -> Result<()> {
    let mut connection = PgConnection::connect(server).await?;
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

#[cfg(test)]
mod tests {
    use sea_query::{Alias, Expr, ExprTrait, Query};

    use super::*;

    async fn scratch() -> (tempfile::TempDir, Db) {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let db = Db::sqlite(&dir.path().join("t.db"), Synchronous::Full).await.expect("a database");
        db.write(async |tx| {
            tx.raw("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER NOT NULL UNIQUE) STRICT")
                .await
        })
        .await
        .expect("a table");
        (dir, db)
    }

    fn put(n: i64) -> sea_query::InsertStatement {
        Query::insert().into_table("t").columns(["n"]).values_panic([n.into()]).to_owned()
    }

    async fn count(db: &Db) -> i64 {
        let (n,): (i64,) = db
            .one(Query::select().expr(Expr::col("id").count()).from(Alias::new("t")))
            .await
            .expect("a count");
        n
    }

    #[tokio::test]
    async fn waiting_writers_share_commits_and_a_failed_one_harms_nobody() {
        let (_dir, db) = scratch().await;
        let tasks: Vec<_> = (0..200)
            .map(|n| {
                let db = db.clone();
                // Every tenth breaks the unique key of its own making and must leave nothing behind.
                tokio::spawn(async move {
                    db.write(async |tx| {
                        tx.exec(&put(n)).await?;
                        if n % 10 == 0 {
                            tx.exec(&put(n)).await?;
                        }
                        Ok(())
                    })
                    .await
                })
            })
            .collect();
        let mut failed = 0;
        for task in tasks {
            failed += usize::from(task.await.expect("no panic").is_err());
        }
        assert_eq!(failed, 20);
        assert_eq!(count(&db).await, 180);
        let Db::Sqlite { writer, .. } = &db else { unreachable!() };
        assert!(writer.commits() < 100, "200 writers made {} commits", writer.commits());
    }

    #[tokio::test]
    async fn writers_that_go_away_or_panic_leave_nothing_and_block_nobody() {
        let (_dir, db) = scratch().await;
        for n in 0..50 {
            let db = db.clone();
            let task = tokio::spawn(async move {
                db.write(async |tx| {
                    tx.exec(&put(n)).await?;
                    if n % 2 == 0 {
                        panic!("on purpose");
                    }
                    tokio::task::yield_now().await;
                    std::future::pending::<Result<()>>().await
                })
                .await
            });
            for _ in 0..(n % 7) {
                tokio::task::yield_now().await;
            }
            task.abort();
        }
        db.write(async |tx| tx.exec(&put(1000)).await)
            .await
            .expect("the writer still works");
        assert_eq!(count(&db).await, 1);
    }

    #[tokio::test]
    async fn readers_cannot_write() {
        let (_dir, db) = scratch().await;
        let deleting = Query::delete()
            .from_table("t")
            .and_where(Expr::col("id").eq(1))
            .returning_col("id")
            .to_owned();
        assert!(db.all::<(i64,)>(&deleting).await.is_err());
    }

    #[test]
    fn a_write_can_be_sent_between_threads() {
        fn sendable<T: Send>(_: T) {}
        fn check(db: Db) {
            sendable(async move { db.write(async |tx| tx.exec(&put(1)).await).await });
        }
        let _ = check;
    }
}
