//! `crm bench dedupe`: how many duplicates are found, how many of those found are none, and how long it takes, on generated records whose
//! duplicates are known.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::{Duration, Instant};

use anyhow::Context;
use customers::custom_fields;
use customers::customer::Customer;
use customers::customer::change;
use customers::duplicates::facts::{self, Facts};
use customers::duplicates::score::{AUTOMATIC_MILLIS, Level, review_millis, score};
use customers::duplicates::{check, scan};
use identity::setup::{self, NewOrganisation};
use kernel::ctx::Ctx;
use sea_query::{Alias, Query};
use serde_json::json;

use super::database::{Kind, Scratch};
use super::{doubles, machine};
use crate::cli::told;

const CHUNK: usize = 2_000;
/// Single checks that are timed.
const CHECKS: usize = 1_000;

/// Measure how well duplicates are found, on generated records whose duplicates are known
#[derive(clap::Args)]
pub struct Dedupe {
    /// Records, one of ten of which is somebody's second
    #[arg(long, default_value_t = 100_000, value_name = "N")]
    customers: u64,
    /// Other records of the same kind
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    /// Measure on PostgreSQL, in a database made for it on this server and dropped afterwards
    #[arg(long, value_name = "URL")]
    postgres: Option<String>,
    /// Also print what each level of comparison is worth on these records: log₂(m/u)
    #[arg(long)]
    weights: bool,
}

/// How well a threshold does.
struct Quality {
    threshold: i64,
    found: usize,
    right: usize,
    all: usize,
}

impl Quality {
    fn precision(&self) -> f64 {
        self.right as f64 / self.found.max(1) as f64
    }

    fn recall(&self) -> f64 {
        self.right as f64 / self.all.max(1) as f64
    }
}

impl Dedupe {
    /// Makes the records, looks through them, prints.
    pub async fn run(self) -> anyhow::Result<()> {
        let kind = self.postgres.clone().map_or(Kind::Sqlite(None), Kind::Postgres);
        let scratch = Scratch::open(&kind, false).await?;
        let outcome = self.measure(&scratch).await;
        scratch.discard().await?;
        outcome.with_context(|| format!("on {}", kind.name()))
    }

    async fn measure(&self, scratch: &Scratch) -> anyhow::Result<()> {
        let product = scratch.product(false).await?;
        let ctx = product.system().await.map_err(told)?;
        ctx.db
            .write(async |tx| setup::organisation(tx, &ctx, NewOrganisation::named("Ölçüm A.Ş.", "tr")).await)
            .await
            .map_err(told)?;
        let records = doubles::records(self.seed, self.customers, ctx.today());
        let begun = Instant::now();
        let owners = keep(&ctx, &records).await?;
        let created = begun.elapsed();
        ctx.db.analyze().await.map_err(told)?;

        let bar = super::spinner("looking through all of them");
        let begun = Instant::now();
        let scanned = scan::rescan(&ctx).await.map_err(told)?;
        let took = begun.elapsed();
        bar.finish_and_clear();
        let found = pairs(&ctx).await?;
        let all = true_pairs(&owners);
        let of = |threshold: i64| {
            let above = || found.iter().filter(move |(_, _, millis)| *millis >= threshold);
            Quality {
                threshold,
                found: above().count(),
                right: above().filter(|(low, high, _)| owners.get(low) == owners.get(high)).count(),
                all,
            }
        };
        let between = [300, 400, 500, 600, 700, 800, 900, 990];
        let review = review_millis(records.len() as i64);
        let thresholds = [review].into_iter().chain(between).chain([AUTOMATIC_MILLIS]);
        let thresholds = thresholds.filter(|threshold| *threshold >= review).collect::<BTreeSet<i64>>();
        let qualities: Vec<Quality> = thresholds.into_iter().map(of).collect();
        let mut checks = checks(&ctx, &records).await?;
        checks.sort_unstable();
        let p = |part: f64| checks.get((checks.len() as f64 * part) as usize).copied().unwrap_or_default();
        let per_s = (records.len() as f64 / created.as_secs_f64()) as u64;
        if self.json {
            let report = json!({
                "machine": machine::described(), "database": ctx.db.dialect().name(), "customers": records.len(), "true_pairs": all,
                "compared_pairs": scanned.compared, "scan_ms": took.as_millis() as u64, "created_per_s": per_s,
                "check_p50_us": p(0.5).as_micros() as u64, "check_p95_us": p(0.95).as_micros() as u64,
                "thresholds": qualities.iter().map(|quality| json!({
                    "probability": quality.threshold as f64 / 1000.0, "found": quality.found, "right": quality.right,
                    "precision": quality.precision(), "recall": quality.recall(),
                })).collect::<Vec<_>>(),
            });
            println!("{}", serde_json::to_string_pretty(&report)?);
        } else {
            println!("{}\n", machine::described());
            println!(
                "{}: {} records, {all} pairs of the same; {per_s} created per s in batches; {} pairs share a key; all looked through in {:.1} s; a check takes {:.2} ms (p50), {:.2} ms (p95)\n",
                ctx.db.dialect().name(),
                records.len(),
                scanned.compared,
                took.as_secs_f64(),
                p(0.5).as_secs_f64() * 1000.0,
                p(0.95).as_secs_f64() * 1000.0,
            );
            println!("| threshold | found | right | precision | recall |\n|--:|--:|--:|--:|--:|");
            for quality in &qualities {
                println!(
                    "| {:.3} | {} | {} | {:.4} | {:.4} |",
                    quality.threshold as f64 / 1000.0,
                    quality.found,
                    quality.right,
                    quality.precision(),
                    quality.recall()
                );
            }
        }
        if self.weights {
            weights(&ctx, &owners, all).await?;
        }
        product.app.db.clone().close().await;
        Ok(())
    }
}

