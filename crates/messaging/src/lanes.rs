//! Lanes: a channel, a provider with its settings, and how fast it may go.

pub mod http;

use std::sync::Arc;

use kernel::clock;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Result, invalid};
use kernel::events::NewEvent;
use kernel::json_text::JsonText;
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::FromRow;
use utoipa::ToSchema;

use crate::Post;
use crate::provider::{Outbox, Provider};
use crate::smtp::{self, Smtp};
use crate::words::{MessageChannel, ProviderKind};

const MAX_NAME_CHARS: usize = 80;
const MAX_CONNECTIONS: i64 = 32;
const MAX_PER_MINUTE: i64 = 1_000_000;
const COLUMNS: [&str; 15] = [
    "id",
    "name",
    "channel",
    "provider",
    "settings",
    "secret",
    "is_active",
    "is_default",
    "per_minute",
    "connections",
    "not_before",
    "failures",
    "problem",
    "problem_at",
    "accepted_at",
];

/// A lane as it is kept.
#[derive(Clone, Debug, FromRow)]
pub struct Lane {
    pub id: i64,
    pub name: String,
    pub channel: String,
    pub provider: String,
    pub settings: JsonText<Value>,
    /// Sealed.
    secret: String,
    pub is_active: bool,
    pub is_default: bool,
    pub per_minute: i64,
    pub connections: i64,
    pub not_before: i64,
    pub failures: i64,
    pub problem: String,
    pub problem_at: i64,
    pub accepted_at: i64,
}

/// A lane as it is shown: without its secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LaneView {
    pub id: i64,
    pub name: String,
    /// Empty for the outbox, which takes every channel that has no lane.
    pub channel: String,
    pub provider: ProviderKind,
    /// By provider; of `smtp`: host, port, security, username, from_address, from_name, reply_to, hello.
    #[schema(value_type = Object)]
    pub settings: Value,
    /// Whether a password or a key is kept. They are never given back.
    pub has_secret: bool,
    pub is_active: bool,
    /// Of several lanes of a channel, the one that is taken.
    pub is_default: bool,
    /// 0: as fast as it goes.
    pub per_minute: i64,
    pub connections: i64,
    /// `off`, `resting` (see `problem`), `well`, `unused`.
    pub health: String,
    pub problem: String,
    pub problem_at: Option<String>,
    pub resting_until: Option<String>,
    pub accepted_at: Option<String>,
}

/// A lane about to be made or changed; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LaneInput {
    pub name: Option<String>,
    pub provider: Option<ProviderKind>,
    #[schema(value_type = Option<Object>)]
    pub settings: Option<Value>,
    /// Kept sealed; empty takes it away.
    pub password: Option<String>,
    /// The private key of DKIM (PEM, RSA); kept sealed; empty takes it away. What is to stand in the domain is told in `settings.dkim_record`.
    pub dkim_key: Option<String>,
    pub is_active: Option<bool>,
    pub is_default: Option<bool>,
    pub per_minute: Option<i64>,
    pub connections: Option<i64>,
}

pub fn select() -> SelectStatement {
    Query::select().columns(COLUMNS).from(Alias::new("lanes")).to_owned()
}

/// The lane of an id.
pub async fn get(tx: &mut Tx, id: i64) -> Result<Lane> {
    let query = select().and_where(Expr::col("id").eq(id)).to_owned();
    tx.opt(&query).await?.ok_or(Error::NotFound)
}

fn label(id: i64) -> String {
    format!("lane {id}")
}

impl Lane {
    /// What it goes by.
    pub fn provider(&self, post: &Post, ctx: &Ctx) -> Result<Arc<dyn Provider>> {
        Ok(match ProviderKind::try_from(self.provider.clone())? {
            ProviderKind::Outbox => Arc::new(Outbox),
            ProviderKind::Smtp => {
                let settings: smtp::Settings = serde_json::from_value(self.settings.0.clone())?;
                Arc::new(Smtp::new(settings, self.secrets(post, ctx)?)?)
            }
        })
    }

