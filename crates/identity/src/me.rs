//! Who am I: what a page needs to know of the caller, and what everybody may change of themselves.

use std::collections::BTreeMap;

use axum::extract::OriginalUri;
use axum::http::HeaderMap;
use kernel::actor::{Actor, Scope, Via};
use kernel::ctx::Ctx;
use kernel::error::{Error, Result, invalid};
use kernel::http::openapi::{ListParams, Listed, Problems};
use kernel::http::{Access, Body, Params, PathId, Reply, Routes};
use kernel::ids::{TeamId, UserId};
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, JoinType, Order, Query};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::gate::{Client, Lines};
use crate::listing::{Listing, Ordering, bool_filter, by, pair};
use crate::reach::FieldRules;
use crate::users::{self, UserChange};
use crate::{Identity, device, limits, password, roles, secrets, sessions, two_factor};

/// The caller.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Me {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub locale: String,
    /// `system`, `light` or `dark`.
    pub theme: String,
    pub team: Option<MyTeam>,
    /// The codes of the caller's roles.
    pub roles: Vec<String>,
    /// What the caller may do, each with its scope.
    pub permissions: BTreeMap<String, Scope>,
    /// What the caller's roles take away of fields: entity → field → `hidden` or `read_only`.
    #[schema(value_type = std::collections::BTreeMap<String, std::collections::BTreeMap<String, kernel::actor::FieldAccess>>)]
    pub fields: FieldRules,
    /// The administrator who looks at the product as this user; nothing can be changed meanwhile.
    pub viewed_by: Option<UserId>,
    /// To be sent as `X-CSRF-Token` with every change; none for API tokens, which need none.
    pub csrf_token: Option<String>,
    pub organisation: MyOrganisation,
    pub two_factor: MyTwoFactor,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MyTeam {
    pub id: TeamId,
    pub name: String,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MyOrganisation {
    pub name: String,
    pub time_zone: String,
    pub currency: String,
    pub locale: String,
}

/// How it stands with the caller's second factor.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MyTwoFactor {
    pub is_on: bool,
    /// A role of the caller's demands it: while it is off, nothing else can be done.
    pub is_required: bool,
    pub recovery_codes_left: i64,
    /// How many passkeys the caller has; one is as good as a second factor.
    pub passkeys: i64,
}

/// A session of the caller.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "rows are written by the database; this is their description")]
pub struct Session {
    id: i64,
    created_at: String,
    seen_at: String,
    expires_at: String,
    user_agent: String,
    /// `Firefox`, when it is one of the common ones.
    browser: Option<String>,
    /// `Windows`, `iPhone`, …
    system: Option<String>,
    ip_address: String,
    /// The one this request came in.
    is_current: bool,
}

/// What everybody may change of themselves.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PatchMe {
    name: Option<String>,
    locale: Option<String>,
    theme: Option<String>,
    /// Together with `current_password`. Ends the other sessions.
    password: Option<String>,
    current_password: Option<String>,
}

#[derive(FromRow)]
struct Row {
    name: String,
    email: String,
    locale: String,
    theme: String,
    team_id: Option<TeamId>,
    team_name: Option<String>,
}

/// Reads who a user is. `actor` is the caller where that is not all the user may do (API tokens).
pub(crate) async fn read(identity: &Identity, user_id: UserId, actor: Option<&Actor>, csrf_token: Option<String>) -> Result<Me> {
    let db = &identity.0.db;
    let select = Query::select()
        .columns(["name", "email", "locale", "theme", "team_id"].map(|column| ("users", column)))
        .expr_as(Expr::col(("teams", "name")), "team_name")
        .from(Alias::new("users"))
        .join(JoinType::LeftJoin, "teams", Expr::col(("teams", "id")).equals(("users", "team_id")))
        .and_where(Expr::col(("users", "id")).eq(user_id.0))
        .to_owned();
    let row: Row = db.opt(&select).await?.ok_or(Error::Unauthenticated)?;
    let codes = roles::of(user_id)
        .column(("roles", "code"))
        .order_by(("roles", "id"), Order::Asc)
        .to_owned();
    let codes: Vec<(String,)> = db.all(&codes).await?;
    let actor = match actor {
        Some(actor) => actor.clone(),
        None => identity.actor_of(user_id, Via::Nobody).await?,
    };
    let organisation = identity.organisation().await?;
    let two_factor = two_factor::standing(db, user_id).await?;
    Ok(Me {
        id: user_id,
        two_factor,
        locale: if row.locale.is_empty() {
            organisation.lang.tag().to_owned()
        } else {
            row.locale
        },
        name: row.name,
        email: row.email,
        theme: row.theme,
        team: row.team_id.zip(row.team_name).map(|(id, name)| MyTeam { id, name }),
        roles: codes.into_iter().map(|(code,)| code).collect(),
        permissions: actor.grants.into_iter().collect(),
        fields: actor.limits.fields,
        viewed_by: actor.viewed_by,
        csrf_token,
        organisation: MyOrganisation {
            name: organisation.name.clone(),
            time_zone: organisation.zone.name().to_owned(),
            currency: organisation.currency.clone(),
            locale: organisation.lang.tag().to_owned(),
        },
    })
}

