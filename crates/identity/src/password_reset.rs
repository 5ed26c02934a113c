//! A new password for who has forgotten theirs: by a link that is good for an hour and once. Administrators make it and hand it over; who
//! asks for one by themselves is always answered the same, and administrators see that they asked. The link stands for the password only:
//! a second factor is asked for as ever.

use axum::http::StatusCode;
use kernel::clock::{self, HOUR_US};
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::events::NewEvent;
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, PathId, Reply, Routes};
use kernel::ids::UserId;
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, JoinType, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::fields::Email;
use crate::gate::{Client, Lines};
use crate::users::{self, UserChange};
use crate::{Identity, USER_MANAGE, limits, password, secrets, sessions};

const GOOD_US: i64 = HOUR_US;

/// A link that has just been made.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ResetLink {
    /// To be handed to the user; it cannot be read again.
    pub link: String,
    pub expires_at: String,
}

/// Makes a link for a user, which makes earlier ones void.
pub async fn create(tx: &mut Tx, ctx: &Ctx, public_url: &str, user_id: UserId) -> Result<ResetLink> {
    let token = secrets::create("")?;
    let expires_at = ctx.now_us() + GOOD_US;
    void(tx, user_id).await?;
    let insert = Query::insert()
        .into_table("password_resets")
        .columns(["user_id", "token_hash", "expires_at"])
        .values_panic([user_id.0.into(), secrets::hashed(&token).into(), expires_at.into()])
        .to_owned();
    tx.exec(&insert).await?;
    tx.emit(&ctx.stamp(), NewEvent::new("user.password_reset_created", "user", user_id.0))
        .await?;
    Ok(ResetLink {
        // After the #, so that it stands in no log of a server or proxy and in no Referer.
        link: format!("{public_url}/new-password#{token}"),
        expires_at: clock::rfc3339(expires_at),
    })
}

/// Makes the links of a user void.
pub(crate) async fn void(tx: &mut Tx, user_id: UserId) -> Result<()> {
    let earlier = Query::delete()
        .from_table("password_resets")
        .and_where(Expr::col("user_id").eq(user_id.0))
        .to_owned();
    tx.exec(&earlier).await?;
    Ok(())
}

// Over HTTP

pub(crate) fn routes(identity: &Identity) -> Routes {
    Lines::new(identity)
        .add(routes!(request_password_reset), Access::Public)
        .add(routes!(complete_password_reset), Access::Public)
        .add(routes!(create_password_reset), Access::Needs(USER_MANAGE))
        .add(routes!(unlock_user), Access::Needs(USER_MANAGE))
        .add(routes!(delete_user_sessions), Access::Needs(USER_MANAGE))
        .done()
}

/// Who forgot their password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForgottenPassword {
    email: String,
}

/// A new password by a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// What stands in the link after the `#`.
    token: String,
    password: String,
}

/// Ask for a new password. Answered the same whether there is such a user or not; administrators see who asked.
#[utoipa::path(post, path = "/password-reset/", operation_id = "request_password_reset", tag = "session", request_body = ForgottenPassword, responses((status = 202), Problems))]
async fn request_password_reset(ctx: Ctx, client: Client, Body(input): Body<ForgottenPassword>) -> Result<Reply> {
    limits::attempt_from(&ctx, client.address).await?;
    if let Ok(email) = Email::parse(&input.email)
        && limits::may_ask(&ctx, email.as_str()).await?
    {
        let select = Query::select()
            .column("id")
            .from(Alias::new("users"))
            .and_where(Expr::col("email").eq(email.as_str()))
            .and_where(Expr::col("is_active").eq(true))
            .to_owned();
        if let Some((id,)) = ctx.db.opt::<(i64,)>(&select).await? {
            let asked = NewEvent::new("user.password_reset_requested", "user", id);
            ctx.db.write(async |tx| tx.emit(&ctx.stamp(), asked).await).await?;
        }
    }
    Ok(Reply::text(StatusCode::ACCEPTED, "{}".into()))
}

