//! Ids of records that were merged, and whom they lead to. A merge of the winner takes its redirects along, so that there are no chains.

use axum::http::{StatusCode, Uri};
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::Reply;
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde::Serialize;

use crate::customer::read;
use crate::permissions::READ;

/// The body beside the header that leads on.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MergedInto {
    pub merged_into_id: i64,
}

/// Leads the losers' ids to the winner.
pub(super) async fn lead(tx: &mut Tx, winner_id: i64, loser_ids: &[i64]) -> Result<()> {
    let rows = loser_ids.iter().map(|id| vec![(*id).into(), winner_id.into()]);
    tx.insert_rows("customer_redirects", &["old_id", "customer_id"], rows).await
}

/// Those of these ids that lead to this customer.
pub(super) async fn leading_to(tx: &mut Tx, winner_id: i64, ids: &[i64]) -> Result<Vec<i64>> {
    let query = Query::select()
        .column("old_id")
        .from(Alias::new("customer_redirects"))
        .and_where(Expr::col("customer_id").eq(winner_id))
        .and_where(Expr::col("old_id").is_in(ids.iter().copied()))
        .to_owned();
    Ok(tx.all::<(i64,)>(&query).await?.into_iter().map(|(id,)| id).collect())
}

/// Every id that leads to one of these customers.
pub async fn all_leading_to(tx: &mut Tx, ids: &[i64]) -> Result<Vec<i64>> {
    let query = Query::select()
        .column("old_id")
        .from(Alias::new("customer_redirects"))
        .and_where(Expr::col("customer_id").is_in(ids.iter().copied()))
        .to_owned();
    Ok(tx.all::<(i64,)>(&query).await?.into_iter().map(|(id,)| id).collect())
}

/// Lets ids stand for themselves again.
pub(super) async fn forget(tx: &mut Tx, ids: &[i64]) -> Result<()> {
    let delete = Query::delete()
        .from_table("customer_redirects")
        .and_where(Expr::col("old_id").is_in(ids.iter().copied()))
        .to_owned();
    tx.exec(&delete).await?;
    Ok(())
}

/// Answers a request for a customer that was not found: with the way to the one it was merged into, if the caller may see that, or else with
/// the error.
pub async fn instead(ctx: &Ctx, id: i64, uri: &Uri, error: Error) -> Result<Reply> {
    if !matches!(error, Error::NotFound) {
        return Err(error);
    }
    let mut query = read::visible(ctx, READ).await?;
    query
        .column(("customers", "id"))
        .inner_join(
            "customer_redirects",
            Expr::col(("customer_redirects", "customer_id")).equals(("customers", "id")),
        )
        .and_where(Expr::col(("customer_redirects", "old_id")).eq(id));
    let Some((merged_into_id,)) = ctx.db.opt::<(i64,)>(&query).await? else {
        return Err(error);
    };
    let path = uri
        .path()
        .replacen(&format!("/customers/{id}/"), &format!("/customers/{merged_into_id}/"), 1);
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    let body = serde_json::to_string(&MergedInto { merged_into_id })?;
    Ok(Reply::text(StatusCode::PERMANENT_REDIRECT, body)
        .header("location", format!("{path}{query}"))
        // Permanent for who keeps the id, but it can be undone: nobody may keep the answer.
        .header("cache-control", "no-store"))
}
