//! Lanes over HTTP.

use axum::Extension;
use kernel::ctx::Ctx;
use kernel::error::{Error, Result, invalid};
use kernel::events::NewEvent;
use kernel::http::openapi::Problems;
use kernel::http::{Access, App, Body, PathId, Reply, Routes};
use kernel::say;
use sea_query::{Expr, ExprTrait, Order, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::UtoipaMethodRouter;
use utoipa_axum::routes;

use super::{LaneInput, LaneView, get, put, select};
use crate::Post;
use crate::permissions::{MESSAGING_MANAGE, MESSAGING_READ};
use crate::provider::{Outcome, Outgoing, Step, Wire};
use crate::words::{MessageChannel, ProviderKind};

const TAG: &str = "messaging";

pub fn routes(post: &Post) -> Routes {
    let with = |(schemas, paths, methods): UtoipaMethodRouter<App>| (schemas, paths, methods.layer(Extension(post.clone())));
    Routes::new()
        .add(routes!(list_lanes), Access::Needs(MESSAGING_READ))
        .add(with(routes!(create_lane)), Access::Needs(MESSAGING_MANAGE))
        .add(with(routes!(update_lane)), Access::Needs(MESSAGING_MANAGE))
        .add(routes!(delete_lane), Access::Needs(MESSAGING_MANAGE))
        .add(with(routes!(test_lane)), Access::Needs(MESSAGING_MANAGE))
}

/// All lanes.
#[derive(Serialize, ToSchema)]
pub struct Lanes {
    pub results: Vec<LaneView>,
    /// Channels without a lane: their messages stay in the outbox, and nobody gets them.
    pub channels_in_outbox: Vec<MessageChannel>,
}

/// Whom a test goes to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LaneTest {
    pub to: String,
}

/// How a test went.
#[derive(Serialize, ToSchema)]
pub struct LaneTested {
    pub is_ok: bool,
    pub steps: Vec<Step>,
    /// What the other side said in the end.
    pub answer: String,
}

/// The lanes that messages go by, and how they are doing.
#[utoipa::path(get, path = "/lanes/", operation_id = "list_lanes", tag = TAG, responses((status = 200, body = Lanes), Problems))]
async fn list_lanes(ctx: Ctx) -> Result<Reply> {
    let lanes: Vec<super::Lane> = ctx.db.all(select().order_by("id", Order::Asc)).await?;
    let now = ctx.now_us();
    let has_lane = |channel: &MessageChannel| lanes.iter().any(|lane| lane.is_active && lane.channel == channel.word());
    Reply::ok(&Lanes {
        channels_in_outbox: MessageChannel::ALL.iter().copied().filter(|channel| !has_lane(channel)).collect(),
        results: lanes.iter().map(|lane| lane.view(now)).collect::<Result<_>>()?,
    })
}

/// Make a lane. From then on the messages of its channel go by it; those in the outbox stay there.
#[utoipa::path(post, path = "/lanes/", operation_id = "create_lane", tag = TAG, request_body = LaneInput, responses((status = 201, body = LaneView), Problems))]
async fn create_lane(ctx: Ctx, Extension(post): Extension<Post>, Body(input): Body<LaneInput>) -> Result<Reply> {
    ctx.write(async |tx| {
        let lane = put(tx, &ctx, &post, None, input).await?;
        Reply::created(format!("/api/v1/crm/lanes/{}/", lane.id), &lane.view(ctx.now_us())?)
    })
    .await
}

/// Change a lane. What is left out stays; so does the password.
#[utoipa::path(patch, path = "/lanes/{id}/", operation_id = "update_lane", tag = TAG, params(("id" = i64, Path)), request_body = LaneInput, responses((status = 200, body = LaneView), Problems))]
async fn update_lane(ctx: Ctx, Extension(post): Extension<Post>, PathId(id): PathId<i64>, Body(input): Body<LaneInput>) -> Result<Reply> {
    ctx.write(async |tx| {
        let lane = put(tx, &ctx, &post, Some(id), input).await?;
        Reply::ok(&lane.view(ctx.now_us())?)
    })
    .await
}

/// Delete a lane that nothing went by; any other can only be switched off, since what it sent tells of it.
#[utoipa::path(delete, path = "/lanes/{id}/", operation_id = "delete_lane", tag = TAG, params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn delete_lane(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    ctx.write(async |tx| {
        let lane = get(tx, id).await?;
        let used = Query::select()
            .column("id")
            .from("deliveries")
            .and_where(Expr::col("lane_id").eq(id))
            .limit(1)
            .to_owned();
        if lane.provider == ProviderKind::Outbox.word() || tx.opt::<(i64,)>(&used).await?.is_some() {
            return Err(Error::Conflict(say!(
                "Bu hattan ileti geçmiş; silinemez, kapatılabilir.",
                "Messages went by this lane; it cannot be deleted, only switched off."
            )));
        }
        let gone = Query::delete().from_table("lanes").and_where(Expr::col("id").eq(id)).to_owned();
        tx.exec(&gone).await?;
        tx.emit(&ctx.stamp(), NewEvent::new("lane.deleted", "lane", id)).await?;
        Ok(Reply::no_content())
    })
    .await
}

/// Really sends a message by the lane, and tells each step.
#[utoipa::path(post, path = "/lanes/{id}/test/", operation_id = "test_lane", tag = TAG, params(("id" = i64, Path)), request_body = LaneTest, responses((status = 200, body = LaneTested), Problems))]
async fn test_lane(ctx: Ctx, Extension(post): Extension<Post>, PathId(id): PathId<i64>, Body(input): Body<LaneTest>) -> Result<Reply> {
    let query = select().and_where(Expr::col("id").eq(id)).to_owned();
    let lane: super::Lane = ctx.db.opt(&query).await?.ok_or(Error::NotFound)?;
    if lane.channel == MessageChannel::Email.word() && kernel::email::Email::parse(&input.to).is_err() {
        return Err(invalid("to", say!("Bir e-posta adresi olmalı.", "Must be an e-mail address.")));
    }
    let now = ctx.now_us();
    let name = ctx.org.name.as_str();
    let message = Outgoing {
        to: input.to.trim().to_owned(),
        subject: ctx.lang.pick("Deneme iletisi", "Test message").to_owned(),
        text: ctx.lang.pick(
            format!("Bu ileti {name} için gönderim hattını denemek üzere gönderildi.\n"),
            format!("This message was sent to test the lane of {name}.\n"),
        ),
        created_at_us: now,
        now_us: now,
        ..Outgoing::default()
    };
    let mut link = lane.provider(&post, &ctx)?.link();
    link.watch();
    let wire = Wire {
        journal: None,
        key: message.key(),
    };
    let outcome = link.send(&message, &wire).await;
    let steps = link.steps();
    link.close().await;
    let (is_ok, answer) = match outcome {
        Outcome::Accepted(answer) => (true, answer),
        Outcome::Deferred(answer) | Outcome::Halted(answer) | Outcome::Unknown(answer) => (false, answer),
        Outcome::Rejected { answer, .. } => (false, answer),
    };
    let said = format!("{} {}", answer.code, answer.text);
    Reply::ok(&LaneTested {
        is_ok,
        steps,
        answer: said.trim_start_matches("0 ").to_owned(),
    })
}
