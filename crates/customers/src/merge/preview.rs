//! What a merge would give, field by field, before it is done.

use kernel::ctx::Ctx;
use kernel::error::Result;
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::survivor::{self, United};
use super::{MergeRequest, hold};
use crate::custom_fields::{Definition, Definitions};
use crate::customer::read::{self, mask};
use crate::customer::{Customer, check};
use crate::fields::SENSITIVE;

/// The record that would be.
#[derive(Serialize, ToSchema)]
pub struct Preview {
    pub winner_id: i64,
    /// Fields that at least one of the records has.
    pub fields: Vec<PreviewField>,
    #[schema(value_type = Vec<Object>)]
    pub contact_points: Value,
    #[schema(value_type = Vec<Object>)]
    pub addresses: Value,
}

/// A field in all of the records, and in the one that would be.
#[derive(Serialize, ToSchema)]
pub struct PreviewField {
    pub field: String,
    pub label_tr: String,
    pub label_en: String,
    /// What it would be.
    #[schema(value_type = Object)]
    pub merged: Value,
    /// Whether the records say different things.
    pub differs: bool,
    pub values: Vec<PreviewValue>,
}

#[derive(Serialize, ToSchema)]
pub struct PreviewValue {
    pub customer_id: i64,
    #[schema(value_type = Object)]
    pub value: Value,
}

/// Works out a merge and does nothing.
pub async fn preview(ctx: &Ctx, definitions: &Definitions, asked: &MergeRequest) -> Result<Preview> {
    let (winner, losers) = ctx.db.write(async |tx| hold(tx, ctx, definitions, asked).await).await?;
    let United { winner: mut after, .. } = survivor::unite(&winner, &losers, &asked.fields, definitions)?;
    check::settle(&mut after, ctx);
    let all: Vec<&Customer> = [&winner].into_iter().chain(&losers).collect();
    let reader = read::reader(ctx);
    let plain = survivor::choosable().filter(|key| !reader.hides(key.name())).map(|key| {
        let shown = |customer: &Customer| match key.spec().show(&customer[key]) {
            Value::String(number) if reader.masks() && SENSITIVE.contains(&key) => Value::String(mask(&number)),
            value => value,
        };
        let label = &key.spec().field.label;
        let name = (key.name().to_owned(), label.tr.to_string(), label.en.to_string());
        // What differs only where it is hidden differs all the same.
        let differs = differs(all.iter().map(|customer| key.spec().show(&customer[key])));
        field(name, shown(&after), differs, &all, shown)
    });
    let seen = |definition: &&Definition| !reader.hides(&definition.field.name);
    let custom = definitions.0.iter().filter(seen).map(|definition| {
        let key = &definition.custom.key;
        let shown = |customer: &Customer| {
            customer
                .custom
                .get(key)
                .map_or(Value::Null, |cell| cell.to_json(&definition.field.kind))
        };
        let label = &definition.field.label;
        let name = (format!("custom.{key}"), label.tr.to_string(), label.en.to_string());
        let differs = differs(all.iter().map(|customer| shown(customer)));
        field(name, shown(&after), differs, &all, shown)
    });
    let mut lists = Map::new();
    lists.insert(
        "points".into(),
        after
            .contact_points
            .iter()
            .filter(|point| !reader.hides(&point.kind))
            .map(|point| point.without_id())
            .collect(),
    );
    lists.insert(
        "places".into(),
        after
            .addresses
            .iter()
            .filter(|_| !reader.hides("addresses"))
            .map(|address| address.without_id())
            .collect(),
    );
    Ok(Preview {
        winner_id: winner.id,
        fields: plain
            .chain(custom)
            .filter(|field| field.values.iter().any(|of| !is_empty(&of.value)))
            .collect(),
        contact_points: json!(lists["points"]),
        addresses: json!(lists["places"]),
    })
}

fn field(
    (field, label_tr, label_en): (String, String, String),
    merged: Value,
    differs: bool,
    all: &[&Customer],
    shown: impl Fn(&Customer) -> Value,
) -> PreviewField {
    let value = |customer: &&Customer| PreviewValue {
        customer_id: customer.id,
        value: shown(customer),
    };
    PreviewField {
        field,
        label_tr,
        label_en,
        merged,
        differs,
        values: all.iter().map(value).collect(),
    }
}

fn is_empty(value: &Value) -> bool {
    matches!(value, Value::Null) || value == "" || value.as_array().is_some_and(Vec::is_empty)
}

/// Whether those that say anything say different things.
fn differs(values: impl Iterator<Item = Value>) -> bool {
    let mut said = values.filter(|value| !is_empty(value));
    let first = said.next();
    said.any(|value| Some(&value) != first.as_ref())
}
