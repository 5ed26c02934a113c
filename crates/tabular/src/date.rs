//! Dates as people write them: `03.04.2024`, `3/4/24`, `2024-04-03`, `20240403`, `3 Nisan 2024`, `Apr 3, 2024`.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use kernel::text::fold;
use serde::{Deserialize, Serialize};

/// How the dates of a column are to be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateStyle {
    pub order: DateOrder,
    /// Years of two digits below this are of the 2000s, the others of the 1900s.
    pub pivot: u8,
}

/// What comes first in `03/04/05`. A year of four digits in front, or dots between, leave nothing open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    #[default]
    DayMonthYear,
    MonthDayYear,
    YearMonthDay,
}

impl DateStyle {
    pub const DAY_FIRST: DateStyle = DateStyle {
        order: DateOrder::DayMonthYear,
        pivot: 50,
    };
    pub const MONTH_FIRST: DateStyle = DateStyle {
        order: DateOrder::MonthDayYear,
        pivot: 50,
    };
    pub const YEAR_FIRST: DateStyle = DateStyle {
        order: DateOrder::YearMonthDay,
        pivot: 50,
    };

    /// The style that reads most of a column; day first when nothing tells.
    pub fn guess<'a>(samples: impl IntoIterator<Item = &'a str>) -> DateStyle {
        let styles = [DateStyle::DAY_FIRST, DateStyle::MONTH_FIRST, DateStyle::YEAR_FIRST];
        let mut read = [0_usize; 3];
        for sample in samples {
            for (count, style) in read.iter_mut().zip(styles) {
                *count += usize::from(date(sample, style).is_some());
            }
        }
        let most = read.into_iter().max().unwrap_or(0);
        styles
            .into_iter()
            .zip(read)
            .find(|(_, count)| *count == most)
            .map_or(DateStyle::DAY_FIRST, |(style, _)| style)
    }
}

impl Default for DateStyle {
    fn default() -> DateStyle {
        DateStyle::DAY_FIRST
    }
}

/// A moment as written: on the clock of whoever wrote it, unless it says how far that clock is from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub local: NaiveDateTime,
    pub offset_minutes: Option<i32>,
}

/// The day a cell says; a time behind it is left aside. None for what is no date or no possible one.
pub fn date(text: &str, style: DateStyle) -> Option<NaiveDate> {
    let text = text.trim();
    only_date(text, style).or_else(|| datetime(text, style).map(|moment| moment.local.date()))
}

/// The moment a cell says; the beginning of the day when it says no time.
pub fn datetime(text: &str, style: DateStyle) -> Option<Moment> {
    let text = text.trim();
    if text.len() > MAX_BYTES {
        return None;
    }
    if let Some(day) = only_date(text, style) {
        return Some(Moment {
            local: day.and_time(NaiveTime::MIN),
            offset_minutes: None,
        });
    }
    // The time begins with the digits before the first colon; a blank, a comma or a T stands before them.
    let colon = text.find(':')?;
    let hour = text[..colon].trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let day = text[..hour].trim_end_matches([' ', ',', '\u{a0}', '\u{202f}']);
    let day = day
        .strip_suffix(['T', 't'])
        .filter(|bare| bare.ends_with(|c: char| c.is_ascii_digit()))
        .unwrap_or(day);
    if day.len() == hour {
        return None;
    }
    let (time, offset_minutes) = time(&text[hour..])?;
    Some(Moment {
        local: only_date(day, style)?.and_time(time),
        offset_minutes,
    })
}

/// Longer texts are no dates.
const MAX_BYTES: usize = 64;

