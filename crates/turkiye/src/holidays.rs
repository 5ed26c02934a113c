//! Public holidays by Law 2429: fixed days, and the two feasts that move with the moon. The days of the feasts are those published by the
//! Presidency of Religious Affairs as far as they are known here; later ones are computed and marked as expected.

use chrono::{Datelike, Duration, NaiveDate, Weekday};
use kernel::error::Say;

/// Half-day holidays begin at this hour.
pub const AFTERNOON_HOUR: u32 = 13;

/// One day off, or the afternoon of one. Two may fall on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    pub date: NaiveDate,
    pub name: Say,
    /// Only the afternoon is off, from [`AFTERNOON_HOUR`] on.
    pub is_half_day: bool,
    /// Computed, not published: it may be a day off.
    pub is_expected: bool,
}

/// The first days of Ramazan Bayramı and Kurban Bayramı, month and day, from [`FIRST_KNOWN_YEAR`] on. In each of these years there is
/// one of either.
const FEASTS: [[(u32, u32); 2]; 16] = [
    [(7, 17), (9, 24)],
    [(7, 5), (9, 12)],
    [(6, 25), (9, 1)],
    [(6, 15), (8, 21)],
    [(6, 4), (8, 11)],
    [(5, 24), (7, 31)],
    [(5, 13), (7, 20)],
    [(5, 2), (7, 9)],
    [(4, 21), (6, 28)],
    [(4, 10), (6, 16)],
    [(3, 30), (6, 6)],
    [(3, 20), (5, 27)],
    [(3, 9), (5, 16)],
    [(2, 26), (5, 5)],
    [(2, 14), (4, 24)],
    [(2, 4), (4, 13)],
];
const FIRST_KNOWN_YEAR: i32 = 2015;

/// From 2017 on the 15th of July is a holiday (Law 6752).
const DEMOCRACY_DAY_SINCE: i32 = 2017;

/// The holidays of a year, in order. For years in which the calendars of both are not at home (before 1900, after 2200) only the fixed ones.
pub fn holidays(year: i32) -> Vec<Holiday> {
    let fixed = [
        (1, 1, false, "Yılbaşı", "New Year's Day"),
        (
            4,
            23,
            false,
            "Ulusal Egemenlik ve Çocuk Bayramı",
            "National Sovereignty and Children's Day",
        ),
        (5, 1, false, "Emek ve Dayanışma Günü", "Labour and Solidarity Day"),
        (
            5,
            19,
            false,
            "Atatürk'ü Anma, Gençlik ve Spor Bayramı",
            "Commemoration of Atatürk, Youth and Sports Day",
        ),
        (7, 15, false, "Demokrasi ve Milli Birlik Günü", "Democracy and National Unity Day"),
        (8, 30, false, "Zafer Bayramı", "Victory Day"),
        (10, 28, true, "Cumhuriyet Bayramı arifesi", "Republic Day eve"),
        (10, 29, false, "Cumhuriyet Bayramı", "Republic Day"),
    ];
    let mut all: Vec<Holiday> = fixed
        .into_iter()
        .filter(|(month, ..)| *month != 7 || year >= DEMOCRACY_DAY_SINCE)
        .filter_map(|(month, day, is_half_day, tr, en)| {
            Some(Holiday {
                date: NaiveDate::from_ymd_opt(year, month, day)?,
                name: Say::new(tr, en),
                is_half_day,
                is_expected: false,
            })
        })
        .collect();
    // A feast at the turn of the year has days in both.
    for year_of_feast in [year - 1, year, year + 1] {
        for (first, is_expected) in feasts(year_of_feast, Feast::Ramazan) {
            all.extend(feast_days(first, 3, is_expected, "Ramazan Bayramı", "Ramadan Feast"));
        }
        for (first, is_expected) in feasts(year_of_feast, Feast::Kurban) {
            all.extend(feast_days(first, 4, is_expected, "Kurban Bayramı", "Feast of Sacrifice"));
        }
    }
    all.retain(|holiday| holiday.date.year() == year);
    all.sort_by_key(|holiday| (holiday.date, holiday.is_half_day));
    all
}

/// What is off on a day; empty on most.
pub fn on(day: NaiveDate) -> Vec<Holiday> {
    holidays(day.year()).into_iter().filter(|holiday| holiday.date == day).collect()
}

