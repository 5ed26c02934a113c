//! Changing customers: create, update, delete. Whatever the door (form, API, bulk, import, undo), the change goes through here: checked,
//! kept, and told as one event each, in one transaction.

use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{Error, FieldErrors, Result, Say};
use kernel::events::{Changes, NewEvent};
use kernel::ids::CustomerId;
use kernel::say;
use serde_json::{Map, Value, json};

use super::patch::Patch;
use super::{Customer, check, code, read, store};
use crate::cell::Cell;
use crate::custom_fields::Definitions;
use crate::fields::Key;
use crate::permissions;

/// A customer that could not be created or changed, and why.
#[derive(Clone, Debug)]
pub struct Refused {
    /// Its place in what was asked.
    pub index: usize,
    pub errors: FieldErrors,
}

/// Creates customers; all that are right are kept, the others are refused.
pub async fn create_all(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: &Stamp,
    definitions: &Definitions,
    drafts: Vec<Customer>,
) -> Result<(Vec<Customer>, Vec<Refused>)> {
    let mut refused: Vec<Refused> = Vec::new();
    let mut good: Vec<(usize, Customer)> = Vec::with_capacity(drafts.len());
    for (index, mut draft) in drafts.into_iter().enumerate() {
        let errors = complete(&mut draft, ctx, definitions);
        if errors.is_empty() {
            good.push((index, draft));
        } else {
            refused.push(Refused { index, errors });
        }
    }
    let pairs: Vec<(&Customer, Option<&Customer>)> = good.iter().map(|(_, customer)| (customer, None)).collect();
    let wrong = check::references(tx, &pairs).await?;
    let mut place = 0;
    good.retain(|(index, _)| {
        let errors = wrong.get(&place).cloned();
        place += 1;
        errors.map(|errors| refused.push(Refused { index: *index, errors })).is_none()
    });
    let mut customers: Vec<Customer> = good.into_iter().map(|(_, customer)| customer).collect();
    keep_new(tx, ctx, stamp, &mut customers).await?;
    Ok((customers, refused))
}

/// Brings a draft to the customer it will be, and says what is wrong with it but for references.
pub fn complete(draft: &mut Customer, ctx: &Ctx, definitions: &Definitions) -> FieldErrors {
    adopt(draft, ctx);
    check::settle(draft, ctx);
    check::check(draft, None, definitions, ctx)
}

/// Keeps new customers that are [complete] and right: gives them codes and ids, and tells of them.
pub async fn keep_new(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, customers: &mut [Customer]) -> Result<()> {
    let nameless = customers.iter().filter(|customer| customer[Key::CustomerCode].is_missing()).count();
    if nameless > 0 {
        let mut codes = code::next(tx, ctx, nameless).await?.into_iter();
        for customer in customers.iter_mut().filter(|customer| customer[Key::CustomerCode].is_missing()) {
            customer.set(Key::CustomerCode, codes.next().map_or(Cell::Missing, Cell::Text));
        }
    }
    for customer in customers.iter_mut() {
        customer.version = 1;
        customer.created_at = stamp.at_us;
        customer.updated_at = stamp.at_us;
    }
    store::insert(tx, customers).await?;
    let events = customers
        .iter()
        .map(|customer| {
            NewEvent::new("customer.created", "customer", customer.id)
                .customer(CustomerId(customer.id))
                .payload(json!({ "name": customer[Key::Name].text(), "version": 1 }))
        })
        .collect();
    tx.emit_all(stamp, events).await
}

/// Whoever creates a customer owns it, unless somebody else is named.
fn adopt(draft: &mut Customer, ctx: &Ctx) {
    if draft[Key::Owner].is_missing() && draft[Key::Team].is_missing() {
        draft.set(Key::Owner, ctx.actor.user_id.map_or(Cell::Missing, |id| Cell::Int(id.0)));
        draft.set(Key::Team, ctx.actor.team_id.map_or(Cell::Missing, |id| Cell::Int(id.0)));
    }
}

