//! The second factor: codes of an authenticator application, and ten recovery codes for the day it is lost. A role can demand it.
//!
//! Signing in with it takes two steps: the password is answered with a challenge, good for five minutes and five codes, and the challenge
//! with a session.

use kernel::actor::Actor;
use kernel::clock::{self, MINUTE_US};
use kernel::ctx::{Ctx, Stamp};
use kernel::db::{Db, Tx};
use kernel::error::{Error, Result, invalid};
use kernel::events::NewEvent;
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, PathId, Reply, Routes};
use kernel::ids::UserId;
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, JoinType, OnConflict, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::gate::{Client, Lines, forget_after};
use crate::me::{self, MyTwoFactor};
use crate::{Identity, USER_MANAGE, passkeys, qr, roles, secrets, sessions, totp, users};

const CHALLENGE_US: i64 = 5 * MINUTE_US;
/// Codes that may be tried on one challenge.
const CHALLENGE_CODES: i64 = 5;
const RECOVERY_CODES: usize = 10;
/// 120 random bits: enough that a hash without salt gives nothing away.
const RECOVERY_BYTES: usize = 15;
const RECOVERY_GROUP: usize = 6;

/// What the first step of signing in is answered with where a second is needed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Challenge {
    /// `two_factor_required`.
    code: &'static str,
    /// To be sent with a code; good once.
    challenge: String,
    expires_at: String,
    /// What can answer it: `code`, `passkey`.
    methods: Vec<&'static str>,
}

impl Challenge {
    pub(crate) fn token(&self) -> &str {
        &self.challenge
    }
}

/// Begins the second step of signing in.
pub(crate) async fn challenge(tx: &mut Tx, ctx: &Ctx, user_id: UserId) -> Result<Challenge> {
    let token = secrets::create("")?;
    let expires_at = ctx.now_us() + CHALLENGE_US;
    let insert = Query::insert()
        .into_table("sign_in_challenges")
        .columns(["user_id", "token_hash", "failures", "expires_at"])
        .values_panic([user_id.0.into(), secrets::hashed(&token).into(), 0.into(), expires_at.into()])
        .to_owned();
    tx.exec(&insert).await?;
    Ok(Challenge {
        code: "two_factor_required",
        challenge: token,
        expires_at: clock::rfc3339(expires_at),
        methods: methods(tx, user_id).await?,
    })
}

async fn methods(tx: &mut Tx, user_id: UserId) -> Result<Vec<&'static str>> {
    let mut methods = Vec::new();
    for (method, table) in [("code", "two_factor"), ("passkey", "passkeys")] {
        let mut owned = Query::select();
        owned
            .column("user_id")
            .from(Alias::new(table))
            .and_where(Expr::col("user_id").eq(user_id.0))
            .limit(1);
        if table == "two_factor" {
            owned.and_where(Expr::col("is_on").eq(true));
        }
        if tx.opt::<(i64,)>(&owned).await?.is_some() {
            methods.push(method);
        }
    }
    Ok(methods)
}

/// Whose challenge it is, while it is good.
pub(crate) async fn challenged(ctx: &Ctx, challenge: &str) -> Result<Option<(UserId, String)>> {
    let select = Query::select()
        .columns([("users", "id"), ("users", "email")])
        .from(Alias::new("sign_in_challenges"))
        .join(
            JoinType::InnerJoin,
            "users",
            Expr::col(("users", "id")).equals(("sign_in_challenges", "user_id")),
        )
        .and_where(Expr::col(("sign_in_challenges", "token_hash")).eq(secrets::hashed(challenge)))
        .and_where(Expr::col(("sign_in_challenges", "expires_at")).gt(ctx.now_us()))
        .and_where(Expr::col(("users", "is_active")).eq(true))
        .to_owned();
    ctx.db.opt(&select).await
}

