//! Sessions: signing in with a password and, where it is on, a second factor; and staying so for as long as the settings allow.

use axum::http::{HeaderMap, StatusCode};
use kernel::actor::Via;
use kernel::clock::{DAY_US, HOUR_US, MINUTE_US};
use kernel::ctx::{Ctx, Stamp};
use kernel::db::{Db, Tx};
use kernel::error::{Error, Result};
use kernel::events::NewEvent;
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, Reply, Routes};
use kernel::ids::{TeamId, UserId};
use sea_query::{Alias, Expr, ExprTrait, JoinType, Query};
use serde::Deserialize;
use serde_json::json;
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::Identity;
use crate::fields::Email;
use crate::gate::{self, Client, Lines, forget_after};
use crate::me::{self, Me};
use crate::two_factor::{self, Challenge};
use crate::{limits, oidc, passkeys, password, secrets};

/// How long a session lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// After its last use.
    pub idle_us: i64,
    /// After its beginning.
    pub absolute_us: i64,
}

impl Lifetimes {
    /// How long a session lives that is never used.
    fn first_us(self) -> i64 {
        Ord::min(self.idle_us, self.absolute_us)
    }
}

impl Default for Lifetimes {
    fn default() -> Self {
        Lifetimes {
            idle_us: 30 * DAY_US,
            absolute_us: 90 * DAY_US,
        }
    }
}

/// The last use is written at most this often.
pub(crate) const SEEN_EVERY_US: i64 = 5 * MINUTE_US;
/// How long the answer to a request with an `Idempotency-Key` is kept.
const IDEMPOTENCY_US: i64 = 24 * HOUR_US;

/// A session that has just begun.
pub struct NewSession {
    pub id: i64,
    /// What the cookie carries; the table has only its hash.
    pub token: String,
}

/// Begins a session of a user.
pub(crate) async fn create(tx: &mut Tx, ctx: &Ctx, lifetimes: Lifetimes, user_id: UserId, client: &Client) -> Result<NewSession> {
    let token = secrets::create("")?;
    let now = ctx.now_us();
    let insert = Query::insert()
        .into_table("sessions")
        .columns([
            "user_id",
            "token_hash",
            "created_at",
            "seen_at",
            "expires_at",
            "user_agent",
            "ip_address",
        ])
        .values_panic([
            user_id.0.into(),
            secrets::hashed(&token).into(),
            now.into(),
            now.into(),
            (now + lifetimes.first_us()).into(),
            client.user_agent.as_str().into(),
            client.address.to_string().into(),
        ])
        .returning_col("id")
        .to_owned();
    let id = tx.insert(&insert).await?;
    let user = Query::update()
        .table("users")
        .value("last_seen_at", now)
        .and_where(Expr::col("id").eq(user_id.0))
        .to_owned();
    tx.exec(&user).await?;
    let stamp = Stamp {
        actor_id: Some(user_id),
        ..ctx.stamp()
    };
    tx.emit(
        &stamp,
        NewEvent::new("session.created", "session", id).payload(json!({"user_id": user_id})),
    )
    .await?;
    Ok(NewSession { id, token })
}

/// Gives the caller's session another token: called where its owner becomes worth more, so that a token that leaked before is worth
/// nothing after.
pub(crate) async fn renew(tx: &mut Tx, ctx: &Ctx) -> Result<String> {
    let Via::Session { id } = ctx.actor.via else {
        return Err(Error::internal("only a session has a token to renew"));
    };
    let token = secrets::create("")?;
    let update = Query::update()
        .table("sessions")
        .value("token_hash", secrets::hashed(&token))
        .and_where(Expr::col("id").eq(id))
        .to_owned();
    if tx.exec(&update).await? == 0 {
        return Err(Error::Unauthenticated);
    }
    forget_after(tx);
    Ok(token)
}

/// Ends one session of a user.
pub async fn end(tx: &mut Tx, ctx: &Ctx, user_id: UserId, id: i64) -> Result<()> {
    let delete = Query::delete()
        .from_table("sessions")
        .and_where(Expr::col("id").eq(id))
        .and_where(Expr::col("user_id").eq(user_id.0))
        .to_owned();
    if tx.exec(&delete).await? == 0 {
        return Err(Error::NotFound);
    }
    tx.emit(&ctx.stamp(), ended(user_id, id)).await?;
    forget_after(tx);
    Ok(())
}

/// Ends every session of a user but the one that the caller is in.
pub async fn end_all(tx: &mut Tx, ctx: &Ctx, user_id: UserId) -> Result<()> {
    let own = match ctx.actor.via {
        Via::Session { id } => id,
        _ => 0,
    };
    let mut delete = Query::delete();
    delete
        .from_table("sessions")
        .and_where(Expr::col("user_id").eq(user_id.0))
        .and_where(Expr::col("id").ne(own))
        .returning_col("id");
    let gone: Vec<(i64,)> = tx.all(&delete).await?;
    tx.emit_all(&ctx.stamp(), gone.into_iter().map(|(id,)| ended(user_id, id)).collect())
        .await?;
    forget_after(tx);
    Ok(())
}

