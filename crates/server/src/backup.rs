//! `crm backup` and `crm restore`: one file with the whole database as it was at one moment, the files of the data directory, and a
//! manifest by which both are checked. Writing goes on meanwhile.

mod archive;
mod postgres;
mod sqlite;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use clap::Args;
use kernel::clock::{Clock, rfc3339, utc};

pub use archive::Manifest;

use crate::config::Config;
use archive::{Packing, Unpacking};

/// Names in the data directory that are not copied as files: the database goes its own way, exports are sent and forgotten.
const NOT_COPIED: [&str; 2] = ["exports", "backups"];
const DATABASE: &str = "crm.db";

/// Back everything up into one file, while others work
#[derive(Args)]
pub struct Backup {
    /// Where to; a new file in `backups` of the data directory when not given
    #[arg(long)]
    to: Option<PathBuf>,
}

/// Put a backup in the place of what is there, which is kept beside it
#[derive(Args)]
pub struct Restore {
    file: PathBuf,
    /// Also when there is a database already
    #[arg(long)]
    force: bool,
}

impl Backup {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        let now = utc(Clock::System.now_us()).format("%Y%m%d-%H%M%S");
        let to = self
            .to
            .unwrap_or_else(|| config.data_dir.join("backups").join(format!("crm-{now}.zip")));
        let manifest = write(config, &to).await?;
        let rows: i64 = manifest.tables.values().sum();
        println!(
            "{}: {} tables, {rows} rows, {} files, verified",
            to.display(),
            manifest.tables.len(),
            manifest.files.len()
        );
        Ok(())
    }
}

impl Restore {
    pub async fn run(self, config: &Config) -> anyhow::Result<()> {
        let kept = read(config, &self.file, self.force).await?;
        println!("Restored from {}.", self.file.display());
        if let Some(kept) = kept {
            println!("What was there before is kept as {kept}.");
        }
        Ok(())
    }
}

/// Writes a backup and reads it again. What is not whole does not get the name.
pub async fn write(config: &Config, to: &Path) -> anyhow::Result<Manifest> {
    ensure!(!to.exists(), "{} is there already", to.display());
    if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    let part = to.with_extension("part");
    let written = write_and_check(config, &part).await;
    match written {
        Ok(manifest) => {
            std::fs::rename(&part, to)?;
            Ok(manifest)
        }
        Err(error) => {
            let _ = std::fs::remove_file(&part);
            Err(error)
        }
    }
}

async fn write_and_check(config: &Config, part: &Path) -> anyhow::Result<Manifest> {
    let mut packing = Packing::new(part)?;
    let manifest = Manifest::new(&rfc3339(Clock::System.now_us()));
    let mut manifest = match &config.database_url {
        None => sqlite::pack(config, &mut packing, manifest, part).await?,
        Some(url) => postgres::pack(url, &mut packing, manifest).await?,
    };
    // After the database: a row's file is there before the row.
    for name in data_files(&config.data_dir)? {
        packing.file(&format!("files/{name}"), &config.data_dir.join(&name))?;
    }
    manifest.files = packing.finish(&manifest)?;
    let mut unpacking = Unpacking::open(part)?;
    unpacking.check()?;
    match &config.database_url {
        None => sqlite::check(&mut unpacking, part).await?,
        Some(_) => postgres::check(&mut unpacking)?,
    }
    Ok(manifest)
}

/// Restores a backup; says where what was there before is kept.
pub async fn read(config: &Config, file: &Path, force: bool) -> anyhow::Result<Option<String>> {
    let mut unpacking = Unpacking::open(file)?;
    unpacking.check()?;
    let manifest = &unpacking.manifest;
    let known = |name: &String| migrations::ALL.iter().any(|known| known.name == name);
    if let Some(newer) = manifest.migrations.iter().find(|name| !known(name)) {
        bail!("the backup was made by a newer version of the program: it has {newer}");
    }
    let wanted = if config.database_url.is_some() { "postgres" } else { "sqlite" };
    ensure!(
        manifest.database == wanted,
        "the backup is of {}, and the settings name {wanted}; set DATABASE_URL accordingly",
        manifest.database
    );
    std::fs::create_dir_all(&config.data_dir)?;
    let kept = match &config.database_url {
        None => sqlite::restore(config, &mut unpacking, force).await?,
        Some(url) => postgres::restore(url, &mut unpacking, force).await?,
    };
    for name in unpacking.names("files/") {
        let place = Path::new(name.trim_start_matches("files/"));
        let is_inside = place.components().all(|part| matches!(part, std::path::Component::Normal(_)));
        ensure!(
            is_inside,
            "the backup has a file outside of the data directory: {}",
            place.display()
        );
        let to = config.data_dir.join(place);
        if let Some(folder) = to.parent() {
            std::fs::create_dir_all(folder)?;
        }
        unpacking.extract(&name, &to)?;
    }
    Ok(kept)
}

/// The files of the data directory that are worth keeping, as paths within it.
fn data_files(data_dir: &Path) -> anyhow::Result<Vec<String>> {
    let mut files = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(data_dir.join(&folder))? {
            let entry = entry?;
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
                continue;
            };
            let is_top = folder.is_empty();
            if is_top && (NOT_COPIED.contains(&name.as_str()) || name.starts_with(DATABASE) || name.ends_with(".part")) {
                continue;
            }
            let path = if is_top { name } else { format!("{folder}/{name}") };
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_file() {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}
