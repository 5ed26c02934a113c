//! Passkeys over HTTP: one's own, and coming in by one.

use kernel::ctx::Ctx;
use kernel::error::{Error, Result, invalid};
use kernel::events::NewEvent;
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, PathId, Reply, Routes};
use kernel::ids::UserId;
use kernel::say;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::routes;
use webauthn_rp::response::register::Registration;

use super::{Answer, Kept, MAX_NAME_CHARS, Made, Passkey, Site, Wrong};
use crate::gate::{Client, Lines};
use crate::me::{self, Me};
use crate::{Identity, device, fields, limits, oidc, secrets, sessions, two_factor};

pub(crate) fn routes(identity: &Identity) -> Routes {
    Lines::new(identity)
        .add(routes!(list_my_passkeys, create_my_passkey), Access::Unready)
        .add(routes!(begin_my_passkey), Access::Unready)
        .add(routes!(update_my_passkey, delete_my_passkey), Access::Unready)
        .add(routes!(begin_passkey_session), Access::Public)
        .add(routes!(create_passkey_session), Access::Public)
        .done()
}

impl Identity {
    /// Whether passkeys can be used where people reach the product.
    pub(crate) fn has_passkeys(&self) -> bool {
        Site::of(&self.0.settings.public_url).is_some()
    }

    fn site(&self) -> Result<Site> {
        Site::of(&self.0.settings.public_url).ok_or_else(|| {
            Error::Conflict(say!(
                "Geçiş anahtarları burada kullanılamıyor: public_url ayarı https ile başlayan bir adres ya da localhost olmalı.",
                "Passkeys cannot be used here: the setting public_url must be an address by name that begins with https, or localhost."
            ))
        })
    }
}

/// The password once more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyBegin {
    /// Not needed of who has none, because they sign in elsewhere.
    current_password: Option<String>,
}

/// What `navigator.credentials` made of the options, as its `toJSON()` tells it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasskey {
    /// How its owner calls it; the browser and the system when not given.
    name: Option<String>,
    #[schema(value_type = Object)]
    credential: Value,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PatchPasskey {
    name: String,
}

/// To be given to `navigator.credentials`: good for five minutes and one answer.
#[derive(Serialize, ToSchema)]
pub struct PasskeyOptions {
    #[serde(rename = "publicKey")]
    #[schema(value_type = Object)]
    public_key: Value,
}

/// A passkey that has just been made.
#[derive(Serialize, ToSchema)]
pub struct MadePasskey {
    passkey: Passkey,
    /// To be sent as `X-CSRF-Token` from now on: the session got another token.
    csrf_token: String,
}

/// Somebody who shows a passkey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyCredentials {
    /// From the answer to the first step, where the password came first.
    challenge: Option<String>,
    #[schema(value_type = Object)]
    credential: Value,
}

/// The caller's passkeys.
#[utoipa::path(get, path = "/me/passkeys/", operation_id = "list_my_passkeys", tag = "session", responses((status = 200, body = Listed<Passkey>), Problems))]
async fn list_my_passkeys(ctx: Ctx) -> Result<Reply> {
    let me = me::in_person(&ctx)?;
    Reply::ok(&Listed::whole(super::of(&ctx.db, me).await?))
}

/// Begin to make a passkey: what the browser is to ask the device for.
#[utoipa::path(post, path = "/me/passkeys/options/", operation_id = "begin_my_passkey", tag = "session", request_body = PasskeyBegin, responses((status = 200, body = PasskeyOptions), Problems))]
async fn begin_my_passkey(ctx: Ctx, identity: Identity, client: Client, Body(input): Body<PasskeyBegin>) -> Result<Reply> {
    let me = me::in_person(&ctx)?;
    let site = identity.site()?;
    let user = two_factor::again(&ctx, &client, me, input.current_password.as_deref()).await?;
    let options = ctx
        .db
        .write(async |tx| super::begin_registration(tx, &ctx, &site, me, &user.email, &user.name).await)
        .await?;
    options_reply(options)
}

