//! The pipeline in figures: what stands in each stage, today or at the end of any past day; what became of those who entered a stage; how
//! long they stay; how fast money flows; how often closing is put off; who and what wins.

pub mod answer;
pub mod asked;
pub mod behind;
pub mod facts;
pub mod http;

use std::collections::BTreeMap;

use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::money::to_scaled;
use records::{names, read};
use sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use serde_json::{Value, json};

use crate::board::http::PipelineName;
use crate::figures::{self, Figures, Sight, whole};
use crate::opportunities::{Key as Field, OPPORTUNITY};
use crate::pipelines::{Outcome, Stage};
use answer::{
    PipelineFigures, PipelineSlippage, PipelineVelocity, SlippageOpportunities, StageCohort, StageFigures, StageOpportunities, TimeInStage,
    WinRates, WonAndLost, WonAndLostOpportunities, WonBy,
};
use asked::Asked;

const HOUR_S: i64 = 3_600;

/// What stands in a stage.
#[derive(Clone, Copy, Debug, Default)]
struct Standing {
    figures: Figures,
    /// All its days in the stage, in hours.
    hours: i64,
}

/// What became of those who entered a stage first within the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cohort {
    pub entered: i64,
    pub went_on: i64,
    pub lost: i64,
    pub open: i64,
}

/// What was won and lost.
#[derive(Clone, Copy, Debug, Default)]
struct Closed {
    won: i64,
    won_amount: i128,
    won_cycle_days: i64,
    lost: i64,
    lost_amount: i128,
}

/// All of it.
pub async fn pipeline(ctx: &Ctx, asked: &Asked) -> Result<PipelineFigures> {
    let subset = asked.subset(ctx).await?;
    let subset = subset.as_ref();
    let ((standing, cohorts, days, moves), (whose, industries, products), names) = futures::try_join!(
        async {
            futures::try_join!(
                standing(ctx, asked, subset),
                cohorts(ctx, asked, subset),
                stayed(ctx, asked, subset),
                moves(ctx, asked, subset)
            )
        },
        async {
            futures::try_join!(
                closed_by_whose(ctx, asked, subset),
                closed(ctx, asked, subset, By::Industry),
                closed(ctx, asked, subset, By::Product)
            )
        },
        names::all(ctx)
    )?;
    let ClosedBy { owners, sources, months } = whose;
    let sight = Sight::of(ctx);
    let mut all = Closed::default();
    for closed in months.values() {
        all.add(closed);
    }
    let stages = asked.pipeline.stages.iter().map(|stage| {
        let at = standing.get(&stage.id).copied().unwrap_or_default();
        let cohort = cohorts.get(&stage.id).copied().unwrap_or_default();
        let days = days.get(&stage.id).map_or(&[][..], Vec::as_slice);
        stage_figures(asked, &sight, stage, at, cohort, days)
    });
    let open: Figures = asked
        .pipeline
        .stages
        .iter()
        .filter(|stage| stage.outcome == Outcome::Open)
        .filter_map(|stage| standing.get(&stage.id))
        .map(|standing| standing.figures)
        .sum();
    let by = |found: &BTreeMap<Key, Closed>, name: &dyn Fn(&Key) -> WonBy, condition: &dyn Fn(&Key) -> Value| -> Vec<WonAndLost> {
        found
            .iter()
            .map(|(key, closed)| closed.listed(asked, &sight, Some(name(key)), Some(condition(key))))
            .collect()
    };
    let told = |found: &BTreeMap<Key, Closed>, name: &dyn Fn(&Key) -> WonBy, behind: &dyn Fn(&Key) -> Value| -> Vec<WonAndLost> {
        found
            .iter()
            .map(|(key, closed)| closed.behind(&sight, name(key), behind(key)))
            .collect()
    };
    let text = |key: &Key| WonBy::Text(key.1.clone());
    let owned = |key: &Key| WonBy::Named {
        id: key.0,
        name: key.0.and_then(|id| names.of("user", id)),
    };
    let product = |key: &Key| WonBy::Named {
        id: key.0,
        name: Some(key.1.clone()),
    };
    let is_of = |field: &str, value: Value| json!({ "field": field, "op": "eq", "value": value });
    let is_empty = |field: &str| json!({ "field": field, "op": "is_empty" });
    let by_source = || {
        by(&sources, &text, &|key| match key.1.as_str() {
            "" => is_empty("source"),
            source => is_of("source", json!(source)),
        })
    };
    let by_industry = || told(&industries, &text, &|key| json!({ "industry": key.1 }));
    let sees_closings = sight.sees(Field::ActualCloseDate);
    Ok(PipelineFigures {
        pipeline: PipelineName {
            id: asked.pipeline.id,
            name: asked.pipeline.name.clone(),
        },
        currency: ctx.org.currency.clone(),
        from: asked.from.clone(),
        to: asked.to.clone(),
        as_of: asked.as_of.clone(),
        stages: stages.collect(),
        open: sight.figures(open),
        velocity: velocity(&sight, open, &all),
        slippage: sight.sees(Field::ExpectedCloseDate).then_some(moves),
        open_opportunities: json!({ "figure": "standing" }),
        slippage_opportunities: SlippageOpportunities {
            pushes: json!({ "figure": "pushes" }),
            pulls: json!({ "figure": "pulls" }),
        },
        win_rate: sees_closings.then(|| WinRates {
            total: all.listed(asked, &sight, None, None),
            by_rep: by(&owners, &owned, &|key| match key.0 {
                Some(id) => is_of("sales_rep", json!(id)),
                None => is_empty("sales_rep"),
            }),
            by_source: sight.sees(Field::Source).then(by_source),
            by_month: told(&months, &text, &|key| json!({ "month": key.1 })),
            by_industry: sight.sees_industry.then(by_industry),
            by_product: told(&products, &product, &|key| json!({ "line_product": key.0, "line_name": key.1 })),
        }),
    })
}

