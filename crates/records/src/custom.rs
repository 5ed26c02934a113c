//! Fields that the organisation adds to an entity, without code. Their values are members of the JSON columns `custom` and
//! `custom_fold`; each gets an index of its own, so that filters on it stay fast.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use criteria::{Choice, Field, Kind, Label};
use kernel::ctx::Ctx;
use kernel::db::{Db, Tx};
use kernel::error::{Error, FieldErrors, Result, invalid};
use kernel::events::NewEvent;
use kernel::json_text::JsonText;
use kernel::say;
use kernel::text::fold;
use sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::FromRow;

use crate::edit::Edit;
use crate::entity::Entity;

/// How many an entity may have.
pub const MAX_FIELDS: usize = 200;
const MAX_LABEL_CHARS: usize = 80;
const MAX_CHOICES: usize = 200;

/// The kinds a custom field can be of.
pub const KINDS: [&str; 8] = ["text", "number", "money", "date", "choice", "multi_choice", "boolean", "link"];

/// A choice of a custom field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomChoice {
    pub value: String,
    /// As the value when it is not given.
    #[serde(default)]
    pub label_tr: String,
    /// As in Turkish when it is not given.
    #[serde(default)]
    pub label_en: String,
}

/// A custom field as it is defined.
#[derive(Clone, Debug, Default, PartialEq, Serialize, FromRow, utoipa::ToSchema)]
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

    /// As criteria know it.
    fn field(&self) -> Field {
        Field::custom(&self.key, self.label(), self.criteria_kind(), "custom", "custom_fold")
    }

    /// Brings labels and choices to the form they are kept in, or says what is wrong. What is not said in one language is as in the other.
    fn normalise(&mut self, errors: &mut FieldErrors) {
        if let Err(problem) = Entity::asked(&self.entity) {
            errors.add("entity", problem);
        }
        if !KINDS.contains(&self.kind.as_str()) {
            let known = KINDS.join(", ");
            errors.add("kind", say!("Şunlardan biri olmalı: {known}.", "Must be one of: {known}."));
        }
        if self.label_en.trim().is_empty() {
            self.label_en.clone_from(&self.label_tr);
        }
        check_label("label_tr", &mut self.label_tr, errors);
        check_label("label_en", &mut self.label_en, errors);
        match self.kind.as_str() {
            "number" if !(0..=6).contains(&self.decimals) => {
                errors.add("decimals", say!("0 ile 6 arasında olmalı.", "Must be between 0 and 6."))
            }
            "number" => {}
            _ if self.decimals != 0 => errors.add("decimals", say!("Yalnızca sayılarda olur.", "Only numbers have decimals.")),
            _ => {}
        }
        match self.kind.as_str() {
            "choice" | "multi_choice" => self.normalise_choices(errors),
            _ if !self.choices.is_empty() => errors.add(
                "choices",
                say!("Yalnızca seçim alanlarında olur.", "Only choice fields have choices."),
            ),
            _ => {}
        }
    }

    fn normalise_choices(&mut self, errors: &mut FieldErrors) {
        if self.choices.is_empty() || self.choices.len() > MAX_CHOICES {
            errors.add(
                "choices",
                say!("1 ile {} arasında seçenek olmalı.", "There must be 1 to {} choices.", MAX_CHOICES),
            );
        }
        // A choice is found by its value or a label in any case, so no two may share one.
        let mut words: BTreeMap<String, usize> = BTreeMap::new();
        for (index, choice) in self.choices.0.iter_mut().enumerate() {
            choice.value = choice.value.trim().to_owned();
            if choice.label_tr.trim().is_empty() {
                choice.label_tr.clone_from(&choice.value);
            }
            if choice.label_en.trim().is_empty() {
                choice.label_en.clone_from(&choice.label_tr);
            }
            for text in [&mut choice.value, &mut choice.label_tr, &mut choice.label_en] {
                check_label("choices", text, errors);
                if *words.entry(fold(text)).or_insert(index) != index {
                    errors.add(
                        "choices",
                        say!("“{text}” birden fazla seçenekte var.", "“{text}” stands in more than one choice."),
                    );
                }
            }
            if choice.value.contains(',') {
                errors.add("choices", say!("Değerler virgül içeremez.", "Values must not contain a comma."));
            }
        }
    }

    pub fn label(&self) -> Label {
        Label {
            tr: self.label_tr.clone().into(),
            en: self.label_en.clone().into(),
        }
    }
}

