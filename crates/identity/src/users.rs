//! Users: the people who sign in. They are never deleted, because records tell who did what; they are made inactive.

use std::collections::{BTreeSet, HashMap, HashSet};

use axum::extract::OriginalUri;
use kernel::actor::Via;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::dialect::Dialect;
use kernel::error::{Error, Result, invalid};
use kernel::events::NewEvent;
use kernel::http::openapi::{ListParams, Listed, Problems};
use kernel::http::{Access, Body, Params, PathId, Reply, Routes};
use kernel::ids::{TeamId, UserId};
use kernel::say;
use kernel::text::{asked_words, fold, sort_key};
use sea_query::{Alias, Cond, Expr, ExprTrait, JoinType, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::fields::{self, Diff, Email, Gather};
use crate::gate::{Lines, forget_after};
use crate::listing::{Listing, Ordering, bool_filter, by, id_filter, pair};
use crate::password::{self, PasswordHash};
use crate::roles::{self, RoleId};
use crate::{Identity, USER_MANAGE, limits, password_reset, sessions, teams};

const MAX_NAME_CHARS: usize = 120;
const MAX_ROLES: usize = 50;
pub(crate) const THEMES: &[&str] = &["system", "light", "dark"];

/// A user.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct User {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub is_active: bool,
    /// `tr`, `en`, or empty for the organisation's.
    pub locale: String,
    pub team_id: Option<TeamId>,
    pub team_name: Option<String>,
    #[serde(default)]
    pub role_ids: Vec<RoleId>,
    /// When they last used the application, five minutes late at most. This and the two below are told to whoever manages users.
    pub last_seen_at: Option<String>,
    /// Whether they have a second factor: codes or a passkey.
    pub two_factor_on: Option<bool>,
    /// Whether too many wrong passwords keep them out just now.
    #[serde(default)]
    pub is_locked: Option<bool>,
    pub created_at: String,
    pub updated_at: String,
}

/// A user about to be made.
#[derive(Clone, Debug, Default)]
pub struct NewUser {
    pub email: String,
    pub name: String,
    /// Without one they cannot sign in until somebody gives them one.
    pub password: Option<PasswordHash>,
    pub locale: Option<String>,
    pub team_id: Option<TeamId>,
    pub role_ids: Vec<RoleId>,
}

/// What changes of a user.
#[derive(Clone, Debug, Default)]
pub struct UserChange {
    pub email: Option<String>,
    pub name: Option<String>,
    pub password: Option<PasswordHash>,
    pub locale: Option<String>,
    pub theme: Option<String>,
    pub team_id: Option<Option<TeamId>>,
    pub role_ids: Option<Vec<RoleId>>,
    pub is_active: Option<bool>,
}

/// Makes a user.
pub async fn create(tx: &mut Tx, ctx: &Ctx, new: NewUser) -> Result<UserId> {
    let mut problems = Gather::default();
    let email = problems.take(Email::parse(&new.email))?;
    let name = problems.take(fields::name("name", &new.name, MAX_NAME_CHARS))?;
    let locale = problems.take(new.locale.as_deref().map_or(Ok(String::new()), locale_or_none))?;
    if let Some(team_id) = new.team_id {
        problems.take(teams::check_exists(tx, team_id).await)?;
    }
    let role_ids = problems.take(check_roles(tx, &new.role_ids).await)?;
    problems.check()?;

    let now = ctx.now_us();
    let insert = Query::insert()
        .into_table("users")
        .columns([
            "email",
            "name",
            "name_fold",
            "name_sort",
            "password_hash",
            "locale",
            "theme",
            "team_id",
            "created_at",
            "updated_at",
        ])
        .values_panic([
            email.as_str().into(),
            name.as_str().into(),
            fold(&name).into(),
            sort_key(&name).into(),
            new.password.as_ref().map_or("", PasswordHash::as_str).into(),
            locale.as_str().into(),
            THEMES[0].into(),
            new.team_id.map(|id| id.0).into(),
            now.into(),
            now.into(),
        ])
        .returning_col("id")
        .to_owned();
    let id = UserId(tx.insert(&insert).await.map_err(or_taken)?);
    give_roles(tx, id, &role_ids).await?;

    let mut diff = Diff::default();
    diff.note("email", json!(null), email.as_str());
    diff.note("name", json!(null), name);
    diff.note("locale", json!(null), locale);
    diff.note("team_id", json!(null), json!(new.team_id));
    diff.note("role_ids", json!(null), json!(role_ids));
    diff.note("is_active", json!(null), true);
    tx.emit(&ctx.stamp(), NewEvent::new("user.created", "user", id.0).changes(diff.0))
        .await?;
    Ok(id)
}

