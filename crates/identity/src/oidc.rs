//! Signing in where the organisation's people sign in anyway: OpenID Connect with authorization code, PKCE, state and nonce. What one attempt
//! must remember is sealed into a cookie of the browser that began it, so that any node can end it and nobody else.
//!
//! A user is known by issuer and subject; the first time by an e-mail address that the provider vouches for. A second factor that is on here
//! is asked for here as well.

mod id_token;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::OriginalUri;
use axum::http::{HeaderMap, StatusCode, Uri};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::clock::{HOUR_US, MINUTE_US, SECOND_US};
use kernel::ctx::Ctx;
use kernel::db::{Db, Tx};
use kernel::error::{Error, Result};
use kernel::events::NewEvent;
use kernel::http::openapi::Problems;
use kernel::http::{Access, Params, Reply, Routes};
use kernel::ids::UserId;
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::fields::Email;
use crate::gate::{self, Client, Lines};
use crate::roles::RoleId;
use crate::users::{self, NewUser, UserChange};
use crate::{Identity, limits, secrets, sessions, two_factor};
use id_token::{Expected, Keys};

const COOKIE: &str = "crm_oidc";
const LABEL: &str = "oidc attempt";
const ATTEMPT_US: i64 = 10 * MINUTE_US;
/// How long what the provider says of itself, and its keys, are believed.
const BELIEVED_US: i64 = HOUR_US;
/// A token may name a key that is new; whoever makes keys up must not make us ask for each.
const KEYS_EVERY_US: i64 = MINUTE_US;
const PATIENCE: Duration = Duration::from_secs(10);
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// The provider, as the settings name it.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// `https://id.example.com/realms/main`: what stands before `/.well-known/openid-configuration`.
    pub issuer: String,
    pub client_id: String,
    pub client_secret: String,
    /// What the button says.
    #[serde(default)]
    pub label: String,
    /// The claim that lists the groups of a user; `groups` when not given.
    #[serde(default)]
    pub groups_claim: String,
    /// Group → code of a role. Roles that stand here are given and taken at each sign-in; others are left alone.
    #[serde(default)]
    pub roles: BTreeMap<String, String>,
    /// Whether who is not known here becomes a user at the first sign-in.
    #[serde(default)]
    pub creates_users: bool,
    /// Whether who signs in there may no longer sign in with a password here.
    #[serde(default)]
    pub refuses_passwords: bool,
}

/// What is remembered of the provider.
#[derive(Default)]
pub(crate) struct Provider(Mutex<Option<Arc<Known>>>);

#[derive(Clone)]
struct Known {
    endpoints: Endpoints,
    keys: Keys,
    at_us: i64,
}

#[derive(Clone, Deserialize)]
struct Endpoints {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

/// One attempt to sign in, in the cookie of its browser.
#[derive(Deserialize, Serialize)]
struct Attempt {
    state: String,
    nonce: String,
    verifier: String,
    /// Where to go then.
    next: String,
    ends_at: i64,
}

/// Whether a user must sign in at the provider.
pub(crate) async fn refuses_password(identity: &Identity, db: &Db, user_id: UserId) -> Result<bool> {
    let Some(settings) = identity.0.settings.oidc.as_ref().filter(|settings| settings.refuses_passwords) else {
        return Ok(false);
    };
    let linked = Query::select()
        .column("id")
        .from(Alias::new("external_identities"))
        .and_where(Expr::col("user_id").eq(user_id.0))
        .and_where(Expr::col("issuer").eq(settings.issuer.as_str()))
        .limit(1)
        .to_owned();
    Ok(db.opt::<(i64,)>(&linked).await?.is_some())
}

/// Why an attempt came to nothing: a word for the page, which says it to the user.
#[derive(Clone, Copy)]
enum Failure {
    /// It began elsewhere, or too long ago.
    Attempt,
    /// The provider refused, or said what cannot be believed.
    Provider,
    /// Nobody here is known by that.
    Account,
}

impl Failure {
    fn code(self) -> &'static str {
        match self {
            Failure::Attempt => "attempt",
            Failure::Provider => "provider",
            Failure::Account => "account",
        }
    }
}

impl Identity {
    /// What the provider says of itself; read again after a while, or when a key is asked for that is not there.
    async fn provider(&self, ctx: &Ctx, settings: &Settings, at_least_us: i64) -> Result<Arc<Known>> {
        let kept = self.0.provider.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = kept.filter(|known| known.at_us >= at_least_us) {
            return Ok(known);
        }
        let client = client()?;
        let url = format!("{}/.well-known/openid-configuration", settings.issuer.trim_end_matches('/'));
        let endpoints: Endpoints = read(client.get(checked(&url)?)).await?;
        if endpoints.issuer != settings.issuer {
            return Err(Error::internal(format!(
                "the provider calls itself {}, the settings call it {}",
                endpoints.issuer, settings.issuer
            )));
        }
        let keys = read(client.get(checked(&endpoints.jwks_uri)?)).await?;
        let known = Arc::new(Known {
            endpoints,
            keys,
            at_us: ctx.now_us(),
        });
        *self.0.provider.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(known.clone());
        Ok(known)
    }
}

