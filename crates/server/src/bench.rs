//! `crm bench`: how fast the product is on this machine. Calls go through the router in this process, with the API token of a user who sees
//! one team of three, so that authentication, permissions and row scope are part of every figure; only the network is not.

mod backup;
mod cases;
mod database;
mod dedupe;
mod doubles;
mod forms;
mod machine;
mod measure;
mod messages;
mod people;
mod sales;
mod seed;
mod stage;

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use cases::Case;
use database::{Kind, Scratch};
use measure::Measured;
use stage::Stage;

/// Measure how fast it is on this machine, in a database of its own
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Bench {
    #[command(subcommand)]
    what: Option<What>,
    /// Customers in the database
    #[arg(long, default_value_t = 10_000, value_name = "N")]
    customers: u64,
    /// Further events, beside one for every customer's creation [default: as many as customers]
    #[arg(long, value_name = "N")]
    events: Option<u64>,
    /// How long each case runs
    #[arg(long, default_value_t = 5.0, value_name = "S")]
    seconds: f64,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Measure PostgreSQL too, in a database made for it on this server and dropped afterwards
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// Leave SQLite out
    #[arg(long, requires = "postgres")]
    no_sqlite: bool,
    /// Leave the databases behind and say where they are
    #[arg(long)]
    keep: bool,
    /// Measure a database that --keep left behind: its directory or its URL. It grows by what the cases write
    #[arg(long, value_name = "WHERE", conflicts_with_all = ["postgres", "customers", "events"])]
    reuse: Option<String>,
    /// Only the cases whose name contains this
    #[arg(long, value_name = "PART")]
    only: Option<String>,
}

#[derive(clap::Subcommand)]
enum What {
    Dedupe(dedupe::Dedupe),
    Backup(backup::Backup),
    Forms(forms::Forms),
    Messages(messages::Messages),
    Sales(sales::Sales),
}

#[derive(Serialize)]
struct Report {
    machine: String,
    results: Vec<Line>,
}

/// A case on a database.
#[derive(Serialize)]
struct Line {
    name: &'static str,
    database: &'static str,
    /// Customers in the database before the cases that write.
    rows: i64,
    p50_us: u64,
    p95_us: u64,
    p99_us: u64,
    /// Of this process; PostgreSQL's own is not in it.
    cpu_us: u64,
    per_s: u64,
}

impl Bench {
    /// Seeds, measures, prints.
    pub async fn run(mut self) -> anyhow::Result<()> {
        match self.what.take() {
            Some(What::Dedupe(dedupe)) => return dedupe.run().await,
            Some(What::Backup(backup)) => return backup.run().await,
            Some(What::Forms(forms)) => return forms.run().await,
            Some(What::Messages(messages)) => return messages.run().await,
            Some(What::Sales(sales)) => return sales.run().await,
            None => {}
        }
        let mut results = Vec::new();
        for kind in self.kinds() {
            let scratch = Scratch::open(&kind, self.reuse.is_some()).await?;
            let outcome = self.measure(&scratch, &mut results).await;
            if self.keep || self.reuse.is_some() {
                eprintln!("kept: {}", scratch.place());
            } else {
                scratch.discard().await?;
            }
            outcome.with_context(|| format!("on {}", kind.name()))?;
        }
        let report = Report {
            machine: machine::described(),
            results,
        };
        if self.json {
            println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            print!("{}", report.table());
        }
        Ok(())
    }

    fn kinds(&self) -> Vec<Kind> {
        if let Some(place) = &self.reuse {
            return vec![if place.starts_with("postgres") {
                Kind::Postgres(place.clone())
            } else {
                Kind::Sqlite(Some(place.into()))
            }];
        }
        let sqlite = (!self.no_sqlite).then_some(Kind::Sqlite(None));
        sqlite.into_iter().chain(self.postgres.clone().map(Kind::Postgres)).collect()
    }

    async fn measure(&self, scratch: &Scratch, results: &mut Vec<Line>) -> anyhow::Result<()> {
        let mut product = scratch.product(false).await?;
        if self.reuse.is_none() {
            seed::customers(&product, self.customers, self.events.unwrap_or(self.customers)).await?;
        }
        let stage = Stage::of(&product).await?;
        let cases = cases::all(&product, &stage, scratch.dir()).await?;
        let wanted = |case: &&Case| self.only.as_deref().is_none_or(|part| case.name.contains(part));
        let mut is_full = false;
        for case in cases.iter().filter(wanted) {
            if case.needs_full_sync && !scratch.is_sqlite() {
                continue;
            }
            if case.needs_full_sync != is_full {
                is_full = case.needs_full_sync;
                product.app.db.clone().close().await;
                product = scratch.product(is_full).await?;
            }
            let bar = spinner(case.name);
            let measured = measure::run(&product, case, &stage, self.seconds).await?;
            bar.finish_and_clear();
            let line = Line::new(case, &product, &stage, measured);
            eprintln!("{}", line.text());
            results.push(line);
        }
        product.app.db.clone().close().await;
        Ok(())
    }
}

impl Line {
    fn new(case: &Case, product: &crate::app::Product, stage: &Stage, measured: Measured) -> Line {
        Line {
            name: case.name,
            database: product.app.db.dialect().name(),
            rows: stage.customers,
            p50_us: measured.percentile(50.0),
            p95_us: measured.percentile(95.0),
            p99_us: measured.percentile(99.0),
            cpu_us: measured.cpu_us_each(),
            per_s: measured.per_second(),
        }
    }

    fn text(&self) -> String {
        let ms = |us: u64| format!("{:.2}", us as f64 / 1000.0);
        format!(
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            self.name,
            self.database,
            self.rows,
            ms(self.p50_us),
            ms(self.p95_us),
            ms(self.p99_us),
            self.cpu_us,
            self.per_s
        )
    }
}

impl Report {
    fn table(&self) -> String {
        let mut table = format!("{}\n\n", self.machine);
        table.push_str("| case | database | customers | p50 ms | p95 ms | p99 ms | CPU µs | per s |\n");
        table.push_str("|---|---|--:|--:|--:|--:|--:|--:|\n");
        for line in &self.results {
            table.push_str(&line.text());
            table.push('\n');
        }
        table
    }
}

/// A line on stderr that turns while something goes on.
fn spinner(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(what);
    bar.enable_steady_tick(std::time::Duration::from_millis(200));
    bar
}

/// A bar on stderr that fills.
fn bar(what: &'static str, whole: u64) -> anyhow::Result<ProgressBar> {
    let style = ProgressStyle::with_template("{msg:24} {wide_bar} {human_pos}/{human_len} {per_sec} {eta}")?;
    Ok(ProgressBar::new(whole).with_style(style).with_message(what))
}
