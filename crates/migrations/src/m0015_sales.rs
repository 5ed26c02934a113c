//! Leads and opportunities.

use kernel::db::Tx;
use kernel::error::Result;
use sea_query::Query;

use crate::table::{add_column, record};
use crate::{index, index_with, table, unique};

pub async fn up(tx: &mut Tx) -> Result<()> {
    let record_type = tx.dialect().text("record_type");
    add_column(tx, "events", record_type).await?;
    let record_id = tx.dialect().integer("record_id");
    add_column(tx, "events", record_id).await?;
    // The history of a record that is no customer: a lead, an opportunity and what hangs on them.
    index(tx, "events", &["record_id", "record_type", "id"], Some("record_id IS NOT NULL")).await?;
    table(tx, "number_counters").text_key("period").integer("last").create(tx).await?;
    leads(tx).await?;
    pipelines(tx).await?;
    products(tx).await?;
    opportunities(tx).await
}

async fn leads(tx: &mut Tx) -> Result<()> {
    let leads = table(tx, "leads")
        .id()
        .text("lead_number")
        .text("status")
        .text("source")
        .text("source_detail")
        .text("first_name")
        .text("first_name_fold")
        .text("last_name")
        .text("last_name_fold")
        .text("name")
        .text("name_fold")
        .text("name_sort")
        .text("company")
        .text("company_fold")
        .text("title")
        .text("email")
        .text("phone")
        .text("website")
        .text("city")
        .text("city_fold")
        .text("country")
        .text("industry")
        .text("industry_fold")
        .text("company_size")
        .integer_or_null("budget")
        .text("currency")
        .text("authority")
        .text("need")
        .text("timeline")
        .text("bant_budget")
        .text("bant_authority")
        .text("bant_need")
        .text("bant_timeline")
        .integer_or("bant_score", 0)
        .integer_or("lead_score", 0)
        .text("score_source")
        .integer_or("fit_score", 0)
        .integer_or("engagement_score", 0)
        .integer_or_null("win_probability")
        .text("disqualify_reason")
        .text("notes")
        .text("utm_source")
        .text("utm_medium")
        .text("utm_campaign")
        .text("utm_term")
        .text("utm_content")
        .text("referrer")
        .text("landing_page")
        .refers_to("referred_by_id", "customers")
        .integer_or_null("form_id")
        .refers_to("converted_customer_id", "customers")
        .refers_to("converted_contact_id", "customers")
        .integer_or_null("converted_opportunity_id")
        .text_or_null("conversion_date")
        .integer_or_null("first_touched_at")
        .integer_or_null("last_touched_at")
        .integer_or_null("sla_due_at")
        .integer_or_null("qualified_at");
    record(leads).create(tx).await?;
    unique(tx, "leads", &["lead_number"], None).await?;
    let alive = Some("deleted_at IS NULL");
    let reach = ["owner_id", "team_id", "status", "deleted_at"];
    for first in ["created_at", "updated_at", "name_sort"] {
        index_with(tx, "leads", &[first, "id"], &reach, alive).await?;
    }
    for first in ["status", "owner_id", "team_id", "source", "lead_score"] {
        let with: Vec<&str> = reach.iter().copied().filter(|column| *column != first).collect();
        index_with(tx, "leads", &[first, "created_at", "id"], &with, alive).await?;
    }
    for column in ["email", "phone", "company_fold"] {
        index(tx, "leads", &[column], Some(&format!("{column} <> '' AND deleted_at IS NULL"))).await?;
    }
    index(tx, "leads", &["sla_due_at"], Some("sla_due_at IS NOT NULL AND deleted_at IS NULL")).await?;
    index(tx, "leads", &["converted_customer_id"], Some("converted_customer_id IS NOT NULL")).await?;
    index(tx, "leads", &["converted_contact_id"], Some("converted_contact_id IS NOT NULL")).await?;
    index(tx, "leads", &["referred_by_id"], Some("referred_by_id IS NOT NULL")).await?;
    index(tx, "leads", &["deleted_at"], Some("deleted_at IS NOT NULL")).await?;
    let dialect = tx.dialect();
    dialect.create_search(tx, "lead_search").await?;

    // An answer of BANT, with what it rests on.
    table(tx, "lead_answers")
        .id()
        .child_of("lead_id", "leads")
        .text("question")
        .text("strength")
        .text("evidence_kind")
        .text("evidence")
        .integer("at")
        .refers_to("by_id", "users")
        .create(tx)
        .await?;
    unique(tx, "lead_answers", &["lead_id", "question"], None).await?;

    // What a lead did, or what was done with it: the ground of its engagement score.
    table(tx, "lead_touches")
        .id()
        .child_of("lead_id", "leads")
        .text("kind")
        .text("detail")
        .integer("at")
        .refers_to("by_id", "users")
        .create(tx)
        .await?;
    index(tx, "lead_touches", &["lead_id", "at"], None).await
}

