//! What roles take away of a record's fields: hidden ones are neither shown nor asked about, read-only ones are not written.

use std::collections::BTreeSet;

use kernel::actor::{Actor, FieldAccess};
use kernel::error::FieldErrors;
use kernel::say;

use crate::custom::Definitions;
use crate::entity::Entity;
use crate::record::Record;

/// The fields that a role can take away.
pub fn can_be_taken(entity: &Entity, definitions: &Definitions) -> Vec<String> {
    let own = entity
        .fields
        .iter()
        .map(|spec| spec.name())
        .filter(|name| entity.can_be_taken(name));
    let custom = definitions.0.iter().map(|definition| definition.field.name.to_string());
    own.map(str::to_owned).chain(custom).collect()
}

/// The fields of which no more than `most` is left to the actor, with what goes with them.
fn taken(entity: &Entity, actor: &Actor, most: FieldAccess) -> BTreeSet<String> {
    let rules = actor.limits.fields.get(entity.name).into_iter().flatten();
    let mut taken: BTreeSet<String> = rules.filter(|(_, left)| **left <= most).map(|(field, _)| field.clone()).collect();
    for together in entity.reading.together {
        if together.iter().any(|field| taken.contains(*field)) {
            taken.extend(together.iter().map(|field| (*field).to_owned()));
        }
    }
    for (field, what) in entity.reading.shows {
        if taken.contains(*field) {
            taken.insert((*what).to_owned());
        }
    }
    taken
}

/// The fields that the actor does not see.
pub fn hidden(entity: &Entity, actor: &Actor) -> BTreeSet<String> {
    taken(entity, actor, FieldAccess::Hidden)
}

/// The fields that the actor does not write.
pub fn unwritable(entity: &Entity, actor: &Actor) -> BTreeSet<String> {
    taken(entity, actor, FieldAccess::ReadOnly)
}

/// Refuses changes to fields that are [not written](unwritable). `before` is the record as it was, or as a new one is by itself.
pub fn check(unwritable: &BTreeSet<String>, record: &Record, before: &Record, errors: &mut FieldErrors) {
    for field in unwritable {
        let differs = match field.strip_prefix("custom.") {
            Some(key) => record.custom.get(key) != before.custom.get(key),
            None => record.entity.field(field).is_some_and(|(_, spec)| spec.is_written()) && record.cell(field) != before.cell(field),
        };
        if differs {
            errors.add(
                field.clone(),
                say!(
                    "Rolünüz bu alanı değiştirmenize izin vermiyor.",
                    "Your role does not let you change this field."
                ),
            );
        }
    }
}
