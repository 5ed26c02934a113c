//! Deliveries as people see them: what went to whom, what became of it, and what is in doubt.

use axum::Extension;
use axum::extract::OriginalUri;
use identity::listing::{Listing, Ordering, bool_filter, by, filter, id_filter, pair};
use kernel::ctx::Ctx;
use kernel::dialect::Dialect;
use kernel::error::{Error, Result};
use kernel::events::NewEvent;
use kernel::http::openapi::{ListParams, Listed, Problems};
use kernel::http::{Access, App, Body, Params, PathId, Reply, Routes};
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, JoinType, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::router::UtoipaMethodRouter;
use utoipa_axum::routes;

use crate::Post;
use crate::permissions::{MESSAGING_MANAGE, MESSAGING_READ};
use crate::provider::Attachment;
use crate::recipient;
use crate::words::{DeliveryState, MessageChannel};

const TAG: &str = "messaging";
const ORDERINGS: &[Ordering] = &[by("id", "id"), by("due_at", "due_at")];
const FILTERS: &[&str] = &[
    "state",
    "lane_id",
    "channel",
    "source",
    "source_id",
    "customer_id",
    "recipient",
    "was_in_doubt",
];

/// A message to one recipient.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Delivery {
    pub id: i64,
    pub lane_id: i64,
    pub lane_name: String,
    /// `outbox`: it went nowhere.
    pub provider: String,
    pub channel: MessageChannel,
    pub category: String,
    /// What wanted it.
    pub source: String,
    pub source_id: Option<i64>,
    pub recipient: String,
    pub recipient_name: String,
    pub customer_id: Option<i64>,
    pub subject: String,
    pub state: DeliveryState,
    /// Whether it was on the wire when a process died or an answer failed to come: it may have arrived, even twice.
    pub was_in_doubt: bool,
    pub attempts: i64,
    pub created_at: String,
    pub due_at: String,
    pub settled_at: Option<String>,
}

/// A try.
#[derive(Clone, Debug, Serialize, FromRow, ToSchema)]
pub struct DeliveryTry {
    #[serde(serialize_with = "kernel::clock::shown::time")]
    #[schema(value_type = String, format = DateTime)]
    pub at: i64,
    /// accepted, deferred, rejected, unknown.
    pub outcome: String,
    pub code: i64,
    pub answer: String,
}

/// A delivery with what it says and its tries.
#[derive(Serialize, ToSchema)]
pub struct DeliveryDetail {
    #[serde(flatten)]
    pub delivery: Delivery,
    pub text: String,
    pub html: String,
    pub attachments: Vec<AttachmentName>,
    pub tries: Vec<DeliveryTry>,
}

/// A file that went along, without its content.
#[derive(Serialize, ToSchema)]
pub struct AttachmentName {
    pub name: String,
    pub kind: String,
}

/// What somebody decides about a delivery in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DoubtVerdict {
    /// It arrived.
    Sent,
    /// Send it again; it may arrive twice.
    SendAgain,
    /// Leave it.
    Failed,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveDelivery {
    pub verdict: DoubtVerdict,
}

pub fn routes(post: &Post) -> Routes {
    let with = |(schemas, paths, methods): UtoipaMethodRouter<App>| (schemas, paths, methods.layer(Extension(post.clone())));
    Routes::new()
        .add(routes!(list_deliveries), Access::Needs(MESSAGING_READ))
        .add(routes!(get_delivery), Access::Needs(MESSAGING_READ))
        .add(routes!(get_delivery_figures), Access::Needs(MESSAGING_READ))
        .add(with(routes!(resolve_delivery)), Access::Needs(MESSAGING_MANAGE))
        .add(routes!(cancel_delivery), Access::Needs(MESSAGING_MANAGE))
}

fn listing(dialect: Dialect) -> Listing<'static> {
    let own = |name: &str| pair(name, format!("deliveries.{name}"));
    let row = dialect.json_object(&[
        own("id"),
        own("lane_id"),
        pair("lane_name", "lanes.name"),
        pair("provider", "lanes.provider"),
        own("channel"),
        own("category"),
        own("source"),
        own("source_id"),
        own("recipient"),
        own("recipient_name"),
        own("customer_id"),
        pair("subject", "message_contents.subject"),
        own("state"),
        pair("was_in_doubt", dialect.json_bool("deliveries.was_in_doubt")),
        own("attempts"),
        pair("created_at", dialect.json_time("deliveries.created_at")),
        pair("due_at", dialect.json_time("deliveries.due_at")),
        pair(
            "settled_at",
            format!(
                "CASE WHEN deliveries.settled_at = 0 THEN NULL ELSE {} END",
                dialect.json_time("deliveries.settled_at")
            ),
        ),
    ]);
    Listing {
        table: "deliveries",
        row,
        orderings: ORDERINGS,
        filters: FILTERS,
    }
}

