//! A criteria as SQL.
//!
//! Every comparison is written bare, so that indexes serve it: NULL in a WHERE is as good as false. Only where a comparison is negated is
//! it closed with `IS NOT TRUE`, which turns the unknown into the true that the complement asks for.

use kernel::dialect::Dialect;
use sea_query::{Expr, ExprTrait, Func, IntoColumnRef, Query, SelectStatement, Value};

use crate::check::{Anniversaries, Check, Range, Scalar};
use crate::criteria::{Criteria, FieldTest, Leaf};
use crate::schema::{Field, Kind, Place, Schema};
use crate::time::Moment;

/// The name under which a child table stands in a subquery, so that it may be the entity's own table.
const CHILD: &str = "child";

impl Criteria {
    /// The condition for `.and_where(…)` on a query over the entity's table (under its own name). For its complement ask the criteria's
    /// `not`; `NOT` around it would lose what is missing.
    pub fn to_sql(&self, schema: &Schema, dialect: Dialect, moment: &Moment) -> Expr {
        Writer {
            table: schema.table(),
            dialect,
            moment,
        }
        .node(self, false)
    }
}

impl Field {
    /// What criteria compare, without its table: the expression of an index that serves them. None when no such index would.
    pub fn indexed(&self, dialect: Dialect) -> Option<Expr> {
        match (&self.place, &self.kind) {
            (_, Kind::MultiChoice(_)) => None,
            (Place::Json { column, folded, key }, _) => {
                let column = Expr::col(if self.is_folded() { *folded } else { *column });
                Some(member(self, dialect, column, key))
            }
            _ => None,
        }
    }
}

impl Schema {
    /// What criteria compare of a field of a record; none where a record has several values.
    pub fn value(&self, field: &Field, dialect: Dialect, moment: &Moment) -> Option<Expr> {
        let writer = Writer {
            table: self.table(),
            dialect,
            moment,
        };
        (!field.is_many()).then(|| writer.value(field, &field.place))
    }
}

/// A member of a JSON column, as the kind of the field reads it.
fn member(field: &Field, dialect: Dialect, column: Expr, key: &str) -> Expr {
    match field.kind {
        Kind::Bool => dialect.json_member_bool(column, key),
        _ if field.is_text() => dialect.json_member_text(column, key),
        _ => dialect.json_member_integer(column, key),
    }
}

struct Writer<'a> {
    table: &'static str,
    dialect: Dialect,
    moment: &'a Moment,
}

