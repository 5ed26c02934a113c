//! Every difference between SQLite and PostgreSQL, one function each. `Expr::cust*` and tests of the database's kind stand nowhere else.

pub mod guard;
pub mod json;
pub mod like;
pub mod search;

use sea_query::{Alias, ColumnDef, ColumnType, Expr, IntoIden, NullOrdering, Order, SelectStatement, TableCreateStatement};

/// Which database is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// The name as it stands in figures and on the System page.
    pub fn name(self) -> &'static str {
        match self {
            Dialect::Sqlite => "sqlite",
            Dialect::Postgres => "postgres",
        }
    }
}

/// Columns. Everywhere the same five: whole numbers, text in byte order, yes/no, JSON, and the id.
impl Dialect {
    /// `id`: the primary key, given by the database, never given twice.
    pub fn id(self) -> ColumnDef {
        let mut column = ColumnDef::new("id");
        column.big_integer().not_null().primary_key().auto_increment();
        column
    }

    /// A whole number of 64 bits; also ids, money, times.
    pub fn integer(self, name: &'static str) -> ColumnDef {
        self.column(name, "integer", "bigint")
    }

    /// Text that compares byte by byte on both.
    pub fn text(self, name: &'static str) -> ColumnDef {
        self.column(name, "text", "text COLLATE \"C\"")
    }

    pub fn boolean(self, name: &'static str) -> ColumnDef {
        self.column(name, "integer", "boolean")
    }

    pub fn json(self, name: &'static str) -> ColumnDef {
        self.column(name, "text", "jsonb")
    }

    pub fn bytes(self, name: &'static str) -> ColumnDef {
        self.column(name, "blob", "bytea")
    }

    fn column(self, name: &'static str, sqlite: &'static str, postgres: &'static str) -> ColumnDef {
        let kind = match self {
            Dialect::Sqlite => sqlite,
            Dialect::Postgres => postgres,
        };
        ColumnDef::new_with_type(name, ColumnType::Custom(Alias::new(kind).into_iden()))
    }

    /// Makes SQLite hold a table to its column types.
    pub fn strict(self, table: &mut TableCreateStatement) {
        if self == Dialect::Sqlite {
            table.extra("STRICT");
        }
    }

    /// Makes SQLite keep a strict table in its primary key, instead of beside it.
    pub fn clustered(self, table: &mut TableCreateStatement) {
        if self == Dialect::Sqlite {
            table.extra("STRICT, WITHOUT ROWID");
        }
    }
}

/// Order and paging.
impl Dialect {
    /// Orders by a column, missing values counting as the smallest on both databases. Where none can be missing PostgreSQL must not be told
    /// where they go: it would not see that an index has this order.
    pub fn order_by(self, query: &mut SelectStatement, column: (&'static str, &'static str), order: Order, nullable: bool) {
        match (self, &order) {
            (Dialect::Sqlite, _) => query.order_by(column, order),
            _ if !nullable => query.order_by(column, order),
            (Dialect::Postgres, Order::Desc) => query.order_by_with_nulls(column, order, NullOrdering::Last),
            (Dialect::Postgres, _) => query.order_by_with_nulls(column, order, NullOrdering::First),
        };
    }

    /// The text of an index column such that [`Dialect::order_by`] can walk it in both directions.
    pub fn index_column(self, column: &str, nullable: bool) -> String {
        match (self, nullable) {
            (Dialect::Postgres, true) => format!("{column} NULLS FIRST"),
            _ => column.to_owned(),
        }
    }
}

/// Many rows at once.
impl Dialect {
    /// The text of an `INSERT` of so many rows into columns of our own.
    pub fn insert_rows(self, table: &str, columns: &[&str], rows: usize) -> String {
        let mut sql = format!("INSERT INTO {table} (\"{}\") VALUES ", columns.join("\", \""));
        sql.reserve(rows * columns.len() * 4);
        for place in 0..rows * columns.len() {
            sql.push_str(match (place, place % columns.len()) {
                (0, _) => "(",
                (_, 0) => "), (",
                _ => ", ",
            });
            match self {
                Dialect::Sqlite => sql.push('?'),
                Dialect::Postgres => sql.push_str(&format!("${}", place + 1)),
            }
        }
        sql.push(')');
        sql
    }
}