/// Whether people work at least in the morning: neither a weekend nor a whole holiday.
pub fn is_working_day(day: NaiveDate) -> bool {
    !is_weekend(day) && on(day).iter().all(|holiday| holiday.is_half_day)
}

/// Working days in `from..to`, the day `to` not counted; days with a free afternoon count half.
pub fn working_days_between(from: NaiveDate, to: NaiveDate) -> f64 {
    if from >= to {
        return 0.0;
    }
    let mut half_days = 2 * weekdays_between(from, to);
    for year in from.year()..=to.year() {
        let mut taken: Option<NaiveDate> = None;
        for holiday in holidays(year) {
            // Whole days come first, so that a day is taken once and for as much as it can be.
            if is_weekend(holiday.date) || !(from..to).contains(&holiday.date) || taken == Some(holiday.date) {
                continue;
            }
            taken = Some(holiday.date);
            half_days -= if holiday.is_half_day { 1 } else { 2 };
        }
    }
    half_days as f64 / 2.0
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

fn weekdays_between(from: NaiveDate, to: NaiveDate) -> i64 {
    let days = (to - from).num_days();
    let rest = (0..days % 7).filter(|n| !is_weekend(from + Duration::days(*n))).count();
    days / 7 * 5 + rest as i64
}

fn feast_days(first: NaiveDate, days: i64, is_expected: bool, tr: &'static str, en: &'static str) -> Vec<Holiday> {
    (-1..days)
        .filter_map(|n| {
            Some(Holiday {
                date: first.checked_add_signed(Duration::days(n))?,
                name: match n {
                    -1 => kernel::say!("{tr} arifesi", "{en} eve"),
                    n => kernel::say!("{tr} {}. gün", "{en}, day {}", n + 1),
                },
                is_half_day: n == -1,
                is_expected,
            })
        })
        .collect()
}

#[derive(Clone, Copy)]
enum Feast {
    Ramazan,
    Kurban,
}

/// The first days of a feast in a year of ours: mostly one, in every thirty-third year two or (about as often) none.
fn feasts(year: i32, feast: Feast) -> Vec<(NaiveDate, bool)> {
    let known = usize::try_from(year - FIRST_KNOWN_YEAR).ok().and_then(|n| FEASTS.get(n));
    if let Some(pair) = known {
        let (month, day) = pair[feast as usize];
        return NaiveDate::from_ymd_opt(year, month, day)
            .map(|first| (first, false))
            .into_iter()
            .collect();
    }
    if !(1900..=2200).contains(&year) {
        return Vec::new();
    }
    let (month, day) = match feast {
        Feast::Ramazan => (10, 1),
        Feast::Kurban => (12, 10),
    };
    let about = (f64::from(year) - 621.57) * 1.030_684;
    (about as i64 - 1..=about as i64 + 2)
        .filter_map(|hijri_year| tabular_islamic(hijri_year, month, day))
        .filter(|first| first.year() == year)
        .map(|first| (first, true))
        .collect()
}

/// The tabular Islamic calendar with the astronomical epoch: arithmetic alone, eleven leap years in thirty. They are placed where the
/// days come nearest to the published ones: 24 of 32 are met, the others are a day off.
fn tabular_islamic(year: i64, month: i64, day: i64) -> Option<NaiveDate> {
    // 15 July 622 of the Julian calendar, counted as chrono counts days.
    const EPOCH: i64 = 227_014;
    let days = day + 29 * (month - 1) + month / 2 + 354 * (year - 1) + (14 + 11 * year).div_euclid(30) + EPOCH - 1;
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(days).ok()?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_holidays_of_2026() {
        let listed: Vec<String> = holidays(2026)
            .iter()
            .map(|h| {
                format!(
                    "{} {}{}",
                    h.date.format("%m-%d"),
                    h.name.tr,
                    if h.is_half_day { " (½)" } else { "" }
                )
            })
            .collect();
        assert_eq!(
            listed,
            [
                "01-01 Yılbaşı",
                "03-19 Ramazan Bayramı arifesi (½)",
                "03-20 Ramazan Bayramı 1. gün",
                "03-21 Ramazan Bayramı 2. gün",
                "03-22 Ramazan Bayramı 3. gün",
                "04-23 Ulusal Egemenlik ve Çocuk Bayramı",
                "05-01 Emek ve Dayanışma Günü",
                "05-19 Atatürk'ü Anma, Gençlik ve Spor Bayramı",
                "05-26 Kurban Bayramı arifesi (½)",
                "05-27 Kurban Bayramı 1. gün",
                "05-28 Kurban Bayramı 2. gün",
                "05-29 Kurban Bayramı 3. gün",
                "05-30 Kurban Bayramı 4. gün",
                "07-15 Demokrasi ve Milli Birlik Günü",
                "08-30 Zafer Bayramı",
                "10-28 Cumhuriyet Bayramı arifesi (½)",
                "10-29 Cumhuriyet Bayramı",
            ]
        );
        assert!(holidays(2026).iter().all(|h| !h.is_expected));
        assert!(holidays(2015).iter().all(|h| h.name.en != "Democracy and National Unity Day"));
    }

    #[test]
    fn what_is_computed_is_near_what_was_published_and_says_that_it_is_expected() {
        for (year, pair) in (FIRST_KNOWN_YEAR..).zip(FEASTS) {
            for ((month, first), (hijri_month, hijri_day)) in pair.into_iter().zip([(10, 1), (12, 10)]) {
                let published = NaiveDate::from_ymd_opt(year, month, first).unwrap();
                let nearest = (1430..1460)
                    .filter_map(|h| tabular_islamic(h, hijri_month, hijri_day))
                    .map(|computed| (computed - published).num_days().abs())
                    .min()
                    .unwrap();
                assert!(nearest <= 1, "{published} is {nearest} days off");
            }
        }
        assert!(holidays(2031).iter().filter(|h| h.name.en.contains("Feast")).all(|h| h.is_expected));
        // Kurban Bayramı comes twice in 2039, Ramazan Bayramı in 2033.
        let firsts = |year: i32, name: &str| holidays(year).iter().filter(|h| h.name.en == name).count();
        assert_eq!(firsts(2033, "Ramadan Feast, day 1"), 2);
        assert_eq!(firsts(2039, "Feast of Sacrifice, day 1"), 2);
        assert_eq!(firsts(2034, "Ramadan Feast, day 1"), 1);
        // The eve of a feast on New Year's Day is in the old year, and once.
        for year in 1901..2200 {
            let all = holidays(year);
            for name in ["Ramadan Feast", "Feast of Sacrifice"] {
                let eves = all.iter().filter(|h| h.name.en == format!("{name} eve")).count();
                assert!((0..=2).contains(&eves), "{year}");
            }
            let distinct: std::collections::BTreeSet<_> = all.iter().map(|h| (h.date, h.name.en.to_string())).collect();
            assert_eq!(distinct.len(), all.len(), "{year} names a day twice");
        }
    }

    #[test]
    fn working_days_know_half_days() {
        assert!(is_working_day(day("2026-05-26")));
        assert!(!is_working_day(day("2026-05-27")));
        assert!(!is_working_day(day("2026-05-30")));
        assert!(!is_working_day(day("2026-04-23")));
        // Monday whole, Tuesday half, then the feast until Saturday.
        assert_eq!(working_days_between(day("2026-05-25"), day("2026-06-01")), 1.5);
        assert_eq!(working_days_between(day("2026-10-26"), day("2026-10-31")), 3.5);
        assert_eq!(working_days_between(day("2026-10-31"), day("2026-10-26")), 0.0);
        // The eve of the feast of 2022 was the 1st of May, a Sunday; that of 2029 is the 23rd of April, off anyway.
        assert_eq!(working_days_between(day("2029-04-23"), day("2029-04-24")), 0.0);
    }

    proptest! {
        #[test]
        fn counting_is_asking_each_day(start in 0i64..20_000, days in 0i64..900) {
            let from = day("1990-01-01") + Duration::days(start);
            let to = from + Duration::days(days);
            let mut counted = 0.0;
            for d in from.iter_days().take_while(|d| *d < to) {
                if is_working_day(d) {
                    counted += if on(d).is_empty() { 1.0 } else { 0.5 };
                }
            }
            prop_assert_eq!(working_days_between(from, to), counted);
        }
    }
}