impl Writer<'_> {
    /// Negation is carried down to the leaves.
    fn node(&self, node: &Criteria, negated: bool) -> Expr {
        let each = |nodes: &[Criteria]| nodes.iter().map(|node| self.node(node, negated)).collect::<Vec<_>>();
        match (node, negated) {
            (Criteria::All(nodes), false) | (Criteria::Any(nodes), true) => all(each(nodes)),
            (Criteria::Any(nodes), false) | (Criteria::All(nodes), true) => any(each(nodes)),
            (Criteria::Not(node), _) => self.node(node, !negated),
            (Criteria::Leaf(Leaf::Field(test)), _) => self.leaf(test, negated),
        }
    }

    fn leaf(&self, test: &FieldTest, negated: bool) -> Expr {
        let (field, check) = (&*test.field, test.at(self.moment));
        match &field.place {
            Place::Set { .. } => self.set(field, check, negated),
            place => {
                let condition = self.condition(field, place, &check);
                if negated { condition.is_not(constant(true)) } else { condition }
            }
        }
    }

    /// A field of many values asks whether the record has a child such that …; every check is a conjunction of such questions.
    fn set(&self, field: &Field, check: Check, negated: bool) -> Expr {
        let point = |value| Range {
            from: Some(Scalar::clone(&value)),
            to: Some(value),
        };
        let questions = match check {
            Check::Empty => vec![(Check::Set, false)],
            Check::NotIn(ranges) => vec![(Check::Set, true), (Check::In(ranges), false)],
            Check::HasAny(values) => vec![(Check::In(values.into_iter().map(point).collect()), true)],
            Check::HasNone(values) => vec![(Check::In(values.into_iter().map(point).collect()), false)],
            Check::HasAll(values) => values.into_iter().map(|value| (Check::In(vec![point(value)]), true)).collect(),
            check => vec![(check, true)],
        };
        let answers = questions
            .into_iter()
            .map(|(check, wanted)| self.child(field, &check, wanted != negated))
            .collect();
        if negated { any(answers) } else { all(answers) }
    }

    /// Whether there is, or is not, a child that passes the check. What is wanted can drive the search through the child's index;
    /// what is not is looked up record by record.
    fn child(&self, field: &Field, check: &Check, wanted: bool) -> Expr {
        let Place::Set { table, owner, only, .. } = &field.place else {
            return constant(false);
        };
        let mut children: SelectStatement = Query::select();
        children
            .from_as(*table, CHILD)
            .and_where(self.condition(field, &field.place, check));
        if let Some((column, text)) = only {
            children.and_where(Expr::col((CHILD, *column)).eq(*text));
        }
        let id = Expr::col((self.table, "id"));
        if wanted {
            children.column((CHILD, *owner));
            id.in_subquery(children)
        } else {
            children.expr(constant(1)).and_where(Expr::col((CHILD, *owner)).eq(id));
            Expr::exists(children).not()
        }
    }

    /// The check of one value: true, or else false or NULL.
    fn condition(&self, field: &Field, place: &Place, check: &Check) -> Expr {
        let value = || self.value(field, place);
        if let (Kind::MultiChoice(_), false) = (&field.kind, matches!(place, Place::Set { .. })) {
            return self.array(place, check);
        }
        match check {
            Check::Set => self.is_set(field, value()),
            Check::Empty if field.is_text() => value().is_null().or(value().eq("")),
            Check::Empty => value().is_null(),
            Check::In(ranges) => in_ranges(value, ranges),
            Check::NotIn(ranges) => self.is_set(field, value()).and(in_ranges(value, ranges).not()),
            Check::Contains(part) => self.dialect.contains(value(), part),
            Check::EndsWith(end) => self.dialect.ends_with(value(), end),
            Check::StartsWith(start) => match after_every_start(start) {
                Some(after) => value().gte(start.as_str()).and(value().lt(after)),
                None => value().gte(start.as_str()),
            },
            Check::Anniversary(years) => any(years.iter().map(|year| in_year(value(), year)).collect()),
            // Asked only of arrays and of child tables.
            Check::HasAny(_) | Check::HasAll(_) | Check::HasNone(_) => constant(false),
        }
    }

    fn is_set(&self, field: &Field, value: Expr) -> Expr {
        if field.is_text() { value.ne("") } else { value.is_not_null() }
    }

    /// Where the value stands that is compared.
    fn value(&self, field: &Field, place: &Place) -> Expr {
        match place {
            Place::Column(column) => self.column(column),
            Place::Folded { folded, .. } if field.is_folded() => self.column(folded),
            Place::Folded { column, .. } => self.column(column),
            Place::Set { value, folded, .. } => Expr::col((CHILD, folded.filter(|_| field.is_folded()).unwrap_or(value))),
            Place::Json { column, folded, key } => {
                let column = self.column(if field.is_folded() { folded } else { column });
                member(field, self.dialect, column, key)
            }
        }
    }

    /// The check of a JSON array of texts.
    fn array(&self, place: &Place, check: &Check) -> Expr {
        let (column, key) = match place {
            Place::Json { column, key, .. } => (column, Some(key.as_str())),
            Place::Column(column) | Place::Folded { column, .. } | Place::Set { value: column, .. } => (column, None),
        };
        let has_any = |values: &[Scalar]| {
            let texts = values.iter().filter_map(|value| {
                if let Scalar::Text(text) = value {
                    Some(text.as_str())
                } else {
                    None
                }
            });
            self.dialect.json_array_has_any(self.column(column), key, texts)
        };
        match check {
            Check::Set => self.dialect.json_array_is_set(self.column(column), key),
            Check::Empty => self.dialect.json_array_is_set(self.column(column), key).is_not(constant(true)),
            Check::HasAny(values) => has_any(values),
            Check::HasNone(values) => has_any(values).is_not(constant(true)),
            Check::HasAll(values) => all(values.iter().map(|value| has_any(std::slice::from_ref(value))).collect()),
            // Nothing else is asked of several choices.
            _ => constant(false),
        }
    }

    fn column(&self, name: &'static str) -> Expr {
        Expr::col((self.table, name).into_column_ref())
    }
}