/// Changes what is given. Another password, or none of it any more (inactive), ends the user's sessions but for the caller's own, and makes
/// links to a new password void.
pub async fn update(tx: &mut Tx, ctx: &Ctx, id: UserId, change: UserChange) -> Result<()> {
    let takes_away = change.is_active == Some(false) || change.role_ids.is_some();
    if takes_away {
        roles::lock_who_has_what(tx).await?;
    }
    let before = row(tx, id).await?;
    let before_roles = role_ids_in(tx, id).await?;

    let mut problems = Gather::default();
    let email = problems.take(change.email.as_deref().map_or_else(|| Email::parse(&before.email), Email::parse))?;
    let name = problems.take(
        change
            .name
            .as_deref()
            .map_or(Ok(before.name.clone()), |name| fields::name("name", name, MAX_NAME_CHARS)),
    )?;
    let locale = problems.take(change.locale.as_deref().map_or(Ok(before.locale.clone()), locale_or_none))?;
    let theme = problems.take(change.theme.as_deref().map_or(Ok(before.theme.clone()), theme))?;
    let team_id = change.team_id.unwrap_or(before.team_id);
    if let Some(team_id) = team_id.filter(|_| team_id != before.team_id) {
        problems.take(teams::check_exists(tx, team_id).await)?;
    }
    let role_ids = match &change.role_ids {
        Some(role_ids) => problems.take(check_roles(tx, role_ids).await)?,
        None => before_roles.clone(),
    };
    problems.check()?;
    let is_active = change.is_active.unwrap_or(before.is_active);

    let mut diff = Diff::default();
    diff.note("email", before.email.as_str(), email.as_str());
    diff.note("name", before.name.as_str(), name.as_str());
    diff.note("locale", before.locale.as_str(), locale.as_str());
    diff.note("theme", before.theme.as_str(), theme.as_str());
    diff.note("team_id", json!(before.team_id), json!(team_id));
    let moves_roles = diff.note("role_ids", json!(before_roles), json!(role_ids));
    let switches = diff.note("is_active", before.is_active, is_active);
    if diff.is_empty() && change.password.is_none() {
        return Ok(());
    }
    let mut update = Query::update()
        .table("users")
        .values([
            ("email", email.as_str().into()),
            ("name_fold", fold(&name).into()),
            ("name_sort", sort_key(&name).into()),
            ("name", name.into()),
            ("locale", locale.into()),
            ("theme", theme.into()),
            ("team_id", team_id.map(|id| id.0).into()),
            ("is_active", is_active.into()),
            ("updated_at", ctx.now_us().into()),
        ])
        .and_where(Expr::col("id").eq(id.0))
        .to_owned();
    if let Some(password) = &change.password {
        update.value("password_hash", password.as_str());
    }
    tx.exec(&update).await.map_err(or_taken)?;
    if moves_roles {
        tx.exec(Query::delete().from_table("user_roles").and_where(Expr::col("user_id").eq(id.0)))
            .await?;
        give_roles(tx, id, &role_ids).await?;
    }
    if (moves_roles || switches) && takes_away {
        roles::keep_an_administrator(tx, if moves_roles { "role_ids" } else { "is_active" }).await?;
    }
    if change.password.is_some() || !is_active {
        sessions::end_all(tx, ctx, id).await?;
        password_reset::void(tx, id).await?;
    }
    let event = NewEvent::new("user.updated", "user", id.0).changes(diff.0);
    let event = if change.password.is_some() {
        event.payload(json!({"password": "changed"}))
    } else {
        event
    };
    tx.emit(&ctx.stamp(), event).await?;
    forget_after(tx);
    Ok(())
}

/// Whether there is any user at all.
pub(crate) fn select_any() -> SelectStatement {
    Query::select().column("id").from(Alias::new("users")).limit(1).to_owned()
}

#[derive(FromRow)]
pub(crate) struct Row {
    pub email: String,
    pub name: String,
    pub is_active: bool,
    pub locale: String,
    pub theme: String,
    pub team_id: Option<TeamId>,
    pub password_hash: String,
}

pub(crate) fn select_row() -> SelectStatement {
    Query::select()
        .columns(["email", "name", "is_active", "locale", "theme", "team_id", "password_hash"])
        .from(Alias::new("users"))
        .to_owned()
}

async fn row(tx: &mut Tx, id: UserId) -> Result<Row> {
    let mut select = select_row().and_where(Expr::col("id").eq(id.0)).to_owned();
    tx.dialect().for_update(&mut select);
    tx.opt(&select).await?.ok_or(Error::NotFound)
}

