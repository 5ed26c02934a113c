//! Notes: what people write down about a customer, as plain text. The author may change one, and so may who may write all customers.

pub mod http;

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use kernel::actor::Scope;
use kernel::ctx::{Ctx, Stamp, forbidden};
use kernel::db::Tx;
use kernel::error::{Clash, Error, Result, invalid};
use kernel::events::{self, Event, NewEvent};
use kernel::ids::CustomerId;
use kernel::operations::Refusal;
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, OnConflict, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::FromRow;

use crate::customer::read;
use crate::edit::{self, Edit};
use crate::permissions::{READ, WRITE};

/// How many a customer may have.
pub const MAX_NOTES: u64 = 10_000;
const MAX_BODY_CHARS: usize = 20_000;
/// Events looked through for what somebody started from.
const LOOKED_BACK: u64 = 200;

/// A note as its events tell it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromRow)]
pub struct Note {
    /// 0 until it is kept.
    pub id: i64,
    pub body: String,
    pub is_pinned: bool,
    pub author_id: Option<i64>,
    pub created_at: i64,
}

/// A note as it stands in the table.
#[derive(Clone, Debug, FromRow)]
struct Stored {
    #[sqlx(flatten)]
    note: Note,
    customer_id: i64,
    version: i64,
    deleted_at: Option<i64>,
}

impl Stored {
    fn edit(self, after: Option<Note>) -> NoteEdit {
        NoteEdit {
            customer_id: self.customer_id,
            version: self.version + 1,
            is_fresh: false,
            edit: Edit {
                before: self.deleted_at.is_none().then_some(self.note),
                after,
            },
        }
    }
}

/// An edit, of which customer's note, and the version it makes.
struct NoteEdit {
    customer_id: i64,
    version: i64,
    /// Whether there was no such note ever before.
    is_fresh: bool,
    edit: Edit<Note>,
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

/// Writes a note about a customer that the caller may write.
pub async fn create(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, customer_id: i64, text: &str, is_pinned: bool) -> Result<i64> {
    hold_customer(tx, ctx, customer_id).await?;
    let count = Query::select()
        .expr(tx.dialect().own_sql("count(*)"))
        .from(Alias::new("notes"))
        .and_where(Expr::col("customer_id").eq(customer_id))
        .and_where(Expr::col("deleted_at").is_null())
        .to_owned();
    let (count,): (i64,) = tx.one(&count).await?;
    if count.unsigned_abs() >= MAX_NOTES {
        return Err(invalid(
            "body",
            say!(
                "Bir müşterinin en çok {} notu olabilir.",
                "A customer may have {} notes at most.",
                MAX_NOTES
            ),
        ));
    }
    let note = Note {
        id: 0,
        body: body(text)?,
        is_pinned,
        author_id: stamp.actor_id.map(|id| id.0),
        created_at: stamp.at_us,
    };
    let fresh = NoteEdit {
        customer_id,
        version: 1,
        is_fresh: true,
        edit: Edit {
            before: None,
            after: Some(note),
        },
    };
    let ids = keep(tx, stamp, vec![fresh]).await?;
    ids.first().copied().ok_or(Error::internal("a note was not kept"))
}

/// What is to change of a note.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub body: Option<String>,
    pub is_pinned: Option<bool>,
    /// The version the caller started from; what was changed since clashes.
    pub base_version: Option<i64>,
}

/// Changes a note; whether anything changed.
pub async fn update(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, id: i64, wanted: Wanted) -> Result<bool> {
    let stored = editable(tx, ctx, id).await?;
    let mut after = stored.note.clone();
    if let Some(text) = &wanted.body {
        after.body = body(text)?;
    }
    after.is_pinned = wanted.is_pinned.unwrap_or(after.is_pinned);
    if after == stored.note {
        return Ok(false);
    }
    let edit = stored.clone().edit(Some(after));
    if let Some(base_version) = wanted.base_version {
        clashes(tx, &stored, &edit.edit, base_version).await?;
    }
    keep(tx, stamp, vec![edit]).await?;
    Ok(true)
}

/// Deletes a note softly.
pub async fn delete(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, id: i64) -> Result<()> {
    let stored = editable(tx, ctx, id).await?;
    keep(tx, stamp, vec![stored.edit(None)]).await?;
    Ok(())
}

