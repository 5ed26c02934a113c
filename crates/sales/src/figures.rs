//! Sums over opportunities: how many, how much, and how much weighted by probability, in the organisation's currency.

use identity::scope;
use kernel::actor::Scope;
use kernel::ctx::Ctx;
use kernel::dialect::Dialect;
use kernel::error::Result;
use kernel::money::to_decimal;
use kernel::money::to_scaled;
use sea_query::{Expr, SelectStatement};
use serde::{Serialize, Serializer};

use crate::opportunities::OPPORTUNITY;

/// Sums are kept in two parts, so that no number of rows overflows.
const PART: i64 = 1_000_000;
/// Probabilities are in hundredths of a percent.
const WHOLE: i64 = 10_000;

/// How many, how much, how much weighted. The last is rounded down by row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = DealFigures)]
pub struct Figures {
    pub count: i64,
    /// A decimal string.
    #[serde(serialize_with = "decimal")]
    #[schema(value_type = String)]
    pub amount: i128,
    #[serde(serialize_with = "decimal")]
    #[schema(value_type = String)]
    pub weighted: i128,
}

/// Count and the two parts of amount and weighted amount, as they come from the database.
pub type Parts = (i64, i64, i64, i64, i64);

impl Figures {
    pub fn of((count, high, low, weighted_high, weighted_low): Parts) -> Figures {
        let whole = |high: i64, low: i64| i128::from(high) * i128::from(PART) + i128::from(low);
        Figures {
            count,
            amount: whole(high, low),
            weighted: whole(weighted_high, weighted_low),
        }
    }
}

impl std::ops::AddAssign for Figures {
    fn add_assign(&mut self, other: Figures) {
        self.count += other.count;
        self.amount += other.amount;
        self.weighted += other.weighted;
    }
}

impl std::iter::Sum for Figures {
    fn sum<I: Iterator<Item = Figures>>(all: I) -> Figures {
        all.fold(Figures::default(), |mut sum, one| {
            sum += one;
            sum
        })
    }
}

/// Minor units as a decimal string.
pub fn decimal<S: Serializer>(minor: &i128, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&to_scaled(*minor, 2))
}

/// The same where there may be none.
pub fn decimal_or_null<S: Serializer>(minor: &Option<i64>, serializer: S) -> Result<S::Ok, S::Error> {
    match minor {
        Some(minor) => serializer.serialize_str(&to_decimal(*minor)),
        None => serializer.serialize_none(),
    }
}

/// What an amount is worth by its probability, rounded down; it cannot overflow.
pub fn weighted(amount: i64, probability: i64) -> i64 {
    amount / WHOLE * probability + amount % WHOLE * probability / WHOLE
}

/// The columns of [`Parts`] over a table with `amount_base` and `probability`.
pub fn parts(dialect: Dialect, table: &str) -> Vec<Expr> {
    let amount = format!("{table}.amount_base");
    let weighted = format!("({amount} / {WHOLE} * {table}.probability + {amount} % {WHOLE} * {table}.probability / {WHOLE})");
    let mut columns = vec![count(dialect)];
    columns.extend(sum(dialect, &amount));
    columns.extend(sum(dialect, &weighted));
    columns
}

/// How many rows.
pub fn count(dialect: Dialect) -> Expr {
    dialect.own_sql("count(*)")
}

/// A sum in its two parts.
pub fn sum(dialect: Dialect, value: &str) -> [Expr; 2] {
    let part = |part: &str| dialect.own_sql(format!("CAST(coalesce(sum({value} {part} {PART}), 0) AS bigint)"));
    [part("/"), part("%")]
}

/// Puts the parts of a sum together.
pub fn whole(high: i64, low: i64) -> i128 {
    i128::from(high) * i128::from(PART) + i128::from(low)
}

/// Adds columns to a query.
pub fn select(query: &mut SelectStatement, columns: impl IntoIterator<Item = Expr>) {
    for column in columns {
        query.expr(column);
    }
}

/// Whether the caller may see every opportunity, so that no row needs to be asked for its owner.
pub fn sees_all(ctx: &Ctx) -> bool {
    ctx.actor
        .reaches(OPPORTUNITY.permissions.read, OPPORTUNITY.name)
        .contains(&(Scope::All, None))
}

/// Whether what belongs to this owner and team is within the caller's reach; only where no rule for rows says more.
pub fn is_within(ctx: &Ctx, owner_id: Option<i64>, team_id: Option<i64>) -> bool {
    let reaches = ctx.actor.reaches(OPPORTUNITY.permissions.read, OPPORTUNITY.name);
    reaches
        .into_iter()
        .any(|(scope, rule)| rule.is_none() && scope::is_within(&ctx.actor, scope, owner_id, team_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_weighted_without_overflow() {
        assert_eq!(weighted(100_000, 2_500), 25_000);
        assert_eq!(weighted(3, 5_000), 1);
        assert_eq!(weighted(i64::MAX, 10_000), i64::MAX);
        assert_eq!(weighted(i64::MAX, 0), 0);
    }
}
