//! Why can somebody see a customer, or why can they not? The answer comes from the very rules the finder goes by, read one by one.

use std::collections::BTreeMap;
use std::sync::Arc;

use identity::scope::{self, Held};
use identity::shares::{self, Share};
use identity::{ACCESS_EXPLAIN, Identity, Lines, Ruled, reach};
use kernel::actor::{Permission, Scope, Via};
use kernel::ctx::Ctx;
use kernel::error::{Error, Result, Say, invalid};
use kernel::http::openapi::Problems;
use kernel::http::{Access, Params, PathId, Reply, Routes};
use kernel::ids::UserId;
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::read::{self, OWNED};
use super::record::AtHand;
use super::{Customer, ENTITY, schema};
use crate::custom_fields::{self, Definitions};
use crate::names::{self, Names};
use crate::permissions::{CONSENT_WRITE, DELETE, EXPORT, READ, SHARE, WRITE};

/// What is explained, in this order.
const EXPLAINED: [Permission; 6] = [READ, WRITE, DELETE, EXPORT, SHARE, CONSENT_WRITE];

/// What roles can say of customers beside permissions.
pub const RULED: Ruled = records::ruled!(ENTITY, "customer", "customer.read");

pub fn routes(identity: &Identity) -> Routes {
    Lines::new(identity)
        .add(routes!(explain_customer_access), Access::Needs(ACCESS_EXPLAIN))
        .done()
}

/// What a user may do with a customer, and why.
#[derive(Serialize, ToSchema)]
pub struct Explained {
    pub user_id: UserId,
    pub user_name: String,
    pub customer_id: i64,
    pub permissions: Vec<ExplainedPermission>,
    /// Fields that are hidden from the user or cannot be changed by them.
    #[schema(value_type = std::collections::BTreeMap<String, kernel::actor::FieldAccess>)]
    pub fields: BTreeMap<String, kernel::actor::FieldAccess>,
}

/// One permission on this very customer.
#[derive(Serialize, ToSchema)]
pub struct ExplainedPermission {
    /// `customer.read`
    pub name: String,
    pub is_allowed: bool,
    pub reasons: Vec<Reason>,
}

/// What one role, or a share, has to do with it.
#[derive(Serialize, ToSchema)]
pub struct Reason {
    /// None for a share, or when the user has no role at all.
    pub role_id: Option<i64>,
    pub allows: bool,
    /// In the caller's language.
    pub text: String,
}

/// A customer with everything that decides who reaches it.
pub struct Known {
    pub customer: Customer,
    consents: BTreeMap<String, String>,
    shares: Vec<Share>,
    schema: criteria::Schema,
}

impl Known {
    /// Reads a customer whoever asks.
    pub async fn load(ctx: &Ctx, id: i64) -> Result<Known> {
        let definitions: Arc<Definitions> = custom_fields::definitions(ctx).await?;
        let customer = ctx
            .db
            .write(async |tx| read::load(tx, &[id], None, &definitions).await)
            .await?
            .pop()
            .filter(|customer| customer.deleted_at.is_none())
            .ok_or(Error::NotFound)?;
        let consents = Query::select()
            .columns(["topic", "status"])
            .from(Alias::new("consent_states"))
            .and_where(Expr::col("customer_id").eq(id))
            .to_owned();
        Ok(Known {
            customer,
            consents: ctx.db.all::<(String, String)>(&consents).await?.into_iter().collect(),
            shares: shares::of(&ctx.db, OWNED.entity, id).await?,
            schema: schema::whole(&definitions),
        })
    }