/// Keeps the records; gives whose each customer is.
async fn keep(ctx: &Ctx, records: &[doubles::Record]) -> anyhow::Result<HashMap<i64, u64>> {
    let bar = super::bar("customers", records.len() as u64)?;
    let definitions = custom_fields::definitions(ctx).await.map_err(told)?;
    let mut owners = HashMap::with_capacity(records.len());
    for some in records.chunks(CHUNK) {
        let drafts: Vec<Customer> = some.iter().map(|record| record.draft.clone()).collect();
        let (created, refused) = ctx
            .db
            .write(async |tx| change::create_all(tx, ctx, &ctx.stamp(), &definitions, drafts).await)
            .await
            .map_err(told)?;
        anyhow::ensure!(refused.is_empty(), "not every record could be kept: {:?}", refused.first());
        owners.extend(created.iter().zip(some).map(|(customer, record)| (customer.id, record.of)));
        bar.inc(some.len() as u64);
    }
    bar.finish_and_clear();
    Ok(owners)
}

async fn pairs(ctx: &Ctx) -> anyhow::Result<Vec<(i64, i64, i64)>> {
    let query = Query::select()
        .columns(["low_id", "high_id", "probability_millis"])
        .from(Alias::new("duplicate_pairs"))
        .to_owned();
    ctx.db.all(&query).await.map_err(told)
}

/// How many pairs are of one and the same.
fn true_pairs(owners: &HashMap<i64, u64>) -> usize {
    let mut records: HashMap<u64, usize> = HashMap::new();
    for of in owners.values() {
        *records.entry(*of).or_default() += 1;
    }
    records.values().map(|count| count * (count - 1) / 2).sum()
}

/// How long single checks of drafts take.
async fn checks(ctx: &Ctx, records: &[doubles::Record]) -> anyhow::Result<Vec<Duration>> {
    let step = (records.len() / CHECKS).max(1);
    let mut took = Vec::with_capacity(CHECKS);
    for record in records.iter().step_by(step) {
        let facts = Facts::of(&record.draft);
        let begun = Instant::now();
        check::alike(ctx, &facts).await.map_err(told)?;
        took.push(begun.elapsed());
    }
    Ok(took)
}

