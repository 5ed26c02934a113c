//! Notes about records that are no customers: what people write down about a lead or an opportunity, as plain text. The author may change
//! one, and so may who may write all records of the kind.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{HeaderMap, StatusCode, Uri};
use futures::future::BoxFuture;
use kernel::actor::Scope;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::dialect::Dialect;
use kernel::error::{Error, Result, invalid};
use kernel::events::{Event, NewEvent};
use kernel::http::{List, Reply};
use kernel::ids::CustomerId;
use kernel::operations::Refusal;
use kernel::page::{self, SortKey};
use kernel::{operations, say};
use sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::FromRow;
use utoipa::ToSchema;

use crate::edit::{self, Edit};
use crate::entity::Entity;
use crate::http::{DeletedRecord, base_version, etag};
use crate::paging::paging_only;
use crate::read;

/// The subject type of their events.
pub const SUBJECT: &str = "record_note";
/// The kind of the event by which a note stands in a timeline.
pub const WRITTEN: &str = "record_note.created";
/// How many a record may have.
const MAX_NOTES: i64 = 10_000;
const MAX_BODY_CHARS: usize = 20_000;

/// A note as its events tell it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromRow)]
struct Kept {
    /// 0 until it is kept.
    id: i64,
    entity: String,
    record_id: i64,
    body: String,
    is_pinned: bool,
    author_id: Option<i64>,
    created_at: i64,
}

/// A note as it stands in the table.
#[derive(Clone, Debug, FromRow)]
struct Stored {
    #[sqlx(flatten)]
    note: Kept,
    version: i64,
    deleted_at: Option<i64>,
}

/// A note about a record.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "rows are written by the database; this is their description")]
pub struct RecordNote {
    id: i64,
    /// `lead` or `opportunity`.
    entity: String,
    record_id: i64,
    /// Plain text; lines end in `\n`.
    body: String,
    is_pinned: bool,
    author_id: Option<i64>,
    author_name: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    version: i64,
    /// Whether the caller may change it.
    is_editable: bool,
}

/// A note about to be written.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordNoteInput {
    /// Plain text, 20 000 characters at most.
    pub body: String,
    #[serde(default)]
    pub is_pinned: bool,
}

/// What is to change of a note.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordNotePatch {
    pub body: Option<String>,
    pub is_pinned: Option<bool>,
}

/// Brings a text to the form it is kept in: lines end in `\n`, and nothing but lines and tabs is invisible.
fn body(text: &str) -> Result<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text: String = text.chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect();
    let text = text.trim();
    if text.is_empty() || text.chars().count() > MAX_BODY_CHARS {
        return Err(invalid(
            "body",
            say!(
                "1 ile {} karakter arasında olmalı.",
                "Must have 1 to {} characters.",
                MAX_BODY_CHARS
            ),
        ));
    }
    Ok(text.to_owned())
}

fn of(entity: &Entity, record_id: i64) -> SelectStatement {
    Query::select()
        .from(Alias::new("record_notes"))
        .and_where(Expr::col(("record_notes", "record_id")).eq(record_id))
        .and_where(Expr::col(("record_notes", "entity")).eq(entity.name))
        .and_where(Expr::col(("record_notes", "deleted_at")).is_null())
        .to_owned()
}

fn row(dialect: Dialect) -> String {
    let column = |name: &str| (name.to_owned(), format!("record_notes.{name}"));
    let mut pairs: Vec<_> = ["id", "entity", "record_id", "body", "author_id", "version"].map(column).into();
    for name in ["created_at", "updated_at"] {
        pairs.push((name.into(), dialect.json_time(&format!("record_notes.{name}"))));
    }
    pairs.push(("is_pinned".into(), dialect.json_bool("record_notes.is_pinned")));
    pairs.push((
        "author_name".into(),
        "(SELECT users.name FROM users WHERE users.id = record_notes.author_id)".into(),
    ));
    dialect.json_object(&pairs)
}

/// Whether the caller may edit what this author wrote, on a record that they may write.
fn may_edit(ctx: &Ctx, entity: &Entity, author_id: Option<i64>) -> bool {
    let is_mine = author_id.is_some() && author_id == ctx.actor.user_id.map(|id| id.0);
    is_mine || ctx.actor.scope(entity.permissions.write) == Some(Scope::All)
}

