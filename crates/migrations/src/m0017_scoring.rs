//! Scoring of leads and opportunities: the gate of qualification, the rules of scores, the models that learned from history.

use kernel::db::Tx;
use kernel::error::Result;

use crate::{index, table, unique};

pub async fn up(tx: &mut Tx) -> Result<()> {
    // One row at most; without it the defaults hold.
    table(tx, "lead_settings")
        .id()
        .integer("bant_gate")
        .text_or("model_fields", "[]")
        .create(tx)
        .await?;

    table(tx, "score_rules")
        .id()
        // fit, engagement
        .text("kind")
        .text("name")
        .text_or("criteria", "{}")
        .text("touch")
        .integer("points")
        .integer_or_null("half_life_days")
        .integer_or("position", 0)
        .boolean_or("is_active", true)
        .integer("created_at")
        .create(tx)
        .await?;

    // A training: what came of it, or why nothing did.
    table(tx, "score_models")
        .id()
        .text("entity")
        .integer("version")
        .integer("trained_at")
        .text_or("fields", "[]")
        .text("model")
        .text("quality")
        .integer_or("won", 0)
        .integer_or("lost", 0)
        .text("refusal")
        .boolean_or("is_active", false)
        .create(tx)
        .await?;
    unique(tx, "score_models", &["entity", "version"], None).await?;
    index(tx, "score_models", &["entity", "is_active"], None).await
}
