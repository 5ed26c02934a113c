//! When a user was last seen: kept with the user, because sessions end and are cleaned away.

use kernel::db::Tx;
use kernel::error::Result;
use sea_query::{Alias, Expr, ExprTrait, Query, SimpleExpr, SubQueryStatement};

use crate::table::add_column;

pub async fn up(tx: &mut Tx) -> Result<()> {
    let last_seen_at = tx.dialect().integer("last_seen_at");
    add_column(tx, "users", last_seen_at).await?;
    let newest = Query::select()
        .expr(Expr::col(("sessions", "seen_at")).max())
        .from(Alias::new("sessions"))
        .and_where(Expr::col(("sessions", "user_id")).equals(("users", "id")))
        .to_owned();
    let newest = SimpleExpr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(newest)));
    let update = Query::update().table("users").value("last_seen_at", newest).to_owned();
    tx.exec(&update).await?;
    Ok(())
}
