//! Users, teams, roles, sessions, API tokens, the organisation: who may come in, and what they may do on whose records.
//!
//! [`Identity`] is what the running server holds: it is the gate of every request and remembers whom it has admitted. The functions of the
//! nouns (`users::create`, `roles::ensure_builtin`, …) need only a transaction and a `Ctx`, so that the command line and the
//! demonstration call them as well.

pub mod audit;
mod back_off;
mod device;
mod fields;
mod gate;
mod limits;
pub mod listing;
pub mod me;
pub mod oidc;
pub mod organisation;
mod passkeys;
pub mod password;
pub mod password_reset;
pub mod permissions;
mod qr;
pub mod reach;
pub mod roles;
mod scim;
pub mod scope;
mod secrets;
pub mod sessions;
pub mod setup;
pub mod shares;
#[cfg(test)]
mod stories;
pub mod teams;
pub mod tokens;
pub mod totp;
pub mod two_factor;
pub mod users;
mod vault;
mod view_as;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::NaiveDate;
use kernel::actor::Permission;
use kernel::clock::Clock;
use kernel::ctx::Ctx;
use kernel::db::Db;
use kernel::error::{Result, Say};
use kernel::http::Gate;
use kernel::jobs::{Job, Schedule};
use kernel::module::Module;

use crate::gate::Admitted;
use crate::permissions::Registry;
use crate::vault::Vault;

pub use crate::gate::Lines;
pub use crate::permissions::{
    ACCESS_EXPLAIN, AUDIT_READ, EVENT_READ, OPERATION_UNDO_OTHERS, ORGANISATION_MANAGE, PERMISSIONS, ROLE_MANAGE, SYSTEM_READ, TEAM_MANAGE,
    TOKEN_MANAGE, USER_MANAGE, VIEW_AS,
};
pub use crate::reach::Ruled;

/// The subject types of events after which somebody may be allowed other things than before.
pub const DECIDE_WHO_MAY: &[&str] = &["user", "role", "team", "session", "token", "organisation", "share"];

/// The first code of a pattern (empty for the usual one) on a day, or what is wrong with the pattern.
pub type CodePattern = fn(&str, NaiveDate) -> Result<String, Say>;

/// What the server knows of where it stands.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Where people reach it; cookies are `Secure` when it begins with `https`.
    pub public_url: String,
    /// Whether the last address in `X-Forwarded-For` is to be believed: there is a proxy of our own in front.
    pub trust_proxy: bool,
    /// How long sessions live.
    pub lifetimes: sessions::Lifetimes,
    /// Base64 of the 32 bytes under which secrets are kept; none for a file of its own in the data directory.
    pub secret_key: Option<String>,
    /// The OpenID Connect provider that people may sign in at.
    pub oidc: Option<oidc::Settings>,
    /// By which server mails go out, if any.
    pub mail: Option<kernel::mail::Settings>,
}

/// Who is who, in the running server. Cheap to clone.
#[derive(Clone)]
pub struct Identity(Arc<Inner>);

struct Inner {
    db: Db,
    clock: Clock,
    settings: Settings,
    registry: OnceLock<Registry>,
    ruled: OnceLock<Vec<Ruled>>,
    code_pattern: OnceLock<CodePattern>,
    admitted: Admitted,
    vault: OnceLock<Vault>,
    provider: oidc::Provider,
}

impl Identity {
    pub fn new(db: Db, clock: Clock, settings: Settings) -> Identity {
        Identity(Arc::new(Inner {
            db,
            clock,
            settings,
            registry: OnceLock::new(),
            ruled: OnceLock::new(),
            code_pattern: OnceLock::new(),
            admitted: Admitted::default(),
            vault: OnceLock::new(),
            provider: oidc::Provider::default(),
        }))
    }

    /// Tells which permissions there are; called once at start with those of every module. Until then only this context's are known.
    pub fn know(&self, permissions: impl IntoIterator<Item = Permission>) {
        // Called twice, the first call stands: roles must not change their meaning while people work.
        let _ = self.0.registry.set(Registry::new(permissions));
    }

    /// Tells of which entities roles can narrow rows and fields; called once at start, too.
    pub fn rule(&self, ruled: Vec<Ruled>) {
        let _ = self.0.ruled.set(ruled);
    }

