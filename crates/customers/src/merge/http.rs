//! Merging over HTTP.

use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, Reply, Routes};
use utoipa_axum::routes;

use super::preview::{self, Preview};
use super::{MergeRequest, Merged};
use crate::custom_fields;
use crate::customer::http::read_back;
use crate::permissions::MERGE;

const TAG: &str = "duplicates";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(merge_customers), Access::Needs(MERGE))
        .add(routes!(preview_merge), Access::Needs(MERGE))
}

/// Makes several records one. What hangs on the losers goes over to the winner, their ids lead to it, and undoing the operation gives
/// everything back.
#[utoipa::path(post, path = "/customers/merge/", tag = TAG, operation_id = "merge_customers", request_body = MergeRequest, responses((status = 200, body = Merged), Problems))]
async fn merge_customers(ctx: Ctx, Body(asked): Body<MergeRequest>) -> Result<Reply> {
    let definitions = custom_fields::definitions(&ctx).await?;
    ctx.write(async |tx| {
        let (operation, winner) = super::merge(tx, &ctx, &definitions, &asked).await?;
        let merged = Merged {
            operation_id: operation.0,
            winner_id: winner.id,
            customer: serde_json::from_str(&read_back(tx, &ctx, winner.id, &definitions).await?)?,
        };
        Ok(Reply::ok(&merged)?.operation(operation))
    })
    .await
}

/// What a merge would give, field by field; nothing is done.
#[utoipa::path(post, path = "/customers/merge/preview/", tag = TAG, operation_id = "preview_merge", request_body = MergeRequest, responses((status = 200, body = Preview), Problems))]
async fn preview_merge(ctx: Ctx, Body(asked): Body<MergeRequest>) -> Result<Reply> {
    let definitions = custom_fields::definitions(&ctx).await?;
    Reply::ok(&preview::preview(&ctx, &definitions, &asked).await?)
}
