//! Activities over HTTP.

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

use super::{ACTIVITY, FIELDS};
use crate::permissions::{ACTIVITY_DELETE, ACTIVITY_READ, ACTIVITY_WRITE};

const TAG: &str = "activities";

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_activities), Access::Needs(ACTIVITY_READ))
        .add(routes!(create_activity), Access::Needs(ACTIVITY_WRITE))
        .add(routes!(search_activities), Access::Needs(ACTIVITY_READ))
        .add(routes!(bulk_activities), Access::Needs(ACTIVITY_READ))
        .add(routes!(list_activity_fields), Access::Needs(ACTIVITY_READ))
        .add(routes!(check_activity_criteria), Access::Needs(ACTIVITY_READ))
        .add(routes!(get_activity), Access::Needs(ACTIVITY_READ))
        .add(routes!(replace_activity), Access::Needs(ACTIVITY_WRITE))
        .add(routes!(update_activity), Access::Needs(ACTIVITY_WRITE))
        .add(routes!(delete_activity), Access::Needs(ACTIVITY_DELETE))
}

/// An activity as the API shows it; made from the list of fields.
pub struct Activity;

/// An activity as the API takes it. A subject and a time are needed of a new one.
pub struct ActivityInput;

impl PartialSchema for Activity {
    fn schema() -> RefOr<ApiSchema> {
        let shown = ACTIVITY.shown.iter().map(|(name, _)| (*name, Type::String)).collect::<Vec<_>>();
        http::shown_schema(FIELDS, &shown)
    }
}

impl ToSchema for Activity {}

impl PartialSchema for ActivityInput {
    fn schema() -> RefOr<ApiSchema> {
        http::input_schema(FIELDS)
    }
}

impl ToSchema for ActivityInput {}

/// The activities the caller may see, newest first. Every field is a filter: `status=planned`, `due_date__lt=2026-03-31T00:00:00Z`.
#[utoipa::path(get, path = "/activities/", tag = TAG, operation_id = "list_activities", params(ListParams), responses((status = 200, body = Listed<Activity>), Problems))]
async fn list_activities(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    http::list(ctx, &ACTIVITY, &uri, &pairs).await
}

/// The same list, asked for with a criteria. `next` and `previous` are for the field `cursor` of the same body.
#[utoipa::path(post, path = "/activities/search/", tag = TAG, operation_id = "search_activities", request_body = RecordSearch, responses((status = 200, body = Listed<Activity>), Problems))]
async fn search_activities(ctx: Ctx, OriginalUri(uri): OriginalUri, Body(search): Body<RecordSearch>) -> Result<Reply> {
    http::search(ctx, &ACTIVITY, &uri, search).await
}

/// Creates an activity. A subject and a time are needed; it is a task of the caller's unless it says otherwise. Nobody's (`assigned_to` null, by
/// a program) becomes whose the rules of assignment name.
#[utoipa::path(post, path = "/activities/", tag = TAG, operation_id = "create_activity", request_body = ActivityInput, responses((status = 201, body = Activity), Problems))]
async fn create_activity(ctx: Ctx, Body(input): Body<Map<String, Value>>) -> Result<Reply> {
    http::create(&ctx, &ACTIVITY, &input).await
}

/// One activity, with its ETag.
#[utoipa::path(get, path = "/activities/{id}/", tag = TAG, operation_id = "get_activity", params(("id" = i64, Path)), responses((status = 200, body = Activity), (status = 304, description = "As `If-None-Match` has it"), Problems))]
async fn get_activity(ctx: Ctx, headers: HeaderMap, PathId(id): PathId<i64>) -> Result<Reply> {
    http::get(&ctx, &ACTIVITY, &headers, id).await
}

/// Replaces an activity: fields that are not named become empty. With `If-Match`, what others changed meanwhile is a 409.
#[utoipa::path(put, path = "/activities/{id}/", tag = TAG, operation_id = "replace_activity", params(("id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = ActivityInput, responses((status = 200, body = Activity), Problems))]
async fn replace_activity(ctx: Ctx, headers: HeaderMap, PathId(id): PathId<i64>, Body(input): Body<Map<String, Value>>) -> Result<Reply> {
    http::change_one(&ctx, &ACTIVITY, &headers, id, &input, Extent::Whole).await
}

/// Changes the named fields of an activity. With `If-Match`, what others changed meanwhile is a 409.
#[utoipa::path(patch, path = "/activities/{id}/", tag = TAG, operation_id = "update_activity", params(("id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = ActivityInput, responses((status = 200, body = Activity), Problems))]
async fn update_activity(ctx: Ctx, headers: HeaderMap, PathId(id): PathId<i64>, Body(input): Body<Map<String, Value>>) -> Result<Reply> {
    http::change_one(&ctx, &ACTIVITY, &headers, id, &input, Extent::Named).await
}

/// Deletes an activity; for thirty days it can be brought back by undoing the operation.
#[utoipa::path(delete, path = "/activities/{id}/", tag = TAG, operation_id = "delete_activity", params(("id" = i64, Path)), responses((status = 200, body = DeletedRecord), Problems))]
async fn delete_activity(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    http::delete(&ctx, &ACTIVITY, id).await
}

/// Changes many activities in one stroke, undone in one.
#[utoipa::path(post, path = "/activities/bulk/", tag = TAG, operation_id = "bulk_activities", request_body = RecordsBulk, responses((status = 200, body = BulkOutcome), Problems))]
async fn bulk_activities(ctx: Ctx, Body(request): Body<RecordsBulk>) -> Result<Reply> {
    http::bulk(&ctx, &ACTIVITY, request).await
}

/// The fields of an activity: what forms, filters, imports and tables are built from.
#[utoipa::path(get, path = "/activities/fields/", tag = TAG, operation_id = "list_activity_fields", responses((status = 200, body = [FieldInfo]), Problems))]
async fn list_activity_fields(ctx: Ctx) -> Result<Reply> {
    Reply::ok(&schema::fields(&ctx, &ACTIVITY).await?)
}

/// Checks a criteria, says it in words and counts what it finds.
#[utoipa::path(post, path = "/activities/criteria/", tag = TAG, operation_id = "check_activity_criteria", request_body = RecordCriteria, responses((status = 200, body = RecordCriteriaSaid), Problems))]
async fn check_activity_criteria(ctx: Ctx, Body(request): Body<RecordCriteria>) -> Result<Reply> {
    http::criteria(&ctx, &ACTIVITY, &request).await
}
