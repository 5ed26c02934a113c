//! Forms on web pages that leads come in by. An administrator says what a form asks; strangers fill it in on a page of its own, in a frame, by
//! a script, or send JSON; each submission is kept as it came, and makes a lead or touches the one that is there.

pub mod change;
pub mod confirmation;
pub mod content;
pub mod desk;
pub mod figures;
pub mod guard;
pub mod http;
pub mod page;
pub mod public;
pub mod submission;

use std::sync::Arc;

use kernel::ctx::Ctx;
use kernel::db::{Db, Tx};
use kernel::error::{Error, Result};
use kernel::json_text::JsonText;
use sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::FromRow;

pub use content::{WebFormConsent, WebFormContent, WebFormField};

/// The subject type of the events of forms.
pub const SUBJECT: &str = "form";

/// A form as it is kept.
#[derive(Clone, Debug, PartialEq, FromRow)]
pub struct Form {
    pub id: i64,
    pub name: String,
    /// In the address of its page.
    pub slug: String,
    pub is_active: bool,
    pub is_archived: bool,
    /// Raised by every change; a submission tells which one it answered.
    pub version: i64,
    pub content: JsonText<WebFormContent>,
    pub created_at: i64,
    pub updated_at: i64,
}

/// What of a form an undo brings back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Kept {
    id: i64,
    name: String,
    slug: String,
    is_active: bool,
    is_archived: bool,
    content: WebFormContent,
}

impl Kept {
    fn of(form: &Form) -> Kept {
        Kept {
            id: form.id,
            name: form.name.clone(),
            slug: form.slug.clone(),
            is_active: form.is_active,
            is_archived: form.is_archived,
            content: form.content.0.clone(),
        }
    }

    /// As the history shows it: what the content holds beside the rest.
    fn flat(&self) -> Value {
        let mut flat = serde_json::to_value(self).unwrap_or_default();
        if let Value::Object(members) = &mut flat
            && let Some(Value::Object(content)) = members.remove("content")
        {
            members.extend(content);
        }
        flat
    }
}

/// All forms that are not deleted, in their order.
#[derive(Clone, Debug, Default)]
pub struct Forms(pub Vec<Arc<Form>>);

impl Forms {
    pub fn get(&self, id: i64) -> Option<&Arc<Form>> {
        self.0.iter().find(|form| form.id == id)
    }

    /// The form at an address, if strangers may fill it in.
    pub fn open(&self, slug: &str) -> Option<&Arc<Form>> {
        self.0.iter().find(|form| form.slug == slug && form.is_active && !form.is_archived)
    }
}

/// All forms, from memory while nobody changes them.
pub async fn all(ctx: &Ctx) -> Result<Arc<Forms>> {
    let db = ctx.db.clone();
    ctx.db.memo().get("forms".into(), &[SUBJECT], || load(db)).await
}

async fn load(db: Db) -> Result<Forms> {
    Ok(Forms(db.all::<Form>(&select()).await?.into_iter().map(Arc::new).collect()))
}

fn select() -> SelectStatement {
    Query::select()
        .columns([
            "id",
            "name",
            "slug",
            "is_active",
            "is_archived",
            "version",
            "content",
            "created_at",
            "updated_at",
        ])
        .from(Alias::new("forms"))
        .and_where(Expr::col("deleted_at").is_null())
        .order_by("position", Order::Asc)
        .order_by("id", Order::Asc)
        .to_owned()
}

/// A form as it stands within a transaction.
async fn one(tx: &mut Tx, id: i64) -> Result<Form> {
    let mut query = select();
    query.and_where(Expr::col("id").eq(id));
    tx.dialect().for_update(&mut query);
    tx.opt(&query).await?.ok_or(Error::NotFound)
}
