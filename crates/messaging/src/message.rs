//! The one door: a message is queued in the transaction that wants it, one row for each recipient, and leaves once that is committed.

use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Error, Result, invalid};
use kernel::ids::CustomerId;
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, Order, Query};

use crate::Post;
use crate::provider::Attachment;
use crate::recipient;
use crate::words::{MessageCategory, MessageChannel, ProviderKind};

/// Bytes of what a message says, attachments included: more than providers take, encoded.
const MAX_BYTES: usize = 20 * 1024 * 1024;

/// What a message says.
#[derive(Clone, Debug, Default)]
pub struct Content {
    pub subject: String,
    pub text: String,
    pub html: String,
    pub attachments: Vec<Attachment>,
}

/// Who gets a message.
#[derive(Clone, Debug, Default)]
pub struct Recipient {
    pub address: String,
    pub name: String,
    pub customer_id: Option<CustomerId>,
}

/// How a message goes.
#[derive(Clone, Debug)]
pub struct Dispatch {
    pub channel: MessageChannel,
    pub category: MessageCategory,
    /// What wanted it: a word, and its id. Nobody gets anything twice from the same; without an id each call is its own.
    pub source: &'static str,
    pub source_id: Option<i64>,
    /// A lane; by default the one of the channel, or the outbox where it has none.
    pub lane_id: Option<i64>,
    /// Not before; 0 for at once.
    pub due_at_us: i64,
}

/// A message to one recipient.
#[derive(Clone, Debug)]
pub struct Message {
    pub dispatch: Dispatch,
    pub content: Content,
    pub recipient: Recipient,
}

impl Post {
    /// Queues a message; it leaves once the transaction is committed.
    pub async fn send(&self, tx: &mut Tx, ctx: &Ctx, message: &Message) -> Result<()> {
        let content_id = keep(tx, &message.content).await?;
        self.queue(tx, ctx, &message.dispatch, content_id, std::slice::from_ref(&message.recipient))
            .await
    }

    /// Queues the same content for many; who has it from this source already is left out.
    pub async fn queue(&self, tx: &mut Tx, ctx: &Ctx, dispatch: &Dispatch, content_id: i64, recipients: &[Recipient]) -> Result<()> {
        let lane_id = match dispatch.lane_id {
            Some(lane_id) => lane_id,
            None => lane_of(tx, dispatch.channel).await?,
        };
        let now = ctx.now_us();
        let due_at_us = Ord::max(dispatch.due_at_us, now);
        let rows = recipients.iter().map(|recipient| {
            vec![
                lane_id.into(),
                content_id.into(),
                dispatch.channel.word().into(),
                dispatch.category.word().into(),
                dispatch.source.into(),
                dispatch.source_id.into(),
                recipient.address.trim().into(),
                recipient.name.as_str().into(),
                recipient::hash(dispatch.channel, &recipient.address).into(),
                recipient.customer_id.map(|id| id.0).into(),
                due_at_us.into(),
                now.into(),
            ]
        });
        const COLUMNS: [&str; 12] = [
            "lane_id",
            "content_id",
            "channel",
            "category",
            "source",
            "source_id",
            "recipient",
            "recipient_name",
            "recipient_hash",
            "customer_id",
            "due_at",
            "created_at",
        ];
        tx.insert_missing_rows("deliveries", &COLUMNS, rows).await?;
        let post = self.clone();
        tx.after_commit(move || post.wake());
        Ok(())
    }
}

/// Keeps what a message says, once for all who get it.
pub async fn keep(tx: &mut Tx, content: &Content) -> Result<i64> {
    let attachments = serde_json::to_string(&content.attachments)?;
    let bytes = content.subject.len() + content.text.len() + content.html.len() + attachments.len();
    if bytes > MAX_BYTES {
        return Err(invalid(
            "attachments",
            say!(
                "İleti ekleriyle birlikte en çok {} MB olabilir.",
                "A message may have {} MB at most, attachments included.",
                MAX_BYTES / 1024 / 1024
            ),
        ));
    }
    let insert = Query::insert()
        .into_table("message_contents")
        .columns(["subject", "text", "html", "attachments"])
        .values_panic([
            content.subject.as_str().into(),
            content.text.as_str().into(),
            content.html.as_str().into(),
            attachments.into(),
        ])
        .returning_col("id")
        .to_owned();
    tx.insert(&insert).await
}

/// The lane that messages of a channel go by, or the outbox.
async fn lane_of(tx: &mut Tx, channel: MessageChannel) -> Result<i64> {
    let own = Query::select()
        .column("id")
        .from(Alias::new("lanes"))
        .and_where(Expr::col("channel").eq(channel.word()))
        .and_where(Expr::col("is_active").eq(true))
        .order_by("is_default", Order::Desc)
        .order_by("id", Order::Asc)
        .limit(1)
        .to_owned();
    if let Some((id,)) = tx.opt::<(i64,)>(&own).await? {
        return Ok(id);
    }
    let outbox = Query::select()
        .column("id")
        .from(Alias::new("lanes"))
        .and_where(Expr::col("provider").eq(ProviderKind::Outbox.word()))
        .order_by("id", Order::Asc)
        .limit(1)
        .to_owned();
    let (id,): (i64,) = tx.opt(&outbox).await?.ok_or(Error::internal("there is no outbox"))?;
    Ok(id)
}
