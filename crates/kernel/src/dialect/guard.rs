//! What the database itself refuses, and whom it lets wait.

use super::Dialect;
use crate::db::Tx;
use crate::error::Result;

impl Dialect {
    /// Makes a table that only grows: its rows can be neither changed nor deleted while the row of `parent`
    /// that `owner` names is there.
    pub async fn append_only(self, tx: &mut Tx, table: &str, owner: &str, parent: &str) -> Result<()> {
        let alive = format!("EXISTS (SELECT 1 FROM {parent} WHERE {parent}.id = OLD.{owner})");
        self.only_grows(tx, table, &alive).await
    }

    /// Makes a table whose rows can never be changed, and not be deleted while `alive` is true of them (SQL that calls the row `OLD`).
    pub async fn only_grows(self, tx: &mut Tx, table: &str, alive: &str) -> Result<()> {
        match self {
            Dialect::Sqlite => {
                tx.raw(format!(
                    "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                ))
                .await?;
                tx.raw(format!("CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN {alive} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")).await
            }
            Dialect::Postgres => {
                tx.raw(format!(
                    "CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                     IF TG_OP = 'UPDATE' OR {alive} THEN RAISE EXCEPTION '{table} is append-only'; END IF; RETURN OLD; END $$"
                ))
                .await?;
                tx.raw(format!("CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_append_only()")).await
            }
        }
    }

    /// Lets the rows of an append-only table be given another owner, and nothing else of them change: `fixed` are all its other columns.
    pub async fn let_owner_change(self, tx: &mut Tx, table: &str, owner: &str, parent: &str, fixed: &[&str]) -> Result<()> {
        match self {
            Dialect::Sqlite => {
                tx.raw(format!("DROP TRIGGER {table}_no_update")).await?;
                let fixed = fixed.join(", ");
                tx.raw(format!(
                    "CREATE TRIGGER {table}_no_update BEFORE UPDATE OF {fixed} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                ))
                .await
            }
            Dialect::Postgres => {
                let alive = format!("EXISTS (SELECT 1 FROM {parent} WHERE {parent}.id = OLD.{owner})");
                let row = |name: &str| {
                    let columns: Vec<String> = fixed.iter().map(|column| format!("{name}.{column}")).collect();
                    format!("({})", columns.join(", "))
                };
                tx.raw(format!(
                    "CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
                     IF TG_OP = 'UPDATE' THEN \
                       IF {} IS DISTINCT FROM {} THEN RAISE EXCEPTION '{table} is append-only'; END IF; RETURN NEW; \
                     END IF; \
                     IF {alive} THEN RAISE EXCEPTION '{table} is append-only'; END IF; RETURN OLD; END $$",
                    row("OLD"),
                    row("NEW")
                ))
                .await
            }
        }
    }
}

impl Tx {
    /// Lets nobody else change the table until this transaction ends. SQLite's writers are alone anyway.
    pub async fn lock_table(&mut self, table: &str) -> Result<()> {
        match self.dialect() {
            Dialect::Sqlite => Ok(()),
            Dialect::Postgres => self.raw(format!("LOCK TABLE {table} IN EXCLUSIVE MODE")).await,
        }
    }
}
