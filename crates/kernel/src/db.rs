//! The only door to the database. Reads go through [`Db`], writes through [`Db::write`], whose [`Tx`] is the only thing that can emit an
//! event or enqueue a job.
//!
//! SQLite has one [writing connection](writer) and several reading ones, PostgreSQL a pool of equals.

mod cancel;
pub mod copy;
pub mod replica;
mod rows;
mod writer;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::TryStreamExt as _;
use sea_query::{PostgresQueryBuilder, SchemaStatementBuilder, SqliteQueryBuilder};
use sea_query_sqlx::SqlxBinder;
use sqlx::pool::PoolOptions;
use sqlx::postgres::{PgConnectOptions, PgPool, PgRow};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqliteRow, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Either, Executor as _, FromRow, PgConnection, Postgres, Row as _, Sqlite};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::events::Horizon;
use crate::memo::Memo;
use replica::Replica;
use writer::{Haste, Turn, Writer};

/// Connections to PostgreSQL, and readers of SQLite.
const POSTGRES_CONNECTIONS: u32 = 20;
/// Of these, transactions take so many at most. What reads in the midst of a transaction (a definition that is remembered no more) takes
/// another connection: were all held by transactions that wait for this one, none would ever go on.
const POSTGRES_TRANSACTIONS: usize = 14;
const POSTGRES_PATIENCE: Duration = Duration::from_secs(30);
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
        /// One seat for each transaction there may be at once.
        seats: Arc<Semaphore>,
        committed: Arc<Notify>,
        horizon: Arc<Horizon>,
        memo: Memo,
        replica: Option<Arc<Replica>>,
        /// Whether this handle reads from the replica.
        reads_replica: bool,
        /// On whose behalf it is used, who must find what they wrote.
        who: Option<Arc<str>>,
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
            // A page of rows fits in the channel, so that the thread that reads never waits for the one that asks.
            .row_buffer_size(256)
            .pragma("temp_store", "memory")
            .disable_statement_logging();
        let connection = options
            .clone()
            .pragma("cache_size", "-64000")
            .pragma("wal_autocheckpoint", writer::WAL_PAGES_AT_MOST.to_string())
            .connect()
            .await?;
        let checkpointer = options.clone().connect().await?;
        let readers = PoolOptions::<Sqlite>::new()
            .max_connections(SQLITE_READERS)
            .test_before_acquire(false)
            .connect_with(
                options
                    // As much as SQLite allows: what is mapped is read from the system's own cache, without a copy and a call for each page.
                    .pragma("mmap_size", "2147418112")
                    .pragma("cache_size", "-8000")
                    .pragma("query_only", "on"),
            )
            .await?;
        Ok(Db::Sqlite {
            writer: Writer::start(connection, checkpointer),
            readers,
            path: path.to_owned(),
            memo: Memo::default(),
        })
    }

    /// Connects to the PostgreSQL of `url`.
    pub async fn postgres(url: &str) -> Result<Db> {
        Db::postgres_with(url.parse()?).await
    }

    /// The same with another schema than its own in front: for what is made beside it.
    pub async fn postgres_in(url: &str, schema: &str) -> Result<Db> {
        let options: PgConnectOptions = url.parse()?;
        Db::postgres_with(options.options([("search_path", schema)])).await
    }

    async fn postgres_with(options: PgConnectOptions) -> Result<Db> {
        let options = options.statement_cache_capacity(256).disable_statement_logging();
        let pool = PoolOptions::<Postgres>::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .test_before_acquire(false)
            .acquire_timeout(POSTGRES_PATIENCE)
            .connect_with(options)
            .await?;
        Ok(Db::Postgres {
            pool,
            seats: Arc::new(Semaphore::new(POSTGRES_TRANSACTIONS)),
            committed: Arc::new(Notify::new()),
            horizon: Arc::default(),
            memo: Memo::default(),
            replica: None,
            reads_replica: false,
            who: None,
        })
    }

    /// The same with a streaming replica beside it, from which [`Db::lists`] reads. Only PostgreSQL has one.
    pub fn with_replica(mut self, url: &str, limits: replica::Limits) -> Result<Db> {
        if let Db::Postgres { pool, replica, .. } = &mut self {
            let options: PgConnectOptions = url.parse()?;
            *replica = Some(Replica::start(
                pool,
                options.statement_cache_capacity(256).disable_statement_logging(),
                limits,
            ));
        }
        Ok(self)
    }

    /// The same on somebody's behalf: what they write with it, they will find in [`Db::lists`].
    pub fn on_behalf_of(mut self, someone: impl FnOnce() -> Option<String>) -> Db {
        if let Db::Postgres { replica: Some(_), who, .. } = &mut self {
            *who = someone().map(Into::into);
        }
        self
    }

    /// The same for lists, searches, exports and reports, which may be a little old: reads come from the replica where there is one that is
    /// well, not far behind, and no further than its owner's last write. Writes, and reads within them, go to the primary as ever.
    pub async fn lists(&self) -> Db {
        let mut lists = self.clone();
        if let Db::Postgres {
            pool,
            replica: Some(replica),
            who: Some(who),
            reads_replica,
            ..
        } = &mut lists
            && replica.serves(pool, who).await
        {
            *reads_replica = true;
        }
        lists
    }

    /// How the replica is doing, where there is one.
    pub fn replica(&self) -> Option<replica::Report> {
        self.known_replica().map(|replica| replica.report())
    }

    /// The same for who has only just opened the database: waits until the replica was looked at.
    pub async fn replica_examined(&self) -> Option<replica::Report> {
        match self.known_replica() {
            Some(replica) => Some(replica.examined().await),
            None => None,
        }
    }

    fn writer_known_to_replica(&self) -> Option<(Arc<Replica>, Arc<str>)> {
        match self {
            Db::Postgres {
                replica: Some(replica),
                who: Some(who),
                ..
            } => Some((replica.clone(), who.clone())),
            _ => None,
        }
    }

    fn known_replica(&self) -> Option<&Arc<Replica>> {
        match self {
            Db::Sqlite { .. } => None,
            Db::Postgres { replica, .. } => replica.as_ref(),
        }
    }

    /// The replica, where this handle reads from it.
    fn read_replica(&self) -> Option<&Replica> {
        match self {
            Db::Postgres {
                replica: Some(replica),
                reads_replica: true,
                ..
            } => Some(replica),
            _ => None,
        }
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
                if let Some(replica) = self.read_replica() {
                    match sqlx::query_as_with(AssertSqlSafe(sql.clone()), values.clone())
                        .fetch_all(&replica.pool)
                        .await
                    {
                        Ok(rows) => return Ok(rows),
                        Err(error) => replica.failed(&error),
                    }
                }
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
                if let Some(replica) = self.read_replica() {
                    match sqlx::query_as_with(AssertSqlSafe(sql.clone()), values.clone())
                        .fetch_optional(&replica.pool)
                        .await
                    {
                        Ok(rows) => return Ok(rows),
                        Err(error) => replica.failed(&error),
                    }
                }
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
                if let Some(replica) = self.read_replica() {
                    match sqlx::query_with(AssertSqlSafe(sql.clone()), values.clone())
                        .fetch_all(&replica.pool)
                        .await
                    {
                        Ok(rows) => return rows.iter().map(|row| Ok(row.try_get(0)?)).collect(),
                        Err(error) => replica.failed(&error),
                    }
                }
                let rows = sqlx::query_with(AssertSqlSafe(sql), values).fetch_all(pool).await?;
                rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
            }
        }
    }

    /// Runs `work` in a transaction: all of it or nothing. The answer comes after the commit. Do nothing slow inside, and no network: on
    /// SQLite everybody else's writes wait.
    pub async fn write<T>(&self, work: impl AsyncFnOnce(&mut Tx) -> Result<T>) -> Result<T> {
        self.write_with(Haste::Pressing, work).await
    }

    /// The same for what nobody waits for: long transactions need not be shorter for its sake (see [`Tx::may_grow`]).
    pub async fn write_patiently<T>(&self, work: impl AsyncFnOnce(&mut Tx) -> Result<T>) -> Result<T> {
        self.write_with(Haste::Patient, work).await
    }

    async fn write_with<T>(&self, haste: Haste, work: impl AsyncFnOnce(&mut Tx) -> Result<T>) -> Result<T> {
        let mut tx = self.begin(haste).await?;
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
                let mut seat = writer.seat().await;
                let _ = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut seat.connection).await;
            }
            Db::Postgres { pool, .. } => pool.close().await,
        }
    }

    /// What is remembered until somebody commits.
    pub fn memo(&self) -> &Memo {
        self.read_replica().map_or(self.own_memo(), |replica| &replica.memo)
    }

    fn own_memo(&self) -> &Memo {
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
            Db::Postgres {
                pool,
                committed,
                memo,
                replica,
                ..
            } => {
                let mut listener = sqlx::postgres::PgListener::connect_with(pool).await?;
                listener.listen(COMMITTED_CHANNEL).await?;
                // What was committed before the first notification is anybody's guess.
                memo.touch_all();
                loop {
                    let notification = listener.recv().await?;
                    let (whose, subjects): (Vec<_>, Vec<_>) = notification.payload().split(',').partition(|part| part.starts_with(WHO));
                    memo.touch(subjects);
                    if let Some(replica) = replica {
                        whose
                            .iter()
                            .filter_map(|who| who.strip_prefix(WHO))
                            .for_each(|who| replica.wrote(who));
                    }
                    committed.notify_waiters();
                }
            }
        }
    }

    /// Brings the planner's statistics up to date; worth it after an import.
    pub async fn analyze(&self) -> Result<()> {
        match self {
            Db::Sqlite { writer, .. } => {
                let mut seat = writer.seat().await;
                // If a group is open, this simply becomes part of it.
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

    async fn begin(&self, haste: Haste) -> Result<Tx> {
        let mut seat = None;
        let connection = match self {
            Db::Sqlite { writer, .. } => Connected::Sqlite(Turn::take(writer.clone(), haste).await?),
            Db::Postgres {
                pool, seats, committed, ..
            } => {
                let free = tokio::time::timeout(POSTGRES_PATIENCE, seats.clone().acquire_owned()).await;
                let free = free.map_err(|_| Error::internal("no transaction came to its end in time"))?;
                seat = Some(free.map_err(|_| Error::internal("the database is closed"))?);
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
            memo: self.own_memo().clone(),
            touched: BTreeSet::new(),
            after_commit: Vec::new(),
            wrote: self.writer_known_to_replica(),
            _seat: seat,
        })
    }
}

const COMMITTED_CHANNEL: &str = "crm_committed";
/// What a notification tells of whose write it was begins with this; the rest are subject types.
const WHO: char = '@';
/// A transaction has its number before it can take the id of an event: that is what [`crate::events::horizon`] stands on.
const POSTGRES_BEGIN: &str = "BEGIN; SELECT pg_current_xact_id()";

/// A transaction in progress.
pub struct Tx {
    connection: Connected,
    memo: Memo,
    /// Subject types of the events emitted.
    pub(crate) touched: BTreeSet<&'static str>,
    after_commit: Vec<AfterCommit>,
    /// Who writes, where a replica must know of it.
    wrote: Option<(Arc<Replica>, Arc<str>)>,
    /// Given up after the connection.
    _seat: Option<OwnedSemaphorePermit>,
}

type AfterCommit = Box<dyn FnOnce() + Send>;

enum Connected {
    Sqlite(Turn),
    Postgres(sqlx::Transaction<'static, Postgres>, Arc<Notify>),
}

enum Conn<'a> {
    Sqlite(&'a mut Turn),
    Postgres(&'a mut PgConnection),
}

macro_rules! on {
    ($tx:expr, $query:expr, |$connection:ident, $sql:ident, $values:ident| $run:expr) => {
        match $tx.conn()? {
            Conn::Sqlite(turn) => {
                let (sql, values) = $query.build_sqlx(SqliteQueryBuilder);
                let ($sql, $values) = turn.with_pending(sql, values);
                let $connection = turn.connection()?;
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

    /// Whether work in steps does well to take a larger one next. On SQLite it does while nobody waits to write: fewer commits write fewer
    /// pages. On PostgreSQL it never does, as others work beside it and only its locks would grow.
    pub fn may_grow(&self) -> bool {
        match &self.connection {
            Connected::Sqlite(turn) => !turn.is_pressed(),
            Connected::Postgres(..) => false,
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
        on!(self, statement, |connection, sql, values| {
            // What went before it may have touched rows of its own.
            let mut touched = 0;
            let mut steps = connection.fetch_many(sqlx::query_with(AssertSqlSafe(sql), values));
            while let Some(step) = steps.try_next().await? {
                if let Either::Left(done) = step {
                    touched = done.rows_affected();
                }
            }
            Ok(touched)
        })
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
            Conn::Sqlite(turn) => {
                turn.flush().await?;
                sqlx::raw_sql(AssertSqlSafe(sql.into()))
                    .execute(turn.connection()?)
                    .await?
                    .rows_affected()
            }
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
            Connected::Sqlite(turn) => Ok(Conn::Sqlite(turn)),
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
                    let mut touched = self.touched.iter().copied().collect::<Vec<_>>().join(",");
                    if let Some((_, who)) = &self.wrote {
                        touched.push_str(&format!(",{WHO}{who}"));
                    }
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
        if let Some((replica, who)) = &self.wrote {
            replica.wrote(who);
        }
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
