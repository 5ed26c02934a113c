//! Roles: named sets of permissions, each with the scope in which it holds.

use axum::extract::OriginalUri;
use kernel::actor::Scope;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{Error, Lang, Result, invalid};
use kernel::events::NewEvent;
use kernel::http::openapi::{ListParams, Listed, Problems};
use kernel::http::{Access, Body, Params, PathId, Reply, Routes};
use kernel::ids::UserId;
use kernel::json_text::JsonText;
use kernel::say;
use kernel::text::{asked_words, fold, words};
use sea_query::{Alias, Expr, ExprTrait, JoinType, Query, SelectStatement};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::Identity;
use crate::fields::{self, Diff};
use crate::gate::{Lines, forget_after};
use crate::listing::{Listing, Ordering, by, pair};
use crate::permissions::{self, EVERYTHING, ROLE_MANAGE, RoleGrants, USER_MANAGE};
use crate::reach::{FieldRules, RowRules};

kernel::id!(RoleId);

const MAX_NAME_CHARS: usize = 60;
const MAX_GRANTS: usize = 500;

/// The role that may do everything.
pub const ADMINISTRATOR: &str = "administrator";

/// A role.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Role {
    pub id: RoleId,
    /// A word for programs, given once.
    pub code: String,
    pub name: String,
    /// Built-in roles can be changed but not deleted.
    pub is_builtin: bool,
    /// Permissions by name, each with its scope; `*` is every permission there is.
    #[schema(value_type = std::collections::BTreeMap<String, Scope>)]
    pub grants: RoleGrants,
    /// Entity → the criteria its records must satisfy for what the role allows.
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, Object>)]
    pub rows: RowRules,
    /// Entity → field → what the role leaves of it.
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, std::collections::BTreeMap<String, kernel::actor::FieldAccess>>)]
    pub fields: FieldRules,
    /// Whether who has it must have a second factor.
    pub requires_two_factor: bool,
    /// How many active users have it.
    pub user_count: i64,
}

/// A role about to be made.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    pub name: String,
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, Scope>)]
    pub grants: RoleGrants,
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, Object>)]
    pub rows: RowRules,
    #[serde(default)]
    #[schema(value_type = std::collections::BTreeMap<String, std::collections::BTreeMap<String, kernel::actor::FieldAccess>>)]
    pub fields: FieldRules,
    #[serde(default)]
    pub requires_two_factor: bool,
}

/// What changes of a role; what is not given stays. `grants` replaces all of them.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RoleChange {
    pub name: Option<String>,
    #[schema(value_type = Option<std::collections::BTreeMap<String, Scope>>)]
    pub grants: Option<RoleGrants>,
    /// Replaces all rules for rows.
    #[schema(value_type = Option<std::collections::BTreeMap<String, Object>>)]
    pub rows: Option<RowRules>,
    /// Replaces all rules for fields.
    #[schema(value_type = Option<std::collections::BTreeMap<String, std::collections::BTreeMap<String, kernel::actor::FieldAccess>>>)]
    pub fields: Option<FieldRules>,
    /// Whether who has it must have a second factor; without one they can do nothing but set it up.
    pub requires_two_factor: Option<bool>,
}

/// A role of the product's own: code, names, grants. Names of permissions that do not exist yet wait for the version that has them.
struct BuiltIn {
    code: &'static str,
    tr: &'static str,
    en: &'static str,
    grants: &'static [(&'static str, Scope)],
}

