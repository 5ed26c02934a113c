//! The post office of a process: it serves every lane that has something due, each with its own workers, and settles what became of it.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use identity::Identity;
use kernel::ctx::Ctx;
use kernel::error::{Error, Result};
use sea_query::{Alias, Expr, ExprTrait, Query};
use tokio::sync::{Mutex as AsyncMutex, Notify, OnceCell, mpsc};
use tokio::task::JoinSet;

use crate::claim::{self, Contents};
use crate::journal::{Attempt, Journal, Mark};
use crate::lanes::{self, Lane};
use crate::pace::Pace;
use crate::provider::{Answer, Outcome, Outgoing, Provider, Wire};
use crate::recover;
use crate::settle::{self, Done};

/// Messages claimed at a time: after a power cut so many of a lane may be in doubt.
const CLAIM: u64 = 500;
/// What is settled in one transaction, and how long it may wait for others.
const SETTLE: usize = 500;
const SETTLE_EVERY: Duration = Duration::from_millis(250);
/// How often lanes are looked at when nobody says that something came.
const NAP: Duration = Duration::from_secs(1);
/// How often it is looked whether another process died.
const RECOVER_EVERY: Duration = Duration::from_secs(60);
/// A slow lane claims for so many seconds, so that what it holds is not held for long.
const SLOW_CLAIM_S: i64 = 5;

/// The post office. Cheap to clone.
#[derive(Clone)]
pub struct Post(Arc<Inner>);

struct Inner {
    identity: Identity,
    journal: OnceCell<Arc<Journal>>,
    wake: Notify,
    /// Lanes being served by this process.
    busy: Mutex<HashSet<i64>>,
}

impl Post {
    pub fn new(identity: &Identity) -> Post {
        Post(Arc::new(Inner {
            identity: identity.clone(),
            journal: OnceCell::new(),
            wake: Notify::new(),
            busy: Mutex::default(),
        }))
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.0.identity
    }

    /// Says that something came.
    pub fn wake(&self) {
        self.0.wake.notify_one();
    }

    /// Serves for ever.
    pub async fn run(self, ctx: Ctx) {
        let mut tasks = JoinSet::new();
        let mut recovered: Option<Instant> = None;
        loop {
            if recovered.is_none_or(|at| at.elapsed() > RECOVER_EVERY) {
                match self.recover(&ctx).await {
                    Ok(()) => recovered = Some(Instant::now()),
                    Err(error) => tracing::error!(%error, "what dead processes left cannot be settled"),
                }
            }
            // Before what a crash left is settled nothing more is sent.
            if recovered.is_some() {
                match self.due_lanes(&ctx).await {
                    Ok(lanes) => {
                        for lane in lanes.into_iter().filter(|lane| self.begin(lane.id)) {
                            let (post, ctx) = (self.clone(), ctx.clone());
                            tasks.spawn(async move { post.serve_and_end(&ctx, lane).await });
                        }
                    }
                    Err(error) => tracing::error!(%error, "lanes cannot be read"),
                }
            }
            while tasks.try_join_next().is_some() {}
            tokio::select! {
                () = self.0.wake.notified() => {}
                () = tokio::time::sleep(NAP) => {}
            }
        }
    }