fn client() -> Result<reqwest::Client> {
    reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(|error| Error::internal(format!("no client: {error}")))
}

/// Only over TLS, but for a provider on this very machine.
fn checked(url: &str) -> Result<Url> {
    let url = Url::parse(url).map_err(|error| Error::internal(format!("{url} is no address: {error}")))?;
    let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if url.scheme() == "https" || (url.scheme() == "http" && is_here) {
        Ok(url)
    } else {
        Err(Error::internal(format!("{url} does not begin with https")))
    }
}

async fn read<T: DeserializeOwned>(request: reqwest::RequestBuilder) -> Result<T> {
    let unreadable = |error: reqwest::Error| Error::internal(format!("the provider cannot be read: {}", error.without_url()));
    let mut response = request.send().await.map_err(unreadable)?;
    if !response.status().is_success() {
        return Err(Error::internal(format!("the provider answers {}", response.status())));
    }
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(unreadable)? {
        body.extend_from_slice(&part);
        if body.len() > MAX_ANSWER_BYTES {
            return Err(Error::internal("the provider answers too much"));
        }
    }
    Ok(serde_json::from_slice(&body)?)
}

/// Who is meant: known by issuer and subject, else by an address the provider vouches for, else made new where that is wanted.
async fn user_of(tx: &mut Tx, ctx: &Ctx, settings: &Settings, claims: &Map<String, Value>) -> Result<Option<UserId>> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let subject = text("sub");
    let linked = Query::select()
        .column("user_id")
        .from(Alias::new("external_identities"))
        .and_where(Expr::col("issuer").eq(settings.issuer.as_str()))
        .and_where(Expr::col("subject").eq(subject))
        .to_owned();
    if let Some((user_id,)) = tx.opt::<(UserId,)>(&linked).await? {
        return Ok(Some(user_id));
    }
    let is_verified = claims
        .get("email_verified")
        .is_some_and(|verified| verified == &json!(true) || verified == &json!("true"));
    let Some(email) = Email::parse(text("email")).ok().filter(|_| is_verified) else {
        return Ok(None);
    };
    let same_address = Query::select()
        .column("id")
        .from(Alias::new("users"))
        .and_where(Expr::col("email").eq(email.as_str()))
        .to_owned();
    let user_id = match tx.opt::<(UserId,)>(&same_address).await? {
        Some((user_id,)) => {
            // An address that was given on to somebody else must not give the account on with it.
            let other = Query::select()
                .column("id")
                .from(Alias::new("external_identities"))
                .and_where(Expr::col("issuer").eq(settings.issuer.as_str()))
                .and_where(Expr::col("user_id").eq(user_id.0))
                .to_owned();
            if tx.opt::<(i64,)>(&other).await?.is_some() {
                return Ok(None);
            }
            user_id
        }
        None if settings.creates_users => {
            let name = Some(text("name")).filter(|name| !name.trim().is_empty()).unwrap_or(email.as_str());
            let new = NewUser {
                email: email.as_str().to_owned(),
                name: name.chars().take(100).collect(),
                ..NewUser::default()
            };
            users::create(tx, ctx, new).await?
        }
        None => return Ok(None),
    };
    let link = Query::insert()
        .into_table("external_identities")
        .columns(["user_id", "issuer", "subject", "created_at"])
        .values_panic([
            user_id.0.into(),
            settings.issuer.as_str().into(),
            subject.into(),
            ctx.now_us().into(),
        ])
        .to_owned();
    tx.exec(&link).await?;
    let event = NewEvent::new("user.identity_linked", "user", user_id.0).payload(json!({"issuer": settings.issuer}));
    tx.emit(&ctx.stamp(), event).await?;
    Ok(Some(user_id))
}

