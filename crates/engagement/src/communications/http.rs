//! Communications over HTTP.

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

use super::{COMMUNICATION, FIELDS};
use crate::permissions::{COMMUNICATION_DELETE, COMMUNICATION_READ, COMMUNICATION_WRITE};

const TAG: &str = "communications";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_communications), Access::Needs(COMMUNICATION_READ))
        .add(routes!(create_communication), Access::Needs(COMMUNICATION_WRITE))
        .add(routes!(search_communications), Access::Needs(COMMUNICATION_READ))
        .add(routes!(bulk_communications), Access::Needs(COMMUNICATION_READ))
        .add(routes!(list_communication_fields), Access::Needs(COMMUNICATION_READ))
        .add(routes!(check_communication_criteria), Access::Needs(COMMUNICATION_READ))
        .add(routes!(get_communication), Access::Needs(COMMUNICATION_READ))
        .add(routes!(replace_communication), Access::Needs(COMMUNICATION_WRITE))
        .add(routes!(update_communication), Access::Needs(COMMUNICATION_WRITE))
        .add(routes!(delete_communication), Access::Needs(COMMUNICATION_DELETE))
}

/// A communication as the API shows it; made from the list of fields.
pub struct Communication;

/// A communication as the API takes it. Its way, with whom it was, and a subject or a content are needed of a new one.
pub struct CommunicationInput;

impl PartialSchema for Communication {
    fn schema() -> RefOr<ApiSchema> {
        let shown = COMMUNICATION
            .shown
            .iter()
            .map(|(name, _)| (*name, Type::String))
            .collect::<Vec<_>>();
        http::shown_schema(FIELDS, &shown)
    }
}

impl ToSchema for Communication {}

impl PartialSchema for CommunicationInput {
    fn schema() -> RefOr<ApiSchema> {
        http::input_schema(FIELDS)
    }
}

impl ToSchema for CommunicationInput {}

/// The communications the caller may see, newest first. Every field is a filter: `status=planned`, `due_date__lt=2026-03-31T00:00:00Z`.
#[utoipa::path(get, path = "/communications/", tag = TAG, operation_id = "list_communications", params(ListParams), responses((status = 200, body = Listed<Communication>), Problems))]
async fn list_communications(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    http::list(ctx, &COMMUNICATION, &uri, &pairs).await
}

/// The same list, asked for with a criteria. `next` and `previous` are for the field `cursor` of the same body.
#[utoipa::path(post, path = "/communications/search/", tag = TAG, operation_id = "search_communications", request_body = RecordSearch, responses((status = 200, body = Listed<Communication>), Problems))]
async fn search_communications(ctx: Ctx, OriginalUri(uri): OriginalUri, Body(search): Body<RecordSearch>) -> Result<Reply> {
    http::search(ctx, &COMMUNICATION, &uri, search).await
}

/// Logs a communication: by which way, with whom, and a subject or a content are needed. It was just now, by the caller, unless it says otherwise.
#[utoipa::path(post, path = "/communications/", tag = TAG, operation_id = "create_communication", request_body = CommunicationInput, responses((status = 201, body = Communication), Problems))]
async fn create_communication(ctx: Ctx, Body(input): Body<Map<String, Value>>) -> Result<Reply> {
    http::create(&ctx, &COMMUNICATION, &input).await
}

/// One communication, with its ETag.
#[utoipa::path(get, path = "/communications/{id}/", tag = TAG, operation_id = "get_communication", params(("id" = i64, Path)), responses((status = 200, body = Communication), (status = 304, description = "As `If-None-Match` has it"), Problems))]
async fn get_communication(ctx: Ctx, headers: HeaderMap, PathId(id): PathId<i64>) -> Result<Reply> {
    http::get(&ctx, &COMMUNICATION, &headers, id).await
}

/// Replaces a communication: fields that are not named become empty. With `If-Match`, what others changed meanwhile is a 409.
#[utoipa::path(put, path = "/communications/{id}/", tag = TAG, operation_id = "replace_communication", params(("id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = CommunicationInput, responses((status = 200, body = Communication), Problems))]
async fn replace_communication(
    ctx: Ctx,
    headers: HeaderMap,
    PathId(id): PathId<i64>,
    Body(input): Body<Map<String, Value>>,
) -> Result<Reply> {
    http::change_one(&ctx, &COMMUNICATION, &headers, id, &input, Extent::Whole).await
}

/// Changes the named fields of a communication. With `If-Match`, what others changed meanwhile is a 409.
#[utoipa::path(patch, path = "/communications/{id}/", tag = TAG, operation_id = "update_communication", params(("id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = CommunicationInput, responses((status = 200, body = Communication), Problems))]
async fn update_communication(
    ctx: Ctx,
    headers: HeaderMap,
    PathId(id): PathId<i64>,
    Body(input): Body<Map<String, Value>>,
) -> Result<Reply> {
    http::change_one(&ctx, &COMMUNICATION, &headers, id, &input, Extent::Named).await
}

/// Deletes a communication; for thirty days it can be brought back by undoing the operation.
#[utoipa::path(delete, path = "/communications/{id}/", tag = TAG, operation_id = "delete_communication", params(("id" = i64, Path)), responses((status = 200, body = DeletedRecord), Problems))]
async fn delete_communication(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    http::delete(&ctx, &COMMUNICATION, id).await
}

/// Changes many communications in one stroke, undone in one.
#[utoipa::path(post, path = "/communications/bulk/", tag = TAG, operation_id = "bulk_communications", request_body = RecordsBulk, responses((status = 200, body = BulkOutcome), Problems))]
async fn bulk_communications(ctx: Ctx, Body(request): Body<RecordsBulk>) -> Result<Reply> {
    http::bulk(&ctx, &COMMUNICATION, request).await
}

/// The fields of a communication: what forms, filters, imports and tables are built from.
#[utoipa::path(get, path = "/communications/fields/", tag = TAG, operation_id = "list_communication_fields", responses((status = 200, body = [FieldInfo]), Problems))]
async fn list_communication_fields(ctx: Ctx) -> Result<Reply> {
    Reply::ok(&schema::fields(&ctx, &COMMUNICATION).await?)
}

/// Checks a criteria, says it in words and counts what it finds.
#[utoipa::path(post, path = "/communications/criteria/", tag = TAG, operation_id = "check_communication_criteria", request_body = RecordCriteria, responses((status = 200, body = RecordCriteriaSaid), Problems))]
async fn check_communication_criteria(ctx: Ctx, Body(request): Body<RecordCriteria>) -> Result<Reply> {
    http::criteria(&ctx, &COMMUNICATION, &request).await
}
