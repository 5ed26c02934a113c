//! The schema: one chronological list of migrations, run on both databases, each in a transaction of its own. A migration that has been
//! released is never changed.

mod m0001_kernel;
mod m0002_identity;
mod m0003_customers;
mod m0004_imports;
mod m0005_duplicates;
mod m0006_audit;
mod m0007_sign_in;
mod m0008_permissions;
mod m0009_personal_data;
mod m0010_notes;
mod m0011_corrections;
mod m0012_match_keys;
mod m0013_passkeys;
mod m0014_last_seen;
mod m0015_sales;
mod m0016_assignment;
mod m0017_scoring;
mod m0018_deals;
mod m0019_forecast;
mod m0020_forms;
mod m0021_chances;
mod m0023_reasons;
mod m0024_messaging;
mod m0025_activities;
mod m0027_series;
mod m0028_communications;
mod m0030_calendar_names;
mod table;

use futures::future::BoxFuture;
use kernel::clock::Clock;
use kernel::db::{Db, Tx};
use kernel::error::{Error, Result};
use sea_query::{Alias, Order, Query};

pub use table::{Describe, add_column, add_reference, index, index_with, table, unique};

/// A step of the schema.
#[derive(Clone, Copy)]
pub struct Migration {
    pub name: &'static str,
    pub up: for<'a> fn(&'a mut Tx) -> BoxFuture<'a, Result<()>>,
}

macro_rules! migrations {
    ($($name:ident),* $(,)?) => { [$(Migration { name: stringify!($name), up: |tx| Box::pin($name::up(tx)) }),*] };
}

/// Every step there is, oldest first.
pub const ALL: &[Migration] = &migrations![
    m0001_kernel,
    m0002_identity,
    m0003_customers,
    m0004_imports,
    m0005_duplicates,
    m0006_audit,
    m0007_sign_in,
    m0008_permissions,
    m0009_personal_data,
    m0010_notes,
    m0011_corrections,
    m0012_match_keys,
    m0013_passkeys,
    m0014_last_seen,
    m0015_sales,
    m0016_assignment,
    m0017_scoring,
    m0018_deals,
    m0019_forecast,
    m0020_forms,
    m0021_chances,
    m0023_reasons,
    m0024_messaging,
    m0025_activities,
    m0027_series,
    m0028_communications,
    m0030_calendar_names,
];

/// Brings the database up to date; says which migrations ran. Several processes may call it at once.
pub async fn run(db: &Db, clock: &Clock) -> Result<Vec<&'static str>> {
    run_list(db, clock, ALL).await
}

/// The same with the steps of another version: what a backup was made by, or what a test says.
pub async fn run_list(db: &Db, clock: &Clock, all: &[Migration]) -> Result<Vec<&'static str>> {
    db.write(async |tx| {
        tx.raw("CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, at bigint NOT NULL)")
            .await?;
        Ok(())
    })
    .await?;
    let mut ran = Vec::new();
    for migration in all {
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
                // First: also where nothing of ours is left to do.
                if let Some((newer,)) = done.iter().find(|(name,)| all.iter().all(|known| known.name != name)) {
                    return Err(Error::internal(format!(
                        "the database was made by a newer version of the program: it has {newer}"
                    )));
                }
                if done.iter().any(|(name,)| name == migration.name) {
                    return Ok(false);
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
