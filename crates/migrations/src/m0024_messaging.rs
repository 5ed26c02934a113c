//! Messages that leave the product: what they say, one row for each recipient, the lanes they go by, and who must not be written to.

use kernel::db::Tx;
use kernel::error::Result;
use sea_query::Query;

use crate::{index, table, unique};

pub async fn up(tx: &mut Tx) -> Result<()> {
    table(tx, "lanes")
        .id()
        .text("name")
        // email, sms, push, in_app; empty for the outbox, which takes all.
        .text("channel")
        // outbox, smtp, …
        .text("provider")
        .text_or("settings", "{}")
        // Passwords and keys, sealed.
        .text("secret")
        .boolean_or("is_active", true)
        .boolean_or("is_default", false)
        // 0: as fast as it goes.
        .integer_or("per_minute", 0)
        .integer_or("connections", 2)
        .integer_or("version", 1)
        // How it is doing: until when it rests, since how many refusals, why.
        .integer_or("not_before", 0)
        .integer_or("failures", 0)
        .text("problem")
        .integer_or("problem_at", 0)
        .integer_or("accepted_at", 0)
        // Which process serves it.
        .text("lease_owner")
        .integer_or("lease_until", 0)
        .create(tx)
        .await?;
    let outbox = Query::insert()
        .into_table("lanes")
        .columns(["name", "provider"])
        .values_panic(["Outbox".into(), "outbox".into()])
        .to_owned();
    tx.exec(&outbox).await?;

    // What a message says, once for all who get it.
    table(tx, "message_contents")
        .id()
        .text("subject")
        .text("text")
        .text("html")
        // [{name, kind, base64}]
        .text_or("attachments", "[]")
        .boolean_or("is_template", false)
        .create(tx)
        .await?;

    table(tx, "deliveries")
        .id()
        .child_of("lane_id", "lanes")
        .child_of("content_id", "message_contents")
        .text("channel")
        // transactional, commercial.
        .text("category")
        // What wanted it: a word and an id.
        .text("source")
        .integer_or_null("source_id")
        .text("recipient")
        .text("recipient_name")
        .text("recipient_hash")
        .refers_to("customer_id", "customers")
        // What fills the template.
        .text_or("variables", "{}")
        // waiting, claimed, sent, failed, suppressed, in_doubt, cancelled.
        .text_or("state", "waiting")
        .integer("due_at")
        .integer_or("attempts", 0)
        // The wire journal of the process that claimed it.
        .text("claimed_by")
        .text("problem")
        // Whether it ever was in doubt: it may have arrived twice.
        .boolean_or("was_in_doubt", false)
        .integer("created_at")
        .integer_or("settled_at", 0)
        .create(tx)
        .await?;
    unique(tx, "deliveries", &["source", "source_id", "channel", "recipient_hash"], None).await?;
    // What is due in a lane; queries say the state as it stands here.
    index(tx, "deliveries", &["lane_id", "due_at", "id"], Some("state = 'waiting'")).await?;
    index(tx, "deliveries", &["claimed_by"], Some("state = 'claimed'")).await?;
    index(tx, "deliveries", &["state", "id"], Some("state NOT IN ('waiting', 'sent')")).await?;
    index(tx, "deliveries", &["customer_id", "id"], Some("customer_id IS NOT NULL")).await?;

    table(tx, "delivery_attempts")
        .id()
        .child_of("delivery_id", "deliveries")
        .integer("at")
        // accepted, deferred, rejected, unknown.
        .text("outcome")
        // As the provider gave it: 250, 421, …
        .integer_or("code", 0)
        .text("answer")
        .create(tx)
        .await?;
    index(tx, "delivery_attempts", &["delivery_id", "id"], None).await?;

    // By hash, so that it outlives the person's data.
    table(tx, "suppressions")
        .id()
        .text("channel")
        .text("recipient_hash")
        // hard_bounce, complaint, unsubscribed, manual.
        .text("reason")
        .text("note")
        .integer("at")
        .create(tx)
        .await?;
    unique(tx, "suppressions", &["channel", "recipient_hash"], None).await
}
