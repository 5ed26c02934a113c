//! Customers over HTTP.

use axum::extract::OriginalUri;
use axum::http::{HeaderMap, StatusCode, header};
use criteria::{Criteria, Voice};
use kernel::ctx::Ctx;
use kernel::error::{Error, Result, invalid};
use kernel::http::openapi::{ListParams, Listed, Problems};
use kernel::http::{Access, Body, List, Params, PathId, Reply, Routes};
use kernel::page::{ListRequest, RESERVED};
use kernel::{operations, say};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{KnownFormat, RefOr, Schema as ApiSchema, SchemaFormat};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::routes;

use super::bulk::{self, BulkOutcome, BulkRequest};
use super::change::{self, Edit, Extent};
use super::read::{self, Asked};
use super::schema::{self, FieldInfo};
use crate::custom_fields;
use crate::duplicates;
use crate::fields::{Form, Key};
use crate::merge::redirects::{self, MergedInto};
use crate::permissions::{DELETE, READ, WRITE};
use criteria::Kind;

const TAG: &str = "customers";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_customers), Access::Needs(READ))
        .add(routes!(create_customer), Access::Needs(WRITE))
        .add(routes!(search_customers), Access::Needs(READ))
        .add(routes!(bulk_customers), Access::Needs(READ))
        .add(routes!(list_customer_fields), Access::Needs(READ))
        .add(routes!(check_customer_criteria), Access::Needs(READ))
        .add(routes!(get_customer), Access::Needs(READ))
        .add(routes!(replace_customer), Access::Needs(WRITE))
        .add(routes!(update_customer), Access::Needs(WRITE))
        .add(routes!(delete_customer), Access::Needs(DELETE))
}

/// A customer as the API shows it; made from the list of fields.
pub struct Customer;

/// A customer as the API takes it: the written fields, none of them required here, since what is needed depends on its type.
pub struct CustomerInput;

impl PartialSchema for Customer {
    fn schema() -> RefOr<ApiSchema> {
        let integer = || {
            ObjectBuilder::new()
                .schema_type(Type::Integer)
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        };
        let mut object = ObjectBuilder::new()
            .property("id", integer())
            .property("version", integer())
            .property("owner_name", ObjectBuilder::new().schema_type(nullable(Type::String)))
            .property("team_name", ObjectBuilder::new().schema_type(nullable(Type::String)))
            .property("custom", any_object());
        for name in ["id", "version", "owner_name", "team_name", "custom"] {
            object = object.required(name);
        }
        for key in Key::all().filter(|key| key.spec().column().is_some() || *key == Key::Tags) {
            object = object.property(key.name(), property(key, false)).required(key.name());
        }
        RefOr::T(object.into())
    }
}

impl ToSchema for Customer {}

impl PartialSchema for CustomerInput {
    fn schema() -> RefOr<ApiSchema> {
        let mut object = ObjectBuilder::new().property("custom", any_object());
        for key in Key::written() {
            object = object.property(key.name(), property(key, true));
        }
        RefOr::T(object.into())
    }
}

impl ToSchema for CustomerInput {}

fn any_object() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .additional_properties(Some(utoipa::openapi::schema::AdditionalProperties::FreeForm(true)))
}

fn nullable(kind: Type) -> SchemaType {
    SchemaType::from_iter([kind, Type::Null])
}

fn property(key: Key, for_input: bool) -> RefOr<ApiSchema> {
    let spec = key.spec();
    let text = || ObjectBuilder::new().description(Some(spec.field.label.en.clone()));
    // What is shown as empty text may be given as null.
    let kind = |kind: Type, can_miss: bool| {
        if can_miss || for_input {
            nullable(kind)
        } else {
            SchemaType::new(kind)
        }
    };
    match (&spec.field.kind, spec.form) {
        (_, Form::Tags) => RefOr::T(
            ArrayBuilder::new()
                .items(ObjectBuilder::new().schema_type(Type::String))
                .description(Some("Names of tags"))
                .into(),
        ),
        (Kind::Bool, _) => RefOr::T(text().schema_type(kind(Type::Boolean, false)).into()),
        (Kind::Reference(_), _) => RefOr::T(
            text()
                .schema_type(kind(Type::Integer, true))
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
                .into(),
        ),
        (Kind::Date, _) => {
            let can_miss = key != Key::CustomerSince;
            RefOr::T(
                text()
                    .schema_type(kind(Type::String, can_miss))
                    .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)))
                    .into(),
            )
        }
        (Kind::DateTime, _) => RefOr::T(
            text()
                .schema_type(kind(Type::String, false))
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)))
                .into(),
        ),
        (Kind::Money, _) => RefOr::T(
            text()
                .schema_type(kind(Type::String, true))
                .description(Some("A decimal string such as 1234.50"))
                .into(),
        ),
        _ => RefOr::T(text().schema_type(kind(Type::String, false)).into()),
    }
}

