//! How far somebody reaches: what their roles allow, on which rows and fields, for which teams. Put together once, when the gate admits
//! them.

use std::collections::BTreeMap;

use futures::future::BoxFuture;
use kernel::actor::{Actor, FieldAccess, Grants, Limits, Permission, RoleReach, Scope, Via};
use kernel::ctx::Ctx;
use kernel::db::Db;
use kernel::error::{Error, FieldErrors, Lang, Result};
use kernel::ids::{TeamId, UserId};
use kernel::say;
use kernel::text::nearest;
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde_json::Value;
use sqlx::FromRow;

use crate::permissions::{EVERYTHING, RoleGrants};
use crate::{Identity, roles, shares, teams};

/// Entity → the criteria, as JSON, that its records must satisfy for what the role allows.
pub type RowRules = BTreeMap<String, Value>;

/// Entity → field → what the role leaves of it.
pub type FieldRules = BTreeMap<String, BTreeMap<String, FieldAccess>>;

/// An entity of whose rows and fields roles can say more than permissions do; told by the context that owns it.
#[derive(Clone, Copy)]
pub struct Ruled {
    pub entity: &'static str,
    /// The permission without which a role says nothing about its fields.
    pub read: &'static str,
    /// Refuses criteria that are not right.
    pub check_rows: for<'a> fn(&'a Ctx, &'a Value) -> BoxFuture<'a, Result<()>>,
    /// The fields that can be taken away.
    pub fields: for<'a> fn(&'a Ctx) -> BoxFuture<'a, Result<Vec<String>>>,
}

/// A role somebody has.
#[derive(Clone, Debug)]
pub struct Held {
    pub id: i64,
    pub name: String,
    pub grants: RoleGrants,
    pub rows: RowRules,
    pub fields: FieldRules,
}

impl Held {
    /// How far the role gives a permission; none when it does not.
    pub fn scope(&self, permission: Permission) -> Option<Scope> {
        let named = [permission.name().as_str(), EVERYTHING]
            .into_iter()
            .filter_map(|name| self.grants.get(name))
            .max()?;
        Some(if permission.scoped { *named } else { Scope::All })
    }
}

/// The roles of a user.
pub async fn held_by(db: &Db, user_id: UserId) -> Result<Vec<Held>> {
    #[derive(FromRow)]
    struct Row {
        id: i64,
        name: String,
        grants: String,
        row_rules: String,
        field_rules: String,
    }
    let select = roles::of(user_id)
        .columns(["id", "name", "grants", "row_rules", "field_rules"].map(|column| ("roles", column)))
        .order_by(("roles", "id"), sea_query::Order::Asc)
        .to_owned();
    let held = |row: Row| {
        Ok(Held {
            id: row.id,
            name: row.name,
            grants: serde_json::from_str(&row.grants)?,
            rows: serde_json::from_str(&row.row_rules)?,
            fields: serde_json::from_str(&row.field_rules)?,
        })
    };
    db.all::<Row>(&select).await?.into_iter().map(held).collect()
}

/// Who is to be admitted.
pub(crate) struct Who<'a> {
    pub user_id: UserId,
    pub team_id: Option<TeamId>,
    pub locale: &'a str,
    pub via: Via,
    /// What a token allows at most.
    pub scopes: Option<&'a [String]>,
}

impl Identity {
    /// Somebody with all they may do.
    pub(crate) async fn actor(&self, who: Who<'_>) -> Result<Actor> {
        let roles = held_by(&self.0.db, who.user_id).await?;
        let narrowed = |grants: Grants| match who.scopes {
            Some(scopes) => self.registry().intersection(&grants, scopes),
            None => grants,
        };
        let grants = narrowed(self.registry().union(roles.iter().map(|role| &role.grants)));
        let tree = teams::Tree(self.0.db.all(&teams::select_tree()).await?);
        let own = tree.of(who.user_id, who.team_id);
        let reach = |role: &Held| RoleReach {
            grants: narrowed(self.registry().union([&role.grants])),
            rows: role.rows.clone(),
        };
        let limits = Limits {
            teams_below: tree.with_below(&own),
            teams: own,
            roles: match roles.iter().all(|role| role.rows.is_empty()) {
                true => Vec::new(),
                false => roles.iter().map(reach).collect(),
            },
            fields: self.fields_left(&roles),
            has_shares: shares::any_with(&self.0.db, who.user_id, who.team_id).await?,
        };
        Ok(Actor {
            user_id: Some(who.user_id),
            team_id: who.team_id,
            grants,
            limits,
            lang: Lang::parse(who.locale),
            via: who.via,
            viewed_by: None,
        })
    }