/// Gives and takes the roles that the settings tie to groups.
async fn follow_groups(tx: &mut Tx, ctx: &Ctx, settings: &Settings, user_id: UserId, claims: &Map<String, Value>) -> Result<()> {
    if settings.roles.is_empty() {
        return Ok(());
    }
    let claim = Some(settings.groups_claim.as_str())
        .filter(|claim| !claim.is_empty())
        .unwrap_or("groups");
    let groups: Vec<&str> = match claims.get(claim) {
        Some(Value::Array(groups)) => groups.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(group)) => vec![group],
        _ => Vec::new(),
    };
    let codes: Vec<&str> = settings.roles.values().map(String::as_str).collect();
    let select = Query::select()
        .columns(["id", "code"])
        .from(Alias::new("roles"))
        .and_where(Expr::col("code").is_in(codes))
        .to_owned();
    let tied: Vec<(RoleId, String)> = tx.all(&select).await?;
    let is_wanted = |code: &str| {
        let mut of_code = settings.roles.iter().filter(|(_, role)| *role == code);
        of_code.any(|(group, _)| groups.contains(&group.as_str()))
    };
    let mut role_ids = users::role_ids_in(tx, user_id).await?;
    role_ids.retain(|id| tied.iter().all(|(tied, _)| tied != id));
    role_ids.extend(tied.iter().filter(|(_, code)| is_wanted(code)).map(|(id, _)| *id));
    role_ids.sort_unstable();
    let change = UserChange {
        role_ids: Some(role_ids),
        ..UserChange::default()
    };
    users::update(tx, ctx, user_id, change).await
}

// Over HTTP

pub(crate) fn routes(identity: &Identity) -> Routes {
    Lines::new(identity)
        .add(routes!(get_sign_in_options), Access::Public)
        .add(routes!(begin_oidc), Access::Public)
        .add(routes!(complete_oidc), Access::Public)
        .done()
}

/// How one can sign in.
#[derive(Serialize, ToSchema)]
pub struct SignInOptions {
    /// The provider to sign in at, if there is one.
    oidc: Option<OidcOption>,
    /// Whether passkeys can be used here: the public address is a name reached over TLS, or localhost.
    passkeys: bool,
}

#[derive(Serialize, ToSchema)]
pub struct OidcOption {
    label: String,
    /// Where the browser is to go; takes `next`.
    start: String,
}

/// How can one sign in?
#[utoipa::path(get, path = "/session/options/", operation_id = "get_sign_in_options", tag = "session", responses((status = 200, body = SignInOptions), Problems))]
async fn get_sign_in_options(identity: Identity, OriginalUri(uri): OriginalUri) -> Result<Reply> {
    let oidc = identity.0.settings.oidc.as_ref().map(|settings| OidcOption {
        label: Some(settings.label.clone())
            .filter(|label| !label.is_empty())
            .unwrap_or("SSO".into()),
        start: format!("{}/oidc/start/", root(&uri)),
    });
    Reply::ok(&SignInOptions {
        oidc,
        passkeys: identity.has_passkeys(),
    })
}

/// Where the API begins.
fn root(uri: &Uri) -> &str {
    let path = uri.path();
    ["/oidc/", "/session/"]
        .iter()
        .find_map(|part| path.split_once(part))
        .map_or("", |(root, _)| root)
}

fn callback(identity: &Identity, uri: &Uri) -> String {
    format!("{}{}/oidc/callback/", identity.0.settings.public_url, root(uri))
}

/// Begin to sign in at the provider: a redirect to it.
#[utoipa::path(get, path = "/oidc/start/", operation_id = "begin_oidc", tag = "session", params(("next" = Option<String>, Query)), responses((status = 302), Problems))]
async fn begin_oidc(ctx: Ctx, identity: Identity, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    let settings = identity.0.settings.oidc.as_ref().ok_or(Error::NotFound)?;
    let provider = identity.provider(&ctx, settings, ctx.now_us() - BELIEVED_US).await?;
    let next = pairs.iter().find(|(name, _)| name == "next").map(|(_, next)| next.as_str());
    let attempt = Attempt {
        state: secrets::create("")?,
        nonce: secrets::create("")?,
        verifier: secrets::create("")?,
        next: next.filter(|next| is_local(next)).unwrap_or("/").to_owned(),
        ends_at: ctx.now_us() + ATTEMPT_US,
    };
    let mut url = checked(&provider.endpoints.authorization_endpoint)?;
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &settings.client_id)
        .append_pair("redirect_uri", &callback(&identity, &uri))
        .append_pair("scope", "openid email profile")
        .append_pair("state", &attempt.state)
        .append_pair("nonce", &attempt.nonce)
        .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(secrets::digest(&attempt.verifier)))
        .append_pair("code_challenge_method", "S256");
    let sealed = identity.vault(&ctx)?.seal(LABEL, &serde_json::to_string(&attempt)?)?;
    Ok(redirect(url.as_str()).header("set-cookie", cookie(&identity, &sealed, ATTEMPT_US / SECOND_US)))
}