/// A custom field about to be defined.
#[derive(Clone, Debug)]
pub struct NewField {
    pub custom: CustomField,
    /// Its place in forms; the last when it is not given.
    pub position: Option<i64>,
}

/// What of a custom field can change: its key and its kind cannot.
#[derive(Clone, Debug, Default)]
pub struct FieldChange {
    pub label_tr: Option<String>,
    pub label_en: Option<String>,
    pub choices: Option<Vec<CustomChoice>>,
    pub is_required: Option<bool>,
    pub position: Option<i64>,
}

/// Defines a custom field and indexes its values to come.
pub async fn create(tx: &mut Tx, ctx: &Ctx, new: NewField) -> Result<CustomField> {
    let NewField { mut custom, position } = new;
    let mut errors = FieldErrors::default();
    custom.normalise(&mut errors);
    let entity = match Entity::asked(&custom.entity) {
        Ok(entity) => entity,
        Err(_) => return Err(Error::Invalid(errors)),
    };
    check_key(entity, &custom.key, &mut errors);
    errors.check()?;
    let query = Query::select()
        .columns(["id", "position"])
        .from(Alias::new("custom_fields"))
        .and_where(Expr::col("entity").eq(entity.name))
        .to_owned();
    let known: Vec<(i64, i64)> = tx.all(&query).await?;
    if known.len() >= MAX_FIELDS {
        return Err(invalid(
            "key",
            say!(
                "En çok {} özel alan olabilir.",
                "There may be {} custom fields at most.",
                MAX_FIELDS
            ),
        ));
    }
    let last = known.iter().map(|(_, position)| *position).fold(0, std::cmp::max);
    custom.position = position.unwrap_or(last + 1);
    let insert = Query::insert()
        .into_table("custom_fields")
        .columns([
            "entity",
            "key",
            "label_tr",
            "label_en",
            "kind",
            "choices",
            "is_required",
            "decimals",
            "position",
            "created_at",
        ])
        .values_panic([
            custom.entity.as_str().into(),
            custom.key.as_str().into(),
            custom.label_tr.as_str().into(),
            custom.label_en.as_str().into(),
            custom.kind.as_str().into(),
            serde_json::to_string(&custom.choices)?.into(),
            custom.is_required.into(),
            custom.decimals.into(),
            custom.position.into(),
            ctx.now_us().into(),
        ])
        .returning_col("id")
        .to_owned();
    let taken = say!("Bu anahtar kullanılıyor.", "This key is taken.");
    custom.id = tx
        .insert(&insert)
        .await
        .map_err(|error| error.or_taken("custom_fields", &["entity", "key"], "key", taken))?;
    let dialect = tx.dialect();
    match custom.field().indexed(dialect) {
        Some(value) => {
            let name = index_name(entity.table, custom.id);
            dialect.create_json_index(tx, &name, entity.table, value).await?
        }
        None => {
            let name = format!("ix_{}_custom_arrays", entity.table);
            dialect.create_json_arrays_index(tx, &name, entity.table, "custom").await?
        }
    }
    tell(
        tx,
        ctx,
        Edit {
            before: None,
            after: Some(custom.clone()),
        },
        0,
    )
    .await?;
    Ok(custom)
}

