//! Probabilities of opportunities by a model, and the indexes by which pipelines and forecasts of many opportunities are read in one pass.

use kernel::db::Tx;
use kernel::error::Result;

use crate::{add_column, index_with};

pub async fn up(tx: &mut Tx) -> Result<()> {
    // stage, model
    let column = tx.dialect().text("probability_source").not_null().default("stage").to_owned();
    add_column(tx, "pipelines", column).await?;
    indexes(tx).await
}

async fn indexes(tx: &mut Tx) -> Result<()> {
    // How a pipeline stood on a day: grouped by stage as it is read.
    let with = ["until_at", "is_deleted", "amount_base", "probability", "opportunity_id"];
    index_with(tx, "opportunity_history", &["pipeline_id", "stage_id", "at"], &with, None).await?;
    // How long stays lasted, grouped by the days.
    let with = ["left_at", "opportunity_id"];
    index_with(tx, "stage_stays", &["stage_id", "stayed_days"], &with, None).await?;
    // What became of those who were in a stage, and how late wins came.
    index_with(tx, "stage_stays", &["is_first", "stage_id", "outcome"], &with, None).await?;
    index_with(tx, "opportunity_closings", &["outcome", "slip_days"], &["opportunity_id"], None).await?;
    // Lines with what they are told by; it serves where the one of the opportunity alone did.
    let with = ["name", "total"];
    index_with(tx, "opportunity_lines", &["opportunity_id", "product_id"], &with, None).await?;
    tx.raw("DROP INDEX ix_opportunity_lines_opportunity_id").await
}
