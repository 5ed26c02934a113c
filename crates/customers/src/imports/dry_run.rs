//! The dry run: every row is settled as the import would settle it, and nothing is written but what came of it. A small file is tried at
//! once, a large one by a job.

use futures::FutureExt;
use kernel::clock::SECOND_US;
use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::jobs::Job;
use serde_json::json;
use tabular::Problem;

use super::chunk::Counts;
use super::plan::Plan;
use super::{Figures, Import, Standing, State, errors, event, likely, run, upload};

/// Files up to this size are tried while the caller waits.
const AT_ONCE_BYTES: i64 = 1 << 20;
const TELL_EVERY_US: i64 = SECOND_US;

/// The job that tries large files.
pub const JOB: Job = Job {
    name: "customers.import_check",
    run: |ctx, payload| async move { run(&ctx, payload["import_id"].as_i64().unwrap_or_default()).await }.boxed(),
};

/// Tries an import.
pub async fn start(ctx: &Ctx, id: i64) -> Result<Import> {
    let started = ctx
        .db
        .write(async |tx| {
            let import = super::for_change(tx, ctx, id).await?;
            if !matches!(import.state, State::Mapping | State::Ready) {
                return Err(super::not_in(import.state));
            }
            upload::check_ready(ctx, &import)?;
            super::plan::reach(ctx, import.entity)?;
            let standing = Standing {
                at: None,
                runs_as: Some(run::runs_as(ctx)),
            };
            let mut change = super::update(ctx, id);
            change
                .value("state", State::Checking.name())
                .value("position", serde_json::to_string(&standing)?);
            tx.exec(&change).await?;
            if import.file_bytes > AT_ONCE_BYTES {
                tx.enqueue(JOB.name, json!({ "import_id": id }), ctx.now_us()).await?;
            }
            Ok(import)
        })
        .await?;
    if started.file_bytes <= AT_ONCE_BYTES {
        run(ctx, id).await?;
    }
    super::get(ctx, id).await
}

/// Tries an import from the beginning.
pub async fn run(ctx: &Ctx, id: i64) -> Result<()> {
    let import = ctx
        .db
        .write(async |tx| {
            errors::clear(tx, id).await?;
            likely::clear(tx, id).await?;
            super::locked(tx, id).await
        })
        .await?;
    if import.state != State::Checking {
        return Ok(());
    }
    let reader = import.ctx(ctx).await?;
    let plan = std::sync::Arc::new(Plan::make(&reader, &import).await?);
    let (mut chunks, mut seen) = match run::read(&reader, &import, plan.clone(), None).await {
        Ok(reading) => reading,
        Err(problem) => return stop(ctx, id, problem).await,
    };
    let mut figures = Figures {
        checked: None,
        read_bytes: 0,
        ..import.figures
    };
    let mut counts = Counts::default();
    let mut told_us = ctx.now_us();
    while let Some(chunk) = chunks.recv().await {
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err(problem) => return stop(ctx, id, problem).await,
        };
        figures.read_bytes = chunk.read_bytes;
        let tells = ctx.now_us() - told_us >= TELL_EVERY_US;
        let goes_on = ctx
            .db
            .write(async |tx| {
                let outcome = plan.settle(tx, &reader, chunk.drafts, &mut seen, None).await?;
                errors::keep(tx, id, counts.wrong, &outcome.wrong).await?;
                likely::keep(tx, id, counts.likely_duplicate, &outcome.likely).await?;
                counts += outcome.counts;
                if !tells {
                    return Ok(true);
                }
                let now = super::locked(tx, id).await?;
                let mut change = super::update(ctx, id);
                change.value("counts", serde_json::to_string(&figures)?);
                tx.exec(&change).await?;
                Ok(now.state == State::Checking)
            })
            .await?;
        if !goes_on {
            return Ok(());
        }
        if tells {
            told_us = ctx.now_us();
        }
    }
    figures.checked = Some(counts);
    figures.read_bytes = figures.total_bytes;
    ctx.db
        .write(async |tx| {
            let now = super::locked(tx, id).await?;
            if now.state != State::Checking {
                return Ok(());
            }
            let mut change = super::update(ctx, id);
            change
                .value("state", State::Ready.name())
                .value("counts", serde_json::to_string(&figures)?);
            tx.exec(&change).await?;
            tx.emit(&reader.stamp(), event("import.checked", &now)).await
        })
        .await
}

async fn stop(ctx: &Ctx, id: i64, problem: Problem) -> Result<()> {
    ctx.db
        .write(async |tx| {
            let import = super::locked(tx, id).await?;
            if import.state == State::Checking {
                run::fail(tx, ctx, import, problem.say()).await?;
            }
            Ok(())
        })
        .await
}