const BUILT_IN: &[BuiltIn] = &[
    BuiltIn {
        code: ADMINISTRATOR,
        tr: "Yönetici",
        en: "Administrator",
        grants: &[(EVERYTHING, Scope::All)],
    },
    BuiltIn {
        code: "manager",
        tr: "Ekip yöneticisi",
        en: "Manager",
        grants: &[
            ("customer.read", Scope::Below),
            ("customer.write", Scope::Below),
            ("customer.delete", Scope::Below),
            ("customer.export", Scope::Below),
            ("customer.import", Scope::Below),
            ("customer.merge", Scope::Below),
            ("customer.share", Scope::Below),
            ("consent.write", Scope::Below),
            ("access.explain", Scope::All),
            ("tag.manage", Scope::All),
            ("view.share", Scope::All),
            ("report.read", Scope::Below),
            ("lead.read", Scope::Below),
            ("lead.write", Scope::Below),
            ("lead.delete", Scope::Below),
            ("lead.export", Scope::Below),
            ("lead.import", Scope::Below),
            ("opportunity.read", Scope::Below),
            ("opportunity.write", Scope::Below),
            ("opportunity.delete", Scope::Below),
            ("opportunity.export", Scope::Below),
            ("opportunity.import", Scope::Below),
            ("activity.read", Scope::Below),
            ("activity.write", Scope::Below),
            ("activity.delete", Scope::Below),
            ("activity.export", Scope::Below),
            ("activity.import", Scope::Below),
            ("communication.read", Scope::Below),
            ("communication.write", Scope::Below),
            ("communication.delete", Scope::Below),
            ("communication.export", Scope::Below),
            ("communication.import", Scope::Below),
            ("lead.convert", Scope::Below),
            ("forecast.manage", Scope::Below),
            ("assignment.manage", Scope::All),
        ],
    },
    BuiltIn {
        code: "sales_rep",
        tr: "Satış temsilcisi",
        en: "Sales representative",
        grants: &[
            ("customer.read", Scope::Own),
            ("customer.write", Scope::Own),
            ("customer.share", Scope::Own),
            ("consent.write", Scope::Own),
            ("lead.read", Scope::Own),
            ("lead.write", Scope::Own),
            ("lead.convert", Scope::Own),
            ("opportunity.read", Scope::Own),
            ("opportunity.write", Scope::Own),
            ("activity.read", Scope::Team),
            ("activity.write", Scope::Own),
            ("activity.delete", Scope::Own),
            ("communication.read", Scope::Team),
            ("communication.write", Scope::Own),
            ("communication.delete", Scope::Own),
        ],
    },
    BuiltIn {
        code: "marketer",
        tr: "Pazarlama uzmanı",
        en: "Marketer",
        grants: &[
            ("customer.read", Scope::All),
            ("customer.export", Scope::All),
            ("consent.write", Scope::All),
            ("tag.manage", Scope::All),
            ("view.share", Scope::All),
            ("report.read", Scope::All),
            ("lead.read", Scope::All),
            ("lead.write", Scope::All),
            ("lead.export", Scope::All),
            ("lead.import", Scope::All),
            ("form.manage", Scope::All),
            ("scoring.manage", Scope::All),
            ("opportunity.read", Scope::All),
            ("activity.read", Scope::All),
            ("activity.write", Scope::Own),
            ("activity.delete", Scope::Own),
            ("communication.read", Scope::All),
            ("communication.write", Scope::Own),
            ("communication.delete", Scope::Own),
        ],
    },
    BuiltIn {
        code: "service_agent",
        tr: "Müşteri hizmetleri",
        en: "Service agent",
        grants: &[
            ("customer.read", Scope::All),
            ("customer.write", Scope::All),
            ("customer.merge", Scope::All),
            ("consent.write", Scope::All),
            ("lead.read", Scope::All),
            ("lead.write", Scope::All),
            ("opportunity.read", Scope::All),
            ("activity.read", Scope::All),
            ("activity.write", Scope::All),
            ("communication.read", Scope::All),
            ("communication.write", Scope::All),
        ],
    },
    BuiltIn {
        code: "read_only",
        tr: "Salt okunur",
        en: "Read only",
        grants: &[
            ("customer.read", Scope::All),
            ("lead.read", Scope::All),
            ("opportunity.read", Scope::All),
            ("activity.read", Scope::All),
            ("communication.read", Scope::All),
        ],
    },
];

/// A role of the product's own, as it is made.
pub struct BuiltInRole {
    pub code: &'static str,
    /// In English.
    pub name: &'static str,
    grants: &'static [(&'static str, Scope)],
}

impl BuiltInRole {
    /// How far it gives a permission.
    pub fn scope(&self, permission: &str) -> Option<Scope> {
        let named = self.grants.iter().filter(|(name, _)| *name == permission || *name == EVERYTHING);
        named.map(|(_, scope)| *scope).max()
    }
}

/// The roles of the product's own.
pub fn built_in() -> Vec<BuiltInRole> {
    let shown = |role: &BuiltIn| BuiltInRole {
        code: role.code,
        name: role.en,
        grants: role.grants,
    };
    BUILT_IN.iter().map(shown).collect()
}