    fn secrets(&self, post: &Post, ctx: &Ctx) -> Result<smtp::Secrets> {
        if self.secret.is_empty() {
            return Ok(smtp::Secrets::default());
        }
        let opened = post.identity().unseal(ctx, &label(self.id), &self.secret)?;
        let opened = opened.ok_or(Error::internal("its secrets were sealed under another key; set them anew"))?;
        Ok(serde_json::from_str(&opened)?)
    }

    pub fn view(&self, now_us: i64) -> Result<LaneView> {
        let time = |at_us: i64| (at_us > 0).then(|| clock::rfc3339(at_us));
        let health = match () {
            () if !self.is_active => "off",
            () if self.not_before > now_us => "resting",
            () if self.accepted_at > 0 => "well",
            () => "unused",
        };
        Ok(LaneView {
            id: self.id,
            name: self.name.clone(),
            channel: self.channel.clone(),
            provider: ProviderKind::try_from(self.provider.clone())?,
            settings: self.settings.0.clone(),
            has_secret: !self.secret.is_empty(),
            is_active: self.is_active,
            is_default: self.is_default,
            per_minute: self.per_minute,
            connections: self.connections,
            health: health.to_owned(),
            problem: self.problem.clone(),
            problem_at: time(self.problem_at),
            resting_until: time(self.not_before).filter(|_| self.not_before > now_us),
            accepted_at: time(self.accepted_at),
        })
    }

    /// What events tell of it.
    fn told(&self) -> Value {
        json!({
            "name": self.name, "provider": self.provider, "settings": self.settings.0, "is_active": self.is_active,
            "is_default": self.is_default, "per_minute": self.per_minute, "connections": self.connections,
            "has_secret": !self.secret.is_empty(),
        })
    }