/// Refuses an edit of what somebody else set to something else after `base_version`.
async fn clashes(tx: &mut Tx, stored: &Stored, edit: &Edit<Note>, base_version: i64) -> Result<()> {
    if stored.version <= base_version {
        return Ok(());
    }
    let mut since = events::select();
    since
        .and_where(Expr::col("customer_id").eq(stored.customer_id))
        .and_where(Expr::col("subject_type").eq("note"))
        .and_where(Expr::col("subject_id").eq(stored.note.id))
        .order_by("id", Order::Desc)
        .limit(LOOKED_BACK);
    let since: Vec<Event> = tx.all(&since).await?;
    let since = since
        .iter()
        .take_while(|event| event.payload["version"].as_i64().is_some_and(|version| version > base_version));
    // Newest first, so that the oldest change after the base has the last word on what it was.
    let originals: BTreeMap<&String, &Value> = since.flat_map(|event| event.changes.iter()).collect();
    let clashes: BTreeMap<String, Clash> = edit
        .changes()
        .into_iter()
        .filter_map(|(field, pair)| {
            let clash = Clash {
                original: originals.get(&field)?.get(0)?.clone(),
                theirs: pair.get(0)?.clone(),
                yours: pair.get(1)?.clone(),
            };
            Some((field, clash))
        })
        .collect();
    if clashes.is_empty() { Ok(()) } else { Err(Error::Clash(clashes)) }
}

