//! Reading what may take long, and is stopped in the database itself when nobody waits for it any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sea_query::{PostgresQueryBuilder, SqliteQueryBuilder};
use sea_query_sqlx::SqlxBinder;
use sqlx::AssertSqlSafe;
use tokio::sync::oneshot;

use super::{Db, Row};
use crate::error::{Error, Result};

/// Instructions of SQLite's machine between two looks at whether anybody waits: some milliseconds.
const STEPS: i32 = 100_000;

impl Db {
    /// Every row of a query that may take long. When its caller goes away, the database stops.
    pub async fn all_while_wanted<T: Row>(&self, query: &impl SqlxBinder) -> Result<Vec<T>> {
        // Falls with this future.
        let (_wanted, unwanted) = oneshot::channel::<()>();
        // The connection stays with the task until the database has really stopped.
        let reading: tokio::task::JoinHandle<Result<Vec<T>>> = match self {
            Db::Sqlite { readers, .. } => {
                let (sql, values) = query.build_sqlx(SqliteQueryBuilder);
                let readers = readers.clone();
                tokio::spawn(async move {
                    #[expect(clippy::disallowed_methods, reason = "a long read watches over its connection")]
                    let mut connection = readers.acquire().await?;
                    let is_unwanted = Arc::new(AtomicBool::new(false));
                    let stop = is_unwanted.clone();
                    connection
                        .lock_handle()
                        .await?
                        .set_progress_handler(STEPS, move || !stop.load(Ordering::Relaxed));
                    let rows = {
                        let rows = sqlx::query_as_with(AssertSqlSafe(sql), values).fetch_all(&mut *connection);
                        tokio::pin!(rows);
                        tokio::select! {
                            rows = &mut rows => rows,
                            _ = unwanted => {
                                is_unwanted.store(true, Ordering::Relaxed);
                                rows.await
                            }
                        }
                    };
                    connection.lock_handle().await?.remove_progress_handler();
                    Ok(rows?)
                })
            }
            Db::Postgres { pool, .. } => {
                let (sql, values) = query.build_sqlx(PostgresQueryBuilder);
                let pool = pool.clone();
                tokio::spawn(async move {
                    #[expect(clippy::disallowed_methods, reason = "a long read watches over its connection")]
                    let mut connection = pool.acquire().await?;
                    let (process,): (i32,) = sqlx::query_as("SELECT pg_backend_pid()").fetch_one(&mut *connection).await?;
                    let rows = sqlx::query_as_with(AssertSqlSafe(sql), values).fetch_all(&mut *connection);
                    tokio::pin!(rows);
                    tokio::select! {
                        rows = &mut rows => Ok(rows?),
                        _ = unwanted => {
                            sqlx::query("SELECT pg_cancel_backend($1)").bind(process).execute(&pool).await?;
                            Ok(rows.await?)
                        }
                    }
                })
            }
        };
        reading.await.map_err(|_| Error::internal("a long read broke off"))?
    }
}
