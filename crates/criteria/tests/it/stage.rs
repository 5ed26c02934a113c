//! Where things are kept: SQLite in memory, and PostgreSQL when `CRM_TEST_POSTGRES` holds the URL of a server that lets us create a
//! database.

use criteria::{Criteria, Kind, Moment, Place, Schema};
use kernel::dialect::Dialect;
use kernel::text::fold;
use sea_query::{Expr, Order, PostgresQueryBuilder, Query, SqliteQueryBuilder, Value as SqlValue};
use sea_query_sqlx::SqlxBinder;
use serde_json::{Map, Value as Json};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use tokio::runtime::Runtime;

use crate::things::{Thing, schema};

pub struct Stage {
    pub schema: Schema,
    runtime: Runtime,
    sqlite: SqliteConnection,
    postgres: Option<Postgres>,
}

struct Postgres {
    connection: PgConnection,
    server: PgConnection,
    database: String,
}

const PLAIN: [(&str, &str); 15] = [
    ("name", "text"),
    ("name_folded", "text"),
    ("code", "text"),
    ("site", "text"),
    ("site_folded", "text"),
    ("score", "integer"),
    ("ratio", "integer"),
    ("revenue", "integer"),
    ("born", "text"),
    ("seen", "integer"),
    ("size", "text"),
    ("active", "boolean"),
    ("owner", "integer"),
    ("parts", "json"),
    ("custom", "json"),
];

impl Stage {
    pub fn open() -> Stage {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (sqlite, postgres) = runtime.block_on(async {
            let sqlite = SqliteConnection::connect("sqlite::memory:").await.unwrap();
            let postgres = match std::env::var("CRM_TEST_POSTGRES") {
                Ok(url) => Some(Postgres::create(&url).await),
                Err(_) => {
                    eprintln!("CRM_TEST_POSTGRES is not set: PostgreSQL is skipped");
                    None
                }
            };
            (sqlite, postgres)
        });
        let mut stage = Stage {
            schema: schema(),
            runtime,
            sqlite,
            postgres,
        };
        for dialect in stage.dialects() {
            for sql in tables(dialect) {
                stage.execute(dialect, &sql);
            }
        }
        stage
    }

    /// The databases at hand.
    pub fn dialects(&self) -> Vec<Dialect> {
        let postgres = self.postgres.as_ref().map(|_| Dialect::Postgres);
        [Dialect::Sqlite].into_iter().chain(postgres).collect()
    }

    /// Keeps these things, and no others, under the ids 1, 2, 3, …
    pub fn keep(&mut self, things: &[Thing]) {
        for dialect in self.dialects() {
            for table in ["things", "tags", "values"] {
                self.execute(dialect, &format!("DELETE FROM \"{table}\""));
            }
            let (mut rows, mut tags, mut values) = (Query::insert(), Query::insert(), Query::insert());
            rows.into_table("things")
                .columns(["id"].into_iter().chain(PLAIN.map(|(name, _)| name)).chain(["custom_folded"]));
            tags.into_table("tags").columns(["thing_id", "name", "folded"]);
            values
                .into_table("values")
                .columns(["thing_id", "kind", "text", "folded", "number"]);
            let (mut tagged, mut valued) = (false, false);
            for (id, thing) in (1i64..).zip(things) {
                rows.values_panic(self.row(dialect, id, thing));
                for (field, place) in self.schema.fields().map(|field| (field, &field.place)) {
                    let (Place::Set { table, .. }, Json::Array(many)) = (place, thing.stored(field)) else {
                        continue;
                    };
                    for value in many {
                        let text = value.as_str();
                        if *table == "tags" {
                            tags.values_panic([id.into(), text.into(), text.map(fold).into()]);
                            tagged = true;
                        } else {
                            values.values_panic([
                                id.into(),
                                field.name.as_ref().into(),
                                text.into(),
                                text.map(fold).into(),
                                value.as_i64().into(),
                            ]);
                            valued = true;
                        }
                    }
                }
            }
            self.insert(dialect, &rows);
            if tagged {
                self.insert(dialect, &tags);
            }
            if valued {
                self.insert(dialect, &values);
            }
        }
    }

    fn row(&self, dialect: Dialect, id: i64, thing: &Thing) -> Vec<Expr> {
        let (mut custom, mut folded) = (Map::new(), Map::new());
        for field in self.schema.fields() {
            let Place::Json { key, .. } = &field.place else { continue };
            let value = thing.stored(field);
            // Null under a key and no key at all are the same; both happen.
            if value.is_null() && id % 2 == 0 {
                continue;
            }
            if let (Json::String(text), Kind::Text | Kind::Link) = (&value, &field.kind) {
                folded.insert(key.clone(), fold(text).into());
            }
            custom.insert(key.clone(), value);
        }
        let json = |json: Json| -> Expr {
            match dialect {
                Dialect::Sqlite => json.to_string().into(),
                Dialect::Postgres => SqlValue::Json(Some(Box::new(json))).into(),
            }
        };
        let column = |(name, kind): &(&str, &str)| -> Expr {
            let value = |name: &str| self.schema.field(name).map_or(Json::Null, |field| thing.stored(field));
            match (*name, *kind) {
                ("custom", _) => json(Json::Object(custom.clone())),
                (_, "json") if value(name).is_null() => Expr::null(),
                (_, "json") => json(value(name)),
                (_, "integer") => value(name).as_i64().into(),
                (_, "boolean") => value(name).as_bool().into(),
                (name, _) => match name.strip_suffix("_folded") {
                    Some(plain) => value(plain).as_str().map(fold).into(),
                    None => value(name).as_str().into(),
                },
            }
        };
        let plain: Vec<Expr> = PLAIN.iter().map(column).collect();
        [id.into()].into_iter().chain(plain).chain([json(Json::Object(folded))]).collect()
    }