/// Whether the code answers the challenge, which is over then; after too many wrong ones it is over as well.
pub(crate) async fn answer(tx: &mut Tx, ctx: &Ctx, identity: &Identity, user_id: UserId, challenge: &str, code: &str) -> Result<bool> {
    let hash = secrets::hashed(challenge);
    if !verify(tx, ctx, identity, user_id, code).await? {
        let failed = Query::update()
            .table("sign_in_challenges")
            .value("failures", Expr::col("failures").add(1))
            .and_where(Expr::col("token_hash").eq(hash.as_str()))
            .to_owned();
        tx.exec(&failed).await?;
        let spent = Query::delete()
            .from_table("sign_in_challenges")
            .and_where(Expr::col("token_hash").eq(hash))
            .and_where(Expr::col("failures").gte(CHALLENGE_CODES))
            .to_owned();
        tx.exec(&spent).await?;
        return Ok(false);
    }
    end_challenge(tx, challenge).await?;
    Ok(true)
}

/// The challenge was answered: nobody else can.
pub(crate) async fn end_challenge(tx: &mut Tx, challenge: &str) -> Result<()> {
    let used = Query::delete()
        .from_table("sign_in_challenges")
        .and_where(Expr::col("token_hash").eq(secrets::hashed(challenge)))
        .to_owned();
    match tx.exec(&used).await? {
        0 => Err(over()),
        _ => Ok(()),
    }
}

/// The refusal of a challenge that is over.
pub(crate) fn over() -> Error {
    Error::Refused {
        code: "challenge_over",
        say: say!(
            "Bu giriş denemesinin süresi doldu; parolanızla yeniden başlayın.",
            "This attempt to sign in is over; begin again with your password."
        ),
    }
}

pub(crate) fn wrong_code() -> Error {
    invalid(
        "code",
        say!(
            "Kod yanlış ya da kullanılmış; uygulamadaki yeni kodu ya da bir kurtarma kodunu girin.",
            "The code is wrong or was used; enter the next code of the application, or a recovery code."
        ),
    )
}

/// What is answered to everything but setting it up.
pub(crate) fn due() -> Error {
    Error::Refused {
        code: "two_factor_setup_required",
        say: say!(
            "Rolünüz iki adımlı girişi zorunlu kılıyor; önce onu açın.",
            "Your role demands a second factor; set it up first."
        ),
    }
}

/// Whether a user's second factor is on.
pub(crate) async fn is_on(db: &Db, user_id: UserId) -> Result<bool> {
    let select = Query::select()
        .column("user_id")
        .from(Alias::new("two_factor"))
        .and_where(Expr::col("user_id").eq(user_id.0))
        .and_where(Expr::col("is_on").eq(true))
        .to_owned();
    Ok(db.opt::<(i64,)>(&select).await?.is_some())
}

/// Whether a password alone does not let a user in: codes are on, or a role demands two factors and a passkey is the second.
pub(crate) async fn is_asked(db: &Db, user_id: UserId) -> Result<bool> {
    Ok(is_on(db, user_id).await? || (is_required(db, user_id).await? && passkeys::count(db, user_id).await? > 0))
}

async fn is_required(db: &Db, user_id: UserId) -> Result<bool> {
    let select = roles::of(user_id)
        .column(("roles", "id"))
        .and_where(Expr::col(("roles", "requires_two_factor")).eq(true))
        .limit(1)
        .to_owned();
    Ok(db.opt::<(i64,)>(&select).await?.is_some())
}

/// Whether whoever acts must turn it on before anything else.
pub(crate) async fn is_due(db: &Db, actor: &Actor) -> Result<bool> {
    match actor.user_id {
        Some(user_id) => Ok(is_required(db, user_id).await? && !is_asked(db, user_id).await?),
        None => Ok(false),
    }
}

/// How it stands with a user.
pub(crate) async fn standing(db: &Db, user_id: UserId) -> Result<MyTwoFactor> {
    let left = Query::select()
        .expr(Expr::col("id").count())
        .from(Alias::new("recovery_codes"))
        .and_where(Expr::col("user_id").eq(user_id.0))
        .to_owned();
    let (recovery_codes_left,) = db.one(&left).await?;
    Ok(MyTwoFactor {
        is_on: is_on(db, user_id).await?,
        is_required: is_required(db, user_id).await?,
        recovery_codes_left,
        passkeys: passkeys::count(db, user_id).await?,
    })
}

/// Turns it off for somebody who lost both telephone and codes, takes their passkeys away, and ends their sessions.
pub async fn reset(tx: &mut Tx, ctx: &Ctx, user_id: UserId) -> Result<()> {
    turn_off(tx, ctx, user_id).await?;
    passkeys::remove_all(tx, ctx, user_id).await?;
    sessions::end_all(tx, ctx, user_id).await
}

