//! Forms on web pages that leads come in by: their versions, what was sent in, and figures by day.

use kernel::db::Tx;
use kernel::error::Result;

use crate::{index, table, unique};

pub async fn up(tx: &mut Tx) -> Result<()> {
    table(tx, "forms")
        .id()
        .text("name")
        .text("slug")
        .boolean_or("is_active", true)
        .boolean_or("is_archived", false)
        .integer_or("position", 0)
        .integer_or("version", 1)
        // The current version of what it asks and says.
        .text_or("content", "{}")
        .integer("created_at")
        .integer("updated_at")
        .integer_or_null("deleted_at")
        .create(tx)
        .await?;
    unique(tx, "forms", &["slug"], Some("deleted_at IS NULL")).await?;

    table(tx, "form_versions")
        .id()
        .child_of("form_id", "forms")
        .integer("version")
        .text_or("content", "{}")
        .integer("at")
        .refers_to("by_id", "users")
        .create(tx)
        .await?;
    unique(tx, "form_versions", &["form_id", "version"], None).await?;

    // What people sent in, as they sent it.
    table(tx, "form_submissions")
        .id()
        .child_of("form_id", "forms")
        .integer("version")
        // accepted, waiting, confirmed
        .text("state")
        .text("lang")
        .text_or("answers", "{}")
        .text("utm_source")
        .text("utm_medium")
        .text("utm_campaign")
        .text("utm_term")
        .text("utm_content")
        .text("referrer")
        .text("landing_page")
        // Without its last part: enough to see a flood, too little to find a person.
        .text("address")
        .text("user_agent")
        .integer("at")
        // Of the page it was sent from, which is good for one.
        .integer("nonce")
        .refers_to("lead_id", "leads")
        .refers_to("customer_id", "customers")
        // Why no lead came of it, where none did.
        .text("problem")
        .text_or_null("confirm_hash")
        .integer_or_null("confirm_until")
        .integer_or_null("confirmed_at")
        .text("confirm_address")
        .create(tx)
        .await?;
    unique(tx, "form_submissions", &["nonce"], None).await?;
    unique(tx, "form_submissions", &["confirm_hash"], Some("confirm_hash IS NOT NULL")).await?;
    index(tx, "form_submissions", &["form_id", "id"], None).await?;
    index(tx, "form_submissions", &["lead_id"], Some("lead_id IS NOT NULL")).await?;
    index(tx, "form_submissions", &["customer_id"], Some("customer_id IS NOT NULL")).await?;
    index(tx, "form_submissions", &["confirm_until"], Some("state = 'waiting'")).await?;

    table(tx, "form_figures")
        .integer("form_id")
        // Of the organisation, as ISO text.
        .text("day")
        .text("utm_source")
        // view, start, submission, lead, touch, waiting, confirmed; refused_….
        .text("what")
        .integer("count")
        .key(&["form_id", "day", "utm_source", "what"])
        .clustered()
        .create(tx)
        .await
}