fn only_date(text: &str, style: DateStyle) -> Option<NaiveDate> {
    if text.len() > MAX_BYTES || text.is_empty() {
        return None;
    }
    if text.chars().any(char::is_alphabetic) {
        return with_month_name(text, style);
    }
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return day(&text[..4], &text[4..6], &text[6..], style);
    }
    let separator = text
        .chars()
        .find(|c| !c.is_ascii_digit())
        .filter(|c| ['.', '/', '-', ' '].contains(c))?;
    let parts: Vec<&str> = text.split(separator).map(str::trim).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    match style.order {
        _ if a.len() == 4 => day(a, b, c, style),
        DateOrder::YearMonthDay if c.len() != 4 => day(a, b, c, style),
        DateOrder::MonthDayYear if separator != '.' => day(c, a, b, style),
        _ => day(c, b, a, style),
    }
}

/// `3 Mart 2024`, `March 3rd, 2024`, `3-Mar-24`, `Pazar, 3 Mart 2024`.
fn with_month_name(text: &str, style: DateStyle) -> Option<NaiveDate> {
    let folded = fold(text);
    let (mut month, mut numbers) = (None, Vec::new());
    for word in folded.split([' ', ',', '.', '-', '/']).filter(|word| !word.is_empty()) {
        if let Some(found) = month_number(word) {
            if month.replace(found).is_some() {
                return None;
            }
        } else if word.starts_with(|c: char| c.is_ascii_digit()) {
            numbers.push(
                ["st", "nd", "rd", "th"]
                    .iter()
                    .find_map(|ending| word.strip_suffix(ending))
                    .unwrap_or(word),
            );
        } else if !WEEKDAYS.contains(&word) {
            return None;
        }
    }
    let month = month?.to_string();
    match numbers.as_slice() {
        [year, date] if year.len() == 4 => day(year, &month, date, style),
        [date, year] => day(year, &month, date, style),
        _ => None,
    }
}

fn day(year: &str, month: &str, day: &str, style: DateStyle) -> Option<NaiveDate> {
    let digits = |text: &str| -> Option<u32> { text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())? };
    if month.len() > 2 || day.len() > 2 {
        return None;
    }
    let number = digits(year)?;
    let year = match year.len() {
        2 if number < u32::from(style.pivot) => 2000 + number,
        2 => 1900 + number,
        4 if number >= 1000 => number,
        _ => return None,
    };
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, digits(month)?, digits(day)?)
}

/// `14:30`, `14:30:15.250`, `2:30 PM`, `14:30Z`, `14:30+03:00`.
fn time(text: &str) -> Option<(NaiveTime, Option<i32>)> {
    let upper = text.trim().to_ascii_uppercase();
    let mut rest = upper.as_str();
    let mut offset = None;
    if let Some(bare) = rest.strip_suffix('Z') {
        (rest, offset) = (bare, Some(0));
    } else if let Some(at) = rest.rfind(['+', '-']) {
        let digits = rest[at + 1..].replace(':', "");
        let (hours, minutes) = match (digits.len(), digits.bytes().all(|byte| byte.is_ascii_digit())) {
            (2, true) => (digits.parse::<i32>().ok()?, 0),
            (4, true) => (digits[..2].parse().ok()?, digits[2..].parse().ok()?),
            _ => return None,
        };
        if hours > 14 || minutes > 59 {
            return None;
        }
        let minutes = hours * 60 + minutes;
        offset = Some(if rest[at..].starts_with('-') { -minutes } else { minutes });
        rest = &rest[..at];
    }
    rest = rest.trim();
    let half = ["AM", "PM", "ÖÖ", "ÖS"]
        .iter()
        .find_map(|half| rest.strip_suffix(half).map(|bare| (bare, ["PM", "ÖS"].contains(half))));
    let clock = half.map_or(rest, |(bare, _)| bare.trim());
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let numbers: Option<Vec<u32>> = clock
        .split(':')
        .map(|part| {
            (1..=2)
                .contains(&part.len())
                .then(|| part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?)?
        })
        .collect();
    let (hour, minute, second) = match numbers?.as_slice() {
        [hour, minute] if fraction.is_empty() => (*hour, *minute, 0),
        [hour, minute, second] => (*hour, *minute, *second),
        _ => return None,
    };
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some((_, afternoon)) => hour % 12 + if afternoon { 12 } else { 0 },
        None => hour,
    };
    if fraction.len() > 9 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nanos = format!("{fraction:0<9}").parse().ok()?;
    Some((NaiveTime::from_hms_nano_opt(hour, minute, second, nanos)?, offset))
}

