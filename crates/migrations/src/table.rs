//! Tables and indexes in the few forms the product uses.

use kernel::db::Tx;
use kernel::dialect::Dialect;
use kernel::error::Result;
use sea_query::{ColumnDef, ForeignKey, ForeignKeyAction, Table};

/// A table being described.
pub struct Describe {
    name: &'static str,
    dialect: Dialect,
    table: sea_query::TableCreateStatement,
}

/// Begins a table.
pub fn table(tx: &Tx, name: &'static str) -> Describe {
    let mut table = Table::create().table(name).to_owned();
    tx.dialect().strict(&mut table);
    Describe {
        name,
        dialect: tx.dialect(),
        table,
    }
}

impl Describe {
    /// `id`, given by the database.
    pub fn id(mut self) -> Self {
        self.table.col(self.dialect.id());
        self
    }

    fn add(mut self, mut column: ColumnDef) -> Self {
        self.table.col(&mut column);
        self
    }

    /// Text that is never missing; empty by default.
    pub fn text(self, name: &'static str) -> Self {
        let column = self.dialect.text(name).not_null().default("").to_owned();
        self.add(column)
    }

    /// Text with another default.
    pub fn text_or(self, name: &'static str, default: &'static str) -> Self {
        let column = self.dialect.text(name).not_null().default(default).to_owned();
        self.add(column)
    }

    /// Text that can be missing: dates as ISO text, keys of unique indexes.
    pub fn text_or_null(self, name: &'static str) -> Self {
        let column = self.dialect.text(name);
        self.add(column)
    }

    /// Text that is the primary key.
    pub fn text_key(self, name: &'static str) -> Self {
        let column = self.dialect.text(name).not_null().primary_key().to_owned();
        self.add(column)
    }

    pub fn integer(self, name: &'static str) -> Self {
        let column = self.dialect.integer(name).not_null().to_owned();
        self.add(column)
    }

    pub fn integer_or(self, name: &'static str, default: i64) -> Self {
        let column = self.dialect.integer(name).not_null().default(default).to_owned();
        self.add(column)
    }

    pub fn integer_or_null(self, name: &'static str) -> Self {
        let column = self.dialect.integer(name);
        self.add(column)
    }

    pub fn boolean_or(self, name: &'static str, default: bool) -> Self {
        let column = self.dialect.boolean(name).not_null().default(default).to_owned();
        self.add(column)
    }

    /// A JSON object that can be filtered by; an empty one by default.
    pub fn json(self, name: &'static str) -> Self {
        let column = self.dialect.json(name).not_null().default("{}").to_owned();
        self.add(column)
    }

    /// The id of a row of another table, whose end is the end of this row.
    pub fn child_of(mut self, column: &'static str, parent: &'static str) -> Self {
        self.reference(column, parent, ForeignKeyAction::Cascade);
        self.integer(column)
    }

    /// The id of a row of another table, emptied when that row ends.
    pub fn refers_to(mut self, column: &'static str, other: &'static str) -> Self {
        self.reference(column, other, ForeignKeyAction::SetNull);
        self.integer_or_null(column)
    }

    fn reference(&mut self, column: &'static str, other: &'static str, on_delete: ForeignKeyAction) {
        let key = ForeignKey::create()
            .name(format!("fk_{}_{column}", self.name))
            .from(self.name, column)
            .to(other, "id")
            .on_delete(on_delete)
            .to_owned();
        self.table.foreign_key(&mut key.clone());
    }

    /// Several columns as the primary key.
    pub fn key(mut self, columns: &[&'static str]) -> Self {
        let mut key = sea_query::Index::create();
        for column in columns {
            key.col(*column);
        }
        self.table.primary_key(&mut key);
        self
    }

    /// Keeps the rows in the primary key itself, where the database can: for narrow tables that are nothing but a key.
    pub fn clustered(mut self) -> Self {
        self.dialect.clustered(&mut self.table);
        self
    }

    /// Creates it.
    pub async fn create(self, tx: &mut Tx) -> Result<()> {
        tx.schema(&self.table).await
    }
}

/// What every entity of the crate `records` has beside its fields.
pub fn record(describe: Describe) -> Describe {
    describe
        .refers_to("owner_id", "users")
        .refers_to("team_id", "teams")
        .json("custom")
        .json("custom_fold")
        .integer("version")
        .integer("created_at")
        .integer("updated_at")
        .integer_or_null("deleted_at")
}

/// Adds a column to a table that is there: `tx.dialect().text("name").not_null().default("")`.
pub async fn add_column(tx: &mut Tx, table: &'static str, mut column: ColumnDef) -> Result<()> {
    tx.schema(&Table::alter().table(table).add_column(&mut column).to_owned()).await
}

/// Adds the id of a row of another table, emptied when that row ends.
pub async fn add_reference(tx: &mut Tx, table: &'static str, column: &'static str, other: &'static str) -> Result<()> {
    let mut column = tx.dialect().integer(column);
    column.extra(format!("REFERENCES {other} (id) ON DELETE SET NULL"));
    add_column(tx, table, column).await
}

/// Creates the index `ix_<table>_<columns>`. Columns may be followed by ` DESC` and the like; `only` narrows it to some rows.
pub async fn index(tx: &mut Tx, table: &str, columns: &[&str], only: Option<&str>) -> Result<()> {
    make(tx, "INDEX ix", table, columns, &[], only).await
}

/// The same, with further columns that it is not ordered by for their own sake: a query that asks for no others never reads the rows.
pub async fn index_with(tx: &mut Tx, table: &str, columns: &[&str], with: &[&str], only: Option<&str>) -> Result<()> {
    make(tx, "INDEX ix", table, columns, with, only).await
}

/// Creates the unique index `uq_<table>_<columns>`, the name by which its refusals are told.
pub async fn unique(tx: &mut Tx, table: &str, columns: &[&str], only: Option<&str>) -> Result<()> {
    make(tx, "UNIQUE INDEX uq", table, columns, &[], only).await
}

async fn make(tx: &mut Tx, what: &str, table: &str, columns: &[&str], with: &[&str], only: Option<&str>) -> Result<()> {
    let name = columns
        .iter()
        .map(|column| column.split(' ').next().unwrap_or(column))
        .collect::<Vec<_>>()
        .join("_");
    let only = only.map(|only| format!(" WHERE {only}")).unwrap_or_default();
    let columns = [columns, with].concat().join(", ");
    tx.raw(format!("CREATE {what}_{table}_{name} ON {table} ({columns}){only}")).await
}