/// Makes the built-in roles that are not there yet; those that are there stay as they have been edited.
pub async fn ensure_builtin(tx: &mut Tx, ctx: &Ctx, lang: Lang) -> Result<()> {
    let existing: Vec<(String,)> = tx.all(Query::select().column("code").from(Alias::new("roles"))).await?;
    for role in BUILT_IN.iter().filter(|role| existing.iter().all(|(code,)| code != role.code)) {
        let grants = role.grants.iter().map(|(name, scope)| ((*name).to_owned(), *scope)).collect();
        let new = NewRole {
            name: lang.pick(role.tr, role.en).to_owned(),
            grants,
            ..NewRole::default()
        };
        insert(tx, ctx, role.code, &new, true).await?;
    }
    Ok(())
}

/// The role with this code.
pub async fn by_code(tx: &mut Tx, code: &str) -> Result<RoleId> {
    let found = Query::select()
        .column("id")
        .from(Alias::new("roles"))
        .and_where(Expr::col("code").eq(code))
        .to_owned();
    let (id,): (i64,) = tx
        .opt(&found)
        .await?
        .ok_or_else(|| Error::internal(format!("there is no role {code}")))?;
    Ok(RoleId(id))
}

/// Makes a role. Whether its permissions exist and may be given is asked before, by who knows them.
pub async fn create(tx: &mut Tx, ctx: &Ctx, new: NewRole) -> Result<RoleId> {
    let name = fields::name("name", &new.name, MAX_NAME_CHARS)?;
    let code = words(&name).join("_");
    if code.is_empty() {
        return Err(invalid("name", say!("Harf ya da rakam içermeli.", "Must have a letter or digit.")));
    }
    let id = insert(tx, ctx, &code, &NewRole { name, ..new.clone() }, false).await?;
    if new.requires_two_factor {
        let change = RoleChange {
            requires_two_factor: Some(true),
            ..RoleChange::default()
        };
        update(tx, ctx, id, change).await?;
    }
    Ok(id)
}

async fn insert(tx: &mut Tx, ctx: &Ctx, code: &str, new: &NewRole, is_builtin: bool) -> Result<RoleId> {
    let insert = Query::insert()
        .into_table("roles")
        .columns(["code", "name", "is_builtin", "grants", "row_rules", "field_rules"])
        .values_panic([
            code.into(),
            new.name.as_str().into(),
            is_builtin.into(),
            serde_json::to_string(&new.grants)?.into(),
            serde_json::to_string(&new.rows)?.into(),
            serde_json::to_string(&new.fields)?.into(),
        ])
        .returning_col("id")
        .to_owned();
    let taken = say!("Bu adda bir rol var.", "There is a role of this name.");
    let id = tx
        .insert(&insert)
        .await
        .map_err(|error| error.or_taken("roles", &["code"], "name", taken))?;
    let mut diff = Diff::default();
    diff.note("name", json!(null), new.name.as_str());
    diff.note("grants", json!(null), json!(new.grants));
    diff.note("rows", json!({}), json!(new.rows));
    diff.note("fields", json!({}), json!(new.fields));
    tx.emit(&ctx.stamp(), NewEvent::new("role.created", "role", id).changes(diff.0))
        .await?;
    forget_after(tx);
    Ok(RoleId(id))
}

/// Changes what is given.
pub async fn update(tx: &mut Tx, ctx: &Ctx, id: RoleId, change: RoleChange) -> Result<()> {
    let before = row(tx, id).await?;
    let before_grants = before.grants()?;
    let name = change
        .name
        .map_or(Ok(before.name.clone()), |name| fields::name("name", &name, MAX_NAME_CHARS))?;
    if fold(&name) != fold(&before.name) {
        let others: Vec<(String,)> = tx
            .all(
                Query::select()
                    .column("name")
                    .from(Alias::new("roles"))
                    .and_where(Expr::col("id").ne(id.0)),
            )
            .await?;
        if others.iter().any(|(other,)| fold(other) == fold(&name)) {
            return Err(invalid("name", say!("Bu adda bir rol var.", "There is a role of this name.")));
        }
    }
    let grants = change.grants.unwrap_or_else(|| before_grants.clone());
    let mut diff = Diff::default();
    diff.note("name", before.name, name.as_str());
    let narrows = diff.note("grants", json!(before_grants), json!(grants));
    let rows = change.rows.unwrap_or_else(|| before.rows.0.clone());
    let fields = change.fields.unwrap_or_else(|| before.fields.0.clone());
    diff.note("rows", json!(before.rows.0), json!(rows));
    diff.note("fields", json!(before.fields.0), json!(fields));
    let requires_two_factor = change.requires_two_factor.unwrap_or(before.requires_two_factor);
    diff.note("requires_two_factor", before.requires_two_factor, requires_two_factor);
    if diff.is_empty() {
        return Ok(());
    }
    if narrows {
        lock_who_has_what(tx).await?;
    }
    let update = Query::update()
        .table("roles")
        .values([
            ("name", name.into()),
            ("grants", serde_json::to_string(&grants)?.into()),
            ("row_rules", serde_json::to_string(&rows)?.into()),
            ("field_rules", serde_json::to_string(&fields)?.into()),
            ("requires_two_factor", requires_two_factor.into()),
        ])
        .and_where(Expr::col("id").eq(id.0))
        .to_owned();
    tx.exec(&update).await?;
    if narrows {
        keep_an_administrator(tx, "grants").await?;
    }
    tx.emit(&ctx.stamp(), NewEvent::new("role.updated", "role", id.0).changes(diff.0))
        .await?;
    forget_after(tx);
    Ok(())
}

