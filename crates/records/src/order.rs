//! Rows that people bring into an order of their own: their places in the column `position`.

use kernel::db::Tx;
use kernel::error::{Result, Say, invalid};
use sea_query::{CaseStatement, Expr, ExprTrait, Query};

/// Checks that `asked` names each of the known ones once. `field` and `said` are what a refusal names and says.
pub fn check(field: &str, asked: &[i64], known: impl IntoIterator<Item = i64>, said: Say) -> Result<()> {
    let sorted = |mut ids: Vec<i64>| {
        ids.sort_unstable();
        ids
    };
    match sorted(asked.to_vec()) == sorted(known.into_iter().collect()) {
        true => Ok(()),
        false => Err(invalid(field, said)),
    }
}

/// Puts rows in their places, in one statement. None to place is nothing to do.
pub async fn put(tx: &mut Tx, table: &'static str, ids: &[i64]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let place = ids.iter().enumerate().fold(CaseStatement::new(), |place, (position, id)| {
        place.case(Expr::col("id").eq(*id), position as i64)
    });
    let set = Query::update()
        .table(table)
        .value("position", place.finally(Expr::col("position")))
        .and_where(Expr::col("id").is_in(ids.iter().copied()))
        .to_owned();
    tx.exec(&set).await.map(|_| ())
}
