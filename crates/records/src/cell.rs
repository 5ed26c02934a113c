//! A value of a field, as it is kept: money in minor units, dates as ISO text. How it looks in JSON depends on the kind of the field.

use criteria::Kind;
use kernel::money;
use serde_json::{Value, json};

/// A value. `Missing` is what empty text is to people and NULL to the database.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Cell {
    #[default]
    Missing,
    Text(String),
    Int(i64),
    Bool(bool),
    List(Vec<String>),
}

impl Cell {
    pub fn text(&self) -> &str {
        match self {
            Cell::Text(text) => text,
            _ => "",
        }
    }

    pub fn int(&self) -> Option<i64> {
        match self {
            Cell::Int(value) => Some(*value),
            _ => None,
        }
    }

    pub fn list(&self) -> &[String] {
        match self {
            Cell::List(list) => list,
            _ => &[],
        }
    }

    /// The ids it holds: one, or those of a list.
    pub fn ids(&self) -> Vec<i64> {
        match self {
            Cell::Int(id) => vec![*id],
            Cell::List(list) => list.iter().filter_map(|id| id.parse().ok()).collect(),
            _ => Vec::new(),
        }
    }

    pub fn is_missing(&self) -> bool {
        matches!(self, Cell::Missing)
    }

    /// As the API shows it.
    pub fn to_json(&self, kind: &Kind) -> Value {
        match (self, kind) {
            (Cell::Missing, Kind::Text | Kind::Link | Kind::Choice(_)) => json!(""),
            (Cell::Missing, Kind::MultiChoice(_)) => json!([]),
            (Cell::Missing, _) => Value::Null,
            (Cell::Text(text), _) => json!(text),
            (Cell::Int(value), Kind::Money) => json!(money::to_decimal(*value)),
            (Cell::Int(value), Kind::Number { decimals }) if *decimals > 0 => json!(money::to_scaled(*value, *decimals)),
            (Cell::Int(value), Kind::DateTime) => json!(kernel::clock::rfc3339(*value)),
            (Cell::Int(value), _) => json!(value),
            (Cell::Bool(yes), _) => json!(yes),
            (Cell::List(list), _) => json!(list),
        }
    }

    /// Reads what [`Cell::to_json`] writes; anything else is missing.
    pub fn from_json(value: &Value, kind: &Kind) -> Cell {
        match (value, kind) {
            (Value::String(text), _) if text.is_empty() => Cell::Missing,
            (Value::String(text), Kind::Money) => money::from_decimal(text).map_or(Cell::Missing, Cell::Int),
            (Value::String(text), Kind::Number { decimals }) => money::from_scaled(text, *decimals).map_or(Cell::Missing, Cell::Int),
            (Value::String(text), Kind::DateTime) => kernel::clock::parse_rfc3339(text).map_or(Cell::Missing, Cell::Int),
            (Value::String(text), _) => Cell::Text(text.clone()),
            (Value::Number(number), _) => number.as_i64().map_or(Cell::Missing, Cell::Int),
            (Value::Bool(yes), _) => Cell::Bool(*yes),
            (Value::Array(items), _) => {
                let text = |item: &Value| item.as_str().map(str::to_owned).or_else(|| item.as_i64().map(|id| id.to_string()));
                let list: Vec<String> = items.iter().filter_map(text).collect();
                if list.is_empty() { Cell::Missing } else { Cell::List(list) }
            }
            _ => Cell::Missing,
        }
    }

    /// As it is kept inside the JSON of custom fields: numbers scaled, dates as text.
    pub fn to_kept_json(&self) -> Value {
        match self {
            Cell::Missing => Value::Null,
            Cell::Text(text) => json!(text),
            Cell::Int(value) => json!(value),
            Cell::Bool(yes) => json!(yes),
            Cell::List(list) => json!(list),
        }
    }

    pub fn from_kept_json(value: &Value) -> Cell {
        match value {
            Value::String(text) if !text.is_empty() => Cell::Text(text.clone()),
            Value::Number(number) => number.as_i64().map_or(Cell::Missing, Cell::Int),
            Value::Bool(yes) => Cell::Bool(*yes),
            Value::Array(items) => Cell::List(items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()),
            _ => Cell::Missing,
        }
    }

    /// As a column of this kind keeps it; text columns are never NULL but for dates.
    pub fn to_sql(&self, kind: &Kind) -> sea_query::Value {
        match (self, kind) {
            (Cell::Text(text), _) => text.as_str().into(),
            (Cell::Int(value), _) => (*value).into(),
            (Cell::Bool(yes), _) => (*yes).into(),
            (Cell::List(list), _) => json!(list).to_string().into(),
            (Cell::Missing, Kind::Text | Kind::Link | Kind::Choice(_) | Kind::MultiChoice(_)) => "".into(),
            (Cell::Missing, Kind::Date) => sea_query::Value::String(None),
            (Cell::Missing, Kind::Bool) => false.into(),
            (Cell::Missing, _) => sea_query::Value::BigInt(None),
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        if text.is_empty() {
            Cell::Missing
        } else {
            Cell::Text(text.to_owned())
        }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        if text.is_empty() { Cell::Missing } else { Cell::Text(text) }
    }
}

impl From<i64> for Cell {
    fn from(value: i64) -> Cell {
        Cell::Int(value)
    }
}

impl From<Option<i64>> for Cell {
    fn from(value: Option<i64>) -> Cell {
        value.map_or(Cell::Missing, Cell::Int)
    }
}

impl From<bool> for Cell {
    fn from(yes: bool) -> Cell {
        Cell::Bool(yes)
    }
}
