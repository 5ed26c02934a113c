//! Recurrence: the RRULE of RFC 5545, with at most one occurrence a day. What is left out (by the hour, the minute, the second) is refused
//! with a reason, so that every rule is a walk over days and every walk ends at [`LAST_YEAR`].

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Datelike, Duration, Months, NaiveDate, NaiveDateTime, Utc, Weekday};
use chrono_tz::Tz;
use kernel::error::{Lang, Say};
use kernel::say;

use crate::zoned;

/// Nothing recurs before this year.
pub const FIRST_YEAR: i32 = 1900;
/// Nothing recurs after this year; with it every search has an end.
pub const LAST_YEAR: i32 = 2200;
/// Daily for ten years; a series beyond that has no count but an end, or none.
pub const MAX_COUNT: u32 = 3_660;
/// Every 999 days is a rule, every million is a mistake.
pub const MAX_INTERVAL: u32 = 999;
/// The longest rule RFC 5545 can mean with all its parts is shorter.
const MAX_TEXT_BYTES: usize = 2_000;

/// How often, before anything narrows it down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// When it is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum End {
    #[default]
    Never,
    /// The first occurrence counts.
    After(u32),
    /// A whole day, which is included.
    On(NaiveDate),
    /// A moment, which is included.
    At(DateTime<Utc>),
    /// A time on the wall, which is included.
    AtLocal(NaiveDateTime),
}

/// A weekday, or the nth (from the end when negative) of the month or year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ByDay {
    /// 0 is every one.
    pub nth: i8,
    /// Days from Monday.
    pub weekday: u8,
}

impl ByDay {
    pub fn every(weekday: Weekday) -> ByDay {
        ByDay::nth(0, weekday)
    }

    pub fn nth(nth: i8, weekday: Weekday) -> ByDay {
        ByDay {
            nth,
            weekday: weekday.num_days_from_monday() as u8,
        }
    }

    fn code(self) -> &'static str {
        DAY_CODES[usize::from(self.weekday)]
    }
}

const DAY_CODES: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// A rule that has been checked. Made with [`Rule::every`] and what follows it, or with [`Rule::parse`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rule {
    frequency: Frequency,
    interval: u32,
    end: End,
    months: Vec<u8>,
    week_numbers: Vec<i8>,
    year_days: Vec<i16>,
    month_days: Vec<i8>,
    days: Vec<ByDay>,
    positions: Vec<i16>,
    week_start: u8,
}

impl Rule {
    /// A rule of its frequency alone; the rest comes from the first occurrence.
    pub fn every(interval: u32, frequency: Frequency) -> Rule {
        Rule {
            frequency,
            interval,
            end: End::Never,
            months: Vec::new(),
            week_numbers: Vec::new(),
            year_days: Vec::new(),
            month_days: Vec::new(),
            days: Vec::new(),
            positions: Vec::new(),
            week_start: 0,
        }
    }

    pub fn on(mut self, days: impl IntoIterator<Item = ByDay>) -> Rule {
        self.days = sorted(days);
        self
    }

    pub fn on_weekdays(self, days: impl IntoIterator<Item = Weekday>) -> Rule {
        self.on(days.into_iter().map(ByDay::every))
    }

    /// Days of the month; negative ones count from its end.
    pub fn on_month_days(mut self, days: impl IntoIterator<Item = i8>) -> Rule {
        self.month_days = sorted(days);
        self
    }

    pub fn in_months(mut self, months: impl IntoIterator<Item = u8>) -> Rule {
        self.months = sorted(months);
        self
    }

    pub fn ending(mut self, end: End) -> Rule {
        self.end = end;
        self
    }

    /// The same rule with its numbers looked at; what is wrong is said.
    pub fn checked(self) -> Result<Rule, Say> {
        if !(1..=MAX_INTERVAL).contains(&self.interval) {
            return Err(say!(
                "INTERVAL 1 ile {MAX_INTERVAL} arasında olmalı.",
                "INTERVAL must be between 1 and {MAX_INTERVAL}."
            ));
        }
        match self.end {
            End::After(count) if !(1..=MAX_COUNT).contains(&count) => {
                return Err(say!(
                    "COUNT 1 ile {MAX_COUNT} arasında olmalı; daha uzun diziler için bitiş tarihi (UNTIL) verin.",
                    "COUNT must be between 1 and {MAX_COUNT}; give longer series an end date (UNTIL)."
                ));
            }
            End::On(day) if !in_range(day) => return Err(out_of_range()),
            End::At(moment) if !in_range(moment.date_naive()) => return Err(out_of_range()),
            End::AtLocal(local) if !in_range(local.date()) => return Err(out_of_range()),
            _ => {}
        }
        let within = |part: &str, values: Vec<i32>, max: i32| match values.into_iter().find(|v| *v == 0 || v.abs() > max) {
            Some(value) => Err(say!(
                "{part} içinde {value} olamaz: 1 ile {max} arasında (sondan saymak için eksi) olmalı.",
                "{part} cannot hold {value}: it must be between 1 and {max} (negative to count from the end)."
            )),
            None => Ok(()),
        };
        if self.months.iter().any(|month| !(1..=12).contains(month)) {
            return Err(Say::new("BYMONTH 1 ile 12 arasında olmalı.", "BYMONTH must be between 1 and 12."));
        }
        within("BYMONTHDAY", self.month_days.iter().map(|d| i32::from(*d)).collect(), 31)?;
        within("BYYEARDAY", self.year_days.iter().map(|d| i32::from(*d)).collect(), 366)?;
        within("BYWEEKNO", self.week_numbers.iter().map(|w| i32::from(*w)).collect(), 53)?;
        within("BYSETPOS", self.positions.iter().map(|p| i32::from(*p)).collect(), 366)?;
        let nths: Vec<i32> = self.days.iter().map(|d| i32::from(d.nth)).filter(|nth| *nth != 0).collect();
        if !nths.is_empty() && (self.frequency < Frequency::Monthly || !self.week_numbers.is_empty()) {
            return Err(Say::new(
                "BYDAY içinde sıra numarası (örneğin 2TU) yalnızca MONTHLY ve YEARLY ile olur.",
                "A numbered BYDAY (2TU, for example) goes only with MONTHLY and YEARLY.",
            ));
        }
        let most = if self.frequency == Frequency::Monthly || !self.months.is_empty() {
            5
        } else {
            53
        };
        within("BYDAY", nths, most)?;
        let misplaced = match self.frequency {
            Frequency::Yearly => None,
            _ if !self.week_numbers.is_empty() => Some("BYWEEKNO"),
            _ if !self.year_days.is_empty() => Some("BYYEARDAY"),
            Frequency::Weekly if !self.month_days.is_empty() => Some("BYMONTHDAY"),
            _ => None,
        };
        if let Some(part) = misplaced {
            return Err(say!("{part} bu FREQ ile kullanılamaz.", "{part} cannot be used with this FREQ."));
        }
        let narrowed = !(self.days.is_empty()
            && self.month_days.is_empty()
            && self.year_days.is_empty()
            && self.week_numbers.is_empty()
            && self.months.is_empty());
        if !self.positions.is_empty() && !narrowed {
            return Err(Say::new(
                "BYSETPOS yanında BYDAY gibi başka bir BY… kuralı ister.",
                "BYSETPOS needs another BY… part beside it, such as BYDAY.",
            ));
        }
        Ok(self)
    }

