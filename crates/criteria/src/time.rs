//! Days, periods and windows, and what they are at a moment in a time zone.
//!
//! Rules (segments_loyalty.md §5a): days are local; the last N days are the dates in (today − N, today]; months are calendar months,
//! clamped to the month's end. Weeks begin on Monday (ISO 8601, as in Türkiye).

use std::fmt;

use chrono::{Datelike, Days, Months, NaiveDate, TimeDelta, TimeZone};
use chrono_tz::Tz;
use kernel::clock;

/// Microseconds in an hour.
const HOUR_US: i64 = 3_600_000_000;
/// The longest period that can be named.
const MAX_YEARS: u32 = 100;

/// When, where and by whom a criteria is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub now_us: i64,
    /// The organisation's zone, which decides what a day is.
    pub zone: Tz,
    /// The id of the user whom `"me"` means.
    pub me: Option<i64>,
}

impl Moment {
    pub(crate) fn today(&self) -> NaiveDate {
        clock::local_date(self.now_us, self.zone)
    }

    /// The first microsecond of a local day. Where the clock leaps over midnight, that is the moment of the leap.
    pub fn start_of(&self, day: NaiveDate) -> i64 {
        let midnight = day.and_time(chrono::NaiveTime::MIN);
        let minutes_of_two_days = 0..2 * 24 * 60;
        minutes_of_two_days
            .filter_map(|minute| self.zone.from_local_datetime(&(midnight + TimeDelta::minutes(minute))).earliest())
            .map(|time| time.timestamp_micros())
            .next()
            .unwrap_or_else(|| midnight.and_utc().timestamp_micros())
    }

    /// The last microsecond of a local day.
    pub(crate) fn end_of(&self, day: NaiveDate) -> i64 {
        self.start_of(day + Days::new(1)) - 1
    }
}

/// A unit of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Hour,
    Day,
    Week,
    Month,
    Year,
}

impl Unit {
    const ALL: [Unit; 5] = [Unit::Hour, Unit::Day, Unit::Week, Unit::Month, Unit::Year];

    fn letters(self) -> &'static str {
        match self {
            Unit::Hour => "h",
            Unit::Day => "d",
            Unit::Week => "w",
            Unit::Month => "mo",
            Unit::Year => "y",
        }
    }

    /// How many of the unit certainly fit into a year.
    fn in_a_year(self) -> u32 {
        match self {
            Unit::Hour => 366 * 24,
            Unit::Day => 366,
            Unit::Week => 52,
            Unit::Month => 12,
            Unit::Year => 1,
        }
    }
}

/// A length of time: `90d`, `6h`, `2w`, `12mo`, `1y`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    count: u32,
    unit: Unit,
}

impl Period {
    /// Reads a period of at least one unit and at most a hundred years.
    pub fn parse(text: &str) -> Option<Period> {
        let (digits, letters) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
        let unit = Unit::ALL.into_iter().find(|unit| unit.letters() == letters)?;
        let count = digits.parse().ok()?;
        (1..=MAX_YEARS * unit.in_a_year())
            .contains(&count)
            .then_some(Period { count, unit })
    }

    pub fn count(self) -> u32 {
        self.count
    }

    pub fn unit(self) -> Unit {
        self.unit
    }

    pub(crate) fn is_hours(self) -> bool {
        self.unit == Unit::Hour
    }

    pub(crate) fn fits_a_year(self) -> bool {
        self.count <= self.unit.in_a_year()
    }

    fn hours_us(self) -> Option<i64> {
        self.is_hours().then(|| i64::from(self.count) * HOUR_US)
    }

    fn after(self, day: NaiveDate) -> NaiveDate {
        let days = |count: u32| day.checked_add_days(Days::new(count.into()));
        let months = |count: u32| day.checked_add_months(Months::new(count));
        self.step(days, months).unwrap_or(NaiveDate::MAX)
    }

    fn before(self, day: NaiveDate) -> NaiveDate {
        let days = |count: u32| day.checked_sub_days(Days::new(count.into()));
        let months = |count: u32| day.checked_sub_months(Months::new(count));
        self.step(days, months).unwrap_or(NaiveDate::MIN)
    }

    fn step<T>(self, days: impl Fn(u32) -> T, months: impl Fn(u32) -> T) -> T {
        match self.unit {
            // Days cannot be counted in hours; who counts hours asks `hours_us` first.
            Unit::Hour => days(self.count / 24),
            Unit::Day => days(self.count),
            Unit::Week => days(self.count * 7),
            Unit::Month => months(self.count),
            Unit::Year => months(self.count * 12),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.letters())
    }
}

/// A point of time: in JSON `"2026-03-05"`, `"today"`, `{"ago": "30d"}`, `{"in": "2w"}`, or RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Day(NaiveDate),
    /// Microseconds UTC.
    Instant(i64),
    Today,
    Ago(Period),
    In(Period),
}

