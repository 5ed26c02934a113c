//! Who is it? A cookie or a bearer token becomes an [`Admission`], read from the database once and remembered for some seconds, so that a
//! request costs a hash and a look-up. Every change of users, roles, teams, sessions, tokens or the organisation makes it all be read anew
//! (see [`forget_after`]).

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use axum::Extension;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method, header};
use futures::future::BoxFuture;
use kernel::actor::{Actor, Via};
use kernel::ctx::Organisation;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::{Access, Admission, App, Gate, Routes};
use kernel::say;
use moka::sync::Cache;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use utoipa_axum::router::UtoipaMethodRouter;

use crate::permissions::VIEW_AS;
use crate::reach::Who;
use crate::secrets::{self, Digest};
use crate::{Identity, Settings, organisation, sessions, tokens, two_factor};

pub const COOKIE: &str = "crm_session";
pub const TOKEN_PREFIX: &str = "crm_";
const CSRF_HEADER: &str = "x-csrf-token";

/// How long an admission is believed without asking the database again. Bounds what another process can change behind our back.
const BELIEVED: Duration = Duration::from_secs(20);
const REMEMBERED_MOST: u64 = 50_000;
/// Marks of use are written together, this long after the first of them.
const MARKS_WAIT: Duration = Duration::from_secs(3);

/// Counts the changes of who may do what. One for the whole process: a database more than one only costs a look more.
static GENERATION: AtomicU64 = AtomicU64::new(0);

pub fn forget_all() {
    GENERATION.fetch_add(1, Ordering::SeqCst);
}

/// Once this transaction is committed, everybody is looked up anew. Called by every function here that changes who may do what.
pub fn forget_after(tx: &mut Tx) {
    tx.after_commit(forget_all);
}

/// Whom the gate remembers.
pub struct Admitted {
    known: Cache<Digest, Arc<Known>>,
    organisation: RwLock<Option<(u64, i64, Arc<Organisation>)>>,
    marks: Marks,
}

impl Default for Admitted {
    fn default() -> Self {
        let known = Cache::builder().max_capacity(REMEMBERED_MOST).time_to_live(BELIEVED).build();
        Admitted {
            known,
            organisation: RwLock::default(),
            marks: Marks::default(),
        }
    }
}

/// A cookie or token that was found good.
struct Known {
    admission: Admission,
    /// What a browser must send along with changes; none for tokens.
    csrf: Option<String>,
    expires_us: i64,
    /// The count of changes before it was read.
    generation: u64,
}

/// Sessions and tokens that were used and whose rows do not say so yet.
#[derive(Default)]
struct Marks {
    sessions: Mutex<HashSet<i64>>,
    tokens: Mutex<HashSet<i64>>,
    is_flush_due: AtomicBool,
}

enum Shown<'a> {
    Cookie(&'a str),
    Bearer(&'a str),
    Nothing,
}

impl Gate for Identity {
    fn admit<'a>(&'a self, headers: &'a HeaderMap, method: &'a Method) -> BoxFuture<'a, Result<Admission>> {
        Box::pin(async move {
            match shown(headers) {
                Shown::Bearer(token) => Ok(self.known(token, true).await?.ok_or(Error::Unauthenticated)?.admission.clone()),
                Shown::Cookie(token) => match self.known(token, false).await? {
                    Some(known) => {
                        if !matches!(*method, Method::GET | Method::HEAD) {
                            check_csrf(headers, &known)?;
                        }
                        Ok(known.admission.clone())
                    }
                    // An old cookie must not stand in the way of the sign-in page.
                    None => self.nobody().await,
                },
                Shown::Nothing => self.nobody().await,
            }
        })
    }

    fn address(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
        self.address_of(headers, extensions)
    }
}

impl Identity {
    async fn nobody(&self) -> Result<Admission> {
        Ok(Admission {
            actor: Arc::new(Actor::nobody()),
            org: self.organisation().await?,
            unready: None,
        })
    }

    /// The organisation as it stands.
    pub async fn organisation(&self) -> Result<Arc<Organisation>> {
        let generation = GENERATION.load(Ordering::SeqCst);
        let now = self.0.clock.now_us();
        let kept = &self.0.admitted.organisation;
        if let Some((made, at, organisation)) = &*kept.read().unwrap_or_else(PoisonError::into_inner)
            && *made == generation
            && (now - at).abs() < BELIEVED.as_micros() as i64
        {
            return Ok(organisation.clone());
        }
        let organisation = Arc::new(organisation::read(&self.0.db).await?);
        *kept.write().unwrap_or_else(PoisonError::into_inner) = Some((generation, now, organisation.clone()));
        Ok(organisation)
    }

