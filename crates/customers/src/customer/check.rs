//! What must be true of a customer as a whole.

use std::collections::{BTreeMap, HashSet};

use identity::scope;
use kernel::ctx::Ctx;
use kernel::db::Tx;
use kernel::error::{FieldErrors, Result, Say};
use kernel::say;
use sea_query::{Alias, Expr, ExprTrait, Query};

use super::read::OWNED;
use super::record::AtHand;
use super::{Customer, field_rules, schema};
use crate::addresses::MAX_ADDRESSES;
use crate::cell::Cell;
use crate::contact_points::MAX_POINTS;
use crate::custom_fields::Definitions;
use crate::fields::Key;
use crate::permissions;
use turkiye::identity_number::IdentityNumber;
use turkiye::tax_number::TaxNumber;

/// Fills what follows from other fields and what has a default.
pub fn settle(customer: &mut Customer, ctx: &Ctx) {
    if customer[Key::CustomerType].is_missing() {
        let is_person =
            !customer[Key::FirstName].is_missing() || !customer[Key::LastName].is_missing() || customer[Key::CompanyName].is_missing();
        customer.set(Key::CustomerType, Cell::from(if is_person { "individual" } else { "company" }));
    }
    if customer[Key::CustomerSince].is_missing() {
        customer.set(Key::CustomerSince, Cell::Text(ctx.today().format("%Y-%m-%d").to_string()));
    }
    if customer[Key::IsActive].is_missing() {
        customer.set(Key::IsActive, Cell::Bool(true));
    }
    if customer[Key::Currency].is_missing() {
        customer.set(Key::Currency, Cell::from(ctx.org.currency.as_str()));
    }
    customer.set(Key::Name, Cell::from(customer.name().as_str()));
}

/// What is wrong with a customer that is about to be kept. Only what differs from `before` is held against it, so that an old fault does
/// not stand in the way of an unrelated change.
pub fn check(customer: &Customer, before: Option<&Customer>, definitions: &Definitions, ctx: &Ctx) -> FieldErrors {
    let mut errors = FieldErrors::default();
    let touched = |keys: &[Key]| before.is_none_or(|before| keys.iter().any(|key| customer[*key] != before[*key]));
    let required = || say!("Bu alan gerekli.", "This field is required.");

    if touched(&[Key::CustomerType, Key::FirstName, Key::LastName, Key::CompanyName]) {
        let needed: &[Key] = if customer.is_company() {
            &[Key::CompanyName]
        } else {
            &[Key::FirstName, Key::LastName]
        };
        for key in needed.iter().filter(|key| customer[**key].is_missing()) {
            errors.add(key.name(), required());
        }
    }
    let in_turkiye = matches!(customer[Key::Country].text(), "" | "TR");
    if touched(&[Key::TaxNumber, Key::Country])
        && let Some(problem) = tax_number(customer[Key::TaxNumber].text(), in_turkiye)
    {
        errors.add(Key::TaxNumber.name(), problem);
    }
    if touched(&[Key::IdentityNumber, Key::Country, Key::CustomerType]) && !customer[Key::IdentityNumber].is_missing() {
        if customer.is_company() {
            errors.add(
                Key::IdentityNumber.name(),
                say!(
                    "Firmaların kimlik numarası olmaz; vergi numarası yazın.",
                    "Companies have no identity number; use the tax number."
                ),
            );
        } else if in_turkiye && let Err(error) = IdentityNumber::parse(customer[Key::IdentityNumber].text()) {
            errors.add(Key::IdentityNumber.name(), error.say());
        }
    }
    let today = ctx.today().format("%Y-%m-%d").to_string();
    if touched(&[Key::BirthDate]) && customer[Key::BirthDate].text() > today.as_str() {
        errors.add(Key::BirthDate.name(), say!("Gelecekte olamaz.", "Cannot be in the future."));
    }
    for definition in definitions.0.iter().filter(|definition| definition.custom.is_required) {
        let key = &definition.custom.key;
        let cleared = before.is_none_or(|before| before.custom.contains_key(key));
        if cleared && !customer.custom.contains_key(key) {
            errors.add(format!("custom.{key}"), required());
        }
    }
    if customer.contact_points.len() > MAX_POINTS {
        errors.add("contact_points", say!("En çok {} olabilir.", "May be {} at most.", MAX_POINTS));
    }
    if customer.addresses.len() > MAX_ADDRESSES {
        errors.add("addresses", say!("En çok {} olabilir.", "May be {} at most.", MAX_ADDRESSES));
    }
    if touched(&[Key::Owner, Key::Team]) {
        within_reach(customer, ctx, &mut errors);
    }
    within_rules(customer, before, definitions, ctx, &mut errors);
    let unwritable = field_rules::unwritable(&ctx.actor);
    if !unwritable.is_empty() {
        match before {
            Some(before) => field_rules::check(&unwritable, customer, before, &mut errors),
            None => field_rules::check(&unwritable, customer, &blank(customer, ctx), &mut errors),
        }
    }
    errors
}

