//! The import itself: a thread reads the file, rows are written in chunks, each in one transaction with the place it stopped at. Cut off
//! anywhere, it goes on exactly there: no row is lost and none is written twice.

use std::path::Path;
use std::time::Duration;

use futures::FutureExt;
use kernel::clock::SECOND_US;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Error, Result, Say};
use kernel::jobs::Job;
use kernel::{operations, say};
use serde_json::json;
use tabular::{Position, Problem};
use tokio::sync::mpsc;

use super::chunk::{Counts, Outcome, Seen};
use super::corrections::Corrections;
use super::plan::{Draft, Plan};
use super::{Import, ImportChange, RunsAs, Standing, State, errors, event, likely, upload};
use records::Entity;

/// Rows of a chunk, at most.
pub const CHUNK_ROWS: usize = 2_000;
/// Text of a chunk, at most; rows of a hostile file may be megabytes each.
const CHUNK_BYTES: usize = 4 << 20;
/// Chunks read ahead, and written at once at most. The first comes alone, so that something is there soon; each time nobody else wants to
/// write, the next ones are twice as many, as many rows together touch fewer pages of the indexes than each chunk for itself.
const CHUNKS_AHEAD: usize = 4;
/// Progress is told no more often.
const TELL_EVERY_US: i64 = SECOND_US;
/// The planner's statistics are renewed after an import of this many rows.
const ANALYZE_FROM: i64 = 10_000;
/// How often a chunk is tried again when another transaction is in the way, for who waits at a terminal.
const PATIENCE: u32 = 5;

/// The job that runs imports.
pub const JOB: Job = Job {
    name: "customers.import",
    run: |ctx, payload| async move { in_background(&ctx, payload["import_id"].as_i64().unwrap_or_default()).await }.boxed(),
};

