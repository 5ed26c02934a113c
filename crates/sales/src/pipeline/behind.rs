//! The opportunities behind a figure of the pipeline or of a past forecast, where no criteria lists them: a row for everything that was
//! counted (an opportunity as it stood, a stay, a move, a closing, a line), with what it was counted with.

use axum::extract::OriginalUri;
use kernel::ctx::Ctx;
use kernel::error::{Result, invalid};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, List, Params, Reply, Routes};
use kernel::page::{self, SortKey};
use kernel::say;
use records::choices;
use records::paging::paging_only;
use sea_query::{Alias, Cond, Expr, ExprTrait, Query, SelectStatement};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::asked::{Asked, given, id};
use crate::figures::Sight;
use crate::opportunities::{Key, OPPORTUNITY};
use crate::permissions::OPPORTUNITY_READ;
use crate::pipelines::Outcome;

const TAG: &str = "pipelines";

choices! {
    /// A figure whose opportunities are asked for.
    PipelineFigure {
        Standing: "standing", "Aşamada duranlar", "Standing in the stage";
        Entered: "entered", "Aşamaya girenler", "Entered the stage";
        WentOn: "went_on", "İlerleyenler", "Went on";
        Dropped: "dropped", "Sonra kaybedilenler", "Lost since";
        StillOpen: "still_open", "Hâlâ açık olanlar", "Still open";
        Left: "left", "Aşamadan çıkanlar", "Left the stage";
        Pushes: "pushes", "Ertelenenler", "Pushed";
        Pulls: "pulls", "Öne alınanlar", "Pulled in";
        Won: "won", "Kazanılanlar", "Won";
        Lost: "lost", "Kaybedilenler", "Lost";
    }
}

impl PipelineFigure {
    /// The fields without which it says nothing.
    fn rests_on(self) -> &'static [Key] {
        match self {
            PipelineFigure::Pushes | PipelineFigure::Pulls => &[Key::ExpectedCloseDate],
            PipelineFigure::Won | PipelineFigure::Lost => &[Key::ActualCloseDate],
            _ => &[],
        }
    }
}

/// Rows that were counted: the table they are in, and what each was counted with.
pub struct Behind {
    /// Joined with `opportunities`.
    pub query: SelectStatement,
    pub table: &'static str,
    /// In the organisation's currency, as SQL.
    pub amount: String,
    /// Hundredths of a percent, as SQL; none where nothing is weighted.
    pub probability: Option<String>,
    /// Days in the stage, or days the expected close was moved by.
    pub days: Option<String>,
}

impl Behind {
    /// Rows of a table beside the opportunities they are of.
    pub fn of(table: &'static str) -> Behind {
        let mut query = Query::select();
        query.from(Alias::new(table));
        if table != OPPORTUNITY.table {
            query.inner_join(OPPORTUNITY.table, OPPORTUNITY.col("id").equals((table, "opportunity_id")));
        }
        Behind {
            query,
            table,
            amount: "opportunities.amount_base".into(),
            probability: None,
            days: None,
        }
    }

    /// How opportunities stood at a time.
    pub fn stood(at: i64) -> Behind {
        const HISTORY: &str = "opportunity_history";
        let mut behind = Behind::of(HISTORY);
        let col = |name: &'static str| Expr::col((HISTORY, name));
        behind
            .query
            .and_where(col("at").lte(at))
            .and_where(col("until_at").is_null().or(col("until_at").gt(at)))
            .and_where(col("is_deleted").eq(false));
        behind.amount = "opportunity_history.amount_base".into();
        behind.probability = Some("opportunity_history.probability".into());
        behind
    }

    /// Only rows of these opportunities.
    pub fn narrowed(mut self, subset: Option<&SelectStatement>) -> Behind {
        if let Some(subset) = subset {
            self.query.and_where(OPPORTUNITY.col("id").in_subquery(subset.clone()));
        }
        self
    }