impl When {
    /// The first and the last day meant.
    pub(crate) fn days(self, moment: &Moment) -> (NaiveDate, NaiveDate) {
        let day = match self {
            When::Day(day) => day,
            When::Instant(at_us) => clock::local_date(at_us, moment.zone),
            When::Today => moment.today(),
            When::Ago(period) => period.before(moment.today()),
            When::In(period) => period.after(moment.today()),
        };
        (day, day)
    }

    /// The first and the last microsecond meant: a day means all of it, a time itself.
    pub(crate) fn micros(self, moment: &Moment) -> (i64, i64) {
        let instant = match self {
            When::Instant(at_us) => Some(at_us),
            When::Ago(period) => period.hours_us().map(|us| moment.now_us - us),
            When::In(period) => period.hours_us().map(|us| moment.now_us + us),
            When::Day(_) | When::Today => None,
        };
        instant.map(|at_us| (at_us, at_us)).unwrap_or_else(|| {
            let (first, last) = self.days(moment);
            (moment.start_of(first), moment.end_of(last))
        })
    }
}

/// A stretch of time: in JSON `{"last": "90d"}`, `{"next": "2w"}`, `{"calendar": "this_month"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    Last(Period),
    Next(Period),
    Calendar(Calendar),
}

/// A stretch of the calendar around today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calendar {
    Today,
    ThisWeek,
    ThisMonth,
    LastMonth,
    ThisQuarter,
    YearToDate,
    LastYear,
}

impl Calendar {
    pub(crate) const ALL: [Calendar; 7] = [
        Calendar::Today,
        Calendar::ThisWeek,
        Calendar::ThisMonth,
        Calendar::LastMonth,
        Calendar::ThisQuarter,
        Calendar::YearToDate,
        Calendar::LastYear,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Calendar::Today => "today",
            Calendar::ThisWeek => "this_week",
            Calendar::ThisMonth => "this_month",
            Calendar::LastMonth => "last_month",
            Calendar::ThisQuarter => "this_quarter",
            Calendar::YearToDate => "ytd",
            Calendar::LastYear => "last_year",
        }
    }

    pub fn parse(name: &str) -> Option<Calendar> {
        Calendar::ALL.into_iter().find(|calendar| calendar.name() == name)
    }

    fn days(self, today: NaiveDate) -> (NaiveDate, NaiveDate) {
        let month = first_of_month(today);
        let year = today.with_ordinal(1).unwrap_or(today);
        match self {
            Calendar::Today => (today, today),
            Calendar::ThisWeek => {
                let week = today.week(chrono::Weekday::Mon);
                (week.first_day(), week.last_day())
            }
            Calendar::ThisMonth => (month, day_before(month + Months::new(1))),
            Calendar::LastMonth => (month - Months::new(1), day_before(month)),
            Calendar::ThisQuarter => {
                let quarter = month - Months::new(today.month0() % 3);
                (quarter, day_before(quarter + Months::new(3)))
            }
            Calendar::YearToDate => (year, today),
            Calendar::LastYear => (year - Months::new(12), day_before(year)),
        }
    }
}

impl Window {
    /// The first and the last day of the window.
    pub(crate) fn days(self, moment: &Moment) -> (NaiveDate, NaiveDate) {
        let today = moment.today();
        match self {
            Window::Last(period) => (period.before(today) + Days::new(1), today),
            Window::Next(period) => (today, day_before(period.after(today))),
            Window::Calendar(calendar) => calendar.days(today),
        }
    }

    /// The first and the last microsecond of the window; hours are counted from now, all else in whole days.
    pub(crate) fn micros(self, moment: &Moment) -> (i64, i64) {
        let now = moment.now_us;
        let hours = match self {
            Window::Last(period) => period.hours_us().map(|us| (now - us + 1, now)),
            Window::Next(period) => period.hours_us().map(|us| (now, now + us - 1)),
            Window::Calendar(_) => None,
        };
        hours.unwrap_or_else(|| {
            let (first, last) = self.days(moment);
            (moment.start_of(first), moment.end_of(last))
        })
    }
}

/// The last birth date whose bearer is at least `age` whole years old today. Who was born on 29 February becomes older on 28 February
/// of a common year, as months end where they are shorter.
pub(crate) fn born_by(today: NaiveDate, age: u32) -> NaiveDate {
    let cutoff = today - Months::new(12 * age);
    let end_of_february = |day: NaiveDate| day.month() == 2 && day.succ_opt().is_some_and(|next| next.month() == 3);
    if end_of_february(today) && !today.leap_year() && cutoff.leap_year() {
        cutoff + Days::new(1)
    } else {
        cutoff
    }
}

pub(crate) fn day_before(day: NaiveDate) -> NaiveDate {
    day.pred_opt().unwrap_or(day)
}

fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}
