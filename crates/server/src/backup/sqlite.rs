//! The database of a backup, as SQLite's file.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use kernel::clock::{Clock, utc};
use kernel::db::copy::File;

use super::DATABASE;
use super::archive::{Manifest, Packing, Unpacking};
use crate::config::Config;

/// A file that is removed again, whatever happens.
struct Draft(PathBuf);

impl Drop for Draft {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm", "-journal"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.0.display()));
        }
    }
}

impl Draft {
    /// A name beside another file, where nothing lies.
    fn beside(path: &Path) -> Draft {
        let draft = Draft(PathBuf::from(format!("{}.db", path.display())));
        let _ = std::fs::remove_file(&draft.0);
        draft
    }
}

pub async fn pack(config: &Config, packing: &mut Packing, manifest: Manifest, part: &Path) -> anyhow::Result<Manifest> {
    let path = config.data_dir.join(DATABASE);
    ensure!(path.exists(), "there is no database at {}", path.display());
    let draft = Draft::beside(part);
    let mut source = File::open(&path).await?;
    source.copy_to(&draft.0).await.context("the database cannot be copied")?;
    source.close().await?;
    let mut copy = File::open(&draft.0).await?;
    let manifest = Manifest {
        database: "sqlite".into(),
        migrations: copy.migrations().await?,
        tables: copy.counts().await?,
        ..manifest
    };
    copy.close().await?;
    packing.file(DATABASE, &draft.0)?;
    Ok(manifest)
}

pub async fn check(unpacking: &mut Unpacking, part: &Path) -> anyhow::Result<()> {
    let draft = Draft::beside(part);
    unpacked(unpacking, &draft.0).await
}

/// Writes the database of an archive to the disk and looks whether it is what the manifest says.
async fn unpacked(unpacking: &mut Unpacking, to: &Path) -> anyhow::Result<()> {
    unpacking.extract(DATABASE, to)?;
    let mut file = File::open(to).await?;
    let problems = file.problems().await?;
    ensure!(
        problems.is_empty(),
        "the database in the backup is not sound: {}",
        problems.join("; ")
    );
    ensure!(
        file.counts().await? == unpacking.manifest.tables,
        "the tables in the backup have other rows than the manifest says"
    );
    Ok(file.close().await?)
}

pub async fn restore(config: &Config, unpacking: &mut Unpacking, force: bool) -> anyhow::Result<Option<String>> {
    let path = config.data_dir.join(DATABASE);
    let draft = Draft(config.data_dir.join("crm.db.restoring"));
    let held = if path.exists() { Some(hold(&path, force).await?) } else { None };
    unpacked(unpacking, &draft.0).await?;
    let Some(held) = held else {
        std::fs::rename(&draft.0, &path)?;
        return Ok(None);
    };
    let now = utc(Clock::System.now_us()).format("%Y%m%d-%H%M%S");
    let kept = config.data_dir.join(format!("crm.db.before-restore-{now}"));
    crate::upgrade::switch(held, &path, &draft.0, &kept).await?;
    Ok(Some(kept.display().to_string()))
}

/// Keeps others out of what is there; refuses when it may not be replaced.
async fn hold(path: &Path, force: bool) -> anyhow::Result<File> {
    let mut held = File::exclusive(path)
        .await
        .with_context(|| format!("{} is in use: stop the program first", path.display()))?;
    let is_used = held.counts().await?.get("users").is_some_and(|users| *users > 0);
    if is_used && !force {
        bail!("there is a database with users already; --force puts the backup in its place and keeps it beside");
    }
    Ok(held)
}
