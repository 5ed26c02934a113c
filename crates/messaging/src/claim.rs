//! Claiming: which messages a process takes on, in one transaction, before any of them leaves.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kernel::clock::SECOND_US;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::json_text::JsonText;
use sea_query::{Alias, Cond, Expr, ExprTrait, Order, Query};
use sqlx::FromRow;

use crate::provider::{Attachment, Outgoing};
use crate::words::DeliveryState;

/// How long a lane is a process's own without a sign of life.
const LEASE_US: i64 = 30 * SECOND_US;
/// Contents kept at hand; a campaign has one.
const CONTENTS_AT_HAND: usize = 64;

/// What messages say, as far as it was read.
#[derive(Default)]
pub struct Contents(HashMap<i64, Arc<Said>>);

struct Said {
    subject: String,
    text: String,
    html: String,
    attachments: Arc<[Attachment]>,
}

#[derive(FromRow)]
struct ContentRow {
    id: i64,
    subject: String,
    text: String,
    html: String,
    attachments: JsonText<Vec<Attachment>>,
}

#[derive(FromRow)]
struct Due {
    id: i64,
    content_id: i64,
    channel: String,
    recipient: String,
    recipient_name: String,
    recipient_hash: String,
    attempts: i64,
    created_at: i64,
}

/// What was taken on.
#[derive(Default)]
pub struct Claimed {
    pub messages: Vec<Outgoing>,
    /// Whether as many were due as were asked for.
    pub is_more: bool,
}

/// Takes on as many messages of the lane as are due; none where the lane rests or is another process's.
pub async fn claim(ctx: &Ctx, lane_id: i64, owner: &str, limit: u64, contents: &mut Contents) -> Result<Claimed> {
    let now = ctx.now_us();
    ctx.db
        .write(async |tx| {
            if tx.exec(&lease(lane_id, owner, now)).await? == 0 {
                return Ok(Claimed::default());
            }
            let mut due = due_now(tx, lane_id, now, limit).await?;
            if due.is_empty() {
                return Ok(Claimed::default());
            }
            let is_more = due.len() as u64 >= limit;
            leave_out_suppressed(tx, &mut due, now).await?;
            let claimed = Query::update()
                .table("deliveries")
                .value("state", DeliveryState::Claimed.word())
                .value("claimed_by", owner)
                .value("attempts", Expr::col("attempts").add(1))
                .and_where(Expr::col("id").is_in(due.iter().map(|due| due.id)))
                .to_owned();
            tx.exec(&claimed).await?;
            contents.read(tx, &due).await?;
            let messages = due.into_iter().filter_map(|due| {
                let said = contents.0.get(&due.content_id)?;
                Some(Outgoing {
                    delivery_id: due.id,
                    attempt: due.attempts as u32 + 1,
                    to: due.recipient,
                    to_name: due.recipient_name,
                    subject: said.subject.clone(),
                    text: said.text.clone(),
                    html: said.html.clone(),
                    attachments: said.attachments.clone(),
                    created_at_us: due.created_at,
                    now_us: now,
                })
            });
            Ok(Claimed {
                messages: messages.collect(),
                is_more,
            })
        })
        .await
}

fn lease(lane_id: i64, owner: &str, now: i64) -> sea_query::UpdateStatement {
    Query::update()
        .table("lanes")
        .value("lease_owner", owner)
        .value("lease_until", now + LEASE_US)
        .and_where(Expr::col("id").eq(lane_id))
        .and_where(Expr::col("is_active").eq(true))
        .and_where(Expr::col("not_before").lte(now))
        .cond_where(
            Cond::any()
                .add(Expr::col("lease_owner").eq(owner))
                .add(Expr::col("lease_until").lt(now)),
        )
        .to_owned()
}

/// Gives a lane back.
pub async fn release(ctx: &Ctx, lane_id: i64, owner: &str) -> Result<()> {
    let release = Query::update()
        .table("lanes")
        .value("lease_until", 0)
        .and_where(Expr::col("id").eq(lane_id))
        .and_where(Expr::col("lease_owner").eq(owner))
        .to_owned();
    ctx.db.write(async |tx| tx.exec(&release).await).await?;
    Ok(())
}

async fn due_now(tx: &mut Tx, lane_id: i64, now: i64, limit: u64) -> Result<Vec<Due>> {
    let mut query = Query::select()
        .columns([
            "id",
            "content_id",
            "channel",
            "recipient",
            "recipient_name",
            "recipient_hash",
            "attempts",
            "created_at",
        ])
        .from(Alias::new("deliveries"))
        .and_where(Expr::col("lane_id").eq(lane_id))
        // As the partial index says it: with a bound value SQLite would not see that it serves.
        .and_where(tx.dialect().own_sql("state = 'waiting'"))
        .and_where(Expr::col("due_at").lte(now))
        .order_by("due_at", Order::Asc)
        .order_by("id", Order::Asc)
        .limit(limit)
        .to_owned();
    tx.dialect().skip_locked(&mut query);
    tx.all(&query).await
}

/// Settles those whose address must not be written to.
async fn leave_out_suppressed(tx: &mut Tx, due: &mut Vec<Due>, now: i64) -> Result<()> {
    let query = Query::select()
        .columns(["channel", "recipient_hash"])
        .from(Alias::new("suppressions"))
        .and_where(Expr::col("recipient_hash").is_in(due.iter().map(|due| due.recipient_hash.as_str())))
        .to_owned();
    let suppressed: HashSet<(String, String)> = tx.all(&query).await?.into_iter().collect();
    if suppressed.is_empty() {
        return Ok(());
    }
    let (out, stay): (Vec<Due>, Vec<Due>) = std::mem::take(due)
        .into_iter()
        .partition(|due| suppressed.contains(&(due.channel.clone(), due.recipient_hash.clone())));
    *due = stay;
    let update = Query::update()
        .table("deliveries")
        .value("state", DeliveryState::Suppressed.word())
        .value("settled_at", now)
        .and_where(Expr::col("id").is_in(out.iter().map(|due| due.id)))
        .to_owned();
    tx.exec(&update).await?;
    Ok(())
}

impl Contents {
    async fn read(&mut self, tx: &mut Tx, due: &[Due]) -> Result<()> {
        if self.0.len() > CONTENTS_AT_HAND {
            self.0.clear();
        }
        let missing: HashSet<i64> = due.iter().map(|due| due.content_id).filter(|id| !self.0.contains_key(id)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let query = Query::select()
            .columns(["id", "subject", "text", "html", "attachments"])
            .from(Alias::new("message_contents"))
            .and_where(Expr::col("id").is_in(missing))
            .to_owned();
        for row in tx.all::<ContentRow>(&query).await? {
            let said = Said {
                subject: row.subject,
                text: row.text,
                html: row.html,
                attachments: row.attachments.0.into(),
            };
            self.0.insert(row.id, Arc::new(said));
        }
        Ok(())
    }
}