    /// Reads the value of an RRULE property, with or without `RRULE:` before it.
    pub fn parse(text: &str) -> Result<Rule, Say> {
        let text = text.trim();
        if text.len() > MAX_TEXT_BYTES {
            return Err(say!(
                "Yineleme kuralı {MAX_TEXT_BYTES} bayttan uzun olamaz.",
                "A recurrence rule cannot be longer than {MAX_TEXT_BYTES} bytes."
            ));
        }
        let text = strip_prefix_ignoring_case(text, "RRULE:").unwrap_or(text);
        let mut rule = Rule::every(1, Frequency::Daily);
        let mut frequency = None;
        let mut seen = BTreeSet::new();
        for part in text.split(';').filter(|part| !part.trim().is_empty()) {
            let (name, value) = part.split_once('=').ok_or_else(|| unreadable(part))?;
            let name = name.trim().to_ascii_uppercase();
            let value = value.trim().to_ascii_uppercase();
            if !seen.insert(name.clone()) {
                return Err(say!("{name} iki kez verilmiş.", "{name} is given twice."));
            }
            match name.as_str() {
                "FREQ" => {
                    frequency = Some(match value.as_str() {
                        "DAILY" => Frequency::Daily,
                        "WEEKLY" => Frequency::Weekly,
                        "MONTHLY" => Frequency::Monthly,
                        "YEARLY" => Frequency::Yearly,
                        "HOURLY" | "MINUTELY" | "SECONDLY" => {
                            return Err(Say::new(
                                "Günde birden çok yineleme desteklenmez: FREQ olarak DAILY, WEEKLY, MONTHLY veya YEARLY verin.",
                                "More than one occurrence a day is not supported: give DAILY, WEEKLY, MONTHLY or YEARLY as FREQ.",
                            ));
                        }
                        _ => return Err(unreadable(part)),
                    });
                }
                "INTERVAL" => rule.interval = value.parse().map_err(|_| unreadable(part))?,
                "COUNT" | "UNTIL" if rule.end != End::Never => {
                    return Err(Say::new(
                        "COUNT ve UNTIL birlikte verilemez: birini seçin.",
                        "COUNT and UNTIL cannot be given together: choose one.",
                    ));
                }
                "COUNT" => rule.end = End::After(value.parse().map_err(|_| unreadable(part))?),
                "UNTIL" => rule.end = until(&value).ok_or_else(|| unreadable(part))?,
                "BYMONTH" => rule.months = numbers(&value).ok_or_else(|| unreadable(part))?,
                "BYWEEKNO" => rule.week_numbers = numbers(&value).ok_or_else(|| unreadable(part))?,
                "BYYEARDAY" => rule.year_days = numbers(&value).ok_or_else(|| unreadable(part))?,
                "BYMONTHDAY" => rule.month_days = numbers(&value).ok_or_else(|| unreadable(part))?,
                "BYSETPOS" => rule.positions = numbers(&value).ok_or_else(|| unreadable(part))?,
                "BYDAY" => {
                    let days: Option<Vec<ByDay>> = value.split(',').map(by_day).collect();
                    rule.days = sorted(days.ok_or_else(|| unreadable(part))?);
                }
                "WKST" => rule.week_start = by_day(&value).filter(|day| day.nth == 0).ok_or_else(|| unreadable(part))?.weekday,
                "BYHOUR" | "BYMINUTE" | "BYSECOND" => {
                    return Err(say!(
                        "{name} desteklenmez: saat, ilk olayın başlangıcından gelir.",
                        "{name} is not supported: the time of day is that of the first occurrence."
                    ));
                }
                _ if name.starts_with("X-") => {}
                _ => return Err(unreadable(part)),
            }
        }
        let Some(frequency) = frequency else {
            return Err(Say::new(
                "FREQ eksik: örneğin FREQ=WEEKLY;BYDAY=TU.",
                "FREQ is missing: for example FREQ=WEEKLY;BYDAY=TU.",
            ));
        };
        rule.frequency = frequency;
        rule.checked()
    }

    pub fn frequency(&self) -> Frequency {
        self.frequency
    }

    pub fn interval(&self) -> u32 {
        self.interval
    }

    pub fn end(&self) -> End {
        self.end
    }

    pub fn days(&self) -> &[ByDay] {
        &self.days
    }

    pub fn month_days(&self) -> &[i8] {
        &self.month_days
    }

    /// The rule of a series of which an occurrence moves from one day to another, and all with it: every Tuesday becomes every Wednesday, the
    /// 5th of a month the 6th. None where the rule does not say what that means.
    pub fn moved(&self, from: NaiveDate, to: NaiveDate) -> Option<Rule> {
        let is_plain = self.months.is_empty() && self.week_numbers.is_empty() && self.year_days.is_empty() && self.positions.is_empty();
        let mut rule = self.clone();
        match (self.days.as_slice(), self.month_days.as_slice()) {
            _ if from == to => {}
            _ if !is_plain => return None,
            ([], []) => {}
            (days, []) if self.frequency == Frequency::Weekly => {
                let by = (to - from).num_days().rem_euclid(7) as u8;
                rule.days = sorted(days.iter().map(|day| ByDay {
                    weekday: (day.weekday + by) % 7,
                    ..*day
                }));
            }
            ([day], []) if day.nth != 0 && self.frequency == Frequency::Monthly => {
                let nth = match day.nth < 0 {
                    true => -((days_in_month(to) - to.day() as u8) as i8 / 7 + 1),
                    false => (to.day0() / 7 + 1) as i8,
                };
                rule.days = vec![ByDay::nth(nth, to.weekday())];
            }
            ([], [day]) if *day > 0 && self.frequency == Frequency::Monthly => rule.month_days = vec![to.day() as i8],
            _ => return None,
        }
        Some(rule)
    }

