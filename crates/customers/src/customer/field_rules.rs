//! What roles take away of a customer's fields, as [`records::field_rules`] has it, and of what hangs on it.

use std::collections::BTreeSet;

use kernel::actor::Actor;
use kernel::error::FieldErrors;
use kernel::say;

use super::{Customer, ENTITY};
use crate::addresses::Address;
use crate::contact_points::ContactPoint;
use crate::fields::Key;

/// The fields that the actor does not write.
pub fn unwritable(actor: &Actor) -> BTreeSet<String> {
    records::field_rules::unwritable(&ENTITY, actor)
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
