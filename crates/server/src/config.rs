//! Settings: built-in defaults, then `crm.toml` in the data directory, then the environment.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use kernel::clock::MINUTE_US;
use kernel::db::replica::Limits;
use kernel::db::{Db, Synchronous};
use serde::{Deserialize, Serialize};

/// Every setting. In `crm.toml` under its name; in the environment as `CRM_<NAME>`, the database also as `DATABASE_URL`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where the SQLite database and uploaded files are kept.
    pub data_dir: PathBuf,
    /// `postgres://…` to use PostgreSQL; otherwise `crm.db` in the data directory.
    pub database_url: Option<String>,
    /// `postgres://…` of a streaming replica of that database, to read lists, searches, exports and reports from.
    pub database_replica_url: Option<String>,
    /// A replica further behind is left alone.
    pub replica_max_lag_seconds: u32,
    /// For so long after a write of theirs somebody reads from the primary.
    pub replica_own_writes_seconds: u32,
    /// Where people reach it, for links in what it sends, and for `Secure` cookies when it begins with `https`.
    pub public_url: String,
    /// What to log, as in `info,sqlx=warn`.
    pub log: String,
    /// `pretty` or `json`.
    pub log_format: LogFormat,
    /// How safe a commit of SQLite is against a power cut: `normal` may lose the last moments, `full` loses nothing.
    pub synchronous: Durability,
    /// Whether a proxy of our own stands in front, whose `X-Forwarded-For` is believed.
    pub trust_proxy: bool,
    /// Whether `crm serve` also runs jobs and consumers.
    pub workers: bool,
    /// After how many minutes without use a session ends.
    pub session_idle_minutes: u32,
    /// After how many minutes a session ends, however much it is used.
    pub session_absolute_minutes: u32,
    /// Base64 of 32 bytes, under which secrets are kept in the database; several nodes must share it. Without it, a file in the data
    /// directory: `openssl rand -base64 32` makes one.
    pub secret_key: Option<String>,
    /// The OpenID Connect provider that people may sign in at: in `crm.toml` the table `[oidc]`.
    pub oidc: Option<identity::oidc::Settings>,
    /// The server that mails go out by: `smtp://user:password@host:587?tls=required` or `smtps://user:password@host`. Without it none go out.
    pub smtp_url: Option<String>,
    /// The address that mails come from: `Örnek A.Ş. <info@ornek.example>`.
    pub mail_from: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Pretty,
    Json,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Durability {
    Normal,
    Full,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data_dir: PathBuf::from("data"),
            database_url: None,
            database_replica_url: None,
            replica_max_lag_seconds: 10,
            replica_own_writes_seconds: 3,
            public_url: String::new(),
            log: "info".into(),
            log_format: LogFormat::Pretty,
            synchronous: Durability::Normal,
            trust_proxy: false,
            workers: true,
            session_idle_minutes: 30 * 24 * 60,
            session_absolute_minutes: 90 * 24 * 60,
            secret_key: None,
            oidc: None,
            smtp_url: None,
            mail_from: None,
        }
    }
}

/// A setting as `crm config` shows it.
pub struct Shown {
    pub name: &'static str,
    pub value: String,
    pub origin: String,
}

const NAMES: [&str; 18] = [
    "listen",
    "data_dir",
    "database_url",
    "database_replica_url",
    "replica_max_lag_seconds",
    "replica_own_writes_seconds",
    "public_url",
    "log",
    "log_format",
    "synchronous",
    "trust_proxy",
    "workers",
    "session_idle_minutes",
    "session_absolute_minutes",
    "secret_key",
    "oidc",
    "smtp_url",
    "mail_from",
];

impl Config {
    /// Reads all three layers.
    pub fn load() -> anyhow::Result<Config> {
        let mut config: Config = figment().extract().context("the settings cannot be read")?;
        if config.public_url.is_empty() {
            let host = if config.listen.ip().is_unspecified() || config.listen.ip().is_loopback() {
                "localhost".to_owned()
            } else {
                config.listen.ip().to_string()
            };
            config.public_url = format!("http://{host}:{}", config.listen.port());
        }
        config.public_url = config.public_url.trim_end_matches('/').to_owned();
        Ok(config)
    }

