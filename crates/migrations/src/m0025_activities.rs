//! Activities: calls, meetings, tasks; who takes part, what is to be ticked off, how long it took, what reminds.

use kernel::db::Tx;
use kernel::error::Result;

use crate::table::record;
use crate::{index, index_with, table, unique};

pub async fn up(tx: &mut Tx) -> Result<()> {
    types(tx).await?;
    activities(tx).await?;
    parts(tx).await?;
    reminders(tx).await
}

/// Key, name in Turkish and English, icon, minutes, whether others take part.
type Type = (&'static str, &'static str, &'static str, &'static str, Option<i64>, bool);

const TYPES: [Type; 6] = [
    ("phone_call", "Telefon görüşmesi", "Phone call", "phone", Some(15), false),
    ("meeting", "Toplantı", "Meeting", "users", Some(60), true),
    ("follow_up", "Takip", "Follow-up", "repeat", None, false),
    ("demo", "Demo", "Demo", "presentation", Some(60), true),
    ("proposal", "Teklif", "Proposal", "file-text", None, false),
    ("task", "Görev", "Task", "checkbox", None, false),
];

async fn types(tx: &mut Tx) -> Result<()> {
    table(tx, "activity_types")
        .id()
        .text("key")
        .text("name_tr")
        .text("name_en")
        .text("icon")
        .integer_or_null("default_minutes")
        .boolean_or("is_meeting", false)
        .boolean_or("is_archived", false)
        .integer_or("position", 0)
        .create(tx)
        .await?;
    unique(tx, "activity_types", &["key"], None).await?;
    let rows = TYPES
        .iter()
        .enumerate()
        .map(|(position, (key, tr, en, icon, minutes, is_meeting))| {
            vec![
                (*key).into(),
                (*tr).into(),
                (*en).into(),
                (*icon).into(),
                (*minutes).into(),
                (*is_meeting).into(),
                (position as i64).into(),
            ]
        });
    let columns = ["key", "name_tr", "name_en", "icon", "default_minutes", "is_meeting", "position"];
    tx.insert_rows("activity_types", &columns, rows).await
}

async fn activities(tx: &mut Tx) -> Result<()> {
    let activities = table(tx, "activities")
        .id()
        .text("activity_type")
        .text("subject")
        .text("subject_fold")
        .text("subject_sort")
        .text("description")
        .text("status")
        .text("priority")
        .integer_or("priority_rank", 0)
        .refers_to("customer_id", "customers")
        .refers_to("lead_id", "leads")
        .refers_to("opportunity_id", "opportunities")
        .integer_or_null("due_at")
        .boolean_or("is_all_day", false)
        .integer_or_null("duration_minutes")
        .integer_or_null("ends_at")
        .text("location")
        .text_or("attendees", "[]")
        .text("result")
        .text("outcome")
        .integer_or_null("spent_minutes")
        .integer_or_null("follow_up_at")
        .integer_or_null("completed_at")
        .refers_to("completed_by_id", "users")
        .refers_to("created_by_id", "users")
        .refers_to("parent_id", "activities")
        .refers_to("follows_id", "activities")
        .integer_or("checklist_total", 0)
        .integer_or("checklist_done", 0);
    record(activities).create(tx).await?;
    let alive = Some("deleted_at IS NULL");
    let reach = ["owner_id", "team_id", "status", "deleted_at"];
    for first in ["due_at", "created_at", "updated_at"] {
        index_with(tx, "activities", &[first, "id"], &reach, alive).await?;
    }
    for first in ["owner_id", "team_id", "status", "activity_type", "completed_at"] {
        let with: Vec<&str> = reach.iter().copied().filter(|column| *column != first).chain(["ends_at"]).collect();
        index_with(tx, "activities", &[first, "due_at", "id"], &with, alive).await?;
    }
    for column in ["customer_id", "lead_id", "opportunity_id"] {
        index(tx, "activities", &[column, "due_at"], Some(&format!("{column} IS NOT NULL"))).await?;
    }
    for column in ["parent_id", "follows_id", "deleted_at"] {
        index(tx, "activities", &[column], Some(&format!("{column} IS NOT NULL"))).await?;
    }
    tx.dialect().create_search(tx, "activity_search").await
}

async fn parts(tx: &mut Tx) -> Result<()> {
    table(tx, "activity_attendees")
        .child_of("activity_id", "activities")
        .child_of("user_id", "users")
        .key(&["activity_id", "user_id"])
        .clustered()
        .create(tx)
        .await?;
    index(tx, "activity_attendees", &["user_id", "activity_id"], None).await?;
    table(tx, "activity_checklist")
        .id()
        .child_of("activity_id", "activities")
        .text("text")
        .boolean_or("is_done", false)
        .integer_or("position", 0)
        .create(tx)
        .await?;
    index(tx, "activity_checklist", &["activity_id"], None).await?;
    // How long somebody worked on it. One that runs has no end yet.
    table(tx, "activity_times")
        .id()
        .child_of("activity_id", "activities")
        .child_of("user_id", "users")
        .integer("started_at")
        .integer_or_null("ended_at")
        .integer_or("minutes", 0)
        .text("note")
        .create(tx)
        .await?;
    index(tx, "activity_times", &["activity_id"], None).await?;
    index(tx, "activity_times", &["user_id", "started_at"], None).await?;
    unique(tx, "activity_times", &["user_id"], Some("ended_at IS NULL")).await
}

async fn reminders(tx: &mut Tx) -> Result<()> {
    table(tx, "reminders")
        .id()
        .child_of("activity_id", "activities")
        .child_of("user_id", "users")
        .integer("minutes_before")
        // When it is due next: the time of the activity less its minutes, put off by whoever snoozes it.
        .integer("due_at")
        // waiting, sent, done
        .text_or("state", "waiting")
        .integer_or_null("sent_at")
        .integer_or_null("snoozed_until")
        .create(tx)
        .await?;
    unique(tx, "reminders", &["activity_id", "user_id", "minutes_before"], None).await?;
    index(tx, "reminders", &["due_at", "id"], Some("state = 'waiting'")).await?;
    index(tx, "reminders", &["user_id", "due_at"], None).await?;
    // What is told to somebody within the product.
    table(tx, "notifications")
        .id()
        .child_of("user_id", "users")
        .text("kind")
        .text("subject_type")
        .integer_or_null("subject_id")
        .text_or("payload", "{}")
        .integer("created_at")
        .integer_or_null("read_at")
        .create(tx)
        .await?;
    index(tx, "notifications", &["user_id", "id"], None).await?;
    index(tx, "notifications", &["user_id"], Some("read_at IS NULL")).await?;
    table(tx, "holidays")
        .id()
        .text("day")
        .text("name")
        .boolean_or("is_half_day", false)
        .create(tx)
        .await?;
    unique(tx, "holidays", &["day"], None).await?;
    // What somebody wants to be told, and where.
    table(tx, "notification_settings")
        .id()
        .child_of("user_id", "users")
        .text_or("settings", "{}")
        .create(tx)
        .await?;
    unique(tx, "notification_settings", &["user_id"], None).await
}