    /// Another user with all they may do, as if signed in: to explain it, or to look at the product as them.
    pub async fn actor_of(&self, user_id: UserId, via: Via) -> Result<Actor> {
        let select = Query::select()
            .columns(["team_id", "locale"])
            .from(Alias::new("users"))
            .and_where(Expr::col("id").eq(user_id.0))
            .and_where(Expr::col("is_active").eq(true))
            .to_owned();
        let (team_id, locale): (Option<TeamId>, String) = self.0.db.opt(&select).await?.ok_or(Error::NotFound)?;
        let who = Who {
            user_id,
            team_id,
            locale: &locale,
            via,
            scopes: None,
        };
        self.actor(who).await
    }

    /// What all roles together leave of the fields: of several the most, and those that do not let read the entity have no say.
    fn fields_left(&self, roles: &[Held]) -> FieldRules {
        let mut left = FieldRules::new();
        for ruled in self.ruled() {
            let reads = |role: &&Held| self.registry().union([&role.grants]).contains_key(ruled.read);
            let rules = roles.iter().filter(reads).map(|role| role.fields.get(ruled.entity));
            let common = rules.fold(None::<BTreeMap<String, FieldAccess>>, |common, rules| {
                let rules = rules.cloned().unwrap_or_default();
                Some(match common {
                    None => rules,
                    Some(common) => common
                        .into_iter()
                        .filter_map(|(field, left)| Some((field.clone(), left.max(*rules.get(&field)?))))
                        .collect(),
                })
            });
            left.extend(
                common
                    .filter(|fields| !fields.is_empty())
                    .map(|fields| (ruled.entity.to_owned(), fields)),
            );
        }
        left
    }

    /// Refuses rules about what does not exist.
    pub(crate) async fn check_rules(&self, ctx: &Ctx, rows: &RowRules, fields: &FieldRules) -> Result<()> {
        let mut errors = FieldErrors::default();
        let known = |entity: &str| self.ruled().iter().find(|ruled| ruled.entity == entity);
        let unknown = |entity: &str| {
            say!(
                "“{}” için kural konamaz; konabilenler: {}.",
                "There can be no rules for “{}”; there can be for: {}.",
                entity,
                self.ruled().iter().map(|ruled| ruled.entity).collect::<Vec<_>>().join(", ")
            )
        };
        for (entity, criteria) in rows {
            match known(entity) {
                None => errors.add(format!("rows.{entity}"), unknown(entity)),
                Some(ruled) => match (ruled.check_rows)(ctx, criteria).await {
                    Err(Error::Invalid(problems)) => {
                        for problem in problems.0.into_values().flatten() {
                            errors.add(format!("rows.{entity}"), problem);
                        }
                    }
                    Err(Error::BadRequest(problem)) => errors.add(format!("rows.{entity}"), problem),
                    other => other?,
                },
            }
        }
        for (entity, named) in fields {
            let Some(ruled) = known(entity) else {
                errors.add(format!("fields.{entity}"), unknown(entity));
                continue;
            };
            let there = (ruled.fields)(ctx).await?;
            for field in named.keys().filter(|field| !there.contains(field)) {
                let near = nearest(field, there.iter().map(String::as_str)).unwrap_or("city").to_owned();
                errors.add(
                    format!("fields.{entity}.{field}"),
                    say!(
                        "“{}” alanı gizlenemez ya da yok; “{}” mi demek istediniz?",
                        "The field “{}” cannot be taken away or does not exist; did you mean “{}”?",
                        field,
                        near
                    ),
                );
            }
        }
        errors.check()
    }
}