/// A company's ten digits, or the eleven of a person who trades under their own name. Other countries have their own rules.
fn tax_number(number: &str, in_turkiye: bool) -> Option<Say> {
    match number.len() {
        0 => None,
        _ if !in_turkiye => None,
        11 => IdentityNumber::parse(number).err().map(|error| error.say()),
        _ => TaxNumber::parse(number).err().map(|error| error.say()),
    }
}

/// Nobody gives a customer out of their own reach: it would be lost to them, and be somebody else's without their say.
fn within_reach(customer: &Customer, ctx: &Ctx, errors: &mut FieldErrors) {
    let (owner, team) = (customer[Key::Owner].int(), customer[Key::Team].int());
    let mut reaches = ctx.actor.reaches(permissions::WRITE, OWNED.entity).into_iter();
    if !reaches.any(|(scope, _)| scope::is_within(&ctx.actor, scope, owner, team)) {
        errors.add(
            Key::Owner.name(),
            say!(
                "Yetkinizin dışındaki birine verilemez.",
                "Cannot be given to somebody outside your reach."
            ),
        );
    }
}

/// Nor does anybody change a customer so that their role's rule for rows no longer meets it.
fn within_rules(customer: &Customer, before: Option<&Customer>, definitions: &Definitions, ctx: &Ctx, errors: &mut FieldErrors) {
    if !ctx.actor.limits.has_rule(OWNED.entity) || before == Some(customer) {
        return;
    }
    let schema = schema::whole(definitions);
    let consents = BTreeMap::new();
    let covered = |customer: &Customer| {
        let record = AtHand {
            customer,
            consents: &consents,
        };
        scope::covers(ctx, permissions::WRITE, OWNED, &schema, &record)
    };
    // Whoever reaches it another way (it is shared with them, say) has not taken it anywhere.
    if covered(customer) || before.is_some_and(|before| !covered(before)) {
        return;
    }
    let voice = criteria::Voice {
        lang: ctx.lang,
        zone: ctx.org.zone,
        names: &|_, _| None,
    };
    let rules = ctx.actor.reaches(permissions::WRITE, OWNED.entity);
    for criteria in rules.iter().filter_map(|(_, json)| scope::rule(&schema, (*json)?)) {
        let field = criteria
            .fields()
            .first()
            .map_or(Key::Owner.name().to_owned(), |field| field.name.to_string());
        errors.add(
            field,
            say!(
                "Rolünüz yalnız şu müşterilere izin veriyor: {}.",
                "Your role only allows customers of whom this is true: {}.",
                criteria.say(&voice)
            ),
        );
    }
}

/// A new customer as it is before anybody has said anything about it.
fn blank(customer: &Customer, ctx: &Ctx) -> Customer {
    let mut blank = Customer::default();
    for key in [Key::CustomerType, Key::Owner, Key::Team] {
        blank.set(key, customer[key].clone());
    }
    settle(&mut blank, ctx);
    blank
}

/// Refuses owners and teams that are not there, in one query each.
pub async fn references(tx: &mut Tx, customers: &[(&Customer, Option<&Customer>)]) -> Result<BTreeMap<usize, FieldErrors>> {
    let mut wrong: BTreeMap<usize, FieldErrors> = BTreeMap::new();
    for (key, table, problem) in [
        (
            Key::Owner,
            "users",
            say!("Böyle etkin bir kullanıcı yok.", "There is no such active user."),
        ),
        (Key::Team, "teams", say!("Böyle bir ekip yok.", "There is no such team.")),
    ] {
        let changed = |(customer, before): &(&Customer, Option<&Customer>)| {
            let id = customer[key].int()?;
            before.is_none_or(|before| before[key].int() != Some(id)).then_some(id)
        };
        let asked: HashSet<i64> = customers.iter().filter_map(changed).collect();
        if asked.is_empty() {
            continue;
        }
        let mut query = Query::select()
            .column("id")
            .from(Alias::new(table))
            .and_where(Expr::col("id").is_in(asked))
            .to_owned();
        if key == Key::Owner {
            query.and_where(Expr::col("is_active").eq(true));
        }
        let there: HashSet<i64> = tx.all::<(i64,)>(&query).await?.into_iter().map(|(id,)| id).collect();
        for (index, pair) in customers.iter().enumerate() {
            if changed(pair).is_some_and(|id| !there.contains(&id)) {
                wrong.entry(index).or_default().add(key.name(), problem.clone());
            }
        }
    }
    Ok(wrong)
}
