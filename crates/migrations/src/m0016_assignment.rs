//! Assignment: rules by which records are handed out, people's hours, and what was decided.

use kernel::db::Tx;
use kernel::error::Result;

use crate::{index, table};

pub async fn up(tx: &mut Tx) -> Result<()> {
    table(tx, "assignment_rules")
        .id()
        .text("entity")
        .text("name")
        .integer("position")
        .text_or("criteria", "{}")
        .text_or("users", "[]")
        .text_or("teams", "[]")
        .text("strategy")
        .text_or("skill_fields", "[]")
        .boolean_or("only_at_work", false)
        .integer_or_null("sla_minutes")
        .refers_to("fallback_user_id", "users")
        .boolean_or("is_active", true)
        .integer("created_at")
        .integer("updated_at")
        .integer_or_null("deleted_at")
        .create(tx)
        .await?;
    index(tx, "assignment_rules", &["entity", "position", "id"], Some("deleted_at IS NULL")).await?;

    // Who was given the last record of a rule. Apart from the rule, so that handing out is no change of it.
    table(tx, "assignment_cursors")
        .child_of("rule_id", "assignment_rules")
        .integer("user_id")
        .key(&["rule_id"])
        .create(tx)
        .await?;

    table(tx, "assignment_people")
        .child_of("user_id", "users")
        .text_or("hours", "{}")
        .text_or("absences", "[]")
        .integer_or_null("daily_cap")
        .text_or("skills", "[]")
        .text_or("cities", "[]")
        .text_or("countries", "[]")
        .integer("updated_at")
        .key(&["user_id"])
        .create(tx)
        .await?;

    // When somebody was given one last, as a number that grows with every decision, and how many on that day.
    table(tx, "assignment_tallies")
        .text("entity")
        .child_of("user_id", "users")
        .integer("turn")
        .text("day")
        .integer("day_count")
        .key(&["entity", "user_id"])
        .create(tx)
        .await?;

    table(tx, "assignment_decisions")
        .id()
        .text("entity")
        .integer("record_id")
        .refers_to("rule_id", "assignment_rules")
        .refers_to("user_id", "users")
        .text("reason")
        .integer("at")
        .text_or("trace", "{}")
        .create(tx)
        .await?;
    index(tx, "assignment_decisions", &["entity", "record_id", "id"], None).await?;

    // Records that somebody has to touch until a time.
    table(tx, "assignment_watches")
        .text("entity")
        .integer("record_id")
        .child_of("rule_id", "assignment_rules")
        .child_of("user_id", "users")
        .integer("due_at")
        .integer_or("moves", 0)
        // Who had it so far.
        .text_or("had", "[]")
        .key(&["entity", "record_id"])
        .create(tx)
        .await?;
    index(tx, "assignment_watches", &["due_at"], None).await
}