fn select_from() -> SelectStatement {
    let same = |table: &'static str, column: &'static str| Expr::col((table, "id")).equals(("deliveries", column));
    Query::select()
        .from(Alias::new("deliveries"))
        .join(JoinType::InnerJoin, "lanes", same("lanes", "lane_id"))
        .join(JoinType::InnerJoin, "message_contents", same("message_contents", "content_id"))
        .to_owned()
}

/// What was sent, is waiting, failed, or is in doubt; newest first with `ordering=-id`.
#[utoipa::path(get, path = "/deliveries/", operation_id = "list_deliveries", tag = TAG, params(ListParams,
    ("state" = Option<DeliveryState>, Query), ("lane_id" = Option<i64>, Query), ("channel" = Option<MessageChannel>, Query), ("source" = Option<String>, Query),
    ("source_id" = Option<i64>, Query), ("customer_id" = Option<i64>, Query), ("recipient" = Option<String>, Query),
    ("was_in_doubt" = Option<bool>, Query)),
    responses((status = 200, body = Listed<Delivery>), Problems))]
async fn list_deliveries(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    let listing = listing(ctx.db.dialect());
    let request = listing.request(&pairs)?;
    let mut filtered = select_from();
    let column = |name: &'static str| Expr::col(("deliveries", name));
    let word = |say: kernel::error::Say| Error::BadRequest(say);
    if let Some(state) = filter(&pairs, "state") {
        filtered.and_where(column("state").eq(DeliveryState::parse(state).map_err(word)?.word()));
    }
    if let Some(channel) = filter(&pairs, "channel") {
        filtered.and_where(column("channel").eq(MessageChannel::parse(channel).map_err(word)?.word()));
    }
    if let Some(source) = filter(&pairs, "source") {
        filtered.and_where(column("source").eq(source));
    }
    for name in ["lane_id", "source_id", "customer_id"] {
        if let Some(id) = id_filter(&pairs, name)? {
            filtered.and_where(column(name).eq(id));
        }
    }
    if let Some(recipient) = filter(&pairs, "recipient") {
        let hashes = MessageChannel::ALL.iter().map(|channel| recipient::hash(*channel, recipient));
        filtered.and_where(column("recipient_hash").is_in(hashes));
    }
    if let Some(was_in_doubt) = bool_filter(&pairs, "was_in_doubt")? {
        filtered.and_where(column("was_in_doubt").eq(was_in_doubt));
    }
    Ok(listing.find(&ctx, &filtered, &request).await?.reply(&uri, &pairs))
}

/// A delivery with what it says and every try.
#[utoipa::path(get, path = "/deliveries/{id}/", operation_id = "get_delivery", tag = TAG, params(("id" = i64, Path)), responses((status = 200, body = DeliveryDetail), Problems))]
async fn get_delivery(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    let dialect = ctx.db.dialect();
    let query = select_from()
        .expr(dialect.own_sql(listing(dialect).row))
        .and_where(Expr::col(("deliveries", "id")).eq(id))
        .to_owned();
    let row = ctx.db.texts(&query).await?.pop().ok_or(Error::NotFound)?;
    let said = select_from()
        .columns([
            ("message_contents", "text"),
            ("message_contents", "html"),
            ("message_contents", "attachments"),
        ])
        .and_where(Expr::col(("deliveries", "id")).eq(id))
        .to_owned();
    let (text, html, attachments): (String, String, String) = ctx.db.one(&said).await?;
    let tries = Query::select()
        .columns(["at", "outcome", "code", "answer"])
        .from(Alias::new("delivery_attempts"))
        .and_where(Expr::col("delivery_id").eq(id))
        .order_by("id", Order::Asc)
        .limit(100)
        .to_owned();
    let attachments: Vec<Attachment> = serde_json::from_str(&attachments)?;
    Reply::ok(&DeliveryDetail {
        delivery: serde_json::from_str(&row)?,
        text,
        html,
        attachments: attachments
            .into_iter()
            .map(|attachment| AttachmentName {
                name: attachment.name,
                kind: attachment.kind,
            })
            .collect(),
        tries: ctx.db.all(&tries).await?,
    })
}

