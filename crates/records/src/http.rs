//! Records over HTTP: what the handlers of every entity do, and its part of the API document.

use axum::http::{HeaderMap, StatusCode, Uri, header};
use criteria::{Criteria, Kind, Voice};
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Lang, Result, invalid};
use kernel::http::{List, Reply};
use kernel::ids::OperationId;
use kernel::page::{ListRequest, RESERVED};
use kernel::{operations, say};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::schema::{AdditionalProperties, ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{KnownFormat, RefOr, Schema as ApiSchema, SchemaFormat};

use crate::bulk::{self, RecordsBulk};
use crate::change::{self, Edit, Extent};
use crate::custom;
use crate::entity::Entity;
use crate::fields::{Form, Spec};
use crate::names;
use crate::read::{self, Asked, Found};
use crate::schema;

/// What a list is asked for as a body.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RecordSearch {
    /// A criteria: `{"field": "status", "op": "eq", "value": "new"}`, `{"all": […]}`, `{"any": […]}`, `{"not": …}`.
    #[schema(value_type = Option<Object>)]
    pub criteria: Option<Value>,
    pub search: Option<String>,
    pub ordering: Option<String>,
    pub page: Option<u64>,
    pub page_size: Option<u64>,
    pub cursor: Option<String>,
    pub count: Option<String>,
}

/// A criteria to be checked and said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordCriteria {
    #[schema(value_type = Object)]
    pub criteria: Value,
}

/// A criteria in words, and how many records it finds.
#[derive(Serialize, ToSchema)]
pub struct RecordCriteriaSaid {
    pub sentence: Said,
    pub count: i64,
    pub count_is_capped: bool,
}

/// A sentence in both languages.
#[derive(Serialize, ToSchema)]
pub struct Said {
    pub tr: String,
    pub en: String,
}

/// By what a deletion can be undone.
#[derive(Serialize, ToSchema)]
pub struct DeletedRecord {
    pub operation_id: i64,
}

/// Reads the filters of a query string.
pub async fn from_pairs(ctx: &Ctx, entity: &'static Entity, pairs: &[(String, String)]) -> Result<Criteria> {
    let schema = schema::schema(ctx, entity).await?;
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    Criteria::from_query(pairs, &RESERVED, &schema).map_err(|error| Error::BadRequest(error.text))
}

/// The entity that a query string names with `entity`, and nothing else.
pub fn asked_entity(pairs: &[(String, String)]) -> Result<Option<&'static Entity>> {
    match pairs {
        [] => Ok(None),
        [(name, value)] if name == "entity" => Entity::asked(value).map(Some).map_err(|problem| invalid("entity", problem)),
        _ => Err(Error::BadRequest(say!(
            "Yalnızca entity parametresi verilebilir.",
            "There is no parameter but entity."
        ))),
    }
}

/// Reads a criteria from JSON; what is wrong is named by its place.
pub fn parse_criteria(json: Option<&Value>, schema: &criteria::Schema) -> Result<Criteria> {
    match json {
        None | Some(Value::Null) => Ok(Criteria::everything()),
        Some(json) => Criteria::parse(json, schema).map_err(criteria_error),
    }
}

/// The refusal of a criteria, by the place of what is wrong.
pub fn criteria_error(error: criteria::Error) -> Error {
    let place = if error.path.is_empty() {
        "criteria".to_owned()
    } else {
        format!("criteria.{}", error.path)
    };
    invalid(place, error.text)
}

/// What a criteria says, in both languages.
pub async fn said(ctx: &Ctx, criteria: &Criteria) -> Result<Said> {
    let names = names::all(ctx).await?;
    let say = |lang: Lang| {
        criteria.say(&Voice {
            lang,
            zone: ctx.org.zone,
            names: &|entity, id| names.of(entity, id),
        })
    };
    Ok(Said {
        tr: say(Lang::Tr),
        en: say(Lang::En),
    })
}

/// `GET` of a list.
pub async fn list(ctx: Ctx, entity: &'static Entity, uri: &Uri, pairs: &[(String, String)]) -> Result<Reply> {
    let ctx = ctx.for_lists().await;
    let asked = Asked {
        criteria: from_pairs(&ctx, entity, pairs).await?,
        request: ListRequest::from_pairs(pairs)?,
    };
    Ok(page(read::list(&ctx, entity, &asked).await?, uri, pairs))
}

fn page(found: Found, uri: &Uri, query: &[(String, String)]) -> Reply {
    List {
        page: found.page,
        count: found.count,
        count_is_capped: found.count_is_capped,
        path: uri.path(),
        query,
    }
    .reply()
}

/// `POST …/search/`: the same list, asked for with a criteria.
pub async fn search(ctx: Ctx, entity: &'static Entity, uri: &Uri, search: RecordSearch) -> Result<Reply> {
    let ctx = ctx.for_lists().await;
    let schema = schema::schema(&ctx, entity).await?;
    let RecordSearch {
        criteria,
        search,
        ordering,
        page: number,
        page_size,
        cursor,
        count,
    } = search;
    let request = ListRequest {
        page: number,
        page_size,
        cursor,
        ordering,
        search,
        count,
    }
    .checked()?;
    let asked = Asked {
        criteria: parse_criteria(criteria.as_ref(), &schema)?,
        request,
    };
    Ok(page(read::list(&ctx, entity, &asked).await?, uri, &[]))
}

