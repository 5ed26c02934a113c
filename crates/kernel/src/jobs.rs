//! Work for later, enqueued in the transaction that wants it, run by whichever process claims it first, tried again when it fails. A job
//! must be safe to run twice: a process can die after the work and before the note of it.

use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use sea_query::{Alias, Expr, ExprTrait, OnConflict, Order, Query};
use serde::Serialize;
use serde_json::Value;
use sqlx::FromRow;

use crate::clock::SECOND_US;
use crate::ctx::Ctx;
use crate::db::{Db, Tx};
use crate::dialect::Dialect;
use crate::error::{Error, Result};
use crate::json_text::JsonText;

const MAX_ATTEMPTS: i64 = 8;
const NAP: Duration = Duration::from_secs(1);

/// A kind of job: its name in the table and what it does.
#[derive(Clone, Copy)]
pub struct Job {
    pub name: &'static str,
    pub run: fn(Ctx, Value) -> BoxFuture<'static, Result<()>>,
}

/// A job that comes by itself.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    pub job: &'static str,
    pub every: Duration,
}

#[derive(Clone, Debug, FromRow)]
struct Claimed {
    id: i64,
    kind: String,
    payload: JsonText<Value>,
    attempts: i64,
}

impl Tx {
    /// Puts a job in the queue, to run at the given time or later.
    pub async fn enqueue(&mut self, job: &str, payload: Value, run_at_us: i64) -> Result<()> {
        self.exec(&insert(job, payload, run_at_us, None)).await?;
        Ok(())
    }
}

fn insert(job: &str, payload: Value, run_at_us: i64, slot: Option<String>) -> sea_query::InsertStatement {
    Query::insert()
        .into_table("jobs")
        .columns(["kind", "payload", "run_at", "attempts", "lease_until", "slot", "last_error"])
        .values_panic([
            job.into(),
            payload.to_string().into(),
            run_at_us.into(),
            0.into(),
            0.into(),
            slot.into(),
            "".into(),
        ])
        .on_conflict(OnConflict::column("slot").do_nothing().to_owned())
        .to_owned()
}

/// Claims and runs jobs for ever, one after the other.
pub async fn run(ctx: Ctx, jobs: Arc<[Job]>) {
    loop {
        match turn(&ctx, &jobs).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "jobs cannot be claimed"),
        }
        tokio::time::sleep(NAP).await;
    }
}

/// Runs one job that is due; `false` when there is none.
pub async fn turn(ctx: &Ctx, jobs: &[Job]) -> Result<bool> {
    let now = ctx.now_us();
    let due = Query::select()
        .columns(["id", "kind", "payload", "attempts"])
        .from(Alias::new("jobs"))
        .and_where(Expr::col("failed").eq(0))
        .and_where(Expr::col("run_at").lte(now))
        .and_where(Expr::col("lease_until").lt(now))
        .order_by("run_at", Order::Asc)
        .limit(1)
        .to_owned();
    // Looking first costs a reader nothing; claiming would make writers wait.
    if ctx.db.opt::<Claimed>(&due).await?.is_none() {
        return Ok(false);
    }
    let claimed = ctx
        .db
        .write(async |tx| {
            let mut due = due.clone();
            tx.dialect().skip_locked(&mut due);
            let Some(job) = tx.opt::<Claimed>(&due).await? else {
                return Ok(None);
            };
            tx.exec(&lease(tx.dialect(), job.id, now)).await?;
            Ok(Some(job))
        })
        .await?;
    let Some(claimed) = claimed else { return Ok(false) };
    let outcome = match jobs.iter().find(|job| job.name == claimed.kind) {
        Some(job) => {
            let heart = tokio::spawn(keep_alive(ctx.clone(), claimed.id));
            let outcome = tokio::spawn((job.run)(ctx.clone(), claimed.payload.0.clone())).await;
            heart.abort();
            outcome.unwrap_or_else(|panic| Err(Error::internal(format!("the job panicked: {panic}"))))
        }
        None => Err(Error::internal(format!("there is no job called {}", claimed.kind))),
    };
    settle(ctx, &claimed, outcome).await?;
    Ok(true)
}

/// Gives back what a dead process of this very node held: called at start where no other process can be using the database.
pub async fn release_leases(db: &Db) -> Result<()> {
    let jobs = Query::update().table("jobs").value("lease_until", 0).to_owned();
    let consumers = Query::update().table("consumers").value("lease_until", 0).to_owned();
    db.write(async |tx| {
        tx.exec(&jobs).await?;
        tx.exec(&consumers).await
    })
    .await?;
    Ok(())
}