/// A new customer from the API's JSON, right but for what only the database knows. One answer names everything that is wrong.
pub fn draft(ctx: &Ctx, definitions: &Definitions, input: &Map<String, Value>) -> Result<Customer> {
    let mut errors = FieldErrors::default();
    let patch = Patch::parse(input, definitions, &mut errors);
    let mut draft = Customer::default();
    patch.apply(&mut draft);
    for (field, problems) in complete(&mut draft, ctx, definitions).0 {
        errors.0.entry(field).or_insert(problems);
    }
    errors.check()?;
    Ok(draft)
}

/// Creates one customer from its [draft].
pub async fn create(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, draft: Customer) -> Result<Customer> {
    // Whoever asks has just been looked up, and so has their team.
    let (me, my_team) = (ctx.actor.user_id.map(|id| id.0), ctx.actor.team_id.map(|id| id.0));
    let is_own = draft[Key::Owner].int() == me && draft[Key::Team].int() == my_team;
    if !is_own && let Some(errors) = check::references(tx, &[(&draft, None)]).await?.remove(&0) {
        return Err(Error::Invalid(errors));
    }
    let mut created = [draft];
    keep_new(tx, ctx, stamp, &mut created).await.map_err(code_taken)?;
    let [customer] = created;
    Ok(customer)
}

/// The error of a code that somebody else has.
pub fn code_taken(error: Error) -> Error {
    error.or_taken("customers", &["customer_code"], Key::CustomerCode.name(), taken())
}

/// What is wrong with a code that somebody else has.
pub fn taken() -> Say {
    say!("Bu müşteri kodu kullanılıyor.", "This customer code is taken.")
}

/// A customer before and after a change.
pub struct Changed {
    pub before: Customer,
    pub after: Customer,
    pub changes: Changes,
}

/// Applies `alter` to each customer and keeps those that come out right. Customers that `alter` leaves as they were are not touched.
pub async fn change_all(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: &Stamp,
    definitions: &Definitions,
    customers: Vec<Customer>,
    alter: impl FnMut(&mut Customer) -> Result<(), FieldErrors>,
) -> Result<(Vec<Changed>, Vec<Refused>)> {
    let (changed, refused) = prepare(tx, ctx, stamp, definitions, customers, alter).await?;
    keep_changes(tx, stamp, &changed).await?;
    Ok((changed, refused))
}

/// Applies `alter` to each customer and says what would change and what is wrong; keeps nothing yet.
pub async fn prepare(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: &Stamp,
    definitions: &Definitions,
    customers: Vec<Customer>,
    mut alter: impl FnMut(&mut Customer) -> Result<(), FieldErrors>,
) -> Result<(Vec<Changed>, Vec<Refused>)> {
    let mut changed: Vec<(usize, Changed)> = Vec::new();
    let mut refused = Vec::new();
    for (index, before) in customers.into_iter().enumerate() {
        let mut after = before.clone();
        if let Err(errors) = alter(&mut after) {
            refused.push(Refused { index, errors });
            continue;
        }
        check::settle(&mut after, ctx);
        let changes = after.changes_since(&before, definitions);
        if changes.is_empty() && after.deleted_at == before.deleted_at {
            continue;
        }
        let errors = check::check(&after, Some(&before), definitions, ctx);
        if !errors.is_empty() {
            refused.push(Refused { index, errors });
            continue;
        }
        after.version = before.version + 1;
        after.updated_at = stamp.at_us;
        changed.push((index, Changed { before, after, changes }));
    }
    let pairs: Vec<(&Customer, Option<&Customer>)> = changed.iter().map(|(_, changed)| (&changed.after, Some(&changed.before))).collect();
    let wrong = check::references(tx, &pairs).await?;
    let mut place = 0;
    changed.retain(|(index, _)| {
        let errors = wrong.get(&place).cloned();
        place += 1;
        errors.map(|errors| refused.push(Refused { index: *index, errors })).is_none()
    });
    Ok((changed.into_iter().map(|(_, changed)| changed).collect(), refused))
}

