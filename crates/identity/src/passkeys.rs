//! Passkeys (WebAuthn): keys on a device that its owner unlocks with a finger, a face or a PIN. What one has and what one knows or is: so a passkey
//! alone is as good as password and code together, and it also answers the second step after a password.
//!
//! `webauthn_rp` does the checking; here is what it stands on: challenges in the database, good once and for five minutes, the origin and the
//! name of the site from the configured public address, and the counters.

mod http;
mod site;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use kernel::clock::{self, MINUTE_US};
use kernel::ctx::{Ctx, Stamp};
use kernel::db::{Db, Tx};
use kernel::error::{Error, Result, invalid};
use kernel::events::NewEvent;
use kernel::ids::UserId;
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, Order, Query};
use serde::Serialize;
use serde_json::{Value, json};
use sqlx::FromRow;
use utoipa::ToSchema;
use webauthn_rp::AuthenticatedCredential;
use webauthn_rp::bin::{Decode, Encode};
use webauthn_rp::request::auth::{
    AuthenticationVerificationOptions, DiscoverableAuthenticationServerState, DiscoverableCredentialRequestOptions,
};
use webauthn_rp::request::register::{
    CredProtect, PublicKeyCredentialCreationOptions, PublicKeyCredentialUserEntity, RegistrationServerState,
    RegistrationVerificationOptions, UserHandle16,
};
use webauthn_rp::request::{ExtensionInfo, PublicKeyCredentialDescriptor};
use webauthn_rp::response::auth::DiscoverableAuthentication;
use webauthn_rp::response::auth::error::AuthCeremonyErr;
use webauthn_rp::response::register::{CompressedPubKey, DynamicState, Registration, StaticState};
use webauthn_rp::response::{AuthTransports, CredentialId};

use crate::gate::{Client, forget_after};
use crate::{device, fields, secrets};

pub(crate) use http::routes;
pub(crate) use site::Site;

const CHALLENGE_US: i64 = 5 * MINUTE_US;
/// More than anybody has devices.
const MOST: usize = 20;
const MAX_NAME_CHARS: usize = 60;
const HANDLE_BYTES: usize = 16;

type Answer = DiscoverableAuthentication<HANDLE_BYTES>;
type PublicKey = CompressedPubKey<[u8; 32], [u8; 32], [u8; 48], Vec<u8>>;

/// A passkey as its owner sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Passkey {
    pub id: i64,
    pub name: String,
    pub created_at: String,
    /// None until it first let its owner in.
    pub used_at: Option<String>,
    /// The browser it was made in: `Firefox`, when it is one of the common ones.
    pub browser: Option<String>,
    /// `Windows`, `iPhone`, …
    pub system: Option<String>,
}

#[derive(FromRow)]
struct Row {
    id: i64,
    name: String,
    created_at: i64,
    used_at: Option<i64>,
    user_agent: String,
}

impl Row {
    fn told(self) -> Passkey {
        let device = device::of(&self.user_agent);
        Passkey {
            id: self.id,
            name: self.name,
            created_at: clock::rfc3339(self.created_at),
            used_at: self.used_at.map(clock::rfc3339),
            browser: device.browser.map(str::to_owned),
            system: device.system.map(str::to_owned),
        }
    }
}

fn select_rows(user_id: UserId) -> sea_query::SelectStatement {
    Query::select()
        .columns(["id", "name", "created_at", "used_at", "user_agent"])
        .from(Alias::new("passkeys"))
        .and_where(Expr::col("user_id").eq(user_id.0))
        .order_by("id", Order::Asc)
        .limit(MOST as u64)
        .to_owned()
}

/// The passkeys of a user, the oldest first.
pub(crate) async fn of(db: &Db, user_id: UserId) -> Result<Vec<Passkey>> {
    let rows: Vec<Row> = db.all(&select_rows(user_id)).await?;
    Ok(rows.into_iter().map(Row::told).collect())
}

/// How many a user has.
pub(crate) async fn count(db: &Db, user_id: UserId) -> Result<i64> {
    let (count,) = db.one(&select_count(user_id)).await?;
    Ok(count)
}

fn select_count(user_id: UserId) -> sea_query::SelectStatement {
    Query::select()
        .expr(Expr::col("id").count())
        .from(Alias::new("passkeys"))
        .and_where(Expr::col("user_id").eq(user_id.0))
        .to_owned()
}

/// Gives one another name.
async fn rename(tx: &mut Tx, ctx: &Ctx, user_id: UserId, id: i64, name: &str) -> Result<()> {
    let name = fields::name("name", name, MAX_NAME_CHARS)?;
    let update = Query::update()
        .table("passkeys")
        .value("name", name.as_str())
        .and_where(Expr::col("id").eq(id))
        .and_where(Expr::col("user_id").eq(user_id.0))
        .to_owned();
    if tx.exec(&update).await? == 0 {
        return Err(Error::NotFound);
    }
    let told = NewEvent::new("user.passkey_renamed", "user", user_id.0).payload(json!({ "passkey_id": id, "name": name }));
    tx.emit(&ctx.stamp(), told).await
}

