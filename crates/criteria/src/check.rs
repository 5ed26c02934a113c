//! What a field test asks at a moment: dates, ages and periods are worked out, texts are folded, and few shapes are left, which SQL and
//! memory then read alike.

use chrono::{Datelike, NaiveDate};
use kernel::text;

use crate::criteria::{FieldTest, Literal, Operand};
use crate::op::Op;
use crate::schema::Kind;
use crate::time::{Moment, When, Window, born_by};

/// A stored value, or what it is compared with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scalar {
    Int(i64),
    Bool(bool),
    Text(String),
}

/// Both ends included; an end that is not there is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub from: Option<Scalar>,
    pub to: Option<Scalar>,
}

impl Range {
    fn point(value: Scalar) -> Range {
        Range {
            from: Some(value.clone()),
            to: Some(value),
        }
    }

    pub fn contains(&self, value: &Scalar) -> bool {
        self.from.as_ref().is_none_or(|from| from <= value) && self.to.as_ref().is_none_or(|to| value <= to)
    }
}

/// The anniversaries that fall into one year: of the dates before `before` whose `mm-dd` is in `from..=to`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Anniversaries {
    pub from: String,
    pub to: String,
    pub before: String,
}

/// What is asked of the values of a field that are not missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// There is one.
    Set,
    /// There is none.
    Empty,
    /// One lies in one of the ranges.
    In(Vec<Range>),
    /// There is one, and none lies in one of the ranges.
    NotIn(Vec<Range>),
    Contains(String),
    StartsWith(String),
    EndsWith(String),
    HasAny(Vec<Scalar>),
    HasAll(Vec<Scalar>),
    HasNone(Vec<Scalar>),
    Anniversary(Vec<Anniversaries>),
}

impl FieldTest {
    pub(crate) fn at(&self, moment: &Moment) -> Check {
        match self.op {
            Op::IsSet => Check::Set,
            Op::IsEmpty => Check::Empty,
            Op::Contains => Check::Contains(self.text()),
            Op::StartsWith => Check::StartsWith(self.text()),
            Op::EndsWith => Check::EndsWith(self.text()),
            Op::HasAny => Check::HasAny(self.scalars(moment)),
            Op::HasAll => Check::HasAll(self.scalars(moment)),
            Op::HasNone => Check::HasNone(self.scalars(moment)),
            Op::AnniversaryIn => Check::Anniversary(self.anniversaries(moment)),
            Op::Ne | Op::NotIn => Check::NotIn(self.ranges(moment)),
            Op::Eq | Op::In | Op::Lt | Op::Lte | Op::Gt | Op::Gte | Op::Between | Op::Before | Op::After => Check::In(self.ranges(moment)),
            Op::InLast | Op::InNext | Op::Within => Check::In(self.ranges(moment)),
        }
    }

    fn ranges(&self, moment: &Moment) -> Vec<Range> {
        let integers = || self.intervals(|literal| self.integer(literal, moment).map(|n| (n, n)), |_| (1, 0));
        match &self.field.kind {
            Kind::Date => {
                let days = self.intervals(|literal| when(literal).map(|when| when.days(moment)), |window| window.days(moment));
                days.into_iter().map(day_range).collect()
            }
            Kind::DateTime => {
                let times = self.intervals(
                    |literal| when(literal).map(|when| when.micros(moment)),
                    |window| window.micros(moment),
                );
                times.into_iter().map(integer_range).collect()
            }
            Kind::Age => integers()
                .into_iter()
                .map(|ages| day_range(birth_dates(ages, moment.today())))
                .collect(),
            Kind::Number { .. } | Kind::Money | Kind::Reference(_) => integers().into_iter().map(integer_range).collect(),
            Kind::Text | Kind::Link | Kind::Choice(_) | Kind::MultiChoice(_) | Kind::Bool => {
                self.scalars(moment).into_iter().map(Range::point).collect()
            }
        }
    }

    /// The stretches that the operator means, of days or of whole numbers. A stretch beyond the last number there is is none.
    fn intervals<T: Step>(&self, span: impl Fn(&Literal) -> Option<(T, T)>, window: impl Fn(Window) -> (T, T)) -> Vec<Interval<T>> {
        let closed = |(first, last)| (Some(first), Some(last));
        match &self.operand {
            Operand::Nothing => Vec::new(),
            Operand::One(literal) => span(literal).and_then(|span| interval(self.op, span)).into_iter().collect(),
            Operand::Many(literals) => literals.iter().filter_map(&span).map(closed).collect(),
            Operand::Window(stretch) => vec![closed(window(*stretch))],
            Operand::Range(from, to) => match (span(from), span(to)) {
                (Some((first, _)), Some((_, last))) => vec![closed((first, last))],
                _ => Vec::new(),
            },
        }
    }

