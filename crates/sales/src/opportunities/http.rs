//! Opportunities over HTTP.

use axum::extract::OriginalUri;
use axum::http::HeaderMap;
use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::http::openapi::{ListParams, Listed, Problems};
use kernel::http::{Access, Body, Params, PathId, Reply, Routes};
use records::bulk::{BulkOutcome, RecordsBulk};
use records::change::Extent;
use records::http::{self, DeletedRecord, RecordCriteria, RecordCriteriaSaid, RecordSearch};
use records::schema::{self, FieldInfo};
use serde_json::{Map, Value};
use utoipa::openapi::schema::Type;
use utoipa::openapi::{RefOr, Schema as ApiSchema};
use utoipa::{PartialSchema, ToSchema};
use utoipa_axum::routes;

use super::{FIELDS, OPPORTUNITY};
use crate::permissions::{OPPORTUNITY_DELETE, OPPORTUNITY_READ, OPPORTUNITY_WRITE};

const TAG: &str = "opportunities";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_opportunities), Access::Needs(OPPORTUNITY_READ))
        .add(routes!(create_opportunity), Access::Needs(OPPORTUNITY_WRITE))
        .add(routes!(search_opportunities), Access::Needs(OPPORTUNITY_READ))
        .add(routes!(bulk_opportunities), Access::Needs(OPPORTUNITY_READ))
        .add(routes!(list_opportunity_fields), Access::Needs(OPPORTUNITY_READ))
        .add(routes!(check_opportunity_criteria), Access::Needs(OPPORTUNITY_READ))
        .add(routes!(get_opportunity), Access::Needs(OPPORTUNITY_READ))
        .add(routes!(replace_opportunity), Access::Needs(OPPORTUNITY_WRITE))
        .add(routes!(update_opportunity), Access::Needs(OPPORTUNITY_WRITE))
        .add(routes!(delete_opportunity), Access::Needs(OPPORTUNITY_DELETE))
}

/// An opportunity as the API shows it; made from the list of fields.
pub struct Opportunity;

/// An opportunity as the API takes it. A name, a customer and the day it is expected to close are needed.
pub struct OpportunityInput;

impl PartialSchema for Opportunity {
    fn schema() -> RefOr<ApiSchema> {
        let shown = OPPORTUNITY.shown.iter().map(|(name, _)| (*name, Type::String)).collect::<Vec<_>>();
        http::shown_schema(FIELDS, &shown)
    }
}

impl ToSchema for Opportunity {}

impl PartialSchema for OpportunityInput {
    fn schema() -> RefOr<ApiSchema> {
        http::input_schema(FIELDS)
    }
}

impl ToSchema for OpportunityInput {}

/// The opportunities the caller may see, newest first. Every field is a filter: `stage=proposal`, `amount__gte=50000`.
#[utoipa::path(get, path = "/opportunities/", tag = TAG, operation_id = "list_opportunities", params(ListParams), responses((status = 200, body = Listed<Opportunity>), Problems))]
async fn list_opportunities(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    http::list(ctx, &OPPORTUNITY, &uri, &pairs).await
}

/// The same list, asked for with a criteria. `next` and `previous` are for the field `cursor` of the same body.
#[utoipa::path(post, path = "/opportunities/search/", tag = TAG, operation_id = "search_opportunities", request_body = RecordSearch, responses((status = 200, body = Listed<Opportunity>), Problems))]
async fn search_opportunities(ctx: Ctx, OriginalUri(uri): OriginalUri, Body(search): Body<RecordSearch>) -> Result<Reply> {
    http::search(ctx, &OPPORTUNITY, &uri, search).await
}

/// Creates an opportunity. The number comes from a pattern.
#[utoipa::path(post, path = "/opportunities/", tag = TAG, operation_id = "create_opportunity", request_body = OpportunityInput, responses((status = 201, body = Opportunity), Problems))]
async fn create_opportunity(ctx: Ctx, Body(input): Body<Map<String, Value>>) -> Result<Reply> {
    http::create(&ctx, &OPPORTUNITY, &input).await
}

/// One opportunity, with its ETag.
#[utoipa::path(get, path = "/opportunities/{id}/", tag = TAG, operation_id = "get_opportunity", params(("id" = i64, Path)), responses((status = 200, body = Opportunity), (status = 304, description = "As `If-None-Match` has it"), Problems))]
async fn get_opportunity(ctx: Ctx, headers: HeaderMap, PathId(id): PathId<i64>) -> Result<Reply> {
    http::get(&ctx, &OPPORTUNITY, &headers, id).await
}

/// Replaces an opportunity: fields that are not named become empty. With `If-Match`, what others changed meanwhile is a 409.
#[utoipa::path(put, path = "/opportunities/{id}/", tag = TAG, operation_id = "replace_opportunity", params(("id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = OpportunityInput, responses((status = 200, body = Opportunity), Problems))]
async fn replace_opportunity(
    ctx: Ctx,
    headers: HeaderMap,
    PathId(id): PathId<i64>,
    Body(input): Body<Map<String, Value>>,
) -> Result<Reply> {
    http::change_one(&ctx, &OPPORTUNITY, &headers, id, &input, Extent::Whole).await
}

/// Changes the named fields of an opportunity. With `If-Match`, what others changed meanwhile is a 409.
#[utoipa::path(patch, path = "/opportunities/{id}/", tag = TAG, operation_id = "update_opportunity", params(("id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = OpportunityInput, responses((status = 200, body = Opportunity), Problems))]
async fn update_opportunity(ctx: Ctx, headers: HeaderMap, PathId(id): PathId<i64>, Body(input): Body<Map<String, Value>>) -> Result<Reply> {
    http::change_one(&ctx, &OPPORTUNITY, &headers, id, &input, Extent::Named).await
}

/// Deletes an opportunity; for thirty days it can be brought back by undoing the operation.
#[utoipa::path(delete, path = "/opportunities/{id}/", tag = TAG, operation_id = "delete_opportunity", params(("id" = i64, Path)), responses((status = 200, body = DeletedRecord), Problems))]
async fn delete_opportunity(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    http::delete(&ctx, &OPPORTUNITY, id).await
}

/// Changes many opportunities in one stroke, undone in one.
#[utoipa::path(post, path = "/opportunities/bulk/", tag = TAG, operation_id = "bulk_opportunities", request_body = RecordsBulk, responses((status = 200, body = BulkOutcome), Problems))]
async fn bulk_opportunities(ctx: Ctx, Body(request): Body<RecordsBulk>) -> Result<Reply> {
    http::bulk(&ctx, &OPPORTUNITY, request).await
}

/// The fields of an opportunity: what forms, filters, imports and tables are built from.
#[utoipa::path(get, path = "/opportunities/fields/", tag = TAG, operation_id = "list_opportunity_fields", responses((status = 200, body = [FieldInfo]), Problems))]
async fn list_opportunity_fields(ctx: Ctx) -> Result<Reply> {
    Reply::ok(&schema::fields(&ctx, &OPPORTUNITY).await?)
}

/// Checks a criteria, says it in words and counts what it finds.
#[utoipa::path(post, path = "/opportunities/criteria/", tag = TAG, operation_id = "check_opportunity_criteria", request_body = RecordCriteria, responses((status = 200, body = RecordCriteriaSaid), Problems))]
async fn check_opportunity_criteria(ctx: Ctx, Body(request): Body<RecordCriteria>) -> Result<Reply> {
    http::criteria(&ctx, &OPPORTUNITY, &request).await
}
