//! What a caller wants a customer to become: the written fields by name, each already in the form it is kept in.

use std::collections::BTreeMap;

use kernel::error::FieldErrors;
use kernel::say;
use records::patch::{MAX_ERRORS, unknown};
pub use records::patch::{parse, parse_custom, parse_custom_text, parse_text};
use serde_json::{Map, Value};

use super::Customer;
use crate::cell::Cell;
use crate::custom_fields::Definitions;
use crate::fields::{Form, Key, SENSITIVE};

/// Values to set; what is not named stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patch {
    pub cells: Vec<(Key, Cell)>,
    pub custom: BTreeMap<String, Cell>,
}

/// Names in a customer's JSON that are shown and not written; sent back they are passed over, so that what was read can be sent.
const SHOWN_ONLY: [&str; 4] = ["id", "version", "owner_name", "team_name"];

impl Patch {
    /// Reads a JSON object, collecting what is wrong by field.
    pub fn parse(input: &Map<String, Value>, definitions: &Definitions, errors: &mut FieldErrors) -> Patch {
        let mut patch = Patch::default();
        for (name, value) in input {
            if errors.0.len() >= MAX_ERRORS {
                break;
            }
            if name == "custom" {
                match value {
                    Value::Object(custom) => custom
                        .iter()
                        .take(MAX_ERRORS)
                        .for_each(|(key, value)| patch.parse_custom(key, value, definitions, errors)),
                    _ => errors.add(name, say!("Bir nesne olmalı.", "Must be an object.")),
                }
            } else if let Some(key) = name.strip_prefix("custom.") {
                patch.parse_custom(key, value, definitions, errors);
            } else if let Some(key) = Key::find(name) {
                if key.spec().is_written() {
                    match parse(key.spec(), value) {
                        Ok(cell) => patch.cells.push((key, cell)),
                        Err(problem) => errors.add(name, problem),
                    }
                }
            } else if !SHOWN_ONLY.contains(&name.as_str()) {
                errors.add(name, unknown(name, Key::written().map(Key::name)));
            }
        }
        patch
    }

    fn parse_custom(&mut self, key: &str, value: &Value, definitions: &Definitions, errors: &mut FieldErrors) {
        let Some(definition) = definitions.get(key) else {
            errors.add(
                format!("custom.{key}"),
                unknown(key, definitions.0.iter().map(|known| known.custom.key.as_str())),
            );
            return;
        };
        match parse_custom(definition, value) {
            Ok(cell) => {
                self.custom.insert(key.to_owned(), cell);
            }
            Err(problem) => errors.add(format!("custom.{key}"), problem),
        }
    }

    pub fn set(&mut self, key: Key, cell: Cell) {
        self.cells.push((key, cell));
    }

    pub fn names(&self, key: Key) -> bool {
        self.cells.iter().any(|(named, _)| *named == key)
    }

    /// Sets the values. A masked number that comes back masked was not changed.
    pub fn apply(&self, customer: &mut Customer) {
        for (key, cell) in &self.cells {
            let untouched = SENSITIVE.contains(key) && cell.text().contains('*') && super::read::mask(customer[*key].text()) == cell.text();
            if !untouched {
                customer.set(*key, cell.clone());
            }
        }
        for (key, cell) in &self.custom {
            if cell.is_missing() {
                customer.custom.remove(key);
            } else {
                customer.custom.insert(key.clone(), cell.clone());
            }
        }
        if self
            .cells
            .iter()
            .any(|(key, _)| matches!(key.spec().form, Form::Email | Form::Phone))
        {
            crate::contact_points::follow_fields(customer);
        }
        if self.names(Key::City) || self.names(Key::Country) {
            crate::addresses::follow_fields(customer);
        }
    }
}
