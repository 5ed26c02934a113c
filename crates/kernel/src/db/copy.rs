//! Whole databases: a copy of a SQLite file while others write to it, and the tables of a PostgreSQL database as they were at one moment.
//! For backups and upgrades; everything else goes through [`super::Db`].

use std::collections::BTreeMap;
use std::path::Path;

use futures::TryStreamExt as _;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _};

use crate::error::{Error, Result};

/// Names of tables and how many rows they have.
pub type Counts = BTreeMap<String, i64>;

/// How often a file is asked for, and how long between.
const EXCLUSIVE_ATTEMPTS: u32 = 20;
const EXCLUSIVE_PAUSE: std::time::Duration = std::time::Duration::from_millis(100);

/// A SQLite file, opened for itself.
pub struct File(SqliteConnection);

impl File {
    /// Opens a file that is there.
    pub async fn open(path: &Path) -> Result<File> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .busy_timeout(std::time::Duration::from_secs(10))
            .disable_statement_logging();
        Ok(File(options.connect().await?))
    }

    /// Keeps everybody else out until it is dropped; fails when somebody has the file open.
    pub async fn exclusive(path: &Path) -> Result<File> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .locking_mode(sqlx::sqlite::SqliteLockingMode::Exclusive)
            .busy_timeout(std::time::Duration::ZERO)
            .disable_statement_logging();
        // Whoever is closing it needs a moment.
        let mut attempt = 0;
        loop {
            let taken = async {
                let mut connection = options.connect().await?;
                sqlx::raw_sql("BEGIN EXCLUSIVE; COMMIT").execute(&mut connection).await?;
                Ok(File(connection))
            };
            match taken.await {
                Err(_) if attempt < EXCLUSIVE_ATTEMPTS => attempt += 1,
                outcome => return outcome,
            }
            tokio::time::sleep(EXCLUSIVE_PAUSE).await;
        }
    }

    /// Writes a copy as the file is at this moment, in order and without gaps. Readers and writers go on.
    pub async fn copy_to(&mut self, to: &Path) -> Result<()> {
        let to = to.to_str().ok_or(Error::internal("the path of a copy must be UTF-8"))?;
        sqlx::query("VACUUM INTO ?").bind(to).execute(&mut self.0).await?;
        Ok(())
    }

    /// What is wrong with the file itself and with its references; empty when it is sound.
    pub async fn problems(&mut self) -> Result<Vec<String>> {
        let found: Vec<(String,)> = sqlx::query_as("PRAGMA integrity_check").fetch_all(&mut self.0).await?;
        let mut problems: Vec<String> = found.into_iter().map(|(text,)| text).filter(|text| text != "ok").collect();
        let dangling: Vec<(String, Option<i64>, String, i64)> = sqlx::query_as("PRAGMA foreign_key_check").fetch_all(&mut self.0).await?;
        problems.extend(dangling.into_iter().take(20).map(|(table, row, parent, _)| {
            let row = row.map(|row| row.to_string()).unwrap_or_default();
            format!("row {row} of {table} refers to a row of {parent} that is not there")
        }));
        Ok(problems)
    }

    /// The rows of every table.
    pub async fn counts(&mut self) -> Result<Counts> {
        const TABLES: &str = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'";
        let tables: Vec<(String,)> = sqlx::query_as(TABLES).fetch_all(&mut self.0).await?;
        let mut counts = Counts::new();
        for (table,) in tables {
            let sql = AssertSqlSafe(format!("SELECT count(*) FROM \"{table}\""));
            let (count,): (i64,) = sqlx::query_as(sql).fetch_one(&mut self.0).await?;
            counts.insert(table, count);
        }
        Ok(counts)
    }

    /// The migrations that have run; none when it is empty.
    pub async fn migrations(&mut self) -> Result<Vec<String>> {
        let there: Option<(i64,)> = sqlx::query_as("SELECT 1 FROM sqlite_master WHERE name = 'migrations'")
            .fetch_optional(&mut self.0)
            .await?;
        if there.is_none() {
            return Ok(Vec::new());
        }
        let rows: Vec<(String,)> = sqlx::query_as("SELECT name FROM migrations ORDER BY name")
            .fetch_all(&mut self.0)
            .await?;
        Ok(rows.into_iter().map(|(name,)| name).collect())
    }

    /// What the schema consists of: name and text of every table, index, view and trigger.
    pub async fn schema(&mut self) -> Result<BTreeMap<String, String>> {
        const SCHEMA: &str = "SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'";
        let rows: Vec<(String, String)> = sqlx::query_as(SCHEMA).fetch_all(&mut self.0).await?;
        Ok(rows.into_iter().collect())
    }

    pub async fn close(self) -> Result<()> {
        Ok(self.0.close().await?)
    }
}

