//! A criteria that was understood: a tree of groups over typed leaves.

use std::sync::Arc;

use crate::op::Op;
use crate::schema::Field;
use crate::time::{When, Window};

/// Which records are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Criteria {
    /// Every one of these; of nothing, every record.
    All(Vec<Criteria>),
    /// At least one of these; of nothing, no record.
    Any(Vec<Criteria>),
    /// Exactly the records that are not meant.
    Not(Box<Criteria>),
    Leaf(Leaf),
}

/// A question that is answered for a record by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaf {
    Field(FieldTest),
}

/// A field compared with a value. Its parts fit each other; only the parser makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldTest {
    pub(crate) field: Arc<Field>,
    pub(crate) op: Op,
    pub(crate) operand: Operand,
}

impl FieldTest {
    pub fn field(&self) -> &Field {
        &self.field
    }

    pub fn op(&self) -> Op {
        self.op
    }

    pub fn operand(&self) -> &Operand {
        &self.operand
    }
}

/// What a field is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operand {
    Nothing,
    One(Literal),
    /// Both ends included.
    Range(Literal, Literal),
    Many(Vec<Literal>),
    Window(Window),
}

/// One typed value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// A scaled number, minor units, years of age, an id.
    Int(i64),
    /// A text as it was written, or the value of a choice.
    Text(String),
    Bool(bool),
    When(When),
    /// Whoever asks.
    Me,
}

impl Criteria {
    /// The criteria that every record satisfies.
    pub fn everything() -> Criteria {
        Criteria::All(Vec::new())
    }

    /// Whether nothing is asked.
    pub fn is_everything(&self) -> bool {
        matches!(self, Criteria::All(nodes) if nodes.is_empty())
    }

    /// Both this and the other.
    pub fn and(self, other: Criteria) -> Criteria {
        match (self, other) {
            (only, rest) if rest.is_everything() => only,
            (rest, only) if rest.is_everything() => only,
            (Criteria::All(mut nodes), other) => {
                nodes.push(other);
                Criteria::All(nodes)
            }
            (this, other) => Criteria::All(vec![this, other]),
        }
    }

    /// Every field that is asked about, once per leaf.
    pub fn fields(&self) -> Vec<&Arc<Field>> {
        match self {
            Criteria::All(nodes) | Criteria::Any(nodes) => nodes.iter().flat_map(Criteria::fields).collect(),
            Criteria::Not(node) => node.fields(),
            Criteria::Leaf(Leaf::Field(test)) => vec![&test.field],
        }
    }
}
