//! Events and those who read them, jobs, operations, repeated requests.

use kernel::db::Tx;
use kernel::error::Result;

use crate::{index, table, unique};

pub async fn up(tx: &mut Tx) -> Result<()> {
    table(tx, "operations")
        .id()
        .text("kind")
        .integer_or_null("actor_id")
        .integer("at")
        .integer_or_null("finished_at")
        .text("state")
        .text("summary")
        .integer_or_null("undoes_id")
        .integer_or_null("undone_by_id")
        .integer_or_null("progress")
        .create(tx)
        .await?;
    table(tx, "operation_refusals")
        .id()
        .child_of("operation_id", "operations")
        .text("subject_type")
        .integer("subject_id")
        .text("field")
        .text("reason_tr")
        .text("reason_en")
        .create(tx)
        .await?;
    index(tx, "operation_refusals", &["operation_id"], None).await?;

    table(tx, "events")
        .id()
        .integer("at")
        .text("kind")
        .integer_or_null("actor_id")
        .integer_or_null("operation_id")
        .text("subject_type")
        .integer("subject_id")
        .integer_or_null("customer_id")
        .text("payload")
        .text("changes")
        .create(tx)
        .await?;
    index(tx, "events", &["customer_id", "id"], Some("customer_id IS NOT NULL")).await?;
    index(tx, "events", &["operation_id", "id"], Some("operation_id IS NOT NULL")).await?;

    table(tx, "consumers")
        .text_key("name")
        .integer_or("cursor", 0)
        .text("lease_owner")
        .integer_or("lease_until", 0)
        .integer_or("failures", 0)
        .integer_or("next_try_at", 0)
        .text("last_error")
        .create(tx)
        .await?;
    table(tx, "events_set_aside")
        .id()
        .text("consumer")
        .integer("event_id")
        .text("error")
        .integer("at")
        .create(tx)
        .await?;

    table(tx, "jobs")
        .id()
        .text("kind")
        .text("payload")
        .integer("run_at")
        .integer_or("attempts", 0)
        .integer_or("lease_until", 0)
        .integer_or("failed", 0)
        .text_or_null("slot")
        .text("last_error")
        .create(tx)
        .await?;
    index(tx, "jobs", &["failed", "run_at"], None).await?;
    unique(tx, "jobs", &["slot"], None).await?;
    table(tx, "schedules").text_key("job").integer("slot").create(tx).await?;

    table(tx, "idempotency_keys")
        .text("owner")
        .text("key")
        .text("request_hash")
        .integer("status")
        .text("body")
        .text("headers")
        .integer("at")
        .key(&["owner", "key"])
        .create(tx)
        .await?;
    index(tx, "idempotency_keys", &["at"], None).await
}