/// What a list is asked for as a body.
#[derive(Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
pub struct SearchRequest {
    /// A criteria: `{"field": "city", "op": "eq", "value": "İzmir"}`, `{"all": […]}`, `{"any": […]}`, `{"not": …}`.
    #[schema(value_type = Option<Object>)]
    pub criteria: Option<Value>,
    pub search: Option<String>,
    pub ordering: Option<String>,
    pub page: Option<u64>,
    pub page_size: Option<u64>,
    pub cursor: Option<String>,
    pub count: Option<String>,
}

/// The customers the caller may see, newest first. Every field is a filter: `city=İzmir`, `annual_revenue__gte=1000`.
#[utoipa::path(get, path = "/customers/", tag = TAG, operation_id = "list_customers", params(ListParams), responses((status = 200, body = Listed<Customer>), Problems))]
async fn list_customers(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    let asked = Asked {
        criteria: from_pairs(&ctx, &pairs).await?,
        request: ListRequest::from_pairs(&pairs)?,
    };
    let found = read::list(&ctx, &asked).await?;
    Ok(List {
        page: found.page,
        count: found.count,
        count_is_capped: found.count_is_capped,
        path: uri.path(),
        query: &pairs,
    }
    .reply())
}

/// Reads the filters of a query string.
pub async fn from_pairs(ctx: &Ctx, pairs: &[(String, String)]) -> Result<Criteria> {
    let schema = schema::schema(ctx).await?;
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    Criteria::from_query(pairs, &RESERVED, &schema).map_err(|error| Error::BadRequest(error.text))
}

/// Reads a criteria from JSON; what is wrong is named by its place.
pub fn parse_criteria(json: Option<&Value>, schema: &criteria::Schema) -> Result<Criteria> {
    match json {
        None | Some(Value::Null) => Ok(Criteria::everything()),
        Some(json) => Criteria::parse(json, schema).map_err(criteria_error),
    }
}

pub(crate) fn criteria_error(error: criteria::Error) -> Error {
    let place = if error.path.is_empty() {
        "criteria".to_owned()
    } else {
        format!("criteria.{}", error.path)
    };
    invalid(place, error.text)
}

/// The same list, asked for with a criteria. `next` and `previous` are for the field `cursor` of the same body.
#[utoipa::path(post, path = "/customers/search/", tag = TAG, operation_id = "search_customers", request_body = SearchRequest, responses((status = 200, body = Listed<Customer>), Problems))]
async fn search_customers(ctx: Ctx, OriginalUri(uri): OriginalUri, Body(search): Body<SearchRequest>) -> Result<Reply> {
    let schema = schema::schema(&ctx).await?;
    let SearchRequest {
        criteria,
        search,
        ordering,
        page,
        page_size,
        cursor,
        count,
    } = search;
    let request = ListRequest {
        page,
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
    let found = read::list(&ctx, &asked).await?;
    Ok(List {
        page: found.page,
        count: found.count,
        count_is_capped: found.count_is_capped,
        path: uri.path(),
        query: &[],
    }
    .reply())
}

/// Creates a customer. A person needs first and last name, a company its name; the code comes from the organisation's pattern. With
/// `on_duplicate=refuse` one that is likely to be there already is a 409 that says who it may be.
#[utoipa::path(post, path = "/customers/", tag = TAG, operation_id = "create_customer", params(("on_duplicate" = Option<String>, Query, description = "`keep` or `refuse`; `keep` when not given")), request_body = CustomerInput, responses((status = 201, body = Customer), Problems))]
async fn create_customer(ctx: Ctx, Params(pairs): Params, Body(input): Body<Map<String, Value>>) -> Result<Reply> {
    let definitions = custom_fields::definitions(&ctx).await?;
    let draft = change::draft(&ctx, &definitions, &input)?;
    if let Some(refusal) = duplicates::http::refusal(&ctx, &pairs, &draft).await? {
        return Ok(refusal);
    }
    ctx.write(async |tx| {
        let stamp = ctx.stamp();
        let operation = operations::note(tx, &stamp, "customers.create", json!({ "changed": 1 })).await?;
        let created = change::create(tx, &ctx, &stamp.within(operation), draft).await?;
        let json = read_back(tx, &ctx, created.id, &definitions).await?;
        let reply = Reply::text(StatusCode::CREATED, json).header("location", format!("/api/v1/crm/customers/{}/", created.id));
        Ok(reply.header("etag", etag(created.version)).operation(operation))
    })
    .await
}

/// One customer, with its ETag.
#[utoipa::path(get, path = "/customers/{id}/", tag = TAG, operation_id = "get_customer", params(("id" = i64, Path)), responses((status = 200, body = Customer), (status = 304, description = "As `If-None-Match` has it"), (status = 308, body = MergedInto, description = "It was merged into another, to which `Location` leads"), Problems))]
async fn get_customer(ctx: Ctx, OriginalUri(uri): OriginalUri, headers: HeaderMap, PathId(id): PathId<i64>) -> Result<Reply> {
    let (json, version) = match read::get(&ctx, id).await {
        Ok(found) => found,
        Err(error) => return redirects::instead(&ctx, id, &uri, error).await,
    };
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == etag(version).as_bytes())
    {
        return Ok(Reply::text(StatusCode::NOT_MODIFIED, String::new()).header("etag", etag(version)));
    }
    Ok(Reply::text(StatusCode::OK, json).header("etag", etag(version)))
}