    /// A page of them, the newest first.
    pub async fn reply(self, ctx: &Ctx, path: &str, pairs: &[(String, String)], paging: &[(String, String)]) -> Result<Reply> {
        let request = paging_only(paging)?;
        let dialect = ctx.db.dialect();
        let sight = Sight::of(ctx);
        let weighted = self.probability.map(|probability| {
            let amount = &self.amount;
            format!("({amount} / 10000 * {probability} + {amount} % 10000 * {probability} / 10000)")
        });
        let money = |sql: &str| dialect.json_scaled(sql, 2);
        let own = |name: &str| format!("opportunities.{name}");
        let mut row = vec![("id".to_owned(), own("id"))];
        let mut add = |key: Key, name: &str, sql: String| {
            if sight.sees(key) {
                row.push((name.to_owned(), sql));
            }
        };
        add(Key::Number, "opportunity_number", own("opportunity_number"));
        add(Key::Name, "name", own("name"));
        add(Key::Stage, "stage", own("stage"));
        add(Key::Outcome, "outcome", own("outcome"));
        add(Key::Customer, "customer", own("customer_id"));
        let name = |table: &str, id: &str| format!("(SELECT {table}.name FROM {table} WHERE {table}.id = opportunities.{id})");
        add(Key::Customer, "customer_name", name("customers", "customer_id"));
        add(Key::SalesRep, "sales_rep", own("owner_id"));
        add(Key::SalesRep, "sales_rep_name", name("users", "owner_id"));
        add(Key::Amount, "amount", money(&self.amount));
        if let Some(weighted) = weighted.filter(|_| sight.sees_weighted()) {
            add(Key::Amount, "weighted", money(&weighted));
        }
        row.extend(self.days.map(|days| ("days".to_owned(), days)));
        let keys = [SortKey {
            table: self.table,
            column: "id",
            nullable: false,
            descending: true,
        }];
        let page = page::fetch(&ctx.db, &self.query, &dialect.json_object(&row), &keys, &request).await?;
        let (count, count_is_capped) = page::count(&ctx.db, &self.query, request.exact_count()).await?;
        Ok(List {
            page,
            count,
            count_is_capped,
            path,
            query: pairs,
        }
        .reply())
    }
}

/// A row behind a figure.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "rows are written by the database; this is their description")]
pub struct CountedOpportunity {
    id: i64,
    opportunity_number: String,
    name: String,
    stage: String,
    outcome: Outcome,
    customer: i64,
    customer_name: String,
    sales_rep: Option<i64>,
    sales_rep_name: Option<String>,
    /// What it was counted with, in the organisation's currency: as it stood then, or of the product's line. A decimal string; missing for
    /// whom amounts are hidden.
    amount: Option<String>,
    weighted: Option<String>,
    /// Days in the stage, or days by which the expected close was moved.
    days: Option<i64>,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "for the API document")]
struct BehindParams {
    /// `standing`, `entered`, `went_on`, `dropped`, `still_open`, `left`, `pushes`, `pulls`, `won` or `lost`.
    figure: String,
    /// A stage of the pipeline; every open one when not given.
    stage_id: Option<i64>,
    /// For `won` and `lost`: only of this month (`2026-03`).
    month: Option<String>,
    /// Only of customers of this industry; given and empty: of those without one.
    industry: Option<String>,
    /// Only lines of this product, each with its own total; given and empty: of none of the catalogue.
    line_product: Option<i64>,
    /// Only lines with this name.
    line_name: Option<String>,
    pipeline: Option<i64>,
    owner: Option<i64>,
    team: Option<i64>,
    source: Option<String>,
    product: Option<i64>,
    from: Option<String>,
    to: Option<String>,
    as_of: Option<String>,
    page_size: Option<u64>,
    cursor: Option<String>,
    count: Option<String>,
}

pub fn routes() -> Routes {
    Routes::new().add(routes!(list_pipeline_opportunities), Access::Needs(OPPORTUNITY_READ))
}

