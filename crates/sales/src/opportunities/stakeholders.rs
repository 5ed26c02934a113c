//! Who has a say in an opportunity, and which.

use std::collections::{BTreeMap, BTreeSet};

use customers::customer::read as customers_read;
use customers::permissions::READ as CUSTOMER_READ;
use kernel::ctx::Ctx;
use kernel::error::{FieldErrors, Result};
use kernel::http::openapi::{Listed, Problems};
use kernel::http::{Access, Body, PathId, Reply, Routes};
use kernel::{operations, say};
use records::http::note;
use records::parts::{self, Part};
use records::{Entity, choices, read};
use sea_query::{Expr, ExprTrait, Value as Sql};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::OPPORTUNITY;
use crate::permissions::{OPPORTUNITY_READ, OPPORTUNITY_WRITE};

const TAG: &str = "opportunities";
/// How many an opportunity may have.
const MAX_STAKEHOLDERS: usize = 100;
const MAX_NOTE_CHARS: usize = 500;

choices! {
    /// What somebody has to say in a purchase.
    StakeholderRole {
        DecisionMaker: "decision_maker", "Karar verici", "Decision maker";
        Influencer: "influencer", "Etkileyen", "Influencer";
        Champion: "champion", "İçeriden destekçi", "Champion";
        User: "user", "Kullanıcı", "User";
        Procurement: "procurement", "Satın alma", "Procurement";
        Blocker: "blocker", "Engelleyen", "Blocker";
    }
}

pub fn routes() -> Routes {
    Routes::new()
        .add(routes!(list_stakeholders), Access::Needs(OPPORTUNITY_READ))
        .add(routes!(set_stakeholders), Access::Needs(OPPORTUNITY_WRITE))
}

/// A stakeholder as they are kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromRow)]
pub struct Kept {
    pub customer_id: i64,
    #[sqlx(try_from = "String")]
    pub role: StakeholderRole,
    pub note: String,
}

impl Part for Kept {
    const ENTITY: &'static Entity = &OPPORTUNITY;
    const OWNER: &'static str = "opportunity_id";
    const TABLE: &'static str = "stakeholders";
    const COLUMNS: &'static [&'static str] = &["customer_id", "role", "note"];
    const IS_ORDERED: bool = false;
    const SUBJECT: &'static str = "opportunity_stakeholders";
    const CHANGED: &'static str = "opportunity.stakeholders_changed";
    const FIELD: &'static str = "stakeholders";

    fn values(&self) -> Vec<Sql> {
        vec![self.customer_id.into(), self.role.word().into(), self.note.as_str().into()]
    }
}

/// Somebody who has a say in an opportunity.
#[derive(Serialize, ToSchema)]
pub struct Stakeholder {
    pub customer_id: i64,
    /// None when the caller may not see them.
    pub customer_name: Option<String>,
    pub role: StakeholderRole,
    pub note: String,
}

/// Somebody who has a say, about to be set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StakeholderInput {
    pub customer_id: i64,
    #[schema(value_type = StakeholderRole)]
    pub role: String,
    #[serde(default)]
    pub note: String,
    /// Passed over, so that what was read can be sent back.
    #[serde(default)]
    pub customer_name: Option<String>,
}

/// All who have a say in an opportunity.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StakeholdersInput {
    pub stakeholders: Vec<StakeholderInput>,
}

/// The names of those of these customers that the caller may see.
async fn names(ctx: &Ctx, kept: &[Kept]) -> Result<BTreeMap<i64, String>> {
    if ctx.actor.scope(CUSTOMER_READ).is_none() {
        return Ok(BTreeMap::new());
    }
    let mut query = customers_read::visible(ctx, CUSTOMER_READ).await?;
    query
        .columns([("customers", "id"), ("customers", "name")])
        .and_where(Expr::col(("customers", "id")).is_in(kept.iter().map(|one| one.customer_id)));
    Ok(ctx.db.all::<(i64, String)>(&query).await?.into_iter().collect())
}