fn ended(user_id: UserId, id: i64) -> NewEvent {
    NewEvent::new("session.deleted", "session", id).payload(json!({"user_id": user_id}))
}

/// A session with what the gate needs of its user.
#[derive(FromRow)]
pub(crate) struct Found {
    pub id: i64,
    pub user_id: UserId,
    pub seen_at: i64,
    pub expires_at: i64,
    pub team_id: Option<TeamId>,
    pub locale: String,
    /// As whom they look at the product.
    pub view_as_id: Option<UserId>,
}

/// The session of this token, if it is good and its user active.
pub(crate) async fn find(db: &Db, token_hash: &str, now: i64) -> Result<Option<Found>> {
    let columns = [
        ("sessions", "id"),
        ("sessions", "user_id"),
        ("sessions", "seen_at"),
        ("sessions", "expires_at"),
        ("sessions", "view_as_id"),
        ("users", "team_id"),
        ("users", "locale"),
    ];
    let select = Query::select()
        .columns(columns)
        .from(Alias::new("sessions"))
        .join(
            JoinType::InnerJoin,
            "users",
            Expr::col(("users", "id")).equals(("sessions", "user_id")),
        )
        .and_where(Expr::col(("sessions", "token_hash")).eq(token_hash))
        .and_where(Expr::col(("sessions", "expires_at")).gt(now))
        .and_where(Expr::col(("users", "is_active")).eq(true))
        .to_owned();
    db.opt(&select).await
}

/// Writes that sessions are in use, which lengthens them.
pub(crate) async fn seen(tx: &mut Tx, ids: &[i64], now: i64, lifetimes: Lifetimes) -> Result<()> {
    let idle = now + lifetimes.idle_us;
    let last = || Expr::col("created_at").add(lifetimes.absolute_us);
    let lengthened = Expr::case(last().lt(idle), last()).finally(idle);
    for some in ids.chunks(500) {
        let update = Query::update()
            .table("sessions")
            .value("seen_at", now)
            .value("expires_at", lengthened.clone())
            .and_where(Expr::col("id").is_in(some.iter().copied()))
            .to_owned();
        tx.exec(&update).await?;
        let theirs = Query::select()
            .column("user_id")
            .from(Alias::new("sessions"))
            .and_where(Expr::col("id").is_in(some.iter().copied()))
            .to_owned();
        let users = Query::update()
            .table("users")
            .value("last_seen_at", now)
            .and_where(Expr::col("id").in_subquery(theirs))
            .to_owned();
        tx.exec(&users).await?;
    }
    Ok(())
}

/// Takes away what nobody can use any more: expired sessions, answers kept for repeated requests.
pub(crate) async fn clean_up(ctx: &Ctx) -> Result<()> {
    let now = ctx.now_us();
    let expired = Query::delete()
        .from_table("sessions")
        .and_where(Expr::col("expires_at").lte(now))
        .to_owned();
    let challenges = Query::delete()
        .from_table("sign_in_challenges")
        .and_where(Expr::col("expires_at").lte(now))
        .to_owned();
    let links = Query::delete()
        .from_table("password_resets")
        .and_where(Expr::col("expires_at").lte(now))
        .to_owned();
    let forgiven = Query::delete()
        .from_table("sign_in_failures")
        .and_where(Expr::col("last_at").lt(now - limits::KEPT_US))
        .to_owned();
    let answered = Query::delete()
        .from_table("idempotency_keys")
        .and_where(Expr::col("at").lt(now - IDEMPOTENCY_US))
        .to_owned();
    let sessions = ctx.db.write(async |tx| tx.exec(&expired).await).await?;
    ctx.db
        .write(async |tx| {
            tx.exec(&challenges).await?;
            tx.exec(&links).await?;
            passkeys::clean_up(tx, now).await?;
            tx.exec(&forgiven).await
        })
        .await?;
    let answers = ctx.db.write(async |tx| tx.exec(&answered).await).await?;
    tracing::info!(sessions, answers, "cleaned up");
    Ok(())
}

// Over HTTP

/// Who wants to sign in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    email: String,
    password: String,
}

pub(crate) fn routes(identity: &Identity) -> Routes {
    Lines::new(identity)
        .add(routes!(create_session), Access::Public)
        .add(routes!(complete_session), Access::Public)
        .add(routes!(delete_session), Access::Unready)
        .done()
}

/// The second step of signing in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecondStep {
    /// From the answer to the first step.
    challenge: String,
    /// From the authenticator application, or one of the recovery codes.
    code: String,
}

