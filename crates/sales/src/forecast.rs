//! The forecast: what is won and what is expected by period, for everybody, for every team with those below it, for every representative;
//! beside it what may come by simulation, the quota, and what past periods had promised and brought. What is lost is in none of it.

pub mod adjustments;
pub mod answer;
mod history;
pub mod http;
pub mod past;
pub mod period;
pub mod quotas;
pub mod simulation;
pub mod targets;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use kernel::ctx::Ctx;
use kernel::error::{Result, invalid};
use kernel::money::to_scaled;
use kernel::say;
use records::{http as records_http, names, read, schema};
use sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use serde_json::{Value, json};

use crate::figures::{self, Figures, Sight, whole};
use crate::opportunities::{Key, OPPORTUNITY};
use crate::pipeline::asked::{conditions, day, given, id, known};
use crate::pipelines::{Category, Outcome};
use answer::{
    CategoryCriteria, Forecast, ForecastFigures, ForecastHistory, ForecastLine, ForecastLineKind, ForecastPeriod, ForecastQuota,
    ForecastSimulation,
};
use history::{History, history};
use past::past;
use period::{Period, periods};
use simulation::{Deal, Group, Spread};
use targets::Tree;

/// Whose line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    All,
    Team(i64),
    User(i64),
}

/// What is asked for.
pub struct Asked {
    conditions: Vec<Value>,
    owner: Option<i64>,
    team: Option<i64>,
    /// Only some of what these sell is asked for, so that it cannot be held against their quotas.
    is_partial: bool,
    pub periods: Vec<Period>,
    months: u32,
}

impl Asked {
    pub fn read(ctx: &Ctx, pairs: &[(String, String)]) -> Result<Asked> {
        known(pairs, &["pipeline", "owner", "team", "source", "period", "from", "to"])?;
        let months = match given(pairs, "period").unwrap_or("month") {
            "month" => 1,
            "quarter" => 3,
            _ => return Err(invalid("period", say!("month veya quarter olmalı.", "Must be month or quarter."))),
        };
        let mut conditions = conditions(pairs)?;
        conditions.extend(id(pairs, "pipeline")?.map(|id| json!({ "field": "pipeline", "op": "eq", "value": id })));
        let from = day(pairs, "from")?.unwrap_or_else(|| ctx.today());
        Ok(Asked {
            conditions,
            owner: id(pairs, "owner")?,
            team: id(pairs, "team")?,
            is_partial: given(pairs, "pipeline").is_some() || given(pairs, "source").is_some(),
            periods: periods(from, day(pairs, "to")?, months)?,
            months,
        })
    }

    /// Whose quotas and adjustments are meant and may be seen.
    pub async fn tree(&self, ctx: &Ctx) -> Result<Tree> {
        Ok(Tree::visible(ctx).await?.only(self.owner, self.team))
    }

    fn criteria(&self, more: &[Value]) -> Value {
        json!({ "all": self.conditions.iter().chain(more).collect::<Vec<_>>() })
    }

    /// The opportunities that are meant and that the caller may see.
    pub async fn opportunities(&self, ctx: &Ctx) -> Result<SelectStatement> {
        let schema = schema::schema(ctx, &OPPORTUNITY).await?;
        let criteria = match self.conditions.is_empty() {
            true => criteria::Criteria::everything(),
            false => records_http::parse_criteria(Some(&self.criteria(&[])), &schema)?,
        };
        read::asked(ctx, &OPPORTUNITY, &criteria, None).await
    }
}

impl Whose {
    fn name(self, names: &names::Names) -> Option<String> {
        match self {
            Whose::All => None,
            Whose::Team(id) => names.of("team", id),
            Whose::User(id) => names.of("user", id),
        }
    }
}

type OpenRow = (Option<i64>, Option<i64>, i64, String, String, i64, i64);

/// An open opportunity.
struct Open {
    owner_id: Option<i64>,
    team_id: Option<i64>,
    category: Option<Category>,
    period: Option<usize>,
    figures: Figures,
    deal: Deal,
}

/// A line of a period: what is won and what is expected, by category.
#[derive(Clone, Copy, Debug, Default)]
pub struct Categories {
    pub closed: Figures,
    pub commit: Figures,
    pub best_case: Figures,
    pub pipeline: Figures,
}

impl Categories {
    fn add(&mut self, category: Category, figures: Figures) {
        match category {
            Category::Closed => self.closed += figures,
            Category::Commit => self.commit += figures,
            Category::BestCase => self.best_case += figures,
            Category::Pipeline => self.pipeline += figures,
            Category::Omitted => {}
        }
    }
}

