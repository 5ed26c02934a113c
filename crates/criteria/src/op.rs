//! The operators, and which kind of field understands which.

use crate::schema::{Field, Kind};

/// An operator between a field and a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    Eq,
    Ne,
    In,
    NotIn,
    Lt,
    Lte,
    Gt,
    Gte,
    Between,
    Contains,
    StartsWith,
    EndsWith,
    HasAny,
    HasAll,
    HasNone,
    Before,
    After,
    InLast,
    InNext,
    Within,
    AnniversaryIn,
    IsSet,
    IsEmpty,
}

use Op::*;

const ALL: [Op; 23] = [
    Eq,
    Ne,
    In,
    NotIn,
    Lt,
    Lte,
    Gt,
    Gte,
    Between,
    Contains,
    StartsWith,
    EndsWith,
    HasAny,
    HasAll,
    HasNone,
    Before,
    After,
    InLast,
    InNext,
    Within,
    AnniversaryIn,
    IsSet,
    IsEmpty,
];
const TEXT: [Op; 9] = [Contains, Eq, Ne, In, NotIn, StartsWith, EndsWith, IsSet, IsEmpty];
const TEXTS: [Op; 12] = [
    HasAny, HasAll, HasNone, Contains, Eq, Ne, In, NotIn, StartsWith, EndsWith, IsSet, IsEmpty,
];
const NUMBER: [Op; 11] = [Eq, Ne, Gte, Lte, Gt, Lt, Between, In, NotIn, IsSet, IsEmpty];
const DATE: [Op; 17] = [
    Eq,
    Ne,
    Gte,
    Lte,
    Gt,
    Lt,
    Between,
    Before,
    After,
    InLast,
    InNext,
    Within,
    AnniversaryIn,
    In,
    NotIn,
    IsSet,
    IsEmpty,
];
const TIME: [Op; 14] = [
    Gte, Lte, Gt, Lt, Between, Before, After, InLast, InNext, Within, Eq, Ne, IsSet, IsEmpty,
];
const ONE_OF: [Op; 6] = [Eq, Ne, In, NotIn, IsSet, IsEmpty];
const SOME_OF: [Op; 9] = [HasAny, HasAll, HasNone, Eq, Ne, In, NotIn, IsSet, IsEmpty];
const CHOICES: [Op; 5] = [HasAny, HasAll, HasNone, IsSet, IsEmpty];
const BOOL: [Op; 4] = [Eq, Ne, IsSet, IsEmpty];

pub(crate) fn of(field: &Field) -> &'static [Op] {
    match (&field.kind, field.is_many()) {
        (Kind::Text | Kind::Link, false) => &TEXT,
        (Kind::Text | Kind::Link, true) => &TEXTS,
        (Kind::Number { .. } | Kind::Money | Kind::Age, _) => &NUMBER,
        (Kind::Date, _) => &DATE,
        (Kind::DateTime, _) => &TIME,
        (Kind::Choice(_) | Kind::Reference(_), false) => &ONE_OF,
        (Kind::Choice(_) | Kind::Reference(_), true) => &SOME_OF,
        (Kind::MultiChoice(_), _) => &CHOICES,
        (Kind::Bool, _) => &BOOL,
    }
}

impl Op {
    /// The operator as it is spelled in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Eq => "eq",
            Ne => "ne",
            In => "in",
            NotIn => "not_in",
            Lt => "lt",
            Lte => "lte",
            Gt => "gt",
            Gte => "gte",
            Between => "between",
            Contains => "contains",
            StartsWith => "starts_with",
            EndsWith => "ends_with",
            HasAny => "has_any",
            HasAll => "has_all",
            HasNone => "has_none",
            Before => "before",
            After => "after",
            InLast => "in_last",
            InNext => "in_next",
            Within => "within",
            AnniversaryIn => "anniversary_in",
            IsSet => "is_set",
            IsEmpty => "is_empty",
        }
    }

    pub fn parse(name: &str) -> Option<Op> {
        ALL.into_iter().find(|op| op.name() == name)
    }

    /// The shape of the value that follows.
    pub(crate) fn takes(self) -> Takes {
        match self {
            IsSet | IsEmpty => Takes::Nothing,
            In | NotIn | HasAny | HasAll | HasNone => Takes::Many,
            Between => Takes::Range,
            InLast | InNext => Takes::Period,
            Within | AnniversaryIn => Takes::Window,
            _ => Takes::One,
        }
    }
}

/// The shape of an operator's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Takes {
    Nothing,
    One,
    Range,
    Many,
    Period,
    Window,
}