/// Deletes a role that nobody has and that is not built in.
pub async fn delete(tx: &mut Tx, ctx: &Ctx, id: RoleId) -> Result<()> {
    lock_who_has_what(tx).await?;
    let before = row(tx, id).await?;
    if before.is_builtin {
        return Err(Error::Conflict(say!(
            "Hazır roller silinemez; içeriğini değiştirebilirsiniz.",
            "Built-in roles cannot be deleted; you can change what they allow."
        )));
    }
    let holders = Query::select()
        .column("user_id")
        .from(Alias::new("user_roles"))
        .and_where(Expr::col("role_id").eq(id.0))
        .limit(1)
        .to_owned();
    if tx.opt::<(i64,)>(&holders).await?.is_some() {
        return Err(Error::Conflict(say!(
            "Bu rolde kullanıcılar var; önce onları başka role geçirin.",
            "Users have this role; give them another first."
        )));
    }
    tx.exec(Query::delete().from_table("roles").and_where(Expr::col("id").eq(id.0)))
        .await?;
    let mut diff = Diff::default();
    diff.note("name", before.name.as_str(), json!(null));
    diff.note("grants", json!(before.grants()?), json!(null));
    tx.emit(&ctx.stamp(), NewEvent::new("role.deleted", "role", id.0).changes(diff.0))
        .await?;
    forget_after(tx);
    Ok(())
}

/// The grants of a user's roles.
pub(crate) async fn grants_of_in(tx: &mut Tx, user_id: UserId) -> Result<Vec<RoleGrants>> {
    parse(tx.all(of(user_id).column(("roles", "grants"))).await?)
}

/// Refuses to give roles that allow more than the caller may; nobody raises themselves.
pub(crate) async fn check_may_give(tx: &mut Tx, identity: &Identity, ctx: &Ctx, role_ids: &[RoleId]) -> Result<()> {
    let select = Query::select()
        .column("grants")
        .from(Alias::new("roles"))
        .and_where(Expr::col("id").is_in(role_ids.iter().map(|id| id.0)))
        .to_owned();
    let roles = parse(tx.all(&select).await?)?;
    check_grants_may_be_given(identity, ctx, "role_ids", &roles)
}

fn check_grants_may_be_given(identity: &Identity, ctx: &Ctx, field: &str, roles: &[RoleGrants]) -> Result<()> {
    if identity.registry().may_give(&ctx.actor, &identity.registry().union(roles)) {
        return Ok(());
    }
    Err(invalid(
        field,
        say!(
            "Kendinizde olmayan bir yetkiyi veremezsiniz.",
            "You cannot give a permission that you do not have."
        ),
    ))
}

/// Lets nobody else change who has which role until this transaction ends: two changes that each leave an administrator may together leave
/// none.
pub(crate) async fn lock_who_has_what(tx: &mut Tx) -> Result<()> {
    tx.lock_table("user_roles").await
}

