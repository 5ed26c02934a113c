//! The spelling of filters in a URL, as Django's REST framework has it: `annual_revenue__gte=1000`, `industry__in=a,b`,
//! `company_name__icontains=ist`. The same criteria, in another dress.
//!
//! Lists are separated by commas; a date may be `-30d` (ago) or `+2w` (from now); a window is `7d` (the next), `-7d` (the last) or the name
//! of a calendar (`this_month`). A parameter without a value asks nothing, as a form sends it.

use kernel::say;
use serde_json::{Value, json};

use crate::criteria::Criteria;
use crate::error::Error;
use crate::op::{Op, Takes};
use crate::parse::{MAX_LEAVES, known_op};
use crate::schema::{Field, Kind, Schema};
use crate::time::{Calendar, Period};

impl Criteria {
    /// Reads the parameters of a list as conditions that all hold, but for those named in `reserved` (`page`, `ordering`, …).
    pub fn from_query<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
        reserved: &[&str],
        schema: &Schema,
    ) -> Result<Criteria, Error> {
        let mut nodes = Vec::new();
        for (name, given) in pairs.into_iter().filter(|(name, _)| !reserved.contains(name)) {
            nodes.extend(condition(schema, name, given)?);
            if nodes.len() > MAX_LEAVES {
                let text = say!(
                    "En çok {MAX_LEAVES} koşul olabilir.",
                    "At most {MAX_LEAVES} conditions are possible."
                );
                return Err(Error::new(name, "too_many", text));
            }
        }
        Ok(match nodes.pop() {
            Some(only) if nodes.is_empty() => only,
            last => Criteria::All(nodes.into_iter().chain(last).collect()),
        })
    }
}

fn condition(schema: &Schema, name: &str, given: &str) -> Result<Option<Criteria>, Error> {
    let (field_name, suffix) = match name.rsplit_once("__") {
        Some((field, suffix)) if schema.field(name).is_none() => (field, Some(suffix)),
        _ => (name, None),
    };
    let Some(field) = schema.field(field_name) else {
        // The parser says which name was probably meant.
        return Criteria::field_test(schema, field_name, Op::IsSet, None, name).map(Some);
    };
    let op = match suffix.unwrap_or("exact") {
        "exact" | "iexact" => {
            if field.operators().contains(&Op::Eq) {
                Op::Eq
            } else {
                Op::HasAny
            }
        }
        "icontains" => known_op(field, Op::Contains.name(), name)?,
        "startswith" | "istartswith" => known_op(field, Op::StartsWith.name(), name)?,
        "endswith" | "iendswith" => known_op(field, Op::EndsWith.name(), name)?,
        "range" => known_op(field, Op::Between.name(), name)?,
        "isnull" => Op::IsEmpty,
        suffix => known_op(field, suffix, name)?,
    };
    let given = match field.kind {
        Kind::Text | Kind::Link => given,
        // A plus that was not escaped arrives as a blank.
        Kind::Date | Kind::DateTime if given.starts_with(' ') => given,
        _ => given.trim(),
    };
    if given.trim().is_empty() {
        return Ok(None);
    }
    if op.takes() == Takes::Nothing {
        let yes =
            yes_or_no(given).ok_or_else(|| Error::new(name, "wrong_value", say!("true veya false gerekir.", "Needs true or false.")))?;
        let op = if yes == (op == Op::IsSet) { Op::IsSet } else { Op::IsEmpty };
        return Criteria::field_test(schema, field_name, op, None, name).map(Some);
    }
    let value = match op.takes() {
        Takes::Many | Takes::Range => given
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| one(field, part))
            .collect(),
        Takes::Window => window(given.trim()),
        Takes::Period | Takes::Nothing => json!(given.trim()),
        Takes::One => one(field, given),
    };
    Criteria::field_test(schema, field_name, op, Some(&value), name).map(Some)
}

fn one(field: &Field, given: &str) -> Value {
    match field.kind {
        Kind::Bool => yes_or_no(given).map_or(json!(given), Value::from),
        Kind::Reference(_) => given.parse::<i64>().map_or(json!(given), Value::from),
        Kind::Date | Kind::DateTime => match given.split_at_checked(1) {
            Some(("-", period)) if Period::parse(period).is_some() => json!({ "ago": period }),
            Some(("+" | " ", period)) if Period::parse(period).is_some() => json!({ "in": period }),
            _ => json!(given.trim()),
        },
        _ => json!(given),
    }
}

fn window(given: &str) -> Value {
    match given.strip_prefix('-') {
        _ if Calendar::parse(given).is_some() => json!({ "calendar": given }),
        Some(period) => json!({ "last": period }),
        None => json!({ "next": given.trim_start_matches('+') }),
    }
}

fn yes_or_no(given: &str) -> Option<bool> {
    match given.trim().to_ascii_lowercase().as_str() {
        "true" | "1" => Some(true),
        "false" | "0" => Some(false),
        _ => None,
    }
}
