//! API tokens: what programs sign in with. A token is never worth more than its owner, and usually less.

use axum::extract::OriginalUri;
use kernel::actor::Via;
use kernel::clock;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::{Db, Tx};
use kernel::dialect::Dialect;
use kernel::error::{Error, Result, invalid};
use kernel::events::NewEvent;
use kernel::http::openapi::{ListParams, Listed, Problems};
use kernel::http::{Access, Body, Params, PathId, Reply, Routes};
use kernel::ids::{TeamId, UserId};
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, JoinType, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::fields::{self, Diff};
use crate::gate::{Lines, TOKEN_PREFIX, forget_after};
use crate::listing::{Listing, Ordering, by, id_filter, pair};
use crate::{Identity, TOKEN_MANAGE, me, secrets};

const MAX_NAME_CHARS: usize = 80;
const MAX_SCOPES: usize = 200;
/// Tokens that one user may have.
const MAX_TOKENS: i64 = 100;

/// An API token.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Token {
    pub id: i64,
    pub user_id: UserId,
    pub user_name: String,
    pub name: String,
    /// Permission names, optionally with a scope: `customer.read`, `customer.read:own`; `*` is all that the owner may do.
    pub scopes: Vec<String>,
    pub created_at: String,
    /// None: never.
    pub expires_at: Option<String>,
    pub used_at: Option<String>,
    /// Only in the answer to its making, and only once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// A token about to be made.
#[derive(Clone, Debug)]
pub struct NewToken {
    pub user_id: UserId,
    pub name: String,
    pub scopes: Vec<String>,
    pub expires_at_us: Option<i64>,
}

/// A token that has just been made.
#[derive(Clone)]
pub struct CreatedToken {
    pub id: i64,
    /// `crm_…`; it cannot be read again.
    pub secret: String,
}

/// Makes a token. Whether its scopes exist is asked before, by who knows the permissions.
pub async fn create(tx: &mut Tx, ctx: &Ctx, new: NewToken) -> Result<CreatedToken> {
    let name = fields::name("name", &new.name, MAX_NAME_CHARS)?;
    let now = ctx.now_us();
    if new.expires_at_us.is_some_and(|expires_at| expires_at <= now) {
        return Err(invalid("expires_at", say!("Gelecekte olmalı.", "Must be in the future.")));
    }
    let count = Query::select()
        .expr(Expr::col("id").count())
        .from(Alias::new("api_tokens"))
        .and_where(Expr::col("user_id").eq(new.user_id.0))
        .to_owned();
    let (count,): (i64,) = tx.one(&count).await?;
    if count >= MAX_TOKENS {
        return Err(Error::Conflict(say!(
            "Bir kullanıcının en çok {} anahtarı olabilir.",
            "A user may have {} tokens at most.",
            MAX_TOKENS
        )));
    }
    let secret = secrets::create(TOKEN_PREFIX)?;
    let insert = Query::insert()
        .into_table("api_tokens")
        .columns(["user_id", "name", "token_hash", "scopes", "created_at", "expires_at"])
        .values_panic([
            new.user_id.0.into(),
            name.as_str().into(),
            secrets::hashed(&secret).into(),
            serde_json::to_string(&new.scopes)?.into(),
            now.into(),
            new.expires_at_us.into(),
        ])
        .returning_col("id")
        .to_owned();
    let id = tx.insert(&insert).await?;
    let mut diff = Diff::default();
    diff.note("name", json!(null), name);
    diff.note("scopes", json!(null), json!(new.scopes));
    diff.note("expires_at", json!(null), json!(new.expires_at_us.map(clock::rfc3339)));
    tx.emit(
        &ctx.stamp(),
        NewEvent::new("token.created", "token", id)
            .payload(json!({"user_id": new.user_id}))
            .changes(diff.0),
    )
    .await?;
    Ok(CreatedToken { id, secret })
}