/// `POST …/criteria/`: checks a criteria, says it in words and counts what it finds.
pub async fn criteria(ctx: &Ctx, entity: &'static Entity, request: &RecordCriteria) -> Result<Reply> {
    let schema = schema::schema(ctx, entity).await?;
    let criteria = parse_criteria(Some(&request.criteria), &schema)?;
    let sentence = said(ctx, &criteria).await?;
    let request = ListRequest {
        page_size: Some(1),
        ..ListRequest::default()
    };
    let found = read::list(ctx, entity, &Asked { criteria, request }).await?;
    Reply::ok(&RecordCriteriaSaid {
        sentence,
        count: found.count,
        count_is_capped: found.count_is_capped,
    })
}

/// `GET` of one, with its ETag.
pub async fn get(ctx: &Ctx, entity: &'static Entity, headers: &HeaderMap, id: i64) -> Result<Reply> {
    let (json, version) = read::get(ctx, entity, id).await?;
    let is_known = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == etag(version).as_bytes());
    let (status, body) = match is_known {
        true => (StatusCode::NOT_MODIFIED, String::new()),
        false => (StatusCode::OK, json),
    };
    Ok(Reply::text(status, body).header("etag", etag(version)))
}

/// `POST` of a new one.
pub async fn create(ctx: &Ctx, entity: &'static Entity, input: &Map<String, Value>) -> Result<Reply> {
    let definitions = custom::definitions(ctx, entity.name).await?;
    ctx.write(async |tx| {
        let mut errors = FieldErrors::default();
        let record = change::drafted(entity, &definitions, input, &mut errors);
        errors.check()?;
        let operation = note(tx, ctx, entity, "create").await?;
        let created = change::create(tx, ctx, &ctx.stamp().within(operation), record).await?;
        answer_created(tx, ctx, entity, created.id, operation).await
    })
    .await
}

/// Opens an operation on one record.
pub async fn note(tx: &mut Tx, ctx: &Ctx, entity: &Entity, what: &str) -> Result<OperationId> {
    operations::note(tx, &ctx.stamp(), &entity.operation(what), json!({ "changed": 1 })).await
}

/// 201 with the record.
pub async fn answer_created(tx: &mut Tx, ctx: &Ctx, entity: &'static Entity, id: i64, operation: OperationId) -> Result<Reply> {
    let (json, version) = read::read_back(tx, ctx, entity, id).await?;
    let reply = Reply::text(StatusCode::CREATED, json).header("location", format!("/api/v1/crm/{}/{id}/", entity.plural));
    Ok(reply.header("etag", etag(version)).operation(operation))
}

/// Answers with the record as it stands now; an operation that did nothing is taken back.
pub async fn answer(tx: &mut Tx, ctx: &Ctx, entity: &'static Entity, id: i64, operation: OperationId, is_changed: bool) -> Result<Reply> {
    let (json, version) = read::read_back(tx, ctx, entity, id).await?;
    let reply = Reply::text(StatusCode::OK, json).header("etag", etag(version));
    if is_changed {
        return Ok(reply.operation(operation));
    }
    operations::forget(tx, operation).await?;
    Ok(reply)
}

/// `PUT` and `PATCH` of one.
pub async fn change_one(
    ctx: &Ctx,
    entity: &'static Entity,
    headers: &HeaderMap,
    id: i64,
    input: &Map<String, Value>,
    extent: Extent,
) -> Result<Reply> {
    let base_version = base_version(headers)?;
    ctx.write(async |tx| {
        let operation = note(tx, ctx, entity, "update").await?;
        let edit = Edit {
            id,
            input,
            extent,
            base_version,
        };
        let changed = change::update(tx, ctx, &ctx.stamp().within(operation), entity, edit).await?;
        answer(tx, ctx, entity, id, operation, changed.is_some()).await
    })
    .await
}

/// A command on one record that is not an edit of its fields (qualify, pin, …): `work` does it and says whether anything changed. Answers
/// with the record.
pub async fn command(
    ctx: &Ctx,
    entity: &'static Entity,
    what: &str,
    id: i64,
    work: impl AsyncFnOnce(&mut Tx, &Stamp) -> Result<bool>,
) -> Result<Reply> {
    ctx.write(async |tx| {
        let operation = note(tx, ctx, entity, what).await?;
        let is_changed = work(tx, &ctx.stamp().within(operation)).await?;
        answer(tx, ctx, entity, id, operation, is_changed).await
    })
    .await
}

