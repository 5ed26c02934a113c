//! Looking at the product as another user: what they see, and nothing changed meanwhile (the gate sees to that).

use kernel::actor::Via;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Error, Result, invalid};
use kernel::events::NewEvent;
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, Reply, Routes};
use kernel::ids::UserId;
use kernel::say;
use sea_query::{Expr, ExprTrait, Query};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::gate::{Lines, forget_after};
use crate::{Identity, VIEW_AS, me};

pub(crate) fn routes(identity: &Identity) -> Routes {
    Lines::new(identity)
        .add(routes!(begin_view_as), Access::Needs(VIEW_AS))
        .add(routes!(end_view_as), Access::SignedIn)
        .done()
}

/// As whom to look.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ViewAs {
    user_id: UserId,
}

/// Look at the product as another user, who may not be allowed more than the caller. Until it is ended, every answer of this session is as
/// that user would get it, and every change is refused.
#[utoipa::path(post, path = "/me/view-as/", operation_id = "begin_view_as", tag = "session", request_body = ViewAs, responses((status = 204), Problems))]
async fn begin_view_as(ctx: Ctx, identity: Identity, Body(input): Body<ViewAs>) -> Result<Reply> {
    let me = me::in_person(&ctx)?;
    if input.user_id == me {
        return Err(invalid("user_id", say!("Bu zaten sizsiniz.", "That is you already.")));
    }
    let other = identity.actor_of(input.user_id, Via::Nobody).await.map_err(|error| match error {
        Error::NotFound => invalid("user_id", say!("Böyle etkin bir kullanıcı yok.", "There is no such active user.")),
        error => error,
    })?;
    if !identity.registry().may_give(&ctx.actor, &other.grants) {
        return Err(Error::Forbidden(say!(
            "Sizden fazla yetkisi olan birinin gözünden bakamazsınız.",
            "You cannot look as somebody who may do more than you."
        )));
    }
    ctx.write(async |tx| {
        look(tx, &ctx, me, Some(input.user_id)).await?;
        Ok(Reply::no_content())
    })
    .await
}

/// Go back to one's own view.
#[utoipa::path(delete, path = "/me/view-as/", operation_id = "end_view_as", tag = "session", responses((status = 204), Problems))]
async fn end_view_as(ctx: Ctx) -> Result<Reply> {
    let Some(viewer) = ctx.actor.viewed_by else {
        return Ok(Reply::no_content());
    };
    ctx.write(async |tx| {
        look(tx, &ctx, viewer, None).await?;
        Ok(Reply::no_content())
    })
    .await
}

async fn look(tx: &mut Tx, ctx: &Ctx, viewer: UserId, as_whom: Option<UserId>) -> Result<()> {
    let Via::Session { id } = ctx.actor.via else {
        return Err(Error::Unauthenticated);
    };
    let update = Query::update()
        .table("sessions")
        .value("view_as_id", as_whom.map(|id| id.0))
        .and_where(Expr::col("id").eq(id))
        .to_owned();
    tx.exec(&update).await?;
    let (kind, seen) = match as_whom {
        Some(user) => ("session.view_as_began", Some(user)),
        None => ("session.view_as_ended", ctx.actor.user_id),
    };
    let stamp = Stamp {
        actor_id: Some(viewer),
        ..ctx.stamp()
    };
    tx.emit(&stamp, NewEvent::new(kind, "session", id).payload(json!({ "user_id": seen })))
        .await?;
    forget_after(tx);
    Ok(())
}
