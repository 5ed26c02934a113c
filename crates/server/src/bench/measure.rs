//! Runs a case and keeps how long every call took.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use tower::ServiceExt;

use super::cases::{Case, Work};
use super::stage::Stage;
use crate::app::Product;
use crate::cli::told;

/// Calls before the first that counts: statements are prepared, caches filled.
const WARM_UP: u64 = 20;
/// The kernel counts processor time in hundredths of a second.
const TICK_US: u64 = 10_000;

/// What a case took.
pub struct Measured {
    /// Microseconds of each call, in rising order.
    took_us: Vec<u64>,
    /// Things done: calls, or rows where a call is a whole file.
    done: u64,
    whole: Duration,
    cpu_us: u64,
}

impl Measured {
    pub fn percentile(&self, percent: f64) -> u64 {
        let place = (percent / 100.0 * self.took_us.len() as f64).ceil() as usize;
        self.took_us.get(place.saturating_sub(1)).copied().unwrap_or_default()
    }

    pub fn cpu_us_each(&self) -> u64 {
        self.cpu_us / self.done.max(1)
    }

    pub fn per_second(&self) -> u64 {
        (self.done as f64 / self.whole.as_secs_f64()).round() as u64
    }
}

/// Processor time of this process so far, user and system together.
pub fn cpu_us() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program, in parentheses, may hold anything; the fields after it count from the third.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: u64 = fields.iter().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    ticks * TICK_US
}

/// Runs a case for as long as asked.
pub async fn run(product: &Product, case: &Case, stage: &Stage, seconds: f64) -> anyhow::Result<Measured> {
    match &case.work {
        Work::Calls { clients, request } => {
            // The first calls of all clients differ from those that count, or what they create would be there already.
            let next = Arc::new(AtomicU64::new(stage.fresh));
            let call = |until: Until| {
                let (router, request, next) = (product.router.clone(), request.clone(), next.clone());
                let (db, is_forgetful) = (product.app.db.clone(), case.is_forgetful);
                tokio::spawn(async move {
                    let mut took_us = Vec::new();
                    while until.goes_on(took_us.len()) {
                        if is_forgetful {
                            db.memo().touch(["customer", "opportunity"]);
                        }
                        let request = request(next.fetch_add(1, Ordering::Relaxed))?;
                        let begun = Instant::now();
                        answered(&router, request).await?;
                        took_us.push(begun.elapsed().as_micros() as u64);
                    }
                    anyhow::Ok(took_us)
                })
            };
            call(Until::Calls(WARM_UP)).await??;
            let (begun, cpu_before) = (Instant::now(), cpu_us());
            let end = begun + Duration::from_secs_f64(seconds);
            let tasks: Vec<_> = (0..*clients).map(|_| call(Until::Time(end))).collect();
            let mut took_us = Vec::new();
            for task in tasks {
                took_us.extend(task.await??);
            }
            let (whole, cpu_us) = (begun.elapsed(), cpu_us() - cpu_before);
            took_us.sort_unstable();
            Ok(Measured {
                done: took_us.len() as u64,
                took_us,
                whole,
                cpu_us,
            })
        }
        Work::Import { file, rows } => {
            let ctx = product.system().await.map_err(told)?;
            let (begun, cpu_before) = (Instant::now(), cpu_us());
            let import = customers::imports::run::run_file(&ctx, file, Default::default(), |_| {})
                .await
                .map_err(told)?;
            let (whole, cpu_us) = (begun.elapsed(), cpu_us() - cpu_before);
            let created = import.figures.written.created;
            if created as u64 != *rows {
                bail!("the import created {created} customers of {rows}: {:?}", import.figures);
            }
            Ok(Measured {
                took_us: vec![whole.as_micros() as u64],
                done: *rows,
                whole,
                cpu_us,
            })
        }
    }
}

#[derive(Clone, Copy)]
enum Until {
    Calls(u64),
    Time(Instant),
}

impl Until {
    fn goes_on(self, calls: usize) -> bool {
        match self {
            Until::Calls(wanted) => (calls as u64) < wanted,
            Until::Time(end) => Instant::now() < end,
        }
    }
}

pub async fn answered(router: &Router, request: Request<Body>) -> anyhow::Result<()> {
    let what = format!("{} {}", request.method(), request.uri());
    let response = router.clone().oneshot(request).await?;
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await?;
    if !status.is_success() {
        bail!("{what}: {status} {}", String::from_utf8_lossy(&body));
    }
    Ok(())
}

/// The answer to a request that a case is made from.
pub async fn asked(router: &Router, stage: &Stage, path: &str) -> anyhow::Result<serde_json::Value> {
    let request = Request::get(path)
        .header(header::AUTHORIZATION, stage.bearer.clone())
        .body(Body::empty())?;
    let response = router.clone().oneshot(request).await?;
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await?;
    if !status.is_success() {
        bail!("{path}: {status} {}", String::from_utf8_lossy(&body));
    }
    serde_json::from_slice(&body).with_context(|| path.to_owned())
}
