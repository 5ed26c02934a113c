//! `crm bench sales`: boards, pipelines and forecasts over many opportunities.

use anyhow::Context;
use axum::http::HeaderValue;
use kernel::clock::{DAY_US, local_date};
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::Result;
use sales::pipeline::facts;
use sales::pipelines::{self, Outcome, Pipeline};
use sea_query::{Alias, Query, Value};

use super::Report;
use super::cases::{self, Case};
use super::database::{Kind, Scratch};
use super::people::scattered;
use super::stage::Stage;
use super::{Line, bar, machine, measure, seed, spinner};
use crate::app::Product;
use crate::cli::told;

/// Customers the opportunities are of.
const CUSTOMERS: u64 = 5_000;
const CHUNK: u64 = 1_000;
/// Opportunities were opened over so many days before today; of those older than the open ones, all are closed.
const DAYS: u64 = 3 * 365;
const OPEN_DAYS: u64 = 150;

/// Boards, pipelines and forecasts over many opportunities
#[derive(clap::Args)]
pub struct Sales {
    /// Opportunities in the database
    #[arg(long, default_value_t = 200_000, value_name = "N")]
    opportunities: u64,
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
}

impl Sales {
    pub async fn run(self) -> anyhow::Result<()> {
        let sqlite = (!self.no_sqlite).then_some(Kind::Sqlite(None));
        let mut results = Vec::new();
        for kind in sqlite.into_iter().chain(self.postgres.clone().map(Kind::Postgres)) {
            let scratch = Scratch::open(&kind, false).await?;
            let outcome = self.measure(&scratch, &mut results).await;
            scratch.discard().await?;
            outcome.with_context(|| format!("on {}", kind.name()))?;
        }
        let report = Report {
            machine: machine::described(),
            results,
        };
        match self.json {
            true => println!("{}", serde_json::to_string_pretty(&report)?),
            false => print!("{}", report.table()),
        }
        Ok(())
    }

    async fn measure(&self, scratch: &Scratch, results: &mut Vec<Line>) -> anyhow::Result<()> {
        let product = scratch.product(false).await?;
        seed::customers(&product, CUSTOMERS, 0).await?;
        opportunities(&product, self.opportunities).await?;
        let stage = Stage::of(&product).await?;
        for case in cases(&stage, &stage.everything) {
            let bar = spinner(case.name);
            let measured = measure::run(&product, &case, &stage, self.seconds).await?;
            bar.finish_and_clear();
            let line = Line {
                rows: self.opportunities as i64,
                ..Line::new(&case, &product, &stage, measured)
            };
            eprintln!("{}", line.text());
            results.push(line);
        }
        product.app.db.clone().close().await;
        Ok(())
    }
}

/// What is asked by somebody who sees all, and by the manager of a third of it. Nothing is remembered from call to call.
fn cases(stage: &Stage, everything: &HeaderValue) -> Vec<Case> {
    let case = |name: &'static str, bearer: &HeaderValue, path: String| Case {
        is_forgetful: true,
        ..cases::reading(name, bearer, path)
    };
    let past = (stage.today - chrono::TimeDelta::days(400)).to_string();
    let as_of = format!("pipeline/?as_of={past}");
    let list = "opportunities/?outcome=open&amount__gte=100000&ordering=-amount_base".to_owned();
    vec![
        case("board", everything, "opportunities/board/".into()),
        case("board, one team", &stage.bearer, "opportunities/board/".into()),
        case("pipeline", everything, "pipeline/".into()),
        case("pipeline, one team", &stage.bearer, "pipeline/".into()),
        case("pipeline as of a past day", everything, as_of.clone()),
        case("pipeline as of a past day, one team", &stage.bearer, as_of),
        case("forecast", everything, "forecast/".into()),
        case("forecast, one team", &stage.bearer, "forecast/".into()),
        case("forecast by quarter", everything, "forecast/?period=quarter".into()),
        case("filter and sort", everything, list.clone()),
        case("filter and sort, one team", &stage.bearer, list),
    ]
}

/// Makes opportunities with their histories and lines, and what follows from these.
async fn opportunities(product: &Product, count: u64) -> anyhow::Result<()> {
    let ctx = product.system().await.map_err(told)?;
    let all = pipelines::all(&ctx).await.map_err(told)?;
    let pipeline = all.default().context("there is no pipeline")?;
    let owners = Query::select().columns(["id", "team_id"]).from(Alias::new("users")).to_owned();
    let owners: Vec<(i64, Option<i64>)> = ctx.db.all(&owners).await.map_err(told)?;
    let bar = bar("opportunities", count)?;
    for first in (0..count).step_by(CHUNK as usize) {
        let indexes = first..(first + CHUNK).min(count);
        bar.inc(indexes.end - indexes.start);
        let some: Vec<Deal> = indexes.map(|index| Deal::of(index, &ctx, pipeline, &owners)).collect();
        ctx.db.write(async |tx| keep(tx, &ctx, &some).await).await.map_err(told)?;
    }
    bar.finish_and_clear();
    ctx.db.analyze().await.map_err(told)
}

/// An opportunity with how it stood from when on.
struct Deal {
    row: Vec<Value>,
    history: Vec<Vec<Value>>,
}

const COLUMNS: [&str; 29] = [
    "opportunity_number",
    "name",
    "name_fold",
    "name_sort",
    "customer_id",
    "pipeline_id",
    "stage_id",
    "stage",
    "outcome",
    "is_won",
    "probability",
    "probability_source",
    "amount",
    "currency",
    "amount_base",
    "opened_on",
    "expected_close_date",
    "actual_close_date",
    "source",
    "source_fold",
    "category",
    "stage_entered_at",
    "closed_at",
    "owner_id",
    "team_id",
    "version",
    "created_at",
    "updated_at",
    "next_step",
];