/// Changes a custom field.
pub async fn update(tx: &mut Tx, ctx: &Ctx, id: i64, change: FieldChange) -> Result<CustomField> {
    let before = find(tx, id).await?;
    let mut after = before.clone();
    let FieldChange {
        label_tr,
        label_en,
        choices,
        is_required,
        position,
    } = change;
    after.label_tr = label_tr.unwrap_or(after.label_tr);
    after.label_en = label_en.unwrap_or(after.label_en);
    after.choices = choices.map_or(after.choices, JsonText);
    after.is_required = is_required.unwrap_or(after.is_required);
    after.position = position.unwrap_or(after.position);
    let mut errors = FieldErrors::default();
    after.normalise(&mut errors);
    errors.check()?;
    if after == before {
        return Ok(after);
    }
    let kept = |old: &&CustomChoice| after.choices.iter().all(|choice| choice.value != old.value);
    let removed: Vec<&str> = before.choices.iter().filter(kept).map(|choice| choice.value.as_str()).collect();
    if !removed.is_empty() {
        let uses = count_uses(tx, &before, Some(&removed)).await?;
        if uses > 0 {
            let removed = removed.join(", ");
            return Err(invalid(
                "choices",
                say!(
                    "{uses} kayıtta kullanılan seçenekler çıkarılamaz: {removed}.",
                    "Choices that {uses} records use cannot be removed: {removed}."
                ),
            ));
        }
    }
    let update = Query::update()
        .table("custom_fields")
        .value("label_tr", after.label_tr.as_str())
        .value("label_en", after.label_en.as_str())
        .value("choices", serde_json::to_string(&after.choices)?)
        .value("is_required", after.is_required)
        .value("position", after.position)
        .and_where(Expr::col("id").eq(id))
        .to_owned();
    tx.exec(&update).await?;
    tell(
        tx,
        ctx,
        Edit {
            before: Some(before),
            after: Some(after.clone()),
        },
        0,
    )
    .await?;
    Ok(after)
}

/// Deletes a custom field; with `force` also the values that records have in it, which cannot be undone.
pub async fn delete(tx: &mut Tx, ctx: &Ctx, id: i64, force: bool) -> Result<()> {
    let custom = find(tx, id).await?;
    let table = table(&custom)?;
    let uses = count_uses(tx, &custom, None).await?;
    if uses > 0 && !force {
        return Err(Error::Conflict(say!(
            "Bu alan {uses} kayıtta dolu. Değerleriyle birlikte silmek için force=true verin.",
            "{uses} records have a value in this field. Give force=true to delete it with them."
        )));
    }
    let dialect = tx.dialect();
    let without = |column: &'static str| dialect.json_without(Expr::col(column), &custom.key);
    // Deleted records are cleaned as well: what is brought back must not know a field that is not there.
    let clean = Query::update()
        .table(table)
        .value("custom", without("custom"))
        .value("custom_fold", without("custom_fold"))
        .value("version", Expr::col("version").add(1))
        .and_where(dialect.json_has(Expr::col("custom"), &custom.key))
        .to_owned();
    tx.exec(&clean).await?;
    tx.exec(
        &Query::delete()
            .from_table("custom_fields")
            .and_where(Expr::col("id").eq(id))
            .to_owned(),
    )
    .await?;
    tx.raw(format!("DROP INDEX IF EXISTS {}", index_name(table, id))).await?;
    tell(
        tx,
        ctx,
        Edit {
            before: Some(custom),
            after: None,
        },
        uses,
    )
    .await
}

/// How many records that are not deleted have a value in the field, or one of these.
async fn count_uses(tx: &mut Tx, custom: &CustomField, values: Option<&[&str]>) -> Result<i64> {
    let dialect = tx.dialect();
    let column = Expr::col("custom");
    let used = match values {
        None => dialect.json_has(column, &custom.key),
        Some(values) if custom.kind == "multi_choice" => dialect.json_array_has_any(column, Some(&custom.key), values.iter().copied()),
        Some(values) => dialect.json_member_text(column, &custom.key).is_in(values.iter().copied()),
    };
    let query = Query::select()
        .expr(dialect.own_sql("count(*)"))
        .from(Alias::new(table(custom)?))
        .and_where(used)
        .and_where(Expr::col("deleted_at").is_null())
        .to_owned();
    let (count,): (i64,) = tx.one(&query).await?;
    Ok(count)
}

