//! Many rows at once. Their statements come in few shapes, so that the databases parse each only once, and values go straight to them.

use sea_query::{Value, Values};
use sea_query_sqlx::SqlxValues;
use sqlx::AssertSqlSafe;

use super::{Conn, Tx};
use crate::error::Result;

/// Rows of a statement, largest first. Few shapes, each parsed once and kept; larger ones are no faster and keep more memory.
const SHAPES: [usize; 4] = [100, 25, 5, 1];

impl Tx {
    /// Inserts rows, each with a value for every column.
    pub async fn insert_rows(&mut self, table: &'static str, columns: &[&'static str], rows: Vec<Vec<Value>>) -> Result<()> {
        let mut rows = rows.into_iter();
        while let Some(shape) = shape(rows.len()) {
            let sql = AssertSqlSafe(self.dialect().insert_rows(table, columns, shape));
            let values = SqlxValues(Values(rows.by_ref().take(shape).flatten().collect()));
            match self.conn()? {
                Conn::Sqlite(connection) => sqlx::query_with(sql, values).execute(connection).await?.rows_affected(),
                Conn::Postgres(connection) => sqlx::query_with(sql, values).execute(connection).await?.rows_affected(),
            };
        }
        Ok(())
    }

    /// Inserts rows that get their ids from the database, and gives these in the order of the rows.
    pub async fn insert_new_rows(&mut self, table: &'static str, columns: &[&'static str], rows: Vec<Vec<Value>>) -> Result<Vec<i64>> {
        let mut ids = Vec::with_capacity(rows.len());
        let mut rows = rows.into_iter();
        while let Some(shape) = shape(rows.len()) {
            let sql = self.dialect().insert_rows(table, columns, shape);
            let values = SqlxValues(Values(rows.by_ref().take(shape).flatten().collect()));
            match self.conn()? {
                Conn::Sqlite(connection) => {
                    // Nobody else writes meanwhile, so the ids follow each other; asking for the last is cheaper than being told each.
                    let done = sqlx::query_with(AssertSqlSafe(sql), values).execute(connection).await?;
                    let last = done.last_insert_rowid();
                    ids.extend(last - shape as i64 + 1..=last);
                }
                Conn::Postgres(connection) => {
                    let sql = AssertSqlSafe(format!("{sql} RETURNING id"));
                    let returned: Vec<(i64,)> = sqlx::query_as_with(sql, values).fetch_all(connection).await?;
                    ids.extend(returned.into_iter().map(|(id,)| id));
                }
            }
        }
        Ok(ids)
    }
}

fn shape(rows: usize) -> Option<usize> {
    SHAPES.into_iter().find(|shape| *shape <= rows)
}
