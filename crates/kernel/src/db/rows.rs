//! Many rows at once. Their statements come in few shapes, so that the databases parse each only once, and values go straight to them.

use futures::join;
use sea_query::{Value, Values};
use sea_query_sqlx::SqlxValues;
use sqlx::AssertSqlSafe;

use super::{Conn, Tx};
use crate::dialect::Dialect;
use crate::error::Result;

/// Rows of a statement, largest first. Few shapes, each parsed once and kept; larger ones are no faster and keep more memory.
const SHAPES: [usize; 4] = [200, 40, 8, 1];

/// The values of a row, one for every column.
pub type RowValues = Vec<Value>;

/// The statements that insert rows, each made when it is asked for.
struct Batches<'a, R> {
    dialect: Dialect,
    table: &'static str,
    columns: &'a [&'static str],
    /// What a statement ends in.
    end: String,
    rows: R,
}

struct Batch {
    sql: String,
    values: Vec<Value>,
    rows: usize,
}

impl<R: ExactSizeIterator<Item = RowValues>> Iterator for Batches<'_, R> {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        let rows = SHAPES.into_iter().find(|shape| *shape <= self.rows.len())?;
        Some(Batch {
            sql: self.dialect.insert_rows(self.table, self.columns, rows) + &self.end,
            values: self.rows.by_ref().take(rows).flatten().collect(),
            rows,
        })
    }
}

impl Tx {
    /// Inserts rows.
    pub async fn insert_rows(
        &mut self,
        table: &'static str,
        columns: &[&'static str],
        rows: impl ExactSizeIterator<Item = RowValues>,
    ) -> Result<()> {
        self.insert_ending_in("", table, columns, rows).await
    }

    /// The same, but for rows whose key is there already.
    pub async fn insert_missing_rows(
        &mut self,
        table: &'static str,
        columns: &[&'static str],
        rows: impl ExactSizeIterator<Item = RowValues>,
    ) -> Result<()> {
        self.insert_ending_in(" ON CONFLICT DO NOTHING", table, columns, rows).await
    }

    async fn insert_ending_in(
        &mut self,
        end: &str,
        table: &'static str,
        columns: &[&'static str],
        rows: impl ExactSizeIterator<Item = RowValues>,
    ) -> Result<()> {
        // Few rows need no journey of their own.
        let can_wait = rows.len() < SHAPES[2];
        let mut batches = self.batches(table, columns, rows);
        batches.end = end.to_owned();
        if can_wait && let Conn::Sqlite(turn) = self.conn()? {
            batches.for_each(|batch| turn.defer(&batch.sql, batch.values));
            return Ok(());
        }
        self.run(batches).await
    }

    /// Inserts rows that get their ids from the database, and gives these in the order of the rows.
    pub async fn insert_new_rows(
        &mut self,
        table: &'static str,
        columns: &[&'static str],
        rows: impl ExactSizeIterator<Item = RowValues>,
    ) -> Result<Vec<i64>> {
        let mut ids = Vec::with_capacity(rows.len());
        let mut batches = self.batches(table, columns, rows);
        let mut next = batches.next();
        while let Some(batch) = next {
            let (fresh, following) = join!(self.insert_new_batch(batch), async { batches.next() });
            ids.extend(fresh?);
            next = following;
        }
        Ok(ids)
    }

    /// Writes rows under ids of theirs, over those that are there.
    pub async fn put_rows(
        &mut self,
        table: &'static str,
        columns: &[&'static str],
        rows: impl ExactSizeIterator<Item = RowValues>,
    ) -> Result<()> {
        let set: Vec<String> = columns
            .iter()
            .map(|column| format!("\"{column}\" = excluded.\"{column}\""))
            .collect();
        let mut batches = self.batches(table, columns, rows);
        batches.end = format!(" ON CONFLICT (id) DO UPDATE SET {}", set.join(", "));
        self.run(batches).await
    }

    /// The database works on one batch while the next is made.
    async fn run(&mut self, mut batches: impl Iterator<Item = Batch>) -> Result<()> {
        let mut next = batches.next();
        while let Some(batch) = next {
            let (done, following) = join!(self.insert_batch(batch), async { batches.next() });
            done?;
            next = following;
        }
        Ok(())
    }

    fn batches<'a, R>(&self, table: &'static str, columns: &'a [&'static str], rows: R) -> Batches<'a, R> {
        Batches {
            dialect: self.dialect(),
            table,
            columns,
            end: String::new(),
            rows,
        }
    }

    async fn insert_batch(&mut self, batch: Batch) -> Result<()> {
        let values = SqlxValues(Values(batch.values));
        match self.conn()? {
            Conn::Sqlite(turn) => {
                let (sql, values) = turn.with_pending(batch.sql, values);
                sqlx::query_with(AssertSqlSafe(sql), values).execute(turn.connection()?).await?;
            }
            Conn::Postgres(connection) => {
                sqlx::query_with(AssertSqlSafe(batch.sql), values).execute(connection).await?;
            }
        }
        Ok(())
    }

    async fn insert_new_batch(&mut self, batch: Batch) -> Result<Vec<i64>> {
        let values = SqlxValues(Values(batch.values));
        match self.conn()? {
            Conn::Sqlite(turn) => {
                let (sql, values) = turn.with_pending(batch.sql, values);
                // Nobody else writes meanwhile, so the ids follow each other; asking for the last is cheaper than being told each.
                let done = sqlx::query_with(AssertSqlSafe(sql), values).execute(turn.connection()?).await?;
                let last = done.last_insert_rowid();
                Ok((last - batch.rows as i64 + 1..=last).collect())
            }
            Conn::Postgres(connection) => {
                let sql = AssertSqlSafe(format!("{} RETURNING id", batch.sql));
                let returned: Vec<(i64,)> = sqlx::query_as_with(sql, values).fetch_all(connection).await?;
                Ok(returned.into_iter().map(|(id,)| id).collect())
            }
        }
    }
}