pub(crate) async fn role_ids_in(tx: &mut Tx, id: UserId) -> Result<Vec<RoleId>> {
    let rows: Vec<(i64, RoleId)> = tx.all(&select_role_ids(&[id])).await?;
    Ok(rows.into_iter().map(|(_, role_id)| role_id).collect())
}

fn select_role_ids(users: &[UserId]) -> SelectStatement {
    Query::select()
        .columns(["user_id", "role_id"])
        .from(Alias::new("user_roles"))
        .and_where(Expr::col("user_id").is_in(users.iter().map(|id| id.0)))
        .order_by("role_id", sea_query::Order::Asc)
        .to_owned()
}

/// The roles, once each; refuses what is no role.
async fn check_roles(tx: &mut Tx, role_ids: &[RoleId]) -> Result<Vec<RoleId>> {
    let asked: BTreeSet<RoleId> = role_ids.iter().copied().collect();
    if asked.len() > MAX_ROLES {
        return Err(invalid(
            "role_ids",
            say!("En çok {} rol olabilir.", "There may be {} roles at most.", MAX_ROLES),
        ));
    }
    let select = Query::select()
        .column("id")
        .from(Alias::new("roles"))
        .and_where(Expr::col("id").is_in(asked.iter().map(|id| id.0)))
        .to_owned();
    let found: Vec<(RoleId,)> = tx.all(&select).await?;
    match asked.iter().find(|id| !found.contains(&(**id,))) {
        Some(missing) => Err(invalid("role_ids", say!("{} numaralı rol yok.", "There is no role {}.", missing))),
        None => Ok(asked.into_iter().collect()),
    }
}

async fn give_roles(tx: &mut Tx, id: UserId, role_ids: &[RoleId]) -> Result<()> {
    if role_ids.is_empty() {
        return Ok(());
    }
    let mut insert = Query::insert();
    insert.into_table("user_roles").columns(["user_id", "role_id"]);
    for role_id in role_ids {
        insert.values_panic([id.0.into(), role_id.0.into()]);
    }
    tx.exec(&insert).await?;
    Ok(())
}

/// A language, or none: then it is the organisation's.
fn locale_or_none(text: &str) -> Result<String> {
    if text.trim().is_empty() {
        Ok(String::new())
    } else {
        fields::locale(text)
    }
}

fn theme(text: &str) -> Result<String> {
    if THEMES.contains(&text) {
        Ok(text.to_owned())
    } else {
        Err(fields::one_of("theme", THEMES))
    }
}

fn or_taken(error: Error) -> Error {
    error.or_taken(
        "users",
        &["email"],
        "email",
        say!("Bu e-posta adresi kullanılıyor.", "This e-mail address is in use."),
    )
}

// Over HTTP

const ORDERINGS: &[Ordering] = &[
    by("name", "name_sort"),
    by("email", "email"),
    by("created_at", "created_at"),
    by("updated_at", "updated_at"),
    by("id", "id"),
];
const FILTERS: &[&str] = &["is_active", "team_id", "role_id"];

pub(crate) fn routes(identity: &Identity) -> Routes {
    Lines::new(identity)
        .add(routes!(list_users), Access::SignedIn)
        .add(routes!(create_user), Access::Needs(USER_MANAGE))
        .add(routes!(get_user), Access::SignedIn)
        .add(routes!(update_user), Access::Needs(USER_MANAGE))
        .done()
}

/// A user about to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateUser {
    email: String,
    name: String,
    password: Option<String>,
    locale: Option<String>,
    team_id: Option<TeamId>,
    #[serde(default)]
    role_ids: Vec<RoleId>,
}

/// What changes of a user; what is not given stays.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PatchUser {
    email: Option<String>,
    name: Option<String>,
    /// Ends the user's sessions.
    password: Option<String>,
    locale: Option<String>,
    /// `null` takes the user out of the team.
    #[serde(deserialize_with = "fields::present")]
    #[schema(value_type = Option<i64>)]
    team_id: Option<Option<TeamId>>,
    /// Replaces all roles.
    role_ids: Option<Vec<RoleId>>,
    is_active: Option<bool>,
}

/// Codes that are on, or a passkey.
const HAS_TWO_FACTOR: &str = "(EXISTS (SELECT 1 FROM two_factor WHERE two_factor.user_id = users.id AND two_factor.is_on) \
    OR EXISTS (SELECT 1 FROM passkeys WHERE passkeys.user_id = users.id))";

