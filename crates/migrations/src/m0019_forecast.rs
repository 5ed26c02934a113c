//! Pipeline analytics and forecast: what follows from the history of opportunities, in narrow tables; quotas, adjustments.

use kernel::db::Tx;
use kernel::error::Result;

use crate::{index, index_with, table, unique};

pub async fn up(tx: &mut Tx) -> Result<()> {
    facts(tx).await?;
    forecast(tx).await
}

/// Made anew from the history of an opportunity whenever it changes.
async fn facts(tx: &mut Tx) -> Result<()> {
    // A stay of an opportunity in a stage, and what became of it since.
    table(tx, "stage_stays")
        .id()
        .child_of("opportunity_id", "opportunities")
        .integer("pipeline_id")
        .integer("stage_id")
        .integer("entered_at")
        .integer_or_null("left_at")
        // Whole days, once it was left.
        .integer_or_null("stayed_days")
        // The first of this opportunity in this stage.
        .boolean_or("is_first", true)
        // A later stage was entered after it, or it was won.
        .boolean_or("is_passed", false)
        // How the opportunity stands today.
        .text("outcome")
        .create(tx)
        .await?;
    index(tx, "stage_stays", &["opportunity_id"], None).await?;
    index_with(
        tx,
        "stage_stays",
        &["stage_id", "entered_at"],
        &["left_at", "stayed_days", "is_first", "is_passed", "outcome", "opportunity_id"],
        None,
    )
    .await?;

    // An expected close date that was moved.
    table(tx, "close_date_moves")
        .id()
        .child_of("opportunity_id", "opportunities")
        .integer("pipeline_id")
        .integer("at")
        // Later is positive.
        .integer("days")
        .create(tx)
        .await?;
    index(tx, "close_date_moves", &["opportunity_id"], None).await?;
    index_with(tx, "close_date_moves", &["at"], &["days", "opportunity_id", "pipeline_id"], None).await?;

    // An opportunity that was won or lost.
    table(tx, "opportunity_closings")
        .id()
        .child_of("opportunity_id", "opportunities")
        .child_of("customer_id", "customers")
        .integer("pipeline_id")
        .text("outcome")
        .text("closed_on")
        .refers_to("owner_id", "users")
        .refers_to("team_id", "teams")
        .text("source")
        .integer("amount_base")
        .integer("cycle_days")
        // How much later it closed than was expected halfway.
        .integer_or_null("slip_days")
        .create(tx)
        .await?;
    unique(tx, "opportunity_closings", &["opportunity_id"], None).await?;
    index(tx, "opportunity_closings", &["customer_id"], None).await?;
    index_with(
        tx,
        "opportunity_closings",
        &["closed_on", "opportunity_id"],
        &[
            "outcome",
            "pipeline_id",
            "owner_id",
            "team_id",
            "source",
            "customer_id",
            "amount_base",
            "cycle_days",
            "slip_days",
        ],
        None,
    )
    .await?;

    // What was expected to close when, as it stood at any time.
    index_with(
        tx,
        "opportunity_history",
        &["expected_close_date", "at"],
        &[
            "until_at",
            "category",
            "owner_id",
            "team_id",
            "pipeline_id",
            "stage_id",
            "amount_base",
            "probability",
            "opportunity_id",
            "is_deleted",
        ],
        Some("outcome = 'open'"),
    )
    .await?;
    // What is expected to close when.
    index_with(
        tx,
        "opportunities",
        &["outcome", "expected_close_date", "id"],
        &[
            "owner_id",
            "team_id",
            "pipeline_id",
            "stage_id",
            "category",
            "amount_base",
            "probability",
            "deleted_at",
        ],
        Some("deleted_at IS NULL AND outcome = 'open'"),
    )
    .await
}

async fn forecast(tx: &mut Tx) -> Result<()> {
    // What somebody, or a team, is to win in a month, in the organisation's currency.
    table(tx, "quotas")
        .id()
        .text("month")
        .refers_to("user_id", "users")
        .refers_to("team_id", "teams")
        .integer("amount")
        .integer("updated_at")
        .refers_to("updated_by_id", "users")
        .create(tx)
        .await?;
    unique(tx, "quotas", &["month", "user_id"], Some("user_id IS NOT NULL")).await?;
    unique(tx, "quotas", &["month", "team_id"], Some("team_id IS NOT NULL")).await?;

    // A manager's own number for somebody's month, or a team's. Rows are only added: the newest holds.
    table(tx, "forecast_adjustments")
        .id()
        .text("month")
        .refers_to("user_id", "users")
        .refers_to("team_id", "teams")
        // None takes an earlier one back.
        .integer_or_null("amount")
        .text("reason")
        .integer("at")
        .refers_to("by_id", "users")
        .create(tx)
        .await?;
    index(tx, "forecast_adjustments", &["month", "id"], None).await
}