async fn turn_off(tx: &mut Tx, ctx: &Ctx, user_id: UserId) -> Result<()> {
    for table in ["recovery_codes", "two_factor", "sign_in_challenges"] {
        let delete = Query::delete()
            .from_table(table)
            .and_where(Expr::col("user_id").eq(user_id.0))
            .to_owned();
        tx.exec(&delete).await?;
    }
    tx.emit(&ctx.stamp(), NewEvent::new("user.two_factor_off", "user", user_id.0))
        .await?;
    forget_after(tx);
    Ok(())
}

fn label(user_id: UserId) -> String {
    format!("two_factor {user_id}")
}

/// Whether the code is good, which uses it up.
async fn verify(tx: &mut Tx, ctx: &Ctx, identity: &Identity, user_id: UserId, code: &str) -> Result<bool> {
    let code: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').take(64).collect();
    if code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()) {
        return verify_totp(tx, ctx, identity, user_id, &code, true).await;
    }
    let used = Query::delete()
        .from_table("recovery_codes")
        .and_where(Expr::col("user_id").eq(user_id.0))
        .and_where(Expr::col("code_hash").eq(secrets::hashed(&code.to_ascii_uppercase())))
        .to_owned();
    if tx.exec(&used).await? == 0 {
        return Ok(false);
    }
    let stamp = Stamp {
        actor_id: Some(user_id),
        ..ctx.stamp()
    };
    tx.emit(&stamp, NewEvent::new("user.recovery_code_used", "user", user_id.0)).await?;
    Ok(true)
}

async fn verify_totp(tx: &mut Tx, ctx: &Ctx, identity: &Identity, user_id: UserId, code: &str, is_on: bool) -> Result<bool> {
    let select = Query::select()
        .columns(["secret", "last_step"])
        .from(Alias::new("two_factor"))
        .and_where(Expr::col("user_id").eq(user_id.0))
        .and_where(Expr::col("is_on").eq(is_on))
        .to_owned();
    let Some((sealed, last_step)) = tx.opt::<(String, i64)>(&select).await? else {
        return Ok(false);
    };
    let secret = identity.vault(ctx)?.unseal(&label(user_id), &sealed).ok_or(Error::internal(
        "the secret key is not the one that second factors were sealed with",
    ))?;
    let Some(step) = totp::step_of(&secret, code, ctx.now_us(), last_step) else {
        return Ok(false);
    };
    // Two requests with one code: the second finds the step taken.
    let used = Query::update()
        .table("two_factor")
        .value("last_step", step)
        .and_where(Expr::col("user_id").eq(user_id.0))
        .and_where(Expr::col("last_step").lt(step))
        .to_owned();
    Ok(tx.exec(&used).await? == 1)
}

/// Fresh recovery codes in the place of the old.
async fn new_codes(tx: &mut Tx, user_id: UserId) -> Result<Vec<String>> {
    let delete = Query::delete()
        .from_table("recovery_codes")
        .and_where(Expr::col("user_id").eq(user_id.0))
        .to_owned();
    tx.exec(&delete).await?;
    let mut codes = Vec::with_capacity(RECOVERY_CODES);
    for _ in 0..RECOVERY_CODES {
        let mut bytes = [0; RECOVERY_BYTES];
        getrandom::fill(&mut bytes).map_err(|error| Error::internal(format!("no random bytes: {error}")))?;
        codes.push(totp::base32(&bytes));
    }
    let rows: Vec<_> = codes
        .iter()
        .map(|code| vec![user_id.0.into(), secrets::hashed(code).into()])
        .collect();
    tx.insert_rows("recovery_codes", &["user_id", "code_hash"], rows.into_iter())
        .await?;
    Ok(codes.iter().map(|code| grouped(code)).collect())
}

