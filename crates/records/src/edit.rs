//! A row before and after a change. The events of relations and saved views carry both whole, so that an undo restores exactly the row,
//! and refuses when it is no longer what the change made of it.

use std::collections::{BTreeMap, BTreeSet};

use kernel::error::Result;
use kernel::events::{Changes, Event, change};
use kernel::operations::Refusal;
use kernel::say;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

/// A row that comes, changes or goes; at least one side is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit<R> {
    pub before: Option<R>,
    pub after: Option<R>,
}

impl<R: Serialize> Edit<R> {
    /// Both sides, for the event.
    pub fn images(&self) -> Value {
        json!({ "before": self.before, "after": self.after })
    }

    /// Picks the kind of the event.
    pub fn verb<T>(&self, created: T, updated: T, deleted: T) -> T {
        match (&self.before, &self.after) {
            (None, _) => created,
            (Some(_), Some(_)) => updated,
            (Some(_), None) => deleted,
        }
    }

    /// What differs, field by field; ids of the row itself aside.
    pub fn changes(&self) -> Changes {
        let fields = |side: &Option<R>| match json!(side) {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        let (before, after) = (fields(&self.before), fields(&self.after));
        let names = before
            .keys()
            .chain(after.keys().filter(|name| !before.contains_key(*name)))
            .filter(|name| *name != "id");
        let side = |fields: &Map<String, Value>, name: &str| fields.get(name).cloned().unwrap_or_default();
        names
            .map(|name| (name, side(&before, name), side(&after, name)))
            .filter(|(_, old, new)| old != new)
            .map(|(name, old, new)| (name.clone(), change(old, new)))
            .collect()
    }
}

/// Takes events back, newest first, from rows as they stand; says what is to be done, and what cannot be.
pub fn take_back<'a, R: Clone + PartialEq + DeserializeOwned>(
    subject_type: &'static str,
    stored: &BTreeMap<i64, R>,
    events: impl IntoIterator<Item = &'a Event>,
) -> Result<(Vec<Edit<R>>, Vec<Refusal>)> {
    let mut now = stored.clone();
    let mut refusals = Vec::new();
    for event in events {
        let side = |name: &str| serde_json::from_value::<Option<R>>(event.payload[name].clone());
        let (before, after) = (side("before")?, side("after")?);
        if now.get(&event.subject_id) != after.as_ref() {
            refusals.push(whole(
                subject_type,
                event.subject_id,
                say!("Bu kayıt sonradan değiştirilmiş.", "This record was changed since."),
            ));
            continue;
        }
        match before {
            Some(row) => now.insert(event.subject_id, row),
            None => now.remove(&event.subject_id),
        };
    }
    let ids: BTreeSet<i64> = stored.keys().chain(now.keys()).copied().collect();
    let edits = ids.into_iter().map(|id| Edit {
        before: stored.get(&id).cloned(),
        after: now.get(&id).cloned(),
    });
    Ok((edits.filter(|edit| edit.before != edit.after).collect(), refusals))
}

/// A refusal that is about the whole record.
pub fn whole(subject_type: &'static str, subject_id: i64, reason: kernel::error::Say) -> Refusal {
    Refusal {
        subject_type,
        subject_id,
        field: String::new(),
        reason,
    }
}