/// Prints what each level is worth on these records, in bits: fitted to all pairs that share a key by logistic regression, since under a
/// shared key the fields do not speak independently of each other (two who share a phone and no name are most often a family).
async fn weights(ctx: &Ctx, owners: &HashMap<i64, u64>, all: usize) -> anyhow::Result<()> {
    let newest = owners.keys().max().copied().unwrap_or_default();
    let candidates = scan::pairs(&ctx.db, newest).await.map_err(told)?;
    let ids: HashSet<i64> = candidates.iter().flat_map(|(low, high)| [*low, *high]).collect();
    let mut ids: Vec<i64> = ids.into_iter().collect();
    ids.sort_unstable();
    let all_facts = facts::read(&ctx.db, &ids).await.map_err(told)?;
    let by_id: HashMap<i64, &Facts> = all_facts.iter().map(|facts| (facts.id, facts)).collect();
    println!("\nof {all} pairs of the same, those that share a key:");
    for (is_company, what) in [(false, "people"), (true, "companies")] {
        // Pairs that compare alike are one row, with how many of them are of the same and how many are not.
        let mut rows: BTreeMap<Vec<Level>, [f64; 2]> = BTreeMap::new();
        for (low, high) in &candidates {
            let (Some(a), Some(b)) = (by_id.get(low), by_id.get(high)) else {
                continue;
            };
            let Some(score) = score(a, b).filter(|_| a.is_company == is_company) else {
                continue;
            };
            let side = usize::from(owners.get(low) != owners.get(high));
            rows.entry(score.levels).or_default()[side] += 1.0;
        }
        let (prior, fitted) = fit(&rows);
        let side = |side: usize| rows.values().map(|counts| counts[side]).sum::<f64>();
        println!(
            "\n{what}: {} of the same, {} others; before looking {prior:.1} bits\n",
            side(0),
            side(1)
        );
        println!("| level | of the same | others | fitted | weight |\n|---|--:|--:|--:|--:|");
        for (level, bits) in fitted {
            let seen = |side: usize| {
                rows.iter()
                    .filter(|(levels, _)| levels.contains(&level))
                    .map(|(_, counts)| counts[side])
                    .sum::<f64>()
            };
            println!("| {} | {} | {} | {bits:.1} | {:.1} |", level.word(), seen(0), seen(1), level.bits());
        }
    }
    Ok(())
}

/// The odds before looking and the weights of the levels, in bits, that make these counts likeliest; held back a little, so that what was
/// never seen otherwise is not worth infinitely much.
fn fit(rows: &BTreeMap<Vec<Level>, [f64; 2]>) -> (f64, BTreeMap<Level, f64>) {
    const ROUNDS: usize = 4_000;
    const HELD_BACK: f64 = 0.5;
    let mut prior = 0.0_f64;
    let mut weights: BTreeMap<Level, (f64, f64)> = rows.keys().flatten().map(|level| (*level, (0.0, 0.0))).collect();
    let mut prior_steps = 0.0;
    // Gradient ascent with steps that grow smaller for what has moved much (AdaGrad).
    for _ in 0..ROUNDS {
        let mut slope = 0.0;
        let mut slopes: BTreeMap<Level, f64> = weights.iter().map(|(level, (weight, _))| (*level, -HELD_BACK * weight)).collect();
        for (levels, [same, other]) in rows {
            let odds = prior
                + levels
                    .iter()
                    .filter_map(|level| weights.get(level))
                    .map(|(weight, _)| weight)
                    .sum::<f64>();
            let off = same - (same + other) / (1.0 + (-odds).exp());
            slope += off;
            for level in levels {
                *slopes.entry(*level).or_default() += off;
            }
        }
        prior_steps += slope * slope;
        prior += 0.5 * slope / (prior_steps.sqrt() + 1e-9);
        for (level, (weight, steps)) in &mut weights {
            let slope = slopes.get(level).copied().unwrap_or_default();
            *steps += slope * slope;
            *weight += 0.5 * slope / (steps.sqrt() + 1e-9);
        }
    }
    let bits = |nats: f64| nats / std::f64::consts::LN_2;
    (
        bits(prior),
        weights.into_iter().map(|(level, (weight, _))| (level, bits(weight))).collect(),
    )
}
