//! Members of JSON columns (text on SQLite, jsonb on PostgreSQL) in conditions. A member of another type than the one asked for is as
//! good as none, never an error.

use sea_query::{Expr, ExprTrait, PostgresQueryBuilder, Query, SqliteQueryBuilder, Value};
use serde_json::{Value as Json, json};

use super::Dialect;
use crate::db::Tx;
use crate::error::Result;

impl Dialect {
    /// The text under `key` of an object, comparing byte by byte.
    pub fn json_member_text(self, column: Expr, key: &str) -> Expr {
        match self {
            Dialect::Sqlite => {
                let path = path(Some(key));
                Expr::cust_with_exprs(
                    "(CASE WHEN json_type(?, ?) = 'text' THEN ? ->> ? END)",
                    [column.clone(), path.clone(), column, path],
                )
            }
            Dialect::Postgres => Expr::cust_with_exprs(
                "((CASE WHEN jsonb_typeof($1 -> $2) = 'string' THEN $1 ->> $2 END) COLLATE \"C\")",
                [column, literal(key)],
            ),
        }
    }

    /// The number under `key` of an object.
    pub fn json_member_integer(self, column: Expr, key: &str) -> Expr {
        match self {
            Dialect::Sqlite => {
                let path = path(Some(key));
                Expr::cust_with_exprs(
                    "(CASE WHEN json_type(?, ?) = 'integer' THEN ? ->> ? END)",
                    [column.clone(), path.clone(), column, path],
                )
            }
            Dialect::Postgres => Expr::cust_with_exprs(
                "(CASE WHEN jsonb_typeof($1 -> $2) = 'number' THEN ($1 ->> $2)::numeric END)",
                [column, literal(key)],
            ),
        }
    }

    /// The yes or no under `key` of an object.
    pub fn json_member_bool(self, column: Expr, key: &str) -> Expr {
        match self {
            Dialect::Sqlite => Expr::cust_with_exprs(
                "(CASE json_type(?, ?) WHEN 'true' THEN 1 WHEN 'false' THEN 0 END)",
                [column, path(Some(key))],
            ),
            Dialect::Postgres => Expr::cust_with_exprs(
                "(CASE WHEN jsonb_typeof($1 -> $2) = 'boolean' THEN ($1 ->> $2)::boolean END)",
                [column, literal(key)],
            ),
        }
    }

    /// Whether the array that the column holds, or has under `key`, has one of the texts. A GIN index over the column serves it on
    /// PostgreSQL.
    pub fn json_array_has_any<'a>(self, column: Expr, key: Option<&str>, texts: impl IntoIterator<Item = &'a str>) -> Expr {
        match self {
            Dialect::Sqlite => {
                let texts = Expr::tuple(texts.into_iter().map(Expr::val));
                Expr::cust_with_exprs(
                    "(EXISTS (SELECT 1 FROM json_each(?, ?) AS element WHERE json_type(?, ?) = 'array' AND element.value IN ?))",
                    [column.clone(), path(key), column, path(key), texts],
                )
            }
            Dialect::Postgres => {
                let has = |text: &str| {
                    let array = json!([text]);
                    let part = key.map_or(array.clone(), |key| json!({ key: array }));
                    Expr::cust_with_exprs("($1 @> $2::jsonb)", [column.clone(), Expr::val(part.to_string())])
                };
                texts
                    .into_iter()
                    .map(has)
                    .reduce(|a, b| a.or(b))
                    .unwrap_or_else(|| Expr::Constant(false.into()))
            }
        }
    }

    /// Whether the array that the column holds, or has under `key`, is there and not empty.
    pub fn json_array_is_set(self, column: Expr, key: Option<&str>) -> Expr {
        match (self, key) {
            (Dialect::Sqlite, _) => Expr::cust_with_exprs("(json_array_length(?, ?) > 0)", [column, path(key)]),
            (Dialect::Postgres, Some(key)) => Expr::cust_with_exprs(
                "(CASE WHEN jsonb_typeof($1 -> $2) = 'array' THEN jsonb_array_length($1 -> $2) > 0 END)",
                [column, literal(key)],
            ),
            (Dialect::Postgres, None) => Expr::cust_with_exprs(
                "(CASE WHEN jsonb_typeof($1) = 'array' THEN jsonb_array_length($1) > 0 END)",
                [column],
            ),
        }
    }
}

/// Whole columns.
impl Dialect {
    /// Whether the object has the member.
    pub fn json_has(self, column: Expr, key: &str) -> Expr {
        match self {
            Dialect::Sqlite => Expr::cust_with_exprs("(json_type(?, ?) IS NOT NULL)", [column, path(Some(key))]),
            Dialect::Postgres => Expr::cust_with_exprs("jsonb_exists($1, $2)", [column, literal(key)]),
        }
    }

    /// The object without the member.
    pub fn json_without(self, column: Expr, key: &str) -> Expr {
        match self {
            Dialect::Sqlite => Expr::cust_with_exprs("json_remove(?, ?)", [column, path(Some(key))]),
            Dialect::Postgres => Expr::cust_with_exprs("($1 - $2)", [column, literal(key)]),
        }
    }

    /// All rows of a query as one JSON array of texts, as text: to be selected from them. Made of our own names.
    pub fn json_texts(self, value: &str, order: &str) -> Expr {
        match self {
            Dialect::Sqlite => Expr::cust(format!("json_group_array({value} ORDER BY {order})")),
            Dialect::Postgres => Expr::cust(format!("coalesce(json_agg({value} ORDER BY {order})::text, '[]')")),
        }
    }

    /// Indexes a value inside a JSON column, for a custom field that people filter by. Rows without the value are not in the index, so a
    /// new field costs nothing until it is used.
    pub async fn create_json_index(self, tx: &mut Tx, name: &str, table: &str, value: Expr) -> Result<()> {
        let select = Query::select().expr(value).to_owned();
        let text = match self {
            Dialect::Sqlite => select.to_string(SqliteQueryBuilder),
            Dialect::Postgres => select.to_string(PostgresQueryBuilder),
        };
        let value = text.trim_start_matches("SELECT ");
        tx.raw(format!("CREATE INDEX {name} ON {table} (({value})) WHERE ({value}) IS NOT NULL"))
            .await
    }

    /// Indexes the arrays inside a JSON column, all of them at once. SQLite knows no such index, and looks into each row.
    pub async fn create_json_arrays_index(self, tx: &mut Tx, name: &str, table: &str, column: &str) -> Result<()> {
        match self {
            Dialect::Sqlite => Ok(()),
            Dialect::Postgres => {
                tx.raw(format!(
                    "CREATE INDEX IF NOT EXISTS {name} ON {table} USING gin ({column} jsonb_path_ops)"
                ))
                .await
            }
        }
    }
}

/// SQLite's path to a member, in the text of the statement, so that an index over the expression serves it.
fn path(key: Option<&str>) -> Expr {
    literal(&key.map_or_else(|| "$".to_owned(), |key| format!("$.{}", Json::from(key))))
}

fn literal(text: &str) -> Expr {
    Expr::Constant(Value::from(text))
}