    fn integer(&self, literal: &Literal, moment: &Moment) -> Option<i64> {
        match literal {
            Literal::Int(number) => Some(*number),
            Literal::Me => moment.me,
            Literal::Text(_) | Literal::Bool(_) | Literal::When(_) => None,
        }
    }

    fn scalars(&self, moment: &Moment) -> Vec<Scalar> {
        let literals = match &self.operand {
            Operand::One(literal) => std::slice::from_ref(literal),
            Operand::Many(literals) => literals,
            Operand::Nothing | Operand::Range(..) | Operand::Window(_) => &[],
        };
        let scalar = |literal: &Literal| match literal {
            Literal::Text(text) => Some(Scalar::Text(self.comparable(text))),
            Literal::Bool(yes) => Some(Scalar::Bool(*yes)),
            _ => self.integer(literal, moment).map(Scalar::Int),
        };
        let mut scalars: Vec<Scalar> = literals.iter().filter_map(scalar).collect();
        scalars.sort();
        scalars.dedup();
        scalars
    }

    fn text(&self) -> String {
        match &self.operand {
            Operand::One(Literal::Text(text)) => self.comparable(text),
            _ => String::new(),
        }
    }

    fn comparable(&self, given: &str) -> String {
        if self.field.is_folded() {
            text::fold(given)
        } else {
            given.to_owned()
        }
    }

    fn anniversaries(&self, moment: &Moment) -> Vec<Anniversaries> {
        let Operand::Window(window) = &self.operand else {
            return Vec::new();
        };
        let (first, last) = window.days(moment);
        let in_year = |year: i32| {
            let month_day = |day: NaiveDate, edge: &str| {
                if day.year() == year {
                    day.format("%m-%d").to_string()
                } else {
                    edge.to_owned()
                }
            };
            let mut to = month_day(last, "12-31");
            let common = NaiveDate::from_ymd_opt(year, 2, 29).is_none();
            if to == "02-28" && common {
                to = "02-29".to_owned();
            }
            Anniversaries {
                from: month_day(first, "01-01"),
                to,
                before: format!("{year:04}-01-01"),
            }
        };
        (first.year()..=last.year()).map(in_year).collect()
    }
}

fn when(literal: &Literal) -> Option<When> {
    match literal {
        Literal::When(when) => Some(*when),
        _ => None,
    }
}

/// A stretch whose ends are included; an end that is not there is open.
type Interval<T> = (Option<T>, Option<T>);

/// What comes one after the other.
trait Step: Copy {
    fn before(self) -> Option<Self>;
    fn after(self) -> Option<Self>;
}

impl Step for i64 {
    fn before(self) -> Option<i64> {
        self.checked_sub(1)
    }
    fn after(self) -> Option<i64> {
        self.checked_add(1)
    }
}

impl Step for NaiveDate {
    fn before(self) -> Option<NaiveDate> {
        self.pred_opt()
    }
    fn after(self) -> Option<NaiveDate> {
        self.succ_opt()
    }
}

/// The stretch before, after or at a span.
fn interval<T: Step>(op: Op, (first, last): (T, T)) -> Option<Interval<T>> {
    Some(match op {
        Op::Lt | Op::Before => (None, Some(first.before()?)),
        Op::Lte => (None, Some(last)),
        Op::Gt | Op::After => (Some(last.after()?), None),
        Op::Gte => (Some(first), None),
        _ => (Some(first), Some(last)),
    })
}

/// The birth dates of those who have these ages today.
fn birth_dates((youngest, oldest): Interval<i64>, today: NaiveDate) -> Interval<NaiveDate> {
    let years = |age: i64| u32::try_from(age).unwrap_or(0);
    // Who is not yet born is younger than any age.
    let last = youngest.map(|age| born_by(today, years(age)));
    let first = oldest.map(|age| match age {
        ..0 => today.succ_opt().unwrap_or(today),
        _ => born_by(today, years(age) + 1).succ_opt().unwrap_or(today),
    });
    (first, last)
}

fn integer_range((from, to): Interval<i64>) -> Range {
    Range {
        from: from.map(Scalar::Int),
        to: to.map(Scalar::Int),
    }
}

/// Dates are text, of which the empty one is missing: a range of them never begins below the first.
fn day_range((from, to): Interval<NaiveDate>) -> Range {
    let first = from.map_or_else(|| "0".to_owned(), day_text);
    Range {
        from: Some(Scalar::Text(first)),
        to: to.map(|day| Scalar::Text(day_text(day))),
    }
}

/// The day as it is stored. What lies behind the year 9999 is greater than every stored date.
fn day_text(day: NaiveDate) -> String {
    if day.year() > 9999 { "~".to_owned() } else { day.to_string() }
}
