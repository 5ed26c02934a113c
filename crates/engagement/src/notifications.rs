//! What somebody is told within the product: a reminder, an activity that became theirs, a meeting they are asked to.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::OriginalUri;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::dialect::Dialect;
use kernel::error::{Result, invalid};
use kernel::events::NewEvent;
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, List, Params, Reply, Routes};
use kernel::page::{self, SortKey};
use kernel::say;
use records::change::{Changed, UNTOLD};
use records::paging::paging_and_search;
use records::revert::UNDOING;
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::activities::{Key, status};

const TAG: &str = "notifications";
/// The subject type of the event that tells streams whom something arrived for.
pub const SUBJECT: &str = "notification";
/// Notifications read at once.
const MAX_IDS: usize = 500;

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_notifications), Access::SignedIn)
        .add(routes!(read_notifications), Access::SignedIn)
}

/// Something that somebody is told.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "rows are written by the database; this is their description")]
pub struct Notification {
    id: i64,
    /// `reminder`, `activity.assigned`, `activity.invited`.
    kind: String,
    subject_type: String,
    subject_id: Option<i64>,
    /// What the sentence is made of: names, times.
    #[schema(value_type = Object)]
    payload: Value,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    read_at: Option<String>,
}

/// Which notifications were read: these, or all.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotificationsRead {
    pub ids: Option<Vec<i64>>,
    #[serde(default)]
    pub all: bool,
}

/// How many are not read yet.
#[derive(Serialize, ToSchema)]
pub struct NotificationsUnread {
    pub unread: i64,
}

/// A notification about to be kept.
#[derive(Clone, Debug)]
pub struct New {
    pub user_id: i64,
    pub kind: &'static str,
    pub subject: (&'static str, i64),
    pub payload: Value,
}

/// Keeps notifications, and wakes the screens of whom they are for.
pub async fn notify(tx: &mut Tx, stamp: &Stamp, new: Vec<New>) -> Result<()> {
    if new.is_empty() {
        return Ok(());
    }
    let users: BTreeSet<i64> = new.iter().map(|new| new.user_id).collect();
    let rows = new.into_iter().map(|new| {
        vec![
            new.user_id.into(),
            new.kind.into(),
            new.subject.0.into(),
            new.subject.1.into(),
            new.payload.to_string().into(),
            stamp.at_us.into(),
        ]
    });
    let columns = ["user_id", "kind", "subject_type", "subject_id", "payload", "created_at"];
    tx.insert_rows("notifications", &columns, rows).await?;
    let arrived = NewEvent::new("notification.arrived", SUBJECT, 0).payload(json!({ "user_ids": users }));
    // What was told was told: an undo does not take it back.
    let told = Stamp {
        operation_id: None,
        ..*stamp
    };
    tx.emit(&told, arrived).await
}

/// Tells people that an activity became theirs, or that they are to take part in one; nobody is told what they did themselves.
pub async fn of_activities(tx: &mut Tx, stamp: &Stamp, changed: &[Changed]) -> Result<()> {
    let me = stamp.actor_id.map(|id| id.0);
    let mut new: BTreeMap<(i64, i64), New> = BTreeMap::new();
    for change in changed {
        let after = &change.after;
        if after.deleted_at.is_some()
            || !status(after).is_open()
            || after.carried.contains_key(UNDOING)
            || after.carried.contains_key(UNTOLD)
        {
            continue;
        }
        let mut tell = |user_id: i64, kind: &'static str| {
            if Some(user_id) != me {
                let payload = json!({
                    "subject": after.name(),
                    "activity_type": after[Key::ActivityType].text(),
                    "due_date": Key::DueDate.spec().show(&after[Key::DueDate]),
                    "is_all_day": after[Key::IsAllDay] == records::Cell::Bool(true),
                    "by": me,
                });
                let subject = ("activity", after.id);
                new.entry((after.id, user_id)).or_insert(New {
                    user_id,
                    kind,
                    subject,
                    payload,
                });
            }
        };
        if let Some(owner) = after[Key::AssignedTo].int().filter(|_| change.touches(Key::AssignedTo.name())) {
            tell(owner, "activity.assigned");
        }
        let before = change
            .before
            .as_ref()
            .map(|before| before[Key::Attendees].ids())
            .unwrap_or_default();
        for user_id in after[Key::Attendees].ids().into_iter().filter(|id| !before.contains(id)) {
            tell(user_id, "activity.invited");
        }
    }
    notify(tx, stamp, new.into_values().collect()).await
}