    /// The ids of the things that the database finds.
    pub fn find(&mut self, dialect: Dialect, criteria: &Criteria, moment: &Moment) -> Vec<i64> {
        let condition = criteria.to_sql(&self.schema, dialect, moment);
        let query = Query::select()
            .column(("things", "id"))
            .from("things")
            .and_where(condition)
            .order_by(("things", "id"), Order::Asc)
            .take();
        let (sql, ids) = self.runtime.block_on(async {
            match (dialect, &mut self.postgres) {
                (Dialect::Postgres, Some(postgres)) => {
                    let (sql, values) = query.build_sqlx(PostgresQueryBuilder);
                    (
                        sql.clone(),
                        sqlx::query_scalar_with(AssertSqlSafe(sql), values)
                            .persistent(false)
                            .fetch_all(&mut postgres.connection)
                            .await,
                    )
                }
                _ => {
                    let (sql, values) = query.build_sqlx(SqliteQueryBuilder);
                    (
                        sql.clone(),
                        sqlx::query_scalar_with(AssertSqlSafe(sql), values)
                            .persistent(false)
                            .fetch_all(&mut self.sqlite)
                            .await,
                    )
                }
            }
        });
        ids.unwrap_or_else(|error| panic!("{dialect:?} refuses {sql}: {error}"))
    }

    /// The rows of a statement's plan, as text.
    pub fn plan(&mut self, criteria: &Criteria, moment: &Moment) -> String {
        let condition = criteria.to_sql(&self.schema, Dialect::Sqlite, moment);
        let query = Query::select().column(("things", "id")).from("things").and_where(condition).take();
        let (sql, values) = query.build_sqlx(SqliteQueryBuilder);
        let plan = sqlx::query_as_with::<_, (i64, i64, i64, String), _>(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")), values);
        let rows = self.runtime.block_on(plan.fetch_all(&mut self.sqlite)).unwrap();
        rows.into_iter().map(|row| row.3 + "\n").collect()
    }

    fn insert(&mut self, dialect: Dialect, query: &sea_query::InsertStatement) {
        self.runtime.block_on(async {
            match (dialect, &mut self.postgres) {
                (Dialect::Postgres, Some(postgres)) => {
                    let (sql, values) = query.build_sqlx(PostgresQueryBuilder);
                    sqlx::query_with(AssertSqlSafe(sql), values)
                        .persistent(false)
                        .execute(&mut postgres.connection)
                        .await
                        .unwrap();
                }
                _ => {
                    let (sql, values) = query.build_sqlx(SqliteQueryBuilder);
                    sqlx::query_with(AssertSqlSafe(sql), values)
                        .persistent(false)
                        .execute(&mut self.sqlite)
                        .await
                        .unwrap();
                }
            }
        });
    }

    pub fn execute(&mut self, dialect: Dialect, sql: &str) {
        self.runtime.block_on(async {
            match (dialect, &mut self.postgres) {
                (Dialect::Postgres, Some(postgres)) => {
                    sqlx::query(AssertSqlSafe(sql.to_owned()))
                        .execute(&mut postgres.connection)
                        .await
                        .unwrap();
                }
                _ => {
                    sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut self.sqlite).await.unwrap();
                }
            }
        });
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if let Some(Postgres {
            connection,
            mut server,
            database,
        }) = self.postgres.take()
        {
            self.runtime.block_on(async {
                let _ = connection.close().await;
                let _ = sqlx::query(AssertSqlSafe(format!("DROP DATABASE {database}")))
                    .execute(&mut server)
                    .await;
            });
        }
    }
}

impl Postgres {
    async fn create(url: &str) -> Postgres {
        let mut server = PgConnection::connect(url).await.expect("CRM_TEST_POSTGRES does not answer");
        let database = format!("criteria_{}_{}", std::process::id(), unique());
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {database}")))
            .execute(&mut server)
            .await
            .unwrap();
        let options: sqlx::postgres::PgConnectOptions = url.parse().unwrap();
        let connection = PgConnection::connect_with(&options.database(&database)).await.unwrap();
        Postgres {
            connection,
            server,
            database,
        }
    }
}

fn unique() -> usize {
    static NEXT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

/// The tables as `kernel::dialect` declares columns.
fn tables(dialect: Dialect) -> [String; 3] {
    let sql_type = |kind: &str| match (dialect, kind) {
        (Dialect::Sqlite, "integer" | "boolean") => "integer",
        (Dialect::Sqlite, _) => "text",
        (Dialect::Postgres, "integer") => "bigint",
        (Dialect::Postgres, "boolean") => "boolean",
        (Dialect::Postgres, "json") => "jsonb",
        (Dialect::Postgres, _) => "text COLLATE \"C\"",
    };
    let strict = if dialect == Dialect::Sqlite { "STRICT" } else { "" };
    let table = |name: &str, columns: &[(&str, &str)]| {
        let columns: Vec<String> = columns.iter().map(|(name, kind)| format!("{name} {}", sql_type(kind))).collect();
        format!("CREATE TABLE \"{name}\" ({}) {strict}", columns.join(", "))
    };
    let things: Vec<_> = [("id", "integer")]
        .into_iter()
        .chain(PLAIN)
        .chain([("custom_folded", "json")])
        .collect();
    let things = table("things", &things)
        .replace("id integer,", "id integer primary key,")
        .replace("id bigint,", "id bigint primary key,");
    [
        things,
        table("tags", &[("thing_id", "integer"), ("name", "text"), ("folded", "text")]),
        table(
            "values",
            &[
                ("thing_id", "integer"),
                ("kind", "text"),
                ("text", "text"),
                ("folded", "text"),
                ("number", "integer"),
            ],
        ),
    ]
}