fn stage_figures(asked: &Asked, sight: &Sight, stage: &Stage, at: Standing, cohort: Cohort, days: &[(i64, i64)]) -> StageFigures {
    let behind = |figure: &str| json!({ "figure": figure, "stage_id": stage.id });
    StageFigures {
        stage_id: stage.id,
        stage: stage.key.clone(),
        name_tr: stage.name_tr.clone(),
        name_en: stage.name_en.clone(),
        outcome: stage.outcome,
        standing: sight.figures(at.figures),
        mean_age_days: mean(at.hours, at.figures.count * 24).filter(|_| sight.sees(Field::StageEnteredAt)),
        criteria: match asked.as_of {
            None => asked.criteria(&[json!({ "field": "stage_id", "op": "eq", "value": stage.id })]),
            Some(_) => Value::Null,
        },
        opportunities: StageOpportunities {
            standing: behind("standing"),
            entered: behind("entered"),
            went_on: behind("went_on"),
            lost: behind("dropped"),
            open: behind("still_open"),
            left: behind("left"),
        },
        cohort: StageCohort {
            entered: cohort.entered,
            went_on: cohort.went_on,
            lost: cohort.lost,
            open: cohort.open,
            went_on_rate: rate(cohort.went_on, cohort.entered),
            lost_rate: rate(cohort.lost, cohort.entered),
            open_rate: rate(cohort.open, cohort.entered),
        },
        time_in_stage: TimeInStage {
            left: days.iter().map(|(_, count)| count).sum(),
            median_days: quantile(days, 50),
            p80_days: quantile(days, 80),
        },
    }
}

/// Only rows of what is asked for.
fn narrowed(query: &mut SelectStatement, table: &'static str, subset: Option<&SelectStatement>) {
    if let Some(subset) = subset {
        query.and_where(Expr::col((table, "opportunity_id")).in_subquery(subset.clone()));
    }
}

type StandingRow = (i64, i64, i64, i64, i64, i64, i64);