    /// The names of the settings in which another reading differs.
    pub fn differences(&self, other: &Config) -> Vec<&'static str> {
        let (Ok(mine), Ok(theirs)) = (serde_json::to_value(self), serde_json::to_value(other)) else {
            return Vec::new();
        };
        NAMES.into_iter().filter(|name| mine[name] != theirs[name]).collect()
    }

    /// Every setting with where it comes from; passwords hidden.
    pub fn shown() -> anyhow::Result<Vec<Shown>> {
        let figment = figment();
        let config = Config::load()?;
        let json = serde_json::to_value(&config)?;
        let shown = |name: &'static str| {
            let origin = figment
                .find_metadata(name)
                .map_or("default".to_owned(), |metadata| match &metadata.source {
                    Some(source) => source.to_string(),
                    None => metadata.name.to_string(),
                });
            let origin = if origin.contains("config.rs") {
                "default".to_owned()
            } else {
                origin
            };
            let value = match &json[name] {
                serde_json::Value::String(text) => text.clone(),
                serde_json::Value::Null => "-".into(),
                other => other.to_string(),
            };
            Shown {
                name,
                value: match name {
                    "database_url" | "database_replica_url" | "smtp_url" => without_password(&value),
                    "oidc" => config.oidc.as_ref().map_or("-".into(), |oidc| oidc.issuer.clone()),
                    "secret_key" if value != "-" => "…".into(),
                    _ => value,
                },
                origin,
            }
        };
        Ok(NAMES.into_iter().map(shown).collect())
    }

    /// What the settings say of mail.
    fn mail(&self) -> anyhow::Result<Option<kernel::mail::Settings>> {
        match (&self.smtp_url, &self.mail_from) {
            (None, _) => Ok(None),
            (Some(_), None) => anyhow::bail!("CRM_SMTP_URL needs CRM_MAIL_FROM: the address that mails come from"),
            (Some(url), Some(from)) => Ok(Some(kernel::mail::Settings::read(url, from)?)),
        }
    }

    /// What the settings say of signing in.
    pub fn identity(&self) -> anyhow::Result<identity::Settings> {
        let us = |minutes: u32| i64::from(minutes.max(1)) * MINUTE_US;
        Ok(identity::Settings {
            public_url: self.public_url.clone(),
            trust_proxy: self.trust_proxy,
            lifetimes: identity::sessions::Lifetimes {
                idle_us: us(self.session_idle_minutes),
                absolute_us: us(self.session_absolute_minutes),
            },
            secret_key: self.secret_key.clone(),
            oidc: self.oidc.clone(),
            mail: self.mail()?,
        })
    }

    fn replica_limits(&self) -> Limits {
        Limits {
            own_writes: Duration::from_secs(self.replica_own_writes_seconds.into()),
            max_lag: Duration::from_secs(self.replica_max_lag_seconds.max(1).into()),
        }
    }

    /// Opens the database the settings name.
    pub async fn open_database(&self) -> anyhow::Result<Db> {
        std::fs::create_dir_all(&self.data_dir)
            .with_context(|| format!("the data directory {} cannot be made", self.data_dir.display()))?;
        match &self.database_url {
            Some(url) if url.starts_with("postgres") => {
                let db = Db::postgres(url)
                    .await
                    .with_context(|| format!("cannot connect to {}", without_password(url)))?;
                match &self.database_replica_url {
                    None => Ok(db),
                    Some(replica) => db
                        .with_replica(replica, self.replica_limits())
                        .with_context(|| format!("DATABASE_REPLICA_URL is no address of a PostgreSQL: {}", without_password(replica))),
                }
            }
            Some(url) => anyhow::bail!(
                "DATABASE_URL must begin with postgres:// (without it, SQLite in the data directory is used); it is {}",
                without_password(url)
            ),
            None if self.database_replica_url.is_some() => {
                anyhow::bail!("DATABASE_REPLICA_URL needs DATABASE_URL: only PostgreSQL has replicas")
            }
            None => {
                let path = self.data_dir.join("crm.db");
                let synchronous = match self.synchronous {
                    Durability::Normal => Synchronous::Normal,
                    Durability::Full => Synchronous::Full,
                };
                Db::sqlite(&path, synchronous)
                    .await
                    .with_context(|| format!("cannot open {}", path.display()))
            }
        }
    }
}

fn figment() -> Figment {
    let data_dir: PathBuf = Figment::from(Serialized::defaults(Config::default()))
        .merge(Env::prefixed("CRM_").only(&["data_dir"]))
        .extract_inner("data_dir")
        .unwrap_or_else(|_| PathBuf::from("data"));
    Figment::from(Serialized::defaults(Config::default()))
        .merge(Toml::file(data_dir.join("crm.toml")))
        .merge(Env::raw().only(&["DATABASE_URL", "DATABASE_REPLICA_URL"]))
        .merge(Env::prefixed("CRM_").only(&NAMES))
}

/// A database URL that can be shown.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    match rest.split_once('@') {
        Some((login, place)) => format!("{scheme}://{}:…@{place}", login.split(':').next().unwrap_or_default()),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_not_shown() {
        assert_eq!(without_password("postgres://ayse:gizli@db/crm"), "postgres://ayse:…@db/crm");
        assert_eq!(without_password("postgres://db/crm"), "postgres://db/crm");
    }

    #[test]
    fn every_setting_is_shown() {
        let json = serde_json::to_value(Config::default()).expect("json");
        let mut names: Vec<&str> = json.as_object().expect("an object").keys().map(String::as_str).collect();
        let mut shown = NAMES.to_vec();
        names.sort_unstable();
        shown.sort_unstable();
        assert_eq!(names, shown);
    }
}