/// Replaces a customer: fields that are not named become empty. With `If-Match`, what others changed meanwhile is a 409.
#[utoipa::path(put, path = "/customers/{id}/", tag = TAG, operation_id = "replace_customer", params(("id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = CustomerInput, responses((status = 200, body = Customer), Problems))]
async fn replace_customer(ctx: Ctx, headers: HeaderMap, PathId(id): PathId<i64>, Body(input): Body<Map<String, Value>>) -> Result<Reply> {
    change_one(ctx, &headers, id, input, Extent::Whole).await
}

/// Changes the named fields of a customer. With `If-Match`, what others changed meanwhile is a 409.
#[utoipa::path(patch, path = "/customers/{id}/", tag = TAG, operation_id = "update_customer", params(("id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = CustomerInput, responses((status = 200, body = Customer), Problems))]
async fn update_customer(ctx: Ctx, headers: HeaderMap, PathId(id): PathId<i64>, Body(input): Body<Map<String, Value>>) -> Result<Reply> {
    change_one(ctx, &headers, id, input, Extent::Named).await
}

async fn change_one(ctx: Ctx, headers: &HeaderMap, id: i64, input: Map<String, Value>, extent: Extent) -> Result<Reply> {
    let base_version = base_version(headers)?;
    let definitions = custom_fields::definitions(&ctx).await?;
    ctx.write(async |tx| {
        let stamp = ctx.stamp();
        let operation = operations::note(tx, &stamp, "customers.update", json!({ "changed": 1 })).await?;
        let edit = Edit {
            id,
            input: &input,
            extent,
            base_version,
        };
        let changed = change::update(tx, &ctx, &stamp.within(operation), &definitions, edit).await?;
        answer(tx, &ctx, id, &definitions, changed.is_some().then_some(operation), operation).await
    })
    .await
}

/// Answers with the customer as it stands now; an operation that did nothing is taken back.
pub(crate) async fn answer(
    tx: &mut kernel::db::Tx,
    ctx: &Ctx,
    id: i64,
    definitions: &custom_fields::Definitions,
    done: Option<kernel::ids::OperationId>,
    opened: kernel::ids::OperationId,
) -> Result<Reply> {
    let json = read_back(tx, ctx, id, definitions).await?;
    let version = serde_json::from_str::<Versioned>(&json)?.version;
    let reply = Reply::text(StatusCode::OK, json).header("etag", etag(version));
    match done {
        Some(operation) => Ok(reply.operation(operation)),
        None => {
            operations::forget(tx, opened).await?;
            Ok(reply)
        }
    }
}

#[derive(Deserialize)]
struct Versioned {
    version: i64,
}

