//! What can be asked of an entity by whom, and the list of fields that forms, filters, imports and tables are built from.

use criteria::{Kind, Schema};
use kernel::actor::Actor;
use kernel::ctx::Ctx;
use kernel::error::Result;
use serde::Serialize;

use crate::custom::{self, Definitions};
use crate::entity::Entity;
use crate::field_rules;
use crate::fields::{Form, Group, Spec};

/// The schema of criteria for this caller: fields they may not see cannot be asked about either, or filters would tell what is hidden.
pub async fn schema(ctx: &Ctx, entity: &'static Entity) -> Result<Schema> {
    let definitions = custom::definitions(ctx, entity.name).await?;
    Ok(for_actor(entity, &ctx.actor, &definitions))
}

pub fn for_actor(entity: &'static Entity, actor: &Actor, definitions: &Definitions) -> Schema {
    let hidden = field_rules::hidden(entity, actor);
    let sees_all = entity.reading.sensitive.is_none_or(|sensitive| actor.may(sensitive.permission));
    let fields = entity
        .fields
        .iter()
        .filter(|spec| sees_all || !entity.is_sensitive(spec.name()))
        .filter(|spec| !hidden.contains(spec.name()))
        .map(|spec| spec.field.clone());
    let custom = definitions.0.iter().map(|definition| &definition.field);
    let custom = custom.filter(|field| !hidden.contains(field.name.as_ref()));
    Schema::new(entity.name, entity.table, fields).with(custom.map(|field| (**field).clone()))
}

/// Every field, whoever asks: for the rules of roles, of assignment and of scores.
pub fn whole(entity: &'static Entity, definitions: &Definitions) -> Schema {
    let fields = entity.fields.iter().map(|spec| spec.field.clone());
    Schema::new(entity.name, entity.table, fields).with(definitions.0.iter().map(|definition| (*definition.field).clone()))
}

/// A field as a screen needs to know it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FieldInfo {
    pub name: String,
    pub label_tr: String,
    pub label_en: String,
    /// `text`, `number`, `money`, `date`, `date_time`, `age`, `choice`, `multi_choice`, `boolean`, `reference` or `link`.
    pub kind: &'static str,
    /// The entity a reference points at.
    pub reference: Option<&'static str>,
    pub group: Option<Group>,
    pub choices: Vec<ChoiceInfo>,
    /// The operators of the criteria language it understands.
    pub operators: Vec<&'static str>,
    pub is_sortable: bool,
    pub is_writable: bool,
    pub is_importable: bool,
    pub is_custom: bool,
    pub is_required: bool,
    /// Shown masked to whoever lacks the permission.
    pub is_sensitive: bool,
    /// More than one value.
    pub is_many: bool,
    pub max_chars: Option<usize>,
    pub decimals: Option<u8>,
}

/// A choice of a field.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ChoiceInfo {
    pub value: String,
    pub label_tr: String,
    pub label_en: String,
}

/// The name of a kind in the API.
pub fn kind_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Number { .. } => "number",
        Kind::Money => "money",
        Kind::Date => "date",
        Kind::DateTime => "date_time",
        Kind::Age => "age",
        Kind::Choice(_) => "choice",
        Kind::MultiChoice(_) => "multi_choice",
        Kind::Bool => "boolean",
        Kind::Reference(_) => "reference",
        Kind::Link => "link",
    }
}

impl FieldInfo {
    /// A field of the organisation's own.
    pub fn custom(field: &criteria::Field, is_required: bool) -> FieldInfo {
        FieldInfo {
            name: field.name.to_string(),
            label_tr: field.label.tr.to_string(),
            label_en: field.label.en.to_string(),
            kind: kind_name(&field.kind),
            reference: if let Kind::Reference(entity) = &field.kind {
                Some(entity)
            } else {
                None
            },
            group: None,
            choices: field
                .choices()
                .iter()
                .map(|choice| ChoiceInfo {
                    value: choice.value.to_string(),
                    label_tr: choice.label.tr.to_string(),
                    label_en: choice.label.en.to_string(),
                })
                .collect(),
            operators: field.operators().iter().map(|op| op.name()).collect(),
            is_sortable: false,
            is_writable: true,
            is_importable: true,
            is_custom: true,
            is_required,
            is_sensitive: false,
            is_many: field.is_many(),
            max_chars: None,
            decimals: if let Kind::Number { decimals } = &field.kind {
                Some(*decimals)
            } else {
                None
            },
        }
    }

    /// A field of the entity's own.
    pub fn own(spec: &Spec) -> FieldInfo {
        FieldInfo {
            group: Some(spec.group),
            is_sortable: spec.sort.is_some(),
            is_writable: spec.is_written(),
            is_importable: spec.is_written(),
            is_custom: false,
            max_chars: if let Form::Text { max_chars } | Form::LongText { max_chars } = spec.form {
                Some(max_chars)
            } else {
                None
            },
            ..FieldInfo::custom(&spec.field, false)
        }
    }
}

/// Every field of an entity that the caller sees, custom ones last.
pub async fn fields(ctx: &Ctx, entity: &'static Entity) -> Result<Vec<FieldInfo>> {
    let definitions = custom::definitions(ctx, entity.name).await?;
    let (hidden, unwritable) = (field_rules::hidden(entity, &ctx.actor), field_rules::unwritable(entity, &ctx.actor));
    let own = entity.fields.iter().map(|spec| FieldInfo {
        is_sensitive: entity.is_sensitive(spec.name()),
        ..FieldInfo::own(spec)
    });
    let custom = definitions
        .0
        .iter()
        .map(|definition| FieldInfo::custom(&definition.field, definition.custom.is_required));
    let left = own.chain(custom).filter(|field| !hidden.contains(&field.name)).map(|field| {
        let is_writable = field.is_writable && !unwritable.contains(&field.name);
        FieldInfo {
            is_writable,
            is_importable: field.is_importable && is_writable,
            ..field
        }
    });
    Ok(left.collect())
}
