//! Where submissions are taken in. Those that come while one batch is being committed wait together and are the next one: one transaction keeps
//! them all, makes their leads in one stroke, and each sender is answered after its commit. So nothing that was thanked for can be lost, and
//! under a thousand a second most of the cost is shared. There is no task of its own: whoever comes when nobody works takes all who wait along.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use identity::Identity;
use kernel::ctx::Ctx;
use kernel::db::Db;
use kernel::error::{Error, Result};
use ring::hmac;
use tokio::sync::oneshot;

use super::figures::{Counts, What, wait};
use super::guard::Limits;
use super::submission::{self, Arrived, Taken};

/// Submissions of one transaction. More would only make those behind them wait longer.
const BATCH: usize = 128;
/// Submissions that may wait; who comes then is asked to come again.
const MAX_WAITING: usize = 4_000;

/// What a running server holds for its forms. Cheap to clone.
#[derive(Clone)]
pub struct Desk(Arc<Inner>);

struct Inner {
    identity: Identity,
    key: OnceLock<hmac::Key>,
    counts: Counts,
    limits: Limits,
    waiting: Mutex<Vec<Waiting>>,
    /// Held by who is taking a batch in.
    turn: tokio::sync::Mutex<()>,
}

struct Waiting {
    arrived: Arrived,
    told: oneshot::Sender<Result<Taken>>,
}

impl Desk {
    pub fn new(identity: &Identity) -> Desk {
        Desk(Arc::new(Inner {
            identity: identity.clone(),
            key: OnceLock::new(),
            counts: Counts::default(),
            limits: Limits::default(),
            waiting: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }))
    }

    /// Where people reach the product.
    pub fn public_url(&self) -> &str {
        self.0.identity.public_url()
    }

    /// By which pages are signed.
    pub fn key(&self, ctx: &Ctx) -> Result<&hmac::Key> {
        if let Some(key) = self.0.key.get() {
            return Ok(key);
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0.identity.key_for(ctx, "forms")?);
        Ok(self.0.key.get_or_init(|| key))
    }

    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Counts something that writes nothing by itself.
    pub fn count(&self, ctx: &Ctx, form_id: i64, source: &str, what: What) {
        if self.0.counts.note(ctx, form_id, source, what) {
            let desk = self.clone();
            let db = ctx.db.clone();
            tokio::spawn(async move {
                wait().await;
                desk.write(&db).await;
            });
        }
    }

    /// Writes what was counted so far, so that it is seen.
    pub async fn write_counts(&self, ctx: &Ctx) {
        self.write(&ctx.db).await;
    }

    async fn write(&self, db: &Db) {
        if let Err(error) = self.0.counts.write(db).await {
            tracing::warn!(%error, "figures of forms cannot be written yet");
        }
    }

    /// What is written with a transaction of its own anyway.
    pub fn counts(&self) -> &Counts {
        &self.0.counts
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Waiting>> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a submission in; answers once it is kept for good.
    pub async fn take(&self, ctx: &Ctx, arrived: Arrived) -> Result<Taken> {
        let (told, mut answer) = oneshot::channel();
        {
            let mut waiting = self.waiting();
            if waiting.len() >= MAX_WAITING {
                return Err(Error::TooMany { retry_after_s: 5 });
            }
            waiting.push(Waiting { arrived, told });
        }
        let lost = || Error::internal("a submission was lost before it was kept");
        loop {
            tokio::select! {
                biased;
                kept = &mut answer => return kept.map_err(|_| lost())?,
                _turn = self.0.turn.lock() => {
                    let batch: Vec<Waiting> = {
                        let mut waiting = self.waiting();
                        let many = waiting.len().min(BATCH);
                        waiting.drain(..many).collect()
                    };
                    // Somebody else may have taken this one along while we waited for the turn; or it is behind a whole batch of others.
                    if !batch.is_empty() {
                        self.keep(ctx, batch).await;
                    }
                }
            }
        }
    }

    async fn keep(&self, ctx: &Ctx, batch: Vec<Waiting>) {
        let all: Vec<&Arrived> = batch.iter().map(|one| &one.arrived).collect();
        match self.enter(ctx, &all).await {
            Ok(taken) => {
                for (one, taken) in batch.into_iter().zip(taken) {
                    // Who is not there any more needs no answer.
                    let _ = one.told.send(Ok(taken));
                }
            }
            // One that cannot be kept must not take the others with it.
            Err(error) if batch.len() > 1 => {
                tracing::warn!(%error, "a batch of submissions failed; each is tried alone");
                for one in batch {
                    let alone = self.enter(ctx, &[&one.arrived]).await;
                    let _ = one.told.send(alone.map(|taken| taken.first().copied().unwrap_or(Taken::Repeated)));
                }
            }
            Err(error) => {
                for one in batch {
                    let _ = one.told.send(Err(Error::internal(error.to_string())));
                }
                tracing::error!(%error, "a submission cannot be kept");
            }
        }
    }

    async fn enter(&self, ctx: &Ctx, all: &[&Arrived]) -> Result<Vec<Taken>> {
        ctx.db
            .write(async |tx| {
                let (taken, counts) = submission::enter(tx, ctx, self.public_url(), all).await?;
                let counts: Vec<(i64, &str, What)> = counts.iter().map(|(id, source, what)| (*id, source.as_str(), *what)).collect();
                self.counts().add(tx, ctx, &counts).await?;
                Ok(taken)
            })
            .await
    }
}
