//! Customers and what hangs on them.

use kernel::db::Tx;
use kernel::error::Result;

use crate::{index, index_with, table, unique};

pub async fn up(tx: &mut Tx) -> Result<()> {
    table(tx, "customers")
        .id()
        .text("customer_code")
        .text("customer_type")
        .text("title")
        .text("first_name")
        .text("first_name_fold")
        .text("last_name")
        .text("last_name_fold")
        .text("company_name")
        .text("company_name_fold")
        .text("name")
        .text("name_fold")
        .text("name_sort")
        .text("tax_number")
        .text("tax_office")
        .text("tax_office_fold")
        .text("identity_number")
        .text_or_null("birth_date")
        .text("gender")
        .text("primary_email")
        .text("secondary_email")
        .text("primary_phone")
        .text("secondary_phone")
        .text("website")
        .text("industry")
        .text("industry_fold")
        .text("company_size")
        .integer_or_null("annual_revenue")
        .text("currency")
        .text("lead_source")
        .text("lead_source_fold")
        .text("customer_since")
        .boolean_or("is_active", true)
        .text("city")
        .text("city_fold")
        .text("country")
        .refers_to("owner_id", "users")
        .refers_to("team_id", "teams")
        .text_or("tags", "[]")
        .json("custom")
        .json("custom_fold")
        .integer("version")
        .integer("created_at")
        .integer("updated_at")
        .integer_or_null("deleted_at")
        .create(tx)
        .await?;
    // A deleted customer keeps its code until it is gone for good: undoing the deletion must find it free.
    unique(tx, "customers", &["customer_code"], None).await?;
    // Lists are narrowed to whom the caller may see, mostly to the active ones, and often sorted by name: with these columns in the index,
    // what is filtered out is never read from the table, and neither is what is only counted. Counting the customers of a large city, of a
    // million in all, came down from some 100 ms to 3 ms by it. `deleted_at` is always missing there, but without it SQLite does not see that it need not read the row.
    let reach = ["owner_id", "team_id", "is_active", "deleted_at"];
    for first in ["created_at", "updated_at", "name_sort"] {
        index_with(tx, "customers", &[first, "id"], &reach, Some("deleted_at IS NULL")).await?;
    }
    let reach_and_name = [&reach[..], &["name_sort"]].concat();
    for first in ["city_fold", "industry_fold", "owner_id", "team_id"] {
        let with: Vec<&str> = reach_and_name.iter().copied().filter(|column| *column != first).collect();
        index_with(tx, "customers", &[first, "created_at", "id"], &with, Some("deleted_at IS NULL")).await?;
    }
    let dialect = tx.dialect();
    for column in ["birth_date", "annual_revenue"] {
        let first = dialect.index_column(column, true);
        index(tx, "customers", &[&first, "id"], Some("deleted_at IS NULL")).await?;
    }
    for column in ["tax_number", "identity_number"] {
        index(tx, "customers", &[column], Some(&format!("{column} <> '' AND deleted_at IS NULL"))).await?;
    }
    index(tx, "customers", &["deleted_at"], Some("deleted_at IS NOT NULL")).await?;
    dialect.create_search(tx, "customer_search").await?;

    table(tx, "customer_code_counters")
        .text_key("period")
        .integer("last")
        .create(tx)
        .await?;

    table(tx, "contact_points")
        .id()
        .child_of("customer_id", "customers")
        .text("kind")
        .text("label")
        .text("value")
        .text("value_key")
        .integer("rank")
        .boolean_or("is_verified", false)
        .create(tx)
        .await?;
    index(tx, "contact_points", &["customer_id"], None).await?;
    index(tx, "contact_points", &["value_key"], None).await?;

    table(tx, "addresses")
        .id()
        .child_of("customer_id", "customers")
        .text("label")
        .text("line")
        .text("district")
        .text("district_fold")
        .text("city")
        .text("city_fold")
        .text("postal_code")
        .text("country")
        .boolean_or("is_primary", false)
        .create(tx)
        .await?;
    index(tx, "addresses", &["customer_id"], None).await?;

    table(tx, "relations")
        .id()
        .child_of("customer_id", "customers")
        .child_of("other_id", "customers")
        .text("role")
        .text("title")
        .boolean_or("is_primary", false)
        .create(tx)
        .await?;
    unique(tx, "relations", &["customer_id", "other_id", "role"], None).await?;
    index(tx, "relations", &["other_id"], None).await?;

    table(tx, "consents")
        .id()
        .child_of("customer_id", "customers")
        .text("channel")
        .text("purpose")
        .text("status")
        .text("source")
        .text("evidence")
        .text("notice_hash")
        .integer("at")
        .integer("recorded_at")
        .integer_or_null("actor_id")
        .create(tx)
        .await?;
    index(tx, "consents", &["customer_id", "at", "id"], None).await?;
    dialect.append_only(tx, "consents", "customer_id", "customers").await?;
    // What stands now, per `<purpose>.<channel>`: the latest row of the ledger, written with it.
    table(tx, "consent_states")
        .child_of("customer_id", "customers")
        .text("topic")
        .text("status")
        .integer("at")
        .integer("consent_id")
        .key(&["customer_id", "topic"])
        .create(tx)
        .await?;
    index(tx, "consent_states", &["topic", "status", "customer_id"], None).await?;
    table(tx, "notices").text_key("hash").text("body").integer("at").create(tx).await?;

    table(tx, "tags")
        .id()
        .text("name")
        .text("name_fold")
        .text("name_sort")
        .text("color")
        .create(tx)
        .await?;
    unique(tx, "tags", &["name_fold"], None).await?;
    table(tx, "customer_tags")
        .child_of("customer_id", "customers")
        .child_of("tag_id", "tags")
        .key(&["customer_id", "tag_id"])
        .create(tx)
        .await?;
    index(tx, "customer_tags", &["tag_id", "customer_id"], None).await?;

    tx.raw(
        "CREATE VIEW customer_tag_names AS SELECT customer_tags.customer_id, tags.name, tags.name_fold \
         FROM customer_tags JOIN tags ON tags.id = customer_tags.tag_id",
    )
    .await?;

    table(tx, "custom_fields")
        .id()
        .text("entity")
        .text("key")
        .text("label_tr")
        .text("label_en")
        .text("kind")
        .text("choices")
        .boolean_or("is_required", false)
        .integer_or("decimals", 0)
        .integer("position")
        .integer("created_at")
        .create(tx)
        .await?;
    unique(tx, "custom_fields", &["entity", "key"], None).await?;

    table(tx, "views")
        .id()
        .text("entity")
        .text("name")
        .text("criteria")
        .text("ordering")
        .text("columns")
        .text("sharing")
        .refers_to("owner_id", "users")
        .refers_to("team_id", "teams")
        .integer("created_at")
        .integer("updated_at")
        .integer_or("version", 1)
        .integer_or_null("deleted_at")
        .create(tx)
        .await?;
    index(tx, "views", &["entity"], None).await?;

    // Kept by the consumer `customers.figures`.
    table(tx, "customer_figures")
        .integer("customer_id")
        .integer_or("events", 0)
        .integer_or("changes", 0)
        .integer_or_null("first_event_at")
        .integer_or_null("last_event_at")
        .key(&["customer_id"])
        .create(tx)
        .await
}
