//! Corrections of imported rows, the customers that such rows probably are, and the tabs that users make of views.

use kernel::db::Tx;
use kernel::error::Result;

use crate::{index, table, unique};

pub async fn up(tx: &mut Tx) -> Result<()> {
    table(tx, "import_corrections")
        .id()
        .child_of("import_id", "imports")
        .integer("row_number")
        // Empty where the whole row is left out.
        .text("column_name")
        .text("value")
        .create(tx)
        .await?;
    unique(tx, "import_corrections", &["import_id", "row_number", "column_name"], None).await?;
    table(tx, "import_likely_duplicates")
        .id()
        .child_of("import_id", "imports")
        .integer("row_number")
        .integer_or_null("customer_id")
        .integer_or_null("other_row_number")
        .integer("probability_millis")
        .text("cells")
        .create(tx)
        .await?;
    index(tx, "import_likely_duplicates", &["import_id", "row_number"], None).await?;
    index(tx, "import_likely_duplicates", &["customer_id"], None).await?;

    table(tx, "view_tabs")
        .child_of("user_id", "users")
        .child_of("view_id", "views")
        .integer("position")
        .boolean_or("is_default", false)
        .key(&["user_id", "view_id"])
        .create(tx)
        .await?;
    index(tx, "view_tabs", &["view_id"], None).await
}
