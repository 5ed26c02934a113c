//! What past periods promised on their first day, as history has it, and what they brought.

use chrono::{Days, Months, NaiveDate};
use kernel::ctx::Ctx;
use kernel::error::Result;
use sea_query::{Alias, Cond, Expr, ExprTrait, Query, SelectStatement};
use serde_json::json;

use super::answer::{ForecastFigures, PastForecast, PromisedOpportunities, WonFigures};
use super::period::{Period, periods};
use super::{Asked, Categories, narrow, won};
use crate::figures::{self, Figures, Sight};
use crate::pipeline::asked::begins;
use crate::pipeline::behind::Behind;
use crate::pipelines::{Category, Outcome};

/// Past periods beside those that are asked for.
const PAST: u32 = 3;

type PastRow = (String, String, i64, i64, i64, i64, i64);

/// What a past period promised on its first day in a category, opportunity by opportunity.
pub async fn promised(ctx: &Ctx, asked: &Asked, period: &Period, category: Category) -> Result<Behind> {
    const HISTORY: &str = "opportunity_history";
    let col = |name: &'static str| Expr::col((HISTORY, name));
    let mut behind = Behind::stood(begins(ctx, period.first)? - 1);
    behind
        .query
        .and_where(col("outcome").eq(Outcome::Open.word()))
        .and_where(col("category").eq(category.word()))
        .and_where(col("expected_close_date").gte(period.first.to_string()))
        .and_where(col("expected_close_date").lte(period.last.to_string()));
    narrow(ctx, asked, &mut behind.query, &asked.opportunities(ctx).await?);
    Ok(behind)
}

/// What past periods promised on their first day, as history has it, and what they brought.
pub async fn past(ctx: &Ctx, asked: &Asked, filtered: &SelectStatement, sight: &Sight) -> Result<Vec<PastForecast>> {
    let before = asked.periods[0].first - Months::new(asked.months * PAST);
    let periods = periods(before, Some(asked.periods[0].first - Days::new(1)), asked.months)?;
    let dialect = ctx.db.dialect();
    let mut query = Query::select();
    query
        .expr_as(dialect.own_sql("substr(expected_close_date, 1, 7)"), Alias::new("m"))
        .column("category");
    figures::select(&mut query, figures::parts(dialect, "opportunity_history"));
    query
        .from(Alias::new("opportunity_history"))
        .and_where(Expr::col("outcome").eq(Outcome::Open.word()))
        .and_where(Expr::col("is_deleted").eq(false))
        // All of them together, for the index.
        .and_where(Expr::col("expected_close_date").gte(periods[0].first.to_string()))
        .and_where(Expr::col("expected_close_date").lte(periods[periods.len() - 1].last.to_string()))
        .add_group_by([Expr::col(Alias::new("m")), Expr::col("category")]);
    let mut any = Cond::any();
    for period in &periods {
        let began = begins(ctx, period.first)?;
        let stood = Cond::all()
            .add(Expr::col("expected_close_date").gte(period.first.to_string()))
            .add(Expr::col("expected_close_date").lte(period.last.to_string()))
            .add(Expr::col("at").lt(began))
            .add(Expr::col("until_at").is_null().or(Expr::col("until_at").gte(began)));
        any = any.add(stood);
    }
    query.cond_where(any);
    narrow(ctx, asked, &mut query, filtered);
    let (last, first) = (periods[periods.len() - 1].last, periods[0].first);
    let (rows, won) = futures::try_join!(ctx.db.all::<PastRow>(&query), won(ctx, asked, filtered, first, last))?;
    let shown = |period: &Period| {
        let mut promised = Categories::default();
        for (month, category, a, b, c, d, e) in &rows {
            let is_within = format!("{month}-01")
                .parse()
                .is_ok_and(|day: NaiveDate| (period.first..=period.last).contains(&day));
            if let Ok(category) = Category::try_from(category.clone())
                && is_within
            {
                promised.add(category, Figures::of((*a, *b, *c, *d, *e)));
            }
        }
        let came: Figures = won
            .iter()
            .filter(|(_, _, day, _)| (period.first..=period.last).contains(day))
            .map(|(.., figures)| *figures)
            .sum();
        let behind = |category: &str| json!({ "past_period": period.name, "category": category });
        PastForecast {
            period: period.name.clone(),
            first: period.first.to_string(),
            last: period.last.to_string(),
            forecast: ForecastFigures::of(&promised, sight),
            source: "history",
            opportunities: PromisedOpportunities {
                commit: behind("commit"),
                best_case: behind("best_case"),
                pipeline: behind("pipeline"),
            },
            won_criteria: asked.criteria(&[
                json!({ "field": "outcome", "op": "eq", "value": Outcome::Won }),
                json!({ "field": "actual_close_date", "op": "gte", "value": period.first.to_string() }),
                json!({ "field": "actual_close_date", "op": "lte", "value": period.last.to_string() }),
            ]),
            won: WonFigures {
                count: came.count,
                amount: sight.amount(came.amount),
            },
        }
    };
    Ok(periods.iter().map(shown).collect())
}
