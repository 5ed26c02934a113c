//! Timelines and notes of activities over HTTP.

use axum::extract::OriginalUri;
use axum::http::HeaderMap;
use kernel::ctx::Ctx;
use kernel::error::Result;
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, Params, PathId, Reply, Routes};
use records::http::DeletedRecord;
use records::notes::{self, RecordNote, RecordNoteInput, RecordNotePatch};
use records::timeline::{self, RecordEntry};
use utoipa_axum::routes;

use crate::activities::ACTIVITY;
use crate::permissions::{ACTIVITY_READ, ACTIVITY_WRITE};

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(get_activity_timeline), Access::Needs(ACTIVITY_READ))
        .add(routes!(list_activity_notes), Access::Needs(ACTIVITY_READ))
        .add(routes!(create_activity_note), Access::Needs(ACTIVITY_WRITE))
        .add(routes!(update_activity_note), Access::Needs(ACTIVITY_WRITE))
        .add(routes!(delete_activity_note), Access::Needs(ACTIVITY_WRITE))
}

/// The timeline of an activity, newest first, by `cursor`. `kind` and `actor` (ids of users) narrow it, several separated by commas, and so do
/// `from` and `to`: times, or dates, of which the last one counts whole. A note stands in it once, as it is now.
#[utoipa::path(get, path = "/activities/{id}/timeline/", tag = "activities", operation_id = "get_activity_timeline",
    params(("id" = i64, Path), ("cursor" = Option<String>, Query), ("page_size" = Option<u64>, Query), ("kind" = Option<String>, Query), ("actor" = Option<String>, Query), ("from" = Option<String>, Query), ("to" = Option<String>, Query)),
    responses((status = 200, body = Listed<RecordEntry>), Problems))]
async fn get_activity_timeline(ctx: Ctx, OriginalUri(uri): OriginalUri, PathId(id): PathId<i64>, Params(pairs): Params) -> Result<Reply> {
    timeline::get(&ctx, &ACTIVITY, id, &uri, &pairs).await
}

/// The notes of an activity: the pinned ones first, then the newest.
#[utoipa::path(get, path = "/activities/{id}/notes/", tag = "activities", operation_id = "list_activity_notes",
    params(("id" = i64, Path), ("page" = Option<u64>, Query), ("page_size" = Option<u64>, Query), ("cursor" = Option<String>, Query), ("count" = Option<String>, Query)),
    responses((status = 200, body = Listed<RecordNote>), Problems))]
async fn list_activity_notes(ctx: Ctx, OriginalUri(uri): OriginalUri, PathId(id): PathId<i64>, Params(pairs): Params) -> Result<Reply> {
    notes::list(&ctx, &ACTIVITY, id, &uri, &pairs).await
}

/// Writes a note about an activity.
#[utoipa::path(post, path = "/activities/{id}/notes/", tag = "activities", operation_id = "create_activity_note", params(("id" = i64, Path)), request_body = RecordNoteInput, responses((status = 201, body = RecordNote), Problems))]
async fn create_activity_note(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<RecordNoteInput>) -> Result<Reply> {
    notes::create(&ctx, &ACTIVITY, id, &input).await
}

/// Changes a note of an activity. Its author may, and whoever may write all activities. With `If-Match`, only the version that was seen.
#[utoipa::path(patch, path = "/activities/{id}/notes/{note_id}/", tag = "activities", operation_id = "update_activity_note", params(("id" = i64, Path), ("note_id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = RecordNotePatch, responses((status = 200, body = RecordNote), Problems))]
async fn update_activity_note(
    ctx: Ctx,
    headers: HeaderMap,
    PathId(ids): PathId<(i64, i64)>,
    Body(patch): Body<RecordNotePatch>,
) -> Result<Reply> {
    notes::update(&ctx, &ACTIVITY, &headers, ids, &patch).await
}

/// Deletes a note of an activity; for thirty days that can be undone.
#[utoipa::path(delete, path = "/activities/{id}/notes/{note_id}/", tag = "activities", operation_id = "delete_activity_note", params(("id" = i64, Path), ("note_id" = i64, Path)), responses((status = 200, body = DeletedRecord), Problems))]
async fn delete_activity_note(ctx: Ctx, PathId(ids): PathId<(i64, i64)>) -> Result<Reply> {
    notes::delete(&ctx, &ACTIVITY, ids).await
}