    fn take(&mut self, input: LaneInput) -> Result<()> {
        let mut errors = FieldErrors::default();
        if let Some(name) = input.name {
            self.name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        if self.name.is_empty() || self.name.chars().count() > MAX_NAME_CHARS {
            errors.add(
                "name",
                say!(
                    "1 ile {} karakter arasında olmalı.",
                    "Must have 1 to {} characters.",
                    MAX_NAME_CHARS
                ),
            );
        }
        self.is_active = input.is_active.unwrap_or(self.is_active);
        self.is_default = input.is_default.unwrap_or(self.is_default);
        self.per_minute = input.per_minute.unwrap_or(self.per_minute);
        self.connections = input.connections.unwrap_or(self.connections);
        let between = |low: i64, high: i64| say!("{} ile {} arasında olmalı.", "Must be between {} and {}.", low, high);
        if !(0..=MAX_PER_MINUTE).contains(&self.per_minute) {
            errors.add("per_minute", between(0, MAX_PER_MINUTE));
        }
        if !(1..=MAX_CONNECTIONS).contains(&self.connections) {
            errors.add("connections", between(1, MAX_CONNECTIONS));
        }
        errors.check()?;
        if let Some(settings) = input.settings {
            self.settings = JsonText(settings);
        }
        if self.provider == ProviderKind::Smtp.word() {
            let settings: smtp::Settings = serde_json::from_value(self.settings.0.clone()).map_err(|error| {
                let (tr, en) = ("Beklenen türde değil", "Not of the expected kind");
                invalid("settings", say!("{}: {}.", "{}: {}.", if error.is_data() { tr } else { en }, error))
            })?;
            settings.check()?;
            self.settings = JsonText(serde_json::to_value(settings)?);
        }
        Ok(())
    }
}

/// Makes a lane, or changes one.
pub async fn put(tx: &mut Tx, ctx: &Ctx, post: &Post, id: Option<i64>, mut input: LaneInput) -> Result<Lane> {
    let before = match id {
        Some(id) => Some(get(tx, id).await?),
        None => None,
    };
    let (password, dkim_key) = (input.password.take(), input.dkim_key.take());
    let mut lane = match &before {
        Some(lane) if input.provider.is_some_and(|provider| provider.word() != lane.provider) => {
            return Err(invalid(
                "provider",
                say!("Değiştirilemez; yeni bir hat açın.", "Cannot be changed; make another lane."),
            ));
        }
        Some(lane) => lane.clone(),
        None => Lane::new(input.provider)?,
    };
    lane.take(input)?;
    if before.is_none() {
        let insert = Query::insert()
            .into_table("lanes")
            .columns(["name", "channel", "provider"])
            .values_panic([
                lane.name.as_str().into(),
                lane.channel.as_str().into(),
                lane.provider.as_str().into(),
            ])
            .returning_col("id")
            .to_owned();
        lane.id = tx.insert(&insert).await?;
    }
    let mut secrets = lane.secrets(post, ctx)?;
    secrets.password = password.unwrap_or(secrets.password);
    secrets.dkim_key = dkim_key.unwrap_or(secrets.dkim_key);
    lane.secret = match secrets.password.is_empty() && secrets.dkim_key.is_empty() {
        true => String::new(),
        false => post.identity().seal(ctx, &label(lane.id), &serde_json::to_string(&secrets)?)?,
    };
    if lane.provider == ProviderKind::Smtp.word() {
        let mut settings: smtp::Settings = serde_json::from_value(lane.settings.0)?;
        let signer = settings.signer(&secrets)?;
        settings.tell_record(signer.as_ref());
        lane.settings = JsonText(serde_json::to_value(settings)?);
    }
    if lane.is_default {
        let others = Query::update()
            .table("lanes")
            .value("is_default", false)
            .and_where(Expr::col("channel").eq(lane.channel.as_str()))
            .and_where(Expr::col("id").ne(lane.id))
            .to_owned();
        tx.exec(&others).await?;
    }
    // Who changes a lane has mended it: it need not rest.
    lane.not_before = 0;
    let update = Query::update()
        .table("lanes")
        .value("name", lane.name.as_str())
        .value("settings", lane.settings.0.to_string())
        .value("secret", lane.secret.as_str())
        .value("is_active", lane.is_active)
        .value("is_default", lane.is_default)
        .value("per_minute", lane.per_minute)
        .value("connections", lane.connections)
        .value("not_before", 0)
        .value("version", Expr::col("version").add(1))
        .and_where(Expr::col("id").eq(lane.id))
        .to_owned();
    tx.exec(&update).await?;
    let kind = if before.is_some() { "lane.updated" } else { "lane.created" };
    let payload = json!({ "before": before.map(|lane| lane.told()), "after": lane.told() });
    tx.emit(&ctx.stamp(), NewEvent::new(kind, "lane", lane.id).payload(payload)).await?;
    let post = post.clone();
    tx.after_commit(move || post.wake());
    Ok(lane)
}

impl Lane {
    fn new(provider: Option<ProviderKind>) -> Result<Lane> {
        let channel = match provider {
            Some(ProviderKind::Smtp) => MessageChannel::Email,
            Some(ProviderKind::Outbox) => {
                return Err(invalid(
                    "provider",
                    say!("Deneme kutusu zaten var.", "The outbox is there already."),
                ));
            }
            None => return Err(invalid("provider", say!("Bu alan gerekli.", "This field is required."))),
        };
        Ok(Lane {
            id: 0,
            name: String::new(),
            channel: channel.word().to_owned(),
            provider: ProviderKind::Smtp.word().to_owned(),
            settings: JsonText(json!({})),
            secret: String::new(),
            is_active: true,
            is_default: false,
            per_minute: 0,
            connections: 2,
            not_before: 0,
            failures: 0,
            problem: String::new(),
            problem_at: 0,
            accepted_at: 0,
        })
    }
}
