//! Settling: what became of messages, written down many at a time.

use std::collections::BTreeMap;

use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::Result;
use sea_query::{Expr, ExprTrait, Query, UpdateStatement};

use crate::provider::{Answer, Outcome, Outgoing};
use crate::retry;
use crate::words::DeliveryState;

/// A message and what became of it; none where it never left.
pub struct Done {
    pub message: Outgoing,
    pub outcome: Option<Outcome>,
}

/// Deliveries of this process that it has claimed.
fn claimed(owner: &str, ids: &[i64]) -> UpdateStatement {
    Query::update()
        .table("deliveries")
        .and_where(Expr::col("id").is_in(ids.iter().copied()))
        .and_where(Expr::col("state").eq(DeliveryState::Claimed.word()))
        .and_where(Expr::col("claimed_by").eq(owner))
        .to_owned()
}

/// Writes down what became of messages of a lane, and how the lane is doing.
pub async fn settle(ctx: &Ctx, lane_id: i64, owner: &str, done: &[Done]) -> Result<()> {
    let now = ctx.now_us();
    let mut dice = [0; 2];
    let _ = getrandom::fill(&mut dice);
    let dice = u16::from_le_bytes(dice);
    let mut by_end: BTreeMap<End, Vec<i64>> = BTreeMap::new();
    let mut attempts = Vec::with_capacity(done.len());
    let mut bounced = Vec::new();
    let mut halted: Option<&Answer> = None;
    let mut was_accepted = false;
    for Done { message, outcome } in done {
        let (end, word, answer) = match outcome {
            None => (End::Returned, "", None),
            Some(Outcome::Accepted(answer)) => {
                was_accepted = true;
                (End::Sent, "accepted", Some(answer))
            }
            Some(Outcome::Deferred(answer)) => (End::deferred(message.attempt), "deferred", Some(answer)),
            Some(Outcome::Halted(answer)) => {
                halted = Some(answer);
                (End::deferred(message.attempt), "deferred", Some(answer))
            }
            Some(Outcome::Rejected { answer, is_address }) => {
                if *is_address {
                    bounced.push((message.delivery_id, answer));
                }
                (End::Failed, "rejected", Some(answer))
            }
            Some(Outcome::Unknown(answer)) => (End::InDoubt, "unknown", Some(answer)),
        };
        by_end.entry(end).or_default().push(message.delivery_id);
        if let Some(answer) = answer {
            attempts.push(vec![
                message.delivery_id.into(),
                now.into(),
                word.into(),
                i64::from(answer.code).into(),
                answer.text.as_str().into(),
            ]);
        }
    }
    ctx.db
        .write(async |tx| {
            for (end, ids) in &by_end {
                end.write(tx, owner, ids, now, dice).await?;
            }
            const COLUMNS: [&str; 5] = ["delivery_id", "at", "outcome", "code", "answer"];
            tx.insert_rows("delivery_attempts", &COLUMNS, attempts.clone().into_iter()).await?;
            if !bounced.is_empty() {
                suppress(tx, &bounced, now).await?;
            }
            match halted {
                Some(answer) => rest(tx, lane_id, answer, now).await,
                None if was_accepted => well(tx, lane_id, now).await,
                None => Ok(()),
            }
        })
        .await
}

/// How a try ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Sent,
    Failed,
    InDoubt,
    /// Never left: as if it had not been claimed.
    Returned,
    /// To be tried again, after so many tries.
    Deferred(u32),
}

impl End {
    fn deferred(attempt: u32) -> End {
        if retry::wait_us(attempt, 0).is_some() {
            End::Deferred(attempt)
        } else {
            End::Failed
        }
    }

    async fn write(self, tx: &mut Tx, owner: &str, ids: &[i64], now: i64, dice: u16) -> Result<()> {
        let mut update = claimed(owner, ids);
        match self {
            End::Sent => update.value("state", DeliveryState::Sent.word()).value("settled_at", now),
            End::Failed => update.value("state", DeliveryState::Failed.word()).value("settled_at", now),
            End::InDoubt => {
                // What somebody waits for is better sent twice than never; what is advertised is not.
                let mut again = claimed(owner, ids);
                again
                    .value("state", DeliveryState::Waiting.word())
                    .value("was_in_doubt", true)
                    .value("due_at", now + retry::wait_us(1, dice).unwrap_or_default())
                    .and_where(Expr::col("category").eq("transactional"))
                    .and_where(Expr::col("attempts").lt(i64::from(retry::MAX_ATTEMPTS)));
                tx.exec(&again).await?;
                update.value("state", DeliveryState::InDoubt.word()).value("was_in_doubt", true)
            }
            End::Returned => update
                .value("state", DeliveryState::Waiting.word())
                .value("attempts", Expr::col("attempts").sub(1)),
            End::Deferred(attempt) => update
                .value("state", DeliveryState::Waiting.word())
                .value("due_at", now + retry::wait_us(attempt, dice).unwrap_or_default()),
        };
        tx.exec(&update).await?;
        Ok(())
    }
}

/// Addresses that take nothing are not written to again.
async fn suppress(tx: &mut Tx, bounced: &[(i64, &Answer)], now: i64) -> Result<()> {
    let query = Query::select()
        .columns(["id", "channel", "recipient_hash"])
        .from("deliveries")
        .and_where(Expr::col("id").is_in(bounced.iter().map(|(id, _)| *id)))
        .to_owned();
    let found: Vec<(i64, String, String)> = tx.all(&query).await?;
    let rows: Vec<_> = found
        .into_iter()
        .map(|(id, channel, hash)| {
            let note = bounced.iter().find(|(bounced, _)| *bounced == id);
            let note = note
                .map(|(_, answer)| format!("{} {}", answer.code, answer.text))
                .unwrap_or_default();
            vec![channel.into(), hash.into(), "hard_bounce".into(), note.into(), now.into()]
        })
        .collect();
    const COLUMNS: [&str; 5] = ["channel", "recipient_hash", "reason", "note", "at"];
    tx.insert_missing_rows("suppressions", &COLUMNS, rows.into_iter()).await
}

/// The lane rests, longer each time.
pub async fn rest(tx: &mut Tx, lane_id: i64, answer: &Answer, now: i64) -> Result<()> {
    let seen = Query::select()
        .column("failures")
        .from("lanes")
        .and_where(Expr::col("id").eq(lane_id))
        .to_owned();
    let failures = tx.opt::<(i64,)>(&seen).await?.map_or(0, |(failures,)| failures);
    let rest = Query::update()
        .table("lanes")
        .value("failures", failures + 1)
        .value("not_before", now + retry::rest_us(failures))
        .value("problem", format!("{} {}", answer.code, answer.text).trim_start_matches("0 "))
        .value("problem_at", now)
        .and_where(Expr::col("id").eq(lane_id))
        .to_owned();
    tx.exec(&rest).await?;
    Ok(())
}

async fn well(tx: &mut Tx, lane_id: i64, now: i64) -> Result<()> {
    let well = Query::update()
        .table("lanes")
        .value("failures", 0)
        .value("problem", "")
        .value("accepted_at", now)
        .and_where(Expr::col("id").eq(lane_id))
        .to_owned();
    tx.exec(&well).await?;
    Ok(())
}
