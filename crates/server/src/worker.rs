//! What goes on behind the requests: consumers, jobs, schedules, the listener for other nodes.

use std::sync::Arc;
use std::time::Duration;

use kernel::jobs::{self, Job};
use tokio::task::JoinSet;

use crate::app::Product;

/// Jobs that run side by side.
const JOB_RUNNERS: usize = 2;
const SCHEDULE_EVERY: Duration = Duration::from_secs(20);

/// Starts everything; it ends when the set is dropped.
pub async fn start(product: &Product) -> kernel::error::Result<JoinSet<()>> {
    let mut tasks = JoinSet::new();
    let ctx = product.system().await?;
    let owner = format!("{}-{}", std::process::id(), ctx.now_us());
    for &consumer in &product.consumers {
        let (db, clock, owner) = (ctx.db.clone(), ctx.clock.clone(), owner.clone());
        tasks.spawn(async move { consumer.run(db, clock, owner).await });
    }
    let jobs: Arc<[Job]> = product.jobs.clone().into();
    for _ in 0..JOB_RUNNERS {
        tasks.spawn(jobs::run(ctx.clone(), jobs.clone()));
    }
    for service in &product.services {
        tasks.spawn((service.run)(ctx.clone()));
    }
    let schedules = product.schedules.clone();
    let clock_ctx = ctx.clone();
    tasks.spawn(async move {
        loop {
            if let Err(error) = jobs::schedule(&clock_ctx, &schedules).await {
                tracing::error!(%error, "schedules cannot be read");
            }
            tokio::time::sleep(SCHEDULE_EVERY).await;
        }
    });
    let (ctx, post) = (product.system().await?, product.post.clone());
    tasks.spawn(async move { post.run(ctx).await });
    Ok(tasks)
}

/// Starts what a process that answers requests needs even without workers: live updates, and the ear for other nodes.
pub fn start_listening(product: &Product) -> JoinSet<()> {
    let mut tasks = JoinSet::new();
    let db = product.app.db.clone();
    tasks.spawn(product.live.clone().run(db.clone()));
    let who = product.identity.clone();
    let committed = db.committed();
    let is_shared = matches!(db, kernel::db::Db::Postgres { .. });
    if is_shared {
        let ear = db.clone();
        tasks.spawn(async move {
            loop {
                if let Err(error) = ear.listen().await {
                    tracing::warn!(%error, "lost the ear for other nodes, trying again");
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        tasks.spawn(async move {
            let mut woken = committed.notified();
            let mut seen = db.memo().epoch(identity::DECIDE_WHO_MAY);
            loop {
                woken.await;
                // Before forgetting: what is committed meanwhile must wake us again.
                woken = committed.notified();
                let now = db.memo().epoch(identity::DECIDE_WHO_MAY);
                if std::mem::replace(&mut seen, now) != now {
                    who.forget_all();
                }
            }
        });
    }
    tasks
}