    /// The period that holds `day`, `steps` intervals on: its first and last day.
    fn period(&self, day: NaiveDate, steps: u32) -> Option<(NaiveDate, NaiveDate)> {
        let by = steps.checked_mul(self.interval)?;
        let first = match self.frequency {
            Frequency::Daily => day.checked_add_signed(Duration::days(i64::from(by)))?,
            Frequency::Weekly => self.week_of(day)?.checked_add_signed(Duration::weeks(i64::from(by)))?,
            Frequency::Monthly => day.with_day(1)?.checked_add_months(Months::new(by))?,
            Frequency::Yearly => NaiveDate::from_ymd_opt(day.year().checked_add_unsigned(by)?, 1, 1)?,
        };
        let last = match self.frequency {
            Frequency::Daily => first,
            Frequency::Weekly => first.checked_add_signed(Duration::days(6))?,
            Frequency::Monthly => first.checked_add_months(Months::new(1))?.pred_opt()?,
            Frequency::Yearly => NaiveDate::from_ymd_opt(first.year(), 12, 31)?,
        };
        (first.year() <= LAST_YEAR).then_some((first, last))
    }

    /// How many whole periods surely lie before `to`; none of what they hold can be wanted when only later days are.
    fn steps_before(&self, from: NaiveDate, to: NaiveDate) -> u32 {
        let days = (to - from).num_days();
        let units = match self.frequency {
            Frequency::Daily => days,
            Frequency::Weekly => days / 7,
            Frequency::Monthly => i64::from(to.year() - from.year()) * 12 + i64::from(to.month()) - i64::from(from.month()),
            Frequency::Yearly => i64::from(to.year() - from.year()),
        };
        u32::try_from(units / i64::from(self.interval) - 1).unwrap_or(0)
    }

    fn week_of(&self, day: NaiveDate) -> Option<NaiveDate> {
        let back = (7 + day.weekday().num_days_from_monday() - u32::from(self.week_start)) % 7;
        day.checked_sub_signed(Duration::days(i64::from(back)))
    }

    /// The days of a period that the rule takes, in order.
    fn days_in(&self, first: NaiveDate, last: NaiveDate, start: NaiveDate) -> Vec<NaiveDate> {
        let mut taken: Vec<NaiveDate> = first
            .iter_days()
            .take_while(|day| *day <= last)
            .filter(|day| self.takes(*day, start))
            .collect();
        // Weeks by their number reach into the years beside; BYWEEKNO=1 of 2027 may begin in 2026.
        if !self.week_numbers.is_empty() {
            taken.retain(|day| in_range(*day));
        }
        if self.positions.is_empty() {
            return taken;
        }
        let count = taken.len() as i64;
        let places: BTreeSet<i64> = self
            .positions
            .iter()
            .map(|position| i64::from(*position))
            .map(|position| if position > 0 { position - 1 } else { count + position })
            .filter(|place| (0..count).contains(place))
            .collect();
        places.into_iter().map(|place| taken[place as usize]).collect()
    }

    fn takes(&self, day: NaiveDate, start: NaiveDate) -> bool {
        let month_days = i32::from(days_in_month(day));
        let day_of_month = day.day() as i32;
        let year_days = if day.leap_year() { 366 } else { 365 };
        let day_of_year = day.ordinal() as i32;
        let weekday = day.weekday().num_days_from_monday() as u8;
        let from_either_end = |value: i32, position: i32, length: i32| value == position || value == position - length - 1;

        if !self.months.is_empty() && !self.months.contains(&(day.month() as u8)) {
            return false;
        }
        if !self.year_days.is_empty()
            && !self
                .year_days
                .iter()
                .any(|d| from_either_end(i32::from(*d), day_of_year, year_days))
        {
            return false;
        }
        if !self.month_days.is_empty()
            && !self
                .month_days
                .iter()
                .any(|d| from_either_end(i32::from(*d), day_of_month, month_days))
        {
            return false;
        }
        if !self.week_numbers.is_empty() {
            let (number, weeks) = self.week_number(day);
            if !self.week_numbers.iter().any(|w| from_either_end(i32::from(*w), number, weeks)) {
                return false;
            }
        }
        if !self.days.is_empty() {
            // The nth is of the month, but in a yearly rule that names no months of the year.
            let of_month = self.frequency == Frequency::Monthly || !self.months.is_empty();
            let (position, length) = if of_month {
                (day_of_month, month_days)
            } else {
                (day_of_year, year_days)
            };
            let nth = (position - 1) / 7 + 1;
            let nth_from_end = -((length - position) / 7 + 1);
            return self
                .days
                .iter()
                .any(|by| by.weekday == weekday && (by.nth == 0 || i32::from(by.nth) == nth || i32::from(by.nth) == nth_from_end));
        }
        // What the rule leaves open is as in the first occurrence.
        match self.frequency {
            Frequency::Daily => true,
            Frequency::Weekly => day.weekday() == start.weekday(),
            Frequency::Monthly => !self.month_days.is_empty() || day.day() == start.day(),
            Frequency::Yearly if !self.month_days.is_empty() || !self.year_days.is_empty() => true,
            Frequency::Yearly if !self.week_numbers.is_empty() => day.weekday() == start.weekday(),
            Frequency::Yearly if !self.months.is_empty() => day.day() == start.day(),
            Frequency::Yearly => day.day() == start.day() && day.month() == start.month(),
        }
    }

    /// The number of the week that the day is in, and how many weeks its year of weeks has. Days of January that belong to the last week
    /// of the year before, and of December that belong to the next, have a number no rule names: a yearly period is a calendar year.
    fn week_number(&self, day: NaiveDate) -> (i32, i32) {
        let first_week = |year: i32| {
            // The first week has at least four days in the year: it holds the 4th of January.
            NaiveDate::from_ymd_opt(year, 1, 4).and_then(|fourth| self.week_of(fourth))
        };
        let (Some(this), Some(next)) = (first_week(day.year()), first_week(day.year() + 1)) else {
            return (1_000, 52);
        };
        let weeks = (next - this).num_days() / 7;
        if day < this || day >= next {
            return (1_000, weeks as i32);
        }
        ((day - this).num_days() as i32 / 7 + 1, weeks as i32)
    }

    /// A sentence for people, without a capital and without a stop: "her 2 haftada bir salı ve perşembe, 12 kez". `start` gives what the
    /// rule leaves open.
    pub fn say(&self, start: NaiveDate, lang: Lang) -> String {
        sentence(self, start, lang)
    }
}

