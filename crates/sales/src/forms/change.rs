//! Changing forms. Every change is a version of its own, an operation that can be undone, and an event of the subject type `form`.

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Result, Say};
use kernel::events::{Event, NewEvent};
use kernel::operations::Refusal;
use kernel::{say, text};
use records::edit::{Edit, take_back, whole};
use records::order;
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::{Form, Kept, SUBJECT, WebFormContent};

/// How many forms there may be.
const MAX_FORMS: i64 = 500;
const MAX_NAME_CHARS: usize = 100;
const MAX_SLUG_CHARS: usize = 60;

/// What is to be set of a form.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WebFormInput {
    /// For ourselves; strangers see the title.
    pub name: Option<String>,
    /// In the address of its page: small letters, digits and hyphens. From the name when it is not given.
    pub slug: Option<String>,
    /// Whether strangers may fill it in.
    pub is_active: Option<bool>,
    /// Out of use; its submissions and figures stay.
    pub is_archived: Option<bool>,
    /// Replaced whole; what is not given of it is as in a new form.
    pub content: Option<WebFormContent>,
}

/// Sets what is given; what is wrong is collected.
async fn set(kept: &mut Kept, ctx: &Ctx, input: WebFormInput) -> Result<FieldErrors> {
    let mut errors = FieldErrors::default();
    if let Some(name) = input.name {
        kept.name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    if kept.name.is_empty() || kept.name.chars().count() > MAX_NAME_CHARS {
        errors.add(
            "name",
            say!(
                "1 ile {} karakter arasında olmalı.",
                "Must have 1 to {} characters.",
                MAX_NAME_CHARS
            ),
        );
    }
    match input.slug.filter(|slug| !slug.trim().is_empty()) {
        Some(slug) => kept.slug = slug.trim().to_owned(),
        None if kept.slug.is_empty() => kept.slug = slug_of(&kept.name),
        None => {}
    }
    let is_word = |slug: &str| {
        slug.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    if kept.slug.is_empty() || kept.slug.len() > MAX_SLUG_CHARS || !is_word(&kept.slug) {
        errors.add(
            "slug",
            say!(
                "Küçük harf, rakam ve tireden oluşmalı, en çok {} karakter: örneğin iletisim.",
                "Must be of small letters, digits and hyphens, {} characters at most: such as contact.",
                MAX_SLUG_CHARS
            ),
        );
    }
    kept.is_active = input.is_active.unwrap_or(kept.is_active);
    kept.is_archived = input.is_archived.unwrap_or(kept.is_archived);
    if let Some(content) = input.content {
        kept.content = content;
        errors.0.extend(kept.content.check(ctx).await?.0);
    }
    Ok(errors)
}

fn slug_of(name: &str) -> String {
    let words = text::words(&text::fold(name));
    let plain = words.join("-");
    plain
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(MAX_SLUG_CHARS)
        .collect::<String>()
        .trim_matches('-')
        .to_owned()
}

fn taken() -> Say {
    say!("Bu adres başka bir formda.", "Another form has this address.")
}

fn or_taken(error: Error) -> Error {
    error.or_taken("forms", &["slug"], "slug", taken())
}

/// Makes a form; gives its id.
pub async fn create(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, input: WebFormInput) -> Result<i64> {
    let mut kept = Kept {
        id: 0,
        name: String::new(),
        slug: String::new(),
        is_active: true,
        is_archived: false,
        content: WebFormContent::default(),
    };
    let is_chosen = input.slug.is_some();
    set(&mut kept, ctx, input).await?.check()?;
    tx.lock_table("forms").await?;
    let known = Query::select()
        .columns(["slug", "position"])
        .from(Alias::new("forms"))
        .and_where(Expr::col("deleted_at").is_null())
        .to_owned();
    let known: Vec<(String, i64)> = tx.all(&known).await?;
    if known.len() as i64 >= MAX_FORMS {
        return Err(Error::Conflict(say!(
            "En çok {} form olabilir; kullanılmayanları silin.",
            "There may be {} forms at most; delete those that are not used.",
            MAX_FORMS
        )));
    }
    // A name may come twice; whoever chose the address is told.
    let plain = kept.slug.clone();
    let is_taken = |slug: &str| known.iter().any(|(known, _)| known == slug);
    let mut next = 2;
    while !is_chosen && is_taken(&kept.slug) {
        let end = format!("-{next}");
        kept.slug = format!("{}{end}", &plain[..plain.len().min(MAX_SLUG_CHARS - end.len())]);
        next += 1;
    }
    let position = known.iter().map(|(_, position)| position).max().map_or(0, |last| last + 1);
    let insert = Query::insert()
        .into_table("forms")
        .columns([
            "name",
            "slug",
            "is_active",
            "is_archived",
            "position",
            "content",
            "created_at",
            "updated_at",
        ])
        .values_panic([
            kept.name.as_str().into(),
            kept.slug.as_str().into(),
            kept.is_active.into(),
            kept.is_archived.into(),
            position.into(),
            serde_json::to_string(&kept.content)?.into(),
            stamp.at_us.into(),
            stamp.at_us.into(),
        ])
        .returning_col("id")
        .to_owned();
    kept.id = tx.insert(&insert).await.map_err(or_taken)?;
    note_version(tx, stamp, &kept, 1).await?;
    let id = kept.id;
    tell(tx, stamp, None, Some(kept)).await?;
    Ok(id)
}

/// Changes a form; `false` when it was as it is wanted already. `seen` is the version the caller saw.
pub async fn update(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, id: i64, seen: Option<i64>, input: WebFormInput) -> Result<bool> {
    let form = super::one(tx, id).await?;
    if seen.is_some_and(|seen| seen != form.version) {
        return Err(Error::Conflict(say!(
            "Form siz düzenlerken değişti; yeniden açın.",
            "The form was changed while you were editing; open it again."
        )));
    }
    let before = Kept::of(&form);
    let mut after = before.clone();
    set(&mut after, ctx, input).await?.check()?;
    if after == before {
        return Ok(false);
    }
    keep(
        tx,
        stamp,
        Edit {
            before: Some(before),
            after: Some(after),
        },
    )
    .await?;
    Ok(true)
}

/// Deletes a form that nobody has filled in.
pub async fn delete(tx: &mut Tx, stamp: &Stamp, id: i64) -> Result<()> {
    let form = super::one(tx, id).await?;
    if has_submissions(tx, id).await? {
        return Err(Error::Conflict(filled_in()));
    }
    keep(
        tx,
        stamp,
        Edit {
            before: Some(Kept::of(&form)),
            after: None,
        },
    )
    .await
}

fn filled_in() -> Say {
    say!(
        "Doldurulmuş bir form silinemez; arşivleyin (is_archived: true).",
        "A form that was filled in cannot be deleted; archive it (is_archived: true)."
    )
}

async fn has_submissions(tx: &mut Tx, id: i64) -> Result<bool> {
    let any = Query::select()
        .column("id")
        .from(Alias::new("form_submissions"))
        .and_where(Expr::col("form_id").eq(id))
        .limit(1)
        .to_owned();
    Ok(tx.opt::<(i64,)>(&any).await?.is_some())
}

/// Brings the forms into an order that names each of them once.
pub async fn reorder(tx: &mut Tx, ctx: &Ctx, ids: &[i64]) -> Result<()> {
    tx.lock_table("forms").await?;
    let known: Vec<Form> = tx.all(&super::select()).await?;
    let each = say!("Her form bir kez geçmeli.", "Must name each form exactly once.");
    order::check("form_ids", ids, known.iter().map(|form| form.id), each)?;
    order::put(tx, "forms", ids).await?;
    let told = NewEvent::new("form.reordered", SUBJECT, 0).payload(json!({ "form_ids": ids }));
    tx.emit(&ctx.stamp(), told).await
}

/// Writes a form that is there as it is wanted, or ends it, or brings it back.
async fn keep(tx: &mut Tx, stamp: &Stamp, edit: Edit<Kept>) -> Result<()> {
    let Some(id) = edit.after.as_ref().or(edit.before.as_ref()).map(|kept| kept.id) else {
        return Ok(());
    };
    let mut update = Query::update();
    update
        .table("forms")
        .value("updated_at", stamp.at_us)
        .value("version", Expr::col("version").add(1))
        .value("deleted_at", edit.after.is_none().then_some(stamp.at_us))
        .and_where(Expr::col("id").eq(id))
        .returning_col("version");
    if let Some(kept) = &edit.after {
        update
            .value("name", kept.name.as_str())
            .value("slug", kept.slug.as_str())
            .value("is_active", kept.is_active)
            .value("is_archived", kept.is_archived)
            .value("content", serde_json::to_string(&kept.content)?);
    }
    let (version,): (i64,) = tx.one(&update).await.map_err(or_taken)?;
    if let Some(kept) = &edit.after {
        note_version(tx, stamp, kept, version).await?;
    }
    tell(tx, stamp, edit.before, edit.after).await
}

async fn note_version(tx: &mut Tx, stamp: &Stamp, kept: &Kept, version: i64) -> Result<()> {
    let row = vec![
        kept.id.into(),
        version.into(),
        serde_json::to_string(&kept.content)?.into(),
        stamp.at_us.into(),
        stamp.actor_id.map(|id| id.0).into(),
    ];
    let columns = ["form_id", "version", "content", "at", "by_id"];
    tx.insert_rows("form_versions", &columns, [row].into_iter()).await
}

async fn tell(tx: &mut Tx, stamp: &Stamp, before: Option<Kept>, after: Option<Kept>) -> Result<()> {
    let flat = Edit {
        before: before.as_ref().map(Kept::flat),
        after: after.as_ref().map(Kept::flat),
    };
    let edit = Edit { before, after };
    let Some(id) = edit.after.as_ref().or(edit.before.as_ref()).map(|kept| kept.id) else {
        return Ok(());
    };
    let kind = edit.verb("form.created", "form.updated", "form.deleted");
    let told = NewEvent::new(kind, SUBJECT, id).payload(edit.images()).changes(flat.changes());
    tx.emit(stamp, told).await
}

/// Takes back events of forms, newest first: exactly the form comes back, or nothing. See [`kernel::operations`].
pub fn revert<'a>(tx: &'a mut Tx, _: &'a Ctx, stamp: Stamp, events: &'a [Event]) -> BoxFuture<'a, Result<Vec<Refusal>>> {
    Box::pin(async move {
        tx.lock_table("forms").await?;
        let known: Vec<Form> = tx.all(&super::select()).await?;
        let meant = |form: &&Form| events.iter().any(|event| event.subject_id == form.id);
        let stored: BTreeMap<i64, Kept> = known.iter().filter(meant).map(|form| (form.id, Kept::of(form))).collect();
        let (edits, mut refusals) = take_back(SUBJECT, &stored, events)?;
        for edit in edits {
            let refusal = match (&edit.before, &edit.after) {
                (Some(before), None) if has_submissions(tx, before.id).await? => Some((before.id, filled_in())),
                (_, Some(after)) if known.iter().any(|form| form.slug == after.slug && form.id != after.id) => Some((after.id, taken())),
                _ => None,
            };
            match refusal {
                Some((id, reason)) => refusals.push(whole(SUBJECT, id, reason)),
                None => keep(tx, &stamp, edit).await?,
            }
        }
        Ok(refusals)
    })
}