/// Sign in. Wrong e-mail and wrong password are told the same, and after the same time. Who has a second factor is answered 202 with a
/// challenge for the second step, and with what can answer it.
#[utoipa::path(
    post, path = "/session/", operation_id = "create_session", tag = "session", request_body = Credentials,
    responses((status = 200, body = Me), (status = 202, body = Challenge, description = "The password was right; a code is needed too."), Problems)
)]
async fn create_session(ctx: Ctx, identity: Identity, client: Client, Body(credentials): Body<Credentials>) -> Result<Reply> {
    let (user_id, email) = check(&ctx, &client, &credentials).await?;
    if oidc::refuses_password(&identity, &ctx.db, user_id).await? {
        return Err(Error::WrongCredentials);
    }
    // Not `ctx.write`: the answer carries a secret and must not be kept for repeated requests.
    if two_factor::is_asked(&ctx.db, user_id).await? {
        limits::passed(&ctx, &email, client.address).await?;
        let challenge = ctx.db.write(async |tx| two_factor::challenge(tx, &ctx, user_id).await).await?;
        return Ok(Reply::text(StatusCode::ACCEPTED, serde_json::to_string(&challenge)?));
    }
    let session = ctx
        .db
        .write(async |tx| {
            limits::succeeded(tx, &email, client.address).await?;
            create(tx, &ctx, identity.0.settings.lifetimes, user_id, &client).await
        })
        .await?;
    signed_in(&identity, user_id, &session).await
}

/// Complete signing in with a code of the second factor.
#[utoipa::path(post, path = "/session/second-step/", operation_id = "complete_session", tag = "session", request_body = SecondStep, responses((status = 200, body = Me), Problems))]
async fn complete_session(ctx: Ctx, identity: Identity, client: Client, Body(step): Body<SecondStep>) -> Result<Reply> {
    let Some((user_id, email)) = two_factor::challenged(&ctx, &step.challenge).await? else {
        limits::attempt_from(&ctx, client.address).await?;
        return Err(two_factor::over());
    };
    limits::attempt(&ctx, &email, client.address).await?;
    let session = ctx
        .db
        .write(async |tx| {
            if !two_factor::answer(tx, &ctx, &identity, user_id, &step.challenge, &step.code).await? {
                return Ok(None);
            }
            limits::succeeded(tx, &email, client.address).await?;
            create(tx, &ctx, identity.0.settings.lifetimes, user_id, &client).await.map(Some)
        })
        .await?;
    let session = session.ok_or_else(two_factor::wrong_code)?;
    signed_in(&identity, user_id, &session).await
}

/// Sign out.
#[utoipa::path(delete, path = "/session/", operation_id = "delete_session", tag = "session", responses((status = 204), Problems))]
async fn delete_session(ctx: Ctx, identity: Identity) -> Result<Reply> {
    if let (Via::Session { id }, Some(user_id)) = (ctx.actor.via, ctx.actor.user_id) {
        ctx.db.write(async |tx| end(tx, &ctx, user_id, id).await).await?;
    }
    Ok(Reply::no_content().header("set-cookie", identity.cookie("", 0)))
}

/// The answer to a sign-in: who it is, and the cookie.
pub(crate) async fn signed_in(identity: &Identity, user_id: UserId, session: &NewSession) -> Result<Reply> {
    let csrf_token = secrets::csrf_token(&session.token);
    let me = me::read(identity, user_id, None, Some(csrf_token)).await?;
    Ok(Reply::ok(&me)?.header("set-cookie", identity.session_cookie(&session.token)))
}

/// Who the credentials belong to: the user and the e-mail address by which failures are counted.
async fn check(ctx: &Ctx, client: &Client, credentials: &Credentials) -> Result<(UserId, String)> {
    let email = match Email::parse(&credentials.email) {
        Ok(email) if !password::is_too_long(&credentials.password) => email,
        _ => {
            limits::attempt_from(ctx, client.address).await?;
            return Err(Error::WrongCredentials);
        }
    };
    limits::attempt(ctx, email.as_str(), client.address).await?;
    let select = Query::select()
        .columns(["id", "password_hash", "is_active"])
        .from(Alias::new("users"))
        .and_where(Expr::col("email").eq(email.as_str()))
        .to_owned();
    let user: Option<(UserId, String, bool)> = ctx.db.opt(&select).await?;
    let hash = user.as_ref().map(|(_, hash, _)| hash.as_str()).filter(|hash| !hash.is_empty());
    let fits = password::verify(&credentials.password, hash).await?;
    match user {
        Some((user_id, _, true)) if fits => Ok((user_id, email.as_str().to_owned())),
        known => {
            refused(ctx, known.map(|(user_id, ..)| user_id)).await?;
            Err(Error::WrongCredentials)
        }
    }
}

/// Notes an attempt to sign in. Not what was typed: people type passwords where their address belongs.
async fn refused(ctx: &Ctx, user_id: Option<UserId>) -> Result<()> {
    let event = NewEvent::new("sign_in.refused", "sign_in", user_id.map_or(0, |id| id.0));
    ctx.db.write(async |tx| tx.emit(&ctx.stamp(), event).await).await
}

/// The CSRF token that belongs to the cookie of a request.
pub(crate) fn csrf_token_of(ctx: &Ctx, headers: &HeaderMap) -> Option<String> {
    match ctx.actor.via {
        Via::Session { .. } => gate::session_cookie(headers).map(secrets::csrf_token),
        _ => None,
    }
}