fn row(dialect: Dialect) -> String {
    let column = |name: &str| (name.to_owned(), format!("notifications.{name}"));
    let mut pairs: Vec<_> = ["id", "kind", "subject_type", "subject_id"].map(column).into();
    pairs.push(("payload".into(), dialect.json_text("notifications.payload")));
    for name in ["created_at", "read_at"] {
        pairs.push((name.into(), dialect.json_time(&format!("notifications.{name}"))));
    }
    dialect.json_object(&pairs)
}

/// What the caller was told, newest first. `unread=true` leaves out what was read.
#[utoipa::path(get, path = "/me/notifications/", tag = TAG, operation_id = "list_notifications",
    params(("unread" = Option<bool>, Query), ("page" = Option<u64>, Query), ("page_size" = Option<u64>, Query), ("cursor" = Option<String>, Query), ("count" = Option<String>, Query)),
    responses((status = 200, body = Listed<Notification>), Problems))]
async fn list_notifications(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    let (own, paging): (Vec<_>, Vec<_>) = pairs.iter().cloned().partition(|(name, _)| name == "unread");
    let request = paging_and_search(&paging)?;
    let mut filtered = Query::select();
    filtered
        .from(Alias::new("notifications"))
        .and_where(Expr::col(("notifications", "user_id")).eq(ctx.actor.user_id.map(|id| id.0)));
    if let Some((_, wanted)) = own.first() {
        let wanted: bool = wanted
            .parse()
            .map_err(|_| invalid("unread", say!("true veya false olmalı.", "Must be true or false.")))?;
        let read_at = Expr::col(("notifications", "read_at"));
        filtered.and_where(if wanted { read_at.is_null() } else { read_at.is_not_null() });
    }
    let keys = [SortKey {
        table: "notifications",
        column: "id",
        nullable: false,
        descending: true,
    }];
    let page = page::fetch(&ctx.db, &filtered, &row(ctx.db.dialect()), &keys, &request).await?;
    let (count, count_is_capped) = page::count(&ctx.db, &filtered, request.exact_count()).await?;
    Ok(List {
        page,
        count,
        count_is_capped,
        path: uri.path(),
        query: &pairs,
    }
    .reply())
}

/// Says that notifications were read: those of `ids`, or `all` there are. Answers how many are left.
#[utoipa::path(post, path = "/me/notifications/read/", tag = TAG, operation_id = "read_notifications", request_body = NotificationsRead, responses((status = 200, body = NotificationsUnread), Problems))]
async fn read_notifications(ctx: Ctx, Body(input): Body<NotificationsRead>) -> Result<Reply> {
    let ids = input.ids.unwrap_or_default();
    if ids.len() > MAX_IDS {
        return Err(invalid("ids", say!("En çok {} olabilir.", "May be {} at most.", MAX_IDS)));
    }
    let me = ctx.actor.user_id.map(|id| id.0);
    ctx.write(async |tx| {
        let theirs = Expr::col("user_id").eq(me).and(Expr::col("read_at").is_null());
        let mut read = Query::update();
        read.table("notifications").value("read_at", ctx.now_us()).and_where(theirs.clone());
        if !input.all {
            read.and_where(Expr::col("id").is_in(ids));
        }
        tx.exec(&read).await?;
        let left = Query::select()
            .expr(Expr::col("id").count())
            .from(Alias::new("notifications"))
            .and_where(theirs)
            .to_owned();
        let (unread,): (i64,) = tx.one(&left).await?;
        Reply::ok(&NotificationsUnread { unread })
    })
    .await
}