/// Refuses a change after which no active user could manage users and roles any more; `field` is what the change changed.
pub(crate) async fn keep_an_administrator(tx: &mut Tx, field: &str) -> Result<()> {
    let roles: Vec<(i64, String)> = tx.all(Query::select().columns(["id", "grants"]).from(Alias::new("roles"))).await?;
    let mut saving = Vec::new();
    for (id, grants) in roles {
        let grants: RoleGrants = serde_json::from_str(&grants)?;
        let has = |name: String| grants.get(&name) == Some(&Scope::All) || grants.get(EVERYTHING) == Some(&Scope::All);
        if has(USER_MANAGE.name()) && has(ROLE_MANAGE.name()) {
            saving.push(id);
        }
    }
    let left = Query::select()
        .column(("users", "id"))
        .from(Alias::new("users"))
        .join(
            JoinType::InnerJoin,
            "user_roles",
            Expr::col(("user_roles", "user_id")).equals(("users", "id")),
        )
        .and_where(Expr::col(("users", "is_active")).eq(true))
        .and_where(Expr::col(("user_roles", "role_id")).is_in(saving))
        .limit(1)
        .to_owned();
    match tx.opt::<(i64,)>(&left).await? {
        Some(_) => Ok(()),
        None => Err(invalid(
            field,
            say!(
                "Kullanıcıları ve rolleri yönetebilen son etkin kullanıcı kaldırılamaz.",
                "The last active user who can manage users and roles cannot be removed."
            ),
        )),
    }
}

#[derive(FromRow)]
struct Row {
    name: String,
    is_builtin: bool,
    grants: String,
    #[sqlx(rename = "row_rules")]
    rows: JsonText<RowRules>,
    #[sqlx(rename = "field_rules")]
    fields: JsonText<FieldRules>,
    requires_two_factor: bool,
}

impl Row {
    fn grants(&self) -> Result<RoleGrants> {
        Ok(serde_json::from_str(&self.grants)?)
    }
}

async fn row(tx: &mut Tx, id: RoleId) -> Result<Row> {
    let select = Query::select()
        .columns(["name", "is_builtin", "grants", "row_rules", "field_rules", "requires_two_factor"])
        .from(Alias::new("roles"))
        .and_where(Expr::col("id").eq(id.0))
        .to_owned();
    tx.opt(&select).await?.ok_or(Error::NotFound)
}

/// A query over the roles of a user, to which columns are added.
pub(crate) fn of(user_id: UserId) -> SelectStatement {
    Query::select()
        .from(Alias::new("user_roles"))
        .join(
            JoinType::InnerJoin,
            "roles",
            Expr::col(("roles", "id")).equals(("user_roles", "role_id")),
        )
        .and_where(Expr::col(("user_roles", "user_id")).eq(user_id.0))
        .to_owned()
}

fn parse(rows: Vec<(String,)>) -> Result<Vec<RoleGrants>> {
    rows.iter().map(|(grants,)| Ok(serde_json::from_str(grants)?)).collect()
}

// Over HTTP

const ORDERINGS: &[Ordering] = &[by("id", "id"), by("name", "name"), by("code", "code")];

pub(crate) fn routes(identity: &Identity) -> Routes {
    Lines::new(identity)
        .add(routes!(list_roles), Access::SignedIn)
        .add(routes!(create_role), Access::Needs(ROLE_MANAGE))
        .add(routes!(list_permissions), Access::SignedIn)
        .add(routes!(get_role), Access::SignedIn)
        .add(routes!(update_role), Access::Needs(ROLE_MANAGE))
        .add(routes!(delete_role), Access::Needs(ROLE_MANAGE))
        .done()
}

fn listing(dialect: kernel::dialect::Dialect) -> Listing<'static> {
    let users = "(SELECT count(*) FROM user_roles JOIN users ON users.id = user_roles.user_id WHERE user_roles.role_id = roles.id AND users.is_active)";
    let row = dialect.json_object(&[
        pair("id", "roles.id"),
        pair("code", "roles.code"),
        pair("name", "roles.name"),
        pair("is_builtin", dialect.json_bool("roles.is_builtin")),
        pair("grants", dialect.json_text("roles.grants")),
        pair("rows", dialect.json_text("roles.row_rules")),
        pair("fields", dialect.json_text("roles.field_rules")),
        pair("requires_two_factor", dialect.json_bool("roles.requires_two_factor")),
        pair("user_count", users),
    ]);
    Listing {
        table: "roles",
        row,
        orderings: ORDERINGS,
        filters: &[],
    }
}

fn select_one(dialect: kernel::dialect::Dialect, id: RoleId) -> SelectStatement {
    let row = dialect.own_sql(listing(dialect).row);
    Query::select()
        .expr(row)
        .from(Alias::new("roles"))
        .and_where(Expr::col(("roles", "id")).eq(id.0))
        .to_owned()
}

async fn one_in(tx: &mut Tx, id: RoleId) -> Result<Role> {
    let text = tx.texts(&select_one(tx.dialect(), id)).await?.pop().ok_or(Error::NotFound)?;
    Ok(serde_json::from_str(&text)?)
}