/// Complete signing in: where the provider sends the browser back to. A redirect into the application, or to the sign-in page with `problem`.
#[utoipa::path(get, path = "/oidc/callback/", operation_id = "complete_oidc", tag = "session", params(("code" = Option<String>, Query), ("state" = Option<String>, Query)), responses((status = 302), Problems))]
async fn complete_oidc(
    ctx: Ctx,
    identity: Identity,
    client: Client,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
    Params(pairs): Params,
) -> Result<Reply> {
    let settings = identity.0.settings.oidc.clone().ok_or(Error::NotFound)?;
    limits::attempt_from(&ctx, client.address).await?;
    let given = |name: &str| {
        pairs
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value.as_str())
    };
    let attempt = gate::cookie_named(&headers, COOKIE)
        .and_then(|sealed| identity.vault(&ctx).ok()?.unseal(LABEL, sealed))
        .and_then(|text| serde_json::from_str::<Attempt>(&text).ok())
        .filter(|attempt| attempt.ends_at > ctx.now_us() && secrets::same(&attempt.state, given("state")));
    let Some(attempt) = attempt else {
        return Ok(failed(&identity, Failure::Attempt));
    };
    let claims = match claims(&ctx, &identity, &settings, &attempt, given("code"), &callback(&identity, &uri)).await {
        Ok(claims) => claims,
        Err(error) => {
            tracing::warn!(%error, "signing in at the provider failed");
            return Ok(failed(&identity, Failure::Provider));
        }
    };
    let as_system = ctx.as_system();
    let user_id = ctx.db.write(async |tx| user_of(tx, &as_system, &settings, &claims).await).await?;
    let Some(user_id) = user_id else {
        return Ok(failed(&identity, Failure::Account));
    };
    let user = users::get(&ctx, user_id).await?;
    if !user.is_active {
        return Ok(failed(&identity, Failure::Account));
    }
    let followed = ctx
        .db
        .write(async |tx| follow_groups(tx, &as_system, &settings, user_id, &claims).await)
        .await;
    if let Err(error) = followed {
        // The last administrator stays one, whatever the provider says.
        tracing::warn!(%error, user.id = user_id.0, "the roles of a user do not follow their groups");
    }
    limits::succeeded_from(&ctx, client.address).await?;
    if two_factor::is_asked(&ctx.db, user_id).await? {
        let challenge = ctx.db.write(async |tx| two_factor::challenge(tx, &ctx, user_id).await).await?;
        // After the #, so that it stands in no log.
        return Ok(redirect(&format!("/sign-in#challenge={}", challenge.token())).header("set-cookie", cookie(&identity, "", 0)));
    }
    let session = ctx
        .db
        .write(async |tx| sessions::create(tx, &ctx, identity.0.settings.lifetimes, user_id, &client).await)
        .await?;
    Ok(redirect(&attempt.next).header("set-cookie", identity.session_cookie(&session.token)))
}

/// Exchanges the code for an ID token, and gives what it says.
async fn claims(
    ctx: &Ctx,
    identity: &Identity,
    settings: &Settings,
    attempt: &Attempt,
    code: &str,
    back: &str,
) -> Result<Map<String, Value>> {
    #[derive(Deserialize)]
    struct Tokens {
        id_token: String,
    }
    let now = ctx.now_us();
    let provider = identity.provider(ctx, settings, now - BELIEVED_US).await?;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", back),
        ("code_verifier", &attempt.verifier),
        ("client_id", &settings.client_id),
        ("client_secret", &settings.client_secret),
    ];
    let tokens: Tokens = read(client()?.post(checked(&provider.endpoints.token_endpoint)?).form(&form)).await?;
    let expected = Expected {
        issuer: &settings.issuer,
        audience: &settings.client_id,
        nonce: &attempt.nonce,
        now_s: now / SECOND_US,
    };
    let outcome = match id_token::verify(&tokens.id_token, &provider.keys, &expected) {
        Err(id_token::Refusal::UnknownKey) => {
            let provider = identity.provider(ctx, settings, now - KEYS_EVERY_US).await?;
            id_token::verify(&tokens.id_token, &provider.keys, &expected)
        }
        outcome => outcome,
    };
    outcome.map_err(|refusal| Error::internal(format!("the ID token is refused: {refusal:?}")))
}

/// A path of our own, and nobody else's page.
fn is_local(next: &str) -> bool {
    next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n', '\t'])
}

fn failed(identity: &Identity, failure: Failure) -> Reply {
    redirect(&format!("/sign-in?problem={}", failure.code())).header("set-cookie", cookie(identity, "", 0))
}

fn redirect(to: &str) -> Reply {
    Reply::text(StatusCode::FOUND, String::new())
        .header("location", to)
        .header("cache-control", "no-store")
}

fn cookie(identity: &Identity, value: &str, max_age_s: i64) -> String {
    gate::cookie(&identity.0.settings, COOKIE, value, max_age_s)
}
