//! Learning from leads won and lost: when somebody asks, and weekly once it is in use.

use futures::FutureExt as _;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::Result;
use kernel::jobs::Job;
use serde_json::{Value, json};

use super::super::{LEAD, settings};
use super::{LEARNER, SCORE};
use crate::models;

/// Learns from the leads that are closed.
pub const TRAIN: Job = Job {
    name: "sales.train_leads",
    run: |ctx, payload| async move { run(&ctx, &payload).await }.boxed(),
};

/// In the payload: somebody asked. By itself the job goes on only with what somebody has begun.
const ASKED: &str = "asked";

/// Puts a training in the queue.
pub async fn ask(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    tx.enqueue(TRAIN.name, json!({ ASKED: true }), ctx.now_us()).await
}

async fn run(ctx: &Ctx, payload: &Value) -> Result<()> {
    let is_asked = payload[ASKED].as_bool().unwrap_or(false);
    if !is_asked && !models::is_in_use(&ctx.db, &LEAD).await? {
        return Ok(());
    }
    let settings = settings::all(ctx).await?;
    if models::train(ctx, &LEARNER, &settings.model_fields).await? {
        ctx.db.write(async |tx| score_soon(tx, ctx).await).await?;
    }
    Ok(())
}

/// Has every open lead scored anew.
pub async fn score_soon(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    tx.put_off(SCORE.name, ctx.now_us()).await
}
