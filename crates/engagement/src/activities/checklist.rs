//! What is to be ticked off within an activity.

use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{FieldErrors, Result};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, PathId, Reply, Routes};
use kernel::{operations, say};
use records::change;
use records::http::note;
use records::parts::{self, Part};
use records::{Entity, Record, read};
use sea_query::Value as Sql;
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{ACTIVITY, Key};
use crate::permissions::{ACTIVITY_READ, ACTIVITY_WRITE};

const TAG: &str = "activities";
const MAX_ITEMS: usize = 100;
const MAX_CHARS: usize = 200;

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_checklist), Access::Needs(ACTIVITY_READ))
        .add(routes!(set_checklist), Access::Needs(ACTIVITY_WRITE))
}

/// An item of a checklist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromRow, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChecklistItem {
    pub text: String,
    #[serde(default)]
    pub is_done: bool,
}

impl Part for ChecklistItem {
    const ENTITY: &'static Entity = &ACTIVITY;
    const OWNER: &'static str = "activity_id";
    const TABLE: &'static str = "activity_checklist";
    const COLUMNS: &'static [&'static str] = &["text", "is_done"];
    const IS_ORDERED: bool = true;
    const SUBJECT: &'static str = "activity_checklist";
    const CHANGED: &'static str = "activity.checklist_changed";
    const FIELD: &'static str = "checklist";

    fn values(&self) -> Vec<Sql> {
        vec![self.text.as_str().into(), self.is_done.into()]
    }
}

/// All items of a checklist, in their order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChecklistInput {
    pub items: Vec<ChecklistItem>,
}

fn parse(items: Vec<ChecklistItem>) -> Result<Vec<ChecklistItem>> {
    let mut errors = FieldErrors::default();
    let mut read = Vec::with_capacity(items.len());
    for (place, mut item) in items.into_iter().enumerate() {
        item.text = item.text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !(1..=MAX_CHARS).contains(&item.text.chars().count()) {
            let problem = say!("1 ile {} karakter arasında olmalı.", "Must have 1 to {} characters.", MAX_CHARS);
            errors.add(format!("items.{place}.text"), problem);
        }
        read.push(item);
    }
    if read.len() > MAX_ITEMS {
        errors.add("items", say!("En çok {} olabilir.", "May be {} at most.", MAX_ITEMS));
    }
    errors.check()?;
    Ok(read)
}

/// Sets the checklist of an activity that is held for this transaction, and the figures that lists show of it.
async fn set(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, activity: Record, items: &[ChecklistItem]) -> Result<bool> {
    if !parts::set(tx, stamp, activity.id, items).await? {
        return Ok(false);
    }
    let done = items.iter().filter(|item| item.is_done).count() as i64;
    let total = items.len() as i64;
    let count = |record: &mut Record| {
        record.set(Key::ChecklistTotal, total);
        record.set(Key::ChecklistDone, done);
        Ok(())
    };
    let (changed, refused) = change::change_all(tx, ctx, stamp, vec![activity], count).await?;
    ::assignment::decide::one(changed, refused)?;
    Ok(true)
}

/// What is to be ticked off within an activity.
#[utoipa::path(get, path = "/activities/{id}/checklist/", tag = TAG, operation_id = "list_checklist", params(("id" = i64, Path)), responses((status = 200, body = Listed<ChecklistItem>), Problems))]
async fn list_checklist(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    read::require(&ctx, &ACTIVITY, ACTIVITY_READ, id).await?;
    Reply::ok(&Listed::whole(parts::of::<ChecklistItem>(&ctx, id).await?))
}

/// Sets what is to be ticked off within an activity, all of it.
#[utoipa::path(put, path = "/activities/{id}/checklist/", tag = TAG, operation_id = "set_checklist", params(("id" = i64, Path)), request_body = ChecklistInput, responses((status = 200, body = Listed<ChecklistItem>), Problems))]
async fn set_checklist(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<ChecklistInput>) -> Result<Reply> {
    let items = parse(input.items)?;
    ctx.write(async |tx| {
        let activity = read::one_for_change(tx, &ctx, &ACTIVITY, ACTIVITY_WRITE, id).await?;
        let operation = note(tx, &ctx, &ACTIVITY, "checklist").await?;
        let is_changed = set(tx, &ctx, &ctx.stamp().within(operation), activity, &items).await?;
        let reply = Reply::ok(&Listed::whole(items.clone()))?;
        if is_changed {
            return Ok(reply.operation(operation));
        }
        operations::forget(tx, operation).await?;
        Ok(reply)
    })
    .await
}