/// What stands in each stage: now, or at the end of a past day.
async fn standing(ctx: &Ctx, asked: &Asked, subset: Option<&SelectStatement>) -> Result<BTreeMap<i64, Standing>> {
    let dialect = ctx.db.dialect();
    let now = ctx.now_us();
    let hours = |since: &str, until: i64| {
        dialect.own_sql(format!(
            "CAST(coalesce(sum(({until} - {since}) / {}), 0) AS bigint)",
            HOUR_S * kernel::clock::SECOND_US
        ))
    };
    let Some(end) = asked.as_of_end else {
        let criteria = asked.parsed(ctx).await?;
        let mut query = read::asked(ctx, &OPPORTUNITY, &criteria, None).await?;
        let stages = asked.pipeline.stages.iter().map(|stage| stage.id);
        query.and_where(OPPORTUNITY.col("stage_id").is_in(stages));
        asked.of_product(&mut query);
        query.column((OPPORTUNITY.table, "stage_id"));
        figures::select(&mut query, figures::parts(dialect, OPPORTUNITY.table));
        query.expr(hours("opportunities.stage_entered_at", now));
        query.group_by_col((OPPORTUNITY.table, "stage_id"));
        let rows: Vec<StandingRow> = ctx.db.all(&query).await?;
        return Ok(rows.into_iter().map(stood).collect());
    };
    let mut sums = Query::select();
    sums.column("stage_id").from(Alias::new("opportunity_history"));
    figures::select(&mut sums, figures::parts(dialect, "opportunity_history"));
    sums.and_where(Expr::col("pipeline_id").eq(asked.pipeline.id))
        .and_where(Expr::col("at").lte(end))
        .and_where(Expr::col("until_at").is_null().or(Expr::col("until_at").gt(end)))
        .and_where(Expr::col("is_deleted").eq(false))
        .group_by_col("stage_id");
    narrowed(&mut sums, "opportunity_history", subset);
    let mut ages = Query::select();
    ages.column("stage_id")
        .expr(hours("stage_stays.entered_at", Ord::min(end, now)))
        .from(Alias::new("stage_stays"))
        .and_where(Expr::col("stage_id").is_in(asked.pipeline.stages.iter().map(|stage| stage.id)))
        .and_where(Expr::col("entered_at").lte(end))
        .and_where(Expr::col("left_at").is_null().or(Expr::col("left_at").gt(end)))
        .group_by_col("stage_id");
    narrowed(&mut ages, "stage_stays", subset);
    let (sums, ages) = futures::try_join!(ctx.db.all::<(i64, i64, i64, i64, i64, i64)>(&sums), ctx.db.all::<(i64, i64)>(&ages))?;
    let ages: BTreeMap<i64, i64> = ages.into_iter().collect();
    let row = |(id, a, b, c, d, e)| stood((id, a, b, c, d, e, ages.get(&id).copied().unwrap_or_default()));
    Ok(sums.into_iter().map(row).collect())
}

fn stood((id, a, b, c, d, e, hours): StandingRow) -> (i64, Standing) {
    let figures = Figures::of((a, b, c, d, e));
    (id, Standing { figures, hours })
}

/// By stage, what became of those who entered it: whoever came further went on, whatever came then; the others are lost or still open, and the
/// won end here.
async fn cohorts(ctx: &Ctx, asked: &Asked, subset: Option<&SelectStatement>) -> Result<BTreeMap<i64, Cohort>> {
    let dialect = ctx.db.dialect();
    // Sums by stage alone come in the order of the index; by more than that they would have to be sorted.
    let sum = |case: &str| dialect.own_sql(format!("CAST(coalesce(sum(CASE WHEN {case} THEN 1 ELSE 0 END), 0) AS bigint)"));
    let mut query = Query::select();
    query
        .column("stage_id")
        .expr(figures::count(dialect))
        .expr(sum("is_passed OR outcome = 'won'"))
        .expr(sum("NOT is_passed AND outcome = 'lost'"))
        .from(Alias::new("stage_stays"))
        .and_where(Expr::col("stage_id").is_in(asked.pipeline.stages.iter().map(|stage| stage.id)))
        .and_where(Expr::col("entered_at").gte(asked.from_us))
        .and_where(Expr::col("entered_at").lt(asked.end_us))
        .and_where(Expr::col("is_first").eq(true))
        .group_by_col("stage_id");
    narrowed(&mut query, "stage_stays", subset);
    let cohort = |(stage_id, entered, went_on, lost): (i64, i64, i64, i64)| {
        let open = entered - went_on - lost;
        (
            stage_id,
            Cohort {
                entered,
                went_on,
                lost,
                open,
            },
        )
    };
    Ok(ctx.db.all(&query).await?.into_iter().map(cohort).collect())
}