/// Takes one away.
async fn remove(tx: &mut Tx, ctx: &Ctx, user_id: UserId, id: i64) -> Result<()> {
    let delete = Query::delete()
        .from_table("passkeys")
        .and_where(Expr::col("id").eq(id))
        .and_where(Expr::col("user_id").eq(user_id.0))
        .returning_col("name")
        .to_owned();
    let Some((name,)) = tx.opt::<(String,)>(&delete).await? else {
        return Err(Error::NotFound);
    };
    let told = NewEvent::new("user.passkey_removed", "user", user_id.0).payload(json!({ "passkey_id": id, "name": name }));
    tx.emit(&ctx.stamp(), told).await?;
    forget_after(tx);
    Ok(())
}

/// Takes all away from somebody who lost them.
pub(crate) async fn remove_all(tx: &mut Tx, ctx: &Ctx, user_id: UserId) -> Result<()> {
    let mut delete = Query::delete();
    delete
        .from_table("passkeys")
        .and_where(Expr::col("user_id").eq(user_id.0))
        .returning(Query::returning().columns(["id", "name"]));
    let gone: Vec<(i64, String)> = tx.all(&delete).await?;
    let told = |(id, name)| NewEvent::new("user.passkey_removed", "user", user_id.0).payload(json!({ "passkey_id": id, "name": name }));
    tx.emit_all(&ctx.stamp(), gone.into_iter().map(told).collect()).await
}

/// Begins a registration: what the browser is to ask the device for.
async fn begin_registration(tx: &mut Tx, ctx: &Ctx, site: &Site, user_id: UserId, email: &str, full_name: &str) -> Result<Value> {
    let known = Query::select()
        .columns(["credential_id", "transports", "handle"])
        .from(Alias::new("passkeys"))
        .and_where(Expr::col("user_id").eq(user_id.0))
        .limit(MOST as u64)
        .to_owned();
    let known: Vec<(String, i64, String)> = tx.all(&known).await?;
    if known.len() >= MOST {
        return Err(too_many());
    }
    // All passkeys of a user carry one handle, so that a device knows them for one account.
    let handle = match known.first() {
        Some((.., handle)) => handle_of(handle)?,
        None => UserHandle16::new(),
    };
    let known = known.iter().map(|(id, transports, _)| {
        let transports = u8::try_from(*transports).ok().and_then(|bits| AuthTransports::decode(bits).ok());
        Ok(PublicKeyCredentialDescriptor {
            id: CredentialId::<Vec<u8>>::decode(unpacked(id)?).map_err(|_| damaged())?,
            transports: transports.ok_or_else(damaged)?,
        })
    });
    let user = PublicKeyCredentialUserEntity {
        name: email
            .try_into()
            .map_err(|_| Error::internal("an e-mail address that is no user name"))?,
        id: &handle,
        // Names that its rules of writing refuse are left out: the device shows the address then.
        display_name: full_name.try_into().ok(),
    };
    let mut options = PublicKeyCredentialCreationOptions::passkey(&site.id, user, known.collect::<Result<_>>()?);
    // Wished for, not demanded: older keys do not know it, and whether the owner was verified is checked here at each use anyway.
    options.extensions.cred_protect = CredProtect::UserVerificationRequired(ExtensionInfo::AllowDontEnforceValue);
    let (server, client) = options.start_ceremony().map_err(internal)?;
    let options = serde_json::to_value(&client)?;
    let state = server.encode().map_err(internal)?;
    keep(tx, ctx, Some(user_id), &options, &state).await?;
    Ok(options)
}