pub(crate) async fn read_back(tx: &mut kernel::db::Tx, ctx: &Ctx, id: i64, definitions: &custom_fields::Definitions) -> Result<String> {
    use sea_query::ExprTrait;
    let row = read::row_for(ctx, definitions).await?;
    let mut query = sea_query::Query::select();
    query.expr(tx.dialect().own_sql(row.as_str())).from("customers");
    query.and_where(sea_query::Expr::col(("customers", "id")).eq(id));
    tx.texts(&query).await?.pop().ok_or(Error::NotFound)
}

/// Deletes a customer; for thirty days it can be brought back by undoing the operation.
#[utoipa::path(delete, path = "/customers/{id}/", tag = TAG, operation_id = "delete_customer", params(("id" = i64, Path)), responses((status = 200, body = Deleted), Problems))]
async fn delete_customer(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    let definitions = custom_fields::definitions(&ctx).await?;
    ctx.write(async |tx| {
        let customers = read::for_change(tx, &ctx, DELETE, &[id], &definitions).await?;
        if customers.is_empty() {
            return Err(Error::NotFound);
        }
        let stamp = ctx.stamp();
        let operation = operations::note(tx, &stamp, "customers.delete", json!({ "changed": 1 })).await?;
        change::delete_all(tx, &ctx, &stamp.within(operation), &definitions, customers).await?;
        Ok(Reply::ok(&Deleted { operation_id: operation.0 })?.operation(operation))
    })
    .await
}

/// By what a deletion can be undone.
#[derive(Serialize, ToSchema)]
pub struct Deleted {
    pub operation_id: i64,
}

/// Changes many customers in one stroke, undone in one.
#[utoipa::path(post, path = "/customers/bulk/", tag = TAG, operation_id = "bulk_customers", request_body = BulkRequest, responses((status = 200, body = BulkOutcome), Problems))]
async fn bulk_customers(ctx: Ctx, Body(request): Body<BulkRequest>) -> Result<Reply> {
    ctx.write(async |tx| {
        let (operation, outcome) = bulk::run(tx, &ctx, request).await?;
        Ok(Reply::ok(&outcome)?.operation(operation))
    })
    .await
}

/// The fields of a customer: what forms, filters, imports and tables are built from.
#[utoipa::path(get, path = "/customers/fields/", tag = TAG, operation_id = "list_customer_fields", responses((status = 200, body = [FieldInfo]), Problems))]
async fn list_customer_fields(ctx: Ctx) -> Result<Reply> {
    Reply::ok(&schema::fields(&ctx).await?)
}

/// A criteria to be checked and said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CriteriaRequest {
    #[schema(value_type = Object)]
    pub criteria: Value,
}

/// A criteria in words, and how many customers it finds.
#[derive(Serialize, ToSchema)]
pub struct CriteriaSaid {
    pub sentence: Sentence,
    pub count: i64,
    pub count_is_capped: bool,
}

/// A sentence in both languages.
#[derive(Serialize, ToSchema)]
pub struct Sentence {
    pub tr: String,
    pub en: String,
}

/// Checks a criteria, says it in words and counts what it finds.
#[utoipa::path(post, path = "/customers/criteria/", tag = TAG, operation_id = "check_customer_criteria", request_body = CriteriaRequest, responses((status = 200, body = CriteriaSaid), Problems))]
async fn check_customer_criteria(ctx: Ctx, Body(request): Body<CriteriaRequest>) -> Result<Reply> {
    use kernel::error::Lang;
    let schema = schema::schema(&ctx).await?;
    let criteria = parse_criteria(Some(&request.criteria), &schema)?;
    let names = crate::names::all(&ctx).await?;
    let say = |lang: Lang| {
        criteria.say(&Voice {
            lang,
            zone: ctx.org.zone,
            names: &|entity, id| names.of(entity, id),
        })
    };
    let sentence = Sentence {
        tr: say(Lang::Tr),
        en: say(Lang::En),
    };
    let request = ListRequest {
        page_size: Some(1),
        ..ListRequest::default()
    };
    let found = read::list(&ctx, &Asked { criteria, request }).await?;
    Reply::ok(&CriteriaSaid {
        sentence,
        count: found.count,
        count_is_capped: found.count_is_capped,
    })
}

pub(crate) fn etag(version: i64) -> String {
    format!("\"{version}\"")
}

/// The version a caller started from, by its `If-Match`.
pub(crate) fn base_version(headers: &HeaderMap) -> Result<Option<i64>> {
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