/// The caller's id, where only a person will do: a token that could make sessions, passwords or tokens would be worth more than its scopes.
pub(crate) fn in_person(ctx: &Ctx) -> Result<UserId> {
    match (&ctx.actor.via, ctx.actor.user_id) {
        (Via::Session { .. }, Some(user_id)) => Ok(user_id),
        _ => Err(Error::Forbidden(say!(
            "Bu, API anahtarıyla yapılamaz; oturum açarak yapın.",
            "This cannot be done with an API token; sign in to do it."
        ))),
    }
}

pub(crate) fn user_id(ctx: &Ctx) -> Result<UserId> {
    ctx.actor.user_id.ok_or(Error::Unauthenticated)
}

// Over HTTP

pub(crate) fn routes(identity: &Identity) -> Routes {
    Lines::new(identity)
        .add(routes!(get_me), Access::Unready)
        .add(routes!(update_me), Access::Unready)
        .add(routes!(list_my_sessions, delete_my_sessions), Access::Unready)
        .add(routes!(delete_my_session), Access::Unready)
        .done()
}

/// Who am I?
#[utoipa::path(get, path = "/me/", operation_id = "get_me", tag = "session", responses((status = 200, body = Me), Problems))]
async fn get_me(ctx: Ctx, identity: Identity, headers: HeaderMap) -> Result<Reply> {
    let csrf_token = sessions::csrf_token_of(&ctx, &headers);
    Reply::ok(&read(&identity, user_id(&ctx)?, Some(&*ctx.actor), csrf_token).await?)
}

/// Change oneself.
#[utoipa::path(patch, path = "/me/", operation_id = "update_me", tag = "session", request_body = PatchMe, responses((status = 200, body = Me), Problems))]
async fn update_me(ctx: Ctx, identity: Identity, client: Client, headers: HeaderMap, Body(input): Body<PatchMe>) -> Result<Reply> {
    let me = in_person(&ctx)?;
    let password = match &input.password {
        None => None,
        Some(password) => {
            let row = check_current_password(&ctx, &client, me, input.current_password.as_deref()).await?;
            let owner = password::Owner {
                email: &row.email,
                name: &row.name,
                organisation: &ctx.org.name,
            };
            Some(password::hash_of(password, owner).await?)
        }
    };
    let changes_password = password.is_some();
    let PatchMe { name, locale, theme, .. } = input;
    let fresh = ctx
        .db
        .write(async |tx| {
            users::update(
                tx,
                &ctx,
                me,
                UserChange {
                    name,
                    locale,
                    theme,
                    password,
                    ..UserChange::default()
                },
            )
            .await?;
            if changes_password {
                sessions::renew(tx, &ctx).await.map(Some)
            } else {
                Ok(None)
            }
        })
        .await?;
    if let Some(token) = fresh {
        let me = read(&identity, me, Some(&*ctx.actor), Some(secrets::csrf_token(&token))).await?;
        return Ok(Reply::ok(&me)?.header("set-cookie", identity.session_cookie(&token)));
    }
    let csrf_token = sessions::csrf_token_of(&ctx, &headers);
    Reply::ok(&read(&identity, me, Some(&*ctx.actor), csrf_token).await?)
}