async fn pipelines(tx: &mut Tx) -> Result<()> {
    table(tx, "pipelines")
        .id()
        .text("name")
        .boolean_or("is_default", false)
        .integer_or("position", 0)
        .integer_or_null("archived_at")
        .create(tx)
        .await?;
    table(tx, "stages")
        .id()
        .child_of("pipeline_id", "pipelines")
        .text("key")
        .text("name_tr")
        .text("name_en")
        // open, won, lost
        .text("outcome")
        .integer("probability")
        .text("category")
        .integer_or_null("rots_after_days")
        .text_or("required_fields", "[]")
        .integer_or("position", 0)
        .create(tx)
        .await?;
    unique(tx, "stages", &["pipeline_id", "key"], None).await?;
    let insert = Query::insert()
        .into_table("pipelines")
        .columns(["name", "is_default"])
        .values_panic(["Satış".into(), true.into()])
        .returning_col("id")
        .to_owned();
    let id = tx.insert(&insert).await?;
    let rows = STANDARD.iter().enumerate().map(|(position, stage)| {
        let (key, tr, en, outcome, probability, category, rots_after_days, required_fields) = *stage;
        vec![
            id.into(),
            key.into(),
            tr.into(),
            en.into(),
            outcome.into(),
            i64::from(probability).into(),
            category.into(),
            rots_after_days.into(),
            required_fields.into(),
            (position as i64).into(),
        ]
    });
    let columns = [
        "pipeline_id",
        "key",
        "name_tr",
        "name_en",
        "outcome",
        "probability",
        "category",
        "rots_after_days",
        "required_fields",
        "position",
    ];
    tx.insert_rows("stages", &columns, rows).await
}

type Standard = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    i32,
    &'static str,
    Option<i64>,
    &'static str,
);

