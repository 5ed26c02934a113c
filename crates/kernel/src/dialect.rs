//! Every difference between SQLite and PostgreSQL, one function each. `Expr::cust*` and tests of the database's kind stand nowhere else.

use sea_query::{Alias, ColumnDef, ColumnType, Expr, ExprTrait, IntoIden};

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