/// Ends a token; `of` narrows it to those of one user.
pub async fn delete(tx: &mut Tx, ctx: &Ctx, id: i64, of: Option<UserId>) -> Result<()> {
    let mut delete = Query::delete();
    delete
        .from_table("api_tokens")
        .and_where(Expr::col("id").eq(id))
        .returning(Query::returning().columns(["user_id", "name"]));
    if let Some(user_id) = of {
        delete.and_where(Expr::col("user_id").eq(user_id.0));
    }
    let (user_id, name): (i64, String) = tx.opt(&delete).await?.ok_or(Error::NotFound)?;
    let mut diff = Diff::default();
    diff.note("name", name, json!(null));
    tx.emit(
        &ctx.stamp(),
        NewEvent::new("token.deleted", "token", id)
            .payload(json!({"user_id": user_id}))
            .changes(diff.0),
    )
    .await?;
    forget_after(tx);
    Ok(())
}

/// A token with what the gate needs of its owner.
#[derive(FromRow)]
pub(crate) struct Found {
    pub id: i64,
    pub user_id: UserId,
    scopes: String,
    pub expires_at: Option<i64>,
    pub used_at: Option<i64>,
    pub team_id: Option<TeamId>,
    pub locale: String,
}

impl Found {
    pub fn scopes(&self) -> Result<Vec<String>> {
        Ok(serde_json::from_str(&self.scopes)?)
    }
}

/// The token with this hash, if it is good and its owner active.
pub(crate) async fn find(db: &Db, token_hash: &str, now: i64) -> Result<Option<Found>> {
    let select = Query::select()
        .columns(["id", "user_id", "scopes", "expires_at", "used_at"].map(|column| ("api_tokens", column)))
        .columns([("users", "team_id"), ("users", "locale")])
        .from(Alias::new("api_tokens"))
        .join(
            JoinType::InnerJoin,
            "users",
            Expr::col(("users", "id")).equals(("api_tokens", "user_id")),
        )
        .and_where(Expr::col(("api_tokens", "token_hash")).eq(token_hash))
        .and_where(Expr::col(("users", "is_active")).eq(true))
        .to_owned();
    let found: Option<Found> = db.opt(&select).await?;
    Ok(found.filter(|token| token.expires_at.is_none_or(|expires_at| expires_at > now)))
}

/// Writes that tokens are in use.
pub(crate) async fn used(tx: &mut Tx, ids: &[i64], now: i64) -> Result<()> {
    for some in ids.chunks(500) {
        let first = Query::select()
            .columns(["id", "user_id"])
            .from(Alias::new("api_tokens"))
            .and_where(Expr::col("id").is_in(some.iter().copied()))
            .and_where(Expr::col("used_at").is_null())
            .to_owned();
        for (id, user_id) in tx.all::<(i64, UserId)>(&first).await? {
            let stamp = Stamp {
                at_us: now,
                actor_id: Some(user_id),
                operation_id: None,
                via: Via::Token { id },
                address: None,
            };
            tx.emit(&stamp, NewEvent::new("token.used", "token_use", id)).await?;
        }
        let update = Query::update()
            .table("api_tokens")
            .value("used_at", now)
            .and_where(Expr::col("id").is_in(some.iter().copied()))
            .to_owned();
        tx.exec(&update).await?;
    }
    Ok(())
}

// Over HTTP

const ORDERINGS: &[Ordering] = &[by("created_at", "created_at"), by("name", "name"), by("id", "id")];

pub(crate) fn routes(identity: &Identity) -> Routes {
    Lines::new(identity)
        .add(routes!(list_tokens), Access::SignedIn)
        .add(routes!(create_token), Access::SignedIn)
        .add(routes!(delete_token), Access::SignedIn)
        .done()
}

/// A token of the caller's own, about to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateToken {
    name: String,
    /// Permission names, optionally with a scope; `*` is all that the caller may do.
    scopes: Vec<String>,
    /// RFC 3339; none for a token that does not expire.
    expires_at: Option<String>,
}

fn listing(dialect: Dialect) -> Listing<'static> {
    let time_or_none = |column: &str| format!("CASE WHEN {column} IS NULL THEN NULL ELSE {} END", dialect.json_time(column));
    let row = dialect.json_object(&[
        pair("id", "api_tokens.id"),
        pair("user_id", "api_tokens.user_id"),
        pair("user_name", "users.name"),
        pair("name", "api_tokens.name"),
        pair("scopes", dialect.json_text("api_tokens.scopes")),
        pair("created_at", dialect.json_time("api_tokens.created_at")),
        pair("expires_at", time_or_none("api_tokens.expires_at")),
        pair("used_at", time_or_none("api_tokens.used_at")),
    ]);
    Listing {
        table: "api_tokens",
        row,
        orderings: ORDERINGS,
        filters: &["user_id"],
    }
}

