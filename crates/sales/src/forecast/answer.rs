//! The forecast, as the API shows it. Money is none for whom a role hides what it rests on.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::adjustments::HeldAdjustment;
use crate::figures::{DealFigures, Sight};

/// A forecast. Money is in the organisation's currency, as decimal strings; none for whom amounts (of what is weighted also probabilities) are
/// hidden.
#[derive(Serialize, ToSchema)]
pub struct Forecast {
    pub currency: String,
    pub periods: Vec<ForecastPeriod>,
    /// What past periods promised on their first day, and what they brought.
    pub past: Vec<PastForecast>,
    pub history: ForecastHistory,
}

/// A period with its lines: the total, teams with those below them, representatives.
#[derive(Serialize, ToSchema)]
pub struct ForecastPeriod {
    pub period: String,
    pub first: String,
    pub last: String,
    pub lines: Vec<ForecastLine>,
}

/// Whose line it is.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ForecastLineKind {
    Total,
    Team,
    User,
}

/// What is won and expected within a period, by somebody.
#[derive(Serialize, ToSchema)]
pub struct ForecastLine {
    pub kind: ForecastLineKind,
    pub id: Option<i64>,
    pub name: Option<String>,
    /// Of a team: the one above it, and its manager.
    pub parent_id: Option<i64>,
    pub manager_id: Option<i64>,
    #[serde(flatten)]
    pub figures: ForecastFigures,
    #[schema(value_type = Object)]
    pub open_criteria: Value,
    #[schema(value_type = Object)]
    pub closed_criteria: Value,
    /// Whose lists are the figures of the categories.
    pub criteria: CategoryCriteria,
    pub simulation: Option<ForecastSimulation>,
    pub quota: Option<ForecastQuota>,
    /// How much of the quota is won, in percent.
    pub attainment: Option<String>,
    /// How much of the quota is not.
    pub gap: Option<String>,
    /// A manager's own number; part of no sum.
    pub adjustment: Option<HeldAdjustment>,
}

/// Figures by category.
#[derive(Serialize, ToSchema)]
pub struct ForecastFigures {
    pub categories: ForecastCategories,
    pub cumulative: CumulativeForecast,
    pub weighted: Option<String>,
}

/// Each category by itself.
#[derive(Serialize, ToSchema)]
pub struct ForecastCategories {
    pub closed: DealFigures,
    pub commit: DealFigures,
    pub best_case: DealFigures,
    pub pipeline: DealFigures,
}

/// Each category with the surer ones.
#[derive(Serialize, ToSchema)]
pub struct CumulativeForecast {
    pub closed: Option<String>,
    pub commit: Option<String>,
    pub best_case: Option<String>,
    pub pipeline: Option<String>,
}

/// See [`ForecastLine::criteria`].
#[derive(Serialize, ToSchema)]
pub struct CategoryCriteria {
    #[schema(value_type = Object)]
    pub closed: Value,
    #[schema(value_type = Object)]
    pub commit: Value,
    #[schema(value_type = Object)]
    pub best_case: Value,
    #[schema(value_type = Object)]
    pub pipeline: Value,
}

/// What the runs of the simulation came to, with what is won already.
#[derive(Serialize, ToSchema)]
pub struct ForecastSimulation {
    /// A tenth of the runs brought less.
    pub p10: String,
    pub p50: String,
    pub p90: String,
    pub mean: String,
}

/// What is to be won.
#[derive(Serialize, ToSchema)]
pub struct ForecastQuota {
    pub amount: String,
    /// `own`, or `members`: the sum of theirs.
    pub source: &'static str,
}

/// What a past period promised on its first day, and what it brought.
#[derive(Serialize, ToSchema)]
pub struct PastForecast {
    pub period: String,
    pub first: String,
    pub last: String,
    pub forecast: ForecastFigures,
    /// Where that is from: `history` is the history of opportunities, as they stood when the day began.
    pub source: &'static str,
    /// The parameters with which `forecast/opportunities/` lists what was promised.
    pub opportunities: PromisedOpportunities,
    #[schema(value_type = Object)]
    pub won_criteria: Value,
    pub won: WonFigures,
}

/// See [`PastForecast::opportunities`].
#[derive(Serialize, ToSchema)]
pub struct PromisedOpportunities {
    #[schema(value_type = Object)]
    pub commit: Value,
    #[schema(value_type = Object)]
    pub best_case: Value,
    #[schema(value_type = Object)]
    pub pipeline: Value,
}

/// How many were won, and how much.
#[derive(Serialize, ToSchema)]
pub struct WonFigures {
    pub count: i64,
    pub amount: Option<String>,
}

/// What the chances of the simulation rest on.
#[derive(Serialize, ToSchema)]
pub struct ForecastHistory {
    pub won: i64,
    pub lost: i64,
    /// Whether these are enough to tell anything.
    pub is_used: bool,
    pub runs: usize,
}

impl ForecastFigures {
    pub fn of(all: &super::Categories, sight: &Sight) -> ForecastFigures {
        let mut sum = crate::figures::Figures::default();
        let mut with = |figures| {
            sum += figures;
            sight.amount(sum.amount)
        };
        let cumulative = CumulativeForecast {
            closed: with(all.closed),
            commit: with(all.commit),
            best_case: with(all.best_case),
            pipeline: with(all.pipeline),
        };
        ForecastFigures {
            categories: ForecastCategories {
                closed: sight.figures(all.closed),
                commit: sight.figures(all.commit),
                best_case: sight.figures(all.best_case),
                pipeline: sight.figures(all.pipeline),
            },
            cumulative,
            weighted: sight.weighted(sum.weighted),
        }
    }
}
