//! Timelines and notes of leads and opportunities over HTTP.

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

use crate::leads::LEAD;
use crate::opportunities::OPPORTUNITY;
use crate::permissions::{LEAD_READ, LEAD_WRITE, OPPORTUNITY_READ, OPPORTUNITY_WRITE};

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(get_lead_timeline), Access::Needs(LEAD_READ))
        .add(routes!(list_lead_notes), Access::Needs(LEAD_READ))
        .add(routes!(create_lead_note), Access::Needs(LEAD_WRITE))
        .add(routes!(update_lead_note), Access::Needs(LEAD_WRITE))
        .add(routes!(delete_lead_note), Access::Needs(LEAD_WRITE))
        .add(routes!(get_opportunity_timeline), Access::Needs(OPPORTUNITY_READ))
        .add(routes!(list_opportunity_notes), Access::Needs(OPPORTUNITY_READ))
        .add(routes!(create_opportunity_note), Access::Needs(OPPORTUNITY_WRITE))
        .add(routes!(update_opportunity_note), Access::Needs(OPPORTUNITY_WRITE))
        .add(routes!(delete_opportunity_note), Access::Needs(OPPORTUNITY_WRITE))
}

/// The timeline of a lead, newest first, by `cursor`. `kind` and `actor` (ids of users) narrow it, several separated by commas, and so do
/// `from` and `to`: times, or dates, of which the last one counts whole. A note stands in it once, as it is now.
#[utoipa::path(get, path = "/leads/{id}/timeline/", tag = "leads", operation_id = "get_lead_timeline",
    params(("id" = i64, Path), ("cursor" = Option<String>, Query), ("page_size" = Option<u64>, Query), ("kind" = Option<String>, Query), ("actor" = Option<String>, Query), ("from" = Option<String>, Query), ("to" = Option<String>, Query)),
    responses((status = 200, body = Listed<RecordEntry>), Problems))]
async fn get_lead_timeline(ctx: Ctx, OriginalUri(uri): OriginalUri, PathId(id): PathId<i64>, Params(pairs): Params) -> Result<Reply> {
    timeline::get(&ctx, &LEAD, id, &uri, &pairs).await
}

/// The notes of a lead: the pinned ones first, then the newest.
#[utoipa::path(get, path = "/leads/{id}/notes/", tag = "leads", operation_id = "list_lead_notes",
    params(("id" = i64, Path), ("page" = Option<u64>, Query), ("page_size" = Option<u64>, Query), ("cursor" = Option<String>, Query), ("count" = Option<String>, Query)),
    responses((status = 200, body = Listed<RecordNote>), Problems))]
async fn list_lead_notes(ctx: Ctx, OriginalUri(uri): OriginalUri, PathId(id): PathId<i64>, Params(pairs): Params) -> Result<Reply> {
    notes::list(&ctx, &LEAD, id, &uri, &pairs).await
}

/// Writes a note about a lead.
#[utoipa::path(post, path = "/leads/{id}/notes/", tag = "leads", operation_id = "create_lead_note", params(("id" = i64, Path)), request_body = RecordNoteInput, responses((status = 201, body = RecordNote), Problems))]
async fn create_lead_note(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<RecordNoteInput>) -> Result<Reply> {
    notes::create(&ctx, &LEAD, id, &input).await
}

/// Changes a note of a lead. Its author may, and whoever may write all leads. With `If-Match`, only the version that was seen.
#[utoipa::path(patch, path = "/leads/{id}/notes/{note_id}/", tag = "leads", operation_id = "update_lead_note", params(("id" = i64, Path), ("note_id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = RecordNotePatch, responses((status = 200, body = RecordNote), Problems))]
async fn update_lead_note(
    ctx: Ctx,
    headers: HeaderMap,
    PathId(ids): PathId<(i64, i64)>,
    Body(patch): Body<RecordNotePatch>,
) -> Result<Reply> {
    notes::update(&ctx, &LEAD, &headers, ids, &patch).await
}

