//! Scores over HTTP.

use axum::http::StatusCode;
use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, PathId, Reply, Routes};
use records::http::{Said, said};
use records::kept::noted;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::super::LEAD;
use super::analysis::{self, LeadScoring};
use super::dry_run::{self, ScoreDryRun, ScoreDryRunOutcome};
use super::explanation::{self, ScoreExplanation};
use super::rules::{self, ScoreRule, ScoreRuleInput, ScoreRuleKind};
use super::training;
use crate::models::{self, ModelVersion};
use crate::permissions::{LEAD_READ, SCORING_MANAGE};

const TAG: &str = "leads";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(get_lead_scoring), Access::Needs(LEAD_READ))
        .add(routes!(get_lead_score), Access::Needs(LEAD_READ))
        .add(routes!(list_score_rules), Access::Needs(LEAD_READ))
        .add(routes!(create_score_rule), Access::Needs(SCORING_MANAGE))
        .add(routes!(update_score_rule), Access::Needs(SCORING_MANAGE))
        .add(routes!(delete_score_rule), Access::Needs(SCORING_MANAGE))
        .add(routes!(try_score_rules), Access::Needs(SCORING_MANAGE))
        .add(routes!(train_lead_model), Access::Needs(SCORING_MANAGE))
        .add(routes!(list_lead_models), Access::Needs(LEAD_READ))
        .add(routes!(activate_lead_model), Access::Needs(SCORING_MANAGE))
        .add(routes!(deactivate_lead_model), Access::Needs(SCORING_MANAGE))
}

/// A rule with its criteria in words.
#[derive(Serialize, ToSchema)]
pub struct ScoreRuleShown {
    #[serde(flatten)]
    pub rule: ScoreRule,
    /// What a fit rule asks for; none for engagement, and for criteria that cannot be read any more, which nobody meets.
    pub sentence: Option<Said>,
}

async fn shown(ctx: &Ctx, rule: ScoreRule, schema: &criteria::Schema) -> Result<ScoreRuleShown> {
    let criteria = criteria::Criteria::parse(&rule.criteria, schema).ok();
    let sentence = match criteria.filter(|_| rule.kind == ScoreRuleKind::Fit) {
        Some(criteria) => Some(said(ctx, &criteria).await?),
        None => None,
    };
    Ok(ScoreRuleShown { rule, sentence })
}

/// What scores are worth: how they are spread over the leads the caller may see, what came of the leads in each band, and what makes them.
#[utoipa::path(get, path = "/leads/scoring/", tag = TAG, operation_id = "get_lead_scoring", responses((status = 200, body = LeadScoring), Problems))]
async fn get_lead_scoring(ctx: Ctx) -> Result<Reply> {
    Reply::ok(&analysis::of(&ctx.for_lists().await).await?)
}

/// Why a lead has its score.
#[utoipa::path(get, path = "/leads/{id}/score/", tag = TAG, operation_id = "get_lead_score", params(("id" = i64, Path)), responses((status = 200, body = ScoreExplanation), Problems))]
async fn get_lead_score(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    Reply::ok(&explanation::of(&ctx, id).await?)
}

/// The rules of scores, fit first, in their order.
#[utoipa::path(get, path = "/leads/score-rules/", tag = TAG, operation_id = "list_score_rules", responses((status = 200, body = Listed<ScoreRuleShown>), Problems))]
async fn list_score_rules(ctx: Ctx) -> Result<Reply> {
    let schema = rules::whole(&ctx).await?;
    let mut shown_rules = Vec::new();
    for rule in rules::all(&ctx.db).await? {
        shown_rules.push(shown(&ctx, rule, &schema).await?);
    }
    Reply::ok(&Listed::whole(shown_rules))
}

/// Makes a rule. Every open lead is scored anew soon after.
#[utoipa::path(post, path = "/leads/score-rules/", tag = TAG, operation_id = "create_score_rule", request_body = ScoreRuleInput, responses((status = 201, body = ScoreRuleShown), Problems))]
async fn create_score_rule(ctx: Ctx, Body(input): Body<ScoreRuleInput>) -> Result<Reply> {
    ctx.write(async |tx| {
        noted(tx, &ctx, "score_rules.create", async |tx, stamp| {
            let rule = rules::create(tx, &ctx, stamp, input).await?;
            let location = format!("/api/v1/crm/leads/score-rules/{}/", rule.id);
            Ok((
                Reply::created(location, &shown(&ctx, rule, &rules::whole(&ctx).await?).await?)?,
                true,
            ))
        })
        .await
    })
    .await
}