const HISTORY: [&str; 14] = [
    "at",
    "until_at",
    "pipeline_id",
    "stage_from_id",
    "stage_id",
    "outcome",
    "amount",
    "currency",
    "amount_base",
    "probability",
    "expected_close_date",
    "category",
    "owner_id",
    "team_id",
];

impl Deal {
    fn of(index: u64, ctx: &Ctx, pipeline: &Pipeline, owners: &[(i64, Option<i64>)]) -> Deal {
        let dice = |salt: u64, limit: u64| scattered(index.wrapping_mul(31).wrapping_add(salt), limit);
        let opened_at = ctx.now_us() - dice(1, DAYS) as i64 * DAY_US - dice(2, 86_400) as i64 * 1_000_000;
        let age_days = (ctx.now_us() - opened_at) / DAY_US;
        let is_open = age_days < OPEN_DAYS as i64 && dice(3, 10) < 8;
        let open: Vec<_> = pipeline.stages.iter().filter(|stage| stage.outcome == Outcome::Open).collect();
        let end = if dice(4, 100) < 63 { Outcome::Won } else { Outcome::Lost };
        let closing = pipeline.stages.iter().find(|stage| stage.outcome == end);
        // From the first stage as far as it came, and to its end when it has one.
        let reached = 1 + dice(5, open.len() as u64) as usize;
        let steps: Vec<_> = open.into_iter().take(reached).chain(closing.filter(|_| !is_open)).collect();
        let life = if is_open {
            Ord::max(age_days, 1)
        } else {
            Ord::min(age_days, 10 + dice(6, 130) as i64)
        };
        let step_us = life * DAY_US / steps.len() as i64;
        let day = |at: i64| local_date(at, ctx.org.zone).to_string();
        let last_at = opened_at + step_us * (steps.len() as i64 - 1);
        let closed_on = (!is_open).then(|| day(last_at));
        let expected_at = if is_open {
            ctx.now_us() + (dice(7, 150) as i64 - 30) * DAY_US
        } else {
            last_at
        };
        let amount = 50_000 + dice(8, 5_000_000) as i64;
        let (owner, team) = owners[dice(9, owners.len() as u64) as usize];
        let source = ["web", "fuar", "referans", "reklam", "telefon"][dice(10, 5) as usize];
        let currency = ctx.org.currency.as_str();
        let history = steps.iter().enumerate().map(|(place, stage)| {
            let at = opened_at + step_us * place as i64;
            let is_last = place + 1 == steps.len();
            // At first every other one was expected a month earlier.
            let early = if place == 0 && index.is_multiple_of(2) { 30 * DAY_US } else { 0 };
            vec![
                at.into(),
                (!is_last).then_some(at + step_us).into(),
                pipeline.id.into(),
                place.checked_sub(1).map(|before| steps[before].id).into(),
                stage.id.into(),
                stage.outcome.word().into(),
                amount.into(),
                currency.into(),
                amount.into(),
                stage.probability.into(),
                day(expected_at - early).into(),
                stage.category.word().into(),
                owner.into(),
                team.into(),
            ]
        });
        let history = history.collect();
        let stage = steps[steps.len() - 1];
        let name = format!("Fırsat {index}");
        let row = vec![
            format!("F-{index:08}").into(),
            name.as_str().into(),
            kernel::text::fold(&name).into(),
            kernel::text::sort_key(&name).into(),
            (1 + dice(11, CUSTOMERS) as i64).into(),
            pipeline.id.into(),
            stage.id.into(),
            stage.key.as_str().into(),
            stage.outcome.word().into(),
            (stage.outcome == Outcome::Won).into(),
            stage.probability.into(),
            "stage".into(),
            amount.into(),
            currency.into(),
            amount.into(),
            day(opened_at).into(),
            day(expected_at).into(),
            closed_on.into(),
            source.into(),
            source.into(),
            stage.category.word().into(),
            last_at.into(),
            (!is_open).then_some(last_at).into(),
            owner.into(),
            team.into(),
            1_i64.into(),
            opened_at.into(),
            last_at.into(),
            "".into(),
        ];
        Deal { row, history }
    }
}

async fn keep(tx: &mut Tx, ctx: &Ctx, deals: &[Deal]) -> Result<()> {
    let rows = deals.iter().map(|deal| deal.row.clone());
    let ids = tx.insert_new_rows("opportunities", &COLUMNS, rows).await?;
    let with = |id: &i64, row: &Vec<Value>| [vec![(*id).into()], row.clone()].concat();
    let history = ids
        .iter()
        .zip(deals)
        .flat_map(|(id, deal)| deal.history.iter().map(move |row| with(id, row)));
    let history: Vec<Vec<Value>> = history.collect();
    let columns = [&["opportunity_id"][..], &HISTORY[..]].concat();
    tx.insert_rows("opportunity_history", &columns, history.into_iter()).await?;
    let line = |(id, deal): (&i64, &Deal)| {
        vec![
            (*id).into(),
            format!("Ürün {}", id % 12).into(),
            1_000_i64.into(),
            deal.row[12].clone(),
            deal.row[12].clone(),
        ]
    };
    let columns = ["opportunity_id", "name", "quantity", "unit_price", "total"];
    tx.insert_rows("opportunity_lines", &columns, ids.iter().zip(deals).map(line))
        .await?;
    facts::rebuild(tx, ctx, &ids).await
}
