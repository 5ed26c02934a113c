//! Pipelines over HTTP.

use axum::http::StatusCode;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Error, Result, invalid};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, Params, PathId, Reply, Routes};
use kernel::say;
use records::kept::noted;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::Pipeline;
use super::change::{self, PipelineInput, StageInput};
use crate::permissions::{OPPORTUNITY_READ, PIPELINE_MANAGE};

const TAG: &str = "pipelines";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_pipelines), Access::Needs(OPPORTUNITY_READ))
        .add(routes!(create_pipeline), Access::Needs(PIPELINE_MANAGE))
        .add(routes!(update_pipeline), Access::Needs(PIPELINE_MANAGE))
        .add(routes!(add_stage), Access::Needs(PIPELINE_MANAGE))
        .add(routes!(reorder_stages), Access::Needs(PIPELINE_MANAGE))
        .add(routes!(update_stage), Access::Needs(PIPELINE_MANAGE))
        .add(routes!(delete_stage), Access::Needs(PIPELINE_MANAGE))
}

/// The order of the stages of a pipeline: each of them, once.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StageOrder {
    pub stage_ids: Vec<i64>,
}

/// The pipelines with their stages, the default one first.
#[utoipa::path(get, path = "/pipelines/", tag = TAG, operation_id = "list_pipelines", responses((status = 200, body = Listed<Pipeline>), Problems))]
async fn list_pipelines(ctx: Ctx) -> Result<Reply> {
    Reply::ok(&Listed::whole(super::all(&ctx).await?.0.clone()))
}

/// Answers with a pipeline as it stands in this transaction.
async fn answer(tx: &mut Tx, id: i64, status: StatusCode) -> Result<Reply> {
    let pipeline = super::one(tx, id).await?.ok_or(Error::NotFound)?;
    Ok(Reply::text(status, serde_json::to_string(&pipeline)?))
}

/// Makes a pipeline, with the stages of the default one to begin with.
#[utoipa::path(post, path = "/pipelines/", tag = TAG, operation_id = "create_pipeline", request_body = PipelineInput, responses((status = 201, body = Pipeline), Problems))]
async fn create_pipeline(ctx: Ctx, Body(input): Body<PipelineInput>) -> Result<Reply> {
    ctx.write(async |tx| {
        noted(tx, &ctx, "pipelines.create", async |tx, stamp| {
            let id = change::create(tx, &ctx, stamp, &input).await?;
            let reply = answer(tx, id, StatusCode::CREATED).await?;
            Ok((reply.header("location", format!("/api/v1/crm/pipelines/{id}/")), true))
        })
        .await
    })
    .await
}

/// Renames a pipeline, takes it out of use or back, or makes it the default one.
#[utoipa::path(patch, path = "/pipelines/{id}/", tag = TAG, operation_id = "update_pipeline", params(("id" = i64, Path)), request_body = PipelineInput, responses((status = 200, body = Pipeline), Problems))]
async fn update_pipeline(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<PipelineInput>) -> Result<Reply> {
    ctx.write(async |tx| {
        noted(tx, &ctx, "pipelines.update", async |tx, stamp| {
            let is_changed = change::update(tx, &ctx, stamp, id, &input).await?;
            Ok((answer(tx, id, StatusCode::OK).await?, is_changed))
        })
        .await
    })
    .await
}

/// Adds a stage to a pipeline: an open one before its ends.
#[utoipa::path(post, path = "/pipelines/{id}/stages/", tag = TAG, operation_id = "add_stage", params(("id" = i64, Path)), request_body = StageInput, responses((status = 201, body = Pipeline), Problems))]
async fn add_stage(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<StageInput>) -> Result<Reply> {
    ctx.write(async |tx| {
        noted(tx, &ctx, "pipelines.add_stage", async |tx, stamp| {
            change::add_stage(tx, &ctx, stamp, id, &input).await?;
            Ok((answer(tx, id, StatusCode::CREATED).await?, true))
        })
        .await
    })
    .await
}

/// Brings the stages of a pipeline into another order.
#[utoipa::path(put, path = "/pipelines/{id}/stages/order/", tag = TAG, operation_id = "reorder_stages", params(("id" = i64, Path)), request_body = StageOrder, responses((status = 200, body = Pipeline), Problems))]
async fn reorder_stages(ctx: Ctx, PathId(id): PathId<i64>, Body(order): Body<StageOrder>) -> Result<Reply> {
    ctx.write(async |tx| {
        noted(tx, &ctx, "pipelines.reorder", async |tx, stamp| {
            change::reorder(tx, &ctx, stamp, id, &order.stage_ids).await?;
            Ok((answer(tx, id, StatusCode::OK).await?, true))
        })
        .await
    })
    .await
}

/// Changes a stage: its names, probability, category, rotting limit and what it asks for. Its key and outcome stay.
#[utoipa::path(patch, path = "/pipelines/{id}/stages/{stage_id}/", tag = TAG, operation_id = "update_stage", params(("id" = i64, Path), ("stage_id" = i64, Path)), request_body = StageInput, responses((status = 200, body = Pipeline), Problems))]
async fn update_stage(ctx: Ctx, PathId((id, stage_id)): PathId<(i64, i64)>, Body(input): Body<StageInput>) -> Result<Reply> {
    ctx.write(async |tx| {
        noted(tx, &ctx, "pipelines.update_stage", async |tx, stamp| {
            let is_changed = change::update_stage(tx, &ctx, stamp, (id, stage_id), &input).await?;
            Ok((answer(tx, id, StatusCode::OK).await?, is_changed))
        })
        .await
    })
    .await
}

/// Deletes a stage that is empty, or whose opportunities go to the stage `move_to`, an id.
#[utoipa::path(delete, path = "/pipelines/{id}/stages/{stage_id}/", tag = TAG, operation_id = "delete_stage", params(("id" = i64, Path), ("stage_id" = i64, Path), ("move_to" = Option<i64>, Query)), responses((status = 200, body = Pipeline), Problems))]
async fn delete_stage(ctx: Ctx, PathId((id, stage_id)): PathId<(i64, i64)>, Params(pairs): Params) -> Result<Reply> {
    let mut move_to = None;
    for (name, value) in &pairs {
        match (name.as_str(), value.parse()) {
            ("move_to", Ok(id)) => move_to = Some(id),
            (name, _) => {
                return Err(invalid(
                    name,
                    say!("Yalnızca move_to, bir aşamanın kimliği.", "Only move_to, the id of a stage."),
                ));
            }
        }
    }
    ctx.write(async |tx| {
        noted(tx, &ctx, "pipelines.delete_stage", async |tx, stamp| {
            change::delete_stage(tx, &ctx, stamp, (id, stage_id), move_to).await?;
            Ok((answer(tx, id, StatusCode::OK).await?, true))
        })
        .await
    })
    .await
}