fn select_from() -> SelectStatement {
    Query::select()
        .from(Alias::new("api_tokens"))
        .join(
            JoinType::InnerJoin,
            "users",
            Expr::col(("users", "id")).equals(("api_tokens", "user_id")),
        )
        .to_owned()
}

async fn one_in(tx: &mut Tx, id: i64) -> Result<Token> {
    let dialect = tx.dialect();
    let select = select_from()
        .expr(dialect.own_sql(listing(dialect).row))
        .and_where(Expr::col(("api_tokens", "id")).eq(id))
        .to_owned();
    let text = tx.texts(&select).await?.pop().ok_or(Error::NotFound)?;
    Ok(serde_json::from_str(&text)?)
}

/// Whose tokens the caller may see and end: everybody's, or their own.
fn reach(ctx: &Ctx) -> Result<Option<UserId>> {
    if ctx.actor.may(TOKEN_MANAGE) {
        Ok(None)
    } else {
        me::in_person(ctx).map(Some)
    }
}

/// The caller's tokens; with the permission `token.manage` everybody's.
#[utoipa::path(get, path = "/tokens/", operation_id = "list_tokens", tag = "tokens", params(ListParams, ("user_id" = Option<i64>, Query)), responses((status = 200, body = Listed<Token>), Problems))]
async fn list_tokens(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    let listing = listing(ctx.db.dialect());
    let request = listing.request(&pairs)?;
    let mut filtered = select_from();
    for user_id in [reach(&ctx)?.map(|me| me.0), id_filter(&pairs, "user_id")?].into_iter().flatten() {
        filtered.and_where(Expr::col(("api_tokens", "user_id")).eq(user_id));
    }
    Ok(listing.find(&ctx, &filtered, &request).await?.reply(&uri, &pairs))
}

/// Make a token for oneself. The answer has its secret, once.
#[utoipa::path(post, path = "/tokens/", operation_id = "create_token", tag = "tokens", request_body = CreateToken, responses((status = 201, body = Token), Problems))]
async fn create_token(ctx: Ctx, identity: Identity, OriginalUri(uri): OriginalUri, Body(input): Body<CreateToken>) -> Result<Reply> {
    let user_id = me::in_person(&ctx)?;
    if input.scopes.len() > MAX_SCOPES {
        return Err(invalid(
            "scopes",
            say!("En çok {} yetki olabilir.", "There may be {} permissions at most.", MAX_SCOPES),
        ));
    }
    identity.registry().check_scopes(&input.scopes)?;
    let expires_at_us = input.expires_at.as_deref().map(moment).transpose()?;
    let mut made = None;
    let reply = ctx
        .write(async |tx| {
            let token = create(
                tx,
                &ctx,
                NewToken {
                    user_id,
                    name: input.name,
                    scopes: input.scopes,
                    expires_at_us,
                },
            )
            .await?;
            let answer = one_in(tx, token.id).await?;
            let location = format!("{}{}/", uri.path(), token.id);
            // What is kept for a repeated request is the answer without the secret.
            let reply = Reply::created(location.as_str(), &answer)?;
            made = Some((
                location,
                Token {
                    secret: Some(token.secret),
                    ..answer
                },
            ));
            Ok(reply)
        })
        .await?;
    match made {
        Some((location, token)) => Reply::created(location, &token),
        None => Ok(reply),
    }
}

/// End a token: one's own, or with the permission `token.manage` anybody's.
#[utoipa::path(delete, path = "/tokens/{id}/", operation_id = "delete_token", tag = "tokens", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn delete_token(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    let of = reach(&ctx)?;
    ctx.write(async |tx| {
        delete(tx, &ctx, id, of).await?;
        Ok(Reply::no_content())
    })
    .await
}

fn moment(text: &str) -> Result<i64> {
    clock::parse_rfc3339(text).ok_or_else(|| {
        invalid(
            "expires_at",
            say!(
                "2027-01-31T12:00:00Z gibi bir zaman olmalı.",
                "Must be a time such as 2027-01-31T12:00:00Z."
            ),
        )
    })
}
