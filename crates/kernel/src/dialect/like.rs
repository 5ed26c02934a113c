//! Parts of texts. Case and every letter count: who wants less compares folded texts.

use sea_query::{Expr, ExprTrait, Func, Value};

use super::Dialect;

impl Dialect {
    /// Whether the text contains the part. SQLite's LIKE would not tell `a` from `A`; PostgreSQL's can use a trigram index.
    pub fn contains(self, text: Expr, part: &str) -> Expr {
        match self {
            Dialect::Sqlite => Expr::from(Func::cust("instr").args([text, Expr::val(part)])).gt(Expr::Constant(0.into())),
            Dialect::Postgres => text.like(format!("%{}%", escaped(part))),
        }
    }

    /// Whether the text ends so.
    pub fn ends_with(self, text: Expr, end: &str) -> Expr {
        match self {
            Dialect::Sqlite => {
                let letters = i64::try_from(end.chars().count()).unwrap_or(i64::MAX);
                let last = Func::cust("substr").args([text, Expr::Constant(Value::from(-letters))]);
                Expr::from(last).eq(end)
            }
            Dialect::Postgres => text.like(format!("%{}", escaped(end))),
        }
    }
}

/// The text as LIKE reads it literally; the backslash is PostgreSQL's escape unless told otherwise.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