/// How many of a source are in which state: `?source=campaign&source_id=7`. It has ended when `is_finished`: nobody is waiting, on the way or in doubt.
#[utoipa::path(get, path = "/deliveries/figures/", operation_id = "get_delivery_figures", tag = TAG, params(("source" = Option<String>, Query), ("source_id" = Option<i64>, Query)), responses((status = 200, body = DeliveryFigures), Problems))]
async fn get_delivery_figures(ctx: Ctx, Params(pairs): Params) -> Result<Reply> {
    let mut query = Query::select()
        .column("state")
        .expr(Expr::col("id").count())
        .from(Alias::new("deliveries"))
        .group_by_col("state")
        .to_owned();
    if let Some(source) = filter(&pairs, "source") {
        query.and_where(Expr::col("source").eq(source));
    }
    if let Some(source_id) = id_filter(&pairs, "source_id")? {
        query.and_where(Expr::col("source_id").eq(source_id));
    }
    let counts: Vec<(String, i64)> = ctx.db.all(&query).await?;
    let of = |state: DeliveryState| counts.iter().find(|(word, _)| word == state.word()).map_or(0, |(_, count)| *count);
    let open = of(DeliveryState::Waiting) + of(DeliveryState::Claimed) + of(DeliveryState::InDoubt);
    Reply::ok(&DeliveryFigures {
        planned: counts.iter().map(|(_, count)| count).sum(),
        waiting: of(DeliveryState::Waiting) + of(DeliveryState::Claimed),
        sent: of(DeliveryState::Sent),
        failed: of(DeliveryState::Failed),
        suppressed: of(DeliveryState::Suppressed),
        in_doubt: of(DeliveryState::InDoubt),
        cancelled: of(DeliveryState::Cancelled),
        is_finished: open == 0,
    })
}

/// How many are in which state.
#[derive(Serialize, ToSchema)]
pub struct DeliveryFigures {
    pub planned: i64,
    pub waiting: i64,
    pub sent: i64,
    pub failed: i64,
    pub suppressed: i64,
    pub in_doubt: i64,
    pub cancelled: i64,
    pub is_finished: bool,
}

/// Decide what became of a delivery in doubt.
#[utoipa::path(post, path = "/deliveries/{id}/resolve/", operation_id = "resolve_delivery", tag = TAG, params(("id" = i64, Path)), request_body = ResolveDelivery, responses((status = 204), Problems))]
async fn resolve_delivery(
    ctx: Ctx,
    Extension(post): Extension<Post>,
    PathId(id): PathId<i64>,
    Body(input): Body<ResolveDelivery>,
) -> Result<Reply> {
    let now = ctx.now_us();
    ctx.write(async |tx| {
        let mut update = Query::update();
        update.table("deliveries");
        match input.verdict {
            DoubtVerdict::Sent => update.value("state", DeliveryState::Sent.word()).value("settled_at", now),
            DoubtVerdict::Failed => update.value("state", DeliveryState::Failed.word()).value("settled_at", now),
            DoubtVerdict::SendAgain => update.value("state", DeliveryState::Waiting.word()).value("due_at", now),
        };
        update
            .and_where(Expr::col("id").eq(id))
            .and_where(Expr::col("state").eq(DeliveryState::InDoubt.word()));
        if tx.exec(&update).await? == 0 {
            return Err(Error::Conflict(say!(
                "Bu gönderim kuşkulu değil.",
                "This delivery is not in doubt."
            )));
        }
        let event = NewEvent::new("delivery.resolved", "delivery", id).payload(json!({ "verdict": input.verdict }));
        tx.emit(&ctx.stamp(), event).await?;
        let post = post.clone();
        tx.after_commit(move || post.wake());
        Ok(Reply::no_content())
    })
    .await
}

/// Give up a delivery that still waits, or is in doubt.
#[utoipa::path(post, path = "/deliveries/{id}/cancel/", operation_id = "cancel_delivery", tag = TAG, params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn cancel_delivery(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    let now = ctx.now_us();
    ctx.write(async |tx| {
        let update = Query::update()
            .table("deliveries")
            .value("state", DeliveryState::Cancelled.word())
            .value("settled_at", now)
            .and_where(Expr::col("id").eq(id))
            .and_where(Expr::col("state").is_in([DeliveryState::Waiting.word(), DeliveryState::InDoubt.word()]))
            .to_owned();
        if tx.exec(&update).await? == 0 {
            return Err(Error::Conflict(say!(
                "Bu gönderim artık beklemiyor.",
                "This delivery is not waiting any more."
            )));
        }
        tx.emit(&ctx.stamp(), NewEvent::new("delivery.cancelled", "delivery", id)).await?;
        Ok(Reply::no_content())
    })
    .await
}
