//! Activities that repeat: by which rule, and which of them an activity is.

use kernel::db::Tx;
use kernel::error::Result;

use crate::{add_column, index, table};

pub async fn up(tx: &mut Tx) -> Result<()> {
    table(tx, "activity_series")
        .id()
        // RRULE of RFC 5545
        .text("rule")
        // What the clock on the wall of `zone` shows at the first: 2026-11-24T09:00:00
        .text("starts_at")
        .text("zone")
        // Up to when there are activities. Beyond all time: there will be no more.
        .integer_or("made_until", 0)
        .create(tx)
        .await?;
    index(tx, "activity_series", &["made_until"], None).await?;
    let dialect = tx.dialect();
    for column in [
        dialect.text("recurrence").not_null().default("").to_owned(),
        dialect.integer("series_id"),
        dialect.integer("occurrence_at"),
        dialect.boolean("is_exception").not_null().default(false).to_owned(),
    ] {
        add_column(tx, "activities", column).await?;
    }
    let in_series = Some("series_id IS NOT NULL");
    index(tx, "activities", &["series_id", "occurrence_at"], in_series).await
}
