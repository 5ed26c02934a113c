//! The types of activities, as an organisation has them: those it starts with, and its own.

use std::sync::Arc;

use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Result, Say};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, PathId, Reply, Routes};
use kernel::{say, text};
use records::edit::Edit;
use records::entity::required;
use records::kept::{self, Kept, noted};
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::permissions::ACTIVITY_MANAGE;

const TAG: &str = "activities";
const MAX_NAME_CHARS: usize = 50;
const MAX_TYPES: usize = 50;
/// What an activity is when nobody says.
pub const TASK: &str = "task";

/// A type of activities.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, FromRow, ToSchema)]
pub struct ActivityType {
    pub id: i64,
    /// What activities of this type say in `activity_type`.
    pub key: String,
    pub name_tr: String,
    pub name_en: String,
    /// The name of an icon that screens know: `phone`, `users`, `checkbox`, …
    pub icon: String,
    /// How long a new one takes when nobody says.
    pub default_minutes: Option<i64>,
    /// Whether people meet: screens ask for a place and attendees.
    pub is_meeting: bool,
    /// Whether new ones are no longer offered.
    pub is_archived: bool,
    pub position: i64,
}

/// What is to be set of a type.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ActivityTypeInput {
    pub name_tr: Option<String>,
    pub name_en: Option<String>,
    pub icon: Option<String>,
    #[serde(deserialize_with = "kernel::json_text::present")]
    #[schema(value_type = Option<i64>)]
    pub default_minutes: Option<Option<i64>>,
    pub is_meeting: Option<bool>,
    pub is_archived: Option<bool>,
    /// Its place among the types, from 0.
    pub position: Option<i64>,
}

impl Kept for ActivityType {
    const TABLE: &'static str = "activity_types";
    const SUBJECT: &'static str = "activity_type";
    const KINDS: [&'static str; 3] = ["activity_type.created", "activity_type.updated", "activity_type.deleted"];
    const COLUMNS: &'static [&'static str] = &[
        "key",
        "name_tr",
        "name_en",
        "icon",
        "default_minutes",
        "is_meeting",
        "is_archived",
        "position",
    ];

    fn id(&self) -> i64 {
        self.id
    }

    fn identify(&mut self, id: i64) {
        self.id = id;
    }

    fn values(&self) -> Result<Vec<sea_query::Value>> {
        Ok(vec![
            self.key.as_str().into(),
            self.name_tr.as_str().into(),
            self.name_en.as_str().into(),
            self.icon.as_str().into(),
            self.default_minutes.into(),
            self.is_meeting.into(),
            self.is_archived.into(),
            self.position.into(),
        ])
    }

    fn refuse<'a>(tx: &'a mut Tx, edit: &'a Edit<Self>) -> futures::future::BoxFuture<'a, Result<Option<Say>>> {
        Box::pin(async move {
            let (Some(before), None) = (&edit.before, &edit.after) else {
                return Ok(None);
            };
            let used = Query::select()
                .column("id")
                .from(Alias::new("activities"))
                .and_where(Expr::col("activity_type").eq(before.key.as_str()))
                .limit(1)
                .to_owned();
            let is_used = tx.opt::<(i64,)>(&used).await?.is_some();
            Ok(is_used.then(|| say!("Bu türde aktiviteler var.", "There are activities of this type.")))
        })
    }
}

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_activity_types), Access::SignedIn)
        .add(routes!(create_activity_type), Access::Needs(ACTIVITY_MANAGE))
        .add(routes!(update_activity_type), Access::Needs(ACTIVITY_MANAGE))
}

fn in_order() -> sea_query::SelectStatement {
    kept::select::<ActivityType>()
        .order_by("position", Order::Asc)
        .order_by("id", Order::Asc)
        .to_owned()
}

/// All of them, in their order.
pub async fn all(ctx: &Ctx) -> Result<Arc<Vec<ActivityType>>> {
    let db = ctx.db.clone();
    let types = || async move { db.all::<ActivityType>(&in_order()).await };
    ctx.db.memo().get("activity_types".into(), &[ActivityType::SUBJECT], types).await
}

impl ActivityType {
    fn set(&mut self, input: &ActivityTypeInput) -> FieldErrors {
        let mut errors = FieldErrors::default();
        for (field, wanted, place) in [
            ("name_tr", &input.name_tr, &mut self.name_tr),
            ("name_en", &input.name_en, &mut self.name_en),
            ("icon", &input.icon, &mut self.icon),
        ] {
            if let Some(text) = wanted {
                *place = text.split_whitespace().collect::<Vec<_>>().join(" ");
            }
            if place.chars().count() > MAX_NAME_CHARS {
                errors.add(
                    field,
                    say!("En çok {} karakter olabilir.", "May have {} characters at most.", MAX_NAME_CHARS),
                );
            }
        }
        // Who has one language has both.
        if self.name_en.is_empty() {
            self.name_en = self.name_tr.clone();
        }
        if self.name_tr.is_empty() {
            self.name_tr = self.name_en.clone();
        }
        if self.name_tr.is_empty() {
            errors.add("name_tr", required());
        }
        if let Some(minutes) = input.default_minutes {
            if minutes.is_some_and(|minutes| !(1..=1_440).contains(&minutes)) {
                errors.add(
                    "default_minutes",
                    say!("1 ile 1440 dakika arasında olmalı.", "Must be between 1 and 1440 minutes."),
                );
            }
            self.default_minutes = minutes;
        }
        self.is_meeting = input.is_meeting.unwrap_or(self.is_meeting);
        self.is_archived = input.is_archived.unwrap_or(self.is_archived);
        self.position = input.position.unwrap_or(self.position);
        errors
    }
}

