//! Customer codes by the organisation's pattern: see [`records::numbers`].

use chrono::NaiveDate;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Result, Say};
use records::numbers::{self, Numbers};

pub const DEFAULT_PATTERN: &str = "M-{000000}";

const CODES: Numbers = Numbers {
    table: "customers",
    column: "customer_code",
    counters: "customer_code_counters",
    prefix: "",
};

/// The first code that a pattern makes on a day, the product's own where it is empty; or why it cannot be used.
pub fn example(pattern: &str, today: NaiveDate) -> Result<String, Say> {
    numbers::example(if pattern.is_empty() { DEFAULT_PATTERN } else { pattern }, today)
}

/// The next `n` codes. They are given in the caller's transaction, so none is lost and none given twice.
pub async fn next(tx: &mut Tx, ctx: &Ctx, n: usize) -> Result<Vec<String>> {
    let pattern = Some(ctx.org.customer_code_pattern.as_str()).filter(|pattern| !pattern.is_empty());
    numbers::next(tx, ctx, CODES, pattern.unwrap_or(DEFAULT_PATTERN), n).await
}