/// By stage, how many left it after how many days, the days rising.
async fn stayed(ctx: &Ctx, asked: &Asked, subset: Option<&SelectStatement>) -> Result<BTreeMap<i64, Vec<(i64, i64)>>> {
    let mut query = Query::select();
    query
        .columns(["stage_id", "stayed_days"])
        .expr(figures::count(ctx.db.dialect()))
        .from(Alias::new("stage_stays"))
        .and_where(Expr::col("stage_id").is_in(asked.pipeline.stages.iter().map(|stage| stage.id)))
        .and_where(Expr::col("left_at").gte(asked.from_us))
        .and_where(Expr::col("left_at").lt(asked.end_us))
        .group_by_columns(["stage_id", "stayed_days"]);
    narrowed(&mut query, "stage_stays", subset);
    let mut stayed: BTreeMap<i64, Vec<(i64, i64)>> = BTreeMap::new();
    for (stage_id, days, count) in ctx.db.all::<(i64, i64, i64)>(&query).await? {
        stayed.entry(stage_id).or_default().push((days, count));
    }
    for days in stayed.values_mut() {
        days.sort_unstable();
    }
    Ok(stayed)
}

/// How often and how far expected close dates were moved.
async fn moves(ctx: &Ctx, asked: &Asked, subset: Option<&SelectStatement>) -> Result<PipelineSlippage> {
    let dialect = ctx.db.dialect();
    let sum = |value: &str| dialect.own_sql(format!("CAST(coalesce(sum({value}), 0) AS bigint)"));
    let mut query = Query::select();
    query
        .expr(sum("CASE WHEN days > 0 THEN 1 ELSE 0 END"))
        .expr(sum("CASE WHEN days > 0 THEN days ELSE 0 END"))
        .expr(sum("CASE WHEN days < 0 THEN 1 ELSE 0 END"))
        .expr(dialect.own_sql("count(DISTINCT CASE WHEN days > 0 THEN opportunity_id END)"))
        .from(Alias::new("close_date_moves"))
        .and_where(Expr::col("pipeline_id").eq(asked.pipeline.id))
        .and_where(Expr::col("at").gte(asked.from_us))
        .and_where(Expr::col("at").lt(asked.end_us));
    narrowed(&mut query, "close_date_moves", subset);
    let (pushes, days, pulls, opportunities): (i64, i64, i64, i64) = ctx.db.one(&query).await?;
    Ok(PipelineSlippage {
        pushes,
        pushed_days: days,
        mean_push_days: mean(days, pushes),
        pulls,
        pushed_opportunities: opportunities,
    })
}

/// By what wins are told that stands beside the opportunity.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Industry,
    Product,
}

/// An id, a text, or both.
type Key = (Option<i64>, String);
type ClosedRow = (Option<i64>, String, String, i64, i64, i64, i64);

/// What was won and lost by whom, from where, and in which month.
#[derive(Default)]
struct ClosedBy {
    owners: BTreeMap<Key, Closed>,
    sources: BTreeMap<Key, Closed>,
    months: BTreeMap<Key, Closed>,
}

const CLOSINGS: &str = "opportunity_closings";

/// What was won and lost by owner, source and month: one pass over the closings, since each pass reads all of them.
async fn closed_by_whose(ctx: &Ctx, asked: &Asked, subset: Option<&SelectStatement>) -> Result<ClosedBy> {
    let dialect = ctx.db.dialect();
    let mut query = Query::select();
    query
        .columns([(CLOSINGS, "owner_id"), (CLOSINGS, "source")])
        .expr_as(dialect.own_sql("substr(opportunity_closings.closed_on, 1, 7)"), Alias::new("month"));
    summed(&mut query, ctx, asked, "opportunity_closings.amount_base");
    query.add_group_by([
        Expr::col((CLOSINGS, "owner_id")),
        Expr::col((CLOSINGS, "source")),
        Expr::col(Alias::new("month")),
        Expr::col((CLOSINGS, "outcome")),
    ]);
    narrowed(&mut query, CLOSINGS, subset);
    type Row = (Option<i64>, String, String, String, i64, i64, i64, i64);
    let mut by = ClosedBy::default();
    for (owner, source, month, outcome, count, high, low, cycle) in ctx.db.all::<Row>(&query).await? {
        let closed = Closed::of(&outcome, count, whole(high, low), cycle);
        by.owners.entry((owner, String::new())).or_default().add(&closed);
        by.sources.entry((None, source)).or_default().add(&closed);
        by.months.entry((None, month)).or_default().add(&closed);
    }
    Ok(by)
}

