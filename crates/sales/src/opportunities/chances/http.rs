//! The model of opportunities over HTTP.

use axum::http::StatusCode;
use kernel::ctx::Ctx;
use kernel::error::{Error, Result};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, PathId, Reply, Routes};
use records::{custom, field_rules, read};
use sea_query::ExprTrait;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::super::{Key, OPPORTUNITY, ProbabilitySource};
use super::Around;
use crate::figures::Sight;
use crate::leads::scoring::http::TrainingAsked;
use crate::models::{self, ModelExplanation, ModelFeature, ModelVersion};
use crate::permissions::{OPPORTUNITY_READ, SCORING_MANAGE};
use crate::pipelines;

const TAG: &str = "opportunities";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(get_opportunity_scoring), Access::Needs(OPPORTUNITY_READ))
        .add(routes!(get_opportunity_probability), Access::Needs(OPPORTUNITY_READ))
        .add(routes!(train_opportunity_model), Access::Needs(SCORING_MANAGE))
        .add(routes!(list_opportunity_models), Access::Needs(OPPORTUNITY_READ))
        .add(routes!(activate_opportunity_model), Access::Needs(SCORING_MANAGE))
        .add(routes!(deactivate_opportunity_model), Access::Needs(SCORING_MANAGE))
}

/// The model in force, and what the newest training lacked.
#[derive(Serialize, ToSchema)]
pub struct OpportunityScoring {
    /// None where none is in force; pipelines that ask for it go by their stages then.
    pub model: Option<ModelVersion>,
    /// The newest training, in force or not.
    pub newest: Option<ModelVersion>,
    /// What the model looks at, what decides most first.
    pub features: Vec<ModelFeature>,
}

/// Why an opportunity has its probability.
#[derive(Serialize, ToSchema)]
pub struct OpportunityProbability {
    /// In hundredths of a percent.
    pub probability: i64,
    pub probability_source: ProbabilitySource,
    /// What its stage says, in hundredths of a percent.
    pub stage_probability: Option<i64>,
    /// What the model in force says of the opportunity as it stands now, whether or not it is asked.
    pub model: Option<ModelExplanation>,
}

/// The model of opportunities: how good it is, and what decides.
#[utoipa::path(get, path = "/opportunities/scoring/", tag = TAG, operation_id = "get_opportunity_scoring", responses((status = 200, body = OpportunityScoring), Problems))]
async fn get_opportunity_scoring(ctx: Ctx) -> Result<Reply> {
    let mut versions = models::versions(&ctx.db, &OPPORTUNITY).await?;
    let features = (*models::active(&ctx, &OPPORTUNITY).await?).as_ref().map(models::Active::features);
    Reply::ok(&OpportunityScoring {
        newest: versions.first().cloned(),
        model: versions
            .iter()
            .position(|version| version.is_active)
            .map(|place| versions.swap_remove(place)),
        features: features.unwrap_or_default(),
    })
}

/// Why an opportunity has its probability: its source, what its stage says, and what each fact adds to the log-odds of the model.
#[utoipa::path(get, path = "/opportunities/{id}/probability/", tag = TAG, operation_id = "get_opportunity_probability", params(("id" = i64, Path)), responses((status = 200, body = OpportunityProbability), Problems))]
async fn get_opportunity_probability(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    let sight = Sight::of(&ctx);
    sight.require(&[Key::Probability])?;
    let definitions = custom::definitions(&ctx, OPPORTUNITY.name).await?;
    let mut query = read::visible(&ctx, &OPPORTUNITY, OPPORTUNITY_READ).await?;
    query.and_where(OPPORTUNITY.col("id").eq(id));
    let record = read::found(&ctx, &OPPORTUNITY, &definitions, query)
        .await?
        .pop()
        .ok_or(Error::NotFound)?;
    let model = models::active(&ctx, &OPPORTUNITY).await?;
    let explained = match (*model).as_ref() {
        None => None,
        Some(model) => {
            let around = Around::read(&ctx.db, &record).await?;
            let situation = around.situation(&record, &ctx);
            let mut hidden = field_rules::hidden(&OPPORTUNITY, &ctx.actor);
            if !sight.sees(Key::ExpectedCloseDate) {
                hidden.insert("pushes".into());
            }
            hidden.extend(field_rules::hidden(&customers::customer::ENTITY, &ctx.actor));
            Some(model.explain_values(&situation.values_for(model), &hidden))
        }
    };
    let pipelines = pipelines::all(&ctx).await?;
    let stage = record[Key::StageId].int();
    Reply::ok(&OpportunityProbability {
        probability: record[Key::Probability].int().unwrap_or_default(),
        probability_source: ProbabilitySource::parse(record[Key::ProbabilitySource].text()).unwrap_or(ProbabilitySource::Stage),
        stage_probability: stage.and_then(|id| Some(pipelines.stage(id)?.probability)),
        model: explained,
    })
}

/// Learns from the opportunities that were won or lost, in the background. What is learned becomes a new version, and is in force unless
/// somebody has gone back to an older one or to the stages. With too small a history the version says what it lacks.
#[utoipa::path(post, path = "/opportunities/scoring/train/", tag = TAG, operation_id = "train_opportunity_model", responses((status = 202, body = TrainingAsked), Problems))]
async fn train_opportunity_model(ctx: Ctx) -> Result<Reply> {
    ctx.write(async |tx| {
        super::ask(tx, &ctx).await?;
        let asked = TrainingAsked { job: super::TRAIN.name };
        Ok(Reply::text(StatusCode::ACCEPTED, serde_json::to_string(&asked)?))
    })
    .await
}

/// The versions of the model, the newest first, with how good each was and why nothing was learned where nothing was.
#[utoipa::path(get, path = "/opportunities/scoring/models/", tag = TAG, operation_id = "list_opportunity_models", responses((status = 200, body = Listed<ModelVersion>), Problems))]
async fn list_opportunity_models(ctx: Ctx) -> Result<Reply> {
    Reply::ok(&Listed::whole(models::versions(&ctx.db, &OPPORTUNITY).await?))
}

/// Puts a version in force. Probabilities that the model gives are set anew soon after.
#[utoipa::path(post, path = "/opportunities/scoring/models/{id}/activate/", tag = TAG, operation_id = "activate_opportunity_model", params(("id" = i64, Path)), responses((status = 200, body = ModelVersion), Problems))]
async fn activate_opportunity_model(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    ctx.write(async |tx| {
        let version = models::activate(tx, &ctx, &OPPORTUNITY, id).await?;
        super::refresh_soon(tx, &ctx).await?;
        Reply::ok(&version)
    })
    .await
}

/// Puts no model in force: every probability that is not set by hand goes by its stage. The versions stay.
#[utoipa::path(post, path = "/opportunities/scoring/models/deactivate/", tag = TAG, operation_id = "deactivate_opportunity_model", responses((status = 204), Problems))]
async fn deactivate_opportunity_model(ctx: Ctx) -> Result<Reply> {
    ctx.write(async |tx| {
        models::deactivate(tx, &ctx, &OPPORTUNITY).await?;
        super::refresh_soon(tx, &ctx).await?;
        Ok(Reply::no_content())
    })
    .await
}
