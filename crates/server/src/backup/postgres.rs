//! The database of a backup, as PostgreSQL's tables: one file of lines for each, all of one moment. No other program is needed.

use std::io::Read;

use anyhow::{Context, bail, ensure};
use kernel::clock::{Clock, utc};
use kernel::db::Db;
use kernel::db::copy::{self, Load, Snapshot};
use kernel::error::Error;
use migrations::Migration;

use super::archive::{Manifest, Packing, Unpacking};

/// Where a backup is loaded before it takes its place.
const DRAFT: &str = "crm_restoring";
/// Bytes sent at once.
const PART: usize = 256 << 10;

fn file_of(table: &str) -> String {
    format!("tables/{table}.copy")
}

pub async fn pack(url: &str, packing: &mut Packing, mut manifest: Manifest) -> anyhow::Result<Manifest> {
    let mut snapshot = Snapshot::begin(url).await?;
    manifest.database = "postgres".into();
    manifest.migrations = snapshot.migrations().await.context("there is no database to back up")?;
    for table in snapshot.tables().await? {
        manifest.tables.insert(table.name.clone(), snapshot.count(&table).await?);
        let mut stream = packing.stream(&file_of(&table.name))?;
        snapshot.rows(&table, |part| Ok(stream.write(part)?)).await?;
        stream.finish();
    }
    manifest.sequences = snapshot.sequences().await?;
    Ok(manifest)
}

/// A row is a line: what would break one is written otherwise.
pub fn check(unpacking: &mut Unpacking) -> anyhow::Result<()> {
    for (table, rows) in unpacking.manifest.tables.clone() {
        let mut lines = 0;
        unpacking.each_part(&file_of(&table), |part| {
            lines += part.iter().filter(|byte| **byte == b'\n').count() as i64;
            Ok(())
        })?;
        ensure!(lines == rows, "{table} has {lines} rows in the backup instead of {rows}");
    }
    Ok(())
}

pub async fn restore(url: &str, unpacking: &mut Unpacking, force: bool) -> anyhow::Result<Option<String>> {
    check(unpacking)?;
    let manifest = unpacking.manifest.clone();
    let (place, is_empty) = copy::postgres_place(url).await?;
    if !is_empty && !force {
        bail!("the database has tables already; --force puts the backup in their place and keeps them in a schema of their own");
    }
    let mut load = Load::begin(url, DRAFT).await.context("a schema cannot be made in the database")?;
    let made_by: Vec<Migration> = migrations::ALL
        .iter()
        .filter(|known| manifest.migrations.iter().any(|name| name == known.name))
        .copied()
        .collect();
    let db = Db::postgres_in(url, DRAFT).await?;
    migrations::run_list(&db, &Clock::System, &made_by).await?;
    db.close().await;
    let (tables, references) = load.open_tables().await?;
    for table in &tables {
        let expected = *manifest
            .tables
            .get(&table.name)
            .with_context(|| format!("the backup lacks the table {}", table.name))?;
        let mut rows = unpacking.reader(&file_of(&table.name))?;
        let next = || {
            let mut part = vec![0; PART];
            let read = rows.read(&mut part).map_err(Error::from)?;
            part.truncate(read);
            Ok((read > 0).then_some(part))
        };
        let loaded = load
            .rows(table, next)
            .await
            .with_context(|| format!("{} cannot be loaded", table.name))?;
        ensure!(
            loaded as i64 == expected,
            "{loaded} rows of {} arrived instead of {expected}",
            table.name
        );
    }
    load.finish(references, &manifest.sequences).await?;
    let now = utc(Clock::System.now_us()).format("%Y%m%d_%H%M%S");
    let kept = format!("before_restore_{now}");
    load.switch(&place, &kept).await?;
    if is_empty {
        copy::postgres_schema(url, &kept, false).await?;
        return Ok(None);
    }
    Ok(Some(format!("the schema {kept}")))
}