/// The tables of a PostgreSQL database as they were when it was begun, whatever is written meanwhile.
pub struct Snapshot(PgConnection);

/// A table and its columns, in their order.
pub struct Table {
    pub name: String,
    columns: Vec<String>,
}

impl Table {
    fn list(&self) -> String {
        format!("\"{}\" (\"{}\")", self.name, self.columns.join("\", \""))
    }
}

impl Snapshot {
    pub async fn begin(url: &str) -> Result<Snapshot> {
        let mut connection = PgConnection::connect(url).await?;
        sqlx::raw_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .execute(&mut connection)
            .await?;
        Ok(Snapshot(connection))
    }

    pub async fn tables(&mut self) -> Result<Vec<Table>> {
        tables(&mut self.0).await
    }

    pub async fn count(&mut self, table: &Table) -> Result<i64> {
        let sql = AssertSqlSafe(format!("SELECT count(*) FROM \"{}\"", table.name));
        let (count,): (i64,) = sqlx::query_as(sql).fetch_one(&mut self.0).await?;
        Ok(count)
    }

    pub async fn migrations(&mut self) -> Result<Vec<String>> {
        let rows: Vec<(String,)> = sqlx::query_as("SELECT name FROM migrations ORDER BY name")
            .fetch_all(&mut self.0)
            .await?;
        Ok(rows.into_iter().map(|(name,)| name).collect())
    }

    /// The last number that each sequence has given. Sequences know no transactions: it may be more than the tables have, never less.
    pub async fn sequences(&mut self) -> Result<BTreeMap<String, i64>> {
        const SEQUENCES: &str =
            "SELECT sequencename::text, last_value FROM pg_sequences WHERE schemaname = current_schema() AND last_value IS NOT NULL";
        let rows: Vec<(String, i64)> = sqlx::query_as(SEQUENCES).fetch_all(&mut self.0).await?;
        Ok(rows.into_iter().collect())
    }

    /// Hands the rows of a table on, one a line, in PostgreSQL's own form.
    pub async fn rows(&mut self, table: &Table, mut sink: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let mut lines = self.0.copy_out_raw(&format!("COPY {} TO STDOUT", table.list())).await?;
        while let Some(part) = lines.try_next().await? {
            sink(&part)?;
        }
        Ok(())
    }
}

async fn tables(connection: &mut PgConnection) -> Result<Vec<Table>> {
    const COLUMNS: &str = "SELECT c.table_name::text, c.column_name::text FROM information_schema.columns c \
        JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE' \
        WHERE c.table_schema = current_schema() AND c.is_generated = 'NEVER' ORDER BY c.table_name, c.ordinal_position";
    let rows: Vec<(String, String)> = sqlx::query_as(COLUMNS).fetch_all(connection).await?;
    let mut tables: Vec<Table> = Vec::new();
    for (name, column) in rows {
        match tables.last_mut() {
            Some(table) if table.name == name => table.columns.push(column),
            _ => tables.push(Table {
                name,
                columns: vec![column],
            }),
        }
    }
    Ok(tables)
}

/// A schema of PostgreSQL beside the one in use, into which tables are loaded; it takes its place when all is there.
pub struct Load {
    connection: PgConnection,
    schema: String,
}

impl Load {
    /// Makes an empty schema of this name, in place of one that a failed attempt left.
    pub async fn begin(url: &str, schema: &str) -> Result<Load> {
        let options: PgConnectOptions = url.parse()?;
        let mut connection = options.options([("search_path", schema)]).connect().await?;
        let sql = format!("DROP SCHEMA IF EXISTS \"{schema}\" CASCADE; CREATE SCHEMA \"{schema}\"");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
        Ok(Load {
            connection,
            schema: schema.to_owned(),
        })
    }