/// Add the passkey that the device made.
#[utoipa::path(post, path = "/me/passkeys/", operation_id = "create_my_passkey", tag = "session", request_body = NewPasskey, responses((status = 201, body = MadePasskey), Problems))]
async fn create_my_passkey(ctx: Ctx, identity: Identity, client: Client, Body(input): Body<NewPasskey>) -> Result<Reply> {
    let me = me::in_person(&ctx)?;
    let site = identity.site()?;
    let name = match input.name.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => fields::name("name", name, MAX_NAME_CHARS)?,
        None => name_of_device(&client.user_agent),
    };
    let registration = Registration::from_json_relaxed(&serde_json::to_vec(&input.credential)?).map_err(|error| {
        tracing::info!(%error, "a passkey cannot be read");
        no_credential()
    })?;
    let state = super::take(&ctx, Some(me), &input.credential)
        .await?
        .ok_or_else(super::refused_registration)?;
    let made = Made { registration, state, name };
    let (passkey, token) = ctx
        .db
        .write(async |tx| {
            let passkey = super::finish_registration(tx, &ctx, &site, &client, me, &made).await?;
            Ok((passkey, sessions::renew(tx, &ctx).await?))
        })
        .await?;
    let location = format!("/me/passkeys/{}/", passkey.id);
    let csrf_token = secrets::csrf_token(&token);
    Ok(Reply::created(location, &MadePasskey { passkey, csrf_token })?.header("set-cookie", identity.session_cookie(&token)))
}

/// Give one of the caller's passkeys another name.
#[utoipa::path(patch, path = "/me/passkeys/{id}/", operation_id = "update_my_passkey", tag = "session", params(("id" = i64, Path)), request_body = PatchPasskey, responses((status = 204), Problems))]
async fn update_my_passkey(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<PatchPasskey>) -> Result<Reply> {
    let me = me::in_person(&ctx)?;
    ctx.write(async |tx| {
        super::rename(tx, &ctx, me, id, &input.name).await?;
        Ok(Reply::no_content())
    })
    .await
}

/// Remove one of the caller's passkeys. The last second factor of who must have one stays.
#[utoipa::path(delete, path = "/me/passkeys/{id}/", operation_id = "delete_my_passkey", tag = "session", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn delete_my_passkey(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    let me = me::in_person(&ctx)?;
    let standing = two_factor::standing(&ctx.db, me).await?;
    ctx.write(async |tx| {
        super::remove(tx, &ctx, me, id).await?;
        let (left,) = tx.one::<(i64,)>(&super::select_count(me)).await?;
        if left == 0 && standing.is_required && !standing.is_on {
            return Err(Error::Conflict(say!(
                "Rolünüz iki adımlı girişi zorunlu kılıyor ve bu son geçiş anahtarınız; önce başka birini ekleyin.",
                "Your role demands a second factor and this is your last passkey; add another one first."
            )));
        }
        Ok(Reply::no_content())
    })
    .await
}

/// Begin to sign in with a passkey.
#[utoipa::path(post, path = "/session/passkey/options/", operation_id = "begin_passkey_session", tag = "session", responses((status = 200, body = PasskeyOptions), Problems))]
async fn begin_passkey_session(ctx: Ctx, identity: Identity, client: Client) -> Result<Reply> {
    let site = identity.site()?;
    // Taken back by the sign-in: whoever only asks fills the table.
    limits::attempt_from(&ctx, client.address).await?;
    let options = ctx.db.write(async |tx| super::begin_sign_in(tx, &ctx, &site).await).await?;
    options_reply(options)
}