/// The value of the property, in one order; [`Rule::parse`] reads it back.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let frequency = match self.frequency {
            Frequency::Daily => "DAILY",
            Frequency::Weekly => "WEEKLY",
            Frequency::Monthly => "MONTHLY",
            Frequency::Yearly => "YEARLY",
        };
        write!(f, "FREQ={frequency}")?;
        match self.end {
            End::Never => {}
            End::After(count) => write!(f, ";COUNT={count}")?,
            End::On(day) => write!(f, ";UNTIL={}", day.format("%Y%m%d"))?,
            End::At(moment) => write!(f, ";UNTIL={}", moment.format("%Y%m%dT%H%M%SZ"))?,
            End::AtLocal(local) => write!(f, ";UNTIL={}", local.format("%Y%m%dT%H%M%S"))?,
        }
        if self.interval != 1 {
            write!(f, ";INTERVAL={}", self.interval)?;
        }
        let mut part = |name: &str, values: Vec<String>| match values.as_slice() {
            [] => Ok(()),
            values => write!(f, ";{name}={}", values.join(",")),
        };
        part("BYMONTH", texts(&self.months))?;
        part("BYWEEKNO", texts(&self.week_numbers))?;
        part("BYYEARDAY", texts(&self.year_days))?;
        part("BYMONTHDAY", texts(&self.month_days))?;
        let days = self.days.iter().map(|by| match by.nth {
            0 => by.code().to_owned(),
            nth => format!("{nth}{}", by.code()),
        });
        part("BYDAY", days.collect())?;
        part("BYSETPOS", texts(&self.positions))?;
        if self.week_start != 0 {
            write!(f, ";WKST={}", DAY_CODES[usize::from(self.week_start)])?;
        }
        Ok(())
    }
}

/// A series: when it starts, by which rule it goes on, what is left out and what is added. Times are those on the wall of `zone`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    pub start: NaiveDateTime,
    pub zone: Tz,
    pub rule: Option<Rule>,
    /// EXDATE: local times of occurrences that do not take place.
    pub except: BTreeSet<NaiveDateTime>,
    /// RDATE: local times of occurrences beside the rule.
    pub also: BTreeSet<NaiveDateTime>,
}

impl Series {
    pub fn new(start: NaiveDateTime, zone: Tz, rule: Option<Rule>) -> Series {
        Series {
            start,
            zone,
            rule,
            except: BTreeSet::new(),
            also: BTreeSet::new(),
        }
    }

    /// The local starts of all occurrences from the day `from` on, in order. Lazy; it ends with the rule, or with [`LAST_YEAR`].
    pub fn local_starts(&self, from: NaiveDate) -> impl Iterator<Item = NaiveDateTime> + '_ {
        let mut ruled = Walk::new(self, from).peekable();
        let mut added = self.also.iter().copied().filter(move |time| time.date() >= from).peekable();
        std::iter::from_fn(move || match (ruled.peek(), added.peek()) {
            (Some(a), Some(b)) if a == b => {
                added.next();
                ruled.next()
            }
            (Some(a), Some(b)) if b < a => added.next(),
            (None, _) => added.next(),
            _ => ruled.next(),
        })
        .filter(|time| !self.except.contains(time))
    }

    /// The moments in `from..to` at which an occurrence starts.
    pub fn between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        self.locals_between(from, to)
            .into_iter()
            .map(|local| zoned::moment(local, self.zone))
            .collect()
    }

    /// The same with the times on the wall, which name an occurrence (RECURRENCE-ID).
    pub fn locals_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<NaiveDateTime> {
        // A day of slack for the offset; the moments decide.
        let first = zoned::local(from, self.zone).date() - Duration::days(1);
        let last = zoned::local(to, self.zone).date() + Duration::days(1);
        self.local_starts(first)
            .take_while(|local| local.date() <= last)
            .filter(|local| (from..to).contains(&zoned::moment(*local, self.zone)))
            .collect()
    }

    /// The first start after a moment.
    pub fn next_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let first = zoned::local(after, self.zone).date() - Duration::days(1);
        self.local_starts(first)
            .map(|local| zoned::moment(local, self.zone))
            .find(|moment| *moment > after)
    }

    /// The last start, when there is one.
    pub fn last(&self) -> Option<DateTime<Utc>> {
        if self.rule.as_ref().is_some_and(|rule| rule.end == End::Never) {
            return None;
        }
        self.local_starts(self.start.date().min(self.also.first().map_or(NaiveDate::MAX, NaiveDateTime::date)))
            .last()
            .map(|local| zoned::moment(local, self.zone))
    }
}

/// The walk of a rule over its periods. The start itself is always the first occurrence, as RFC 5545 §3.8.5.3 counts it.
struct Walk<'a> {
    series: &'a Series,
    from: NaiveDate,
    /// How many occurrences there have been, the start included.
    count: u32,
    steps: u32,
    days: std::vec::IntoIter<NaiveDate>,
    started: bool,
    done: bool,
}

impl<'a> Walk<'a> {
    fn new(series: &'a Series, from: NaiveDate) -> Walk<'a> {
        let start = series.start.date();
        // Counted series are walked from their start; they are short.
        let steps = match &series.rule {
            Some(rule) if !matches!(rule.end, End::After(_)) && from > start => rule.steps_before(start, from),
            _ => 0,
        };
        Walk {
            series,
            from,
            count: 0,
            steps,
            days: Vec::new().into_iter(),
            started: false,
            done: !in_range(start),
        }
    }

    fn step(&mut self) -> Option<NaiveDateTime> {
        let start = self.series.start;
        if !self.started {
            self.started = true;
            self.count = 1;
            return Some(start);
        }
        let rule = self.series.rule.as_ref()?;
        loop {
            for day in self.days.by_ref() {
                if day <= start.date() {
                    continue;
                }
                let local = day.and_time(start.time());
                self.count += 1;
                let over = day.year() > LAST_YEAR
                    || match rule.end {
                        End::Never => false,
                        End::After(count) => self.count > count,
                        End::On(last) => day > last,
                        End::At(last) => zoned::moment(local, self.series.zone) > last,
                        End::AtLocal(last) => local > last,
                    };
                return (!over).then_some(local);
            }
            let (first, last) = rule.period(start.date(), self.steps)?;
            self.steps += 1;
            self.days = rule.days_in(first, last, start.date()).into_iter();
        }
    }
}

impl Iterator for Walk<'_> {
    type Item = NaiveDateTime;

    fn next(&mut self) -> Option<NaiveDateTime> {
        while !self.done {
            match self.step() {
                Some(local) if local.date() >= self.from => return Some(local),
                Some(_) => {}
                None => self.done = true,
            }
        }
        None
    }
}

fn in_range(day: NaiveDate) -> bool {
    (FIRST_YEAR..=LAST_YEAR).contains(&day.year())
}