/// A key that no other type has, made of the name.
fn key_of(name: &str, known: &[ActivityType]) -> String {
    let words: Vec<String> = text::words(name);
    let stem: String = words
        .join("_")
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        .take(16)
        .collect();
    let stem = if stem.is_empty() { "type".to_owned() } else { stem };
    let is_free = |key: &String| !known.iter().any(|known| known.key == *key);
    let numbered = (2..).map(|number| format!("{stem}_{number}"));
    std::iter::once(stem.clone()).chain(numbered).find(is_free).unwrap_or(stem)
}

/// Puts a type at its place among the others; whether it, or any of them, changed.
async fn place(tx: &mut Tx, stamp: &Stamp, wanted: ActivityType, known: &[ActivityType]) -> Result<(ActivityType, bool)> {
    let mut order: Vec<ActivityType> = known
        .iter()
        .filter(|known| known.id != wanted.id || wanted.id == 0)
        .cloned()
        .collect();
    let at = Ord::min(Ord::max(wanted.position, 0) as usize, order.len());
    order.insert(at, wanted);
    let mut is_changed = false;
    let mut kept = None;
    for (position, mut row) in order.into_iter().enumerate() {
        let is_wanted = position == at;
        row.position = position as i64;
        let before = known.iter().find(|known| known.id == row.id).cloned();
        let mut stored = Some(row.clone());
        if before.as_ref() != Some(&row) {
            stored = kept::keep(tx, stamp, Edit { before, after: Some(row) }).await?;
            is_changed = true;
        }
        if is_wanted {
            kept = stored;
        }
    }
    Ok((kept.ok_or(Error::internal("a type was not kept"))?, is_changed))
}

/// The types of activities, in their order.
#[utoipa::path(get, path = "/activity-types/", tag = TAG, operation_id = "list_activity_types", responses((status = 200, body = Listed<ActivityType>), Problems))]
async fn list_activity_types(ctx: Ctx) -> Result<Reply> {
    Reply::ok(&Listed::whole(all(&ctx).await?.to_vec()))
}

/// Adds a type. A name in one language is needed; the key is made of it.
#[utoipa::path(post, path = "/activity-types/", tag = TAG, operation_id = "create_activity_type", request_body = ActivityTypeInput, responses((status = 201, body = ActivityType), Problems))]
async fn create_activity_type(ctx: Ctx, Body(input): Body<ActivityTypeInput>) -> Result<Reply> {
    ctx.write(async |tx| {
        noted(tx, &ctx, "activity_types.create", async |tx, stamp| {
            let known: Vec<ActivityType> = tx.all(&in_order()).await?;
            let mut wanted = ActivityType {
                icon: "checkbox".into(),
                position: known.len() as i64,
                ..ActivityType::default()
            };
            let mut errors = wanted.set(&input);
            if known.len() >= MAX_TYPES {
                errors.add("name_tr", say!("En çok {} tür olabilir.", "May be {} types at most.", MAX_TYPES));
            }
            errors.check()?;
            wanted.key = key_of(&wanted.name_en, &known);
            let (kept, _) = place(tx, stamp, wanted, &known).await?;
            Ok((Reply::created(format!("/api/v1/crm/activity-types/{}/", kept.id), &kept)?, true))
        })
        .await
    })
    .await
}

/// Changes the named fields of a type; `is_archived` takes it from those that are offered.
#[utoipa::path(patch, path = "/activity-types/{id}/", tag = TAG, operation_id = "update_activity_type", params(("id" = i64, Path)), request_body = ActivityTypeInput, responses((status = 200, body = ActivityType), Problems))]
async fn update_activity_type(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<ActivityTypeInput>) -> Result<Reply> {
    ctx.write(async |tx| {
        noted(tx, &ctx, "activity_types.update", async |tx, stamp| {
            let known: Vec<ActivityType> = tx.all(&in_order()).await?;
            let mut wanted = known.iter().find(|known| known.id == id).cloned().ok_or(Error::NotFound)?;
            let mut errors = wanted.set(&input);
            if wanted.is_archived && wanted.key == TASK {
                errors.add("is_archived", say!("Görev türü her zaman gerekir.", "The task is always needed."));
            }
            errors.check()?;
            let (kept, is_changed) = place(tx, stamp, wanted, &known).await?;
            Ok((Reply::ok(&kept)?, is_changed))
        })
        .await
    })
    .await
}
