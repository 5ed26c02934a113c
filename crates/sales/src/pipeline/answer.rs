//! The pipeline in figures, as the API shows it. What rests on a field that the caller's roles hide is none.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::board::http::PipelineName;
use crate::figures::DealFigures;
use crate::pipelines::Outcome;

/// A pipeline in figures. Money is in the organisation's currency, rates are percent, all decimal strings; none where a role hides what they
/// rest on.
#[derive(Serialize, ToSchema)]
pub struct PipelineFigures {
    pub pipeline: PipelineName,
    pub currency: String,
    pub from: String,
    pub to: String,
    pub as_of: Option<String>,
    pub stages: Vec<StageFigures>,
    pub open: DealFigures,
    pub velocity: PipelineVelocity,
    /// None for whom expected close dates are hidden.
    pub slippage: Option<PipelineSlippage>,
    /// With which parameters `pipeline/opportunities/` lists what stands in open stages.
    #[schema(value_type = Object)]
    pub open_opportunities: Value,
    pub slippage_opportunities: SlippageOpportunities,
    /// None for whom the days of closing are hidden.
    pub win_rate: Option<WinRates>,
}

/// A stage in figures.
#[derive(Serialize, ToSchema)]
pub struct StageFigures {
    pub stage_id: i64,
    pub stage: String,
    pub name_tr: String,
    pub name_en: String,
    pub outcome: Outcome,
    #[serde(flatten)]
    pub standing: DealFigures,
    /// One decimal.
    pub mean_age_days: Option<String>,
    /// Whose list this is; none of a past day.
    #[schema(value_type = Option<Object>)]
    pub criteria: Value,
    pub opportunities: StageOpportunities,
    pub cohort: StageCohort,
    pub time_in_stage: TimeInStage,
}

/// With which parameters, beside those of the question, `pipeline/opportunities/` lists what is behind each figure of a stage.
#[derive(Serialize, ToSchema)]
pub struct StageOpportunities {
    #[schema(value_type = Object)]
    pub standing: Value,
    #[schema(value_type = Object)]
    pub entered: Value,
    #[schema(value_type = Object)]
    pub went_on: Value,
    #[schema(value_type = Object)]
    pub lost: Value,
    #[schema(value_type = Object)]
    pub open: Value,
    #[schema(value_type = Object)]
    pub left: Value,
}

/// What became of those who entered a stage within the window.
#[derive(Serialize, ToSchema)]
pub struct StageCohort {
    pub entered: i64,
    pub went_on: i64,
    pub lost: i64,
    pub open: i64,
    /// Percent.
    pub went_on_rate: Option<String>,
    pub lost_rate: Option<String>,
    pub open_rate: Option<String>,
}

/// How long those who left a stage within the window had been in it.
#[derive(Serialize, ToSchema)]
pub struct TimeInStage {
    pub left: i64,
    pub median_days: Option<i64>,
    pub p80_days: Option<i64>,
}

/// Open opportunities × win rate × mean value ÷ days of a cycle, with its parts.
#[derive(Serialize, ToSchema)]
pub struct PipelineVelocity {
    pub open: i64,
    /// Closed ones are none for whom the days of closing are hidden.
    pub won: Option<i64>,
    pub lost: Option<i64>,
    pub win_rate: Option<String>,
    pub mean_won_amount: Option<String>,
    /// One decimal.
    pub cycle_days: Option<String>,
    /// An amount a day.
    pub per_day: Option<String>,
}

/// How often and how far expected close dates were moved.
#[derive(Serialize, ToSchema)]
pub struct PipelineSlippage {
    pub pushes: i64,
    pub pushed_days: i64,
    pub mean_push_days: Option<String>,
    pub pulls: i64,
    pub pushed_opportunities: i64,
}

/// With which parameters `pipeline/opportunities/` lists the moves of close dates.
#[derive(Serialize, ToSchema)]
pub struct SlippageOpportunities {
    #[schema(value_type = Object)]
    pub pushes: Value,
    #[schema(value_type = Object)]
    pub pulls: Value,
}

/// What was won and lost, in all and apart.
#[derive(Serialize, ToSchema)]
pub struct WinRates {
    pub total: WonAndLost,
    pub by_rep: Vec<WonAndLost>,
    /// None for whom sources are hidden.
    pub by_source: Option<Vec<WonAndLost>>,
    pub by_month: Vec<WonAndLost>,
    /// None for whom the industries of customers are hidden.
    pub by_industry: Option<Vec<WonAndLost>>,
    pub by_product: Vec<WonAndLost>,
}

/// By what it is told: nothing, a text, or somebody or something with a name.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum WonBy {
    Text(String),
    Named { id: Option<i64>, name: Option<String> },
}

/// What was won and lost, of something.
#[derive(Serialize, ToSchema)]
pub struct WonAndLost {
    pub key: Option<WonBy>,
    pub won: i64,
    pub won_amount: Option<String>,
    pub lost: i64,
    pub lost_amount: Option<String>,
    /// Percent; none of nothing.
    pub win_rate: Option<String>,
    /// Whose lists they are, where criteria tell it.
    #[schema(value_type = Option<Object>)]
    pub won_criteria: Value,
    #[schema(value_type = Option<Object>)]
    pub lost_criteria: Value,
    /// Where they do not: with which parameters `pipeline/opportunities/` lists them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opportunities: Option<WonAndLostOpportunities>,
}

/// See [`WonAndLost::opportunities`].
#[derive(Serialize, ToSchema)]
pub struct WonAndLostOpportunities {
    #[schema(value_type = Object)]
    pub won: Value,
    #[schema(value_type = Object)]
    pub lost: Value,
}