/// Sign in with a passkey alone, or complete signing in with one after the password.
#[utoipa::path(post, path = "/session/passkey/", operation_id = "create_passkey_session", tag = "session", request_body = PasskeyCredentials, responses((status = 200, body = Me), Problems))]
async fn create_passkey_session(ctx: Ctx, identity: Identity, client: Client, Body(input): Body<PasskeyCredentials>) -> Result<Reply> {
    let site = identity.site()?;
    let after = match &input.challenge {
        None => None,
        Some(challenge) => match two_factor::challenged(&ctx, challenge).await? {
            Some((user_id, _)) => Some((user_id, challenge.as_str())),
            None => {
                limits::attempt_from(&ctx, client.address).await?;
                return Err(two_factor::over());
            }
        },
    };
    let answer = Answer::from_json_relaxed(&serde_json::to_vec(&input.credential)?).ok();
    let kept = match &answer {
        Some(answer) => super::named(&ctx.db, answer).await?,
        None => None,
    };
    // Counted before anything is looked at, as with passwords.
    match &kept {
        Some(kept) => limits::attempt(&ctx, &kept.email, client.address).await?,
        None => limits::attempt_from(&ctx, client.address).await?,
    }
    let challenge = super::take(&ctx, None, &input.credential).await?;
    let (Some(answer), Some(kept), Some(challenge)) = (answer, kept, challenge) else {
        return refuse(&ctx, None, Wrong::Other).await;
    };
    if after.is_some_and(|(user_id, _)| user_id != kept.user_id) {
        return refuse(&ctx, Some(kept.user_id), Wrong::Other).await;
    }
    let state = match super::check(&site, &kept, &answer, &challenge)? {
        Ok(state) => state,
        Err(wrong) => return refuse(&ctx, Some(kept.user_id), wrong).await,
    };
    if oidc::refuses_password(&identity, &ctx.db, kept.user_id).await? {
        return Err(not_known());
    }
    let Some(session) = admit(&ctx, &identity, &client, &kept, &state, after).await? else {
        return refuse(&ctx, Some(kept.user_id), Wrong::Counter).await;
    };
    limits::succeeded_from(&ctx, client.address).await?;
    sessions::signed_in(&identity, kept.user_id, &session).await
}

/// Begins the session; none where the passkey was used elsewhere at the same moment.
async fn admit(
    ctx: &Ctx,
    identity: &Identity,
    client: &Client,
    kept: &Kept,
    state: &str,
    after: Option<(UserId, &str)>,
) -> Result<Option<sessions::NewSession>> {
    ctx.db
        .write(async |tx| {
            if !super::used(tx, ctx, kept, state).await? {
                return Ok(None);
            }
            if let Some((_, challenge)) = after {
                two_factor::end_challenge(tx, challenge).await?;
            }
            limits::succeeded(tx, &kept.email, client.address).await?;
            let session = sessions::create(tx, ctx, identity.0.settings.lifetimes, kept.user_id, client).await?;
            Ok(Some(session))
        })
        .await
}

/// Notes it, and tells nobody what was wrong.
async fn refuse(ctx: &Ctx, user_id: Option<UserId>, wrong: Wrong) -> Result<Reply> {
    let event = NewEvent::new("sign_in.refused", "sign_in", user_id.map_or(0, |id| id.0)).payload(json!({ "reason": wrong.code() }));
    ctx.db.write(async |tx| tx.emit(&ctx.stamp(), event).await).await?;
    Err(not_known())
}

fn not_known() -> Error {
    Error::Refused {
        code: "passkey_refused",
        say: say!(
            "Bu geçiş anahtarıyla giriş yapılamadı; yeniden deneyin ya da parolanızla girin.",
            "This passkey did not sign you in; try again, or use your password."
        ),
    }
}

fn no_credential() -> Error {
    invalid(
        "credential",
        say!(
            "Tarayıcının navigator.credentials ile verdiği yanıt olmalı.",
            "Must be what the browser's navigator.credentials answered."
        ),
    )
}

fn name_of_device(user_agent: &str) -> String {
    let device = device::of(user_agent);
    let known: Vec<&str> = [device.browser, device.system].into_iter().flatten().collect();
    if known.is_empty() { "–".into() } else { known.join(", ") }
}

/// The options without what wraps them in the script that asks for them.
fn options_reply(options: Value) -> Result<Reply> {
    let public_key = match options {
        Value::Object(mut object) => object.remove("publicKey").unwrap_or(Value::Object(object)),
        other => other,
    };
    Reply::ok(&PasskeyOptions { public_key })
}
