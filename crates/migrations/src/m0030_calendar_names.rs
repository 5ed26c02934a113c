//! By which name, and which uid, somebody's program knows an activity that it made.

use kernel::db::Tx;
use kernel::error::Result;

use crate::{table, unique};

pub async fn up(tx: &mut Tx) -> Result<()> {
    table(tx, "activity_calendar_names")
        .id()
        .child_of("user_id", "users")
        .child_of("activity_id", "activities")
        .text("name")
        .text("uid")
        .create(tx)
        .await?;
    unique(tx, "activity_calendar_names", &["activity_id", "user_id"], None).await?;
    unique(tx, "activity_calendar_names", &["user_id", "name"], None).await
}