    /// Sends what is due now, lane by lane, until nothing is; for tests and for commands.
    pub async fn drain(&self, ctx: &Ctx) -> Result<()> {
        self.recover(ctx).await?;
        while let Some(lane) = self.due_lanes(ctx).await?.into_iter().next() {
            let id = lane.id;
            self.serve(ctx, &lane).await?;
            // One that could do nothing with what is due would be asked for ever.
            if self.due_lanes(ctx).await?.iter().any(|lane| lane.id == id) {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn recover(&self, ctx: &Ctx) -> Result<()> {
        let journal = self.journal(ctx).await?;
        recover::recover(ctx, journal.name()).await
    }

    async fn journal(&self, ctx: &Ctx) -> Result<Arc<Journal>> {
        let open = || async { Ok::<_, Error>(Arc::new(Journal::open(&recover::directory(ctx))?)) };
        self.0.journal.get_or_try_init(open).await.cloned()
    }

    /// Lanes that are to be served: active, not resting, with something due.
    async fn due_lanes(&self, ctx: &Ctx) -> Result<Vec<Lane>> {
        let now = ctx.now_us();
        let due = Query::select()
            .expr(Expr::val(1))
            .from(Alias::new("deliveries"))
            .and_where(Expr::col(("deliveries", "lane_id")).equals(("lanes", "id")))
            .and_where(ctx.db.dialect().own_sql("deliveries.state = 'waiting'"))
            .and_where(Expr::col(("deliveries", "due_at")).lte(now))
            .to_owned();
        let query = lanes::select()
            .and_where(Expr::col("is_active").eq(true))
            .and_where(Expr::col("not_before").lte(now))
            .and_where(Expr::exists(due))
            .to_owned();
        ctx.db.all(&query).await
    }

    fn begin(&self, lane_id: i64) -> bool {
        self.0.busy.lock().unwrap_or_else(PoisonError::into_inner).insert(lane_id)
    }

    async fn serve_and_end(&self, ctx: &Ctx, lane: Lane) {
        if let Err(error) = self.serve(ctx, &lane).await {
            tracing::error!(lane = lane.id, %error, "a lane cannot be served");
        }
        self.0.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&lane.id);
    }

    /// Sends what is due in a lane.
    async fn serve(&self, ctx: &Ctx, lane: &Lane) -> Result<()> {
        let journal = self.journal(ctx).await?;
        let owner = journal.name().to_owned();
        let provider = match lane.provider(self, ctx) {
            Ok(provider) => provider,
            Err(error) => {
                let answer = Answer::ours(format!("the lane is not set up: {error}"));
                return ctx
                    .db
                    .write(async |tx| settle::rest(tx, lane.id, &answer, ctx.now_us()).await)
                    .await;
            }
        };
        let (hand_in, handed) = mpsc::channel(2 * CLAIM as usize);
        let (tell, mut told) = mpsc::channel(2 * CLAIM as usize);
        let shop = Arc::new(Shop {
            handed: AsyncMutex::new(handed),
            journal: journal.clone(),
            pace: Mutex::new(Pace::per_minute(lane.per_minute)),
            begun: Instant::now(),
            is_halted: AtomicBool::new(false),
        });
        let mut workers = JoinSet::new();
        for _ in 0..Ord::max(lane.connections, 1) {
            workers.spawn(work(shop.clone(), provider.clone(), tell.clone()));
        }
        drop(tell);
        let limit = match lane.per_minute {
            0 => CLAIM,
            per_minute => Ord::min(CLAIM, (per_minute * SLOW_CLAIM_S / 60 + 1) as u64),
        };
        let mut contents = Contents::default();
        let (mut in_flight, mut may_be_more) = (0, true);
        loop {
            if may_be_more && in_flight <= limit as usize / 2 && !shop.is_halted.load(Ordering::Relaxed) {
                match claim::claim(ctx, lane.id, &owner, limit, &mut contents).await {
                    Ok(claimed) => {
                        may_be_more = claimed.is_more;
                        in_flight += claimed.messages.len();
                        for message in claimed.messages {
                            hand_in.send(message).await.map_err(|_| gone())?;
                        }
                    }
                    Err(error) => {
                        tracing::error!(lane = lane.id, %error, "messages cannot be claimed");
                        may_be_more = false;
                    }
                }
            }
            if in_flight == 0 {
                if may_be_more && !shop.is_halted.load(Ordering::Relaxed) {
                    continue;
                }
                break;
            }
            let done = gather(&mut told).await;
            if done.is_empty() {
                return Err(gone());
            }
            // What has left is to be written down, however long the database is away.
            while let Err(error) = settle::settle(ctx, lane.id, &owner, &done).await {
                tracing::error!(lane = lane.id, %error, "what became of messages cannot be written down");
                tokio::time::sleep(NAP).await;
            }
            in_flight -= done.len();
            journal.settled(done.iter().map(|done| done.message.key()))?;
        }
        drop(hand_in);
        while workers.join_next().await.is_some() {}
        claim::release(ctx, lane.id, &owner).await
    }
}

fn gone() -> Error {
    Error::internal("the workers of a lane are gone")
}

/// Gathers what became of messages, for a transaction that is worth it.
async fn gather(told: &mut mpsc::Receiver<Done>) -> Vec<Done> {
    let mut done = Vec::with_capacity(SETTLE);
    let until = tokio::time::Instant::now() + SETTLE_EVERY;
    if told.recv_many(&mut done, SETTLE).await == 0 {
        return done;
    }
    while done.len() < SETTLE {
        let room = SETTLE - done.len();
        match tokio::time::timeout_at(until, told.recv_many(&mut done, room)).await {
            Ok(more) if more > 0 => {}
            _ => break,
        }
    }
    done
}

/// What the workers of a lane share.
struct Shop {
    handed: AsyncMutex<mpsc::Receiver<Outgoing>>,
    journal: Arc<Journal>,
    pace: Mutex<Pace>,
    begun: Instant,
    is_halted: AtomicBool,
}

impl Shop {
    /// Waits for the next message's turn.
    async fn in_turn(&self) {
        let now_us = self.begun.elapsed().as_micros() as i64;
        let wait_us = self.pace.lock().unwrap_or_else(PoisonError::into_inner).take(now_us);
        if wait_us > 0 {
            tokio::time::sleep(Duration::from_micros(wait_us as u64)).await;
        }
    }
}

/// Sends one message after the other by a link of its own.
async fn work(shop: Arc<Shop>, provider: Arc<dyn Provider>, tell: mpsc::Sender<Done>) {
    let mut link = provider.link();
    loop {
        let message = shop.handed.lock().await.recv().await;
        let Some(message) = message else { break };
        let outcome = if shop.is_halted.load(Ordering::Relaxed) {
            None
        } else {
            shop.in_turn().await;
            let wire = Wire {
                journal: Some(&shop.journal),
                key: message.key(),
            };
            let outcome = link.send(&message, &wire).await;
            note(&shop.journal, message.key(), &outcome);
            if matches!(outcome, Outcome::Halted(_)) {
                shop.is_halted.store(true, Ordering::Relaxed);
            }
            Some(outcome)
        };
        if tell.send(Done { message, outcome }).await.is_err() {
            break;
        }
    }
    link.close().await;
}

/// Notes the answer. Where that fails, a crash now would leave the message in doubt, which is true.
fn note(journal: &Journal, key: Attempt, outcome: &Outcome) {
    let mark = match outcome {
        Outcome::Accepted(_) => Mark::Accepted,
        Outcome::Unknown(_) => return,
        Outcome::Deferred(_) | Outcome::Halted(_) | Outcome::Rejected { .. } => Mark::Refused,
    };
    if let Err(error) = journal.note(key, mark) {
        tracing::error!(%error, "the wire journal cannot be written");
    }
}