/// Enqueues what is scheduled, each slot of time once however many processes ask.
pub async fn schedule(ctx: &Ctx, schedules: &[Schedule]) -> Result<()> {
    let now = ctx.now_us();
    for schedule in schedules {
        let every_us = schedule.every.as_micros() as i64;
        let slot = now / every_us;
        let name = format!("{}@{slot}", schedule.job);
        let remembered = Query::insert()
            .into_table("schedules")
            .columns(["job", "slot"])
            .values_panic([schedule.job.into(), slot.into()])
            .on_conflict(
                OnConflict::column("job")
                    .value("slot", slot)
                    .action_and_where(Expr::col(("schedules", "slot")).lt(slot))
                    .to_owned(),
            )
            .to_owned();
        let seen = Query::select()
            .column("slot")
            .from(Alias::new("schedules"))
            .and_where(Expr::col("job").eq(schedule.job))
            .to_owned();
        if ctx.db.opt::<(i64,)>(&seen).await?.is_some_and(|(last,)| last >= slot) {
            continue;
        }
        ctx.db
            .write(async |tx| {
                if tx.exec(&remembered).await? > 0 {
                    tx.exec(&insert(schedule.job, Value::Null, now, Some(name))).await?;
                }
                Ok(())
            })
            .await?;
    }
    Ok(())
}

async fn keep_alive(ctx: Ctx, id: i64) {
    let dialect = ctx.db.dialect();
    let every = Duration::from_micros(lease_us(dialect) as u64 / 4);
    loop {
        tokio::time::sleep(every).await;
        let beat = lease(dialect, id, ctx.now_us());
        let _ = ctx.db.write(async |tx| tx.exec(&beat).await).await;
    }
}

/// How long a job is its process's own without a sign of life. Others over the same PostgreSQL go on soon; over SQLite there are
/// none, and a long write may hold the sign up.
fn lease_us(dialect: Dialect) -> i64 {
    match dialect {
        Dialect::Sqlite => 60 * SECOND_US,
        Dialect::Postgres => 5 * SECOND_US,
    }
}

fn lease(dialect: Dialect, id: i64, now: i64) -> sea_query::UpdateStatement {
    Query::update()
        .table("jobs")
        .value("lease_until", now + lease_us(dialect))
        .and_where(Expr::col("id").eq(id))
        .to_owned()
}

async fn settle(ctx: &Ctx, job: &Claimed, outcome: Result<()>) -> Result<()> {
    let Err(error) = outcome else {
        let done = Query::delete().from_table("jobs").and_where(Expr::col("id").eq(job.id)).to_owned();
        ctx.db.write(async |tx| tx.exec(&done).await).await?;
        return Ok(());
    };
    let attempts = job.attempts + 1;
    tracing::warn!(job = job.kind, job.id = job.id, attempts, %error, "job failed");
    let mut jitter = [0u8; 2];
    let _ = getrandom::fill(&mut jitter);
    let wait_us = (SECOND_US << attempts.clamp(0, 10)) + i64::from(u16::from_le_bytes(jitter)) * 10;
    let again = Query::update()
        .table("jobs")
        .value("attempts", attempts)
        .value("run_at", ctx.now_us() + wait_us)
        .value("lease_until", 0)
        .value("failed", i64::from(attempts >= MAX_ATTEMPTS))
        .value("last_error", error.to_string())
        .and_where(Expr::col("id").eq(job.id))
        .to_owned();
    ctx.db.write(async |tx| tx.exec(&again).await).await?;
    Ok(())
}

/// A schedule as an operator sees it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ScheduleRow {
    pub job: &'static str,
    pub every_s: i64,
    /// The beginning of the last period for which it was put in the queue; none when it never was.
    #[serde(serialize_with = "crate::clock::shown::time_or_null")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_at: Option<i64>,
    #[serde(serialize_with = "crate::clock::shown::time")]
    #[schema(value_type = String, format = DateTime)]
    pub next_at: i64,
}

/// When what is scheduled came last, and when it comes next.
pub async fn scheduled(db: &Db, now_us: i64, schedules: &[Schedule]) -> Result<Vec<ScheduleRow>> {
    let seen = Query::select().columns(["job", "slot"]).from(Alias::new("schedules")).to_owned();
    let seen: Vec<(String, i64)> = db.all(&seen).await?;
    let row = |schedule: &Schedule| {
        let every_us = schedule.every.as_micros() as i64;
        let last = seen.iter().find(|(job, _)| job == schedule.job).map(|(_, slot)| *slot);
        ScheduleRow {
            job: schedule.job,
            every_s: every_us / SECOND_US,
            last_at: last.map(|slot| slot * every_us),
            next_at: last.map_or(now_us, |slot| (slot + 1) * every_us),
        }
    };
    Ok(schedules.iter().map(row).collect())
}

/// A job as an operator sees it.
#[derive(Clone, Debug, Serialize, FromRow, utoipa::ToSchema)]
pub struct JobRow {
    pub id: i64,
    pub kind: String,
    #[serde(serialize_with = "crate::clock::shown::time")]
    #[schema(value_type = String, format = DateTime)]
    pub run_at: i64,
    pub attempts: i64,
    /// 1 when it was given up.
    pub failed: i64,
    pub last_error: String,
}

/// The jobs that wait, run or were given up.
pub async fn list(db: &Db) -> Result<Vec<JobRow>> {
    let query = Query::select()
        .columns(["id", "kind", "run_at", "attempts", "failed", "last_error"])
        .from(Alias::new("jobs"))
        .order_by("run_at", Order::Asc)
        .limit(200)
        .to_owned();
    db.all(&query).await
}
