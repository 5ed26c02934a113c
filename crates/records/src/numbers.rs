//! Numbers of records by a pattern: `M-{YYYY}-{00000}` gives `M-2026-00001`. `{YYYY}`, `{YY}` and `{MM}` are of today, the
//! noughts are a counter of at least so many digits, which begins anew where the rest of the code changes.

use chrono::NaiveDate;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::dialect::Dialect;
use kernel::error::{Error, Result, Say};
use kernel::say;
use sea_query::{Alias, BinOper, Expr, ExprTrait, OnConflict, Query};

const MAX_CHARS: usize = 20;

/// Today's part of a pattern, with a place for the counter.
#[derive(Debug, PartialEq, Eq)]
struct Shape {
    before: String,
    after: String,
    digits: usize,
}

impl Shape {
    fn of(pattern: &str, today: NaiveDate) -> Result<Shape, Say> {
        let wrong = || {
            say!(
                "Kod kalıbı bir sayaç içermeli ve {} karakteri aşmamalı: örneğin M-{{YYYY}}-{{00000}}.",
                "A code pattern needs one counter and {} characters at most: such as M-{{YYYY}}-{{00000}}.",
                MAX_CHARS
            )
        };
        let dated = pattern
            .replace("{YYYY}", &today.format("%Y").to_string())
            .replace("{YY}", &today.format("%y").to_string())
            .replace("{MM}", &today.format("%m").to_string());
        let (before, rest) = dated.split_once('{').ok_or_else(wrong)?;
        let (counter, after) = rest.split_once('}').ok_or_else(wrong)?;
        let is_counter = !counter.is_empty() && counter.bytes().all(|b| b == b'0');
        if !is_counter || after.contains(['{', '}']) || (before.len() + after.len() + counter.len()) > MAX_CHARS {
            return Err(wrong());
        }
        Ok(Shape {
            before: before.to_owned(),
            after: after.to_owned(),
            digits: counter.len(),
        })
    }

    fn code(&self, number: i64) -> String {
        format!("{}{number:0width$}{}", self.before, self.after, width = self.digits)
    }
}

/// The first number that a pattern makes on a day; or why it cannot be used.
pub fn example(pattern: &str, today: NaiveDate) -> Result<String, Say> {
    Shape::of(pattern, today).map(|shape| shape.code(1))
}

/// Where the numbers of an entity stand, and where they are counted.
#[derive(Clone, Copy, Debug)]
pub struct Numbers {
    pub table: &'static str,
    pub column: &'static str,
    /// The table of counters: `period` → `last`.
    pub counters: &'static str,
    /// What sets its periods apart from those of others in the same table of counters.
    pub prefix: &'static str,
}

/// The next `n` numbers. They are given in the caller's transaction, so none is lost and none given twice.
pub async fn next(tx: &mut Tx, ctx: &Ctx, numbers: Numbers, pattern: &str, n: usize) -> Result<Vec<String>> {
    let shape = Shape::of(pattern, ctx.today()).map_err(Error::Conflict)?;
    let mut codes = Vec::with_capacity(n);
    while codes.len() < n {
        let wanted = (n - codes.len()) as i64;
        let period = format!("{}{}|{}", numbers.prefix, shape.before, shape.after);
        let counted = Query::insert()
            .into_table(numbers.counters)
            .columns(["period", "last"])
            .values_panic([period.into(), wanted.into()])
            .on_conflict(
                OnConflict::column("period")
                    .value("last", Expr::col((numbers.counters, "last")).add(wanted))
                    .to_owned(),
            )
            .returning(Query::returning().exprs([Expr::col("last"), is_taken(tx.dialect(), numbers, &shape)]))
            .to_owned();
        let (last, is_taken): (i64, bool) = tx.one(&counted).await?;
        let fresh: Vec<String> = (last - wanted + 1..=last).map(|number| shape.code(number)).collect();
        // Numbers that people have given by hand may be in the way.
        if wanted == 1 {
            codes.extend(fresh.into_iter().filter(|_| !is_taken));
            continue;
        }
        let taken = Query::select()
            .column(numbers.column)
            .from(Alias::new(numbers.table))
            .and_where(Expr::col(numbers.column).is_in(fresh.iter().map(String::as_str)))
            .to_owned();
        let taken: Vec<(String,)> = tx.all(&taken).await?;
        codes.extend(fresh.into_iter().filter(|code| !taken.iter().any(|(known,)| known == code)));
    }
    Ok(codes)
}

/// Whether a record has the number of the counter's `last`; asked together with it, so that one new record needs one statement.
fn is_taken(dialect: Dialect, numbers: Numbers, shape: &Shape) -> Expr {
    let code = Expr::val(shape.before.as_str())
        .binary(BinOper::Custom("||"), dialect.own_sql(dialect.zero_padded("last", shape.digits)))
        .binary(BinOper::Custom("||"), Expr::val(shape.after.as_str()));
    let holder = Query::select()
        .expr(Expr::val(1))
        .from(Alias::new(numbers.table))
        .and_where(Expr::col((numbers.table, numbers.column)).eq(code))
        .to_owned();
    Expr::exists(holder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_shapes_the_code() {
        let today = NaiveDate::from_ymd_opt(2026, 3, 7).expect("a date");
        let code = |pattern: &str, number| Shape::of(pattern, today).map(|shape| shape.code(number));
        assert_eq!(code("M-{YYYY}-{00000}", 42).as_deref(), Ok("M-2026-00042"));
        assert_eq!(code("{YY}{MM}/{000}X", 7).as_deref(), Ok("2603/007X"));
        assert_eq!(code("{0}", 12345).as_deref(), Ok("12345"));
        for wrong in ["", "M-", "M-{", "M-{1}", "{0}{0}", "{}", "0123456789012345678{000}"] {
            assert!(code(wrong, 1).is_err(), "{wrong:?}");
        }
    }
}
