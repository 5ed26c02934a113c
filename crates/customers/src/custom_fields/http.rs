//! Custom fields over HTTP.

use axum::extract::OriginalUri;
use kernel::ctx::Ctx;
use kernel::error::{Error, Result, invalid};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, Params, PathId, Reply, Routes};
use kernel::json_text::JsonText;
use kernel::say;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{CustomChoice, CustomField, FieldChange, NewField};
use crate::permissions::{CUSTOM_FIELD_MANAGE, READ};

const TAG: &str = "custom fields";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_custom_fields), Access::Needs(READ))
        .add(routes!(create_custom_field), Access::Needs(CUSTOM_FIELD_MANAGE))
        .add(routes!(update_custom_field), Access::Needs(CUSTOM_FIELD_MANAGE))
        .add(routes!(delete_custom_field), Access::Needs(CUSTOM_FIELD_MANAGE))
}

/// A custom field about to be defined.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomFieldInput {
    /// `customer`, `lead` or `opportunity`; `customer` when it is not given.
    #[serde(default = "customer")]
    pub entity: String,
    /// Its name under `custom`: a lower-case letter, then lower-case letters, digits and underscores, 40 at most. It never changes.
    pub key: String,
    pub label_tr: String,
    /// As in Turkish when it is not given.
    #[serde(default)]
    pub label_en: String,
    /// `text`, `number`, `money`, `date`, `choice`, `multi_choice`, `boolean` or `link`. It never changes.
    pub kind: String,
    /// Of a choice.
    #[serde(default)]
    pub choices: Vec<CustomChoice>,
    #[serde(default)]
    pub is_required: bool,
    /// Of a number; 6 at most. It never changes.
    #[serde(default)]
    pub decimals: i64,
    /// The last when it is not given.
    pub position: Option<i64>,
}

fn customer() -> String {
    "customer".into()
}

/// What is to change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomFieldPatch {
    pub label_tr: Option<String>,
    pub label_en: Option<String>,
    /// All of them: a choice that is not named is removed, unless a record uses it.
    pub choices: Option<Vec<CustomChoice>>,
    pub is_required: Option<bool>,
    pub position: Option<i64>,
}

/// The custom fields, in their order; with `entity` those of one.
#[utoipa::path(get, path = "/custom-fields/", tag = TAG, operation_id = "list_custom_fields", params(("entity" = Option<String>, Query)), responses((status = 200, body = Listed<CustomField>), Problems))]
async fn list_custom_fields(ctx: Ctx, Params(pairs): Params) -> Result<Reply> {
    let mut fields = records::custom::all(&ctx).await?;
    for (name, value) in &pairs {
        if name != "entity" {
            return Err(Error::BadRequest(say!(
                "“{name}” diye bir parametre yok; “entity” olabilir mi?",
                "There is no parameter “{name}”; did you mean “entity”?"
            )));
        }
        records::Entity::asked(value).map_err(|problem| invalid("entity", problem))?;
        fields.retain(|field| field.entity == *value);
    }
    Reply::ok(&Listed::whole(fields))
}

/// Defines a custom field. It can be written, filtered and imported at once.
#[utoipa::path(post, path = "/custom-fields/", tag = TAG, operation_id = "create_custom_field", request_body = CustomFieldInput, responses((status = 201, body = CustomField), Problems))]
async fn create_custom_field(ctx: Ctx, OriginalUri(uri): OriginalUri, Body(input): Body<CustomFieldInput>) -> Result<Reply> {
    let CustomFieldInput {
        entity,
        key,
        label_tr,
        label_en,
        kind,
        choices,
        is_required,
        decimals,
        position,
    } = input;
    let custom = CustomField {
        id: 0,
        entity,
        key,
        label_tr,
        label_en,
        kind,
        choices: JsonText(choices),
        is_required,
        decimals,
        position: 0,
    };
    ctx.write(async |tx| {
        let custom = super::create(tx, &ctx, NewField { custom, position }).await?;
        Reply::created(format!("{}{}/", uri.path(), custom.id), &custom)
    })
    .await
}

/// Changes a custom field: its labels, choices, place, and whether it is required. Its key and its kind never change.
#[utoipa::path(patch, path = "/custom-fields/{id}/", tag = TAG, operation_id = "update_custom_field", params(("id" = i64, Path)), request_body = CustomFieldPatch, responses((status = 200, body = CustomField), Problems))]
async fn update_custom_field(ctx: Ctx, PathId(id): PathId<i64>, Body(patch): Body<CustomFieldPatch>) -> Result<Reply> {
    let CustomFieldPatch {
        label_tr,
        label_en,
        choices,
        is_required,
        position,
    } = patch;
    let change = FieldChange {
        label_tr,
        label_en,
        choices,
        is_required,
        position,
    };
    ctx.write(async |tx| Reply::ok(&super::update(tx, &ctx, id, change).await?)).await
}

/// Deletes a custom field. While records have values in it, only with `force=true`, which deletes those too. It cannot be undone.
#[utoipa::path(delete, path = "/custom-fields/{id}/", tag = TAG, operation_id = "delete_custom_field", params(("id" = i64, Path), ("force" = Option<bool>, Query)), responses((status = 204), Problems))]
async fn delete_custom_field(ctx: Ctx, PathId(id): PathId<i64>, Params(pairs): Params) -> Result<Reply> {
    let mut force = false;
    for (name, value) in &pairs {
        force = match (name.as_str(), value.as_str()) {
            ("force", "true") => true,
            ("force", "false") => false,
            ("force", _) => {
                return Err(Error::BadRequest(say!(
                    "force true veya false olmalı.",
                    "force must be true or false."
                )));
            }
            _ => {
                return Err(Error::BadRequest(say!(
                    "“{name}” diye bir parametre yok.",
                    "There is no parameter “{name}”."
                )));
            }
        };
    }
    ctx.write(async |tx| {
        super::delete(tx, &ctx, id, force).await?;
        Ok(Reply::no_content())
    })
    .await
}