/// Keeps changes that were [prepared](prepare), and tells of them.
pub async fn keep_changes(tx: &mut Tx, stamp: &Stamp, changed: &[Changed]) -> Result<()> {
    let pairs: Vec<(&Customer, &Customer)> = changed.iter().map(|changed| (&changed.before, &changed.after)).collect();
    store::update(tx, &pairs).await?;
    let events = changed.iter().map(event).collect();
    tx.emit_all(stamp, events).await
}

fn event(changed: &Changed) -> NewEvent {
    let kind = match (changed.before.deleted_at, changed.after.deleted_at) {
        (None, Some(_)) => "customer.deleted",
        (Some(_), None) => "customer.restored",
        _ => "customer.updated",
    };
    NewEvent::new(kind, "customer", changed.after.id)
        .customer(CustomerId(changed.after.id))
        .payload(json!({ "name": changed.after[Key::Name].text(), "version": changed.after.version }))
        .changes(changed.changes.clone())
}

/// How a PUT and a PATCH differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Fields that are not named become empty.
    Whole,
    /// Fields that are not named stay.
    Named,
}

/// What a caller wants one customer to become.
pub struct Edit<'a> {
    pub id: i64,
    pub input: &'a Map<String, Value>,
    pub extent: Extent,
    /// The version the caller saw: fields that somebody else has changed since to something else are a clash, others are no obstacle.
    pub base_version: Option<i64>,
}

/// Changes one customer by the API's JSON; none when it was as it is wanted already.
pub async fn update(tx: &mut Tx, ctx: &Ctx, stamp: &Stamp, definitions: &Definitions, edit: Edit<'_>) -> Result<Option<Changed>> {
    let Edit {
        id,
        input,
        extent,
        base_version,
    } = edit;
    let mut errors = FieldErrors::default();
    let mut patch = Patch::parse(input, definitions, &mut errors);
    let current = read::for_change(tx, ctx, permissions::WRITE, &[id], definitions)
        .await?
        .pop()
        .ok_or(Error::NotFound)?;
    if extent == Extent::Whole {
        // What the caller does not write, or does not even see, stays.
        let kept = super::field_rules::unwritable(&ctx.actor);
        for key in Key::written()
            .filter(|key| !patch.names(*key) && *key != Key::CustomerCode && !kept.contains(key.name()))
            .collect::<Vec<_>>()
        {
            patch.set(key, Cell::Missing);
        }
        for key in current
            .custom
            .keys()
            .filter(|key| !patch.custom.contains_key(*key) && !kept.contains(&format!("custom.{key}")))
            .cloned()
            .collect::<Vec<_>>()
        {
            patch.custom.insert(key, Cell::Missing);
        }
    }
    let mut wanted = current.clone();
    patch.apply(&mut wanted);
    check::settle(&mut wanted, ctx);
    for (field, problems) in check::check(&wanted, Some(&current), definitions, ctx).0 {
        errors.0.entry(field).or_insert(problems);
    }
    errors.check()?;
    if let Some(base) = base_version.filter(|base| *base != current.version) {
        super::revert::clashes(tx, ctx, &current, &wanted, base, definitions).await?;
    }
    let apply = |customer: &mut Customer| {
        patch.apply(customer);
        Ok(())
    };
    let (mut changed, refused) = change_all(tx, ctx, stamp, definitions, vec![current], apply)
        .await
        .map_err(code_taken)?;
    match refused.into_iter().next() {
        Some(refused) => Err(Error::Invalid(refused.errors)),
        None => Ok(changed.pop()),
    }
}

/// Deletes customers softly; they can be brought back while the operation can be undone.
pub async fn delete_all(
    tx: &mut Tx,
    ctx: &Ctx,
    stamp: &Stamp,
    definitions: &Definitions,
    customers: Vec<Customer>,
) -> Result<Vec<Changed>> {
    let at_us = stamp.at_us;
    let end = |customer: &mut Customer| {
        customer.deleted_at = Some(at_us);
        Ok(())
    };
    let (changed, _) = change_all(tx, ctx, stamp, definitions, customers, end).await?;
    Ok(changed)
}
