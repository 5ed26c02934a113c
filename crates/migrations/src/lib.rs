//! The schema: one chronological list of migrations, run on both databases, each in a transaction of its own. A migration that has been
//! released is never changed.

mod m0001_kernel;
mod m0002_identity;
mod m0003_customers;
mod m0004_imports;
mod m0007_sign_in;
mod table;

use futures::future::BoxFuture;
use kernel::clock::Clock;
use kernel::db::{Db, Tx};
use kernel::error::{Error, Result};
use sea_query::{Alias, Order, Query};

pub use table::{index, index_with, table, unique};

/// A step of the schema.
struct Migration {
    name: &'static str,
    up: for<'a> fn(&'a mut Tx) -> BoxFuture<'a, Result<()>>,
}

macro_rules! migrations {
    ($($name:ident),* $(,)?) => { [$(Migration { name: stringify!($name), up: |tx| Box::pin($name::up(tx)) }),*] };
}

const ALL: &[Migration] = &migrations![m0001_kernel, m0002_identity, m0003_customers, m0004_imports, m0007_sign_in];

/// Brings the database up to date; says which migrations ran. Several processes may call it at once.
pub async fn run(db: &Db, clock: &Clock) -> Result<Vec<&'static str>> {
    db.write(async |tx| {
        tx.raw("CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, at bigint NOT NULL)")
            .await?;
        Ok(())
    })
    .await?;
    let mut ran = Vec::new();
    for migration in ALL {
        let did = db
            .write(async |tx| {
                // On PostgreSQL the lock makes a second process wait here, and then find the work done.
                tx.lock_table("migrations").await?;
                let done: Vec<(String,)> = tx
                    .all(
                        Query::select()
                            .column("name")
                            .from(Alias::new("migrations"))
                            .order_by("name", Order::Asc),
                    )
                    .await?;
                if done.iter().any(|(name,)| name == migration.name) {
                    return Ok(false);
                }
                if let Some((newer,)) = done.iter().find(|(name,)| ALL.iter().all(|known| known.name != name)) {
                    return Err(Error::internal(format!(
                        "the database was made by a newer version of the program: it has {newer}"
                    )));
                }
                (migration.up)(tx).await?;
                let note = Query::insert()
                    .into_table("migrations")
                    .columns(["name", "at"])
                    .values_panic([migration.name.into(), clock.now_us().into()])
                    .to_owned();
                tx.exec(&note).await?;
                Ok(true)
            })
            .await?;
        if did {
            ran.push(migration.name);
        }
    }
    Ok(ran)
}