/// Starts an import: opens its operation and leaves the rest to the job.
pub async fn start(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<Import> {
    let import = begin(tx, ctx, id).await?;
    tx.enqueue(JOB.name, json!({ "import_id": id }), ctx.now_us()).await?;
    Ok(import)
}

async fn begin(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<Import> {
    let mut import = super::for_change(tx, ctx, id).await?;
    if !matches!(import.state, State::Mapping | State::Ready) {
        return Err(super::not_in(import.state));
    }
    upload::check_ready(ctx, &import)?;
    // Refused here, not by every row.
    super::plan::reach(ctx, import.entity)?;
    let operation = operations::open(tx, &ctx.stamp(), &import.entity.operation("import")).await?;
    import.state = State::Running;
    import.operation_id = Some(operation);
    import.standing = Standing {
        at: None,
        runs_as: Some(runs_as(ctx)),
    };
    import.figures.written = Counts::default();
    import.figures.read_bytes = 0;
    let mut change = super::update(ctx, id);
    change
        .value("state", import.state.name())
        .value("operation_id", operation.0)
        .value("position", serde_json::to_string(&import.standing)?)
        .value("counts", serde_json::to_string(&import.figures)?);
    tx.exec(&change).await?;
    errors::clear(tx, id).await?;
    likely::clear(tx, id).await?;
    tx.emit(&ctx.stamp(), event("import.started", &import)).await?;
    Ok(import)
}

pub(super) fn runs_as(ctx: &Ctx) -> RunsAs {
    let is_system = ctx.actor.via == kernel::actor::Via::System;
    RunsAs {
        user_id: ctx.actor.user_id.filter(|_| !is_system).map(|id| id.0),
        team_id: ctx.actor.team_id.map(|id| id.0),
        grants: ctx.actor.grants.clone(),
        limits: ctx.actor.limits.clone(),
    }
}

/// Pauses a running import; it stops after the chunk at hand.
pub async fn pause(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<Import> {
    let import = super::for_change(tx, ctx, id).await?;
    match import.state {
        State::Running => move_to(tx, ctx, import, State::Paused, "import.paused").await,
        state => Err(super::not_in(state)),
    }
}

/// Goes on with a paused import.
pub async fn resume(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<Import> {
    let mut import = super::for_change(tx, ctx, id).await?;
    if import.state != State::Paused {
        return Err(super::not_in(import.state));
    }
    // What its owner may do has perhaps changed since.
    if import.standing.runs_as.as_ref().and_then(|runs_as| runs_as.user_id) == ctx.actor.user_id.map(|id| id.0) {
        import.standing.runs_as = Some(runs_as(ctx));
        let mut change = super::update(ctx, id);
        change.value("position", serde_json::to_string(&import.standing)?);
        tx.exec(&change).await?;
    }
    tx.enqueue(JOB.name, json!({ "import_id": id }), ctx.now_us()).await?;
    move_to(tx, ctx, import, State::Running, "import.resumed").await
}

/// Gives up what has not been written yet; what has been can be undone.
pub async fn cancel(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<Import> {
    let import = super::for_change(tx, ctx, id).await?;
    if matches!(import.state, State::Done | State::Failed) {
        return Err(super::not_in(import.state));
    }
    fail(tx, ctx, import, say!("Vazgeçildi.", "It was given up.")).await
}

async fn move_to(tx: &mut Tx, ctx: &Ctx, mut import: Import, state: State, kind: &'static str) -> Result<Import> {
    import.state = state;
    let mut change = super::update(ctx, import.id);
    change.value("state", state.name());
    tx.exec(&change).await?;
    tx.emit(&ctx.stamp(), event(kind, &import)).await?;
    Ok(import)
}

/// Ends an import with what stopped it.
pub(super) async fn fail(tx: &mut Tx, ctx: &Ctx, mut import: Import, problem: Say) -> Result<Import> {
    let mut change = super::update(ctx, import.id);
    change
        .value("problem_tr", problem.tr.as_ref())
        .value("problem_en", problem.en.as_ref());
    tx.exec(&change).await?;
    if let Some(operation) = import.operation_id {
        operations::finish(tx, operation, ctx.now_us(), "failed", summary(&import)).await?;
    }
    import.problem = Some(problem);
    remove_file_after(tx, ctx, &import);
    move_to(tx, ctx, import, State::Failed, "import.failed").await
}

async fn finish(tx: &mut Tx, ctx: &Ctx, mut import: Import) -> Result<Import> {
    import.figures.read_bytes = import.figures.total_bytes;
    let mut change = super::update(ctx, import.id);
    change.value("counts", serde_json::to_string(&import.figures)?);
    tx.exec(&change).await?;
    if let Some(operation) = import.operation_id {
        operations::finish(tx, operation, ctx.now_us(), "done", summary(&import)).await?;
    }
    remove_file_after(tx, ctx, &import);
    move_to(tx, ctx, import, State::Done, "import.finished").await
}

fn summary(import: &Import) -> serde_json::Value {
    let mut summary = json!(import.figures.written);
    summary["import_id"] = import.id.into();
    summary["file_name"] = import.file_name.as_str().into();
    summary
}

/// Nobody needs the file any more, and it is full of personal data.
fn remove_file_after(tx: &mut Tx, ctx: &Ctx, import: &Import) {
    if import.owns_file() {
        let path = import.path(ctx);
        tx.after_commit(move || {
            let _ = std::fs::remove_file(path);
        });
    }
}

/// What a job does: runs the import, and leaves an error behind only when trying again may help.
async fn in_background(ctx: &Ctx, id: i64) -> Result<()> {
    match run(ctx, id, |_| {}).await {
        Ok(_) => Ok(()),
        Err(error) if may_help(&error) => Err(error),
        Err(error) => {
            tracing::error!(import.id = id, %error, "import failed");
            ctx.db
                .write(async |tx| {
                    let import = super::locked(tx, id).await?;
                    if import.state == State::Running {
                        fail(tx, ctx, import, say!("Beklenmeyen bir hata oluştu.", "Something went wrong here.")).await?;
                    }
                    Ok(())
                })
                .await
        }
    }
}

fn may_help(error: &Error) -> bool {
    // Somebody took a code between our look and our write.
    let numbered = |entity: &Entity| Some((entity.table, entity.number?.field));
    let mut numbers = Entity::all().into_iter().filter_map(numbered);
    error.is_transient() || numbers.any(|(table, column)| error.breaks_unique(table, &[column]))
}

/// Runs an import from where it stands until it is done, paused, or somebody else goes on with it. `tell` is told after every chunk.
pub async fn run(ctx: &Ctx, id: i64, mut tell: impl FnMut(&Counts)) -> Result<Import> {
    let mut import = ctx.db.write(async |tx| super::locked(tx, id).await).await?;
    if import.state != State::Running {
        return Ok(import);
    }
    let writer = import.ctx(ctx).await?;
    let plan = std::sync::Arc::new(Plan::make(&writer, &import).await?);
    let (mut chunks, mut seen) = match read(&writer, &import, plan.clone(), import.standing.at).await {
        Ok(reading) => reading,
        Err(problem) => return stop(ctx, id, problem).await,
    };
    let (mut told_us, mut at_once, mut broken) = (ctx.now_us(), 1, None);
    while let Some(chunk) = chunks.recv().await {
        let mut chunk = match chunk {
            Ok(chunk) => chunk,
            Err(problem) => return stop(ctx, id, problem).await,
        };
        // What is not read yet is not waited for.
        for _ in 1..at_once {
            match chunks.try_recv() {
                Ok(Ok(next)) => chunk.append(next),
                Ok(Err(problem)) => broken = Some(problem),
                Err(_) => break,
            }
        }
        let tells = ctx.now_us() - told_us >= TELL_EVERY_US;
        let goes_on;
        (import, goes_on, at_once) = ctx
            .db
            .write(async |tx| {
                let (import, goes_on) = write(tx, &writer, &plan, &import, chunk, &mut seen, tells).await?;
                let at_once = if tx.may_grow() { (at_once * 2).min(CHUNKS_AHEAD) } else { 1 };
                Ok((import, goes_on, at_once))
            })
            .await?;
        if !goes_on {
            return Ok(import);
        }
        if let Some(problem) = broken {
            return stop(ctx, id, problem).await;
        }
        if tells {
            told_us = ctx.now_us();
        }
        tell(&import.figures.written);
    }
    let ended = ctx
        .db
        .write(async |tx| {
            let now = super::locked(tx, id).await?;
            if now.state == State::Running && now.standing == import.standing {
                finish(tx, &writer, now).await
            } else {
                Ok(now)
            }
        })
        .await?;
    if ended.figures.written.rows >= ANALYZE_FROM {
        ctx.db.analyze().await?;
    }
    Ok(ended)
}

/// Writes a chunk, if the import still stands where this reader is: otherwise somebody paused it, or another process goes on with it.
async fn write(tx: &mut Tx, ctx: &Ctx, plan: &Plan, from: &Import, chunk: Chunk, seen: &mut Seen, tells: bool) -> Result<(Import, bool)> {
    let id = from.id;
    let mut import = super::locked(tx, id).await?;
    if import.state != State::Running || import.standing.at != from.standing.at {
        return Ok((import, false));
    }
    let Some(operation) = import.operation_id else {
        return Err(Error::internal("an import without an operation"));
    };
    let stamp = ctx.stamp().within(operation);
    let Outcome { counts, wrong, likely, .. } = plan.settle(tx, ctx, chunk.drafts, seen, Some(&stamp)).await?;
    errors::keep(tx, id, import.figures.written.wrong, &wrong).await?;
    likely::keep(tx, id, import.figures.written.likely_duplicate, &likely).await?;
    import.figures.written += counts;
    import.figures.read_bytes = chunk.read_bytes;
    import.standing.at = Some(chunk.next);
    let mut change = super::update(ctx, id);
    change
        .value("position", serde_json::to_string(&import.standing)?)
        .value("counts", serde_json::to_string(&import.figures)?);
    tx.exec(&change).await?;
    if tells {
        tx.emit(&ctx.stamp(), event("import.progressed", &import)).await?;
    }
    Ok((import, true))
}

/// The file itself stands in the way.
async fn stop(ctx: &Ctx, id: i64, problem: Problem) -> Result<Import> {
    ctx.db
        .write(async |tx| {
            let import = super::locked(tx, id).await?;
            if import.state == State::Running {
                fail(tx, ctx, import, problem.say()).await
            } else {
                Ok(import)
            }
        })
        .await
}

/// Rows that were read, and where the next one begins.
pub(super) struct Chunk {
    pub drafts: Vec<Draft>,
    pub next: Position,
    pub read_bytes: u64,
}

impl Chunk {
    fn append(&mut self, next: Chunk) {
        self.drafts.extend(next.drafts);
        self.next = next.next;
        self.read_bytes = next.read_bytes;
    }
}

type Chunks = mpsc::Receiver<Result<Chunk, Problem>>;

/// Reads the file in a thread of its own, from `at` on. What stands before is read too, when the keys of its rows must be known.
pub(super) async fn read(ctx: &Ctx, import: &Import, plan: std::sync::Arc<Plan>, at: Option<Position>) -> Result<(Chunks, Seen), Problem> {
    let (ctx, path) = (ctx.clone(), import.path(ctx));
    let broken = |error: Error| Problem::Io {
        message: error.to_string(),
    };
    let options = import.file_options().map_err(broken)?;
    let corrections = Corrections::load(&ctx.db, import).await.map_err(broken)?;
    let (sender, receiver) = mpsc::channel(CHUNKS_AHEAD);
    let (ready, is_ready) = tokio::sync::oneshot::channel();
    tokio::task::spawn_blocking(move || {
        let opened = || -> Result<_, Problem> {
            let mut reader = tabular::open(&path, &options)?;
            if reader.header() != plan.header() {
                return Err(Problem::Io {
                    message: "the header is not what it was".into(),
                });
            }
            let mut seen = Seen::default();
            if let Some(at) = at {
                let mut row = tabular::Row::default();
                while plan.has_key() && reader.position().row < at.row && corrections.read(&mut reader, &mut row)? {
                    if let Some(key) = plan.key_of(&mut row) {
                        seen.note(&key);
                    }
                }
                reader.seek(at)?;
            }
            Ok((reader, seen))
        };
        let mut reader = match opened() {
            Ok((reader, seen)) => {
                if ready.send(Ok(seen)).is_err() {
                    return;
                }
                reader
            }
            Err(problem) => {
                let _ = ready.send(Err(problem));
                return;
            }
        };
        loop {
            let chunk = next_chunk(&ctx, &plan, &corrections, &mut reader);
            let is_end = matches!(&chunk, Ok(chunk) if chunk.drafts.is_empty());
            let is_broken = chunk.is_err();
            if is_end || sender.blocking_send(chunk).is_err() || is_broken {
                return;
            }
        }
    });
    let seen = is_ready.await.unwrap_or_else(|_| {
        Err(Problem::Io {
            message: "the reader went away".into(),
        })
    })?;
    Ok((receiver, seen))
}

fn next_chunk(ctx: &Ctx, plan: &Plan, corrections: &Corrections, reader: &mut tabular::Reader) -> Result<Chunk, Problem> {
    let mut drafts = Vec::with_capacity(CHUNK_ROWS);
    let mut row = tabular::Row::default();
    let mut bytes = 0;
    while drafts.len() < CHUNK_ROWS && bytes < CHUNK_BYTES && corrections.read(reader, &mut row)? {
        bytes += row.cells.iter().map(String::len).sum::<usize>();
        drafts.push(plan.read(ctx, &mut row));
    }
    Ok(Chunk {
        drafts,
        next: reader.position(),
        read_bytes: reader.progress().read_bytes,
    })
}

/// Imports a file from the command line, here and now. What was written can be undone by the operation of the import.
pub async fn run_file(ctx: &Ctx, path: &Path, change: ImportChange, mut progress: impl FnMut(&Counts)) -> Result<Import> {
    let prepared = upload::prepare(ctx, path, &change).await?;
    let started = ctx
        .db
        .write(async |tx| {
            let import = upload::keep_in_place(tx, ctx, path, prepared).await?;
            begin(tx, ctx, import.id).await
        })
        .await?;
    let mut tries = 0;
    loop {
        match run(ctx, started.id, &mut progress).await {
            Err(error) if may_help(&error) && tries < PATIENCE => {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(200 << tries)).await;
            }
            outcome => return outcome,
        }
    }
}
