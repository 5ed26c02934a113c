//! Communications: what was said and written between the organisation and its customers, by whatever way.

use kernel::db::Tx;
use kernel::error::Result;

use crate::table::record;
use crate::{index, index_with, table, unique};

pub async fn up(tx: &mut Tx) -> Result<()> {
    let communications = table(tx, "communications")
        .id()
        .text("communication_type")
        .text("direction")
        .text("status")
        .text("subject")
        .text("subject_fold")
        .text("subject_sort")
        .text("content")
        .text("sender")
        .text("sender_fold")
        .text("recipient")
        .text("recipient_fold")
        .integer_or_null("occurred_at")
        .integer_or_null("delivered_at")
        .integer_or_null("opened_at")
        .integer_or_null("clicked_at")
        .integer_or_null("duration_minutes")
        .text("network")
        .text("link")
        .text_or("attachments", "[]")
        .text_or("tags", "[]")
        .refers_to("customer_id", "customers")
        .refers_to("lead_id", "leads")
        .refers_to("opportunity_id", "opportunities")
        .refers_to("activity_id", "activities")
        .refers_to("delivery_id", "deliveries")
        .integer_or_null("campaign_id")
        .refers_to("created_by_id", "users");
    record(communications).create(tx).await?;
    let alive = Some("deleted_at IS NULL");
    let reach = ["owner_id", "team_id", "communication_type", "deleted_at"];
    for first in ["occurred_at", "created_at", "updated_at"] {
        index_with(tx, "communications", &[first, "id"], &reach, alive).await?;
    }
    for first in ["owner_id", "team_id", "communication_type"] {
        let with: Vec<&str> = reach.into_iter().filter(|column| *column != first).collect();
        index_with(tx, "communications", &[first, "occurred_at", "id"], &with, alive).await?;
    }
    for column in ["customer_id", "lead_id", "opportunity_id"] {
        let is_there = format!("{column} IS NOT NULL");
        index(tx, "communications", &[column, "occurred_at"], Some(&is_there)).await?;
    }
    index(tx, "communications", &["deleted_at"], Some("deleted_at IS NOT NULL")).await?;
    // What was logged of an activity or a message stands once.
    unique(
        tx,
        "communications",
        &["activity_id"],
        Some("activity_id IS NOT NULL AND deleted_at IS NULL"),
    )
    .await?;
    unique(
        tx,
        "communications",
        &["delivery_id"],
        Some("delivery_id IS NOT NULL AND deleted_at IS NULL"),
    )
    .await?;
    for (list, folded) in [("communication_tags", true), ("communication_attachments", false)] {
        let mut rows = table(tx, list).child_of("communication_id", "communications").text("value");
        if folded {
            rows = rows.text("value_fold");
        }
        rows.key(&["communication_id", "value"]).clustered().create(tx).await?;
    }
    index(tx, "communication_tags", &["value_fold", "communication_id"], None).await?;
    tx.dialect().create_search(tx, "communication_search").await
}