/// What is asked for beside the question of the pipeline.
const OWN: [&str; 6] = ["figure", "stage_id", "month", "industry", "line_product", "line_name"];
/// What is about pages.
pub const PAGING: [&str; 4] = ["page", "page_size", "cursor", "count"];

/// The opportunities behind a figure of the pipeline: the parameters of the pipeline with those that stand beside the figure as
/// `opportunities`. There is a row for everything that was counted, so that the rows add up to the figure.
#[utoipa::path(get, path = "/pipeline/opportunities/", tag = TAG, operation_id = "list_pipeline_opportunities", params(BehindParams), responses((status = 200, body = Listed<CountedOpportunity>), Problems))]
async fn list_pipeline_opportunities(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    let ctx = ctx.for_lists().await;
    let is = |names: &[&str], pair: &(String, String)| names.contains(&pair.0.as_str());
    let (paging, rest): (Vec<_>, Vec<_>) = pairs.iter().cloned().partition(|pair| is(&PAGING, pair));
    let (own, question): (Vec<_>, Vec<_>) = rest.into_iter().partition(|pair| is(&OWN, pair));
    let asked = Asked::read(&ctx, &question).await?;
    let figure = PipelineFigure::parse(given(&own, "figure").unwrap_or_default()).map_err(|problem| invalid("figure", problem))?;
    let sight = Sight::of(&ctx);
    sight.require(figure.rests_on())?;
    if own.iter().any(|(name, _)| name == "industry") && !sight.sees_industry {
        return Err(invalid(
            "industry",
            say!("Rolünüz bu alanı gizliyor.", "Your role hides this field."),
        ));
    }
    let stages = stages(&asked, id(&own, "stage_id")?)?;
    let subset = asked.subset(&ctx).await?;
    let behind = match figure {
        PipelineFigure::Standing => standing(&asked, &stages),
        PipelineFigure::Pushes | PipelineFigure::Pulls => moves(&asked, figure == PipelineFigure::Pushes),
        PipelineFigure::Won | PipelineFigure::Lost => closed(&asked, figure, &own, sight.sees(Key::OpenedOn))?,
        _ => stays(&asked, &stages, figure),
    };
    // Who sees all sees what was deleted since as well, where a figure of the past holds it.
    let subset = match (&subset, figure, asked.as_of_end) {
        (None, PipelineFigure::Standing, None) => Some(asked.visible(&ctx).await?),
        _ => subset,
    };
    behind.narrowed(subset.as_ref()).reply(&ctx, uri.path(), &pairs, &paging).await
}

/// The stage that is meant, or every open one.
fn stages(asked: &Asked, stage_id: Option<i64>) -> Result<Vec<i64>> {
    let stages = asked.pipeline.stages.iter();
    let stages: Vec<i64> = match stage_id {
        None => stages
            .filter(|stage| stage.outcome == Outcome::Open)
            .map(|stage| stage.id)
            .collect(),
        Some(id) => stages.filter(|stage| stage.id == id).map(|stage| stage.id).collect(),
    };
    match stages.is_empty() {
        false => Ok(stages),
        true => Err(invalid(
            "stage_id",
            say!("Bu satış sürecinin bir aşaması olmalı.", "Must be a stage of this pipeline."),
        )),
    }
}

fn standing(asked: &Asked, stages: &[i64]) -> Behind {
    let mut behind = match asked.as_of_end {
        Some(end) => Behind::stood(end),
        None => Behind {
            probability: Some("opportunities.probability".into()),
            ..Behind::of(OPPORTUNITY.table)
        },
    };
    let table = behind.table;
    let in_stages = Expr::col((table, "stage_id")).is_in(stages.iter().copied());
    behind
        .query
        .and_where(in_stages)
        .and_where(Expr::col((table, "pipeline_id")).eq(asked.pipeline.id));
    behind
}