async fn answer(ctx: &Ctx, kept: Vec<Kept>) -> Result<Reply> {
    let names = names(ctx, &kept).await?;
    let shown = |one: Kept| Stakeholder {
        customer_name: names.get(&one.customer_id).cloned(),
        customer_id: one.customer_id,
        role: one.role,
        note: one.note,
    };
    Reply::ok(&Listed::whole(kept.into_iter().map(shown).collect()))
}

/// Who has a say in an opportunity.
#[utoipa::path(get, path = "/opportunities/{id}/stakeholders/", tag = TAG, operation_id = "list_stakeholders", params(("id" = i64, Path)), responses((status = 200, body = Listed<Stakeholder>), Problems))]
async fn list_stakeholders(ctx: Ctx, PathId(id): PathId<i64>) -> Result<Reply> {
    read::require(&ctx, &OPPORTUNITY, OPPORTUNITY_READ, id).await?;
    answer(&ctx, parts::of(&ctx, id).await?).await
}

/// Sets who has a say in an opportunity, all of them. They are customers, most often persons tied to its company.
#[utoipa::path(put, path = "/opportunities/{id}/stakeholders/", tag = TAG, operation_id = "set_stakeholders", params(("id" = i64, Path)), request_body = StakeholdersInput, responses((status = 200, body = Listed<Stakeholder>), Problems))]
async fn set_stakeholders(ctx: Ctx, PathId(id): PathId<i64>, Body(input): Body<StakeholdersInput>) -> Result<Reply> {
    let mut errors = FieldErrors::default();
    let mut wanted = Vec::with_capacity(input.stakeholders.len());
    let mut seen = BTreeSet::new();
    for (place, one) in input.stakeholders.iter().enumerate() {
        let note = one.note.trim();
        if note.chars().count() > MAX_NOTE_CHARS {
            errors.add(
                format!("stakeholders.{place}.note"),
                say!("En çok {} karakter olabilir.", "May have {} characters at most.", MAX_NOTE_CHARS),
            );
        }
        if !seen.insert(one.customer_id) {
            errors.add(
                format!("stakeholders.{place}.customer_id"),
                say!("Bu kişi listede zaten var.", "This person is in the list already."),
            );
        }
        match StakeholderRole::parse(&one.role) {
            Ok(role) => wanted.push(Kept {
                customer_id: one.customer_id,
                role,
                note: note.to_owned(),
            }),
            Err(problem) => errors.add(format!("stakeholders.{place}.role"), problem),
        }
    }
    if wanted.len() > MAX_STAKEHOLDERS {
        errors.add("stakeholders", say!("En çok {} olabilir.", "May be {} at most.", MAX_STAKEHOLDERS));
    }
    errors.check()?;
    let known = names(&ctx, &wanted).await?;
    ctx.write(async |tx| {
        read::one_for_change(tx, &ctx, &OPPORTUNITY, OPPORTUNITY_WRITE, id).await?;
        let before: Vec<Kept> = parts::held(tx, id).await?;
        let mut errors = FieldErrors::default();
        for (place, one) in wanted.iter().enumerate() {
            let stands = before.iter().any(|known| known.customer_id == one.customer_id);
            if !stands && !known.contains_key(&one.customer_id) {
                errors.add(
                    format!("stakeholders.{place}.customer_id"),
                    say!(
                        "Böyle bir müşteri yok ya da size görünmüyor.",
                        "There is no such customer, or it is not visible to you."
                    ),
                );
            }
        }
        errors.check()?;
        let operation = note(tx, &ctx, &OPPORTUNITY, "stakeholders").await?;
        let is_changed = parts::set(tx, &ctx.stamp().within(operation), id, &wanted).await?;
        let reply = answer(&ctx, wanted.clone()).await?;
        if is_changed {
            return Ok(reply.operation(operation));
        }
        operations::forget(tx, operation).await?;
        Ok(reply)
    })
    .await
}
