//! What must be true of any record as a whole, whatever its entity asks beyond that.

use std::collections::{BTreeSet, HashSet};

use identity::scope;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{FieldErrors, Result};
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, Query};

use crate::change::Draft;
use crate::custom::Definitions;
use crate::entity::{Entity, required};
use crate::fields::Form;
use crate::record::Record;
use crate::{field_rules, schema};

/// What is wrong with a record that is about to be kept. Only what differs from `before` is held against it, so that an old fault does not
/// stand in the way of an unrelated change.
pub fn check(record: &Record, before: Option<&Record>, definitions: &Definitions, ctx: &Ctx) -> FieldErrors {
    let mut errors = FieldErrors::default();
    let entity = record.entity;
    for definition in definitions.0.iter().filter(|definition| definition.custom.is_required) {
        let key = &definition.custom.key;
        let cleared = before.is_none_or(|before| before.custom.contains_key(key));
        if cleared && !record.custom.contains_key(key) {
            errors.add(format!("custom.{key}"), required());
        }
    }
    if [entity.owner, entity.team]
        .iter()
        .any(|name| before.is_none_or(|before| record.cell(name) != before.cell(name)))
    {
        within_reach(record, ctx, &mut errors);
    }
    within_rules(record, before, definitions, ctx, &mut errors);
    let unwritable = field_rules::unwritable(entity, &ctx.actor);
    if let Some(before) = before.filter(|_| !unwritable.is_empty()) {
        field_rules::check(&unwritable, record, before, &mut errors);
    }
    errors
}

/// Nobody gives a record out of their own reach: it would be lost to them, and be somebody else's without their say. What the product itself
/// decided (an assignment) is not the caller's doing.
fn within_reach(record: &Record, ctx: &Ctx, errors: &mut FieldErrors) {
    if record.carried.contains_key(crate::change::DECIDED_OWNER) {
        return;
    }
    let (owner, team) = (record.cell(record.entity.owner).int(), record.cell(record.entity.team).int());
    let mut reaches = ctx.actor.reaches(record.entity.permissions.write, record.entity.name).into_iter();
    if !reaches.any(|(scope, _)| scope::is_within(&ctx.actor, scope, owner, team)) {
        errors.add(
            record.entity.owner,
            say!(
                "Yetkinizin dışındaki birine verilemez.",
                "Cannot be given to somebody outside your reach."
            ),
        );
    }
}

/// Nor does anybody change a record so that their role's rule for rows no longer meets it.
fn within_rules(record: &Record, before: Option<&Record>, definitions: &Definitions, ctx: &Ctx, errors: &mut FieldErrors) {
    let entity = record.entity;
    if !ctx.actor.limits.has_rule(entity.name) || before == Some(record) {
        return;
    }
    let schema = schema::whole(entity, definitions);
    let covered = |record: &Record| scope::covers(ctx, entity.permissions.write, entity.owned(), &schema, record);
    // Whoever reaches it another way (it is shared with them, say) has not taken it anywhere.
    if covered(record) || before.is_some_and(|before| !covered(before)) {
        return;
    }
    let voice = criteria::Voice {
        lang: ctx.lang,
        zone: ctx.org.zone,
        names: &|_, _| None,
    };
    let rules = ctx.actor.reaches(entity.permissions.write, entity.name);
    for criteria in rules.iter().filter_map(|(_, json)| scope::rule(&schema, (*json)?)) {
        let field = criteria
            .fields()
            .first()
            .map_or(entity.owner.to_owned(), |field| field.name.to_string());
        errors.add(
            field,
            say!(
                "Rolünüz yalnız şu kayıtlara izin veriyor: {}.",
                "Your role only allows records of which this is true: {}.",
                criteria.say(&voice)
            ),
        );
    }
}

/// Refuses references to what is not there, in one query for each field.
pub async fn references(tx: &mut Tx, drafts: &mut [Draft]) -> Result<()> {
    let Some(entity) = drafts.first().map(|draft| draft.after.entity) else {
        return Ok(());
    };
    for (place, spec) in entity.fields.iter().enumerate() {
        let (table, problem) = match spec.form {
            Form::User | Form::Users => ("users", say!("Böyle etkin bir kullanıcı yok.", "There is no such active user.")),
            Form::Team => ("teams", say!("Böyle bir ekip yok.", "There is no such team.")),
            Form::Reference { table } => (table, say!("Böyle bir kayıt yok.", "There is no such record.")),
            _ => continue,
        };
        // What was there already is not held against a change.
        let added = |draft: &Draft| -> Vec<i64> {
            let before = draft.before.as_ref().map(|before| before.at(place).ids()).unwrap_or_default();
            draft.after.at(place).ids().into_iter().filter(|id| !before.contains(id)).collect()
        };
        let asked: HashSet<i64> = drafts.iter().flat_map(added).collect();
        if asked.is_empty() {
            continue;
        }
        let mut query = Query::select();
        query
            .column("id")
            .from(Alias::new(table))
            .and_where(Expr::col("id").is_in(asked.iter().copied()));
        let is_soft = table == "customers" || Entity::all().iter().any(|entity| entity.table == table);
        match (spec.form, is_soft) {
            (Form::User | Form::Users, _) => {
                query.and_where(Expr::col("is_active").eq(true));
            }
            (_, true) => {
                query.and_where(Expr::col("deleted_at").is_null());
            }
            _ => {}
        }
        let there: BTreeSet<i64> = tx.all::<(i64,)>(&query).await?.into_iter().map(|(id,)| id).collect();
        for draft in drafts.iter_mut() {
            if added(draft).iter().any(|id| !there.contains(id)) {
                draft.errors.add(spec.name(), problem.clone());
            }
        }
    }
    Ok(())
}
