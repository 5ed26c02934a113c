//! Working time: when somebody works in a week, when they are away, and when so many working minutes are over.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate, TimeDelta};
use chrono_tz::Tz;
use kernel::clock::{MINUTE_US, local_date};
use kernel::error::Say;
use kernel::say;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The days of a week as they are written, Monday first.
pub const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Spans of one day; a day with more breaks than that is a slip.
const MAX_SPANS: usize = 6;
/// How far ahead working time is looked for.
const MAX_DAYS: u64 = 400;

/// Hours as they are written: day → spans such as `09:00-12:30`. A day that is not named is free.
pub type Hours = BTreeMap<String, Vec<String>>;

/// Days on which somebody is away, the first and the last included, in the organisation's zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Absence {
    /// `2026-08-03`
    pub from: String,
    pub to: String,
    #[serde(default)]
    pub reason: String,
}

/// The hours of a week: minutes of the day, from and to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Week([Vec<(u32, u32)>; 7]);

/// Monday to Friday from nine to six: for whoever has said nothing.
pub fn office_hours() -> Hours {
    DAYS[..5]
        .iter()
        .map(|day| ((*day).to_owned(), vec!["09:00-18:00".into()]))
        .collect()
}

impl Week {
    /// Reads hours, or says what is wrong with them.
    pub fn parse(hours: &Hours) -> Result<Week, Say> {
        let mut week: [Vec<(u32, u32)>; 7] = Default::default();
        for (day, spans) in hours {
            let Some(place) = DAYS.iter().position(|known| known == day) else {
                return Err(say!(
                    "“{day}” bir gün değil; şunlardan biri olmalı: {}.",
                    "“{day}” is no day; it must be one of: {}.",
                    DAYS.join(", ")
                ));
            };
            if spans.len() > MAX_SPANS {
                return Err(say!(
                    "Bir günde en çok {} aralık olabilir.",
                    "A day may have {} spans at most.",
                    MAX_SPANS
                ));
            }
            for text in spans {
                let span = span(text).ok_or_else(|| {
                    say!(
                        "“{text}” bir saat aralığı değil; örneğin 09:00-18:00.",
                        "“{text}” is no span of time; such as 09:00-18:00."
                    )
                })?;
                if week[place].last().is_some_and(|last| last.1 > span.0) {
                    return Err(say!(
                        "“{text}” öncekiyle çakışıyor; aralıkları sırayla verin.",
                        "“{text}” overlaps the one before; give the spans in their order."
                    ));
                }
                week[place].push(span);
            }
        }
        Ok(Week(week))
    }
}

fn span(text: &str) -> Option<(u32, u32)> {
    let (from, to) = text.split_once('-')?;
    let (from, to) = (minute(from)?, minute(to)?);
    (from < to).then_some((from, to))
}

fn minute(text: &str) -> Option<u32> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let is_number = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = |text: &str| is_number(text).then(|| text.parse::<u32>().ok())?;
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= 24 * 60).then_some(minute)
}

/// Somebody's time.
#[derive(Clone, Copy, Debug)]
pub struct Time<'a> {
    pub week: &'a Week,
    pub absences: &'a [Absence],
    pub zone: Tz,
}

impl<'a> Time<'a> {
    /// The absence on a day.
    pub fn absence(&self, day: NaiveDate) -> Option<&'a Absence> {
        let day = day.to_string();
        self.absences
            .iter()
            .find(|absence| absence.from.as_str() <= day.as_str() && day.as_str() <= absence.to.as_str())
    }

    /// Whether they are at work at a moment.
    pub fn is_at_work(&self, at_us: i64) -> bool {
        let day = local_date(at_us, self.zone);
        self.spans(day).any(|(from, to)| from <= at_us && at_us < to)
    }

    /// When so many of their working minutes are over, counted from a moment; none when they do not work for a year.
    pub fn after(&self, from_us: i64, minutes: i64) -> Option<i64> {
        let mut left_us = minutes * MINUTE_US;
        let first = local_date(from_us, self.zone);
        for ahead in 0..MAX_DAYS {
            let day = first.checked_add_days(Days::new(ahead))?;
            for (from, to) in self.spans(day) {
                let begin = from.max(from_us);
                let long = (to - begin).max(0);
                if long > 0 && left_us <= long {
                    return Some(begin + left_us);
                }
                left_us -= long;
            }
        }
        None
    }

    /// The working spans of a day; none on a day of absence.
    fn spans(&self, day: NaiveDate) -> impl Iterator<Item = (i64, i64)> + use<'_> {
        let spans: &[(u32, u32)] = match self.absence(day) {
            Some(_) => &[],
            None => &self.week.0[day.weekday().num_days_from_monday() as usize],
        };
        let zone = self.zone;
        spans
            .iter()
            .map(move |(from, to)| (moment_us(day, *from, zone), moment_us(day, *to, zone)))
    }
}

