//! A record as it stands, or as it is about to stand; and as criteria and scopes see it.

use std::collections::BTreeMap;
use std::ops::Index;

use criteria::{Field, Value as Seen};
use identity::scope::Held;
use kernel::events::{Changes, change as pair};
use serde_json::{Map, Value};

use crate::cell::Cell;
use crate::custom::Definitions;
use crate::entity::Entity;
use crate::fields::{FieldKey, Spec};

/// A record of an entity.
#[derive(Clone)]
pub struct Record {
    pub entity: &'static Entity,
    /// 0 until it is kept.
    pub id: i64,
    /// Raised by every change; the ETag.
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub deleted_at: Option<i64>,
    cells: Vec<Cell>,
    pub custom: BTreeMap<String, Cell>,
    /// What commands of the entity's context hand on to its hooks; not kept.
    pub carried: Map<String, Value>,
}

static MISSING: Cell = Cell::Missing;

impl<K: FieldKey> Index<K> for Record {
    type Output = Cell;

    fn index(&self, key: K) -> &Cell {
        self.cells.get(key.index()).unwrap_or(&MISSING)
    }
}

impl PartialEq for Record {
    fn eq(&self, other: &Record) -> bool {
        self.id == other.id && self.deleted_at == other.deleted_at && self.cells == other.cells && self.custom == other.custom
    }
}

impl Record {
    pub fn blank(entity: &'static Entity) -> Record {
        Record {
            entity,
            id: 0,
            version: 0,
            created_at: 0,
            updated_at: 0,
            deleted_at: None,
            cells: vec![Cell::Missing; entity.fields.len()],
            custom: BTreeMap::new(),
            carried: Map::new(),
        }
    }

    pub fn set(&mut self, key: impl FieldKey, cell: impl Into<Cell>) {
        self.put(key.index(), cell.into());
    }

    /// Sets a field by its place.
    pub fn put(&mut self, index: usize, cell: Cell) {
        if let Some(place) = self.cells.get_mut(index) {
            *place = cell;
        }
    }

    /// A field by its place.
    pub fn at(&self, index: usize) -> &Cell {
        self.cells.get(index).unwrap_or(&MISSING)
    }

    /// A field by its name.
    pub fn cell(&self, name: &str) -> &Cell {
        self.entity.field(name).map_or(&MISSING, |(index, _)| self.at(index))
    }

    /// What to call it.
    pub fn name(&self) -> &str {
        self.cell(self.entity.called).text()
    }

    /// What differs from `before`, field by field, in the API's own words.
    pub fn changes_since(&self, before: &Record, definitions: &Definitions) -> Changes {
        let mut changes = Changes::new();
        for (index, spec) in self.told() {
            let (old, new) = (before.at(index), self.at(index));
            if old != new {
                changes.insert(spec.name().to_owned(), pair(spec.show(old), spec.show(new)));
            }
        }
        for name in before.custom.keys().chain(self.custom.keys()) {
            let (old, new) = (before.custom.get(name), self.custom.get(name));
            if old != new {
                let json = |cell: Option<&Cell>| custom_json(cell, name, definitions);
                changes.insert(format!("custom.{name}"), pair(json(old), json(new)));
            }
        }
        changes
    }

    fn told(&self) -> impl Iterator<Item = (usize, &'static Spec)> {
        self.entity.fields.iter().enumerate().filter(|(_, spec)| spec.is_told())
    }

    /// A field as the history shows it.
    pub fn field_json(&self, field: &str, definitions: &Definitions) -> Value {
        match (field.strip_prefix("custom."), self.entity.field(field)) {
            (Some(key), _) => custom_json(self.custom.get(key), key, definitions),
            (None, Some((index, spec))) => spec.show(self.at(index)),
            (None, None) => Value::Null,
        }
    }

    /// Sets a field to what the history shows.
    pub fn set_field_json(&mut self, field: &str, value: &Value, definitions: &Definitions) {
        match (field.strip_prefix("custom."), self.entity.field(field)) {
            (Some(key), _) => {
                let cell = definitions
                    .kind(key)
                    .map_or_else(|| Cell::from_kept_json(value), |kind| Cell::from_json(value, kind));
                match cell {
                    Cell::Missing => self.custom.remove(key),
                    cell => self.custom.insert(key.to_owned(), cell),
                };
            }
            (None, Some((index, spec))) => self.put(index, Cell::from_json(value, &spec.field.kind)),
            (None, None) => {}
        }
    }

    /// Reads the JSON that [`crate::read::row`] makes.
    pub fn from_row(entity: &'static Entity, json: &Map<String, Value>, definitions: &Definitions) -> Record {
        let mut record = Record::blank(entity);
        let int = |name: &str| json.get(name).and_then(Value::as_i64);
        record.id = int("id").unwrap_or_default();
        record.version = int("version").unwrap_or_default();
        let kept = |(_, spec): &(usize, &'static Spec)| spec.column().is_some() || spec.is_list();
        for (index, spec) in entity.fields.iter().enumerate().filter(kept) {
            if let Some(value) = json.get(spec.name()) {
                record.put(index, Cell::from_json(value, &spec.field.kind));
            }
        }
        record.created_at = record.cell("created_at").int().unwrap_or_default();
        record.updated_at = record.cell("updated_at").int().unwrap_or_default();
        if let Some(Value::Object(custom)) = json.get("custom") {
            for name in custom.keys() {
                record.set_field_json(&format!("custom.{name}"), &custom[name], definitions);
            }
        }
        record
    }

    /// The words it is found by.
    pub fn search_words(&self) -> String {
        let mut words = Vec::new();
        for name in self.entity.search.fields {
            let text = self.cell(name).text();
            words.extend(kernel::text::words(text));
            // A phone is found with and without its country code.
            if let Some(national) = text.strip_prefix("+90") {
                words.push(national.to_owned());
            }
        }
        words.sort();
        words.dedup();
        words.join(" ")
    }
}

fn custom_json(cell: Option<&Cell>, key: &str, definitions: &Definitions) -> Value {
    match (cell, definitions.kind(key)) {
        (Some(cell), Some(kind)) => cell.to_json(kind),
        (Some(cell), None) => cell.to_kept_json(),
        (None, _) => Value::Null,
    }
}

fn seen(cell: &Cell) -> Seen<'_> {
    match cell {
        Cell::Missing => Seen::Missing,
        Cell::Text(text) => Seen::Text(text.as_str().into()),
        Cell::Int(value) => Seen::Int(*value),
        Cell::Bool(value) => Seen::Bool(*value),
        Cell::List(list) => Seen::Many(list.iter().map(|text| Seen::Text(text.as_str().into())).collect()),
    }
}

impl criteria::Record for Record {
    fn value<'a>(&'a self, field: &Field) -> Seen<'a> {
        match field.name.strip_prefix("custom.") {
            Some(key) => self.custom.get(key).map_or(Seen::Missing, seen),
            None => match field.name.as_ref() {
                "created_at" => Seen::Int(self.created_at),
                "updated_at" => Seen::Int(self.updated_at),
                name => seen(self.cell(name)),
            },
        }
    }
}

impl Held for Record {
    fn owner_id(&self) -> Option<i64> {
        self.cell(self.entity.owner).int()
    }

    fn team_id(&self) -> Option<i64> {
        self.cell(self.entity.team).int()
    }
}