/// All of it. Without the fields that every line rests on there is nothing to tell.
pub async fn forecast(ctx: &Ctx, asked: &Asked) -> Result<Forecast> {
    let sight = Sight::of(ctx);
    sight.require(&[Key::ExpectedCloseDate, Key::ActualCloseDate, Key::Category])?;
    let filtered = asked.opportunities(ctx).await?;
    let months: BTreeSet<String> = asked.periods.iter().flat_map(Period::months).collect();
    let (teams, names, targets) = futures::try_join!(teams(ctx), names::all(ctx), Targets::read(ctx, asked, &months))?;
    let (history, open, won, past) = futures::try_join!(
        history(ctx, &filtered),
        open_rows(ctx, asked, &filtered),
        won(
            ctx,
            asked,
            &filtered,
            asked.periods[0].first,
            asked.periods[asked.periods.len() - 1].last
        ),
        past(ctx, asked, &filtered, &sight)
    )?;
    let mut lines: BTreeMap<Whose, Vec<Categories>> = BTreeMap::new();
    let count = asked.periods.len();
    let mut groups: BTreeMap<(Option<i64>, Option<i64>), Group<Whose>> = BTreeMap::new();
    for open in drawn(ctx, asked, open, &history) {
        let of = (open.owner_id, open.team_id);
        let group = groups.entry(of).or_insert_with(|| Group {
            lines: shares(of.0, of.1, &teams),
            deals: Vec::new(),
        });
        if let (Some(period), Some(category)) = (open.period, open.category) {
            for whose in &group.lines {
                lines.entry(*whose).or_insert_with(|| vec![Categories::default(); count])[period].add(category, open.figures);
            }
        }
        group.deals.push(open.deal);
    }
    for (owner_id, team_id, day, figures) in &won {
        let Some(period) = asked.periods.iter().position(|period| (period.first..=period.last).contains(day)) else {
            continue;
        };
        for whose in shares(*owner_id, *team_id, &teams) {
            lines.entry(whose).or_insert_with(|| vec![Categories::default(); count])[period].add(Category::Closed, *figures);
        }
    }
    // Who has a quota has a line, sold or not.
    for whose in [Whose::All].into_iter().chain(targets.named(&months)) {
        lines.entry(whose).or_insert_with(|| vec![Categories::default(); count]);
    }
    let spreads = match sight.sees_weighted() {
        true => Some(simulated(groups.into_values().collect(), count).await?),
        false => None,
    };
    let shown = asked.periods.iter().enumerate().map(|(place, period)| {
        let lines = lines.iter().map(|(whose, all)| {
            let spread = spreads
                .as_ref()
                .map(|spreads| spreads[place].get(whose).copied().unwrap_or_default());
            let mut line = line(asked, period, *whose, &all[place], &sight, &teams, &names);
            line.simulation = spread.map(|spread| with_closed(&all[place], spread));
            let closed = Some(all[place].closed.amount).filter(|_| sight.sees(Key::Amount));
            targets.add(&mut line, asked, period, *whose, closed, &names);
            line
        });
        ForecastPeriod {
            period: period.name.clone(),
            first: period.first.to_string(),
            last: period.last.to_string(),
            lines: lines.collect(),
        }
    });
    Ok(Forecast {
        currency: ctx.org.currency.clone(),
        periods: shown.collect(),
        past,
        history: ForecastHistory {
            won: history.won,
            lost: history.lost,
            is_used: history.is_enough(),
            runs: simulation::RUNS,
        },
    })
}

/// Runs the simulation of every period, beside the tasks that answer others.
async fn simulated(groups: Vec<Group<Whose>>, periods: usize) -> Result<Vec<BTreeMap<Whose, Spread>>> {
    let groups = Arc::new(groups);
    let run = |period: usize| {
        let groups = groups.clone();
        tokio::task::spawn_blocking(move || simulation::run(&groups, period))
    };
    futures::future::try_join_all((0..periods).map(run))
        .await
        .map_err(|panic| kernel::error::Error::internal(format!("a simulation panicked: {panic}")))
}

fn with_closed(all: &Categories, spread: Spread) -> ForecastSimulation {
    let with = |amount: i64| to_scaled(all.closed.amount + i128::from(amount), 2);
    ForecastSimulation {
        p10: with(spread.p10),
        p50: with(spread.p50),
        p90: with(spread.p90),
        mean: with(spread.mean),
    }
}