/// Events.
impl Dialect {
    /// The number of the oldest transaction that has not ended, or, when there is none, of the next one. PostgreSQL only: on SQLite
    /// writers take turns.
    pub fn oldest_running_transaction(self) -> &'static str {
        match self {
            Dialect::Sqlite => "0",
            Dialect::Postgres => "pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
        }
    }

    /// The number of this transaction, given now unless it has one.
    pub fn new_transaction(self) -> &'static str {
        match self {
            Dialect::Sqlite => "0",
            Dialect::Postgres => "pg_current_xact_id()::text::bigint",
        }
    }

    /// Ends a query whose rows are taken by one of several workers, each row by one. SQLite's writers take turns anyway.
    pub fn skip_locked(self, query: &mut SelectStatement) {
        if self == Dialect::Postgres {
            query.lock_with_behavior(sea_query::LockType::Update, sea_query::LockBehavior::SkipLocked);
        }
    }

    /// The same where other tables are joined: only rows of this one are held.
    pub fn skip_locked_of(self, query: &mut SelectStatement, table: &'static str) {
        if self == Dialect::Postgres {
            let behavior = sea_query::LockBehavior::SkipLocked;
            query.lock_with_tables_behavior(sea_query::LockType::Update, [table], behavior);
        }
    }

    /// Ends a query whose rows this transaction is about to change.
    pub fn for_update(self, query: &mut SelectStatement) {
        if self == Dialect::Postgres {
            query.lock(sea_query::LockType::Update);
        }
    }
}

/// Rows that the database writes as JSON itself, as SQL text made of the names in our own registries.
impl Dialect {
    /// An object of `(key, SQL of its value)`.
    pub fn json_object(self, pairs: &[(String, String)]) -> String {
        // PostgreSQL takes a hundred arguments at most.
        let object = |name: &str, pairs: &[(String, String)]| {
            let arguments: Vec<String> = pairs.iter().map(|(key, value)| format!("'{key}', {value}")).collect();
            format!("{name}({})", arguments.join(", "))
        };
        match self {
            Dialect::Sqlite => object("json_object", pairs),
            Dialect::Postgres if pairs.len() <= 50 => format!("{}::text", object("json_build_object", pairs)),
            Dialect::Postgres => {
                let parts: Vec<String> = pairs.chunks(50).map(|chunk| object("jsonb_build_object", chunk)).collect();
                format!("({})::text", parts.join(" || "))
            }
        }
    }

    /// Minor units as a decimal string.
    pub fn json_money(self, column: &str) -> String {
        self.json_scaled(column, 2)
    }

    /// A whole number of its last decimal as a decimal string.
    pub fn json_scaled(self, column: &str, decimals: u8) -> String {
        let one = 10i64.pow(decimals.into());
        match self {
            Dialect::Sqlite => format!(
                "CASE WHEN {column} IS NULL THEN NULL ELSE printf('%s%d.%0{decimals}d', CASE WHEN {column} < 0 THEN '-' ELSE '' END, abs({column}) / {one}, abs({column}) % {one}) END"
            ),
            Dialect::Postgres => format!("round({column} / {one}.0, {decimals})::text"),
        }
    }

