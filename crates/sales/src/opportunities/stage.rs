//! Moving opportunities to a stage, one or many. What the stage asks for (its gate) comes with the move, or is refused field by field.

use axum::http::HeaderMap;
use kernel::ctx::Ctx;
use kernel::error::{Error, FieldErrors, Result, invalid};
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, PathId, Reply, Routes};
use kernel::{say, text};
use records::bulk::{self, BulkOutcome, RecordsBulk};
use records::change::{self, Edit, Extent};
use records::entity::required;
use records::http;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::http::Opportunity;
use super::{Key, OPPORTUNITY};
use crate::permissions::OPPORTUNITY_WRITE;
use crate::pipelines;

const TAG: &str = "opportunities";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(move_opportunity), Access::Needs(OPPORTUNITY_WRITE))
        .add(routes!(move_opportunities), Access::Needs(OPPORTUNITY_WRITE))
}

/// Where an opportunity goes, with the fields the stage asks for.
#[derive(Deserialize, ToSchema)]
pub struct StageMove {
    /// The key of the stage: `proposal`.
    #[serde(default)]
    pub stage: String,
    /// `amount`, `expected_close_date`, `win_reason`, `loss_reason`, `competitor`, `next_step`, or any other field of an opportunity.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub fields: Map<String, Value>,
}

/// The same for many: `ids`, or everything that `criteria` and `search` find.
#[derive(Deserialize, ToSchema)]
pub struct StageMoves {
    pub ids: Option<Vec<i64>>,
    #[schema(value_type = Option<Object>)]
    pub criteria: Option<Value>,
    pub search: Option<String>,
    #[serde(flatten)]
    pub to: StageMove,
}

/// The fields that are written, once the stage is one that some pipeline has. Which one is meant depends on the opportunity's pipeline.
async fn written(ctx: &Ctx, to: StageMove) -> Result<Map<String, Value>> {
    let StageMove { stage, mut fields } = to;
    if stage.is_empty() {
        return Err(invalid(Key::Stage.name(), required()));
    }
    let pipelines = pipelines::all(ctx).await?;
    if !pipelines.stages().any(|known| known.key == stage) {
        let known: Vec<&str> = pipelines.stages().map(|stage| stage.key.as_str()).collect();
        let problem = match text::nearest(&stage, known.iter().copied()) {
            Some(near) => say!(
                "Böyle bir aşama yok; “{}” olabilir mi?",
                "There is no such stage; did you mean “{}”?",
                near
            ),
            None => say!("Böyle bir aşama yok.", "There is no such stage."),
        };
        return Err(invalid(Key::Stage.name(), problem));
    }
    fields.insert(Key::Stage.name().to_owned(), stage.into());
    Ok(fields)
}

/// Moves an opportunity to a stage. What the stage asks for comes in the same body; what is missing is a 422 that names each field. With
/// `If-Match`, what others changed meanwhile is a 409.
#[utoipa::path(put, path = "/opportunities/{id}/stage/", tag = TAG, operation_id = "move_opportunity", params(("id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = StageMove, responses((status = 200, body = Opportunity), Problems))]
async fn move_opportunity(ctx: Ctx, headers: HeaderMap, PathId(id): PathId<i64>, Body(to): Body<StageMove>) -> Result<Reply> {
    let base_version = http::base_version(&headers)?;
    let input = written(&ctx, to).await?;
    http::command(&ctx, &OPPORTUNITY, "stage", id, async |tx, stamp| {
        let edit = Edit {
            id,
            input: &input,
            extent: Extent::Named,
            base_version,
        };
        Ok(change::update(tx, &ctx, stamp, &OPPORTUNITY, edit).await?.is_some())
    })
    .await
}

/// Moves many opportunities to a stage in one stroke, undone in one. Those that lack what the stage asks for stay and are told.
#[utoipa::path(post, path = "/opportunities/stage/", tag = TAG, operation_id = "move_opportunities", request_body = StageMoves, responses((status = 200, body = BulkOutcome), Problems))]
async fn move_opportunities(ctx: Ctx, Body(moves): Body<StageMoves>) -> Result<Reply> {
    let fields = written(&ctx, moves.to).await?;
    let request = RecordsBulk {
        ids: moves.ids,
        criteria: moves.criteria,
        search: moves.search,
        action: "update".into(),
        changes: Some(fields),
    };
    ctx.write(async |tx| {
        let run = bulk::run(tx, &ctx, &OPPORTUNITY, request).await;
        let (operation, outcome) = run.map_err(by_own_names)?;
        Ok(Reply::ok(&outcome)?.operation(operation))
    })
    .await
}

/// The fields stand in the body itself here, not under `changes`.
fn by_own_names(error: Error) -> Error {
    let Error::Invalid(errors) = error else { return error };
    let own = |name: String| name.strip_prefix("changes.").map(str::to_owned).unwrap_or(name);
    Error::Invalid(FieldErrors(
        errors.0.into_iter().map(|(name, problems)| (own(name), problems)).collect(),
    ))
}