async fn tell(tx: &mut Tx, ctx: &Ctx, edit: Edit<CustomField>, records: i64) -> Result<()> {
    let Some(custom) = edit.after.as_ref().or(edit.before.as_ref()) else {
        return Ok(());
    };
    let kind = edit.verb("custom_field.created", "custom_field.updated", "custom_field.deleted");
    let payload = json!({ "entity": custom.entity, "key": custom.key, "records": records });
    tx.emit(
        &ctx.stamp(),
        NewEvent::new(kind, "custom_field", custom.id)
            .payload(payload)
            .changes(edit.changes()),
    )
    .await
}

async fn find(tx: &mut Tx, id: i64) -> Result<CustomField> {
    let mut query = select();
    query.and_where(Expr::col("id").eq(id));
    tx.dialect().for_update(&mut query);
    tx.opt(&query).await?.ok_or(Error::NotFound)
}

fn index_name(table: &str, id: i64) -> String {
    format!("ix_{table}_custom_{id}")
}

fn table(custom: &CustomField) -> Result<&'static str> {
    Entity::named(&custom.entity)
        .map(|entity| entity.table)
        .ok_or_else(|| Error::internal(format!("a custom field of an unknown entity: {}", custom.entity)))
}

fn check_key(entity: &Entity, key: &str, errors: &mut FieldErrors) {
    let is_word = |key: &str| key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !key.starts_with(|c: char| c.is_ascii_lowercase()) || !is_word(key) || key.len() > 40 {
        errors.add(
            "key",
            say!(
                "Küçük harfle başlamalı; küçük harf, rakam ve alt çizgiden en çok 40 karakter olmalı: örneğin sozlesme_no.",
                "Must begin with a lower-case letter and have at most 40 lower-case letters, digits and underscores: such as contract_no."
            ),
        );
    } else if entity.field(key).is_some() || entity.is_shown(key) {
        errors.add(
            "key",
            say!(
                "Bu ad kaydın kendi alanlarından biri.",
                "This is the name of one of the record's own fields."
            ),
        );
    }
}

fn check_label(field: &str, label: &mut String, errors: &mut FieldErrors) {
    *label = label.split_whitespace().collect::<Vec<_>>().join(" ");
    let chars = label.chars().count();
    if chars == 0 || chars > MAX_LABEL_CHARS {
        errors.add(
            field,
            say!(
                "1 ile {} karakter arasında olmalı.",
                "Must have 1 to {} characters.",
                MAX_LABEL_CHARS
            ),
        );
    }
}

/// A definition and what criteria make of it.
#[derive(Clone, Debug)]
pub struct Definition {
    pub custom: CustomField,
    pub field: Arc<Field>,
}

/// The custom fields of an entity.
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

/// The definitions of an entity, from memory while nobody changes them.
pub async fn definitions(ctx: &Ctx, entity: &'static str) -> Result<Arc<Definitions>> {
    let db = ctx.db.clone();
    ctx.db
        .memo()
        .get(format!("custom_fields {entity}"), &["custom_field"], || load(db, entity))
        .await
}

/// The definitions of every entity, in the order of their names.
pub async fn all(ctx: &Ctx) -> Result<Vec<CustomField>> {
    let mut query = select();
    query
        .order_by("entity", Order::Asc)
        .order_by("position", Order::Asc)
        .order_by("id", Order::Asc);
    ctx.db.all(&query).await
}

fn select() -> SelectStatement {
    Query::select()
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
        .to_owned()
}

async fn load(db: Db, entity: &'static str) -> Result<Definitions> {
    let mut query = select();
    query
        .and_where(Expr::col("entity").eq(entity))
        .order_by("position", Order::Asc)
        .order_by("id", Order::Asc);
    let rows: Vec<CustomField> = db.all(&query).await?;
    let definition = |custom: CustomField| Definition {
        field: Arc::new(custom.field()),
        custom,
    };
    Ok(Definitions(rows.into_iter().map(definition).collect()))
}
