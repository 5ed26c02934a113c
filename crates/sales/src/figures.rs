//! Sums over opportunities: how many, how much, and how much weighted by probability, in the organisation's currency.

use std::collections::BTreeSet;

use identity::scope;
use kernel::actor::Scope;
use kernel::ctx::Ctx;
use kernel::dialect::Dialect;
use kernel::error::{Error, Result};
use kernel::money::{to_decimal, to_scaled};
use kernel::say;
use records::field_rules;
use sea_query::{Expr, SelectStatement};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::opportunities::{Key, OPPORTUNITY};

/// Sums are kept in two parts, so that no number of rows overflows.
const PART: i64 = 1_000_000;
/// Probabilities are in hundredths of a percent.
const WHOLE: i64 = 10_000;

/// How many, how much, how much weighted. The last is rounded down by row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub count: i64,
    pub amount: i128,
    pub weighted: i128,
}

/// How many, how much, how much weighted by probability, in the organisation's currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DealFigures {
    pub count: i64,
    /// A decimal string; none for whom amounts are hidden.
    pub amount: Option<String>,
    /// The same; none also for whom probabilities are hidden.
    pub weighted: Option<String>,
}

/// What the caller's roles leave to see of figures: one that rests on a hidden field is not told.
#[derive(Clone, Debug)]
pub struct Sight {
    hidden: BTreeSet<String>,
    /// The industry of customers.
    pub sees_industry: bool,
}

impl Sight {
    pub fn of(ctx: &Ctx) -> Sight {
        Sight {
            hidden: field_rules::hidden(&OPPORTUNITY, &ctx.actor),
            sees_industry: !field_rules::hidden(&customers::customer::ENTITY, &ctx.actor).contains("industry"),
        }
    }

    pub fn sees(&self, key: Key) -> bool {
        !self.hidden.contains(key.name())
    }

    /// Whether what is weighted by probability may be told.
    pub fn sees_weighted(&self) -> bool {
        self.sees(Key::Amount) && self.sees(Key::Probability)
    }

    /// Minor units as a decimal string.
    pub fn amount(&self, minor: i128) -> Option<String> {
        self.sees(Key::Amount).then(|| to_scaled(minor, 2))
    }

    /// The same of what is weighted.
    pub fn weighted(&self, minor: i128) -> Option<String> {
        self.sees_weighted().then(|| to_scaled(minor, 2))
    }

    pub fn figures(&self, figures: Figures) -> DealFigures {
        DealFigures {
            count: figures.count,
            amount: self.amount(figures.amount),
            weighted: self.weighted(figures.weighted),
        }
    }

    /// Refuses what says nothing but what hidden fields say.
    pub fn require(&self, keys: &[Key]) -> Result<()> {
        match keys.iter().find(|key| !self.sees(**key)) {
            None => Ok(()),
            Some(key) => Err(Error::Forbidden(say!(
                "Rolünüz {} alanını gizliyor; bu rakamlar ona dayanır.",
                "Your role hides the field {}, on which these figures rest.",
                key.name()
            ))),
        }
    }
}

/// Count and the two parts of amount and weighted amount, as they come from the database.
pub type Parts = (i64, i64, i64, i64, i64);

impl Figures {
    pub fn of((count, high, low, weighted_high, weighted_low): Parts) -> Figures {
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
