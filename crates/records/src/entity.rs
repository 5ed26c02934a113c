//! An entity, described once.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use futures::future::BoxFuture;
use identity::scope::{Attended, Owned};
use kernel::actor::Permission;
use kernel::ctx::{Ctx, Stamp};
use kernel::db::Tx;
use kernel::error::{FieldErrors, Result, Say};
use kernel::say;
use kernel::text::nearest;

use crate::change::{Changed, Draft};
use crate::fields::Spec;
use crate::record::Record;

/// What an entity is: its table and fields, who may do what with it, and what it does beyond what every record does.
pub struct Entity {
    /// `lead`: in criteria, events and permissions.
    pub name: &'static str,
    /// What many of it are called, on files and sheets.
    pub title: Say,
    /// `leads`: in paths and in the kinds of operations.
    pub plural: &'static str,
    /// Has the columns `id`, `owner_id`, `team_id`, `custom`, `custom_fold`, `version`, `created_at`, `updated_at`, `deleted_at` beside those
    /// of the fields.
    pub table: &'static str,
    pub fields: &'static [Spec],
    pub permissions: Permissions,
    pub events: Events,
    /// The field it is called by, in events and sentences.
    pub called: &'static str,
    /// The field with its owner, and the one with its team.
    pub owner: &'static str,
    pub team: &'static str,
    /// Who takes part in it, and may read it by that.
    pub attended: Option<Attended>,
    /// The field with the customer in whose timeline its events stand.
    pub customer: Option<&'static str>,
    /// Entities in whose history its events stand as well, with the column of it that says of which record.
    pub belongs_to: &'static [(&'static str, &'static str)],
    /// Its number, given by a pattern when the caller gives none.
    pub number: Option<Numbered>,
    /// The table of words it is found by, and the fields they come from.
    pub search: Search,
    /// Names in its JSON beside the fields: `owner_name`, with the SQL that gives each.
    pub shown: &'static [(&'static str, &'static str)],
    /// Fields that no role can take away, beside those for owner, team, number and name.
    pub kept: &'static [&'static str],
    /// What tells it from others of its name on a short line: names of its JSON.
    pub subtitle: &'static [&'static str],
    /// What its fields alone do not say about how it is read.
    pub reading: Reading,
    /// Subject types whose events change what a list of it finds or counts, beside its own.
    pub touched_by: &'static [&'static str],
    /// What a file can give beside the fields; handed on in [`Record::carried`] under its name.
    pub extras: &'static [Extra],
    /// Fills what follows from other fields and what has a default, and says what is wrong.
    pub settle: Settle,
    /// What else is to be done once records are kept.
    pub after: After,
}

/// Who may do what with records of an entity.
#[derive(Clone, Copy)]
pub struct Permissions {
    pub read: Permission,
    pub write: Permission,
    pub delete: Permission,
    pub export: Permission,
    pub import: Permission,
}

/// The kinds of the events of an entity.
#[derive(Clone, Copy)]
pub struct Events {
    pub created: &'static str,
    pub updated: &'static str,
    pub deleted: &'static str,
    pub restored: &'static str,
    pub exported: &'static str,
}

/// The number of a record.
#[derive(Clone, Copy)]
pub struct Numbered {
    pub field: &'static str,
    /// `L-{YYYY}-{00000}`
    pub pattern: &'static str,
}

/// How records are found by words.
#[derive(Clone, Copy)]
pub struct Search {
    pub table: &'static str,
    pub fields: &'static [&'static str],
    /// Other tables of words it is found by as well, and the column with the id by which.
    pub through: &'static [(&'static str, &'static str)],
}

/// What the fields of an entity alone do not say about how it is read.
#[derive(Clone, Copy)]
pub struct Reading {
    pub sensitive: Option<Sensitive>,
    /// Fields that say the same in another way: taking one away takes them all.
    pub together: &'static [&'static [&'static str]],
    /// What hangs on a record and shows a field: taking the field away takes it as well. `("email", "contact_points")`
    pub shows: &'static [(&'static str, &'static str)],
    /// Columns of an export beside the fields.
    pub columns: &'static [ExtraColumn],
    /// Fields with money in the organisation's currency, whatever that of the record is.
    pub in_own_currency: &'static [&'static str],
    /// The table (`old_id`, `customer_id`) that leads from a record that was merged to the one that stands for it now.
    pub redirects: Option<&'static str>,
}

impl Reading {
    /// Just as the fields say.
    pub const PLAIN: Reading = Reading {
        sensitive: None,
        together: &[],
        shows: &[],
        columns: &[],
        in_own_currency: &[],
        redirects: None,
    };
}

/// Fields that are shown masked, and cannot be asked about, without a permission.
#[derive(Clone, Copy)]
pub struct Sensitive {
    pub fields: &'static [&'static str],
    pub permission: Permission,
    /// The SQL of what is left to see of a field, of its column.
    pub masked: fn(field: &str, column: &str) -> String,
}

/// See [`Reading::columns`].
pub struct ExtraColumn {
    pub name: &'static str,
    pub label_tr: &'static str,
    pub label_en: &'static str,
    pub sql: &'static str,
    /// With what it is taken away.
    pub goes_with: &'static str,
}