/// Holds a customer that the caller may write, so that it is not merged away meanwhile.
async fn hold_customer(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<()> {
    let mut writable = read::visible(ctx, WRITE).await?;
    writable
        .column(("customers", "id"))
        .and_where(Expr::col(("customers", "id")).eq(id));
    tx.dialect().for_update(&mut writable);
    tx.opt::<(i64,)>(&writable).await?.map(|_| ()).ok_or(Error::NotFound)
}

/// A note that the caller may change, held for this transaction.
async fn editable(tx: &mut Tx, ctx: &Ctx, id: i64) -> Result<Stored> {
    let visible = visible(ctx).await?.column(("notes", "id")).to_owned();
    let mut query = select();
    query
        .and_where(Expr::col("id").eq(id))
        .and_where(Expr::col("id").in_subquery(visible));
    tx.dialect().for_update(&mut query);
    let stored: Stored = tx.opt(&query).await?.ok_or(Error::NotFound)?;
    hold_customer(tx, ctx, stored.customer_id).await.map_err(|error| match error {
        Error::NotFound => forbidden(WRITE),
        error => error,
    })?;
    if may_edit(ctx, stored.note.author_id) {
        return Ok(stored);
    }
    Err(Error::Forbidden(say!(
        "Bir notu yalnızca yazan kişi ve bütün müşterileri değiştirebilenler değiştirir.",
        "A note is changed only by its author and by those who may write all customers."
    )))
}

/// Whether the caller may edit what this author wrote, on a customer that they may write.
fn may_edit(ctx: &Ctx, author_id: Option<i64>) -> bool {
    let is_mine = author_id.is_some() && author_id == ctx.actor.user_id.map(|id| id.0);
    is_mine || ctx.actor.scope(WRITE) == Some(Scope::All)
}

/// The notes of the customers that the caller sees: a query with its conditions.
async fn visible(ctx: &Ctx) -> Result<SelectStatement> {
    let mut query = read::visible(ctx, READ).await?;
    query
        .inner_join("notes", Expr::col(("notes", "customer_id")).equals(("customers", "id")))
        .and_where(Expr::col(("notes", "deleted_at")).is_null());
    Ok(query)
}

fn select() -> SelectStatement {
    Query::select()
        .columns([
            "id",
            "body",
            "is_pinned",
            "author_id",
            "created_at",
            "customer_id",
            "version",
            "deleted_at",
        ])
        .from(Alias::new("notes"))
        .to_owned()
}

/// Keeps what was changed, and tells it in the customers' timelines. The ids, in the order of the edits.
async fn keep(tx: &mut Tx, stamp: &Stamp, mut edits: Vec<NoteEdit>) -> Result<Vec<i64>> {
    let columns = ["body", "is_pinned", "author_id", "updated_at", "version"];
    for is_fresh in [false, true] {
        let mut some: Vec<&mut NoteEdit> = edits.iter_mut().filter(|edit| edit.is_fresh == is_fresh).collect();
        if some.is_empty() {
            continue;
        }
        let mut upsert = Query::insert();
        upsert.into_table("notes").columns(
            columns
                .into_iter()
                .chain(["customer_id", "created_at", "deleted_at"])
                .chain((!is_fresh).then_some("id")),
        );
        for edit in &some {
            let note = edit.edit.after.as_ref().or(edit.edit.before.as_ref());
            let note = note.ok_or(Error::internal("an edit of nothing"))?;
            let deleted_at = edit.edit.after.is_none().then_some(stamp.at_us);
            let values: [Expr; 8] = [
                note.body.as_str().into(),
                note.is_pinned.into(),
                note.author_id.into(),
                stamp.at_us.into(),
                edit.version.into(),
                edit.customer_id.into(),
                note.created_at.into(),
                deleted_at.into(),
            ];
            upsert.values_panic(values.into_iter().chain((!is_fresh).then(|| note.id.into())));
        }
        if !is_fresh {
            let change = OnConflict::column("id")
                .update_columns(columns.into_iter().chain(["deleted_at"]))
                .to_owned();
            upsert.on_conflict(change);
        }
        let ids: Vec<(i64,)> = tx.all(upsert.returning_col("id")).await?;
        for (edit, (id,)) in some.iter_mut().zip(ids) {
            if let Some(note) = &mut edit.edit.after {
                note.id = id;
            }
        }
    }
    let id = |edit: &NoteEdit| edit.edit.after.as_ref().or(edit.edit.before.as_ref()).map_or(0, |note| note.id);
    let event = |edit: &NoteEdit| {
        let kind = match edit.is_fresh {
            true => "note.created",
            // A note that comes back is the one that its timeline tells of already.
            false => edit.edit.verb("note.restored", "note.updated", "note.deleted"),
        };
        let mut payload = edit.edit.images();
        payload["version"] = edit.version.into();
        NewEvent::new(kind, "note", id(edit))
            .customer(CustomerId(edit.customer_id))
            .payload(payload)
            .changes(edit.edit.changes())
    };
    tx.emit_all(stamp, edits.iter().map(event).collect()).await?;
    Ok(edits.iter().map(id).collect())
}

/// Takes back events of notes, newest first: exactly the note comes back, or nothing. See [`kernel::operations`].
pub fn revert<'a>(tx: &'a mut Tx, _: &'a Ctx, stamp: Stamp, events: &'a [Event]) -> BoxFuture<'a, Result<Vec<Refusal>>> {
    Box::pin(async move {
        let mut query = select();
        query.and_where(Expr::col("id").is_in(events.iter().map(|event| event.subject_id)));
        tx.dialect().for_update(&mut query);
        let mut rows: BTreeMap<i64, Stored> = tx.all::<Stored>(&query).await?.into_iter().map(|row| (row.note.id, row)).collect();
        let alive = rows.values().filter(|row| row.deleted_at.is_none());
        let stored: BTreeMap<i64, Note> = alive.map(|row| (row.note.id, row.note.clone())).collect();
        let (edits, mut refusals) = edit::take_back("note", &stored, events)?;
        let mut kept = Vec::with_capacity(edits.len());
        for edit in edits {
            let id = edit.after.as_ref().or(edit.before.as_ref()).map_or(0, |note| note.id);
            match rows.remove(&id) {
                Some(row) => kept.push(row.edit(edit.after)),
                None => refusals.push(edit::whole(
                    "note",
                    id,
                    say!("Bu not kalıcı olarak silinmiş.", "This note is gone for good."),
                )),
            }
        }
        keep(tx, &stamp, kept).await?;
        Ok(refusals)
    })
}

/// Ends notes for good that were deleted before.
pub async fn purge(tx: &mut Tx, deleted_before_us: i64) -> Result<u64> {
    tx.exec(
        &Query::delete()
            .from_table("notes")
            .and_where(Expr::col("deleted_at").lt(deleted_before_us))
            .to_owned(),
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_and_what_nobody_sees_goes() {
        assert_eq!(
            body("  bir\r\niki\rüç\u{7}\n\n\tdört \n").expect("a body"),
            "bir\niki\nüç\n\n\tdört"
        );
        assert!(body(&"ş".repeat(MAX_BODY_CHARS)).is_ok());
        for wrong in ["", " \n\u{0}", &"x".repeat(MAX_BODY_CHARS + 1)] {
            assert!(body(wrong).is_err());
        }
    }
}
