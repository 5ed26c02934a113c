//! `crm bench backup`: what a backup costs those who write meanwhile, and whether what it keeps is sound. Writes come at a steady rate, each timed from
//! the moment it was due, so that waiting counts; `crm backup`, `crm restore` and `crm doctor` run as processes of their own, as they would.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use axum::body::Body;
use axum::http::{Method, Request, header};
use kernel::db;
use serde_json::{Value, json};
use tokio::process::Command;
use tokio::task::JoinSet;

use super::database::{Kind, Scratch};
use super::stage::Stage;
use super::{machine, measure, people, seed};
use crate::app::{PREFIX, Product};
use crate::cli::told;

/// One write of so many makes a customer; the others change one.
const CREATES: u64 = 5;

/// Measure a backup while others write, and check what it restores to
#[derive(clap::Args)]
pub struct Backup {
    /// Customers in the database
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    customers: u64,
    /// Writes a second
    #[arg(long, default_value_t = 500, value_name = "N")]
    rate: u32,
    /// How long the writes are measured alone, before the backup
    #[arg(long, default_value_t = 10.0, value_name = "S")]
    seconds: f64,
    /// Measure on PostgreSQL, in databases made for it on this server and dropped afterwards
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
}

/// What the writes of a while took.
struct Writes {
    took_us: Vec<u64>,
    whole: Duration,
}

impl Writes {
    fn line(&mut self, when: &str) -> String {
        self.took_us.sort_unstable();
        let percentile = |percent: usize| {
            let place = (self.took_us.len() * percent).div_ceil(100).saturating_sub(1);
            self.took_us.get(place).copied().unwrap_or_default() as f64 / 1000.0
        };
        let rate = self.took_us.len() as f64 / self.whole.as_secs_f64();
        format!(
            "| {when} | {rate:.0} | {:.2} | {:.2} | {:.2} | {:.2} |",
            percentile(50),
            percentile(95),
            percentile(99),
            percentile(100)
        )
    }
}

impl Backup {
    pub async fn run(self) -> anyhow::Result<()> {
        let kind = self.postgres.clone().map_or(Kind::Sqlite(None), Kind::Postgres);
        let scratch = Scratch::open(&kind, false).await?;
        let outcome = self.measure(&scratch).await;
        scratch.discard().await?;
        outcome.with_context(|| format!("on {}", kind.name()))
    }

    async fn measure(&self, scratch: &Scratch) -> anyhow::Result<()> {
        let product = scratch.product(false).await?;
        seed::customers(&product, self.customers, self.customers).await?;
        let stage = Arc::new(Stage::of(&product).await?);

        let (mut next, is_over) = (0, Arc::new(AtomicBool::new(false)));
        let alone = tokio::time::sleep(Duration::from_secs_f64(self.seconds));
        let mut before = self.writes(&product, &stage, &mut next, alone).await?;

        let file = scratch.dir().join("bench.zip");
        let place = scratch.place();
        let begun = Instant::now();
        let backup = {
            let (file, dir, is_over) = (file.clone(), scratch.dir().to_owned(), is_over.clone());
            let url = (!scratch.is_sqlite()).then_some(place);
            tokio::spawn(async move {
                let told = crm(&dir, url.as_deref(), &["backup", "--to", &file.display().to_string()]).await;
                is_over.store(true, Ordering::SeqCst);
                told
            })
        };
        let over = async {
            while !is_over.load(Ordering::SeqCst) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let mut during = self.writes(&product, &stage, &mut next, over).await?;
        let took = begun.elapsed();
        let backed_up = backup.await??;
        product.app.db.clone().close().await;

        println!(
            "{}, {}, {} customers\n",
            machine::described(),
            product.app.db.dialect().name(),
            stage.customers
        );
        println!("| writes | per s | p50 ms | p95 ms | p99 ms | longest ms |\n|---|--:|--:|--:|--:|--:|");
        println!("{}\n{}\n", before.line("alone"), during.line("during the backup"));
        println!(
            "backup: {:.1} s, {} MB; {}",
            took.as_secs_f64(),
            file.metadata()?.len() / 1_000_000,
            backed_up.trim()
        );
        self.restore(scratch, &file).await
    }

    /// Restores into an empty place, and asks the doctor.
    async fn restore(&self, scratch: &Scratch, file: &Path) -> anyhow::Result<()> {
        let dir = scratch.dir().join("restored");
        std::fs::create_dir_all(&dir)?;
        let name = format!("crm_bench_restored_{}", std::process::id());
        let url = match &self.postgres {
            Some(server) => Some(db::create_postgres(server, &name).await.map_err(told)?),
            None => None,
        };
        let begun = Instant::now();
        let restored = crm(&dir, url.as_deref(), &["restore", &file.display().to_string()]).await;
        let took = begun.elapsed();
        let verdict = match restored {
            Ok(_) => crm(&dir, url.as_deref(), &["doctor", "--all"]).await,
            Err(error) => Err(error),
        };
        if let Some(server) = &self.postgres {
            db::drop_postgres(server, &name).await.map_err(told)?;
        }
        println!("restore: {:.1} s\n\n{}", took.as_secs_f64(), verdict?);
        Ok(())
    }

    /// Writes at the rate until told to stop; each is timed from when it was due, and one that fails ends the measurement.
    async fn writes(
        &self,
        product: &Product,
        stage: &Arc<Stage>,
        next: &mut u64,
        until: impl Future<Output = ()>,
    ) -> anyhow::Result<Writes> {
        let begun = Instant::now();
        let each = Duration::from_secs(1) / self.rate.max(1);
        let mut under_way = JoinSet::new();
        let mut took_us = Vec::new();
        let mut count = 0;
        tokio::pin!(until);
        loop {
            let due = begun + each * count;
            tokio::select! {
                biased;
                () = &mut until => break,
                () = tokio::time::sleep_until(due.into()) => {}
            }
            let (router, request) = (product.router.clone(), write(stage, *next)?);
            under_way.spawn(async move {
                measure::answered(&router, request).await?;
                anyhow::Ok(due.elapsed().as_micros() as u64)
            });
            count += 1;
            *next += 1;
            while let Some(done) = under_way.try_join_next() {
                took_us.push(done??);
            }
        }
        while let Some(done) = under_way.join_next().await {
            took_us.push(done??);
        }
        let whole = begun.elapsed();
        Ok(Writes { took_us, whole })
    }
}

fn write(stage: &Stage, n: u64) -> anyhow::Result<Request<Body>> {
    let (method, path, body): (Method, String, Value) = if n.is_multiple_of(CREATES) {
        (Method::POST, "customers/".into(), people::json(stage.fresh + n, stage.today))
    } else {
        let id = stage.visible[n as usize % stage.visible.len()];
        (
            Method::PATCH,
            format!("customers/{id}/"),
            json!({ "lead_source": format!("olcum-{n}") }),
        )
    };
    Ok(Request::builder()
        .method(method)
        .uri(format!("{PREFIX}/{path}"))
        .header(header::AUTHORIZATION, stage.bearer.clone())
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))?)
}

/// Runs this program on a database; gives what it printed.
async fn crm(dir: &Path, url: Option<&str>, arguments: &[&str]) -> anyhow::Result<String> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(arguments)
        .env("CRM_DATA_DIR", dir)
        .stdin(Stdio::null())
        .env_remove("DATABASE_URL");
    if let Some(url) = url {
        command.env("DATABASE_URL", url);
    }
    let output = command.output().await?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.success(),
        "crm {arguments:?} failed:\n{printed}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(printed)
}
