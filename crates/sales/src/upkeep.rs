//! What is ended for good once it can no longer be brought back.

use std::time::Duration;

use futures::FutureExt;
use kernel::clock::DAY_US;
use kernel::jobs::{Job, Schedule};
use kernel::operations::UNDO_WINDOW_DAYS;
use records::{notes, store};

use crate::forms::{confirmation, submission};
use crate::leads::LEAD;
use crate::opportunities::OPPORTUNITY;

/// Records ended in one transaction.
const PURGED_AT_ONCE: u64 = 500;

/// Ends what was deleted longer ago than an operation can be undone.
pub const PURGE: Job = Job {
    name: "sales.purge",
    run: |ctx, _| {
        async move {
            let before_us = ctx.now_us() - UNDO_WINDOW_DAYS * DAY_US;
            ctx.db.write(async |tx| notes::purge(tx, before_us).await).await?;
            let now_us = ctx.now_us();
            ctx.db.write(async |tx| confirmation::purge(tx, now_us).await).await?;
            ctx.db.write(async |tx| submission::forget_deleted(tx, before_us).await).await?;
            for entity in [&OPPORTUNITY, &LEAD] {
                while ctx
                    .db
                    .write(async |tx| store::purge(tx, entity, before_us, PURGED_AT_ONCE).await)
                    .await?
                    > 0
                {}
            }
            Ok(())
        }
        .boxed()
    },
};

/// Once a day.
pub const PURGES: Schedule = Schedule {
    job: PURGE.name,
    every: Duration::from_secs(24 * 3600),
};