/// The month of a folded name, Turkish or English, whole or in three letters.
fn month_number(word: &str) -> Option<usize> {
    const TURKISH: [&str; 12] = [
        "ocak", "subat", "mart", "nisan", "mayis", "haziran", "temmuz", "agustos", "eylul", "ekim", "kasim", "aralik",
    ];
    const ENGLISH: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    [TURKISH, ENGLISH].iter().find_map(|names| {
        let month = names
            .iter()
            .position(|name| *name == word || name.get(..3) == Some(word) || (word == "sept" && *name == "september"));
        month.map(|index| index + 1)
    })
}

const WEEKDAYS: [&str; 21] = [
    "pazartesi",
    "sali",
    "carsamba",
    "persembe",
    "cuma",
    "cumartesi",
    "pazar",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_as_people_write_them() {
        let (dmy, mdy, ymd) = (DateStyle::DAY_FIRST, DateStyle::MONTH_FIRST, DateStyle::YEAR_FIRST);
        let cases = [
            ("03.04.2024", dmy, Some("2024-04-03")),
            ("03.04.2024", mdy, Some("2024-04-03")),
            ("3.4.2024", dmy, Some("2024-04-03")),
            ("03/04/2024", dmy, Some("2024-04-03")),
            ("03/04/2024", mdy, Some("2024-03-04")),
            ("3/14/2024", mdy, Some("2024-03-14")),
            ("3/14/2024", dmy, None),
            ("03-04-2024", dmy, Some("2024-04-03")),
            ("03 04 2024", dmy, Some("2024-04-03")),
            ("2024-04-03", dmy, Some("2024-04-03")),
            ("2024-04-03", mdy, Some("2024-04-03")),
            ("2024/4/3", mdy, Some("2024-04-03")),
            ("2024.04.03", dmy, Some("2024-04-03")),
            ("20240403", dmy, Some("2024-04-03")),
            ("24-04-03", ymd, Some("2024-04-03")),
            ("03.04.24", dmy, Some("2024-04-03")),
            ("03.04.49", dmy, Some("2049-04-03")),
            ("03.04.50", dmy, Some("1950-04-03")),
            ("03.04.30", DateStyle { pivot: 25, ..dmy }, Some("1930-04-03")),
            ("3 Mart 2024", dmy, Some("2024-03-03")),
            ("3 MART 2024", dmy, Some("2024-03-03")),
            ("15 Şubat 2024", dmy, Some("2024-02-15")),
            ("15 şub 2024", dmy, Some("2024-02-15")),
            ("1 Ağustos 2023", dmy, Some("2023-08-01")),
            ("1 Aralık 2023 Cuma", dmy, Some("2023-12-01")),
            ("Pazar, 3 Mart 2024", dmy, Some("2024-03-03")),
            ("March 3, 2024", dmy, Some("2024-03-03")),
            ("March 3rd, 2024", mdy, Some("2024-03-03")),
            ("3-Mar-24", dmy, Some("2024-03-03")),
            ("2024 Mart 3", dmy, Some("2024-03-03")),
            ("Sept. 9, 2024", dmy, Some("2024-09-09")),
            (" 03.04.2024 14:30 ", dmy, Some("2024-04-03")),
            ("2024-04-03T00:00:00Z", dmy, Some("2024-04-03")),
            ("29.02.2024", dmy, Some("2024-02-29")),
            ("29.02.2023", dmy, None),
            ("31.04.2024", dmy, None),
            ("00.01.2024", dmy, None),
            ("01.13.2024", dmy, None),
            ("03.04.0024", dmy, None),
            ("03.04.224", dmy, None),
            ("03.04", dmy, None),
            ("3 Mart", dmy, None),
            ("3 Mart Nisan 2024", dmy, None),
            ("3 elma 2024", dmy, None),
            ("20241303", dmy, None),
            ("+3.04.2024", dmy, None),
            ("45354", dmy, None),
            ("", dmy, None),
        ];
        for (text, style, expected) in cases {
            assert_eq!(
                date(text, style).map(|date| date.to_string()).as_deref(),
                expected,
                "{text:?} {style:?}"
            );
        }
    }

    #[test]
    fn moments_as_people_write_them() {
        let cases = [
            ("03.04.2024 14:30", Some(("2024-04-03 14:30:00", None))),
            ("03.04.2024 9:05:07", Some(("2024-04-03 09:05:07", None))),
            ("2024-04-03T14:30:15.25", Some(("2024-04-03 14:30:15.250", None))),
            ("2024-04-03T14:30Z", Some(("2024-04-03 14:30:00", Some(0)))),
            ("2024-04-03 14:30:00+03:00", Some(("2024-04-03 14:30:00", Some(180)))),
            ("2024-04-03 14:30:00-0530", Some(("2024-04-03 14:30:00", Some(-330)))),
            ("3 Mart 2024 14:30", Some(("2024-03-03 14:30:00", None))),
            ("3 Ağustos 2024, 14:30", Some(("2024-08-03 14:30:00", None))),
            ("Mar 3, 2024 2:30 PM", Some(("2024-03-03 14:30:00", None))),
            ("Mar 3, 2024 12:00 am", Some(("2024-03-03 00:00:00", None))),
            ("03.04.2024", Some(("2024-04-03 00:00:00", None))),
            ("03.04.2024 24:00", None),
            ("03.04.2024 13:00 PM", None),
            ("03.04.2024 14:60", None),
            ("03.04.202414:30", None),
            ("14:30", None),
            (":", None),
        ];
        for (text, expected) in cases {
            let found = datetime(text, DateStyle::DAY_FIRST).map(|moment| (moment.local.to_string(), moment.offset_minutes));
            assert_eq!(found, expected.map(|(local, offset)| (local.to_owned(), offset)), "{text:?}");
        }
    }

    #[test]
    fn a_column_tells_its_order() {
        let cases: [(&[&str], DateStyle); 5] = [
            (&["03/04/2024", "25/12/2024"], DateStyle::DAY_FIRST),
            (&["03/04/2024", "12/25/2024"], DateStyle::MONTH_FIRST),
            (&["24-04-03", "99-12-25"], DateStyle::YEAR_FIRST),
            (&["03/04/2024", ""], DateStyle::DAY_FIRST),
            (&["elma"], DateStyle::DAY_FIRST),
        ];
        for (samples, expected) in cases {
            assert_eq!(DateStyle::guess(samples.iter().copied()), expected, "{samples:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(days in 0..2_900_000_i64) {
            let day = NaiveDate::from_ymd_opt(1000, 1, 1).unwrap() + chrono::TimeDelta::days(days);
            prop_assert_eq!(date(&day.format("%d.%m.%Y").to_string(), DateStyle::DAY_FIRST), Some(day));
            prop_assert_eq!(date(&day.format("%-m/%-d/%Y").to_string(), DateStyle::MONTH_FIRST), Some(day));
            prop_assert_eq!(date(&day.format("%Y-%m-%d").to_string(), DateStyle::MONTH_FIRST), Some(day));
            prop_assert_eq!(date(&day.format("%Y%m%d").to_string(), DateStyle::DAY_FIRST), Some(day));
            prop_assert_eq!(date(&day.format("%-d %B %Y").to_string(), DateStyle::MONTH_FIRST), Some(day));
        }

        #[test]
        fn nothing_makes_it_panic(text in "[0-9 .:/+TZ-]{0,24}|\\PC{0,24}|[0-9]{1,2} (Mart|Şub|May)[ .:ÖSPM0-9]{0,12}") {
            let _ = date(&text, DateStyle::DAY_FIRST);
            let _ = datetime(&text, DateStyle::MONTH_FIRST);
        }
    }
}
