//! Timelines and notes of communications over HTTP.

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

use crate::communications::COMMUNICATION;
use crate::permissions::{COMMUNICATION_READ, COMMUNICATION_WRITE};

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(get_communication_timeline), Access::Needs(COMMUNICATION_READ))
        .add(routes!(list_communication_notes), Access::Needs(COMMUNICATION_READ))
        .add(routes!(create_communication_note), Access::Needs(COMMUNICATION_WRITE))
        .add(routes!(update_communication_note), Access::Needs(COMMUNICATION_WRITE))
        .add(routes!(delete_communication_note), Access::Needs(COMMUNICATION_WRITE))
}

/// The timeline of a communication, newest first, by `cursor`. `kind` and `actor` (ids of users) narrow it, several separated by commas, and so do
/// `from` and `to`: times, or dates, of which the last one counts whole. A note stands in it once, as it is now.
#[utoipa::path(get, path = "/communications/{id}/timeline/", tag = "communications", operation_id = "get_communication_timeline",
    params(("id" = i64, Path), ("cursor" = Option<String>, Query), ("page_size" = Option<u64>, Query), ("kind" = Option<String>, Query), ("actor" = Option<String>, Query), ("from" = Option<String>, Query), ("to" = Option<String>, Query)),
    responses((status = 200, body = Listed<RecordEntry>), Problems))]
async fn get_communication_timeline(
    ctx: Ctx,
    OriginalUri(uri): OriginalUri,
    PathId(id): PathId<i64>,
    Params(pairs): Params,
) -> Result<Reply> {
    timeline::get(&ctx, &COMMUNICATION, id, &uri, &pairs).await
}

/// The notes of a communication: the pinned ones first, then the newest.
#[utoipa::path(get, path = "/communications/{id}/notes/", tag = "communications", operation_id = "list_communication_notes",
    params(("id" = i64, Path), ("page" = Option<u64>, Query), ("page_size" = Option<u64>, Query), ("cursor" = Option<String>, Query), ("count" = Option<String>, Query)),
    responses((status = 200, body = Listed<RecordNote>), Problems))]
async fn list_communication_notes(
    ctx: Ctx,
    OriginalUri(uri): OriginalUri,
    PathId(id): PathId<i64>,
    Params(pairs): Params,
) -> Result<Reply> {
    notes::list(&ctx, &COMMUNICATION, id, &uri, &pairs).await
}

/// Writes a note about a communication.
#[utoipa::path(post, path = "/communications/{id}/notes/", tag = "communications", operation_id = "create_communication_note", params(("id" = i64, Path)), request_body = RecordNoteInput, responses((status = 201, body = RecordNote), Problems))]
async fn create_communication_note(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<RecordNoteInput>) -> Result<Reply> {
    notes::create(&ctx, &COMMUNICATION, id, &input).await
}

/// Changes a note of a communication. Its author may, and whoever may write all communications. With `If-Match`, only the version that was seen.
#[utoipa::path(patch, path = "/communications/{id}/notes/{note_id}/", tag = "communications", operation_id = "update_communication_note", params(("id" = i64, Path), ("note_id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = RecordNotePatch, responses((status = 200, body = RecordNote), Problems))]
async fn update_communication_note(
    ctx: Ctx,
    headers: HeaderMap,
    PathId(ids): PathId<(i64, i64)>,
    Body(patch): Body<RecordNotePatch>,
) -> Result<Reply> {
    notes::update(&ctx, &COMMUNICATION, &headers, ids, &patch).await
}

/// Deletes a note of a communication; for thirty days that can be undone.
#[utoipa::path(delete, path = "/communications/{id}/notes/{note_id}/", tag = "communications", operation_id = "delete_communication_note", params(("id" = i64, Path), ("note_id" = i64, Path)), responses((status = 200, body = DeletedRecord), Problems))]
async fn delete_communication_note(ctx: Ctx, PathId(ids): PathId<(i64, i64)>) -> Result<Reply> {
    notes::delete(&ctx, &COMMUNICATION, ids).await
}
