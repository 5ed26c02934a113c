//! Leads over HTTP.

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

use super::duplicates::{self, LeadDuplicateProblem};
use super::{FIELDS, LEAD};
use crate::permissions::{LEAD_DELETE, LEAD_READ, LEAD_WRITE};

const TAG: &str = "leads";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_leads), Access::Needs(LEAD_READ))
        .add(routes!(create_lead), Access::Needs(LEAD_WRITE))
        .add(routes!(search_leads), Access::Needs(LEAD_READ))
        .add(routes!(bulk_leads), Access::Needs(LEAD_READ))
        .add(routes!(list_lead_fields), Access::Needs(LEAD_READ))
        .add(routes!(check_lead_criteria), Access::Needs(LEAD_READ))
        .add(routes!(get_lead), Access::Needs(LEAD_READ))
        .add(routes!(replace_lead), Access::Needs(LEAD_WRITE))
        .add(routes!(update_lead), Access::Needs(LEAD_WRITE))
        .add(routes!(delete_lead), Access::Needs(LEAD_DELETE))
}

/// A lead as the API shows it; made from the list of fields.
pub struct Lead;

/// A lead as the API takes it. A name (of a person or a company) and an e-mail address or a phone are needed.
pub struct LeadInput;

impl PartialSchema for Lead {
    fn schema() -> RefOr<ApiSchema> {
        let shown = LEAD.shown.iter().map(|(name, _)| (*name, Type::String)).collect::<Vec<_>>();
        http::shown_schema(FIELDS, &shown)
    }
}

impl ToSchema for Lead {}

impl PartialSchema for LeadInput {
    fn schema() -> RefOr<ApiSchema> {
        http::input_schema(FIELDS)
    }
}

impl ToSchema for LeadInput {}

/// The leads the caller may see, newest first. Every field is a filter: `status=new`, `lead_score__gte=50`.
#[utoipa::path(get, path = "/leads/", tag = TAG, operation_id = "list_leads", params(ListParams), responses((status = 200, body = Listed<Lead>), Problems))]
async fn list_leads(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    http::list(ctx, &LEAD, &uri, &pairs).await
}

/// The same list, asked for with a criteria. `next` and `previous` are for the field `cursor` of the same body.
#[utoipa::path(post, path = "/leads/search/", tag = TAG, operation_id = "search_leads", request_body = RecordSearch, responses((status = 200, body = Listed<Lead>), Problems))]
async fn search_leads(ctx: Ctx, OriginalUri(uri): OriginalUri, Body(search): Body<RecordSearch>) -> Result<Reply> {
    http::search(ctx, &LEAD, &uri, search).await
}

/// Creates a lead. The number comes from a pattern. With `on_duplicate=refuse` one that is likely to be there already is a 409 that says who.
#[utoipa::path(post, path = "/leads/", tag = TAG, operation_id = "create_lead", params(("on_duplicate" = Option<String>, Query)), request_body = LeadInput, responses((status = 201, body = Lead), (status = 409, body = LeadDuplicateProblem), Problems))]
async fn create_lead(ctx: Ctx, Params(pairs): Params, Body(input): Body<Map<String, Value>>) -> Result<Reply> {
    if let Some(refusal) = duplicates::refusal(&ctx, &pairs, &input).await? {
        return Ok(refusal);
    }
    http::create(&ctx, &LEAD, &input).await
}

/// One lead, with its ETag.
#[utoipa::path(get, path = "/leads/{id}/", tag = TAG, operation_id = "get_lead", params(("id" = i64, Path)), responses((status = 200, body = Lead), (status = 304, description = "As `If-None-Match` has it"), Problems))]
async fn get_lead(ctx: Ctx, headers: HeaderMap, PathId(id): PathId<i64>) -> Result<Reply> {
    http::get(&ctx, &LEAD, &headers, id).await
}

/// Replaces a lead: fields that are not named become empty. With `If-Match`, what others changed meanwhile is a 409.
#[utoipa::path(put, path = "/leads/{id}/", tag = TAG, operation_id = "replace_lead", params(("id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = LeadInput, responses((status = 200, body = Lead), Problems))]
async fn replace_lead(ctx: Ctx, headers: HeaderMap, PathId(id): PathId<i64>, Body(input): Body<Map<String, Value>>) -> Result<Reply> {
    http::change_one(&ctx, &LEAD, &headers, id, &input, Extent::Whole).await
}

/// Changes the named fields of a lead. With `If-Match`, what others changed meanwhile is a 409.
#[utoipa::path(patch, path = "/leads/{id}/", tag = TAG, operation_id = "update_lead", params(("id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = LeadInput, responses((status = 200, body = Lead), Problems))]
async fn update_lead(ctx: Ctx, headers: HeaderMap, PathId(id): PathId<i64>, Body(input): Body<Map<String, Value>>) -> Result<Reply> {
    http::change_one(&ctx, &LEAD, &headers, id, &input, Extent::Named).await
}

/// Deletes a lead; for thirty days it can be brought back by undoing the operation.
#[utoipa::path(delete, path = "/leads/{id}/", tag = TAG, operation_id = "delete_lead", params(("id" = i64, Path)), responses((status = 200, body = DeletedRecord), Problems))]
async fn delete_lead(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    http::delete(&ctx, &LEAD, id).await
}

/// Changes many leads in one stroke, undone in one.
#[utoipa::path(post, path = "/leads/bulk/", tag = TAG, operation_id = "bulk_leads", request_body = RecordsBulk, responses((status = 200, body = BulkOutcome), Problems))]
async fn bulk_leads(ctx: Ctx, Body(request): Body<RecordsBulk>) -> Result<Reply> {
    http::bulk(&ctx, &LEAD, request).await
}

/// The fields of a lead: what forms, filters, imports and tables are built from.
#[utoipa::path(get, path = "/leads/fields/", tag = TAG, operation_id = "list_lead_fields", responses((status = 200, body = [FieldInfo]), Problems))]
async fn list_lead_fields(ctx: Ctx) -> Result<Reply> {
    Reply::ok(&schema::fields(&ctx, &LEAD).await?)
}

/// Checks a criteria, says it in words and counts what it finds.
#[utoipa::path(post, path = "/leads/criteria/", tag = TAG, operation_id = "check_lead_criteria", request_body = RecordCriteria, responses((status = 200, body = RecordCriteriaSaid), Problems))]
async fn check_lead_criteria(ctx: Ctx, Body(request): Body<RecordCriteria>) -> Result<Reply> {
    http::criteria(&ctx, &LEAD, &request).await
}
