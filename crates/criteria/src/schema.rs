//! What can be asked of an entity: its fields, what kind of value each holds, and where it is stored.

use std::borrow::Cow;
use std::sync::Arc;

use kernel::text;

use crate::op::{self, Op};

/// A text for people, in Turkish and English.
pub type Label = kernel::error::Say;

/// One of the values a choice field may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub value: Cow<'static, str>,
    pub label: Label,
}

impl Choice {
    pub const fn new(value: &'static str, tr: &'static str, en: &'static str) -> Choice {
        Choice {
            value: Cow::Borrowed(value),
            label: Label::new(tr, en),
        }
    }
}

/// What kind of value a field holds. It decides the operators, how values are written in JSON, and how they are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    /// A whole number of the last decimal: 12.5 with two decimals is stored as 1250. In JSON a number or a decimal string.
    Number {
        decimals: u8,
    },
    /// Minor units. In JSON a decimal string.
    Money,
    /// ISO text `yyyy-mm-dd` in both databases.
    Date,
    /// Microseconds UTC.
    DateTime,
    /// Whole years today, computed from a date column.
    Age,
    Choice(Cow<'static, [Choice]>),
    /// Several of the choices: a JSON array of their values, or rows of a child table.
    MultiChoice(Cow<'static, [Choice]>),
    Bool,
    /// The id of an entity: `user`, `team`, `customer`.
    Reference(&'static str),
    /// The text of a URL.
    Link,
}

/// Where the values of a field are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A column of the entity's table.
    Column(&'static str),
    /// A text column and the column that holds its `fold()`.
    Folded { column: &'static str, folded: &'static str },
    /// A custom field: a member of a JSON object column. Texts are compared through the same member of the JSON column of folded texts.
    /// Numbers and money are JSON integers (scaled), dates ISO strings, several choices an array of strings.
    Json {
        column: &'static str,
        folded: &'static str,
        key: String,
    },
    /// Many values: the rows of a child table whose `owner` is the record; `only` those whose column holds the text.
    Set {
        table: &'static str,
        owner: &'static str,
        value: &'static str,
        folded: Option<&'static str>,
        only: Option<(&'static str, &'static str)>,
    },
}

/// A field that criteria can ask about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: Cow<'static, str>,
    pub label: Label,
    pub kind: Kind,
    pub place: Place,
}

impl Field {
    pub const fn new(name: &'static str, tr: &'static str, en: &'static str, kind: Kind, place: Place) -> Field {
        Field {
            name: Cow::Borrowed(name),
            label: Label::new(tr, en),
            kind,
            place,
        }
    }

    /// The custom field `custom.<key>`, kept in these two JSON columns.
    pub fn custom(key: &str, label: Label, kind: Kind, column: &'static str, folded: &'static str) -> Field {
        Field {
            name: format!("custom.{key}").into(),
            label,
            kind,
            place: Place::Json {
                column,
                folded,
                key: key.to_owned(),
            },
        }
    }

    /// The operators this field understands, in the order in which a form should offer them.
    pub fn operators(&self) -> &'static [Op] {
        op::of(self)
    }

    /// Whether a record can have several values of the field.
    pub fn is_many(&self) -> bool {
        matches!(self.place, Place::Set { .. }) || matches!(self.kind, Kind::MultiChoice(_))
    }

    /// Whether texts of the field are compared folded.
    pub fn is_folded(&self) -> bool {
        let shadow = matches!(
            self.place,
            Place::Folded { .. } | Place::Json { .. } | Place::Set { folded: Some(_), .. }
        );
        shadow && matches!(self.kind, Kind::Text | Kind::Link)
    }

    /// The choices of a choice field.
    pub fn choices(&self) -> &[Choice] {
        match &self.kind {
            Kind::Choice(choices) | Kind::MultiChoice(choices) => choices,
            _ => &[],
        }
    }

    /// Whether the stored values are text, of which the empty one is missing.
    pub(crate) fn is_text(&self) -> bool {
        !matches!(
            self.kind,
            Kind::Number { .. } | Kind::Money | Kind::DateTime | Kind::Bool | Kind::Reference(_)
        )
    }
}

/// The fields of one entity. Cheap to clone, and to extend with an organisation's custom fields.
#[derive(Clone, Debug)]
pub struct Schema {
    entity: &'static str,
    table: &'static str,
    fields: Vec<Arc<Field>>,
}

impl Schema {
    /// The entity `customer` in the table `customers`, whose primary key is `id`.
    pub fn new(entity: &'static str, table: &'static str, fields: impl IntoIterator<Item = Field>) -> Schema {
        Schema {
            entity,
            table,
            fields: Vec::new(),
        }
        .with(fields)
    }

    /// The same with more fields, such as custom ones.
    pub fn with(mut self, fields: impl IntoIterator<Item = Field>) -> Schema {
        self.fields.extend(fields.into_iter().map(Arc::new));
        self
    }

    pub fn entity(&self) -> &'static str {
        self.entity
    }

    pub fn table(&self) -> &'static str {
        self.table
    }

    pub fn fields(&self) -> impl Iterator<Item = &Arc<Field>> {
        self.fields.iter()
    }

    /// The field of this name; `city` and `customer.city` are the same.
    pub fn field(&self, name: &str) -> Option<&Arc<Field>> {
        let plain = self.plain(name);
        self.fields.iter().find(|field| field.name == plain)
    }

    /// The name of the field that was probably meant.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        text::nearest(self.plain(name), self.fields.iter().map(|field| field.name.as_ref()))
    }

    fn plain<'a>(&self, name: &'a str) -> &'a str {
        name.strip_prefix(self.entity)
            .and_then(|rest| rest.strip_prefix('.'))
            .unwrap_or(name)
    }
}