/// Ends a registration: the passkey is good from now on.
async fn finish_registration(tx: &mut Tx, ctx: &Ctx, site: &Site, client: &Client, user_id: UserId, made: &Made) -> Result<Passkey> {
    let state = RegistrationServerState::<HANDLE_BYTES>::decode(&made.state).map_err(|_| damaged())?;
    let options = RegistrationVerificationOptions::<'_, '_, &str, &str> {
        allowed_origins: &[site.origin.as_str()],
        // What a browser adds by itself is no reason to turn somebody away; nothing here builds on it.
        error_on_unsolicited_extensions: false,
        ..RegistrationVerificationOptions::default()
    };
    let credential = state.verify(&site.id, &made.registration, &options).map_err(|error| {
        tracing::info!(%error, "a passkey was not taken");
        refused_registration()
    })?;
    let (count,) = tx.one::<(i64,)>(&select_count(user_id)).await?;
    if count >= MOST as i64 {
        return Err(too_many());
    }
    let public_key = credential.static_state().encode().map_err(internal)?;
    let state = credential.dynamic_state().encode().map_err(internal)?;
    let transports = credential.transports().encode().map_err(internal)?;
    let insert = Query::insert()
        .into_table("passkeys")
        .columns([
            "user_id",
            "handle",
            "credential_id",
            "public_key",
            "state",
            "transports",
            "name",
            "user_agent",
            "created_at",
        ])
        .values_panic([
            user_id.0.into(),
            packed(credential.user_id().as_ref()).into(),
            packed(credential.id().as_ref()).into(),
            packed(&public_key).into(),
            packed(&state).into(),
            i64::from(transports).into(),
            made.name.as_str().into(),
            client.user_agent.as_str().into(),
            ctx.now_us().into(),
        ])
        .returning_col("id")
        .to_owned();
    let id = tx.insert(&insert).await.map_err(|error| match error {
        error if error.breaks_unique("passkeys", &["credential_id"]) => refused_registration(),
        error => error,
    })?;
    let told = NewEvent::new("user.passkey_added", "user", user_id.0).payload(json!({ "passkey_id": id, "name": made.name }));
    tx.emit(&ctx.stamp(), told).await?;
    forget_after(tx);
    let row = Row {
        id,
        name: made.name.clone(),
        created_at: ctx.now_us(),
        used_at: None,
        user_agent: client.user_agent.clone(),
    };
    Ok(row.told())
}

/// What a device made for us, with the state its challenge was kept with.
struct Made {
    registration: Registration,
    state: Vec<u8>,
    name: String,
}

/// Begins a sign-in: whoever answers says who they are by the passkey itself.
async fn begin_sign_in(tx: &mut Tx, ctx: &Ctx, site: &Site) -> Result<Value> {
    let (server, client) = DiscoverableCredentialRequestOptions::passkey(&site.id)
        .start_ceremony()
        .map_err(internal)?;
    let options = serde_json::to_value(&client)?;
    let state = server.encode().map_err(internal)?;
    keep(tx, ctx, None, &options, &state).await?;
    Ok(options)
}

/// A passkey that somebody shows, as it is kept.
#[derive(FromRow)]
struct Kept {
    id: i64,
    user_id: UserId,
    email: String,
    handle: String,
    public_key: String,
    state: String,
}

/// The passkey that an answer names, of an active user.
async fn named(db: &Db, answer: &Answer) -> Result<Option<Kept>> {
    let select = Query::select()
        .columns(["id", "user_id", "handle", "public_key", "state"].map(|column| ("passkeys", column)))
        .column(("users", "email"))
        .from(Alias::new("passkeys"))
        .inner_join("users", Expr::col(("users", "id")).equals(("passkeys", "user_id")))
        .and_where(Expr::col(("passkeys", "credential_id")).eq(packed(answer.raw_id().as_ref())))
        .and_where(Expr::col(("users", "is_active")).eq(true))
        .to_owned();
    db.opt(&select).await
}

/// Why an answer does not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    /// The counter does not go on from where it was: there are two of a key that must be one.
    Counter,
    Other,
}

impl Wrong {
    fn code(self) -> &'static str {
        match self {
            Wrong::Counter => "passkey_counter",
            Wrong::Other => "passkey",
        }
    }
}

/// Checks an answer against the passkey it names; gives its state after it.
fn check(site: &Site, kept: &Kept, answer: &Answer, challenge: &[u8]) -> Result<std::result::Result<String, Wrong>> {
    let state = DiscoverableAuthenticationServerState::decode(challenge).map_err(|_| damaged())?;
    let handle = handle_of(&kept.handle)?;
    let public_key = unpacked(&kept.public_key)?;
    let key = StaticState::<PublicKey>::decode(public_key.as_slice()).map_err(|_| damaged())?;
    let before: [u8; 7] = unpacked(&kept.state)?.try_into().map_err(|_| damaged())?;
    let before = DynamicState::decode(before).map_err(|_| damaged())?;
    let mut credential = AuthenticatedCredential::new(answer.raw_id(), &handle, key, before).map_err(|_| damaged())?;
    let options = AuthenticationVerificationOptions::<'_, '_, &str, &str> {
        allowed_origins: &[site.origin.as_str()],
        error_on_unsolicited_extensions: false,
        ..AuthenticationVerificationOptions::default()
    };
    if let Err(error) = state.verify(&site.id, answer, &mut credential, &options) {
        tracing::info!(%error, passkey_id = kept.id, "a passkey was refused");
        return Ok(Err(match error {
            AuthCeremonyErr::SignatureCounter => Wrong::Counter,
            _ => Wrong::Other,
        }));
    }
    Ok(Ok(packed(&credential.dynamic_state().encode().map_err(internal)?)))
}

