//! The first start: while there is no user, whoever holds the one-time link makes the organisation and its first administrator.

use kernel::ctx::{Ctx, Organisation};
use kernel::db::Tx;
use kernel::error::{Error, Lang, Result};
use kernel::http::openapi::Problems;
use kernel::http::{Access, Body, Reply, Routes};
use kernel::ids::UserId;
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::gate::{Client, Lines, forget_after};
use crate::me::Me;
use crate::organisation::OrganisationChange;
use crate::password::{self, PasswordHash};
use crate::sessions::{self, NewSession};
use crate::users::{self, NewUser};
use crate::{Identity, limits, organisation as organisations, roles, secrets};

/// An organisation about to be made.
#[derive(Clone, Debug)]
pub struct NewOrganisation {
    pub name: String,
    pub time_zone: String,
    pub currency: String,
    pub locale: String,
}

impl NewOrganisation {
    /// One of this name, with the usual values for the rest.
    pub fn named(name: impl Into<String>, locale: impl Into<String>) -> NewOrganisation {
        let standard = Organisation::default();
        NewOrganisation {
            name: name.into(),
            time_zone: standard.zone.name().into(),
            currency: standard.currency,
            locale: locale.into(),
        }
    }
}

/// While there is no user: a new one-time token for the link `{public_url}/setup?token=…`, which makes any earlier one void.
pub async fn ensure_link(ctx: &Ctx) -> Result<Option<String>> {
    if !is_needed(ctx).await? {
        return Ok(None);
    }
    let token = secrets::create("")?;
    ctx.db
        .write(async |tx| {
            let id = organisations::ensure_row(tx).await?;
            let update = Query::update()
                .table("organisation")
                .value("setup_token_hash", secrets::hashed(&token))
                .and_where(Expr::col("id").eq(id))
                .to_owned();
            tx.exec(&update).await
        })
        .await?;
    Ok(Some(token))
}

/// Whether there is no user yet.
pub async fn is_needed(ctx: &Ctx) -> Result<bool> {
    Ok(ctx.db.opt::<(i64,)>(&users::select_any()).await?.is_none())
}

/// Makes the organisation and the built-in roles; what is there already is brought up to what is given.
pub async fn organisation(tx: &mut Tx, ctx: &Ctx, new: NewOrganisation) -> Result<()> {
    organisations::ensure_row(tx).await?;
    let lang = Lang::parse(&new.locale).unwrap_or_default();
    let change = OrganisationChange {
        name: Some(new.name),
        time_zone: Some(new.time_zone),
        currency: Some(new.currency),
        locale: Some(new.locale),
        customer_code_pattern: None,
        ..OrganisationChange::default()
    };
    organisations::update(tx, ctx, change).await?;
    roles::ensure_builtin(tx, ctx, lang).await
}

/// Makes a user who may do everything.
pub async fn administrator(tx: &mut Tx, ctx: &Ctx, email: &str, name: &str, password: PasswordHash, locale: &str) -> Result<UserId> {
    let role = roles::by_code(tx, roles::ADMINISTRATOR).await?;
    let new = NewUser {
        email: email.to_owned(),
        name: name.to_owned(),
        password: Some(password),
        locale: Some(locale.to_owned()),
        team_id: None,
        role_ids: vec![role],
    };
    users::create(tx, ctx, new).await
}

// Over HTTP

/// Whether the product waits to be set up.
#[derive(Serialize, ToSchema)]
pub struct SetupState {
    needed: bool,
}

/// The first organisation and its first administrator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetupInput {
    /// From the link that the first start has printed.
    token: String,
    /// What the organisation is called.
    organisation: String,
    email: String,
    name: String,
    password: String,
    /// `tr` or `en`.
    locale: Option<String>,
}

pub(crate) fn routes(identity: &Identity) -> Routes {
    Lines::new(identity)
        .add(routes!(get_setup), Access::Public)
        .add(routes!(create_setup), Access::Public)
        .done()
}

/// Is there no user yet?
#[utoipa::path(get, path = "/setup/", operation_id = "get_setup", tag = "setup", responses((status = 200, body = SetupState), Problems))]
async fn get_setup(ctx: Ctx) -> Result<Reply> {
    Reply::ok(&SetupState {
        needed: is_needed(&ctx).await?,
    })
}

/// Set up with the one-time link; signs in.
#[utoipa::path(post, path = "/setup/", operation_id = "create_setup", tag = "setup", request_body = SetupInput, responses((status = 200, body = Me), Problems))]
async fn create_setup(ctx: Ctx, identity: Identity, client: Client, Body(input): Body<SetupInput>) -> Result<Reply> {
    if !is_needed(&ctx).await? {
        return Err(already());
    }
    limits::attempt_from(&ctx, client.address).await?;
    let hash = secrets::hashed(&input.token);
    let valid = Query::select()
        .column("id")
        .from(Alias::new("organisation"))
        .and_where(Expr::col("setup_token_hash").eq(hash.as_str()))
        .to_owned();
    // Looked at before hashing the password, so that without the link nothing can be made to work.
    ctx.db.opt::<(i64,)>(&valid).await?.ok_or_else(void_link)?;
    limits::succeeded_from(&ctx, client.address).await?;
    let owner = password::Owner {
        email: &input.email,
        name: &input.name,
        organisation: &input.organisation,
    };
    let password = password::hash_of(&input.password, owner).await?;
    // Not `ctx.write`: the answer carries a secret and must not be kept for repeated requests.
    let (user_id, session) = ctx
        .db
        .write(async |tx| consume(tx, &ctx, &identity, &client, &input, password).await)
        .await?;
    sessions::signed_in(&identity, user_id, &session).await
}

async fn consume(
    tx: &mut Tx,
    ctx: &Ctx,
    identity: &Identity,
    client: &Client,
    input: &SetupInput,
    password: PasswordHash,
) -> Result<(UserId, NewSession)> {
    let hash = secrets::hashed(&input.token);
    let used = Query::update()
        .table("organisation")
        .value("setup_token_hash", Option::<String>::None)
        .and_where(Expr::col("setup_token_hash").eq(hash))
        .to_owned();
    if tx.exec(&used).await? == 0 {
        return Err(void_link());
    }
    if tx.opt::<(i64,)>(&users::select_any()).await?.is_some() {
        return Err(already());
    }
    let locale = input.locale.as_deref().unwrap_or(ctx.lang.tag());
    organisation(tx, ctx, NewOrganisation::named(&input.organisation, locale))
        .await
        .map_err(under_its_name)?;
    let user_id = administrator(tx, ctx, &input.email, &input.name, password, locale).await?;
    let session = sessions::create(tx, ctx, identity.0.settings.lifetimes, user_id, client).await?;
    forget_after(tx);
    Ok((user_id, session))
}

/// The organisation's name is called `organisation` in this form.
fn under_its_name(error: Error) -> Error {
    match error {
        Error::Invalid(mut errors) => {
            if let Some(problems) = errors.0.remove("name") {
                errors.0.insert("organisation".into(), problems);
            }
            Error::Invalid(errors)
        }
        other => other,
    }
}

fn already() -> Error {
    Error::Conflict(say!("Kurulum zaten yapılmış; oturum açın.", "It is set up already; sign in."))
}

fn void_link() -> Error {
    Error::Forbidden(say!(
        "Kurulum bağlantısı geçersiz; sunucuyu yeniden başlatıp yazdırdığı yeni bağlantıyı açın.",
        "The set-up link is not valid; restart the server and open the new link that it prints."
    ))
}
