//! A criteria read in memory, over anything that can tell the value of a field.

use std::borrow::Cow;

use kernel::text;

use crate::check::{Check, Scalar};
use crate::criteria::{Criteria, Leaf};
use crate::schema::{Field, Kind};
use crate::time::Moment;

/// What criteria can be asked about.
pub trait Record {
    /// The stored value of the field. For an age that is the date of birth.
    fn value<'a>(&'a self, field: &Field) -> Value<'a>;
}

/// A stored value. Dates are ISO text, times microseconds, money minor units, numbers scaled; texts are as written, not folded.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    Missing,
    Int(i64),
    Bool(bool),
    Text(Cow<'a, str>),
    Many(Vec<Value<'a>>),
}

impl Criteria {
    /// Whether the record is meant. The same answer as [`Criteria::to_sql`] gives.
    pub fn matches(&self, record: &impl Record, moment: &Moment) -> bool {
        match self {
            Criteria::All(nodes) => nodes.iter().all(|node| node.matches(record, moment)),
            Criteria::Any(nodes) => nodes.iter().any(|node| node.matches(record, moment)),
            Criteria::Not(node) => !node.matches(record, moment),
            Criteria::Leaf(Leaf::Field(test)) => {
                let mut present = Vec::new();
                match (record.value(&test.field), &test.field.kind) {
                    (Value::Text(_), Kind::MultiChoice(_)) => {}
                    (value, _) => gather(&test.field, value, &mut present),
                }
                holds(&test.at(moment), &present)
            }
        }
    }
}

/// The values that are not missing, texts folded where the field compares them so.
fn gather(field: &Field, value: Value<'_>, present: &mut Vec<Scalar>) {
    match value {
        Value::Missing => {}
        Value::Many(values) => values.into_iter().for_each(|value| gather(field, value, present)),
        Value::Text(given) if field.is_text() => {
            let comparable = if field.is_folded() {
                text::fold(&given)
            } else {
                given.into_owned()
            };
            if !comparable.is_empty() {
                present.push(Scalar::Text(comparable));
            }
        }
        Value::Bool(yes) if field.kind == Kind::Bool => present.push(Scalar::Bool(yes)),
        Value::Int(number) if !field.is_text() && field.kind != Kind::Bool => present.push(Scalar::Int(number)),
        // A value of another kind than the field's is as good as none, on the databases too.
        Value::Text(_) | Value::Bool(_) | Value::Int(_) => {}
    }
}

fn holds(check: &Check, present: &[Scalar]) -> bool {
    let in_one = |value: &Scalar, ranges: &[crate::check::Range]| ranges.iter().any(|range| range.contains(value));
    let a_text = |test: &dyn Fn(&str) -> bool| present.iter().any(|value| matches!(value, Scalar::Text(text) if test(text)));
    match check {
        Check::Set => !present.is_empty(),
        Check::Empty => present.is_empty(),
        Check::In(ranges) => present.iter().any(|value| in_one(value, ranges)),
        Check::NotIn(ranges) => !present.is_empty() && !present.iter().any(|value| in_one(value, ranges)),
        Check::Contains(part) => a_text(&|text| text.contains(part.as_str())),
        Check::StartsWith(start) => a_text(&|text| text.starts_with(start.as_str())),
        Check::EndsWith(end) => a_text(&|text| text.ends_with(end.as_str())),
        Check::HasAny(values) => values.iter().any(|value| present.contains(value)),
        Check::HasAll(values) => values.iter().all(|value| present.contains(value)),
        Check::HasNone(values) => !values.iter().any(|value| present.contains(value)),
        Check::Anniversary(years) => a_text(&|date| {
            let month_day = date.get(5..10).unwrap_or_default();
            years
                .iter()
                .any(|year| date < year.before.as_str() && year.from.as_str() <= month_day && month_day <= year.to.as_str())
        }),
    }
}