    async fn known(&self, secret: &str, is_token: bool) -> Result<Option<Arc<Known>>> {
        if secret.len() > secrets::MAX_LEN || is_token != secret.starts_with(TOKEN_PREFIX) {
            return Ok(None);
        }
        let digest = secrets::digest(secret);
        let generation = GENERATION.load(Ordering::SeqCst);
        let now = self.0.clock.now_us();
        if let Some(known) = self.0.admitted.known.get(&digest)
            && known.generation == generation
            && now < known.expires_us
        {
            return Ok(Some(known));
        }
        let found = if is_token {
            self.token(&digest, now).await?
        } else {
            self.session(&digest, now).await?
        };
        let Some((actor, expires_us)) = found else { return Ok(None) };
        let is_due = !is_token && two_factor::is_due(&self.0.db, &actor).await?;
        let admission = Admission {
            actor: Arc::new(actor),
            org: self.organisation().await?,
            unready: is_due.then_some(two_factor::due),
        };
        let csrf = (!is_token).then(|| secrets::csrf_token(secret));
        let known = Arc::new(Known {
            admission,
            csrf,
            expires_us,
            generation,
        });
        self.0.admitted.known.insert(digest, known.clone());
        Ok(Some(known))
    }

    async fn session(&self, digest: &Digest, now: i64) -> Result<Option<(Actor, i64)>> {
        let Some(session) = sessions::find(&self.0.db, &secrets::hex(digest), now).await? else {
            return Ok(None);
        };
        let via = Via::Session { id: session.id };
        let who = Who {
            user_id: session.user_id,
            team_id: session.team_id,
            locale: &session.locale,
            via,
            scopes: None,
        };
        let mut actor = self.actor(who).await?;
        // Whoever may no longer look as somebody else is themselves again, and so is who looks as somebody who is gone.
        if let Some(other) = session.view_as_id.filter(|_| actor.may(VIEW_AS))
            && let Ok(seen) = self.actor_of(other, via).await
        {
            actor = Actor {
                viewed_by: Some(session.user_id),
                lang: actor.lang,
                ..seen
            };
        }
        if now - session.seen_at >= sessions::SEEN_EVERY_US {
            self.mark(|marks| &marks.sessions, session.id);
        }
        Ok(Some((actor, session.expires_at)))
    }

    async fn token(&self, digest: &Digest, now: i64) -> Result<Option<(Actor, i64)>> {
        let Some(token) = tokens::find(&self.0.db, &secrets::hex(digest), now).await? else {
            return Ok(None);
        };
        let who = Who {
            user_id: token.user_id,
            team_id: token.team_id,
            locale: &token.locale,
            via: Via::Token { id: token.id },
            scopes: Some(&token.scopes()?),
        };
        let actor = self.actor(who).await?;
        if token.used_at.is_none_or(|used_at| now - used_at >= sessions::SEEN_EVERY_US) {
            self.mark(|marks| &marks.tokens, token.id);
        }
        Ok(Some((actor, token.expires_at.unwrap_or(i64::MAX))))
    }

    /// Notes a use, to be written soon and not by this request.
    fn mark(&self, which: impl Fn(&Marks) -> &Mutex<HashSet<i64>>, id: i64) {
        let marks = &self.0.admitted.marks;
        which(marks).lock().unwrap_or_else(PoisonError::into_inner).insert(id);
        if !marks.is_flush_due.swap(true, Ordering::SeqCst) {
            let identity = self.clone();
            tokio::spawn(async move {
                tokio::time::sleep(MARKS_WAIT).await;
                if let Err(error) = identity.flush().await {
                    tracing::warn!(%error, "the last use of sessions could not be written");
                }
            });
        }
    }

    /// Writes which sessions and tokens were used since the last time; it happens by itself, and is worth calling before the server ends.
    pub async fn flush(&self) -> Result<()> {
        let marks = &self.0.admitted.marks;
        marks.is_flush_due.store(false, Ordering::SeqCst);
        let take = |set: &Mutex<HashSet<i64>>| -> Vec<i64> { set.lock().unwrap_or_else(PoisonError::into_inner).drain().collect() };
        let (used_sessions, used_tokens) = (take(&marks.sessions), take(&marks.tokens));
        if used_sessions.is_empty() && used_tokens.is_empty() {
            return Ok(());
        }
        let now = self.0.clock.now_us();
        self.0
            .db
            .write(async |tx| {
                sessions::seen(tx, &used_sessions, now, self.0.settings.lifetimes).await?;
                tokens::used(tx, &used_tokens, now).await
            })
            .await
    }