fn listing(dialect: Dialect, manages: bool) -> Listing<'static> {
    // Who has no second factor is a list of whom to attack: colleagues need not have it.
    let told = |sql: String| if manages { sql } else { "NULL".to_owned() };
    let row = dialect.json_object(&[
        pair("id", "users.id"),
        pair("email", "users.email"),
        pair("name", "users.name"),
        pair("is_active", dialect.json_bool("users.is_active")),
        pair("locale", "users.locale"),
        pair("team_id", "users.team_id"),
        pair("team_name", "teams.name"),
        pair("last_seen_at", told(dialect.json_time("users.last_seen_at"))),
        pair("two_factor_on", told(dialect.json_bool(HAS_TWO_FACTOR))),
        pair("created_at", dialect.json_time("users.created_at")),
        pair("updated_at", dialect.json_time("users.updated_at")),
    ]);
    Listing {
        table: "users",
        row,
        orderings: ORDERINGS,
        filters: FILTERS,
    }
}

fn select_from() -> SelectStatement {
    Query::select()
        .from(Alias::new("users"))
        .join(JoinType::LeftJoin, "teams", Expr::col(("teams", "id")).equals(("users", "team_id")))
        .to_owned()
}

fn select_one(dialect: Dialect, ctx: &Ctx, id: UserId) -> SelectStatement {
    let row = dialect.own_sql(listing(dialect, manages(ctx)).row);
    select_from().expr(row).and_where(Expr::col(("users", "id")).eq(id.0)).to_owned()
}

fn manages(ctx: &Ctx) -> bool {
    ctx.actor.may(USER_MANAGE)
}

/// What is asked once for all rows of an answer.
#[derive(Default)]
struct Beside {
    roles: HashMap<i64, Vec<RoleId>>,
    locked: HashSet<String>,
}

impl Beside {
    fn of(roles: Vec<(i64, RoleId)>, locked: Vec<(String,)>) -> Beside {
        let mut beside = Beside::default();
        for (user_id, role_id) in roles {
            beside.roles.entry(user_id).or_default().push(role_id);
        }
        beside.locked = locked.into_iter().map(|(subject,)| subject).collect();
        beside
    }

    fn complete(mut self, mut users: Vec<User>, ctx: &Ctx) -> Vec<User> {
        for user in &mut users {
            user.role_ids = self.roles.remove(&user.id.0).unwrap_or_default();
            user.is_locked = manages(ctx).then(|| self.locked.contains(&limits::of_account(&user.email)));
        }
        users
    }
}

fn bare(rows: &[String]) -> Result<Vec<User>> {
    rows.iter().map(|row| Ok(serde_json::from_str(row)?)).collect()
}

fn select_beside(users: &[User], ctx: &Ctx) -> (SelectStatement, SelectStatement) {
    let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    let locked = limits::select_locked(users.iter().map(|user| user.email.as_str()), ctx.now_us());
    (select_role_ids(&ids), locked)
}

/// Rows of the list with their roles, and whether they are locked.
async fn complete(ctx: &Ctx, rows: &[String]) -> Result<Vec<User>> {
    let users = bare(rows)?;
    let (roles, locked) = select_beside(&users, ctx);
    let beside = Beside::of(ctx.db.all(&roles).await?, ctx.db.all(&locked).await?);
    Ok(beside.complete(users, ctx))
}

/// A user.
pub async fn get(ctx: &Ctx, id: UserId) -> Result<User> {
    let rows = ctx.db.texts(&select_one(ctx.db.dialect(), ctx, id)).await?;
    complete(ctx, &rows).await?.pop().ok_or(Error::NotFound)
}

async fn one_in(tx: &mut Tx, ctx: &Ctx, id: UserId) -> Result<User> {
    let users = bare(&tx.texts(&select_one(tx.dialect(), ctx, id)).await?)?;
    let (roles, locked) = select_beside(&users, ctx);
    let beside = Beside::of(tx.all(&roles).await?, tx.all(&locked).await?);
    beside.complete(users, ctx).pop().ok_or(Error::NotFound)
}

