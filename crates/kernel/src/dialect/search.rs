//! Text search over folded words: FTS5 on SQLite, an array of lexemes on PostgreSQL. The words are cut by [`crate::text::words`], on both
//! sides, so the databases' own ideas of language never come into play. Every word of a search must begin some word of the row.

use sea_query::{Expr, Func, Query};

use super::Dialect;
use crate::db::Tx;
use crate::error::{Error, Result};

impl Dialect {
    /// From so many rows on they are written in another way.
    const MANY: usize = 40;

    /// Creates the search table of an entity, named by the caller, whose row ids are the entity's.
    pub async fn create_search(self, tx: &mut Tx, table: &str) -> Result<()> {
        match self {
            // Without content and positions it is small and quick to fill; nobody asks for phrases.
            Dialect::Sqlite => {
                tx.raw(format!(
                    "CREATE VIRTUAL TABLE {table} USING fts5(words, content='', contentless_delete=1, detail=none, prefix='1 2 3', tokenize='unicode61 remove_diacritics 0')"
                ))
                .await?;
                // Words gather in memory up to so many bytes before they are written and merged: an import is a fifth faster by it.
                tx.raw(format!("INSERT INTO {table} ({table}, rank) VALUES ('hashsize', 8388608)"))
                    .await
            }
            Dialect::Postgres => {
                tx.raw(format!("CREATE TABLE {table} (rowid bigint PRIMARY KEY, words tsvector NOT NULL)"))
                    .await?;
                tx.raw(format!("CREATE INDEX ix_{table}_words ON {table} USING gin (words)")).await
            }
        }
    }

    /// The condition that a row of the search table has a word beginning with each of the given words. There must be at least one.
    pub fn search_match(self, table: &'static str, words: &[String]) -> Expr {
        match self {
            Dialect::Sqlite => {
                let asked = words.iter().map(|word| format!("\"{word}\"*")).collect::<Vec<_>>().join(" ");
                Expr::cust_with_values(format!("{table} MATCH ?"), [asked])
            }
            Dialect::Postgres => {
                let asked = words.iter().map(|word| format!("'{word}':*")).collect::<Vec<_>>().join(" & ");
                Expr::cust_with_values(format!("{table}.words @@ $1::tsquery"), [asked])
            }
        }
    }

    /// Writes the words of rows that are not in the search table yet.
    pub async fn search_add(self, tx: &mut Tx, table: &'static str, rows: &[(i64, String)]) -> Result<()> {
        if self == Dialect::Sqlite && rows.len() >= Self::MANY {
            // In one statement however many they are: FTS5 writes what it has gathered at the end of each.
            let each = Func::cust("json_each").arg(serde_json::to_string(rows)?);
            let words = Query::select()
                .expr(Expr::cust("value ->> 0"))
                .expr(Expr::cust("value ->> 1"))
                .from_function(each, "each")
                .to_owned();
            let mut insert = Query::insert();
            insert.into_table(table).columns(["rowid", "words"]);
            tx.exec(insert.select_from(words).map_err(|error| Error::internal(error.to_string()))?)
                .await?;
            return Ok(());
        }
        if self == Dialect::Sqlite {
            let rows = rows.iter().map(|(id, words)| vec![(*id).into(), words.as_str().into()]);
            return tx.insert_rows(table, &["rowid", "words"], rows).await;
        }
        for some in rows.chunks(400) {
            let mut insert = Query::insert();
            insert.into_table(table).columns(["rowid", "words"]);
            for (id, words) in some {
                let words = Expr::cust_with_values(
                    "array_to_tsvector(array(SELECT DISTINCT w FROM unnest(string_to_array($1, ' ')) w WHERE w <> ''))",
                    [words.as_str()],
                );
                insert.values_panic([(*id).into(), words]);
            }
            tx.exec(&insert).await?;
        }
        Ok(())
    }

    /// Replaces the words of rows.
    pub async fn search_put(self, tx: &mut Tx, table: &'static str, rows: &[(i64, String)]) -> Result<()> {
        let ids: Vec<i64> = rows.iter().map(|(id, _)| *id).collect();
        self.search_remove(tx, table, &ids).await?;
        self.search_add(tx, table, rows).await
    }

    /// Takes rows out of the search table.
    pub async fn search_remove(self, tx: &mut Tx, table: &'static str, ids: &[i64]) -> Result<()> {
        use sea_query::ExprTrait;
        for some in ids.chunks(500) {
            let delete = Query::delete()
                .from_table(table)
                .and_where(Expr::col("rowid").is_in(some.iter().copied()))
                .to_owned();
            tx.exec(&delete).await?;
        }
        Ok(())
    }
}