/// Chooses outcome, count, sum of `value` and days of the cycle of the closings that are asked for.
fn summed(query: &mut SelectStatement, ctx: &Ctx, asked: &Asked, value: &'static str) {
    let dialect = ctx.db.dialect();
    query.column((CLOSINGS, "outcome")).expr(figures::count(dialect));
    figures::select(query, figures::sum(dialect, value));
    query
        .expr(dialect.own_sql("CAST(sum(opportunity_closings.cycle_days) AS bigint)"))
        .from(Alias::new(CLOSINGS))
        .and_where(Expr::col((CLOSINGS, "pipeline_id")).eq(asked.pipeline.id))
        .and_where(Expr::col((CLOSINGS, "closed_on")).gte(asked.from.as_str()))
        .and_where(Expr::col((CLOSINGS, "closed_on")).lte(asked.to.as_str()));
}

/// What was won and lost, by something beside the opportunity.
async fn closed(ctx: &Ctx, asked: &Asked, subset: Option<&SelectStatement>, by: By) -> Result<BTreeMap<Key, Closed>> {
    let dialect = ctx.db.dialect();
    // A line is worth its own total: several products share one opportunity.
    let (id, text, value) = match by {
        By::Industry => ("CAST(NULL AS bigint)", "customers.industry", "opportunity_closings.amount_base"),
        By::Product => ("opportunity_lines.product_id", "opportunity_lines.name", "opportunity_lines.total"),
    };
    let mut query = Query::select();
    query
        .expr_as(dialect.own_sql(id), Alias::new("k"))
        .expr_as(dialect.own_sql(text), Alias::new("t"));
    summed(&mut query, ctx, asked, value);
    query.add_group_by([
        Expr::col(Alias::new("k")),
        Expr::col(Alias::new("t")),
        Expr::col((CLOSINGS, "outcome")),
    ]);
    match by {
        By::Industry => query.inner_join("customers", Expr::col(("customers", "id")).equals((CLOSINGS, "customer_id"))),
        By::Product => query.inner_join(
            "opportunity_lines",
            Expr::col(("opportunity_lines", "opportunity_id")).equals((CLOSINGS, "opportunity_id")),
        ),
    };
    narrowed(&mut query, CLOSINGS, subset);
    let mut found: BTreeMap<Key, Closed> = BTreeMap::new();
    for (id, text, outcome, count, high, low, cycle) in ctx.db.all::<ClosedRow>(&query).await? {
        let closed = Closed::of(&outcome, count, whole(high, low), cycle);
        found.entry((id, text)).or_default().add(&closed);
    }
    Ok(found)
}

impl Closed {
    fn of(outcome: &str, count: i64, amount: i128, cycle_days: i64) -> Closed {
        if outcome == Outcome::Won.word() {
            return Closed {
                won: count,
                won_amount: amount,
                won_cycle_days: cycle_days,
                ..Closed::default()
            };
        }
        Closed {
            lost: count,
            lost_amount: amount,
            ..Closed::default()
        }
    }

    fn add(&mut self, other: &Closed) {
        self.won += other.won;
        self.won_amount += other.won_amount;
        self.won_cycle_days += other.won_cycle_days;
        self.lost += other.lost;
        self.lost_amount += other.lost_amount;
    }

    fn shown(&self, sight: &Sight, key: Option<WonBy>) -> WonAndLost {
        WonAndLost {
            key,
            won: self.won,
            won_amount: sight.amount(self.won_amount),
            lost: self.lost,
            lost_amount: sight.amount(self.lost_amount),
            win_rate: rate(self.won, self.won + self.lost),
            won_criteria: Value::Null,
            lost_criteria: Value::Null,
            opportunities: None,
        }
    }