    /// Which address a request comes from: none when it did not come over a wire.
    fn address_of(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
        let forwarded = || {
            let last = headers.get_all("x-forwarded-for").iter().next_back()?;
            last.to_str().ok()?.rsplit(',').next()?.trim().parse().ok()
        };
        let proxied = self.0.settings.trust_proxy.then(forwarded).flatten();
        proxied.or_else(|| extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip()))
    }

    /// The cookie of a session, for as long as one can live.
    pub(crate) fn session_cookie(&self, token: &str) -> String {
        self.cookie(token, self.0.settings.lifetimes.absolute_us / kernel::clock::SECOND_US)
    }

    /// The cookie that carries a session's token to the browser.
    pub(crate) fn cookie(&self, token: &str, max_age_s: i64) -> String {
        cookie(&self.0.settings, COOKIE, token, max_age_s)
    }
}

/// A cookie that no script reads and that no other site sends.
pub(crate) fn cookie(settings: &Settings, name: &str, value: &str, max_age_s: i64) -> String {
    let secure = if settings.public_url.starts_with("https://") {
        "; Secure"
    } else {
        ""
    };
    format!("{name}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}")
}

fn shown(headers: &HeaderMap) -> Shown<'_> {
    let bearer = |value: &'_ str| value.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer "));
    if let Some(value) = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok())
        && bearer(value)
    {
        return Shown::Bearer(value[7..].trim());
    }
    session_cookie(headers).map_or(Shown::Nothing, Shown::Cookie)
}

/// The token in the session's cookie.
pub fn session_cookie(headers: &HeaderMap) -> Option<&str> {
    cookie_named(headers, COOKIE)
}

pub(crate) fn cookie_named<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
        .filter(|token| !token.is_empty())
}

fn check_csrf(headers: &HeaderMap, known: &Known) -> Result<()> {
    let given = headers.get(CSRF_HEADER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if known.csrf.as_deref().is_some_and(|csrf| secrets::same(csrf, given)) {
        return Ok(());
    }
    Err(Error::Forbidden(say!(
        "İstek bu oturumun sayfasından gelmiyor: X-CSRF-Token başlığı eksik ya da yanlış. Sayfayı yenileyin.",
        "The request does not come from a page of this session: the header X-CSRF-Token is missing or wrong. Reload the page."
    )))
}

/// Where a request comes from, for limits and for the list of sessions.
pub struct Client {
    pub address: IpAddr,
    pub user_agent: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Client {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Client> {
        let identity = Identity::from_request_parts(parts, state).await?;
        let address = identity
            .address_of(&parts.headers, &parts.extensions)
            .unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let user_agent = parts
            .headers
            .get(header::USER_AGENT)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        Ok(Client {
            address,
            user_agent: user_agent.chars().take(300).collect(),
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Identity {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Identity> {
        parts
            .extensions
            .get::<Identity>()
            .cloned()
            .ok_or(Error::internal("a route of identity without its Identity"))
    }
}

/// Lines of the route table whose handlers can ask for the [`Identity`].
pub struct Lines {
    identity: Identity,
    routes: Routes,
}

impl Lines {
    pub fn new(identity: &Identity) -> Lines {
        Lines {
            identity: identity.clone(),
            routes: Routes::new(),
        }
    }

    pub fn add(self, (schemas, paths, methods): UtoipaMethodRouter<App>, access: Access) -> Lines {
        let methods = methods.layer(Extension(self.identity.clone()));
        Lines {
            routes: self.routes.add((schemas, paths, methods), access),
            ..self
        }
    }

    pub fn done(self) -> Routes {
        self.routes
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| ((*name).parse().unwrap(), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn the_cookie_is_found_among_others_and_a_bearer_goes_before_it() {
        assert_eq!(session_cookie(&headers(&[("cookie", "a=1; crm_session=xyz; b=2")])), Some("xyz"));
        assert_eq!(session_cookie(&headers(&[("cookie", "crm_session_old=1; my_crm_session=2")])), None);
        assert_eq!(session_cookie(&headers(&[("cookie", "crm_session=")])), None);
        let both = headers(&[("cookie", "crm_session=xyz"), ("authorization", "bearer crm_abc")]);
        assert!(matches!(shown(&both), Shown::Bearer("crm_abc")));
        assert!(matches!(shown(&headers(&[("authorization", "Basic abc")])), Shown::Nothing));
    }
}