/// Choose a new password by a link. Ends all sessions of the user; signs nobody in.
#[utoipa::path(post, path = "/password-reset/complete/", operation_id = "complete_password_reset", tag = "session", request_body = NewPassword, responses((status = 204), Problems))]
async fn complete_password_reset(ctx: Ctx, client: Client, Body(input): Body<NewPassword>) -> Result<Reply> {
    limits::attempt_from(&ctx, client.address).await?;
    let hash = secrets::hashed(&input.token);
    let select = Query::select()
        .columns([("users", "id")])
        .columns([("users", "email"), ("users", "name")])
        .from(Alias::new("password_resets"))
        .join(
            JoinType::InnerJoin,
            "users",
            Expr::col(("users", "id")).equals(("password_resets", "user_id")),
        )
        .and_where(Expr::col(("password_resets", "token_hash")).eq(hash.as_str()))
        .and_where(Expr::col(("password_resets", "expires_at")).gt(ctx.now_us()))
        .and_where(Expr::col(("users", "is_active")).eq(true))
        .to_owned();
    // Looked at before hashing the password, so that without the link nothing can be made to work.
    let (user_id, email, name): (UserId, String, String) = ctx.db.opt(&select).await?.ok_or_else(void_link)?;
    limits::succeeded_from(&ctx, client.address).await?;
    let owner = password::Owner {
        email: &email,
        name: &name,
        organisation: &ctx.org.name,
    };
    let password = password::hash_of(&input.password, owner).await?;
    let used = Query::delete()
        .from_table("password_resets")
        .and_where(Expr::col("token_hash").eq(hash.as_str()))
        .to_owned();
    ctx.db
        .write(async |tx| {
            if tx.exec(&used).await? == 0 {
                return Err(void_link());
            }
            limits::unlock(tx, &email).await?;
            let change = UserChange {
                password: Some(password),
                ..UserChange::default()
            };
            users::update(tx, &ctx, user_id, change).await
        })
        .await?;
    Ok(Reply::no_content())
}

/// Make a link by which a user chooses a new password: good for an hour, once.
#[utoipa::path(post, path = "/users/{id}/password-reset/", operation_id = "create_password_reset", tag = "users", params(("id" = i64, Path)), responses((status = 201, body = ResetLink), Problems))]
async fn create_password_reset(ctx: Ctx, identity: Identity, PathId(id): PathId<UserId>) -> Result<Reply> {
    let user = users::get(&ctx, id).await?;
    if !user.is_active {
        return Err(Error::Conflict(say!(
            "Kullanıcı etkin değil; önce etkinleştirin.",
            "The user is not active; make them active first."
        )));
    }
    // Not `ctx.write`: the answer carries a secret and must not be kept for repeated requests.
    let link = ctx
        .db
        .write(async |tx| {
            users::check_not_above(tx, &identity, &ctx, id).await?;
            create(tx, &ctx, &identity.0.settings.public_url, id).await
        })
        .await?;
    Ok(Reply::text(StatusCode::CREATED, serde_json::to_string(&link)?))
}

/// Let a user try again at once who made too many mistakes.
#[utoipa::path(post, path = "/users/{id}/unlock/", operation_id = "unlock_user", tag = "users", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn unlock_user(ctx: Ctx, PathId(id): PathId<UserId>) -> Result<Reply> {
    let user = users::get(&ctx, id).await?;
    ctx.write(async |tx| {
        limits::unlock(tx, &user.email).await?;
        tx.emit(&ctx.stamp(), NewEvent::new("user.unlocked", "user", id.0)).await?;
        Ok(Reply::no_content())
    })
    .await
}

/// Sign a user out everywhere.
#[utoipa::path(delete, path = "/users/{id}/sessions/", operation_id = "delete_user_sessions", tag = "users", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn delete_user_sessions(ctx: Ctx, PathId(id): PathId<UserId>) -> Result<Reply> {
    users::get(&ctx, id).await?;
    ctx.write(async |tx| {
        sessions::end_all(tx, &ctx, id).await?;
        Ok(Reply::no_content())
    })
    .await
}

fn void_link() -> Error {
    Error::Refused {
        code: "link_void",
        say: say!(
            "Bağlantı geçersiz ya da süresi dolmuş; yöneticinizden yenisini isteyin.",
            "The link is not valid or has expired; ask your administrator for a new one."
        ),
    }
}