fn stays(asked: &Asked, stages: &[i64], figure: PipelineFigure) -> Behind {
    const STAYS: &str = "stage_stays";
    let col = |name: &'static str| Expr::col((STAYS, name));
    let mut behind = Behind::of(STAYS);
    behind.days = Some("stage_stays.stayed_days".into());
    behind.query.and_where(col("stage_id").is_in(stages.iter().copied()));
    let when = if figure == PipelineFigure::Left { "left_at" } else { "entered_at" };
    behind
        .query
        .and_where(col(when).gte(asked.from_us))
        .and_where(col(when).lt(asked.end_us));
    if figure == PipelineFigure::Left {
        return behind;
    }
    behind.query.and_where(col("is_first").eq(true));
    let is_won = || col("outcome").eq(Outcome::Won.word());
    let stopped = |outcome: Outcome| Cond::all().add(col("is_passed").eq(false)).add(col("outcome").eq(outcome.word()));
    let which = match figure {
        PipelineFigure::WentOn => Cond::any().add(col("is_passed").eq(true)).add(is_won()),
        PipelineFigure::Dropped => stopped(Outcome::Lost),
        PipelineFigure::StillOpen => stopped(Outcome::Open),
        _ => Cond::all(),
    };
    behind.query.cond_where(which);
    behind
}

fn moves(asked: &Asked, is_later: bool) -> Behind {
    const MOVES: &str = "close_date_moves";
    let col = |name: &'static str| Expr::col((MOVES, name));
    let mut behind = Behind::of(MOVES);
    behind.days = Some("close_date_moves.days".into());
    behind
        .query
        .and_where(col("pipeline_id").eq(asked.pipeline.id))
        .and_where(col("at").gte(asked.from_us))
        .and_where(col("at").lt(asked.end_us))
        .and_where(if is_later { col("days").gt(0) } else { col("days").lt(0) });
    behind
}

fn closed(asked: &Asked, figure: PipelineFigure, own: &[(String, String)], sees_cycles: bool) -> Result<Behind> {
    const CLOSINGS: &str = "opportunity_closings";
    const LINES: &str = "opportunity_lines";
    let col = |name: &'static str| Expr::col((CLOSINGS, name));
    let is_of_lines = own.iter().any(|(name, _)| name.starts_with("line_"));
    let mut behind = match is_of_lines {
        false => {
            let mut behind = Behind::of(CLOSINGS);
            behind.amount = "opportunity_closings.amount_base".into();
            behind
        }
        true => {
            let mut behind = Behind::of(LINES);
            behind.amount = "opportunity_lines.total".into();
            behind
                .query
                .inner_join(CLOSINGS, col("opportunity_id").equals((LINES, "opportunity_id")));
            let product = Expr::col((LINES, "product_id"));
            behind.query.and_where(match id(own, "line_product")? {
                Some(id) => product.eq(id),
                None => product.is_null(),
            });
            if let Some((_, name)) = own.iter().find(|(name, _)| name == "line_name") {
                behind.query.and_where(Expr::col((LINES, "name")).eq(name.as_str()));
            }
            behind
        }
    };
    behind.days = Some("opportunity_closings.cycle_days".into()).filter(|_| sees_cycles);
    behind
        .query
        .and_where(col("pipeline_id").eq(asked.pipeline.id))
        .and_where(col("outcome").eq(figure.word()))
        .and_where(col("closed_on").gte(asked.from.as_str()))
        .and_where(col("closed_on").lte(asked.to.as_str()));
    if let Some(month) = given(own, "month") {
        behind
            .query
            .and_where(col("closed_on").gte(format!("{month}-01")))
            .and_where(col("closed_on").lte(format!("{month}-31")));
    }
    // Given and empty is an answer here: customers without an industry.
    if let Some((_, industry)) = own.iter().find(|(name, _)| name == "industry") {
        behind
            .query
            .inner_join("customers", Expr::col(("customers", "id")).equals((CLOSINGS, "customer_id")))
            .and_where(Expr::col(("customers", "industry")).eq(industry.as_str()));
    }
    Ok(behind)
}