    /// With the criteria of its lists.
    fn listed(&self, asked: &Asked, sight: &Sight, key: Option<WonBy>, condition: Option<Value>) -> WonAndLost {
        let criteria = |outcome: Outcome| {
            let mut conditions = vec![
                json!({ "field": "outcome", "op": "eq", "value": outcome }),
                json!({ "field": "actual_close_date", "op": "gte", "value": asked.from }),
                json!({ "field": "actual_close_date", "op": "lte", "value": asked.to }),
            ];
            conditions.extend(condition.clone());
            asked.criteria(&conditions)
        };
        WonAndLost {
            won_criteria: criteria(Outcome::Won),
            lost_criteria: criteria(Outcome::Lost),
            ..self.shown(sight, key)
        }
    }

    /// The same where no criteria lists them: with what [`behind`] is to be asked for them.
    fn behind(&self, sight: &Sight, key: WonBy, narrowed: Value) -> WonAndLost {
        let behind = |figure: &str| {
            let mut behind = narrowed.clone();
            behind["figure"] = json!(figure);
            behind
        };
        WonAndLost {
            opportunities: Some(WonAndLostOpportunities {
                won: behind("won"),
                lost: behind("lost"),
            }),
            ..self.shown(sight, Some(key))
        }
    }
}

/// How much is won a day: open opportunities × win rate × mean value ÷ days of a cycle, with its parts.
fn velocity(sight: &Sight, open: Figures, all: &Closed) -> PipelineVelocity {
    let closed = i128::from(all.won + all.lost);
    let days = i128::from(all.won_cycle_days);
    let sees_closings = sight.sees(Field::ActualCloseDate);
    let sees_cycles = sees_closings && sight.sees(Field::OpenedOn);
    // Of (open × won / closed) × (amount / won) ÷ (days / won), the won cancel once.
    let per_day =
        (closed > 0 && days > 0 && sees_cycles).then(|| i128::from(open.count) * i128::from(all.won) * all.won_amount / (closed * days));
    let mean_won = (all.won > 0 && sees_closings).then(|| all.won_amount / i128::from(all.won));
    PipelineVelocity {
        open: open.count,
        won: sees_closings.then_some(all.won),
        lost: sees_closings.then_some(all.lost),
        win_rate: rate(all.won, all.won + all.lost).filter(|_| sees_closings),
        mean_won_amount: mean_won.and_then(|amount| sight.amount(amount)),
        cycle_days: mean(all.won_cycle_days, all.won).filter(|_| sees_cycles),
        per_day: per_day.and_then(|amount| sight.amount(amount)),
    }
}

/// A part of a whole in percent, two decimals; none of nothing.
pub fn rate(part: i64, whole: i64) -> Option<String> {
    (whole > 0).then(|| to_scaled((i128::from(part) * 20_000 / i128::from(whole) + 1) / 2, 2))
}

/// A mean with one decimal; none of nothing.
pub fn mean(sum: i64, count: i64) -> Option<String> {
    (count > 0).then(|| to_scaled(i128::from(sum) * 10 / i128::from(count), 1))
}

/// The least value that so many percent do not exceed, of `(value, how many)` with rising values.
pub fn quantile(counted: &[(i64, i64)], percent: i64) -> Option<i64> {
    let all: i64 = counted.iter().map(|(_, count)| count).sum();
    let wanted = Ord::max((all * percent + 99) / 100, 1);
    let mut seen = 0;
    counted
        .iter()
        .find(|(_, count)| {
            seen += count;
            seen >= wanted
        })
        .map(|(value, _)| *value)
}

/// Days before today that are looked back on when nobody says.
pub const WINDOW_DAYS: i64 = 365;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_values_that_occur() {
        assert_eq!(quantile(&[], 50), None);
        assert_eq!(quantile(&[(3, 1)], 80), Some(3));
        assert_eq!(quantile(&[(1, 2), (5, 2), (9, 1)], 50), Some(5));
        assert_eq!(quantile(&[(1, 2), (5, 2), (9, 1)], 80), Some(5));
        assert_eq!(quantile(&[(1, 2), (5, 2), (9, 1)], 81), Some(9));
    }

    #[test]
    fn rates_are_rounded_to_hundredths_of_a_percent() {
        assert_eq!(rate(2, 3).as_deref(), Some("66.67"));
        assert_eq!(rate(0, 0), None);
        assert_eq!(mean(10, 4).as_deref(), Some("2.5"));
    }
}