fn line(
    asked: &Asked,
    period: &Period,
    whose: Whose,
    all: &Categories,
    sight: &Sight,
    teams: &Teams,
    names: &names::Names,
) -> ForecastLine {
    // A team's line holds those of the teams below it.
    let condition = match whose {
        Whose::All => None,
        Whose::Team(id) => Some(json!({ "field": "team_id", "op": "in", "value": teams.with_below(id) })),
        Whose::User(id) => Some(json!({ "field": "sales_rep", "op": "eq", "value": id })),
    };
    let criteria = |outcome: Outcome, field: &str, category: Option<Category>| {
        let mut all = vec![json!({ "field": "outcome", "op": "eq", "value": outcome })];
        all.extend(category.map(|category| json!({ "field": "category", "op": "eq", "value": category })));
        all.push(json!({ "field": field, "op": "gte", "value": period.first.to_string() }));
        all.push(json!({ "field": field, "op": "lte", "value": period.last.to_string() }));
        all.extend(condition.clone());
        asked.criteria(&all)
    };
    let open = |category: Option<Category>| criteria(Outcome::Open, "expected_close_date", category);
    let closed = criteria(Outcome::Won, "actual_close_date", None);
    let (kind, id) = match whose {
        Whose::All => (ForecastLineKind::Total, None),
        Whose::Team(id) => (ForecastLineKind::Team, Some(id)),
        Whose::User(id) => (ForecastLineKind::User, Some(id)),
    };
    let team = whose.team_id().and_then(|id| teams.0.get(&id));
    ForecastLine {
        kind,
        id,
        name: match whose {
            Whose::All => None,
            Whose::Team(_) => team.map(|team| team.name.clone()),
            Whose::User(id) => names.user(id).map(str::to_owned),
        },
        parent_id: team.and_then(|team| team.parent_id),
        manager_id: team.and_then(|team| team.manager_id),
        figures: ForecastFigures::of(all, sight),
        open_criteria: open(None),
        closed_criteria: closed.clone(),
        criteria: CategoryCriteria {
            closed,
            commit: open(Some(Category::Commit)),
            best_case: open(Some(Category::BestCase)),
            pipeline: open(Some(Category::Pipeline)),
        },
        simulation: None,
        quota: None,
        attainment: None,
        gap: None,
        adjustment: None,
    }
}

/// Quotas and adjustments.
struct Targets {
    tree: Tree,
    quotas: targets::Said,
    adjustments: adjustments::Holding,
}

impl Targets {
    async fn read(ctx: &Ctx, asked: &Asked, months: &BTreeSet<String>) -> Result<Targets> {
        let (tree, quotas, adjustments) = futures::try_join!(
            asked.tree(ctx),
            quotas::said(ctx, months.iter().cloned()),
            adjustments::holding(ctx, months.iter().cloned())
        )?;
        Ok(Targets { tree, quotas, adjustments })
    }

    fn named(&self, months: &BTreeSet<String>) -> Vec<Whose> {
        let quotas = self.quotas.named(&self.tree, months);
        quotas.into_iter().chain(self.adjustments.named(&self.tree)).collect()
    }

    /// Puts the quota, how much of it is won where that may be told, and a manager's own number beside the figures of a line.
    fn add(&self, line: &mut ForecastLine, asked: &Asked, period: &Period, whose: Whose, closed: Option<i128>, names: &names::Names) {
        if !self.tree.has(whose) {
            return;
        }
        let quota = self.quotas.months(&self.tree, whose, &period.months());
        line.quota = quota.map(|(amount, is_own)| ForecastQuota {
            amount: to_scaled(amount, 2),
            source: if is_own { "own" } else { "members" },
        });
        if asked.is_partial {
            return;
        }
        line.adjustment = self.adjustments.shown(whose, period, names);
        if let (Some((quota, _)), Some(closed)) = (quota, closed) {
            line.attainment = attained(closed, quota);
            line.gap = Some(to_scaled(quota - closed, 2));
        }
    }
}

/// How much of a quota is won, in percent, rounded half up; none of nothing.
pub fn attained(won: i128, quota: i128) -> Option<String> {
    (quota > 0).then(|| to_scaled((won * 20_000 / quota + 1).div_euclid(2), 2))
}

/// The teams as a tree.
struct Teams(BTreeMap<i64, Team>);

struct Team {
    name: String,
    parent_id: Option<i64>,
    manager_id: Option<i64>,
}

impl Teams {
    /// This team and those above it.
    fn up(&self, id: i64) -> BTreeSet<i64> {
        let mut found = BTreeSet::new();
        let mut next = Some(id);
        while let Some(id) = next.filter(|id| found.insert(*id)) {
            next = self.0.get(&id).and_then(|team| team.parent_id);
        }
        found
    }

    fn with_below(&self, id: i64) -> Vec<i64> {
        self.0.keys().copied().filter(|team| self.up(*team).contains(&id)).collect()
    }
}