/// Notes that a passkey let its owner in. Two answers with one counter are two keys: the second finds the state changed.
async fn used(tx: &mut Tx, ctx: &Ctx, kept: &Kept, state: &str) -> Result<bool> {
    let update = Query::update()
        .table("passkeys")
        .value("state", state)
        .value("used_at", ctx.now_us())
        .and_where(Expr::col("id").eq(kept.id))
        .and_where(Expr::col("state").eq(kept.state.as_str()))
        .to_owned();
    if tx.exec(&update).await? == 0 {
        return Ok(false);
    }
    let stamp = Stamp {
        actor_id: Some(kept.user_id),
        ..ctx.stamp()
    };
    let told = NewEvent::new("user.passkey_used", "user", kept.user_id.0).payload(json!({ "passkey_id": kept.id }));
    tx.emit(&stamp, told).await?;
    Ok(true)
}

// Challenges

/// Keeps what a challenge needs until it is answered.
async fn keep(tx: &mut Tx, ctx: &Ctx, user_id: Option<UserId>, options: &Value, state: &[u8]) -> Result<()> {
    let challenge = options["challenge"]
        .as_str()
        .or(options["publicKey"]["challenge"].as_str())
        .ok_or(Error::internal("options without a challenge"))?;
    let insert = Query::insert()
        .into_table("passkey_challenges")
        .columns(["user_id", "challenge_hash", "state", "expires_at"])
        .values_panic([
            user_id.map(|id| id.0).into(),
            secrets::hashed(challenge).into(),
            packed(state).into(),
            (ctx.now_us() + CHALLENGE_US).into(),
        ])
        .to_owned();
    tx.exec(&insert).await?;
    Ok(())
}

/// The challenge that an answer was made for, which is over with that, whatever comes of the answer.
async fn take(ctx: &Ctx, user_id: Option<UserId>, credential: &Value) -> Result<Option<Vec<u8>>> {
    let Some(challenge) = challenge_of(credential) else {
        return Ok(None);
    };
    let mut delete = Query::delete();
    delete
        .from_table("passkey_challenges")
        .and_where(Expr::col("challenge_hash").eq(secrets::hashed(&challenge)))
        .and_where(match user_id {
            Some(user_id) => Expr::col("user_id").eq(user_id.0),
            None => Expr::col("user_id").is_null(),
        })
        .returning(Query::returning().columns(["state", "expires_at"]));
    let taken: Option<(String, i64)> = ctx.db.write(async |tx| tx.opt(&delete).await).await?;
    match taken {
        Some((state, expires_at)) if expires_at > ctx.now_us() => unpacked(&state).map(Some),
        _ => Ok(None),
    }
}

/// What the browser says it was asked; whether that is true is checked with the signature.
fn challenge_of(credential: &Value) -> Option<String> {
    let client_data = credential["response"]["clientDataJSON"].as_str()?;
    let client_data: Value = serde_json::from_slice(&BASE64.decode(client_data).ok()?).ok()?;
    client_data["challenge"].as_str().map(str::to_owned)
}

/// Challenges that nobody answered.
pub(crate) async fn clean_up(tx: &mut Tx, now: i64) -> Result<()> {
    let expired = Query::delete()
        .from_table("passkey_challenges")
        .and_where(Expr::col("expires_at").lte(now))
        .to_owned();
    tx.exec(&expired).await?;
    Ok(())
}

fn packed(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

fn unpacked(text: &str) -> Result<Vec<u8>> {
    BASE64.decode(text).map_err(|_| damaged())
}

fn handle_of(text: &str) -> Result<UserHandle16> {
    let bytes: [u8; HANDLE_BYTES] = unpacked(text)?.try_into().map_err(|_| damaged())?;
    UserHandle16::decode(bytes).map_err(internal)
}

fn internal(error: impl std::fmt::Display) -> Error {
    Error::internal(error.to_string())
}

fn damaged() -> Error {
    Error::internal("a passkey cannot be read back from its table")
}

fn too_many() -> Error {
    Error::Conflict(say!(
        "En çok {} geçiş anahtarınız olabilir; önce birini kaldırın.",
        "You may have {} passkeys at most; remove one first.",
        MOST
    ))
}

fn refused_registration() -> Error {
    invalid(
        "credential",
        say!(
            "Geçiş anahtarı alınamadı: süre dolmuş, anahtar başka bir site için yapılmış ya da zaten kayıtlı. Yeniden deneyin.",
            "The passkey was not taken: time ran out, it was made for another site, or it is registered already. Try again."
        ),
    )
}