    /// Every permission there is, in order.
    pub fn permissions(&self) -> Vec<permissions::PermissionInfo> {
        self.registry().list()
    }

    /// Tells how patterns of customer codes are read; called once at start, too, by whom the codes belong to.
    pub fn read_code_patterns(&self, code_pattern: CodePattern) {
        let _ = self.0.code_pattern.set(code_pattern);
    }

    /// The first code that a pattern makes today, or why it makes none. Where nobody gives codes there is none to show.
    pub(crate) fn code_example(&self, pattern: &str, today: NaiveDate) -> Result<String, Say> {
        self.0.code_pattern.get().map_or(Ok(String::new()), |read| read(pattern, today))
    }

    pub(crate) fn ruled(&self) -> &[Ruled] {
        self.0.ruled.get().map(Vec::as_slice).unwrap_or_default()
    }

    /// The gate of the server.
    pub fn gate(&self) -> Arc<dyn Gate> {
        Arc::new(self.clone())
    }

    /// Forgets whom it has admitted, so that the next request of each is read anew: called when another process has committed events of
    /// one of [`DECIDE_WHO_MAY`].
    pub fn forget_all(&self) {
        gate::forget_all();
    }

    /// Where secrets are sealed; opened at the first use.
    pub(crate) fn vault(&self, ctx: &Ctx) -> Result<&Vault> {
        if let Some(vault) = self.0.vault.get() {
            return Ok(vault);
        }
        let vault = Vault::open(self.0.settings.secret_key.as_deref(), &ctx.data_dir)?;
        Ok(self.0.vault.get_or_init(|| vault))
    }

    /// A key of its own for another context, which signs what it hands out to people outside.
    pub fn key_for(&self, ctx: &Ctx, label: &str) -> Result<[u8; 32]> {
        Ok(self.vault(ctx)?.key_for(label))
    }

    /// Seals a secret of another context; it opens only under the same label.
    pub fn seal(&self, ctx: &Ctx, label: &str, text: &str) -> Result<String> {
        self.vault(ctx)?.seal(label, text)
    }

    /// Opens what was sealed under this label; none when it was not, or was changed since.
    pub fn unseal(&self, ctx: &Ctx, label: &str, sealed: &str) -> Result<Option<String>> {
        Ok(self.vault(ctx)?.unseal(label, sealed))
    }

    /// Where people reach the product, for links that are handed out.
    pub fn public_url(&self) -> &str {
        &self.0.settings.public_url
    }

    pub(crate) fn registry(&self) -> &Registry {
        self.0.registry.get_or_init(|| Registry::new(PERMISSIONS.iter().copied()))
    }
}

/// What this context plugs into the product.
pub fn module(identity: &Identity) -> Module {
    let routes = setup::routes(identity)
        .merge(sessions::routes(identity))
        .merge(me::routes(identity))
        .merge(view_as::routes(identity))
        .merge(two_factor::routes(identity))
        .merge(passkeys::routes(identity))
        .merge(password_reset::routes(identity))
        .merge(oidc::routes(identity))
        .merge(scim::routes(identity))
        .merge(users::routes(identity))
        .merge(teams::routes(identity))
        .merge(roles::routes(identity))
        .merge(tokens::routes(identity))
        .merge(organisation::routes(identity))
        .merge(audit::http::routes());
    Module {
        name: "identity",
        routes,
        consumers: vec![audit::CONSUMER],
        jobs: vec![
            Job {
                name: CLEAN_UP,
                run: |ctx, _| Box::pin(async move { sessions::clean_up(&ctx).await }),
            },
            Job {
                name: audit::retention::JOB,
                run: |ctx, _| Box::pin(async move { audit::retention::run(&ctx).await }),
            },
        ],
        schedules: vec![
            Schedule {
                job: CLEAN_UP,
                every: Duration::from_secs(3600),
            },
            Schedule {
                job: audit::retention::JOB,
                every: Duration::from_secs(24 * 3600),
            },
        ],
        permissions: PERMISSIONS,
        ..Module::default()
    }
}

const CLEAN_UP: &str = "identity.clean_up";
