//! What is ended for good once it can no longer be brought back, or is no longer news.

use std::time::Duration;

use futures::FutureExt;
use kernel::clock::DAY_US;
use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::jobs::{Job, Schedule};
use kernel::operations::UNDO_WINDOW_DAYS;
use records::store;
use sea_query::{Expr, ExprTrait, Query};

use crate::activities::ACTIVITY;
use crate::communications::COMMUNICATION;

/// Records ended in one transaction.
const PURGED_AT_ONCE: u64 = 500;
/// After so many days nobody looks for what they were told.
const NEWS_DAYS: i64 = 90;

/// Ends what was deleted longer ago than an operation can be undone, and old notifications.
pub const PURGE: Job = Job {
    name: "engagement.purge",
    run: |ctx, _| async move { purge(&ctx).await }.boxed(),
};

/// Once a day.
pub const PURGES: Schedule = Schedule {
    job: PURGE.name,
    every: Duration::from_secs(24 * 3600),
};

async fn purge(ctx: &Ctx) -> Result<()> {
    let before_us = ctx.now_us() - UNDO_WINDOW_DAYS * DAY_US;
    for entity in [&ACTIVITY, &COMMUNICATION] {
        let ended = async || {
            let purge = async |tx: &mut kernel::db::Tx| store::purge(tx, entity, before_us, PURGED_AT_ONCE).await;
            ctx.db.write(purge).await
        };
        while ended().await? > 0 {}
    }
    let old = Query::delete()
        .from_table("notifications")
        .and_where(Expr::col("created_at").lt(ctx.now_us() - NEWS_DAYS * DAY_US))
        .to_owned();
    ctx.db.write(async |tx| tx.exec(&old).await.map(|_| ())).await
}
