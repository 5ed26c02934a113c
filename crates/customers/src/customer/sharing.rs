//! Sharing single customers with users and teams, beyond what their roles reach.

use axum::extract::OriginalUri;
use identity::shares::{self, NewShare, Share};
use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, PathId, Reply, Routes};
use utoipa_axum::routes;

use super::read::{self, OWNED};
use crate::permissions::{READ, SHARE};

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_customer_shares), Access::Needs(READ))
        .add(routes!(share_customer), Access::Needs(SHARE))
        .add(routes!(unshare_customer), Access::Needs(SHARE))
}

/// With whom a customer is shared.
#[utoipa::path(get, path = "/customers/{id}/shares/", tag = "customers", operation_id = "list_customer_shares", params(("id" = i64, Path)), responses((status = 200, body = Listed<Share>), Problems))]
async fn list_customer_shares(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    read::require(&ctx, READ, id).await?;
    Reply::ok(&Listed::whole(shares::of(&ctx.db, OWNED.entity, id).await?))
}

/// Share a customer with a user or a team; shared already, the level becomes the one given. A share reaches as far as their roles let them
/// read or write customers at all.
#[utoipa::path(post, path = "/customers/{id}/shares/", tag = "customers", operation_id = "share_customer", params(("id" = i64, Path)), request_body = NewShare, responses((status = 201, body = Share), Problems))]
async fn share_customer(ctx: Ctx, OriginalUri(uri): OriginalUri, PathId(id): PathId<i64>, Body(new): Body<NewShare>) -> Result<Reply> {
    read::require(&ctx, SHARE, id).await?;
    ctx.write(async |tx| {
        let share = shares::put(tx, &ctx, OWNED.entity, id, new).await?;
        Reply::created(format!("{}{}/", uri.path(), share.id), &share)
    })
    .await
}

/// End a share.
#[utoipa::path(delete, path = "/customers/{id}/shares/{share_id}/", tag = "customers", operation_id = "unshare_customer", params(("id" = i64, Path), ("share_id" = i64, Path)), responses((status = 204), Problems))]
async fn unshare_customer(ctx: Ctx, PathId((id, share_id)): PathId<(i64, i64)>) -> Result<Reply> {
    read::require(&ctx, SHARE, id).await?;
    ctx.write(async |tx| {
        shares::end(tx, &ctx, OWNED.entity, id, share_id).await?;
        Ok(Reply::no_content())
    })
    .await
}
