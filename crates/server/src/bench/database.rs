//! A database for the measurements, made and thrown away.

use std::path::{Path, PathBuf};

use anyhow::Context;
use kernel::clock::Clock;
use kernel::db::{self, Db, Synchronous};

use crate::app::Product;
use crate::cli::told;

/// Where to measure.
#[derive(Clone)]
pub enum Kind {
    /// In a directory that is there, or a new one.
    Sqlite(Option<PathBuf>),
    Postgres(String),
}

impl Kind {
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Sqlite(_) => "SQLite",
            Kind::Postgres(_) => "PostgreSQL",
        }
    }
}

/// The database, and a directory for files.
pub struct Scratch {
    dir: PathBuf,
    /// The server, the name of the database on it, and how it is reached.
    postgres: Option<(String, String, String)>,
}

impl Scratch {
    /// Makes one, or takes what is there.
    pub async fn open(kind: &Kind, is_there: bool) -> anyhow::Result<Scratch> {
        let name = format!("crm_bench_{}", std::process::id());
        let new_dir = || {
            let dir = std::env::temp_dir().join(&name);
            std::fs::create_dir_all(&dir).with_context(|| format!("{} cannot be made", dir.display()))?;
            anyhow::Ok(dir)
        };
        Ok(match kind {
            Kind::Sqlite(Some(dir)) => Scratch {
                dir: dir.clone(),
                postgres: None,
            },
            Kind::Sqlite(None) => Scratch {
                dir: new_dir()?,
                postgres: None,
            },
            Kind::Postgres(url) if is_there => Scratch {
                dir: new_dir()?,
                postgres: Some((url.clone(), name, url.clone())),
            },
            Kind::Postgres(server) => {
                let url = db::create_postgres(server, &name).await.map_err(told)?;
                Scratch {
                    dir: new_dir()?,
                    postgres: Some((server.clone(), name, url)),
                }
            }
        })
    }

    pub fn is_sqlite(&self) -> bool {
        self.postgres.is_none()
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// For `--reuse`.
    pub fn place(&self) -> String {
        match &self.postgres {
            None => self.dir.display().to_string(),
            Some((_, _, url)) => url.clone(),
        }
    }

    /// The product over it, migrated; on SQLite with every commit flushed when `is_full`.
    pub async fn product(&self, is_full: bool) -> anyhow::Result<Product> {
        self.product_with(is_full, identity::Settings::default()).await
    }

    /// The same with settings of its own.
    pub async fn product_with(&self, is_full: bool, settings: identity::Settings) -> anyhow::Result<Product> {
        let synchronous = if is_full { Synchronous::Full } else { Synchronous::Normal };
        let db = match &self.postgres {
            None => Db::sqlite(&self.dir.join("crm.db"), synchronous).await.map_err(told)?,
            Some((_, _, url)) => Db::postgres(url).await.map_err(told)?,
        };
        migrations::run(&db, &Clock::System).await.map_err(told)?;
        Ok(Product::new(db, Clock::System, settings, &self.dir))
    }

    /// Throws it away.
    pub async fn discard(self) -> anyhow::Result<()> {
        if let Some((server, name, _)) = &self.postgres {
            db::drop_postgres(server, name).await.map_err(told)?;
        }
        std::fs::remove_dir_all(&self.dir).with_context(|| format!("{} cannot be removed", self.dir.display()))
    }
}
