//! A new version over an old database. SQLite: the copy is migrated and checked, and only then takes the place of the file, which is kept.
//! PostgreSQL: every migration is a transaction; the old nodes serve on while a failing one is rolled back.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use kernel::clock::Clock;
use kernel::db::copy::File;
use kernel::db::{Db, Synchronous};
use migrations::Migration;

/// Brings a SQLite file up to date; says where the old one is kept, if it had to be changed. A new file needs no copy.
pub async fn sqlite(path: &Path, all: &[Migration]) -> anyhow::Result<Option<PathBuf>> {
    if !path.exists() {
        return Ok(None);
    }
    let mut file = File::open(path).await?;
    let done = file.migrations().await?;
    file.close().await?;
    let Some(first) = all.iter().find(|known| !done.iter().any(|name| name == known.name)) else {
        return Ok(None);
    };
    if done.is_empty() {
        return Ok(None);
    }
    let held = File::exclusive(path).await.with_context(|| {
        format!(
            "{} must be upgraded, and another process has it open: stop it first",
            path.display()
        )
    })?;
    let draft = beside(path, "upgrading");
    discard(&draft);
    let kept = free(path, &format!("before-{}", first.name));
    let (held, upgraded) = upgrade(held, &draft, all).await;
    if let Err(error) = upgraded {
        discard(&draft);
        return Err(error.context("the upgrade failed; the database is as it was, and the version before serves it on"));
    }
    switch(held, path, &draft, &kept).await?;
    tracing::info!(kept = %kept.display(), "the database is upgraded; the old one is kept");
    Ok(Some(kept))
}

async fn upgrade(mut held: File, draft: &Path, all: &[Migration]) -> (File, anyhow::Result<()>) {
    let copied = held.copy_to(draft).await.context("the database cannot be copied");
    let upgraded = match copied {
        Ok(()) => migrate(draft, all).await,
        Err(error) => Err(error),
    };
    (held, upgraded)
}

async fn migrate(draft: &Path, all: &[Migration]) -> anyhow::Result<()> {
    let db = Db::sqlite(draft, Synchronous::Full).await?;
    let ran = migrations::run_list(&db, &Clock::System, all).await;
    db.close().await;
    ran.map_err(|error| anyhow::anyhow!("{error}"))?;
    let mut file = File::open(draft).await?;
    let problems = file.problems().await?;
    ensure!(problems.is_empty(), "the upgraded copy is not sound: {}", problems.join("; "));
    // Everything into the one file that is renamed.
    file.close().await?;
    File::exclusive(draft).await?.close().await?;
    Ok(())
}

/// Puts a file in the place of another one, which is kept and which nobody else has open.
pub async fn switch(held: File, path: &Path, draft: &Path, kept: &Path) -> anyhow::Result<()> {
    // The last to close it brings its log into the file and removes it.
    held.close().await?;
    std::fs::rename(path, kept).with_context(|| format!("{} cannot be kept", path.display()))?;
    for end in ["-wal", "-shm"] {
        let left = PathBuf::from(format!("{}{end}", path.display()));
        if left.exists() {
            std::fs::rename(&left, format!("{}{end}", kept.display()))?;
        }
    }
    if let Err(error) = std::fs::rename(draft, path) {
        std::fs::rename(kept, path)?;
        return Err(error).context("the new database cannot be put in its place; the old one is there again");
    }
    Ok(())
}

fn discard(draft: &Path) {
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{end}", draft.display()));
    }
}

fn beside(path: &Path, end: &str) -> PathBuf {
    PathBuf::from(format!("{}.{end}", path.display()))
}

/// A name beside the file under which nothing is kept yet.
fn free(path: &Path, end: &str) -> PathBuf {
    let first = beside(path, end);
    if !first.exists() {
        return first;
    }
    let mut number = 2;
    loop {
        let next = beside(path, &format!("{end}-{number}"));
        if !next.exists() {
            return next;
        }
        number += 1;
    }
}