/// See [`Entity::extras`].
pub struct Extra {
    pub name: &'static str,
    pub label_tr: &'static str,
    pub label_en: &'static str,
}

/// See [`Entity::settle`]: for all records of one batch, so that what it asks of the database it asks once.
pub type Settle = for<'a> fn(&'a mut Tx, &'a Ctx, &'a mut [Draft]) -> BoxFuture<'a, Result<()>>;

/// See [`Entity::after`].
pub type After = for<'a> fn(&'a mut Tx, &'a Ctx, &'a Stamp, &'a [Changed]) -> BoxFuture<'a, Result<()>>;

/// Nothing to settle.
pub fn settled<'a>(_: &'a mut Tx, _: &'a Ctx, _: &'a mut [Draft]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async { Ok(()) })
}

/// Nothing to do afterwards.
pub fn nothing_after<'a>(_: &'a mut Tx, _: &'a Ctx, _: &'a Stamp, _: &'a [Changed]) -> BoxFuture<'a, Result<()>> {
    Box::pin(async { Ok(()) })
}

/// The entities there are. They are constants of the program, so that one register serves all.
static KNOWN: RwLock<BTreeMap<&'static str, &'static Entity>> = RwLock::new(BTreeMap::new());

impl std::fmt::Debug for Entity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Entity {
    /// Makes an entity known by its name, for what serves all entities: saved views, custom fields. Called by the modules at start.
    pub fn know(&'static self) {
        KNOWN.write().unwrap_or_else(PoisonError::into_inner).insert(self.name, self);
    }

    /// The entity of this name.
    pub fn named(name: &str) -> Option<&'static Entity> {
        KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(name).copied()
    }

    /// All entities, in the order of their names.
    pub fn all() -> Vec<&'static Entity> {
        KNOWN.read().unwrap_or_else(PoisonError::into_inner).values().copied().collect()
    }

    /// The entity a caller means, or what it may be.
    pub fn asked(name: &str) -> Result<&'static Entity, Say> {
        Entity::named(name).ok_or_else(|| {
            let known: Vec<&str> = KNOWN.read().unwrap_or_else(PoisonError::into_inner).keys().copied().collect();
            match nearest(name, known.iter().copied()) {
                Some(near) => say!("“{}” olabilir mi?", "Did you mean “{}”?", near),
                None => say!("Şunlardan biri olmalı: {}.", "Must be one of: {}.", known.join(", ")),
            }
        })
    }

    /// How its records belong to somebody.
    pub fn owned(&self) -> Owned {
        Owned {
            entity: self.name,
            table: self.table,
            attended: self.attended,
        }
    }

    /// A field by its name, with its place.
    pub fn field(&self, name: &str) -> Option<(usize, &'static Spec)> {
        self.fields.iter().enumerate().find(|(_, spec)| spec.field.name == name)
    }

    /// The fields that callers write.
    pub fn written(&self) -> impl Iterator<Item = (usize, &'static Spec)> {
        self.fields.iter().enumerate().filter(|(_, spec)| spec.is_written())
    }

    /// The fields kept in a column, with it.
    pub fn stored(&self) -> impl Iterator<Item = (usize, &'static Spec, &'static str)> {
        let stored = |(index, spec): (usize, &'static Spec)| Some((index, spec, spec.column()?));
        self.fields.iter().enumerate().filter_map(stored)
    }

    /// Whether its JSON has this name beside the fields.
    pub fn is_shown(&self, name: &str) -> bool {
        ["id", "version", "custom"].contains(&name) || self.shown.iter().any(|(shown, _)| *shown == name)
    }

    /// Whether roles can take a field away. Without its name and number a record can neither be called nor be found, and without its owner
    /// nobody could tell whose it is.
    pub fn can_be_taken(&self, name: &str) -> bool {
        let number = self.number.map(|number| number.field);
        let kept = [self.called, self.owner, self.team, "created_at", "updated_at"];
        !kept.contains(&name) && number != Some(name) && !self.kept.contains(&name)
    }

    /// An empty record of it.
    pub fn blank(&'static self) -> Record {
        Record::blank(self)
    }

    /// The kind of an operation on it: `leads.update`.
    pub fn operation(&self, what: &str) -> String {
        format!("{}.{what}", self.plural)
    }

    /// Whether a field is shown only to who holds a permission.
    pub fn is_sensitive(&self, name: &str) -> bool {
        self.reading.sensitive.is_some_and(|sensitive| sensitive.fields.contains(&name))
    }

    /// The SQL of a column of it.
    pub fn col(&self, column: &'static str) -> sea_query::Expr {
        sea_query::Expr::col((self.table, column))
    }

    /// Subject types whose events change what a list of it finds or counts.
    pub fn touched(&self) -> Vec<&'static str> {
        let own = [self.name, "custom_field", "import", "share", "user", "team"];
        own.into_iter().chain(self.touched_by.iter().copied()).collect()
    }
}

/// What is wrong with a field that must be there.
pub fn required() -> Say {
    say!("Bu alan gerekli.", "This field is required.")
}

/// Adds what is missing of fields that must be there.
pub fn require(record: &Record, names: &[&'static str], errors: &mut FieldErrors) {
    for name in names {
        if record.cell(name).is_missing() {
            errors.add(*name, required());
        }
    }
}