/// `DELETE` of one.
pub async fn delete(ctx: &Ctx, entity: &'static Entity, id: i64) -> Result<Reply> {
    ctx.write(async |tx| {
        let record = read::one_for_change(tx, ctx, entity, entity.permissions.delete, id).await?;
        let operation = note(tx, ctx, entity, "delete").await?;
        change::delete_all(tx, ctx, &ctx.stamp().within(operation), vec![record]).await?;
        Ok(Reply::ok(&DeletedRecord { operation_id: operation.0 })?.operation(operation))
    })
    .await
}

/// `POST …/bulk/`.
pub async fn bulk(ctx: &Ctx, entity: &'static Entity, request: RecordsBulk) -> Result<Reply> {
    ctx.write(async |tx| {
        let (operation, outcome) = bulk::run(tx, ctx, entity, request).await?;
        Ok(Reply::ok(&outcome)?.operation(operation))
    })
    .await
}

pub fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// The version a caller started from, by its `If-Match`.
pub fn base_version(headers: &HeaderMap) -> Result<Option<i64>> {
    let Some(value) = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok()) else {
        return Ok(None);
    };
    if value.trim() == "*" {
        return Ok(None);
    }
    let version = value.trim().trim_start_matches("W/").trim_matches('"').parse();
    version.map(Some).map_err(|_| {
        Error::BadRequest(say!(
            "If-Match, bu kaydın ETag değeri olmalı.",
            "If-Match must be the ETag of this record."
        ))
    })
}

/// A record as the API shows it, made from the list of fields; `shown` are the names beside them, with their type.
pub fn shown_schema(fields: &'static [Spec], shown: &[(&str, Type)]) -> RefOr<ApiSchema> {
    let mut object = ObjectBuilder::new()
        .property("id", integer())
        .property("version", integer())
        .property("custom", any_object());
    for name in ["id", "version", "custom"] {
        object = object.required(name);
    }
    for (name, kind) in shown {
        object = object
            .property(*name, ObjectBuilder::new().schema_type(nullable(kind.clone())))
            .required(*name);
    }
    for spec in fields.iter().filter(|spec| spec.column().is_some() || spec.is_list()) {
        object = object
            .property(spec.name().to_owned(), property(spec, false))
            .required(spec.name().to_owned());
    }
    RefOr::T(object.into())
}

/// A record as the API takes it: the written fields, none of them required here.
pub fn input_schema(fields: &'static [Spec]) -> RefOr<ApiSchema> {
    let mut object = ObjectBuilder::new().property("custom", any_object());
    for spec in fields.iter().filter(|spec| spec.is_written()) {
        object = object.property(spec.name().to_owned(), property(spec, true));
    }
    RefOr::T(object.into())
}

fn integer() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
}

fn any_object() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .additional_properties(Some(AdditionalProperties::FreeForm(true)))
}

fn nullable(kind: Type) -> SchemaType {
    SchemaType::from_iter([kind, Type::Null])
}

fn property(spec: &Spec, for_input: bool) -> RefOr<ApiSchema> {
    let labelled = || ObjectBuilder::new().description(Some(spec.field.label.en.clone()));
    let format = |object: ObjectBuilder, format| object.format(Some(SchemaFormat::KnownFormat(format)));
    // What is shown as empty text may be given as null.
    let kind = |kind: Type, can_miss: bool| {
        if can_miss || for_input {
            nullable(kind)
        } else {
            SchemaType::new(kind)
        }
    };
    let object = match (&spec.field.kind, spec.form) {
        (_, Form::Tags) => {
            let names = ArrayBuilder::new().items(ObjectBuilder::new().schema_type(Type::String));
            return RefOr::T(names.description(Some("Names of tags")).into());
        }
        (_, Form::Texts { .. }) => {
            let texts = ArrayBuilder::new().items(ObjectBuilder::new().schema_type(Type::String));
            return RefOr::T(texts.description(Some(spec.field.label.en.clone())).into());
        }
        (_, Form::Users) => {
            let ids = ArrayBuilder::new().items(integer());
            return RefOr::T(ids.description(Some(spec.field.label.en.clone())).into());
        }
        (Kind::Bool, _) => labelled().schema_type(kind(Type::Boolean, false)),
        (Kind::Reference(_), _) => format(labelled().schema_type(kind(Type::Integer, true)), KnownFormat::Int64),
        (Kind::Number { decimals: 0 }, _) => format(labelled().schema_type(kind(Type::Integer, true)), KnownFormat::Int64),
        (Kind::Date, _) => format(labelled().schema_type(kind(Type::String, true)), KnownFormat::Date),
        (Kind::DateTime, _) => format(labelled().schema_type(kind(Type::String, true)), KnownFormat::DateTime),
        (Kind::Money | Kind::Number { .. }, _) => labelled()
            .schema_type(kind(Type::String, true))
            .description(Some("A decimal string such as 1234.50")),
        (Kind::Choice(choices), _) => {
            let words: Vec<String> = choices.iter().map(|choice| choice.value.to_string()).collect();
            labelled()
                .schema_type(kind(Type::String, false))
                .description(Some(format!("{}: {}", spec.field.label.en, words.join(", "))))
        }
        _ => labelled().schema_type(kind(Type::String, false)),
    };
    RefOr::T(object.into())
}