fn out_of_range() -> Say {
    say!(
        "Tarih {FIRST_YEAR} ile {LAST_YEAR} yılları arasında olmalı.",
        "The date must be between the years {FIRST_YEAR} and {LAST_YEAR}."
    )
}

fn unreadable(part: &str) -> Say {
    let part: String = part.chars().take(60).collect();
    say!(
        "Yineleme kuralında “{part}” anlaşılamadı: örneğin FREQ=WEEKLY;BYDAY=TU,TH olmalı.",
        "“{part}” in the recurrence rule is not understood: it should look like FREQ=WEEKLY;BYDAY=TU,TH."
    )
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.get(..prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

fn days_in_month(day: NaiveDate) -> u8 {
    match day.month() {
        2 if day.leap_year() => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn sorted<T: Ord>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    values.into_iter().collect::<BTreeSet<T>>().into_iter().collect()
}

fn texts<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(T::to_string).collect()
}

fn numbers<T: std::str::FromStr + Ord>(value: &str) -> Option<Vec<T>> {
    let numbers: Option<Vec<T>> = value.split(',').map(|number| number.trim().parse().ok()).collect();
    numbers.map(sorted)
}

fn by_day(text: &str) -> Option<ByDay> {
    let text = text.trim();
    let (nth, code) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let weekday = DAY_CODES.iter().position(|known| *known == code)? as u8;
    let nth = if nth.is_empty() {
        0
    } else {
        nth.parse().ok().filter(|nth| *nth != 0)?
    };
    Some(ByDay { nth, weekday })
}

fn until(value: &str) -> Option<End> {
    if value.len() == 8 {
        return NaiveDate::parse_from_str(value, "%Y%m%d").ok().map(End::On);
    }
    match value.strip_suffix('Z') {
        Some(utc) => NaiveDateTime::parse_from_str(utc, "%Y%m%dT%H%M%S")
            .ok()
            .map(|local| End::At(local.and_utc())),
        None => NaiveDateTime::parse_from_str(value, "%Y%m%dT%H%M%S").ok().map(End::AtLocal),
    }
}

/// Names of months by their number less one.
pub(crate) const MONTHS_TR: [&str; 12] = [
    "Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık",
];
pub(crate) const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const DAYS_TR: [&str; 7] = ["pazartesi", "salı", "çarşamba", "perşembe", "cuma", "cumartesi", "pazar"];
const DAYS_EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

fn sentence(rule: &Rule, start: NaiveDate, lang: Lang) -> String {
    let tr = lang == Lang::Tr;
    let unit = match rule.frequency {
        Frequency::Daily => lang.pick(["gün", "günde"], ["day", "days"]),
        Frequency::Weekly => lang.pick(["hafta", "haftada"], ["week", "weeks"]),
        Frequency::Monthly => lang.pick(["ay", "ayda"], ["month", "months"]),
        Frequency::Yearly => lang.pick(["yıl", "yılda"], ["year", "years"]),
    };
    let workdays: Vec<ByDay> = (0..5).map(|weekday| ByDay { nth: 0, weekday }).collect();
    let workdays_only = rule.days == workdays;
    let plain = rule.positions.is_empty() && rule.month_days.is_empty();
    let mut text = match rule.interval {
        1 if workdays_only && plain && rule.frequency < Frequency::Monthly => lang
            .pick("her iş günü (pazartesi–cuma)", "every weekday (Monday to Friday)")
            .to_owned(),
        1 if tr => format!("her {}", unit[0]),
        1 => format!("every {}", unit[0]),
        n if tr => format!("her {n} {} bir", unit[1]),
        n => format!("every {n} {}", unit[1]),
    };
    let is_weekday_phrase = rule.interval == 1 && workdays_only && plain && rule.frequency < Frequency::Monthly;

    let months: Vec<u8> = match rule.frequency {
        Frequency::Yearly
            if rule.months.is_empty() && rule.year_days.is_empty() && rule.week_numbers.is_empty() && rule.days.is_empty() =>
        {
            vec![start.month() as u8]
        }
        _ => rule.months.clone(),
    };
    let month_names: Vec<String> = months
        .iter()
        .map(|month| lang.pick(&MONTHS_TR, &MONTHS_EN)[usize::from(*month - 1)].to_owned())
        .collect();
    let mut days: Vec<String> = Vec::new();
    if !is_weekday_phrase {
        if !rule.days.is_empty() {
            let position = match rule.positions.as_slice() {
                [] => None,
                positions => Some(positions),
            };
            if let Some(positions) = position {
                let ordinals: Vec<String> = positions.iter().map(|p| ordinal(i32::from(*p), lang)).collect();
                let what = if workdays_only {
                    lang.pick("iş günü", "weekday").to_owned()
                } else {
                    list(rule.days.iter().map(|by| day_name(*by, lang)).collect(), lang.pick("veya", "or"))
                };
                days.push(format!("{} {what}", list(ordinals, lang.pick("ve", "and"))));
            } else if workdays_only {
                days.push(lang.pick("hafta içi", "on weekdays").to_owned());
            } else {
                days = rule.days.iter().map(|by| day_name(*by, lang)).collect();
            }
        } else if rule.frequency == Frequency::Weekly {
            days.push(day_name(ByDay::every(start.weekday()), lang));
        }
    }
    let by_number: Vec<i8> = match rule.frequency {
        Frequency::Monthly | Frequency::Yearly
            if rule.days.is_empty() && rule.month_days.is_empty() && rule.year_days.is_empty() && rule.week_numbers.is_empty() =>
        {
            vec![start.day() as i8]
        }
        _ => rule.month_days.clone(),
    };
    let numbered: Vec<String> = by_number
        .iter()
        .map(|day| match (*day, lang) {
            (-1, Lang::Tr) => "son gün".to_owned(),
            (-1, Lang::En) => "the last day".to_owned(),
            (day, Lang::Tr) if day < 0 => format!("sondan {}. gün", -day),
            (day, Lang::En) if day < 0 => format!("the {} to last day", ordinal(i32::from(-day), lang)),
            (day, Lang::Tr) if !month_names.is_empty() => day.to_string(),
            (day, Lang::Tr) => format!("ayın {day}. günü"),
            (day, Lang::En) if !month_names.is_empty() => day.to_string(),
            (day, Lang::En) => format!("the {}", ordinal_number(i32::from(day))),
        })
        .collect();

    let and = lang.pick("ve", "and");
    if tr {
        let mut on: Vec<String> = Vec::new();
        match (numbered.is_empty(), month_names.is_empty()) {
            (false, false) => on.push(format!("{} {}", list(numbered, and), list(month_names, and))),
            (false, true) => on.push(list(numbered, and)),
            (true, false) => on.push(format!("{} aylarında", list(month_names, and))),
            (true, true) => {}
        }
        if !days.is_empty() {
            on.push(list(days, and));
        }
        for part in on {
            text.push(' ');
            text.push_str(&part);
        }
        if !rule.year_days.is_empty() {
            text.push_str(&format!(", yılın {}. günü", list(texts(&rule.year_days), and)));
        }
        if !rule.week_numbers.is_empty() {
            text.push_str(&format!(", {}. haftada", list(texts(&rule.week_numbers), and)));
        }
    } else {
        if !days.is_empty() {
            let listed = list(days, and);
            let the = rule.days.iter().any(|by| by.nth != 0) || !rule.positions.is_empty();
            let lead = if listed.starts_with("on ") {
                " "
            } else if the {
                " on the "
            } else {
                " on "
            };
            text.push_str(lead);
            text.push_str(&listed);
        }
        match (numbered.is_empty(), month_names.is_empty()) {
            (false, false) => text.push_str(&format!(" on {} {}", list(numbered, and), list(month_names, and))),
            (false, true) => text.push_str(&format!(" on {}", list(numbered, and))),
            (true, false) => text.push_str(&format!(" in {}", list(month_names, and))),
            (true, true) => {}
        }
        if !rule.year_days.is_empty() {
            text.push_str(&format!(" on day {} of the year", list(texts(&rule.year_days), and)));
        }
        if !rule.week_numbers.is_empty() {
            text.push_str(&format!(" in week {}", list(texts(&rule.week_numbers), and)));
        }
    }
    match rule.end {
        End::Never => {}
        End::After(1) if !tr => text.push_str(", once"),
        End::After(count) if tr => text.push_str(&format!(", {count} kez")),
        End::After(count) => text.push_str(&format!(", {count} times")),
        End::On(day) => text.push_str(&until_text(day, lang)),
        End::At(moment) => text.push_str(&until_text(moment.date_naive(), lang)),
        End::AtLocal(local) => text.push_str(&until_text(local.date(), lang)),
    }
    text
}

fn until_text(day: NaiveDate, lang: Lang) -> String {
    let month = lang.pick(&MONTHS_TR, &MONTHS_EN)[day.month0() as usize];
    match lang {
        Lang::Tr => format!(", son tarih {} {month} {}", day.day(), day.year()),
        Lang::En => format!(", until {} {month} {}", day.day(), day.year()),
    }
}

fn day_name(by: ByDay, lang: Lang) -> String {
    let name = lang.pick(&DAYS_TR, &DAYS_EN)[usize::from(by.weekday)];
    match by.nth {
        0 => name.to_owned(),
        nth => format!("{} {name}", ordinal(i32::from(nth), lang)),
    }
}

fn ordinal(n: i32, lang: Lang) -> String {
    let words = lang.pick(
        ["ilk", "ikinci", "üçüncü", "dördüncü", "beşinci"],
        ["first", "second", "third", "fourth", "fifth"],
    );
    match n {
        -1 => lang.pick("son", "last").to_owned(),
        n if n < 0 => match lang {
            Lang::Tr => format!("sondan {}.", -n),
            Lang::En => format!("{} to last", ordinal(-n, lang)),
        },
        1..=5 => words[(n - 1) as usize].to_owned(),
        n => match lang {
            Lang::Tr => format!("{n}."),
            Lang::En => ordinal_number(n),
        },
    }
}

fn ordinal_number(n: i32) -> String {
    let ending = match (n % 100, n % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

/// "a, b ve c".
fn list(mut items: Vec<String>, and: &str) -> String {
    match items.pop() {
        None => String::new(),
        Some(last) if items.is_empty() => last,
        Some(last) => format!("{} {and} {last}", items.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_series_moves_with_one_of_its_days() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (rule, from, to, moved) in [
            ("FREQ=DAILY", "2026-11-24", "2026-11-25", Some("FREQ=DAILY")),
            ("FREQ=WEEKLY;BYDAY=TU", "2026-11-24", "2026-11-25", Some("FREQ=WEEKLY;BYDAY=WE")),
            (
                "FREQ=WEEKLY;BYDAY=MO,FR",
                "2026-11-27",
                "2026-11-29",
                Some("FREQ=WEEKLY;BYDAY=WE,SU"),
            ),
            (
                "FREQ=MONTHLY;BYMONTHDAY=24",
                "2026-11-24",
                "2026-11-26",
                Some("FREQ=MONTHLY;BYMONTHDAY=26"),
            ),
            ("FREQ=MONTHLY;BYDAY=2TU", "2026-11-10", "2026-11-18", Some("FREQ=MONTHLY;BYDAY=3WE")),
            (
                "FREQ=MONTHLY;BYDAY=-1FR",
                "2026-11-27",
                "2026-11-30",
                Some("FREQ=MONTHLY;BYDAY=-1MO"),
            ),
            ("FREQ=MONTHLY;BYMONTHDAY=1,15", "2026-11-15", "2026-11-16", None),
            ("FREQ=YEARLY;BYMONTH=3;BYDAY=1MO", "2027-03-01", "2027-03-02", None),
        ] {
            let is = Rule::parse(rule).unwrap().moved(day(from), day(to)).map(|rule| rule.to_string());
            assert_eq!(is.as_deref(), moved, "{rule}");
        }
    }

    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn first(rule: &str, start: &str, n: usize) -> Vec<String> {
        let series = Series::new(at(start), Tz::UTC, Some(Rule::parse(rule).unwrap()));
        series
            .local_starts(NaiveDate::MIN)
            .take(n)
            .map(|t| t.format("%Y-%m-%d").to_string())
            .collect()
    }

    #[test]
    fn the_examples_of_the_rfc() {
        let start = "1997-09-02T09:00:00";
        assert_eq!(first("FREQ=DAILY;COUNT=3", start, 9), ["1997-09-02", "1997-09-03", "1997-09-04"]);
        assert_eq!(
            first(
                "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
                "1997-09-01T09:00:00",
                5
            ),
            ["1997-09-01", "1997-09-03", "1997-09-05", "1997-09-15", "1997-09-17"]
        );
        assert_eq!(
            first("FREQ=MONTHLY;COUNT=3;BYDAY=1FR", "1997-09-05T09:00:00", 9),
            ["1997-09-05", "1997-10-03", "1997-11-07"]
        );
        assert_eq!(
            first("FREQ=MONTHLY;COUNT=3;BYDAY=-2MO", "1997-09-22T09:00:00", 9),
            ["1997-09-22", "1997-10-20", "1997-11-17"]
        );
        assert_eq!(
            first("FREQ=MONTHLY;BYMONTHDAY=-3", "1997-09-28T09:00:00", 3),
            ["1997-09-28", "1997-10-29", "1997-11-28"]
        );
        assert_eq!(
            first("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", start, 4),
            ["1997-09-02", "1998-02-13", "1998-03-13", "1998-11-13"]
        );
        assert_eq!(
            first("FREQ=YEARLY;BYDAY=20MO", "1997-05-19T09:00:00", 3),
            ["1997-05-19", "1998-05-18", "1999-05-17"]
        );
        assert_eq!(
            first("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997-05-12T09:00:00", 3),
            ["1997-05-12", "1998-05-11", "1999-05-17"]
        );
        assert_eq!(
            first(
                "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
                "1996-11-05T09:00:00",
                3
            ),
            ["1996-11-05", "2000-11-07", "2004-11-02"]
        );
        assert_eq!(
            first("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09-04T09:00:00", 9),
            ["1997-09-04", "1997-10-07", "1997-11-06"]
        );
        assert_eq!(
            first("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "1997-09-29T09:00:00", 3),
            ["1997-09-29", "1997-10-30", "1997-11-27"]
        );
        assert_eq!(
            first("FREQ=YEARLY;COUNT=4;INTERVAL=3;BYYEARDAY=1,100,200", "1997-01-01T09:00:00", 9),
            ["1997-01-01", "1997-04-10", "1997-07-19", "2000-01-01"]
        );
        // The 29th of February comes every four years, the 31st in every second month.
        assert_eq!(
            first("FREQ=YEARLY", "2024-02-29T09:00:00", 3),
            ["2024-02-29", "2028-02-29", "2032-02-29"]
        );
        assert_eq!(
            first("FREQ=MONTHLY", "2027-01-31T09:00:00", 3),
            ["2027-01-31", "2027-03-31", "2027-05-31"]
        );
        assert_eq!(
            first("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08-05T09:00:00", 9),
            ["1997-08-05", "1997-08-10", "1997-08-19", "1997-08-24"]
        );
        assert_eq!(
            first("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08-05T09:00:00", 9),
            ["1997-08-05", "1997-08-17", "1997-08-19", "1997-08-31"]
        );
    }

    #[test]
    fn what_is_endless_or_wrong_is_refused_with_the_limit() {
        for (rule, says) in [
            ("FREQ=MINUTELY", "DAILY"),
            ("FREQ=SECONDLY;COUNT=3", "DAILY"),
            ("FREQ=DAILY;BYHOUR=1,2,3", "BYHOUR"),
            ("FREQ=DAILY;INTERVAL=0", "999"),
            ("FREQ=DAILY;INTERVAL=1000", "999"),
            ("FREQ=DAILY;COUNT=0", "3660"),
            ("FREQ=DAILY;COUNT=99999999", "3660"),
            ("FREQ=DAILY;COUNT=3;UNTIL=20270101", "together"),
            ("FREQ=DAILY;UNTIL=99990101", "2200"),
            ("FREQ=DAILY;UNTIL=20270231", "UNTIL=20270231"),
            ("FREQ=WEEKLY;BYDAY=2TU", "2TU"),
            ("FREQ=MONTHLY;BYDAY=6TU", "BYDAY"),
            ("FREQ=MONTHLY;BYMONTHDAY=32", "32"),
            ("FREQ=MONTHLY;BYMONTHDAY=0", "0"),
            ("FREQ=YEARLY;BYMONTH=13", "12"),
            ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS"),
            ("FREQ=MONTHLY;BYWEEKNO=1", "BYWEEKNO"),
            ("FREQ=DAILY;FREQ=DAILY", "twice"),
            ("BYDAY=TU", "FREQ"),
            ("", "FREQ"),
            ("hafta", "hafta"),
        ] {
            let problem = Rule::parse(rule).expect_err(rule);
            assert!(problem.en.contains(says), "{rule}: {}", problem.en);
        }
        // A rule that never comes true ends all the same.
        let never = Series::new(
            at("2027-01-31T09:00:00"),
            Tz::UTC,
            Some(Rule::parse("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30").unwrap()),
        );
        assert_eq!(never.local_starts(NaiveDate::MIN).count(), 1);
        assert_eq!(never.next_after(at("2027-02-01T00:00:00").and_utc()), None);
    }

    #[test]
    fn the_time_on_the_wall_stays_when_the_clocks_change() {
        let mut series = Series::new(
            at("2027-03-20T02:30:00"),
            chrono_tz::Europe::Berlin,
            Some(Rule::parse("FREQ=DAILY;COUNT=12").unwrap()),
        );
        series.except.insert(at("2027-03-22T02:30:00"));
        series.also.insert(at("2027-03-22T18:00:00"));
        let starts: Vec<String> = series
            .between(at("2027-03-21T00:00:00").and_utc(), at("2027-03-30T00:00:00").and_utc())
            .iter()
            .map(|moment| moment.format("%d %H:%M").to_string())
            .collect();
        assert_eq!(
            starts,
            [
                "21 01:30", "22 17:00", "23 01:30", "24 01:30", "25 01:30", "26 01:30", "27 01:30", "28 01:30", "29 00:30"
            ]
        );
        assert_eq!(series.last().unwrap().to_rfc3339(), "2027-03-31T00:30:00+00:00");
    }

    #[test]
    fn rules_are_said_to_people() {
        let start = day("2027-03-16");
        for (rule, tr, en) in [
            ("FREQ=DAILY", "her gün", "every day"),
            ("FREQ=DAILY;INTERVAL=3", "her 3 günde bir", "every 3 days"),
            ("FREQ=WEEKLY", "her hafta salı", "every week on Tuesday"),
            (
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=12",
                "her 2 haftada bir salı ve perşembe, 12 kez",
                "every 2 weeks on Tuesday and Thursday, 12 times",
            ),
            (
                "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
                "her iş günü (pazartesi–cuma)",
                "every weekday (Monday to Friday)",
            ),
            ("FREQ=MONTHLY", "her ay ayın 16. günü", "every month on the 16th"),
            ("FREQ=MONTHLY;BYMONTHDAY=-1", "her ay son gün", "every month on the last day"),
            ("FREQ=MONTHLY;BYDAY=2TU", "her ay ikinci salı", "every month on the second Tuesday"),
            ("FREQ=MONTHLY;BYDAY=-1FR", "her ay son cuma", "every month on the last Friday"),
            (
                "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
                "her ay son iş günü",
                "every month on the last weekday",
            ),
            ("FREQ=YEARLY", "her yıl 16 Mart", "every year on 16 March"),
            (
                "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
                "her yıl Mart aylarında son pazar",
                "every year on the last Sunday in March",
            ),
            (
                "FREQ=DAILY;UNTIL=20271231",
                "her gün, son tarih 31 Aralık 2027",
                "every day, until 31 December 2027",
            ),
        ] {
            let rule = Rule::parse(rule).unwrap();
            assert_eq!(rule.say(start, Lang::Tr), tr);
            assert_eq!(rule.say(start, Lang::En), en);
        }
    }

    #[test]
    fn a_rule_is_built_and_written() {
        let rule = Rule::every(2, Frequency::Weekly)
            .on_weekdays([Weekday::Thu, Weekday::Tue])
            .ending(End::After(12))
            .checked()
            .unwrap();
        assert_eq!(rule.to_string(), "FREQ=WEEKLY;COUNT=12;INTERVAL=2;BYDAY=TU,TH");
        assert_eq!(Rule::parse("rrule:freq=weekly;interval=2;byday=th,tu;count=12").unwrap(), rule);
    }

    /// Whether a day is an occurrence, asked of the day alone: the definition, without periods and without skipping.
    fn is_occurrence(rule: &Rule, start: NaiveDate, day: NaiveDate) -> bool {
        let months = |d: NaiveDate| i64::from(d.year()) * 12 + i64::from(d.month0());
        let monday = |d: NaiveDate| d - Duration::days(i64::from(d.weekday().num_days_from_monday()));
        let distance = match rule.frequency {
            Frequency::Daily => (day - start).num_days(),
            Frequency::Weekly => (monday(day) - monday(start)).num_days() / 7,
            Frequency::Monthly => months(day) - months(start),
            Frequency::Yearly => i64::from(day.year() - start.year()),
        };
        if distance < 0 || distance % i64::from(rule.interval) != 0 {
            return false;
        }
        let month_length = i8::try_from(days_in_month(day)).unwrap();
        let in_month = day.day() as i8;
        let by_month = rule.months.is_empty() || rule.months.contains(&(day.month() as u8));
        let by_month_day =
            rule.month_days.is_empty() || rule.month_days.contains(&in_month) || rule.month_days.contains(&(in_month - month_length - 1));
        let by_day = rule.days.is_empty()
            || rule.days.iter().any(|by| {
                let same = |d: NaiveDate| d.weekday().num_days_from_monday() as u8 == by.weekday;
                let same_scope = |d: &NaiveDate| {
                    d.year() == day.year() && (d.month() == day.month() || (rule.frequency == Frequency::Yearly && rule.months.is_empty()))
                };
                let before = (0..400)
                    .map(|n| day - Duration::days(n))
                    .filter(same_scope)
                    .filter(|d| same(*d))
                    .count() as i8;
                let after = (0..400)
                    .map(|n| day + Duration::days(n))
                    .filter(same_scope)
                    .filter(|d| same(*d))
                    .count() as i8;
                same(day) && (by.nth == 0 || by.nth == before || by.nth == -after)
            });
        let left_open = match rule.frequency {
            _ if !rule.days.is_empty() => true,
            Frequency::Daily => true,
            Frequency::Weekly => day.weekday() == start.weekday(),
            _ if !rule.month_days.is_empty() => true,
            Frequency::Monthly => day.day() == start.day(),
            Frequency::Yearly => day.day() == start.day() && (!rule.months.is_empty() || day.month() == start.month()),
        };
        by_month && by_month_day && by_day && left_open
    }

    fn rules() -> impl Strategy<Value = Rule> {
        let frequency = prop_oneof![
            Just(Frequency::Daily),
            Just(Frequency::Weekly),
            Just(Frequency::Monthly),
            Just(Frequency::Yearly)
        ];
        let days = prop::collection::vec((-5i8..=5, 0u8..7), 0..3);
        let end = prop_oneof![
            Just(End::Never),
            (1u32..40).prop_map(End::After),
            (0i64..2000).prop_map(|n| End::On(day("2027-01-01") + Duration::days(n)))
        ];
        (
            frequency,
            1u32..8,
            days,
            prop::collection::vec(-31i8..=31, 0..3),
            prop::collection::vec(1u8..=12, 0..3),
            end,
        )
            .prop_filter_map(
                "a rule that means something",
                |(frequency, interval, days, month_days, months, end)| {
                    let days = days.into_iter().map(|(nth, weekday)| ByDay {
                        nth: if frequency < Frequency::Monthly { 0 } else { nth },
                        weekday,
                    });
                    let month_days = if frequency == Frequency::Weekly { Vec::new() } else { month_days };
                    let rule = Rule::every(interval, frequency)
                        .on(days)
                        .on_month_days(month_days)
                        .in_months(months)
                        .ending(end);
                    rule.checked().ok()
                },
            )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn occurrences_are_those_of_a_plain_walk_over_days(rule in rules(), offset in 0i64..1500, skip in -100i64..1200) {
            let start = day("2026-01-01") + Duration::days(offset);
            let plain: Vec<NaiveDate> = (0..2000)
                .map(|n| start + Duration::days(n))
                .filter(|day| *day == start || is_occurrence(&rule, start, *day))
                .filter(|day| match rule.end { End::On(last) => *day <= last || *day == start, _ => true })
                .take(match rule.end { End::After(count) => count as usize, _ => usize::MAX })
                .filter(|day| *day >= start + Duration::days(skip))
                .collect();
            let series = Series::new(start.and_hms_opt(9, 0, 0).unwrap(), chrono_tz::Europe::Istanbul, Some(rule.clone()));
            let walked: Vec<NaiveDate> = series
                .local_starts(start + Duration::days(skip))
                .map(|local| local.date())
                .take_while(|day| *day < start + Duration::days(2000))
                .collect();
            prop_assert_eq!(walked, plain, "{}", rule);
        }

        #[test]
        fn what_is_written_is_read_back(rule in rules()) {
            prop_assert_eq!(Rule::parse(&rule.to_string()).unwrap(), rule);
        }

        #[test]
        fn no_text_makes_it_panic_or_go_on_for_ever(text in "(FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY|HOURLY))?(;(BYDAY|COUNT|UNTIL|BYMONTHDAY|BYSETPOS|BYWEEKNO|BYYEARDAY|WKST|INTERVAL)=[-+0-9A-Z,çğ]{0,9}){0,4}") {
            if let Ok(rule) = Rule::parse(&text) {
                let series = Series::new(at("2027-03-16T09:00:00"), chrono_tz::America::New_York, Some(rule.clone()));
                prop_assert!(series.local_starts(NaiveDate::MIN).count() <= 110_000);
                rule.say(day("2027-03-16"), Lang::Tr);
                rule.say(day("2027-03-16"), Lang::En);
                prop_assert_eq!(Rule::parse(&rule.to_string()).unwrap(), rule);
            }
        }
    }
}
