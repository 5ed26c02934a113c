//! Fields that the organisation adds to the customer, without code. Their values are members of the JSON columns `custom` and
//! `custom_fold`; each gets an index of its own, so that filters on it stay fast.

pub mod http;

use std::borrow::Cow;
use std::sync::Arc;

use criteria::{Choice, Field, Kind, Label};
use kernel::ctx::Ctx;
use kernel::db::Db;
use kernel::error::Result;
use kernel::json_text::JsonText;
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

/// How many an entity may have.
pub const MAX_FIELDS: usize = 200;

/// The kinds a custom field can be of.
pub const KINDS: [&str; 8] = ["text", "number", "money", "date", "choice", "multi_choice", "boolean", "link"];

/// A choice of a custom field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomChoice {
    pub value: String,
    pub label_tr: String,
    pub label_en: String,
}

/// A custom field as it is defined.
#[derive(Clone, Debug, PartialEq, Serialize, FromRow, utoipa::ToSchema)]
pub struct CustomField {
    pub id: i64,
    pub entity: String,
    pub key: String,
    pub label_tr: String,
    pub label_en: String,
    /// `text`, `number`, `money`, `date`, `choice`, `multi_choice`, `boolean` or `link`.
    pub kind: String,
    #[schema(value_type = Vec<CustomChoice>)]
    pub choices: JsonText<Vec<CustomChoice>>,
    pub is_required: bool,
    /// Of a number.
    pub decimals: i64,
    pub position: i64,
}

impl CustomField {
    /// The kind as criteria know it.
    pub fn criteria_kind(&self) -> Kind {
        let choices = || -> Cow<'static, [Choice]> {
            let choice = |choice: &CustomChoice| Choice {
                value: choice.value.clone().into(),
                label: Label {
                    tr: choice.label_tr.clone().into(),
                    en: choice.label_en.clone().into(),
                },
            };
            Cow::Owned(self.choices.iter().map(choice).collect())
        };
        match self.kind.as_str() {
            "number" => Kind::Number {
                decimals: self.decimals.clamp(0, 6) as u8,
            },
            "money" => Kind::Money,
            "date" => Kind::Date,
            "choice" => Kind::Choice(choices()),
            "multi_choice" => Kind::MultiChoice(choices()),
            "boolean" => Kind::Bool,
            "link" => Kind::Link,
            _ => Kind::Text,
        }
    }

    pub fn label(&self) -> Label {
        Label {
            tr: self.label_tr.clone().into(),
            en: self.label_en.clone().into(),
        }
    }
}

/// A definition and what criteria make of it.
#[derive(Clone, Debug)]
pub struct Definition {
    pub custom: CustomField,
    pub field: Arc<Field>,
}

/// The custom fields of the customer.
#[derive(Clone, Debug, Default)]
pub struct Definitions(pub Vec<Definition>);

impl Definitions {
    pub fn get(&self, key: &str) -> Option<&Definition> {
        self.0.iter().find(|definition| definition.custom.key == key)
    }

    pub fn kind(&self, key: &str) -> Option<&Kind> {
        self.get(key).map(|definition| &definition.field.kind)
    }
}

/// The definitions, from memory while nobody changes them.
pub async fn definitions(ctx: &Ctx) -> Result<Arc<Definitions>> {
    let db = ctx.db.clone();
    ctx.db.memo().get("custom_fields".into(), &["custom_field"], || load(db)).await
}

async fn load(db: Db) -> Result<Definitions> {
    let query = Query::select()
        .columns([
            "id",
            "entity",
            "key",
            "label_tr",
            "label_en",
            "kind",
            "choices",
            "is_required",
            "decimals",
            "position",
        ])
        .from(Alias::new("custom_fields"))
        .and_where(Expr::col("entity").eq("customer"))
        .order_by("position", Order::Asc)
        .order_by("id", Order::Asc)
        .to_owned();
    let rows: Vec<CustomField> = db.all(&query).await?;
    let definition = |custom: CustomField| Definition {
        field: Arc::new(Field::custom(
            &custom.key,
            custom.label(),
            custom.criteria_kind(),
            "custom",
            "custom_fold",
        )),
        custom,
    };
    Ok(Definitions(rows.into_iter().map(definition).collect()))
}