fn all(conditions: Vec<Expr>) -> Expr {
    conditions.into_iter().reduce(|a, b| a.and(b)).unwrap_or_else(|| constant(true))
}

fn any(conditions: Vec<Expr>) -> Expr {
    conditions.into_iter().reduce(|a, b| a.or(b)).unwrap_or_else(|| constant(false))
}

/// A value that stands in the text of the statement: the same in every such statement, or part of an expression that is indexed.
fn constant(value: impl Into<Value>) -> Expr {
    Expr::Constant(value.into())
}

/// Single values in one list, then each range by itself.
fn in_ranges(value: impl Fn() -> Expr, ranges: &[Range]) -> Expr {
    let bound = |scalar: &Scalar| -> Value {
        match scalar {
            Scalar::Int(number) => (*number).into(),
            Scalar::Bool(yes) => (*yes).into(),
            Scalar::Text(text) => text.as_str().into(),
        }
    };
    let (points, stretches): (Vec<&Range>, Vec<&Range>) = ranges.iter().partition(|range| range.from.is_some() && range.from == range.to);
    let points: Vec<Value> = points.iter().filter_map(|range| range.from.as_ref()).map(bound).collect();
    let listed = match points.as_slice() {
        [] => None,
        [only] => Some(value().eq(only.clone())),
        _ => Some(value().is_in(points)),
    };
    let stretch = |range: &Range| {
        let from = range.from.as_ref().map(|from| value().gte(bound(from)));
        let to = range.to.as_ref().map(|to| value().lte(bound(to)));
        all(from.into_iter().chain(to).collect())
    };
    any(listed.into_iter().chain(stretches.into_iter().map(stretch)).collect())
}

/// An index over `substr(<column>, 6, 5)` serves it.
fn in_year(date: Expr, year: &Anniversaries) -> Expr {
    let month_day = || Expr::from(Func::cust("substr").args([date.clone(), constant(6), constant(5)]));
    let in_season = month_day().gte(year.from.as_str()).and(month_day().lte(year.to.as_str()));
    in_season.and(date.lt(year.before.as_str()))
}

/// The least text that is greater than every text that starts so, byte by byte in UTF-8, which is by code point.
fn after_every_start(start: &str) -> Option<String> {
    let mut letters: Vec<char> = start.chars().collect();
    while let Some(last) = letters.pop() {
        let next = match last {
            '\u{d7ff}' => Some('\u{e000}'),
            last => char::from_u32(u32::from(last) + 1),
        };
        if let Some(next) = next {
            letters.push(next);
            return Some(letters.into_iter().collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::after_every_start;

    #[test]
    fn the_end_of_a_prefix_knows_the_edges_of_unicode() {
        assert_eq!(after_every_start("abc").as_deref(), Some("abd"));
        assert_eq!(after_every_start("a\u{d7ff}").as_deref(), Some("a\u{e000}"));
        assert_eq!(after_every_start("a\u{10ffff}\u{10ffff}").as_deref(), Some("b"));
        assert_eq!(after_every_start("\u{10ffff}"), None);
    }
}