    /// Microseconds as RFC 3339.
    pub fn json_time(self, column: &str) -> String {
        match self {
            Dialect::Sqlite => {
                format!("strftime('%Y-%m-%dT%H:%M:%S', {column} / 1000000, 'unixepoch') || printf('.%06dZ', {column} % 1000000)")
            }
            Dialect::Postgres => {
                format!("to_char('epoch'::timestamp + {column} * interval '1 microsecond', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
            }
        }
    }

    /// A yes or no.
    pub fn json_bool(self, column: &str) -> String {
        match self {
            Dialect::Sqlite => format!("json(CASE {column} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)"),
            Dialect::Postgres => column.to_owned(),
        }
    }

    /// A column that holds JSON (text on SQLite, jsonb on PostgreSQL).
    pub fn json_value(self, column: &str) -> String {
        match self {
            Dialect::Sqlite => format!("json({column})"),
            Dialect::Postgres => column.to_owned(),
        }
    }

    /// A JSON object column without some of its members.
    pub fn json_hiding(self, column: &str, keys: &[&str]) -> String {
        // Keys are letters, digits and underscores: they come from definitions that were checked.
        match self {
            _ if keys.is_empty() => column.to_owned(),
            Dialect::Sqlite => {
                let paths: Vec<String> = keys.iter().map(|key| format!("'$.{key}'")).collect();
                format!("json_remove({column}, {})", paths.join(", "))
            }
            Dialect::Postgres => {
                let removed: String = keys.iter().map(|key| format!(" - '{key}'")).collect();
                format!("({column}{removed})")
            }
        }
    }

    /// A column that holds a JSON object, some of whose members are whole numbers of their last decimal and shown as decimal strings.
    pub fn json_with_decimals(self, column: &str, scaled: &[(&str, u8)]) -> String {
        if scaled.is_empty() {
            return self.json_value(column);
        }
        // Keys are letters, digits and underscores: they come from definitions that were checked.
        match self {
            Dialect::Sqlite => {
                let shown = scaled.iter().map(|(key, decimals)| {
                    let value = format!("({column} ->> '{key}')");
                    let unit = 10u64.pow(u32::from(*decimals));
                    format!(
                        "'$.{key}', CASE WHEN {value} IS NULL THEN NULL ELSE printf('%s%d.%0{decimals}d', CASE WHEN {value} < 0 THEN '-' ELSE '' END, abs({value}) / {unit}, abs({value}) % {unit}) END"
                    )
                });
                // A member that is missing must stay missing: json_replace makes none.
                format!("json_replace({column}, {})", shown.collect::<Vec<_>>().join(", "))
            }
            Dialect::Postgres => {
                let shown = scaled.iter().map(|(key, decimals)| {
                    format!(
                        "'{key}', round(({column} ->> '{key}')::numeric / {}, {decimals})::text",
                        10u64.pow(u32::from(*decimals))
                    )
                });
                format!(
                    "({column} || jsonb_strip_nulls(jsonb_build_object({})))",
                    shown.collect::<Vec<_>>().join(", ")
                )
            }
        }
    }

    /// A whole number as text of at least so many digits.
    pub fn zero_padded(self, number: &str, digits: usize) -> String {
        match self {
            Dialect::Sqlite => format!("printf('%0{digits}d', {number})"),
            Dialect::Postgres => format!("lpad({number}::text, greatest({digits}, length({number}::text)), '0')"),
        }
    }

    /// A text column that holds JSON.
    pub fn json_text(self, column: &str) -> String {
        match self {
            Dialect::Sqlite => format!("json({column})"),
            Dialect::Postgres => format!("{column}::json"),
        }
    }

    /// An array of `(SQL)` values, as text.
    pub fn json_array(self, values: &[String]) -> String {
        match self {
            Dialect::Sqlite => format!("json_array({})", values.join(", ")),
            Dialect::Postgres => format!("json_build_array({})::text", values.join(", ")),
        }
    }

    /// A JSON array of the objects that a query gives, one of `(key, SQL)` a row; `rest` is what follows `FROM`.
    pub fn json_list(self, pairs: &[(String, String)], rest: &str) -> String {
        let object = self.json_object(pairs);
        match self {
            Dialect::Sqlite => format!("(SELECT json_group_array(json(o)) FROM (SELECT {object} AS o FROM {rest}))"),
            Dialect::Postgres => format!("(SELECT coalesce(json_agg(o::json), '[]'::json) FROM (SELECT {object} AS o FROM {rest}) listed)"),
        }
    }

    /// A JSON object inside another.
    pub fn json_nested(self, pairs: &[(String, String)]) -> String {
        let object = self.json_object(pairs);
        match self {
            Dialect::Sqlite => object,
            Dialect::Postgres => format!("({object})::json"),
        }
    }

    /// SQL text made of our own names as an expression.
    pub fn own_sql(self, sql: impl Into<String>) -> Expr {
        Expr::cust(sql.into())
    }
}