/// `ABCDEF-GHIJKL-…`, which is easier to copy by hand.
fn grouped(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    let groups: Vec<String> = letters.chunks(RECOVERY_GROUP).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

// Over HTTP

pub(crate) fn routes(identity: &Identity) -> Routes {
    Lines::new(identity)
        .add(routes!(begin_two_factor), Access::Unready)
        .add(routes!(confirm_two_factor), Access::Unready)
        .add(routes!(disable_two_factor), Access::Unready)
        .add(routes!(renew_recovery_codes), Access::Unready)
        .add(routes!(reset_two_factor), Access::Needs(USER_MANAGE))
        .done()
}

/// The password once more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TwoFactorBegin {
    /// Not needed of who has none, because they sign in elsewhere.
    current_password: Option<String>,
}

/// A secret about to be shared with an authenticator application.
#[derive(Serialize, ToSchema)]
pub struct TwoFactorSecret {
    /// To be typed in where no picture can be read.
    secret: String,
    uri: String,
    /// A picture of the URI, for the application to read.
    qr_svg: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TwoFactorCode {
    code: String,
}

/// Password and code once more.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TwoFactorProof {
    current_password: Option<String>,
    /// From the application, or a recovery code.
    code: String,
}

/// Shown once: only their hashes are kept.
#[derive(Serialize, ToSchema)]
pub struct RecoveryCodes {
    recovery_codes: Vec<String>,
    /// To be sent as `X-CSRF-Token` from now on: the session got another token.
    csrf_token: String,
}

/// Begin to set up the second factor: a secret for an authenticator application. It holds from its confirmation on.
#[utoipa::path(post, path = "/me/two-factor/", operation_id = "begin_two_factor", tag = "session", request_body = TwoFactorBegin, responses((status = 200, body = TwoFactorSecret), Problems))]
async fn begin_two_factor(ctx: Ctx, identity: Identity, client: Client, Body(input): Body<TwoFactorBegin>) -> Result<Reply> {
    let me = me::in_person(&ctx)?;
    let user = again(&ctx, &client, me, input.current_password.as_deref()).await?;
    if is_on(&ctx.db, me).await? {
        return Err(Error::Conflict(say!(
            "İki adımlı giriş zaten açık; önce kapatın.",
            "The second factor is on already; turn it off first."
        )));
    }
    let secret = totp::secret()?;
    let sealed = identity.vault(&ctx)?.seal(&label(me), &secret)?;
    let insert = Query::insert()
        .into_table("two_factor")
        .columns(["user_id", "secret", "is_on", "last_step", "created_at"])
        .values_panic([me.0.into(), sealed.into(), false.into(), 0.into(), ctx.now_us().into()])
        .on_conflict(
            OnConflict::column("user_id")
                .update_columns(["secret", "created_at"])
                .action_and_where(Expr::col(("two_factor", "is_on")).eq(false))
                .to_owned(),
        )
        .to_owned();
    ctx.db.write(async |tx| tx.exec(&insert).await).await?;
    let uri = totp::uri(&secret, &user.email, &ctx.org.name);
    let qr_svg = qr::svg(&uri)?;
    Reply::ok(&TwoFactorSecret { secret, uri, qr_svg })
}

/// Turn the second factor on with the first code. Ends the other sessions; answers the recovery codes, once.
#[utoipa::path(post, path = "/me/two-factor/confirm/", operation_id = "confirm_two_factor", tag = "session", request_body = TwoFactorCode, responses((status = 200, body = RecoveryCodes), Problems))]
async fn confirm_two_factor(ctx: Ctx, identity: Identity, Body(input): Body<TwoFactorCode>) -> Result<Reply> {
    let me = me::in_person(&ctx)?;
    let code: String = input.code.split_whitespace().collect();
    let (codes, token) = ctx
        .db
        .write(async |tx| {
            if !verify_totp(tx, &ctx, &identity, me, &code, false).await? {
                return Err(wrong_code());
            }
            let on = Query::update()
                .table("two_factor")
                .value("is_on", true)
                .and_where(Expr::col("user_id").eq(me.0))
                .to_owned();
            tx.exec(&on).await?;
            let codes = new_codes(tx, me).await?;
            tx.emit(&ctx.stamp(), NewEvent::new("user.two_factor_on", "user", me.0)).await?;
            sessions::end_all(tx, &ctx, me).await?;
            Ok((codes, sessions::renew(tx, &ctx).await?))
        })
        .await?;
    codes_reply(&identity, codes, &token)
}