async fn may_write(ctx: &Ctx, entity: &'static Entity, record_id: i64) -> Result<bool> {
    match read::require(ctx, entity, entity.permissions.write, record_id).await {
        Ok(()) => Ok(true),
        Err(Error::NotFound | Error::Forbidden(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// What is left to say of a row: whether the caller, who may write its record or not, may change it.
fn shown(ctx: &Ctx, entity: &Entity, row: &str, may_write: bool) -> Result<Value> {
    let mut note: Value = serde_json::from_str(row)?;
    note["is_editable"] = (may_write && may_edit(ctx, entity, note["author_id"].as_i64())).into();
    Ok(note)
}

/// The notes of a record: the pinned ones first, then the newest.
pub async fn list(ctx: &Ctx, entity: &'static Entity, id: i64, uri: &Uri, pairs: &[(String, String)]) -> Result<Reply> {
    read::require(ctx, entity, entity.permissions.read, id).await?;
    let (filtered, request) = (of(entity, id), paging_only(pairs)?);
    let keys = ["is_pinned", "id"].map(|column| SortKey {
        table: "record_notes",
        column,
        nullable: false,
        descending: true,
    });
    let mut page = page::fetch(&ctx.db, &filtered, &row(ctx.db.dialect()), &keys, &request).await?;
    let (count, count_is_capped) = match page.total(&request) {
        Some(total) => (total, false),
        None => page::count(&ctx.db, &filtered, request.exact_count()).await?,
    };
    let may_write = may_write(ctx, entity, id).await?;
    for row in &mut page.rows {
        *row = shown(ctx, entity, row, may_write)?.to_string();
    }
    Ok(List {
        page,
        count,
        count_is_capped,
        path: uri.path(),
        query: pairs,
    }
    .reply())
}

/// Every note of some records, oldest first, whoever asks: for archives of personal data.
pub async fn all(ctx: &Ctx, entity: &Entity, record_ids: &[i64]) -> Result<Vec<Value>> {
    let query = Query::select()
        .expr(ctx.db.dialect().own_sql(row(ctx.db.dialect())))
        .from(Alias::new("record_notes"))
        .and_where(Expr::col(("record_notes", "record_id")).is_in(record_ids.iter().copied()))
        .and_where(Expr::col(("record_notes", "entity")).eq(entity.name))
        .and_where(Expr::col(("record_notes", "deleted_at")).is_null())
        .order_by(("record_notes", "id"), Order::Asc)
        .to_owned();
    let rows = ctx.db.texts(&query).await?;
    rows.iter().map(|row| Ok(serde_json::from_str(row)?)).collect()
}

/// These notes as they stand, of records that the caller may see, by their ids.
pub async fn some(ctx: &Ctx, ids: &[i64]) -> Result<BTreeMap<i64, Value>> {
    let mut notes = BTreeMap::new();
    if ids.is_empty() {
        return Ok(notes);
    }
    let kinds = Query::select()
        .distinct()
        .column("entity")
        .from(Alias::new("record_notes"))
        .and_where(Expr::col("id").is_in(ids.iter().copied()))
        .to_owned();
    for (name,) in ctx.db.all::<(String,)>(&kinds).await? {
        let Some(entity) = Entity::named(&name).filter(|entity| ctx.actor.scope(entity.permissions.read).is_some()) else {
            continue;
        };
        let visible = |permission| async move {
            let mut query = read::visible(ctx, entity, permission).await?;
            query.column((entity.table, "id"));
            Ok::<_, Error>(query)
        };
        let mut query = Query::select();
        query
            .expr(ctx.db.dialect().own_sql(row(ctx.db.dialect())))
            .from(Alias::new("record_notes"))
            .and_where(Expr::col(("record_notes", "id")).is_in(ids.iter().copied()))
            .and_where(Expr::col(("record_notes", "entity")).eq(entity.name))
            .and_where(Expr::col(("record_notes", "deleted_at")).is_null())
            .and_where(Expr::col(("record_notes", "record_id")).in_subquery(visible(entity.permissions.read).await?));
        let rows = ctx.db.texts(&query).await?;
        let mut writable = BTreeSet::new();
        if ctx.actor.scope(entity.permissions.write).is_some() {
            let of_rows = Query::select()
                .column("record_id")
                .from(Alias::new("record_notes"))
                .and_where(Expr::col("id").is_in(ids.iter().copied()))
                .to_owned();
            let mut query = visible(entity.permissions.write).await?;
            query.and_where(entity.col("id").in_subquery(of_rows));
            writable.extend(ctx.db.all::<(i64,)>(&query).await?.into_iter().map(|(id,)| id));
        }
        for row in rows {
            let mut note = shown(ctx, entity, &row, true)?;
            let is_writable = note["record_id"].as_i64().is_some_and(|id| writable.contains(&id));
            note["is_editable"] = (is_writable && note["is_editable"] == true).into();
            notes.insert(note["id"].as_i64().unwrap_or_default(), note);
        }
    }
    Ok(notes)
}

/// Writes a note about a record that the caller may write.
pub async fn create(ctx: &Ctx, entity: &'static Entity, record_id: i64, input: &RecordNoteInput) -> Result<Reply> {
    ctx.write(async |tx| {
        read::one_for_change(tx, ctx, entity, entity.permissions.write, record_id).await?;
        let mut count = of(entity, record_id);
        count.expr(tx.dialect().own_sql("count(*)"));
        let (count,): (i64,) = tx.one(&count).await?;
        if count >= MAX_NOTES {
            return Err(invalid(
                "body",
                say!(
                    "Bir kaydın en çok {} notu olabilir.",
                    "A record may have {} notes at most.",
                    MAX_NOTES
                ),
            ));
        }
        let operation = operations::note(tx, &ctx.stamp(), "record_notes.create", json!({ "changed": 1 })).await?;
        let stamp = ctx.stamp().within(operation);
        let note = Kept {
            id: 0,
            entity: entity.name.into(),
            record_id,
            body: body(&input.body)?,
            is_pinned: input.is_pinned,
            author_id: stamp.actor_id.map(|id| id.0),
            created_at: stamp.at_us,
        };
        let columns = [
            "entity",
            "record_id",
            "body",
            "is_pinned",
            "author_id",
            "created_at",
            "updated_at",
            "version",
        ];
        let values = vec![
            entity.name.into(),
            record_id.into(),
            note.body.as_str().into(),
            note.is_pinned.into(),
            note.author_id.into(),
            stamp.at_us.into(),
            stamp.at_us.into(),
            1.into(),
        ];
        let ids = tx.insert_new_rows("record_notes", &columns, [values].into_iter()).await?;
        let id = ids.first().copied().ok_or(Error::internal("a note was not kept"))?;
        let edit = Edit {
            before: None,
            after: Some(Kept { id, ..note }),
        };
        tell(tx, &stamp, WRITTEN, &[(edit, 1)]).await?;
        let reply = answer(tx, ctx, entity, id, StatusCode::CREATED).await?;
        let location = format!("/api/v1/crm/{}/{record_id}/notes/{id}/", entity.plural);
        Ok(reply.header("location", location).operation(operation))
    })
    .await
}

/// Changes a note; with `If-Match` only the version that the caller saw.
pub async fn update(
    ctx: &Ctx,
    entity: &'static Entity,
    headers: &HeaderMap,
    (record_id, id): (i64, i64),
    patch: &RecordNotePatch,
) -> Result<Reply> {
    let base_version = base_version(headers)?;
    ctx.write(async |tx| {
        let stored = editable(tx, ctx, entity, record_id, id).await?;
        if base_version.is_some_and(|base| base != stored.version) {
            return Err(Error::Conflict(say!(
                "Bu not siz düzenlerken değiştirilmiş.",
                "This note was changed while you were editing."
            )));
        }
        let mut after = stored.note.clone();
        if let Some(text) = &patch.body {
            after.body = body(text)?;
        }
        after.is_pinned = patch.is_pinned.unwrap_or(after.is_pinned);
        if after == stored.note {
            return answer(tx, ctx, entity, id, StatusCode::OK).await;
        }
        let operation = operations::note(tx, &ctx.stamp(), "record_notes.update", json!({ "changed": 1 })).await?;
        keep(tx, &ctx.stamp().within(operation), vec![(stored, Some(after))]).await?;
        Ok(answer(tx, ctx, entity, id, StatusCode::OK).await?.operation(operation))
    })
    .await
}

/// Deletes a note softly.
pub async fn delete(ctx: &Ctx, entity: &'static Entity, (record_id, id): (i64, i64)) -> Result<Reply> {
    ctx.write(async |tx| {
        let stored = editable(tx, ctx, entity, record_id, id).await?;
        let operation = operations::note(tx, &ctx.stamp(), "record_notes.delete", json!({ "changed": 1 })).await?;
        keep(tx, &ctx.stamp().within(operation), vec![(stored, None)]).await?;
        Ok(Reply::ok(&DeletedRecord { operation_id: operation.0 })?.operation(operation))
    })
    .await
}

/// A note that the caller may change, held for this transaction.
async fn editable(tx: &mut Tx, ctx: &Ctx, entity: &'static Entity, record_id: i64, id: i64) -> Result<Stored> {
    read::one_for_change(tx, ctx, entity, entity.permissions.write, record_id).await?;
    let mut query = select(&[id]);
    query
        .and_where(Expr::col("entity").eq(entity.name))
        .and_where(Expr::col("record_id").eq(record_id))
        .and_where(Expr::col("deleted_at").is_null());
    tx.dialect().for_update(&mut query);
    let stored: Stored = tx.opt(&query).await?.ok_or(Error::NotFound)?;
    if may_edit(ctx, entity, stored.note.author_id) {
        return Ok(stored);
    }
    Err(Error::Forbidden(say!(
        "Bir notu yalnızca yazan kişi ve bu türdeki bütün kayıtları değiştirebilenler değiştirir.",
        "A note is changed only by its author and by those who may write all records of the kind."
    )))
}

fn select(ids: &[i64]) -> SelectStatement {
    Query::select()
        .columns([
            "id",
            "entity",
            "record_id",
            "body",
            "is_pinned",
            "author_id",
            "created_at",
            "version",
            "deleted_at",
        ])
        .from(Alias::new("record_notes"))
        .and_where(Expr::col("id").is_in(ids.iter().copied()))
        .to_owned()
}

async fn answer(tx: &mut Tx, ctx: &Ctx, entity: &Entity, id: i64, status: StatusCode) -> Result<Reply> {
    let mut query = Query::select();
    query
        .expr(tx.dialect().own_sql(row(tx.dialect())))
        .from(Alias::new("record_notes"))
        .and_where(Expr::col(("record_notes", "id")).eq(id));
    let row = tx.texts(&query).await?.pop().ok_or(Error::NotFound)?;
    // Whoever has just written it may write it.
    let note = shown(ctx, entity, &row, true)?;
    Ok(Reply::text(status, note.to_string()).header("etag", etag(note["version"].as_i64().unwrap_or_default())))
}

/// Keeps what notes become, and tells it; `None` is deleted.
async fn keep(tx: &mut Tx, stamp: &Stamp, edits: Vec<(Stored, Option<Kept>)>) -> Result<()> {
    let columns = [
        "id",
        "body",
        "is_pinned",
        "updated_at",
        "version",
        "deleted_at",
        "entity",
        "record_id",
        "author_id",
        "created_at",
    ];
    let row = |(stored, after): &(Stored, Option<Kept>)| {
        let note = after.as_ref().unwrap_or(&stored.note);
        vec![
            note.id.into(),
            note.body.as_str().into(),
            note.is_pinned.into(),
            stamp.at_us.into(),
            (stored.version + 1).into(),
            after.is_none().then_some(stamp.at_us).into(),
            note.entity.as_str().into(),
            note.record_id.into(),
            note.author_id.into(),
            note.created_at.into(),
        ]
    };
    tx.put_rows("record_notes", &columns, edits.iter().map(row)).await?;
    for (stored, after) in edits {
        let edit = Edit {
            before: stored.deleted_at.is_none().then_some(stored.note),
            after,
        };
        // A note that comes back is the one that its timeline tells of already.
        let kind = edit.verb("record_note.restored", "record_note.updated", "record_note.deleted");
        tell(tx, stamp, kind, &[(edit, stored.version + 1)]).await?;
    }
    Ok(())
}

/// Tells of notes in the history of their records, and in the timeline of the customer that these belong to.
async fn tell(tx: &mut Tx, stamp: &Stamp, kind: &'static str, edits: &[(Edit<Kept>, i64)]) -> Result<()> {
    let mut told = Vec::with_capacity(edits.len());
    for (edit, version) in edits {
        let Some(note) = edit.after.as_ref().or(edit.before.as_ref()) else {
            continue;
        };
        let Some(entity) = Entity::named(&note.entity) else { continue };
        let mut payload = edit.images();
        payload["version"] = (*version).into();
        let mut event = NewEvent::new(kind, SUBJECT, note.id)
            .record(entity.name, note.record_id)
            .payload(payload)
            .changes(edit.changes());
        if let Some(customer_id) = customer_of(tx, entity, note.record_id).await? {
            event = event.customer(CustomerId(customer_id));
        }
        told.push(event);
    }
    tx.emit_all(stamp, told).await
}

/// The customer in whose timeline the history of a record stands.
pub async fn customer_of(tx: &mut Tx, entity: &Entity, record_id: i64) -> Result<Option<i64>> {
    let column = entity
        .customer
        .and_then(|name| entity.field(name))
        .and_then(|(_, spec)| spec.column());
    let Some(column) = column else { return Ok(None) };
    let query = Query::select()
        .column(column)
        .from(Alias::new(entity.table))
        .and_where(Expr::col("id").eq(record_id))
        .to_owned();
    Ok(tx.opt::<(Option<i64>,)>(&query).await?.and_then(|(id,)| id))
}

/// Takes back events of notes, newest first: exactly the note comes back, or nothing. See [`kernel::operations`].
pub fn revert<'a>(tx: &'a mut Tx, _: &'a Ctx, stamp: Stamp, events: &'a [Event]) -> BoxFuture<'a, Result<Vec<Refusal>>> {
    Box::pin(async move {
        let ids: Vec<i64> = events.iter().map(|event| event.subject_id).collect();
        let mut query = select(&ids);
        tx.dialect().for_update(&mut query);
        let mut rows: BTreeMap<i64, Stored> = tx.all::<Stored>(&query).await?.into_iter().map(|row| (row.note.id, row)).collect();
        let alive = rows.values().filter(|row| row.deleted_at.is_none());
        let stored: BTreeMap<i64, Kept> = alive.map(|row| (row.note.id, row.note.clone())).collect();
        let (edits, mut refusals) = edit::take_back(SUBJECT, &stored, events)?;
        let mut kept = Vec::with_capacity(edits.len());
        for edit in edits {
            let id = edit.after.as_ref().or(edit.before.as_ref()).map_or(0, |note| note.id);
            match rows.remove(&id) {
                Some(row) => kept.push((row, edit.after)),
                None => refusals.push(edit::whole(
                    SUBJECT,
                    id,
                    say!("Bu not kalıcı olarak silinmiş.", "This note is gone for good."),
                )),
            }
        }
        keep(tx, &stamp, kept).await?;
        Ok(refusals)
    })
}

/// Ends notes of records for good, whoever wrote them: when the person they tell of is erased.
pub async fn forget(tx: &mut Tx, entity: &Entity, record_ids: &[i64]) -> Result<()> {
    let delete = Query::delete()
        .from_table("record_notes")
        .and_where(Expr::col("record_id").is_in(record_ids.iter().copied()))
        .and_where(Expr::col("entity").eq(entity.name))
        .to_owned();
    tx.exec(&delete).await?;
    Ok(())
}

/// Ends notes for good that were deleted before.
pub async fn purge(tx: &mut Tx, deleted_before_us: i64) -> Result<u64> {
    let delete = Query::delete()
        .from_table("record_notes")
        .and_where(Expr::col("deleted_at").lt(deleted_before_us))
        .to_owned();
    tx.exec(&delete).await
}
