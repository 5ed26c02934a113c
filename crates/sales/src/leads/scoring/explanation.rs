//! Why a lead has its score.

use kernel::ctx::Ctx;
use kernel::error::{Error, Result};
use records::{custom, read};
use sea_query::ExprTrait;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::touches::{self, ByLead};
use super::super::{Key, LEAD, ScoreSource};
use super::rules::{self, ScoreRulePoints};
use crate::models::{self, ModelExplanation};
use crate::permissions::LEAD_READ;

/// Why a lead has its score.
#[derive(Serialize, ToSchema)]
pub struct ScoreExplanation {
    pub lead_score: i64,
    pub score_source: ScoreSource,
    /// As they are kept: of an open lead as of its last change or the last night, of a closed one as it was closed.
    pub fit_score: i64,
    pub engagement_score: i64,
    /// What each rule gives now. The score is the sum of fit and engagement, each rounded, between 0 and 100.
    pub rules: Vec<ScoreRulePoints>,
    /// In hundredths of a percent, as it is kept; none where the rules make the score.
    pub win_probability: Option<i64>,
    /// What the model in force says of the lead as it stands now.
    pub model: Option<ModelExplanation>,
}

/// Explains the score of a lead that the caller may see.
pub async fn of(ctx: &Ctx, id: i64) -> Result<ScoreExplanation> {
    let definitions = custom::definitions(ctx, LEAD.name).await?;
    let mut query = read::visible(ctx, &LEAD, LEAD_READ).await?;
    query.and_where(LEAD.col("id").eq(id));
    let lead = read::found(ctx, &LEAD, &definitions, query).await?.pop().ok_or(Error::NotFound)?;
    let rules = rules::in_force(ctx).await?;
    let touches = match super::asked(&rules, ctx, &[id]) {
        Some(query) => touches::by_lead(ctx.db.all(&query).await?),
        None => ByLead::new(),
    };
    let own = touches.get(&id).map(Vec::as_slice).unwrap_or_default();
    let int = |key: Key| lead[key].int().unwrap_or_default();
    Ok(ScoreExplanation {
        lead_score: int(Key::LeadScore),
        score_source: ScoreSource::parse(lead[Key::ScoreSource].text()).unwrap_or(ScoreSource::Rules),
        fit_score: int(Key::FitScore),
        engagement_score: int(Key::EngagementScore),
        rules: rules.told(ctx, &lead, own),
        win_probability: lead[Key::WinProbability].int(),
        model: (*models::active(ctx, &LEAD).await?).as_ref().map(|model| model.explain(ctx, &lead)),
    })
}