/// The roles.
#[utoipa::path(get, path = "/roles/", operation_id = "list_roles", tag = "roles", params(ListParams), responses((status = 200, body = Listed<Role>), Problems))]
async fn list_roles(ctx: Ctx, OriginalUri(uri): OriginalUri, Params(pairs): Params) -> Result<Reply> {
    let listing = listing(ctx.db.dialect());
    let request = listing.request(&pairs)?;
    let mut filtered = Query::select();
    filtered.from(Alias::new("roles"));
    if let Some(search) = &request.search {
        let dialect = ctx.db.dialect();
        asked_words(search).iter().for_each(|word| {
            filtered.and_where(dialect.contains(Expr::col(("roles", "code")), word));
        });
    }
    Ok(listing.find(&ctx, &filtered, &request).await?.reply(&uri, &pairs))
}

/// Every permission there is, to be chosen from.
#[utoipa::path(get, path = "/roles/permissions/", operation_id = "list_permissions", tag = "roles", responses((status = 200, body = Vec<permissions::PermissionInfo>), Problems))]
async fn list_permissions(identity: Identity) -> Result<Reply> {
    Reply::ok(&identity.registry().list())
}

/// A role.
#[utoipa::path(get, path = "/roles/{id}/", operation_id = "get_role", tag = "roles", params(("id" = i64, Path)), responses((status = 200, body = Role), Problems))]
async fn get_role(ctx: Ctx, PathId(id): PathId<RoleId>) -> Result<Reply> {
    let text = ctx
        .db
        .texts(&select_one(ctx.db.dialect(), id))
        .await?
        .pop()
        .ok_or(Error::NotFound)?;
    Ok(Reply::text(axum::http::StatusCode::OK, text))
}

/// Make a role.
#[utoipa::path(post, path = "/roles/", operation_id = "create_role", tag = "roles", request_body = NewRole, responses((status = 201, body = Role), Problems))]
async fn create_role(ctx: Ctx, identity: Identity, OriginalUri(uri): OriginalUri, Body(new): Body<NewRole>) -> Result<Reply> {
    check_grants(&identity, &ctx, &new.grants, &RoleGrants::new())?;
    identity.check_rules(&ctx, &new.rows, &new.fields).await?;
    ctx.write(async |tx| {
        let id = create(tx, &ctx, new).await?;
        Reply::created(format!("{}{id}/", uri.path()), &one_in(tx, id).await?)
    })
    .await
}

/// Change a role.
#[utoipa::path(patch, path = "/roles/{id}/", operation_id = "update_role", tag = "roles", params(("id" = i64, Path)), request_body = RoleChange, responses((status = 200, body = Role), Problems))]
async fn update_role(ctx: Ctx, identity: Identity, PathId(id): PathId<RoleId>, Body(change): Body<RoleChange>) -> Result<Reply> {
    let (none, nothing) = (RowRules::new(), FieldRules::new());
    let (rows, taken) = (change.rows.as_ref().unwrap_or(&none), change.fields.as_ref().unwrap_or(&nothing));
    identity.check_rules(&ctx, rows, taken).await?;
    ctx.write(async |tx| {
        let before = row(tx, id).await?.grants()?;
        // Whoever may not give what the role allows may not take it away from others either.
        check_grants_may_be_given(&identity, &ctx, "grants", std::slice::from_ref(&before))?;
        if let Some(grants) = &change.grants {
            check_grants(&identity, &ctx, grants, &before)?;
        }
        update(tx, &ctx, id, change).await?;
        Reply::ok(&one_in(tx, id).await?)
    })
    .await
}

/// Delete a role that nobody has.
#[utoipa::path(delete, path = "/roles/{id}/", operation_id = "delete_role", tag = "roles", params(("id" = i64, Path)), responses((status = 204), Problems))]
async fn delete_role(ctx: Ctx, PathId(id): PathId<RoleId>) -> Result<Reply> {
    ctx.write(async |tx| {
        delete(tx, &ctx, id).await?;
        Ok(Reply::no_content())
    })
    .await
}

fn check_grants(identity: &Identity, ctx: &Ctx, grants: &RoleGrants, before: &RoleGrants) -> Result<()> {
    if grants.len() > MAX_GRANTS {
        return Err(invalid(
            "grants",
            say!("En çok {} yetki olabilir.", "There may be {} permissions at most.", MAX_GRANTS),
        ));
    }
    identity.registry().check(grants, before)?;
    check_grants_may_be_given(identity, ctx, "grants", std::slice::from_ref(grants))
}