/// Whoever finds a browser open must not be able to take the account over. Gives who it is.
pub(crate) async fn check_current_password(ctx: &Ctx, client: &Client, me: UserId, given: Option<&str>) -> Result<users::Row> {
    let wrong = || {
        invalid(
            "current_password",
            say!("Şimdiki parolanız bu değil.", "This is not your present password."),
        )
    };
    let given = given.filter(|given| !password::is_too_long(given)).unwrap_or_default();
    let select = users::select_row().and_where(Expr::col("id").eq(me.0)).to_owned();
    let row: users::Row = ctx.db.opt(&select).await?.ok_or(Error::Unauthenticated)?;
    limits::attempt(ctx, &row.email, client.address).await?;
    let hash = Some(row.password_hash.as_str()).filter(|hash| !hash.is_empty());
    if !password::verify(given, hash).await? {
        return Err(wrong());
    }
    limits::passed(ctx, &row.email, client.address).await?;
    Ok(row)
}

const ORDERINGS: &[Ordering] = &[by("seen_at", "seen_at"), by("created_at", "created_at"), by("id", "id")];

/// The caller's sessions.
#[utoipa::path(get, path = "/me/sessions/", operation_id = "list_my_sessions", tag = "session", params(ListParams), responses((status = 200, body = Listed<Session>), Problems))]
async fn list_my_sessions(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    let me = in_person(&ctx)?;
    let current = match ctx.actor.via {
        Via::Session { id } => id,
        _ => 0,
    };
    let dialect = ctx.db.dialect();
    let row = dialect.json_object(&[
        pair("id", "sessions.id"),
        pair("created_at", dialect.json_time("sessions.created_at")),
        pair("seen_at", dialect.json_time("sessions.seen_at")),
        pair("expires_at", dialect.json_time("sessions.expires_at")),
        pair("user_agent", "sessions.user_agent"),
        pair("ip_address", "sessions.ip_address"),
        pair("is_current", dialect.json_bool(&format!("(sessions.id = {current})"))),
    ]);
    let listing = Listing {
        table: "sessions",
        row,
        orderings: ORDERINGS,
        filters: &[],
    };
    let request = listing.request(&pairs)?;
    let mut filtered = Query::select();
    filtered
        .from(Alias::new("sessions"))
        .and_where(Expr::col(("sessions", "user_id")).eq(me.0))
        .and_where(Expr::col(("sessions", "expires_at")).gt(ctx.now_us()));
    let mut found = listing.find(&ctx, &filtered, &request).await?;
    found.page.rows = found.page.rows.iter().map(|row| with_device(row)).collect::<Result<_>>()?;
    Ok(found.reply(&uri, &pairs))
}

/// A row of the list with what its `User-Agent` tells.
fn with_device(row: &str) -> Result<String> {
    let mut session: serde_json::Value = serde_json::from_str(row)?;
    let device = device::of(session["user_agent"].as_str().unwrap_or_default());
    session["browser"] = device.browser.into();
    session["system"] = device.system.into();
    Ok(session.to_string())
}

/// Sign out everywhere: ends the caller's other sessions, with `all=true` this one too.
#[utoipa::path(delete, path = "/me/sessions/", operation_id = "delete_my_sessions", tag = "session", params(("all" = Option<bool>, Query)), responses((status = 204), Problems))]
async fn delete_my_sessions(ctx: Ctx, identity: Identity, Params(pairs): Params) -> Result<Reply> {
    let me = in_person(&ctx)?;
    let all = bool_filter(&pairs, "all")?.unwrap_or(false);
    ctx.db
        .write(async |tx| {
            sessions::end_all(tx, &ctx, me).await?;
            match ctx.actor.via {
                Via::Session { id } if all => sessions::end(tx, &ctx, me, id).await,
                _ => Ok(()),
            }
        })
        .await?;
    let reply = Reply::no_content();
    Ok(if all {
        reply.header("set-cookie", identity.cookie("", 0))
    } else {
        reply
    })
}

/// End one of the caller's sessions.
#[utoipa::path(delete, path = "/me/sessions/{id}/", operation_id = "delete_my_session", tag = "session", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn delete_my_session(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    let me = in_person(&ctx)?;
    ctx.write(async |tx| {
        sessions::end(tx, &ctx, me, id).await?;
        Ok(Reply::no_content())
    })
    .await
}