/// Deletes a note of a lead; for thirty days that can be undone.
#[utoipa::path(delete, path = "/leads/{id}/notes/{note_id}/", tag = "leads", operation_id = "delete_lead_note", params(("id" = i64, Path), ("note_id" = i64, Path)), responses((status = 200, body = DeletedRecord), Problems))]
async fn delete_lead_note(ctx: Ctx, PathId(ids): PathId<(i64, i64)>) -> Result<Reply> {
    notes::delete(&ctx, &LEAD, ids).await
}

/// The timeline of an opportunity, as that of a lead; lines and stakeholders are told in it too.
#[utoipa::path(get, path = "/opportunities/{id}/timeline/", tag = "opportunities", operation_id = "get_opportunity_timeline",
    params(("id" = i64, Path), ("cursor" = Option<String>, Query), ("page_size" = Option<u64>, Query), ("kind" = Option<String>, Query), ("actor" = Option<String>, Query), ("from" = Option<String>, Query), ("to" = Option<String>, Query)),
    responses((status = 200, body = Listed<RecordEntry>), Problems))]
async fn get_opportunity_timeline(
    ctx: Ctx,
    OriginalUri(uri): OriginalUri,
    PathId(id): PathId<i64>,
    Params(pairs): Params,
) -> Result<Reply> {
    timeline::get(&ctx, &OPPORTUNITY, id, &uri, &pairs).await
}

/// The notes of an opportunity: the pinned ones first, then the newest.
#[utoipa::path(get, path = "/opportunities/{id}/notes/", tag = "opportunities", operation_id = "list_opportunity_notes",
    params(("id" = i64, Path), ("page" = Option<u64>, Query), ("page_size" = Option<u64>, Query), ("cursor" = Option<String>, Query), ("count" = Option<String>, Query)),
    responses((status = 200, body = Listed<RecordNote>), Problems))]
async fn list_opportunity_notes(ctx: Ctx, OriginalUri(uri): OriginalUri, PathId(id): PathId<i64>, Params(pairs): Params) -> Result<Reply> {
    notes::list(&ctx, &OPPORTUNITY, id, &uri, &pairs).await
}

/// Writes a note about an opportunity.
#[utoipa::path(post, path = "/opportunities/{id}/notes/", tag = "opportunities", operation_id = "create_opportunity_note", params(("id" = i64, Path)), request_body = RecordNoteInput, responses((status = 201, body = RecordNote), Problems))]
async fn create_opportunity_note(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<RecordNoteInput>) -> Result<Reply> {
    notes::create(&ctx, &OPPORTUNITY, id, &input).await
}

/// Changes a note of an opportunity. Its author may, and whoever may write all opportunities. With `If-Match`, only the version that was seen.
#[utoipa::path(patch, path = "/opportunities/{id}/notes/{note_id}/", tag = "opportunities", operation_id = "update_opportunity_note", params(("id" = i64, Path), ("note_id" = i64, Path), ("If-Match" = Option<String>, Header)), request_body = RecordNotePatch, responses((status = 200, body = RecordNote), Problems))]
async fn update_opportunity_note(
    ctx: Ctx,
    headers: HeaderMap,
    PathId(ids): PathId<(i64, i64)>,
    Body(patch): Body<RecordNotePatch>,
) -> Result<Reply> {
    notes::update(&ctx, &OPPORTUNITY, &headers, ids, &patch).await
}

/// Deletes a note of an opportunity; for thirty days that can be undone.
#[utoipa::path(delete, path = "/opportunities/{id}/notes/{note_id}/", tag = "opportunities", operation_id = "delete_opportunity_note", params(("id" = i64, Path), ("note_id" = i64, Path)), responses((status = 200, body = DeletedRecord), Problems))]
async fn delete_opportunity_note(ctx: Ctx, PathId(ids): PathId<(i64, i64)>) -> Result<Reply> {
    notes::delete(&ctx, &OPPORTUNITY, ids).await
}