async fn teams(ctx: &Ctx) -> Result<Teams> {
    let query = Query::select()
        .columns(["id", "name", "parent_id", "manager_id"])
        .from(Alias::new("teams"))
        .to_owned();
    let rows: Vec<(i64, String, Option<i64>, Option<i64>)> = ctx.db.all(&query).await?;
    let team = |(id, name, parent_id, manager_id)| {
        let team = Team {
            name,
            parent_id,
            manager_id,
        };
        (id, team)
    };
    Ok(Teams(rows.into_iter().map(team).collect()))
}

/// In whose lines an opportunity counts.
fn shares(owner_id: Option<i64>, team_id: Option<i64>, teams: &Teams) -> Vec<Whose> {
    let above = team_id.map(|id| teams.up(id)).unwrap_or_default();
    [Whose::All]
        .into_iter()
        .chain(above.into_iter().map(Whose::Team))
        .chain(owner_id.map(Whose::User))
        .collect()
}

async fn open_rows(ctx: &Ctx, asked: &Asked, filtered: &SelectStatement) -> Result<Vec<OpenRow>> {
    let last = asked.periods[asked.periods.len() - 1].last.to_string();
    let mut query = filtered.clone();
    query
        .columns(
            [
                "owner_id",
                "team_id",
                "stage_id",
                "category",
                "expected_close_date",
                "amount_base",
                "probability",
            ]
            .map(|column| (OPPORTUNITY.table, column)),
        )
        .and_where(OPPORTUNITY.col("outcome").eq(Outcome::Open.word()))
        .and_where(OPPORTUNITY.col("expected_close_date").lte(last));
    ctx.db.all(&query).await
}

/// The open opportunities with their chances.
fn drawn(ctx: &Ctx, asked: &Asked, rows: Vec<OpenRow>, history: &History) -> Vec<Open> {
    let today = ctx.today();
    let spans: Vec<(i64, i64)> = asked
        .periods
        .iter()
        .map(|period| ((period.first - today).num_days(), (period.last - today).num_days()))
        .collect();
    // Many are expected on the same day.
    let mut by_day: BTreeMap<NaiveDate, Vec<f64>> = BTreeMap::new();
    let open = |(owner_id, team_id, stage_id, category, expected, amount, probability): OpenRow| {
        let expected: NaiveDate = expected.parse().ok()?;
        let shares = by_day
            .entry(expected)
            .or_insert_with(|| history.slips.shares((expected - today).num_days(), &spans));
        let chance = history.chance(stage_id, probability);
        let category = Category::try_from(category).ok();
        let is_omitted = category == Some(Category::Omitted);
        let chances = shares.iter().map(|share| if is_omitted { 0.0 } else { share * chance }).collect();
        Some(Open {
            owner_id,
            team_id,
            category,
            period: asked
                .periods
                .iter()
                .position(|period| (period.first..=period.last).contains(&expected)),
            figures: Figures {
                count: 1,
                amount: amount.into(),
                weighted: figures::weighted(amount, probability).into(),
            },
            deal: Deal { amount, chances },
        })
    };
    rows.into_iter().filter_map(open).collect()
}

type WonRow = (Option<i64>, Option<i64>, String, i64, i64, i64);

/// What was won between two days, by owner, team and day.
async fn won(
    ctx: &Ctx,
    asked: &Asked,
    filtered: &SelectStatement,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<(Option<i64>, Option<i64>, NaiveDate, Figures)>> {
    let dialect = ctx.db.dialect();
    let mut query = Query::select();
    query.columns(["owner_id", "team_id", "closed_on"]).expr(figures::count(dialect));
    figures::select(&mut query, figures::sum(dialect, "amount_base"));
    query
        .from(Alias::new("opportunity_closings"))
        .and_where(Expr::col("outcome").eq(Outcome::Won.word()))
        .and_where(Expr::col("closed_on").gte(first.to_string()))
        .and_where(Expr::col("closed_on").lte(last.to_string()))
        .group_by_columns(["owner_id", "team_id", "closed_on"]);
    narrow(ctx, asked, &mut query, filtered);
    let rows: Vec<WonRow> = ctx.db.all(&query).await?;
    let row = |(owner_id, team_id, day, count, high, low): WonRow| {
        let amount = whole(high, low);
        let figures = Figures {
            count,
            amount,
            weighted: amount,
        };
        Some((owner_id, team_id, day.parse().ok()?, figures))
    };
    Ok(rows.into_iter().filter_map(row).collect())
}

fn narrow(ctx: &Ctx, asked: &Asked, query: &mut SelectStatement, filtered: &SelectStatement) {
    if !figures::sees_all(ctx) || !asked.conditions.is_empty() {
        let ids = filtered.clone().column((OPPORTUNITY.table, "id")).to_owned();
        query.and_where(Expr::col("opportunity_id").in_subquery(ids));
    }
}