/// New recovery codes; the old are void.
#[utoipa::path(post, path = "/me/two-factor/recovery-codes/", operation_id = "renew_recovery_codes", tag = "session", request_body = TwoFactorProof, responses((status = 200, body = RecoveryCodes), Problems))]
async fn renew_recovery_codes(ctx: Ctx, identity: Identity, client: Client, Body(input): Body<TwoFactorProof>) -> Result<Reply> {
    let me = me::in_person(&ctx)?;
    proved(&ctx, &identity, &client, me, &input).await?;
    let (codes, token) = ctx
        .db
        .write(async |tx| {
            let codes = new_codes(tx, me).await?;
            tx.emit(&ctx.stamp(), NewEvent::new("user.recovery_codes_renewed", "user", me.0))
                .await?;
            Ok((codes, sessions::renew(tx, &ctx).await?))
        })
        .await?;
    codes_reply(&identity, codes, &token)
}

/// Turn the second factor off.
#[utoipa::path(post, path = "/me/two-factor/off/", operation_id = "disable_two_factor", tag = "session", request_body = TwoFactorProof, responses((status = 204), Problems))]
async fn disable_two_factor(ctx: Ctx, identity: Identity, client: Client, Body(input): Body<TwoFactorProof>) -> Result<Reply> {
    let me = me::in_person(&ctx)?;
    if is_required(&ctx.db, me).await? {
        return Err(Error::Conflict(say!(
            "Rolünüz iki adımlı girişi zorunlu kılıyor; kapatılamaz.",
            "Your role demands the second factor; it cannot be turned off."
        )));
    }
    proved(&ctx, &identity, &client, me, &input).await?;
    ctx.db.write(async |tx| turn_off(tx, &ctx, me).await).await?;
    Ok(Reply::no_content())
}

/// Turn off the second factor of a user who lost it. Ends their sessions.
#[utoipa::path(delete, path = "/users/{id}/two-factor/", operation_id = "reset_two_factor", tag = "users", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn reset_two_factor(ctx: Ctx, identity: Identity, PathId(id): PathId<UserId>) -> Result<Reply> {
    users::get(&ctx, id).await?;
    ctx.write(async |tx| {
        users::check_not_above(tx, &identity, &ctx, id).await?;
        if ctx.actor.user_id == Some(id) {
            // With the permission alone, a stolen session could take its owner's second factor away.
            return Err(Error::Conflict(say!(
                "Kendi iki adımlı girişinizi buradan kapatamazsınız; güvenlik sayfanızdan kapatın.",
                "Your own second factor cannot be turned off here; use your security page."
            )));
        }
        reset(tx, &ctx, id).await?;
        Ok(Reply::no_content())
    })
    .await
}

/// The password once more, of who has one.
pub(crate) async fn again(ctx: &Ctx, client: &Client, me: UserId, given: Option<&str>) -> Result<users::Row> {
    let select = users::select_row().and_where(Expr::col("id").eq(me.0)).to_owned();
    let row: users::Row = ctx.db.opt(&select).await?.ok_or(Error::Unauthenticated)?;
    if row.password_hash.is_empty() {
        return Ok(row);
    }
    me::check_current_password(ctx, client, me, given).await
}

/// Password and code once more; wrong codes count like wrong passwords.
async fn proved(ctx: &Ctx, identity: &Identity, client: &Client, me: UserId, proof: &TwoFactorProof) -> Result<()> {
    let user = again(ctx, client, me, proof.current_password.as_deref()).await?;
    crate::limits::attempt(ctx, &user.email, client.address).await?;
    let good = ctx
        .db
        .write(async |tx| {
            let good = verify(tx, ctx, identity, me, &proof.code).await?;
            if good {
                crate::limits::succeeded(tx, &user.email, client.address).await?;
            }
            Ok(good)
        })
        .await?;
    if good { Ok(()) } else { Err(wrong_code()) }
}

fn codes_reply(identity: &Identity, recovery_codes: Vec<String>, token: &str) -> Result<Reply> {
    let answer = RecoveryCodes {
        recovery_codes,
        csrf_token: secrets::csrf_token(token),
    };
    Ok(Reply::ok(&answer)?.header("set-cookie", identity.session_cookie(token)))
}