    /// Empties every table and lifts the references between them until [`Load::finish`].
    pub async fn open_tables(&mut self) -> Result<(Vec<Table>, References)> {
        const KEYS: &str = "SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint \
                            WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2";
        let keys: Vec<(String, String, String)> = sqlx::query_as(KEYS).fetch_all(&mut self.connection).await?;
        let tables = tables(&mut self.connection).await?;
        let mut sql = String::new();
        for (table, key, _) in &keys {
            sql.push_str(&format!("ALTER TABLE {table} DROP CONSTRAINT \"{key}\";"));
        }
        for table in &tables {
            sql.push_str(&format!("TRUNCATE \"{}\";", table.name));
        }
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut self.connection).await?;
        Ok((tables, References(keys)))
    }

    /// Takes rows in the form that [`Snapshot::rows`] gives, part after part; says how many rows there were.
    pub async fn rows(&mut self, table: &Table, mut next: impl FnMut() -> Result<Option<Vec<u8>>>) -> Result<u64> {
        let mut into = self.connection.copy_in_raw(&format!("COPY {} FROM STDIN", table.list())).await?;
        loop {
            match next() {
                Ok(Some(part)) => {
                    into.send(part).await?;
                }
                Ok(None) => return Ok(into.finish().await?),
                Err(error) => {
                    into.abort("the archive cannot be read").await?;
                    return Err(error);
                }
            }
        }
    }

    /// Puts the references back, which proves them, and lets sequences go on where they were.
    pub async fn finish(&mut self, references: References, sequences: &BTreeMap<String, i64>) -> Result<()> {
        for (table, key, definition) in references.0 {
            let sql = AssertSqlSafe(format!("ALTER TABLE {table} ADD CONSTRAINT \"{key}\" {definition}"));
            sqlx::raw_sql(sql).execute(&mut self.connection).await?;
        }
        for (sequence, last) in sequences {
            sqlx::query("SELECT setval(quote_ident($1)::regclass, $2)")
                .bind(sequence)
                .bind(last)
                .execute(&mut self.connection)
                .await?;
        }
        sqlx::raw_sql("ANALYZE").execute(&mut self.connection).await?;
        Ok(())
    }

    /// Puts the schema in the place of another one, which stays under a name of its own.
    pub async fn switch(mut self, place: &str, kept_as: &str) -> Result<()> {
        let sql = format!(
            "BEGIN; ALTER SCHEMA \"{place}\" RENAME TO \"{kept_as}\"; ALTER SCHEMA \"{}\" RENAME TO \"{place}\"; COMMIT",
            self.schema
        );
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut self.connection).await?;
        Ok(self.connection.close().await?)
    }
}

/// References between tables that were lifted.
pub struct References(Vec<(String, String, String)>);

/// The schema that a database is in, and whether it has no tables.
pub async fn postgres_place(url: &str) -> Result<(String, bool)> {
    let mut connection = PgConnection::connect(url).await?;
    let (schema,): (String,) = sqlx::query_as("SELECT current_schema()::text").fetch_one(&mut connection).await?;
    let is_empty = tables(&mut connection).await?.is_empty();
    connection.close().await?;
    Ok((schema, is_empty))
}

/// Makes an empty schema, or drops one.
pub async fn postgres_schema(url: &str, schema: &str, make: bool) -> Result<()> {
    let mut connection = PgConnection::connect(url).await?;
    let then = if make {
        format!("; CREATE SCHEMA \"{schema}\"")
    } else {
        String::new()
    };
    let sql = AssertSqlSafe(format!("DROP SCHEMA IF EXISTS \"{schema}\" CASCADE{then}"));
    sqlx::raw_sql(sql).execute(&mut connection).await?;
    Ok(connection.close().await?)
}

/// What a schema of PostgreSQL consists of: columns, indexes, constraints and triggers, without the name of the schema.
pub async fn postgres_schema_parts(url: &str, schema: &str) -> Result<BTreeMap<String, String>> {
    const PARTS: &str = "SELECT 'column ' || table_name || '.' || column_name, concat_ws(' ', data_type, collation_name, is_nullable, column_default) \
          FROM information_schema.columns WHERE table_schema = $1 \
        UNION ALL SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = $1 \
        UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = $1::regnamespace \
        UNION ALL SELECT 'trigger ' || tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
          WHERE NOT tgisinternal AND c.relnamespace = $1::regnamespace";
    let options: PgConnectOptions = url.parse()?;
    let mut connection = options.options([("search_path", schema)]).connect().await?;
    let rows: Vec<(String, String)> = sqlx::query_as(PARTS).bind(schema).fetch_all(&mut connection).await?;
    connection.close().await?;
    let bare = |text: String| text.replace(&format!("{schema}."), "");
    Ok(rows.into_iter().map(|(name, text)| (bare(name), bare(text))).collect())
}

impl super::Db {
    /// What a query in our own words finds, its first column as text; for checks that ask tables of one another. Never with anything a
    /// user wrote.
    pub async fn findings(&self, sql: &str) -> Result<Vec<String>> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self {
            super::Db::Sqlite { readers, .. } => Ok(sqlx::query_scalar(sql).fetch_all(readers).await?),
            super::Db::Postgres { pool, .. } => Ok(sqlx::query_scalar(sql).fetch_all(pool).await?),
        }
    }
}
