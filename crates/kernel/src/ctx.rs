//! What every command and query gets first: who acts, for which organisation, on which database, at what time.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::actor::{Actor, Permission, Scope, Via};
use crate::clock::Clock;
use crate::db::Db;
use crate::error::{Error, Lang, Result, Say};
use crate::http::App;
use crate::ids::{OperationId, UserId};
use crate::mail;
use crate::operations::Reverts;

/// The organisation that uses the product.
#[derive(Clone, Debug, PartialEq)]
pub struct Organisation {
    pub name: String,
    pub zone: Tz,
    /// ISO 4217.
    pub currency: String,
    pub lang: Lang,
    /// How customer codes are made; empty for the product's own way.
    pub customer_code_pattern: String,
}

impl Default for Organisation {
    fn default() -> Self {
        Organisation {
            name: String::new(),
            zone: Tz::Europe__Istanbul,
            currency: "TRY".into(),
            lang: Lang::Tr,
            customer_code_pattern: String::new(),
        }
    }
}

/// The first argument of everything.
#[derive(Clone)]
pub struct Ctx {
    pub db: Db,
    pub clock: Clock,
    pub actor: Arc<Actor>,
    pub org: Arc<Organisation>,
    /// The language of the answer.
    pub lang: Lang,
    pub request_id: Arc<str>,
    /// Where the request comes from; none for the product itself.
    pub address: Option<IpAddr>,
    /// Where files are kept: uploads for import and the like.
    pub data_dir: Arc<Path>,
    /// Who can take back which events.
    pub reverts: Arc<Reverts>,
    /// By which server mails go out; none where none is set up.
    pub mail: Option<Arc<mail::Server>>,
    /// What makes a repeated POST the same POST.
    pub idempotency: Option<Arc<Idempotency>>,
}

/// An `Idempotency-Key` and a hash of what came with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Idempotency {
    pub key: String,
    pub request_hash: String,
}

impl Ctx {
    /// The product acting by itself.
    pub fn system(app: &App, org: Arc<Organisation>) -> Ctx {
        Ctx {
            db: app.db.clone(),
            clock: app.clock.clone(),
            actor: Arc::new(Actor::system()),
            lang: org.lang,
            org,
            request_id: "".into(),
            address: None,
            data_dir: app.data_dir.clone(),
            reverts: app.reverts.clone(),
            mail: app.mail.clone(),
            idempotency: None,
        }
    }

    /// The same, with the product itself acting: for what must not depend on the caller's reach.
    pub fn as_system(&self) -> Ctx {
        Ctx {
            actor: Arc::new(Actor::system()),
            idempotency: None,
            ..self.clone()
        }
    }

    /// The same for lists, searches, exports and reports: see [`Db::lists`].
    pub async fn for_lists(&self) -> Ctx {
        Ctx {
            db: self.db.lists().await,
            ..self.clone()
        }
    }

    pub fn now_us(&self) -> i64 {
        self.clock.now_us()
    }

    /// Today, where the organisation is.
    pub fn today(&self) -> NaiveDate {
        self.clock.today(self.org.zone)
    }

    /// How far the permission reaches, or a refusal.
    pub fn scope(&self, permission: Permission) -> Result<Scope> {
        self.actor.scope(permission).ok_or_else(|| forbidden(permission))
    }

    /// Who writes, and when, for the events of one change.
    pub fn stamp(&self) -> Stamp {
        Stamp {
            at_us: self.now_us(),
            actor_id: self.actor.user_id,
            operation_id: None,
            via: self.actor.via,
            address: self.address,
        }
    }
}

/// Refuses for want of a permission.
pub fn forbidden(permission: Permission) -> Error {
    let name = permission.name();
    Error::Forbidden(Say {
        tr: format!("Bunun için “{name}” yetkisi gerekir.").into(),
        en: format!("This needs the permission “{name}”.").into(),
    })
}

/// The signature under an event.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    pub at_us: i64,
    pub actor_id: Option<UserId>,
    pub operation_id: Option<OperationId>,
    /// By what means, and from where.
    pub via: Via,
    pub address: Option<IpAddr>,
}

impl Stamp {
    /// The same signature, as part of an operation.
    pub fn within(self, operation_id: OperationId) -> Stamp {
        Stamp {
            operation_id: Some(operation_id),
            ..self
        }
    }
}
