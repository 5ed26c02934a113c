//! What the model of opportunities learns from: closed opportunities as they stood while they were open.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use kernel::clock::{DAY_US, local_date};
use kernel::ctx::Ctx;
use kernel::error::Result;
use prediction::Example;
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use sqlx::FromRow;

use super::super::OPPORTUNITY;
use super::{Situation, of_customers};
use crate::pipelines::{self, Outcome, Pipelines};

/// Closed opportunities learned from: the newest.
const MAX_HISTORY: usize = 200_000;
/// Opportunities read in one go.
const CHUNK: u64 = 2_000;

/// A closed opportunity as it stood on a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    pub situation: Situation,
    pub at: i64,
    pub is_won: bool,
}

impl Case {
    pub fn example(&self) -> Example<'_> {
        Example {
            at: self.at,
            values: self.situation.values(),
            is_won: self.is_won,
        }
    }
}

#[derive(Clone, Debug, FromRow)]
struct Closed {
    id: i64,
    customer_id: i64,
    outcome: String,
    source_fold: String,
    created_at: i64,
}

/// How it stood from a time on.
#[derive(Clone, Debug, FromRow)]
pub struct Stood {
    pub opportunity_id: i64,
    pub at: i64,
    pub stage_id: i64,
    pub outcome: String,
    pub amount_base: i64,
    pub expected_close_date: Option<String>,
}

/// Every closed opportunity on one day of its life.
pub async fn cases(ctx: &Ctx) -> Result<Vec<Case>> {
    let pipelines = pipelines::all(ctx).await?;
    let (mut cases, mut below) = (Vec::new(), i64::MAX);
    while cases.len() < MAX_HISTORY {
        let closed = Query::select()
            .columns(["id", "customer_id", "outcome", "source_fold", "created_at"])
            .from(Alias::new(OPPORTUNITY.table))
            .and_where(Expr::col("id").lt(below))
            .and_where(Expr::col("deleted_at").is_null())
            .and_where(Expr::col("outcome").ne(Outcome::Open.word()))
            .order_by("id", Order::Desc)
            .limit(CHUNK)
            .to_owned();
        let closed: Vec<Closed> = ctx.db.all(&closed).await?;
        let Some(last) = closed.last() else { break };
        below = last.id;
        let history = Query::select()
            .columns(["opportunity_id", "at", "stage_id", "outcome", "amount_base", "expected_close_date"])
            .from(Alias::new("opportunity_history"))
            .and_where(Expr::col("opportunity_id").is_in(closed.iter().map(|closed| closed.id)))
            .order_by("opportunity_id", Order::Asc)
            .order_by("at", Order::Asc)
            .order_by("id", Order::Asc)
            .to_owned();
        let customers: Vec<i64> = closed.iter().map(|closed| closed.customer_id).collect();
        let customers = of_customers(&customers);
        let (history, customers) = futures::try_join!(ctx.db.all::<Stood>(&history), ctx.db.all::<(i64, String, String)>(&customers))?;
        let mut histories: BTreeMap<i64, Vec<Stood>> = BTreeMap::new();
        for stood in history {
            histories.entry(stood.opportunity_id).or_default().push(stood);
        }
        let customers: BTreeMap<i64, (String, String)> = customers.into_iter().map(|(id, industry, size)| (id, (industry, size))).collect();
        cases.extend(closed.iter().filter_map(|closed| {
            let mut case = case(ctx, closed, histories.get(&closed.id)?, &pipelines)?;
            let (industry, company_size) = customers.get(&closed.customer_id).cloned().unwrap_or_default();
            case.situation.industry = industry;
            case.situation.company_size = company_size;
            Some(case)
        }));
    }
    Ok(cases)
}

/// The day of its life on which an opportunity is looked at, as a part of it: scattered over the opportunities, so that the model sees them
/// young and old, and the same every time.
fn part_of_life(id: i64) -> f64 {
    (id as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) as f64 / u64::MAX as f64
}

fn case(ctx: &Ctx, closed: &Closed, history: &[Stood], pipelines: &Pipelines) -> Option<Case> {
    let is_open = |stood: &&Stood| stood.outcome == Outcome::Open.word();
    let first = history.first().filter(is_open)?;
    let ended_at = history.iter().rev().take_while(|stood| !is_open(stood)).last()?.at;
    let at = first.at + ((ended_at - first.at) as f64 * part_of_life(closed.id)) as i64;
    let then: Vec<&Stood> = history.iter().filter(|stood| stood.at <= at).collect();
    let stood = then.last().copied().filter(is_open)?;
    // Written down after it had ended: amount and dates may be those of the end.
    let was_known = closed.created_at < ended_at;
    let today = local_date(at, ctx.org.zone);
    let day = |stood: &Stood| stood.expected_close_date.as_deref().and_then(|day| day.parse::<NaiveDate>().ok());
    let entered_at = then.iter().rev().take_while(|one| one.stage_id == stood.stage_id).last()?.at;
    let pushes = then.windows(2).filter(|pair| day(pair[1]) > day(pair[0])).count() as i64;
    Some(Case {
        situation: Situation {
            stage: pipelines.stage(stood.stage_id)?.key.clone(),
            days_in_stage: was_known.then_some((at - entered_at) / DAY_US),
            age_days: Some((at - first.at) / DAY_US),
            days_to_close: day(stood).filter(|_| was_known).map(|day| (day - today).num_days()),
            pushes: was_known.then_some(pushes),
            amount_base: was_known.then_some(stood.amount_base),
            source: closed.source_fold.clone(),
            ..Situation::default()
        },
        at,
        is_won: closed.outcome == Outcome::Won.word(),
    })
}