/// A minute of a day in a zone. A minute that clocks leap over is the one an hour later.
fn moment_us(day: NaiveDate, minute: u32, zone: Tz) -> i64 {
    let local = day.and_time(chrono::NaiveTime::MIN) + TimeDelta::minutes(i64::from(minute));
    let found = local
        .and_local_timezone(zone)
        .earliest()
        .or_else(|| (local + TimeDelta::hours(1)).and_local_timezone(zone).earliest());
    found.map_or_else(|| local.and_utc().timestamp_micros(), |at| at.timestamp_micros())
}

#[cfg(test)]
mod tests {
    use kernel::clock::{DAY_US, HOUR_US};
    use proptest::prelude::*;

    use super::*;

    fn said(at_us: i64, zone: Tz) -> String {
        kernel::clock::utc(at_us).with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
    }

    /// 2026-03-16, a Monday, 12:00 in İstanbul.
    const MONDAY_NOON: i64 = 1_773_651_600 * 1_000_000;
    const ZONE: Tz = Tz::Europe__Istanbul;

    fn time<'a>(week: &'a Week, absences: &'a [Absence]) -> Time<'a> {
        Time {
            week,
            absences,
            zone: ZONE,
        }
    }

    #[test]
    fn minutes_are_counted_while_they_work_only() {
        let week = Week::parse(&office_hours()).expect("hours");
        let at = |from, minutes| said(time(&week, &[]).after(from, minutes).expect("a time"), ZONE);
        assert_eq!(at(MONDAY_NOON, 60), "2026-03-16 13:00");
        assert_eq!(at(MONDAY_NOON, 6 * 60), "2026-03-16 18:00");
        assert_eq!(at(MONDAY_NOON, 6 * 60 + 1), "2026-03-17 09:01");
        assert_eq!(at(MONDAY_NOON + 9 * HOUR_US, 30), "2026-03-17 09:30", "the evening does not count");
        assert_eq!(at(MONDAY_NOON + 5 * DAY_US, 30), "2026-03-23 09:30", "nor does Saturday");
        let away = [Absence {
            from: "2026-03-17".into(),
            to: "2026-03-18".into(),
            reason: String::new(),
        }];
        let after = time(&week, &away).after(MONDAY_NOON, 7 * 60).expect("a time");
        assert_eq!(said(after, ZONE), "2026-03-19 10:00");
        assert_eq!(time(&Week::parse(&Hours::new()).expect("none"), &[]).after(MONDAY_NOON, 1), None);
    }

    #[test]
    fn wrong_hours_are_refused() {
        for wrong in ["9-18", "18:00-09:00", "09:00-09:00", "09:60-10:00", "09:00-24:01", "+9:00-10:00"] {
            let hours = Hours::from([("mon".into(), vec![wrong.into()])]);
            assert!(Week::parse(&hours).is_err(), "{wrong}");
        }
        assert!(Week::parse(&Hours::from([("pazartesi".into(), vec![])])).is_err());
        let overlapping = Hours::from([("mon".into(), vec!["09:00-12:00".into(), "11:00-13:00".into()])]);
        assert!(Week::parse(&overlapping).is_err());
        let split = Hours::from([("mon".into(), vec!["09:00-12:00".into(), "12:00-24:00".into()])]);
        assert!(Week::parse(&split).is_ok());
    }

    proptest! {
        #[test]
        fn more_minutes_are_never_over_sooner(start in 0_i64..14 * 24 * 60, minutes in 1_i64..5_000, more in 1_i64..500) {
            let week = Week::parse(&office_hours()).expect("hours");
            let time = time(&week, &[]);
            let from = MONDAY_NOON + start * MINUTE_US;
            let (one, two) = (time.after(from, minutes).expect("a time"), time.after(from, minutes + more).expect("a time"));
            prop_assert!(from < one && one < two);
            prop_assert!(time.is_at_work(one - 1));
        }
    }
}
