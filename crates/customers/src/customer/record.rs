//! A customer at hand, as criteria and scopes see it: the same answers as from the database.

use std::collections::BTreeMap;

use criteria::{Field, Record, Value};
use identity::scope::Held;

use super::Customer;
use crate::cell::Cell;
use crate::fields::Key;

/// A customer with the state of its consents by topic, which are not part of it.
pub struct AtHand<'a> {
    pub customer: &'a Customer,
    pub consents: &'a BTreeMap<String, String>,
}

fn value(cell: &Cell) -> Value<'_> {
    match cell {
        Cell::Missing => Value::Missing,
        Cell::Text(text) => Value::Text(text.as_str().into()),
        Cell::Int(value) => Value::Int(*value),
        Cell::Bool(value) => Value::Bool(*value),
        Cell::List(list) => texts(list.iter().map(String::as_str)),
    }
}

fn texts<'a>(texts: impl Iterator<Item = &'a str>) -> Value<'a> {
    Value::Many(texts.map(|text| Value::Text(text.into())).collect())
}

impl Record for AtHand<'_> {
    fn value<'a>(&'a self, field: &Field) -> Value<'a> {
        let customer = self.customer;
        if let Some(key) = field.name.strip_prefix("custom.") {
            return customer.custom.get(key).map_or(Value::Missing, value);
        }
        let points = |kind| {
            texts(
                customer
                    .contact_points
                    .iter()
                    .filter(move |point| point.kind == kind)
                    .map(|point| point.value.as_str()),
            )
        };
        let consent = |topic| {
            let stands = self.consents.get(topic).map(|status| Value::Text(status.as_str().into()));
            Value::Many(stands.into_iter().collect())
        };
        match Key::find(&field.name) {
            Some(Key::Email) => points("email"),
            Some(Key::Phone) => points("phone"),
            Some(Key::District) => texts(customer.addresses.iter().map(|address| address.district.as_str())),
            Some(Key::Age) => value(&customer[Key::BirthDate]),
            Some(Key::ConsentEmail) => consent("marketing.email"),
            Some(Key::ConsentSms) => consent("marketing.sms"),
            Some(Key::ConsentCall) => consent("marketing.call"),
            Some(Key::CreatedAt) => Value::Int(customer.created_at),
            Some(Key::UpdatedAt) => Value::Int(customer.updated_at),
            Some(key) => value(&customer[key]),
            None => Value::Missing,
        }
    }
}

impl Held for AtHand<'_> {
    fn owner_id(&self) -> Option<i64> {
        self.customer[Key::Owner].int()
    }

    fn team_id(&self) -> Option<i64> {
        self.customer[Key::Team].int()
    }
}
