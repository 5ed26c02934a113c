//! Rates of currencies by date: how much of the organisation's currency one unit of another is worth.

pub mod http;

use std::collections::BTreeMap;

use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::Result;
use sea_query::{Alias, Expr, ExprTrait, Order, Query};

/// Millionths.
pub const ONE: i64 = 1_000_000;

/// A rate and the day it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    pub rate_micros: i64,
    pub date: String,
}

/// The newest rates of these currencies up to a day. The organisation's own is always one.
pub async fn on(tx: &mut Tx, ctx: &Ctx, currencies: &[String], day: &str) -> Result<BTreeMap<String, Rate>> {
    let mut rates = BTreeMap::new();
    let one = Rate {
        rate_micros: ONE,
        date: day.to_owned(),
    };
    rates.insert(ctx.org.currency.clone(), one);
    let others: Vec<&str> = currencies
        .iter()
        .map(String::as_str)
        .filter(|code| *code != ctx.org.currency)
        .collect();
    if others.is_empty() {
        return Ok(rates);
    }
    let newest = Query::select()
        .columns(["currency", "rate_micros", "date"])
        .from(Alias::new("exchange_rates"))
        .and_where(Expr::col("currency").is_in(others))
        .and_where(Expr::col("date").lte(day))
        .order_by("date", Order::Asc)
        .to_owned();
    for (currency, rate_micros, date) in tx.all::<(String, i64, String)>(&newest).await? {
        rates.insert(currency, Rate { rate_micros, date });
    }
    Ok(rates)
}

/// An amount in the organisation's currency, rounded half away from zero.
pub fn convert(amount_minor: i64, rate_micros: i64) -> i64 {
    let product = i128::from(amount_minor) * i128::from(rate_micros);
    let half = i128::from(ONE) / 2 * product.signum();
    ((product + half) / i128::from(ONE)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_rounded_half_away_from_zero() {
        assert_eq!(convert(100, ONE), 100);
        assert_eq!(convert(1, 500_000), 1);
        assert_eq!(convert(-1, 500_000), -1);
        assert_eq!(convert(3, 333_333), 1);
        assert_eq!(convert(10_000, 41_234_567), 412_346);
    }
}