/// Replaces a rule; its place and whether it is active stay when they are not given.
#[utoipa::path(put, path = "/leads/score-rules/{id}/", tag = TAG, operation_id = "update_score_rule", params(("id" = i64, Path)), request_body = ScoreRuleInput, responses((status = 200, body = ScoreRuleShown), Problems))]
async fn update_score_rule(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<ScoreRuleInput>) -> Result<Reply> {
    ctx.write(async |tx| {
        noted(tx, &ctx, "score_rules.update", async |tx, stamp| {
            let (rule, is_changed) = rules::update(tx, &ctx, stamp, id, input).await?;
            Ok((Reply::ok(&shown(&ctx, rule, &rules::whole(&ctx).await?).await?)?, is_changed))
        })
        .await
    })
    .await
}

/// Ends a rule.
#[utoipa::path(delete, path = "/leads/score-rules/{id}/", tag = TAG, operation_id = "delete_score_rule", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn delete_score_rule(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    ctx.write(async |tx| {
        noted(tx, &ctx, "score_rules.delete", async |tx, stamp| {
            rules::delete(tx, &ctx, stamp, id).await?;
            Ok((Reply::no_content(), true))
        })
        .await
    })
    .await
}

/// Tries rules on the leads that are there; nothing is changed.
#[utoipa::path(post, path = "/leads/score-rules/dry-run/", tag = TAG, operation_id = "try_score_rules", request_body = ScoreDryRun, responses((status = 200, body = ScoreDryRunOutcome), Problems))]
async fn try_score_rules(ctx: Ctx, Body(input): Body<ScoreDryRun>) -> Result<Reply> {
    Reply::ok(&dry_run::run(&ctx.for_lists().await, input).await?)
}

/// A training that was asked for.
#[derive(Serialize, ToSchema)]
pub struct TrainingAsked {
    /// The job that does it; what came of it is the newest of the models.
    pub job: &'static str,
}

/// Learns from the leads that were converted or disqualified, in the background. What is learned becomes a new version and makes the scores,
/// unless somebody has gone back to an older version or to the rules. With too small a history the version says what it lacks.
#[utoipa::path(post, path = "/leads/scoring/train/", tag = TAG, operation_id = "train_lead_model", responses((status = 202, body = TrainingAsked), Problems))]
async fn train_lead_model(ctx: Ctx) -> Result<Reply> {
    ctx.write(async |tx| {
        training::ask(tx, &ctx).await?;
        let asked = TrainingAsked { job: training::TRAIN.name };
        Ok(Reply::text(StatusCode::ACCEPTED, serde_json::to_string(&asked)?))
    })
    .await
}

/// The versions of the model, the newest first, with how good each was and why nothing was learned where nothing was.
#[utoipa::path(get, path = "/leads/scoring/models/", tag = TAG, operation_id = "list_lead_models", responses((status = 200, body = Listed<ModelVersion>), Problems))]
async fn list_lead_models(ctx: Ctx) -> Result<Reply> {
    Reply::ok(&Listed::whole(models::versions(&ctx.db, &LEAD).await?))
}

/// Puts a version in force. Every open lead is scored anew soon after.
#[utoipa::path(post, path = "/leads/scoring/models/{id}/activate/", tag = TAG, operation_id = "activate_lead_model", params(("id" = i64, Path)), responses((status = 200, body = ModelVersion), Problems))]
async fn activate_lead_model(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    ctx.write(async |tx| {
        let version = models::activate(tx, &ctx, &LEAD, id).await?;
        training::score_soon(tx, &ctx).await?;
        Reply::ok(&version)
    })
    .await
}

/// Goes back to the rules. The versions stay.
#[utoipa::path(post, path = "/leads/scoring/models/deactivate/", tag = TAG, operation_id = "deactivate_lead_model", responses((status = 204), Problems))]
async fn deactivate_lead_model(ctx: Ctx) -> Result<Reply> {
    ctx.write(async |tx| {
        models::deactivate(tx, &ctx, &LEAD).await?;
        training::score_soon(tx, &ctx).await?;
        Ok(Reply::no_content())
    })
    .await
}