    fn at_hand(&self) -> AtHand<'_> {
        AtHand {
            customer: &self.customer,
            consents: &self.consents,
        }
    }

    /// Whether whoever acts in `ctx` holds the permission on it. The same answer as the finder gives.
    pub fn allows(&self, ctx: &Ctx, permission: Permission) -> bool {
        scope::covers(ctx, permission, OWNED, &self.schema, &self.at_hand()) || shares::give(&ctx.actor, permission, &self.shares)
    }

    /// What a role says to it.
    fn reason(&self, ctx: &Ctx, permission: Permission, role: &reach::Held, names: &Names, names_of_caller: &Ctx) -> Reason {
        let lang = names_of_caller.lang;
        let reason = |allows: bool, text: Say| Reason {
            role_id: Some(role.id),
            allows,
            text: text.get(lang).to_owned(),
        };
        let name = role.name.as_str();
        let Some(scope) = role.scope(permission) else {
            return reason(
                false,
                say!(
                    "“{}” rolü bu yetkiyi vermiyor.",
                    "The role “{}” does not give this permission.",
                    name
                ),
            );
        };
        let record = self.at_hand();
        let owner = record.owner_id().and_then(|id| names.user(id));
        let team = record.team_id().and_then(|id| names.of("team", id));
        if !scope::is_within(&ctx.actor, scope, record.owner_id(), record.team_id()) {
            let (tr, en) = match scope {
                Scope::Own => ("kendi kayıtlarına", "their own records"),
                Scope::Team => ("ekibinin kayıtlarına", "the records of their team"),
                Scope::Below => (
                    "ekibinin ve altındaki ekiplerin kayıtlarına",
                    "the records of their team and those below it",
                ),
                Scope::All => ("bütün kayıtlara", "all records"),
            };
            let text = Say {
                tr: format!(
                    "“{name}” rolü {tr} izin veriyor; bu kaydın sorumlusu {}, ekibi {}.",
                    owner.unwrap_or("yok"),
                    team.as_deref().unwrap_or("yok")
                )
                .into(),
                en: format!(
                    "The role “{name}” allows {en}; this record is owned by {}, and its team is {}.",
                    owner.unwrap_or("nobody"),
                    team.as_deref().unwrap_or("none")
                )
                .into(),
            };
            return reason(false, text);
        }
        let Some(json) = role.rows.get(OWNED.entity) else {
            return reason(true, say!("“{}” rolü izin veriyor.", "The role “{}” allows it.", name));
        };
        let Some(criteria) = scope::rule(&self.schema, json) else {
            return reason(
                false,
                say!(
                    "“{}” rolünün satır kuralı artık okunamıyor; hiçbir kayda izin vermiyor.",
                    "The rule for rows of the role “{}” cannot be read any more; it allows no record.",
                    name
                ),
            );
        };
        let said = |lang| {
            criteria.say(&criteria::Voice {
                lang,
                zone: ctx.org.zone,
                names: &|entity, id| names.of(entity, id),
            })
        };
        let (tr, en) = (said(kernel::error::Lang::Tr), said(kernel::error::Lang::En));
        match criteria.matches(&record, &scope::moment(ctx)) {
            true => reason(
                true,
                Say {
                    tr: format!("“{name}” rolü izin veriyor; satır kuralı bu kayıt için doğru: {tr}.").into(),
                    en: format!("The role “{name}” allows it; its rule for rows holds for this record: {en}.").into(),
                },
            ),
            false => reason(
                false,
                Say {
                    tr: format!("“{name}” rolünün satır kuralı bu kayıt için doğru değil: {tr}.").into(),
                    en: format!("The rule for rows of the role “{name}” does not hold for this record: {en}.").into(),
                },
            ),
        }
    }
}

/// Why a user can or cannot see a customer, change it, and so on. The caller must see it themselves.
#[utoipa::path(get, path = "/customers/{id}/access/", tag = "customers", operation_id = "explain_customer_access",
    params(("id" = i64, Path), ("user_id" = i64, Query)), responses((status = 200, body = Explained), Problems))]
async fn explain_customer_access(ctx: Ctx, identity: Identity, PathId(id): PathId<i64>, Params(pairs): Params) -> Result<Reply> {
    read::require(&ctx, READ, id).await?;
    let asked = match pairs.as_slice() {
        [(name, value)] if name == "user_id" => value.parse().ok(),
        _ => None,
    };
    let user_id = asked.map(UserId).ok_or_else(|| {
        invalid(
            "user_id",
            say!(
                "Kim için sorulduğunu user_id ile verin.",
                "Say for whom with user_id, and nothing else."
            ),
        )
    })?;
    let actor = identity.actor_of(user_id, Via::Nobody).await.map_err(|error| match error {
        Error::NotFound => invalid("user_id", say!("Böyle etkin bir kullanıcı yok.", "There is no such active user.")),
        error => error,
    })?;
    let known = Known::load(&ctx, id).await?;
    let names = names::all(&ctx).await?;
    let roles = reach::held_by(&ctx.db, user_id).await?;
    let theirs = Ctx {
        // Somebody who is signed in, as far as permissions are concerned.
        actor: Arc::new(kernel::actor::Actor {
            via: Via::Session { id: 0 },
            ..actor
        }),
        ..ctx.clone()
    };
    let mut permissions = Vec::with_capacity(EXPLAINED.len());
    for permission in EXPLAINED {
        let mut reasons: Vec<Reason> = roles
            .iter()
            .map(|role| known.reason(&theirs, permission, role, &names, &ctx))
            .collect();
        if shares::give(&theirs.actor, permission, &known.shares) {
            let text = say!(
                "Kayıt bu kullanıcıyla ya da ekibiyle paylaşılmış.",
                "The record is shared with this user or their team."
            );
            reasons.push(Reason {
                role_id: None,
                allows: true,
                text: text.get(ctx.lang).to_owned(),
            });
        }
        if roles.is_empty() {
            let text = say!("Bu kullanıcının hiçbir rolü yok.", "This user has no role at all.");
            reasons.push(Reason {
                role_id: None,
                allows: false,
                text: text.get(ctx.lang).to_owned(),
            });
        }
        permissions.push(ExplainedPermission {
            name: permission.name(),
            is_allowed: known.allows(&theirs, permission),
            reasons,
        });
    }
    Reply::ok(&Explained {
        user_id,
        user_name: names.user(user_id.0).unwrap_or_default().to_owned(),
        customer_id: id,
        permissions,
        fields: theirs.actor.limits.fields.get(OWNED.entity).cloned().unwrap_or_default(),
    })
}
