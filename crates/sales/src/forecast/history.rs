//! What history tells a forecast: how often opportunities that were in a stage are won, and how late.

use std::collections::BTreeMap;

use kernel::ctx::Ctx;
use kernel::error::Result;
use sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};

use super::simulation::Slips;
use crate::figures;
use crate::opportunities::OPPORTUNITY;
use crate::pipelines::Outcome;

/// As many closed opportunities as this weigh as much as what is known of all stages together.
const SHRINKAGE: f64 = 20.0;
/// With fewer closed ones history says nothing.
const ENOUGH: i64 = 20;

/// What history tells: how often opportunities that were in a stage are won, and how late.
pub struct History {
    pub won: i64,
    pub lost: i64,
    /// Won and lost.
    by_stage: BTreeMap<i64, (i64, i64)>,
    pub slips: Slips,
}

impl History {
    /// With fewer history says nothing.
    pub fn is_enough(&self) -> bool {
        self.won + self.lost >= ENOUGH
    }

    /// The chance of an opportunity in a stage with this probability: halfway between its own and what became of others in that stage, these
    /// held to the rate of all while they are few.
    pub fn chance(&self, stage_id: i64, probability: i64) -> f64 {
        let own = probability as f64 / 10_000.0;
        if !self.is_enough() {
            return own;
        }
        let overall = self.won as f64 / (self.won + self.lost) as f64;
        let (won, lost) = self.by_stage.get(&stage_id).copied().unwrap_or_default();
        let there = (won as f64 + SHRINKAGE * overall) / ((won + lost) as f64 + SHRINKAGE);
        (own + there) / 2.0
    }
}

/// Reads it, from what the caller may see.
pub async fn history(ctx: &Ctx, filtered: &SelectStatement) -> Result<History> {
    let dialect = ctx.db.dialect();
    let ids = (!figures::sees_all(ctx)).then(|| filtered.clone().column((OPPORTUNITY.table, "id")).to_owned());
    let narrowed = |mut query: SelectStatement| {
        if let Some(ids) = &ids {
            query.and_where(Expr::col("opportunity_id").in_subquery(ids.clone()));
        }
        query
    };
    let stages = Query::select()
        .columns(["stage_id", "outcome"])
        .expr(figures::count(dialect))
        .from(Alias::new("stage_stays"))
        .and_where(Expr::col("is_first").eq(true))
        .and_where(Expr::col("left_at").is_not_null())
        .and_where(Expr::col("outcome").ne(Outcome::Open.word()))
        .group_by_columns(["stage_id", "outcome"])
        .to_owned();
    let slips = Query::select()
        .columns(["outcome", "slip_days"])
        .expr(figures::count(dialect))
        .from(Alias::new("opportunity_closings"))
        .group_by_columns(["outcome", "slip_days"])
        .to_owned();
    let (stages, slips) = (narrowed(stages), narrowed(slips));
    let (stages, slips) = futures::try_join!(
        ctx.db.all::<(i64, String, i64)>(&stages),
        ctx.db.all::<(String, Option<i64>, i64)>(&slips)
    )?;
    let mut history = History {
        won: 0,
        lost: 0,
        by_stage: BTreeMap::new(),
        slips: Slips::default(),
    };
    for (stage_id, outcome, count) in stages {
        let counts = history.by_stage.entry(stage_id).or_default();
        match outcome == Outcome::Won.word() {
            true => counts.0 += count,
            false => counts.1 += count,
        }
    }
    for (outcome, days, count) in slips {
        match outcome == Outcome::Won.word() {
            true => history.won += count,
            false => history.lost += count,
        }
        history.slips.0.extend(days.map(|days| (days, count)));
    }
    if !history.is_enough() {
        history.slips = Slips::default();
    }
    Ok(history)
}