/// The users.
#[utoipa::path(
    get, path = "/users/", operation_id = "list_users", tag = "users",
    params(ListParams, ("is_active" = Option<bool>, Query), ("team_id" = Option<i64>, Query), ("role_id" = Option<i64>, Query)),
    responses((status = 200, body = Listed<User>), Problems)
)]
async fn list_users(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    let dialect = ctx.db.dialect();
    let listing = listing(dialect, manages(&ctx));
    let request = listing.request(&pairs)?;
    let mut filtered = select_from();
    for word in asked_words(request.search.as_deref().unwrap_or_default()) {
        let either = [("users", "name_fold"), ("users", "email")].map(|column| dialect.contains(Expr::col(column), &word));
        filtered.cond_where(either.into_iter().fold(Cond::any(), Cond::add));
    }
    if let Some(is_active) = bool_filter(&pairs, "is_active")? {
        filtered.and_where(Expr::col(("users", "is_active")).eq(is_active));
    }
    if let Some(team_id) = id_filter(&pairs, "team_id")? {
        filtered.and_where(Expr::col(("users", "team_id")).eq(team_id));
    }
    if let Some(role_id) = id_filter(&pairs, "role_id")? {
        let holders = Query::select()
            .column("user_id")
            .from(Alias::new("user_roles"))
            .and_where(Expr::col("role_id").eq(role_id))
            .to_owned();
        filtered.and_where(Expr::col(("users", "id")).in_subquery(holders));
    }
    let mut found = listing.find(&ctx, &filtered, &request).await?;
    let users = complete(&ctx, &found.page.rows).await?;
    found.page.rows = users.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
    Ok(found.reply(&uri, &pairs))
}

/// A user.
#[utoipa::path(get, path = "/users/{id}/", operation_id = "get_user", tag = "users", params(("id" = i64, Path)), responses((status = 200, body = User), Problems))]
async fn get_user(ctx: Ctx, PathId(id): PathId<UserId>) -> Result<Reply> {
    Reply::ok(&get(&ctx, id).await?)
}

/// Make a user.
#[utoipa::path(post, path = "/users/", operation_id = "create_user", tag = "users", request_body = CreateUser, responses((status = 201, body = User), Problems))]
async fn create_user(ctx: Ctx, identity: Identity, OriginalUri(uri): OriginalUri, Body(input): Body<CreateUser>) -> Result<Reply> {
    let password = hashed(&ctx, input.password.as_deref(), &input.email, &input.name).await?;
    ctx.write(async |tx| {
        roles::check_may_give(tx, &identity, &ctx, &input.role_ids).await?;
        let CreateUser {
            email,
            name,
            locale,
            team_id,
            role_ids,
            ..
        } = input;
        let id = create(
            tx,
            &ctx,
            NewUser {
                email,
                name,
                password,
                locale,
                team_id,
                role_ids,
            },
        )
        .await?;
        Reply::created(format!("{}{id}/", uri.path()), &one_in(tx, &ctx, id).await?)
    })
    .await
}

/// Change a user.
#[utoipa::path(patch, path = "/users/{id}/", operation_id = "update_user", tag = "users", params(("id" = i64, Path)), request_body = PatchUser, responses((status = 200, body = User), Problems))]
async fn update_user(ctx: Ctx, identity: Identity, PathId(id): PathId<UserId>, Body(input): Body<PatchUser>) -> Result<Reply> {
    let password = match &input.password {
        Some(_) => {
            let user = get(&ctx, id).await?;
            let email = input.email.as_deref().unwrap_or(&user.email);
            let name = input.name.as_deref().unwrap_or(&user.name);
            hashed(&ctx, input.password.as_deref(), email, name).await?
        }
        None => None,
    };
    ctx.write(async |tx| {
        check_not_above(tx, &identity, &ctx, id).await?;
        if let Some(role_ids) = &input.role_ids {
            roles::check_may_give(tx, &identity, &ctx, role_ids).await?;
        }
        let PatchUser {
            email,
            name,
            locale,
            team_id,
            role_ids,
            is_active,
            ..
        } = input;
        update(
            tx,
            &ctx,
            id,
            UserChange {
                email,
                name,
                password,
                locale,
                theme: None,
                team_id,
                role_ids,
                is_active,
            },
        )
        .await?;
        Reply::ok(&one_in(tx, &ctx, id).await?)
    })
    .await
}

async fn hashed(ctx: &Ctx, password: Option<&str>, email: &str, name: &str) -> Result<Option<PasswordHash>> {
    let organisation = &ctx.org.name;
    match password {
        Some(password) => password::hash_of(password, password::Owner { email, name, organisation })
            .await
            .map(Some),
        None => Ok(None),
    }
}

/// Whoever could change the password of somebody who may do more could do it as them.
pub(crate) async fn check_not_above(tx: &mut Tx, identity: &Identity, ctx: &Ctx, id: UserId) -> Result<()> {
    let registry = identity.registry();
    let theirs = registry.union(&roles::grants_of_in(tx, id).await?);
    let is_self = ctx.actor.user_id == Some(id) && matches!(ctx.actor.via, Via::Session { .. });
    if is_self || registry.may_give(&ctx.actor, &theirs) {
        return Ok(());
    }
    Err(Error::Forbidden(say!(
        "Sizden fazla yetkisi olan bir kullanıcıyı değiştiremezsiniz.",
        "You cannot change a user who may do more than you."
    )))
}
