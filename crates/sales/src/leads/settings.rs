//! What an organisation has settled about its leads.

use std::sync::Arc;

use kernel::ctx::{Ctx, Stamp};
use kernel::db::{Db, Tx};
use kernel::error::{FieldErrors, Result, invalid};
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, Reply, Routes};
use kernel::json_text::JsonText;
use kernel::say;
use records::edit::Edit;
use records::kept::{self, Kept, noted};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::scoring;
use crate::models::inputs;
use crate::permissions::{LEAD_READ, SCORING_MANAGE};

const TAG: &str = "leads";
/// The most that four answers can give.
pub const MAX_BANT: i64 = 8;
/// The one row.
const ID: i64 = 1;

/// What an organisation has settled about its leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct LeadSettings {
    /// The BANT score a lead needs to be qualified, 0 to 8.
    pub bant_gate: i64,
    /// The fields the predictive model learns from.
    #[schema(value_type = Vec<String>)]
    pub model_fields: JsonText<Vec<String>>,
}

impl Default for LeadSettings {
    fn default() -> Self {
        LeadSettings {
            bant_gate: 4,
            model_fields: JsonText(scoring::MODEL_FIELDS.iter().map(|key| key.name().to_owned()).collect()),
        }
    }
}

/// What is to change of them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LeadSettingsPatch {
    /// 0 to 8; 0 lets every lead be qualified.
    pub bant_gate: Option<i64>,
    /// Choices, numbers, booleans, dates, custom fields of these kinds; texts and identifiers never. An empty list brings the default back.
    pub model_fields: Option<Vec<String>>,
}

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(get_lead_settings), Access::Needs(LEAD_READ))
        .add(routes!(update_lead_settings), Access::Needs(SCORING_MANAGE))
}

/// The one row as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromRow)]
pub struct KeptSettings {
    id: i64,
    bant_gate: i64,
    model_fields: JsonText<Vec<String>>,
}

impl KeptSettings {
    fn of(settings: LeadSettings) -> KeptSettings {
        KeptSettings {
            id: ID,
            bant_gate: settings.bant_gate,
            model_fields: settings.model_fields,
        }
    }

    fn settings(self) -> LeadSettings {
        LeadSettings {
            bant_gate: self.bant_gate,
            model_fields: self.model_fields,
        }
    }
}

impl Kept for KeptSettings {
    const TABLE: &'static str = "lead_settings";
    const SUBJECT: &'static str = "lead_settings";
    const KINDS: [&'static str; 3] = ["lead_settings.updated"; 3];
    const COLUMNS: &'static [&'static str] = &["bant_gate", "model_fields"];

    fn id(&self) -> i64 {
        self.id
    }

    fn identify(&mut self, id: i64) {
        self.id = id;
    }

    fn values(&self) -> Result<Vec<sea_query::Value>> {
        Ok(vec![self.bant_gate.into(), serde_json::to_string(&self.model_fields)?.into()])
    }
}

/// The settings, from memory while nobody changes them.
pub async fn all(ctx: &Ctx) -> Result<Arc<LeadSettings>> {
    let db = ctx.db.clone();
    ctx.db.memo().get("lead_settings".into(), &["lead_settings"], || load(db)).await
}

async fn load(db: Db) -> Result<LeadSettings> {
    let row: Option<KeptSettings> = db.opt(&kept::select::<KeptSettings>()).await?;
    Ok(row.map(KeptSettings::settings).unwrap_or_default())
}

/// Changes them; with whether anything changed.
pub async fn update(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, patch: LeadSettingsPatch) -> Result<(LeadSettings, bool)> {
    let before: Option<KeptSettings> = tx.opt(&kept::select::<KeptSettings>()).await?;
    let before = before.map(KeptSettings::settings).unwrap_or_default();
    let mut after = before.clone();
    if let Some(bant_gate) = patch.bant_gate {
        if !(0..=MAX_BANT).contains(&bant_gate) {
            return Err(invalid(
                "bant_gate",
                say!("0 ile {} arasında olmalı.", "Must be between 0 and {}.", MAX_BANT),
            ));
        }
        after.bant_gate = bant_gate;
    }
    if let Some(names) = patch.model_fields {
        after.model_fields = match names.is_empty() {
            true => LeadSettings::default().model_fields,
            false => JsonText(checked(ctx, names).await?),
        };
    }
    if after == before {
        return Ok((after, false));
    }
    let edit = Edit {
        before: Some(KeptSettings::of(before)),
        after: Some(KeptSettings::of(after.clone())),
    };
    kept::keep(tx, stamp, edit).await?;
    Ok((after, true))
}

async fn checked(ctx: &Ctx, mut names: Vec<String>) -> Result<Vec<String>> {
    let fields = inputs::available(ctx, &super::LEAD).await?;
    let mut errors = FieldErrors::default();
    names.dedup();
    for name in &names {
        if !fields.iter().any(|field| field.feature.name == *name) {
            errors.add(
                "model_fields",
                say!(
                    "“{}” modelin öğrenebileceği bir alan değil; metinler ve kimlikler kullanılmaz.",
                    "“{}” is no field a model can learn from; texts and identifiers are not used.",
                    name
                ),
            );
        }
    }
    if names.len() > inputs::MAX_FIELDS {
        errors.add(
            "model_fields",
            say!("En çok {} alan olabilir.", "There may be {} fields at most.", inputs::MAX_FIELDS),
        );
    }
    errors.check()?;
    Ok(names)
}

/// What the organisation has settled about its leads.
#[utoipa::path(get, path = "/leads/settings/", tag = TAG, operation_id = "get_lead_settings", responses((status = 200, body = LeadSettings), Problems))]
async fn get_lead_settings(ctx: Ctx) -> Result<Reply> {
    Reply::ok(&*all(&ctx).await?)
}

/// Changes the named settings: the gate of qualification, the fields the model learns from.
#[utoipa::path(patch, path = "/leads/settings/", tag = TAG, operation_id = "update_lead_settings", request_body = LeadSettingsPatch, responses((status = 200, body = LeadSettings), Problems))]
async fn update_lead_settings(ctx: Ctx, Body(patch): Body<LeadSettingsPatch>) -> Result<Reply> {
    ctx.write(async |tx| {
        noted(tx, &ctx, "lead_settings.update", async |tx, stamp| {
            let (settings, is_changed) = update(tx, &ctx, stamp, patch).await?;
            Ok((Reply::ok(&settings)?, is_changed))
        })
        .await
    })
    .await
}
