//! Imports of files and the mappings kept for the next time.

use kernel::db::Tx;
use kernel::error::Result;

use crate::{index, table};

pub async fn up(tx: &mut Tx) -> Result<()> {
    table(tx, "imports")
        .id()
        .text("entity")
        .text("file_name")
        .text("file_path")
        .integer("file_bytes")
        .text("state")
        .text("header")
        .text("mapping")
        .text("options")
        .text("position")
        .text("counts")
        .text("problem_tr")
        .text("problem_en")
        .refers_to("owner_id", "users")
        .refers_to("operation_id", "operations")
        .integer("created_at")
        .integer("updated_at")
        .create(tx)
        .await?;
    index(tx, "imports", &["created_at"], None).await?;
    // Rows name companies by name.
    index(
        tx,
        "customers",
        &["company_name_fold"],
        Some("company_name_fold <> '' AND deleted_at IS NULL"),
    )
    .await?;
    table(tx, "import_errors")
        .id()
        .child_of("import_id", "imports")
        .integer("row_number")
        .text("cells")
        .text("problems")
        .create(tx)
        .await?;
    index(tx, "import_errors", &["import_id", "row_number"], None).await?;
    table(tx, "import_mappings")
        .id()
        .text("entity")
        .text("name")
        .text("header_key")
        .text("mapping")
        .refers_to("owner_id", "users")
        .integer("created_at")
        .create(tx)
        .await?;
    index(tx, "import_mappings", &["entity", "header_key"], None).await
}