/// The pipeline every organisation begins with: the sales stages of the specification, and the two ends. Key, names, outcome, probability in
/// hundredths of a percent, forecast category, after how many days it rots, what it asks for.
const STANDARD: [Standard; 7] = [
    (
        "prospecting",
        "Aday arama",
        "Prospecting",
        "open",
        1_000,
        "pipeline",
        Some(30),
        "[]",
    ),
    (
        "qualification",
        "Nitelendirme",
        "Qualification",
        "open",
        2_500,
        "pipeline",
        Some(30),
        "[]",
    ),
    (
        "proposal",
        "Teklif",
        "Proposal",
        "open",
        5_000,
        "best_case",
        Some(30),
        r#"["amount"]"#,
    ),
    (
        "negotiation",
        "Pazarlık",
        "Negotiation",
        "open",
        7_500,
        "commit",
        Some(21),
        r#"["amount"]"#,
    ),
    ("closing", "Kapanış", "Closing", "open", 9_000, "commit", Some(14), r#"["amount"]"#),
    ("won", "Kazanıldı", "Won", "won", 10_000, "closed", None, r#"["amount"]"#),
    ("lost", "Kaybedildi", "Lost", "lost", 0, "closed", None, r#"["loss_reason"]"#),
];

async fn products(tx: &mut Tx) -> Result<()> {
    table(tx, "products")
        .id()
        .text("code")
        .text("name")
        .text("name_fold")
        .text("series")
        .integer_or("price", 0)
        .text("currency")
        .boolean_or("is_active", true)
        .integer("created_at")
        .create(tx)
        .await?;
    unique(tx, "products", &["code"], None).await?;
    // Rates to the organisation's currency, in millionths of it for one unit.
    table(tx, "exchange_rates")
        .text("currency")
        .text("date")
        .integer("rate_micros")
        .text("source")
        .key(&["currency", "date"])
        .create(tx)
        .await
}

async fn opportunities(tx: &mut Tx) -> Result<()> {
    let opportunities = table(tx, "opportunities")
        .id()
        .text("opportunity_number")
        .text("name")
        .text("name_fold")
        .text("name_sort")
        .child_of("customer_id", "customers")
        .refers_to("lead_id", "leads")
        .child_of("pipeline_id", "pipelines")
        .child_of("stage_id", "stages")
        .text("stage")
        .text("outcome")
        .boolean_or("is_won", false)
        .integer_or("probability", 0)
        .text("probability_source")
        .integer_or("amount", 0)
        .text("currency")
        // In the organisation's currency, by the rate of the day it was last changed.
        .integer_or("amount_base", 0)
        .integer_or("rate_micros", 1_000_000)
        .text_or_null("rate_date")
        .text_or_null("opened_on")
        .text_or_null("expected_close_date")
        .text_or_null("actual_close_date")
        .text("source")
        .text("source_fold")
        .text("competitor")
        .text("competitor_fold")
        .text("next_step")
        .text("description")
        .text("win_reason")
        .text("loss_reason")
        .text("category")
        .boolean_or("is_category_pinned", false)
        .integer("stage_entered_at")
        .integer_or_null("closed_at");
    record(opportunities).create(tx).await?;
    unique(tx, "opportunities", &["opportunity_number"], None).await?;
    let alive = Some("deleted_at IS NULL");
    let reach = ["owner_id", "team_id", "outcome", "deleted_at"];
    for first in ["created_at", "updated_at", "name_sort", "expected_close_date", "amount_base"] {
        index_with(tx, "opportunities", &[first, "id"], &reach, alive).await?;
    }
    for first in ["owner_id", "team_id", "outcome"] {
        let with: Vec<&str> = reach.iter().copied().filter(|column| *column != first).collect();
        index_with(tx, "opportunities", &[first, "created_at", "id"], &with, alive).await?;
    }
    // The columns of a board: its cards by when they came, its sums without reading any row.
    index_with(
        tx,
        "opportunities",
        &["stage_id", "stage_entered_at", "id"],
        &[
            "amount_base",
            "probability",
            "outcome",
            "owner_id",
            "team_id",
            "category",
            "expected_close_date",
            "deleted_at",
        ],
        alive,
    )
    .await?;
    index(tx, "opportunities", &["customer_id", "id"], None).await?;
    index(tx, "opportunities", &["lead_id"], Some("lead_id IS NOT NULL")).await?;
    index(tx, "opportunities", &["deleted_at"], Some("deleted_at IS NOT NULL")).await?;
    let dialect = tx.dialect();
    dialect.create_search(tx, "opportunity_search").await?;

    // How an opportunity stood from `at` until `until_at`: a row for every change of what forecasts and pipelines are made of.
    table(tx, "opportunity_history")
        .id()
        .child_of("opportunity_id", "opportunities")
        .integer("at")
        .integer_or_null("until_at")
        .refers_to("actor_id", "users")
        .integer("pipeline_id")
        .integer_or_null("stage_from_id")
        .integer("stage_id")
        .text("outcome")
        .integer("amount")
        .text("currency")
        .integer("amount_base")
        .integer("probability")
        .text_or_null("expected_close_date")
        .text("category")
        .integer_or_null("owner_id")
        .integer_or_null("team_id")
        .boolean_or("is_deleted", false)
        .create(tx)
        .await?;
    index(tx, "opportunity_history", &["opportunity_id", "at", "id"], None).await?;
    index_with(
        tx,
        "opportunity_history",
        &["at", "until_at"],
        &[
            "opportunity_id",
            "stage_from_id",
            "stage_id",
            "outcome",
            "amount_base",
            "probability",
        ],
        None,
    )
    .await?;

    table(tx, "opportunity_lines")
        .id()
        .child_of("opportunity_id", "opportunities")
        .refers_to("product_id", "products")
        .text("name")
        // In thousandths.
        .integer("quantity")
        .integer("unit_price")
        // In hundredths of a percent.
        .integer_or("discount", 0)
        .integer("total")
        .integer_or("position", 0)
        .create(tx)
        .await?;
    index(tx, "opportunity_lines", &["opportunity_id"], None).await?;
    index(tx, "opportunity_lines", &["product_id", "opportunity_id"], None).await?;

    table(tx, "stakeholders")
        .id()
        .child_of("opportunity_id", "opportunities")
        .child_of("customer_id", "customers")
        .text("role")
        .text("note")
        .create(tx)
        .await?;
    index(tx, "stakeholders", &["opportunity_id"], None).await?;
    index(tx, "stakeholders", &["customer_id"], None).await
}
