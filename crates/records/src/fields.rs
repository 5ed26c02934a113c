//! What records are made of: a field, how its value is written and checked, and where lists are ordered by it.

use std::borrow::Cow;

use criteria::{Choice, Field, Kind, Place};
use serde_json::Value;

use crate::cell::Cell;

/// A field of an entity, and how it is written.
pub struct Spec {
    pub field: Field,
    pub form: Form,
    pub group: Group,
    /// The column lists are ordered by, if they can be.
    pub sort: Option<Sort>,
}

/// How a value is written and checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Not written: it follows from other fields.
    Computed,
    /// Not written by callers: commands set it (a status, a conversion). Part of the history, and of an undo.
    Command,
    /// Given by the organisation's pattern when the caller gives none.
    Code,
    Text {
        max_chars: usize,
    },
    /// Text of several lines.
    LongText {
        max_chars: usize,
    },
    Choice,
    Number {
        decimals: u8,
    },
    Email,
    Phone,
    TaxNumber,
    IdentityNumber,
    WebAddress,
    Date,
    /// A moment, RFC 3339.
    DateTime,
    Money,
    Currency,
    Bool,
    /// The id of a user who is active.
    User,
    Team,
    /// The id of a row of another table.
    Reference {
        table: &'static str,
    },
    Tags,
    /// Lines of text, kept as tags are: links, names of files.
    Texts {
        max_chars: usize,
    },
    /// The ids of users who are active, kept in rows of the field's set and as a JSON array in the record's own.
    Users,
    /// A province of Türkiye is brought to its official spelling; other places stay as they are written.
    City,
    /// ISO 3166-1 alpha-2.
    Country,
}

/// The part of a form or a page a field belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    Identity,
    Contact,
    Business,
    Source,
    Qualification,
    Deal,
    Outcome,
    Schedule,
    Related,
    Ownership,
    System,
}

/// A column to order by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    pub column: &'static str,
    pub nullable: bool,
}

impl Spec {
    pub fn name(&self) -> &str {
        &self.field.name
    }

    /// The column that keeps it, if it is one of the record's own.
    pub fn column(&self) -> Option<&'static str> {
        match self.field.place {
            Place::Column(column) | Place::Folded { column, .. } if !matches!(self.field.kind, Kind::Age) => Some(column),
            _ => None,
        }
    }

    /// The column that keeps its folded text.
    pub fn folded(&self) -> Option<&'static str> {
        match self.field.place {
            Place::Folded { folded, .. } => Some(folded),
            _ => None,
        }
    }

    /// A value as the API shows it.
    pub fn show(&self, cell: &Cell) -> Value {
        match (self.form, cell) {
            (Form::Tags | Form::Texts { .. } | Form::Users, Cell::Missing) => Value::Array(Vec::new()),
            (Form::Users, Cell::List(ids)) => ids.iter().filter_map(|id| id.parse::<i64>().ok()).map(Value::from).collect(),
            _ => cell.to_json(&self.field.kind),
        }
    }

    /// Whether it is a list in rows of its own, which the record's row holds as well.
    pub fn is_list(&self) -> bool {
        matches!(self.form, Form::Tags | Form::Texts { .. } | Form::Users) && self.column().is_none()
    }

    /// Whether callers write it.
    pub fn is_written(&self) -> bool {
        !matches!(self.form, Form::Computed | Form::Command)
    }

    /// Whether it is part of the history: written by callers or by commands.
    pub fn is_told(&self) -> bool {
        self.form != Form::Computed
    }
}

pub const fn sort(column: &'static str) -> Option<Sort> {
    Some(Sort { column, nullable: false })
}

pub const fn nullable(column: &'static str) -> Option<Sort> {
    Some(Sort { column, nullable: true })
}

pub const fn plain(column: &'static str) -> Place {
    Place::Column(column)
}

pub const fn folded(column: &'static str, folded: &'static str) -> Place {
    Place::Folded { column, folded }
}

pub const fn choices(choices: &'static [Choice]) -> Kind {
    Kind::Choice(Cow::Borrowed(choices))
}

/// Fields of an entity, one line each: `Name: "name", "Ad", "Name", Kind::Text, plain("name"), Form::Text { max_chars: 50 }, Identity, None;`.
/// Makes the enum `Key` and the list `FIELDS`.
#[macro_export]
macro_rules! fields {
    ($($key:ident: $name:literal, $tr:literal, $en:literal, $kind:expr, $place:expr, $form:expr, $group:ident, $sort:expr;)*) => {
        /// A field, as code names it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Key { $($key),* }

        /// Every field, in the order of [`Key`].
        pub static FIELDS: &[$crate::fields::Spec] = &[$($crate::fields::Spec {
            field: criteria::Field::new($name, $tr, $en, $kind, $place),
            form: $form,
            group: $crate::fields::Group::$group,
            sort: $sort,
        }),*];

        const KEYS: &[Key] = &[$(Key::$key),*];

        impl $crate::fields::FieldKey for Key {
            fn index(self) -> usize {
                self as usize
            }
        }

        impl Key {
            pub fn spec(self) -> &'static $crate::fields::Spec {
                &FIELDS[self as usize]
            }

            pub fn name(self) -> &'static str {
                match self { $(Key::$key => $name),* }
            }

            /// The field of this name.
            pub fn find(name: &str) -> Option<Key> {
                Key::all().find(|key| key.name() == name)
            }

            pub fn all() -> impl Iterator<Item = Key> {
                KEYS.iter().copied()
            }

            /// The fields that callers write.
            pub fn written() -> impl Iterator<Item = Key> {
                Key::all().filter(|key| key.spec().is_written())
            }

            /// The fields kept in a column of the record.
            pub fn stored() -> impl Iterator<Item = (Key, &'static str)> {
                Key::all().filter_map(|key| Some((key, key.spec().column()?)))
            }
        }
    };
}

/// A field of some entity, as code names it.
pub trait FieldKey: Copy {
    /// Its place in the list of fields.
    fn index(self) -> usize;
}
