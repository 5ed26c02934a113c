//! What roles take away of a customer's fields: hidden ones are neither shown nor asked about, read-only ones are not written.

use std::collections::BTreeSet;

use kernel::actor::{Actor, FieldAccess};
use kernel::error::FieldErrors;
use kernel::say;

use super::Customer;
use crate::addresses::Address;
use crate::contact_points::ContactPoint;
use crate::custom_fields::Definitions;
use crate::fields::Key;

/// Fields that say the same in another way: taking one away takes them all.
const TOGETHER: &[&[Key]] = &[
    &[Key::PrimaryEmail, Key::SecondaryEmail, Key::Email],
    &[Key::PrimaryPhone, Key::SecondaryPhone, Key::Phone],
    &[Key::City, Key::District, Key::Country],
    &[Key::BirthDate, Key::Age],
];

/// Without these a customer can neither be called by name nor be found, and nobody could tell whose it is.
const KEPT: &[Key] = &[
    Key::CustomerCode,
    Key::CustomerType,
    Key::Name,
    Key::FirstName,
    Key::LastName,
    Key::CompanyName,
    Key::Owner,
    Key::Team,
    Key::CustomerSince,
    Key::IsActive,
    Key::CreatedAt,
    Key::UpdatedAt,
];

/// The fields that a role can take away.
pub fn can_be_taken(definitions: &Definitions) -> Vec<String> {
    let own = Key::all().filter(|key| !KEPT.contains(key)).map(|key| key.name().to_owned());
    let custom = definitions.0.iter().map(|definition| definition.field.name.to_string());
    own.chain(custom).collect()
}

/// The fields of which no more than `most` is left to the actor, with those that go with them; the lists `contact_points` and `addresses`
/// among them when a part of them is.
fn taken(actor: &Actor, most: FieldAccess) -> BTreeSet<String> {
    let mut taken: BTreeSet<String> = actor
        .limits
        .fields
        .get(super::read::OWNED.entity)
        .into_iter()
        .flatten()
        .filter(|(_, left)| **left <= most)
        .map(|(field, _)| field.clone())
        .collect();
    for together in TOGETHER {
        if together.iter().any(|key| taken.contains(key.name())) {
            taken.extend(together.iter().map(|key| key.name().to_owned()));
        }
    }
    for (part, list) in [
        (Key::Email, "contact_points"),
        (Key::Phone, "contact_points"),
        (Key::City, "addresses"),
    ] {
        if taken.contains(part.name()) {
            taken.insert(list.to_owned());
        }
    }
    taken
}

/// The fields that the actor does not see.
pub fn hidden(actor: &Actor) -> BTreeSet<String> {
    taken(actor, FieldAccess::Hidden)
}

/// The fields that the actor does not write.
pub fn unwritable(actor: &Actor) -> BTreeSet<String> {
    taken(actor, FieldAccess::ReadOnly)
}

/// Refuses changes to fields that are [not written](unwritable). `before` is the customer as it was, or as a new one is by itself.
pub fn check(unwritable: &BTreeSet<String>, customer: &Customer, before: &Customer, errors: &mut FieldErrors) {
    let may_not = || {
        say!(
            "Rolünüz bu alanı değiştirmenize izin vermiyor.",
            "Your role does not let you change this field."
        )
    };
    for key in Key::written().filter(|key| unwritable.contains(key.name())) {
        if customer[key] != before[key] {
            errors.add(key.name(), may_not());
        }
    }
    for field in unwritable {
        if let Some(key) = field.strip_prefix("custom.")
            && customer.custom.get(key) != before.custom.get(key)
        {
            errors.add(field.clone(), may_not());
        }
    }
    for kind in ["email", "phone"].into_iter().filter(|kind| unwritable.contains(*kind)) {
        let points = |customer: &Customer| -> Vec<_> {
            let of_kind = customer.contact_points.iter().filter(|point| point.kind == kind);
            of_kind.map(ContactPoint::without_id).collect()
        };
        if points(customer) != points(before) {
            errors.add("contact_points", may_not());
        }
    }
    let addresses = |customer: &Customer| -> Vec<_> { customer.addresses.iter().map(Address::without_id).collect() };
    if unwritable.contains("addresses") && addresses(customer) != addresses(before) {
        errors.add("addresses", may_not());
    }
}
