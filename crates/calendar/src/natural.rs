//! A date in words at the start or the end of a line: "yarın 14:00 Ayşe'yi ara", "call Ali next Tuesday at 9". Turkish and English are
//! read alike, whatever the language of the reader; what is ambiguous or impossible is nothing rather than wrong.

use std::ops::Range;

use chrono::{DateTime, Datelike, Duration, Months, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc, Weekday};
use chrono_tz::Tz;
use kernel::text::fold;

use crate::zoned;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub day: NaiveDate,
    /// None is all day.
    pub time: Option<NaiveTime>,
    /// Where it stands in the text, in bytes.
    pub range: Range<usize>,
    /// The text without it.
    pub rest: String,
}

impl Found {
    /// Midnight of a whole day.
    pub fn local(&self) -> NaiveDateTime {
        self.day.and_time(self.time.unwrap_or(NaiveTime::MIN))
    }
}

/// A line that is longer is a text; only so many words at either end are looked at.
const MAX_BYTES: usize = 2_000;
/// "haftaya perşembe öğleden sonra saat 3 buçukta" is seven.
const MAX_WORDS: usize = 8;

/// Finds the date at the end of a line, or at its start; the longer of the two. Relative words ("tomorrow", "salı", "at 9") are never before the moment.
pub fn find(text: &str, moment: DateTime<Utc>, zone: Tz) -> Option<Found> {
    if text.len() > MAX_BYTES {
        return None;
    }
    let words = words(text);
    let now = zoned::local(moment, zone);
    let count = words.len().min(MAX_WORDS);
    for length in (1..=count).rev() {
        // Who writes a date mostly writes it last.
        for from in [words.len() - length, 0] {
            let chosen = &words[from..from + length];
            let (day, time) = match read(chosen, now) {
                Read::Nothing => continue,
                // A piece of what is impossible would be something else than what is written.
                Read::Impossible => return None,
                Read::Date(day, time) => (day, time),
            };
            let (Some(first), Some(last)) = (chosen.first(), chosen.last()) else {
                continue;
            };
            let range = first.range.start..last.range.end;
            let before = text[..range.start].trim_end_matches([' ', '\t', ',', '-', '–', ':', '(']);
            let after = text[range.end..].trim_start_matches([' ', '\t', ',', '-', '–', ':', '.', ')']);
            let rest = [before.trim(), after.trim()]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join(" ");
            return Some(Found { day, time, range, rest });
        }
    }
    None
}

/// A word as it is compared: folded, without the suffix after an apostrophe.
#[derive(Clone, Debug)]
struct Word {
    text: String,
    /// What followed an apostrophe: "14'te" is a time, "Ali'ye" is not.
    suffix: String,
    range: Range<usize>,
}

fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = None;
    let mut push = |range: Range<usize>| {
        let raw = &text[range.clone()];
        let lead = raw.len() - raw.trim_start_matches(['(', '"', '“', '-', '–']).len();
        let body = raw[lead..].trim_end_matches([',', '.', ')', '"', '”', ';', '!', '?', ':', '-', '–']);
        if body.is_empty() {
            return;
        }
        let (stem, suffix) = body.split_once(['\'', '’', '‘']).unwrap_or((body, ""));
        words.push(Word {
            text: fold(stem),
            suffix: fold(suffix),
            range: range.start + lead..range.start + lead + body.len(),
        });
    };
    for (at, c) in text.char_indices() {
        match (c.is_whitespace(), start) {
            (false, None) => start = Some(at),
            (true, Some(from)) => {
                push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        push(from..text.len());
    }
    words
}

enum Read {
    Nothing,
    /// Words of a date that cannot be: the wrong weekday, an hour of today that is over.
    Impossible,
    Date(NaiveDate, Option<NaiveTime>),
}

/// What the words mean together; all of them must be part of it.
fn read(words: &[Word], now: NaiveDateTime) -> Read {
    // From now on by hours and minutes: a moment by itself.
    if let Some(length) = exact_distance(words) {
        let then = now + length;
        // Whole minutes, rounded up so that it is not before.
        let then = if then.second() > 0 || then.nanosecond() > 0 {
            then + Duration::minutes(1)
        } else {
            then
        };
        let time = NaiveTime::from_hms_opt(then.hour(), then.minute(), 0);
        return if in_range(then.date()) {
            Read::Date(then.date(), time)
        } else {
            Read::Impossible
        };
    }
    // A day, then a time; or a time, then a day; or either alone.
    for split in (0..=words.len()).rev() {
        let (first, second) = words.split_at(split);
        for (day_words, time_words) in [(first, second), (second, first)] {
            let day = if day_words.is_empty() {
                None
            } else {
                Some(day(without_on(day_words), now))
            };
            if let Some(Some(Day { is_impossible: true, .. })) = day {
                return Read::Impossible;
            }
            let time = if time_words.is_empty() { None } else { Some(time(time_words)) };
            let answer = match (day, time) {
                (Some(Some(day)), None) => Some((day.date, day.time)),
                (Some(Some(day)), Some(Some(time))) if day.time.is_none() => {
                    // A day that is today by its name goes to the next week when the time is over.
                    let date = if day.wraps_days > 0 && day.date == now.date() && time.at <= now.time() {
                        day.date + Duration::days(day.wraps_days)
                    } else {
                        day.date
                    };
                    if day.is_relative && date.and_time(time.at) < now {
                        return Read::Impossible;
                    }
                    Some((date, Some(time.at)))
                }
                (None, Some(Some(time))) if time.is_sure => {
                    let today = now.date();
                    let date = if time.at <= now.time() { today + Duration::days(1) } else { today };
                    Some((date, Some(time.at)))
                }
                _ => None,
            };
            if let Some((date, time)) = answer.filter(|(date, _)| in_range(*date)) {
                return Read::Date(date, time);
            }
        }
    }
    Read::Nothing
}

fn in_range(day: NaiveDate) -> bool {
    (crate::recurrence::FIRST_YEAR..=crate::recurrence::LAST_YEAR).contains(&day.year())
}

/// A day that words mean.
#[derive(Clone, Copy)]
struct Day {
    date: NaiveDate,
    time: Option<NaiveTime>,
    /// A weekday by its name comes again after so many days when its time is over.
    wraps_days: i64,
    /// Counted from now; a date of the calendar may lie in the past.
    is_relative: bool,
    is_impossible: bool,
}

impl Day {
    fn relative(date: NaiveDate) -> Option<Day> {
        Some(Day {
            date,
            time: None,
            wraps_days: 0,
            is_relative: true,
            is_impossible: false,
        })
    }
}

/// Without the words that lead to a day: "on Monday", "by Friday", "cumaya kadar".
fn without_on(words: &[Word]) -> &[Word] {
    if let Some((last, rest)) = words.split_last()
        && last.text == "kadar"
        && !rest.is_empty()
    {
        return rest;
    }
    match words.first() {
        Some(word) if matches!(word.text.as_str(), "on" | "by") && words.len() > 1 => &words[1..],
        _ => words,
    }
}

fn day(words: &[Word], now: NaiveDateTime) -> Option<Day> {
    let today = now.date();
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let plain = words.iter().all(|word| word.suffix.is_empty() || is_suffix(&word.suffix));
    if !plain {
        return None;
    }
    // "15 Mart Pazartesi", "Monday, 15 March": the weekday must be right.
    if let Some(date) = calendar_date(&texts, today) {
        return Some(date);
    }
    if texts.len() >= 2 {
        let (first, last) = (texts[0], texts[texts.len() - 1]);
        if let (Some(weekday), Some(found)) = (weekday(last), calendar_date(&texts[..texts.len() - 1], today)) {
            return Some(Day {
                is_impossible: found.date.weekday() != weekday,
                ..found
            });
        }
        if let (Some(weekday), Some(found)) = (weekday(first), calendar_date(&texts[1..], today)) {
            return Some(Day {
                is_impossible: found.date.weekday() != weekday,
                ..found
            });
        }
    }
    // "salı günü", "pazartesi gününe"
    let texts = match texts.split_last() {
        Some((&("gunu" | "gunune"), rest)) if rest.last().is_some_and(|word| weekday(word).is_some()) => rest,
        _ => &texts[..],
    };
    let monday = today - Duration::days(i64::from(today.weekday().num_days_from_monday()));
    let of_week = |weeks: i64, weekday: Weekday| monday + Duration::days(7 * weeks + i64::from(weekday.num_days_from_monday()));
    match texts {
        ["bugun" | "bugune" | "today"] => Day::relative(today),
        ["bu", "aksam" | "gece"] | ["tonight"] => evening(today, now),
        ["yarin" | "yarina" | "tomorrow" | "tmrw"] => Day::relative(today.succ_opt()?),
        ["obur", "gun" | "gune"]
        | ["ertesi", "gun"]
        | ["yarindan", "sonra"]
        | ["yarindan", "sonraki", "gun"]
        | ["day", "after", "tomorrow"]
        | ["the", "day", "after", "tomorrow"] => Day::relative(today + Duration::days(2)),
        ["haftaya"]
        | ["haftaya", "bugun"]
        | ["gelecek" | "onumuzdeki", "hafta"]
        | ["next", "week"]
        | ["a", "week", "from", "today" | "now"] => Day::relative(today + Duration::days(7)),
        ["hafta", "sonu"] | ["bu", "hafta", "sonu"] | ["this", "weekend"] | ["weekend"] => {
            Day::relative(if today.weekday() == Weekday::Sun {
                today
            } else {
                of_week(0, Weekday::Sat)
            })
        }
        ["gelecek" | "onumuzdeki", "ay"] | ["next", "month"] => Day::relative(today.checked_add_months(Months::new(1))?),
        ["gelecek" | "onumuzdeki", "yil" | "sene"] | ["seneye"] | ["next", "year"] => {
            Day::relative(today.checked_add_months(Months::new(12))?)
        }
        ["hafta", "ici"] => None,
        ["ay", "sonu" | "sonunda" | "sonuna"]
        | ["bu", "ay", "sonu"]
        | ["end", "of", "month"]
        | ["end", "of", "the", "month"]
        | ["month", "end"]
        | ["eom"] => Day::relative(end_of_month(today)?),
        ["gelecek" | "onumuzdeki", "ay", "sonu"] | ["end", "of", "next", "month"] => {
            Day::relative(end_of_month(today.checked_add_months(Months::new(1))?)?)
        }
        ["ay", "basi" | "basinda"] | ["gelecek" | "onumuzdeki", "ay", "basi"] | ["start" | "beginning", "of", "next", "month"] => {
            Day::relative(end_of_month(today)?.succ_opt()?)
        }
        ["yil" | "sene", "sonu" | "sonunda"] | ["end", "of", "year"] | ["end", "of", "the", "year"] | ["year", "end"] | ["eoy"] => {
            Day::relative(NaiveDate::from_ymd_opt(today.year(), 12, 31)?)
        }
        [name] | ["bu" | "this", name] | ["gelecek" | "onumuzdeki", name] => {
            let weekday = weekday(name)?;
            let ahead = (7 + weekday.num_days_from_monday() - today.weekday().num_days_from_monday()) % 7;
            // "gelecek salı" on a Tuesday is the one to come; the name alone may be today when a time is still ahead.
            let strictly_later = matches!(texts, ["gelecek" | "onumuzdeki", _]);
            let ahead = if ahead == 0 && strictly_later { 7 } else { i64::from(ahead) };
            Some(Day {
                date: today + Duration::days(ahead),
                time: None,
                wraps_days: if strictly_later { 0 } else { 7 },
                is_relative: true,
                is_impossible: false,
            })
        }
        ["haftaya", name]
        | ["gelecek" | "onumuzdeki", "hafta", name]
        | ["next", "week", name]
        | ["next", name]
        | [name, "next", "week"] => Day::relative(of_week(1, weekday(name)?)),
        ["in", rest @ ..] => by_distance(rest, today),
        [rest @ .., "sonra" | "sonraya" | "icinde" | "later"] => by_distance(rest, today),
        [rest @ .., "from", "now" | "today"] => by_distance(rest, today),
        // "2 hafta sonra pazartesi": that weekday of the week it leads to.
        [rest @ .., "sonra", name] => {
            let weekday = weekday(name)?;
            let then = by_distance(rest, today)?.date;
            let monday = then - Duration::days(i64::from(then.weekday().num_days_from_monday()));
            let date = monday + Duration::days(i64::from(weekday.num_days_from_monday()));
            (date >= today).then_some(date).and_then(Day::relative)
        }
        _ => None,
    }
}

fn evening(today: NaiveDate, now: NaiveDateTime) -> Option<Day> {
    let at = NaiveTime::from_hms_opt(20, 0, 0)?;
    (now.time() < at).then_some(Day {
        date: today,
        time: Some(at),
        wraps_days: 0,
        is_relative: true,
        is_impossible: false,
    })
}

fn end_of_month(day: NaiveDate) -> Option<NaiveDate> {
    day.with_day(1)?.checked_add_months(Months::new(1))?.pred_opt()
}

/// "3 gün", "iki hafta", "a month".
fn by_distance(words: &[&str], today: NaiveDate) -> Option<Day> {
    let [number, unit] = words else { return None };
    let number = small_number(number)?;
    match *unit {
        "gun" | "gune" | "day" | "days" => Day::relative(today + Duration::days(i64::from(number))),
        "is" => None,
        "hafta" | "haftaya" | "week" | "weeks" => Day::relative(today + Duration::days(7 * i64::from(number))),
        "ay" | "aya" | "month" | "months" => Day::relative(today.checked_add_months(Months::new(number))?),
        "yil" | "sene" | "year" | "years" if number <= 50 => Day::relative(today.checked_add_months(Months::new(12 * number))?),
        _ => None,
    }
}

/// "2 saat sonra", "yarım saat sonra", "in 45 minutes".
fn exact_distance(words: &[Word]) -> Option<Duration> {
    if words.iter().any(|word| !word.suffix.is_empty() && !is_suffix(&word.suffix)) {
        return None;
    }
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let rest = match texts.as_slice() {
        ["in", rest @ ..] => rest,
        [rest @ .., "sonra" | "sonraya" | "icinde" | "later"] => rest,
        [rest @ .., "from", "now"] => rest,
        _ => return None,
    };
    let minutes = match rest {
        ["yarim", "saat"] | ["half", "an", "hour"] | ["half", "hour"] => 30,
        ["bir", "bucuk", "saat"] => 90,
        [number, "bucuk", "saat"] => i64::from(small_number(number)?) * 60 + 30,
        ["ceyrek", "saat"] => 15,
        [number, unit] => {
            let number = i64::from(small_number(number)?);
            match *unit {
                "saat" | "hour" | "hours" | "hr" | "hrs" | "h" => number * 60,
                "dakika" | "dk" | "minute" | "minutes" | "min" | "mins" => number,
                _ => return None,
            }
        }
        _ => return None,
    };
    (1..=60 * 24 * 60).contains(&minutes).then(|| Duration::minutes(minutes))
}

fn small_number(word: &str) -> Option<u32> {
    const WORDS: [(&str, &str, u32); 12] = [
        ("bir", "one", 1),
        ("iki", "two", 2),
        ("uc", "three", 3),
        ("dort", "four", 4),
        ("bes", "five", 5),
        ("alti", "six", 6),
        ("yedi", "seven", 7),
        ("sekiz", "eight", 8),
        ("dokuz", "nine", 9),
        ("on", "ten", 10),
        ("onbir", "eleven", 11),
        ("oniki", "twelve", 12),
    ];
    if matches!(word, "a" | "an") {
        return Some(1);
    }
    if let Some((_, _, number)) = WORDS.iter().find(|(tr, en, _)| *tr == word || *en == word) {
        return Some(*number);
    }
    digits(word, 3).filter(|number| (1..=999).contains(number))
}

fn digits(word: &str, max_len: usize) -> Option<u32> {
    let fits = !word.is_empty() && word.len() <= max_len && word.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| word.parse().ok()).flatten()
}

/// A date of the calendar: "15 mart", "mar 15th 2027", "15.03.2027", "2027-03-15". Without a year it is the next one.
fn calendar_date(texts: &[&str], today: NaiveDate) -> Option<Day> {
    let fixed = |date: NaiveDate| Day {
        date,
        time: None,
        wraps_days: 0,
        is_relative: false,
        is_impossible: false,
    };
    let texts = match texts {
        ["the", rest @ ..] => rest,
        texts => texts,
    };
    let (day, month, year) = match texts {
        [one] => {
            for (separator, iso) in [('.', false), ('/', false), ('-', true)] {
                let parts: Vec<&str> = one.split(separator).collect();
                match (parts.as_slice(), iso) {
                    ([y, m, d], _) if y.len() == 4 => {
                        return NaiveDate::from_ymd_opt(digits(y, 4)? as i32, digits(m, 2)?, digits(d, 2)?).map(fixed);
                    }
                    ([d, m, y], _) if y.len() == 4 || (y.len() == 2 && separator == '.') => {
                        let (d, m) = (digits(d, 2)?, digits(m, 2)?);
                        // With slashes both orders are in use: 03/04 is nothing, 03/15 can be read only one way.
                        let (d, m) = match separator {
                            '/' if m > 12 => (m, d),
                            '/' if d <= 12 && d != m => return None,
                            _ => (d, m),
                        };
                        let y = digits(y, 4)? as i32;
                        return NaiveDate::from_ymd_opt(if y < 100 { 2000 + y } else { y }, m, d).map(fixed);
                    }
                    // "15.03" is a date, "14.30" a time: only what cannot be a time, or is written as dates are ("05.03").
                    _ => {}
                }
            }
            return None;
        }
        [d, m] if month(m).is_some() => (day_number(d)?, month(m)?, None),
        [m, d] if month(m).is_some() => (day_number(d)?, month(m)?, None),
        [d, "of", m] if month(m).is_some() => (day_number(d)?, month(m)?, None),
        [d, m, y] if month(m).is_some() => (day_number(d)?, month(m)?, Some(digits(y, 4).filter(|y| *y >= 1900)?)),
        [m, d, y] if month(m).is_some() => (day_number(d)?, month(m)?, Some(digits(y, 4).filter(|y| *y >= 1900)?)),
        _ => return None,
    };
    if let Some(year) = year {
        return NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day).map(fixed);
    }
    // The 29th of February without a year waits for the next leap year only when that is the next February.
    let this = NaiveDate::from_ymd_opt(today.year(), month, day);
    match this {
        Some(date) if date >= today => Some(fixed(date)),
        _ => {
            let is_over = (month, day) < (today.month(), today.day());
            if is_over {
                NaiveDate::from_ymd_opt(today.year() + 1, month, day).map(fixed)
            } else {
                None
            }
        }
    }
}

fn day_number(word: &str) -> Option<u32> {
    let number = word
        .strip_suffix("st")
        .or_else(|| word.strip_suffix("nd"))
        .or_else(|| word.strip_suffix("rd"))
        .or_else(|| word.strip_suffix("th"));
    digits(number.unwrap_or(word), 2).filter(|day| (1..=31).contains(day))
}

fn month(word: &str) -> Option<u32> {
    const NAMES: [(&str, &str, &str); 12] = [
        ("ocak", "january", "jan"),
        ("subat", "february", "feb"),
        ("mart", "march", "mar"),
        ("nisan", "april", "apr"),
        ("mayis", "may", "may"),
        ("haziran", "june", "jun"),
        ("temmuz", "july", "jul"),
        ("agustos", "august", "aug"),
        ("eylul", "september", "sep"),
        ("ekim", "october", "oct"),
        ("kasim", "november", "nov"),
        ("aralik", "december", "dec"),
    ];
    let at = NAMES
        .iter()
        .position(|(tr, en, short)| word == *en || word == *short || inflected(word, tr) || (word == "sept" && *short == "sep"))?;
    Some(at as u32 + 1)
}

fn weekday(word: &str) -> Option<Weekday> {
    const NAMES: [(&str, &str, &str, Weekday); 7] = [
        ("pazartesi", "monday", "mon", Weekday::Mon),
        ("sali", "tuesday", "tue", Weekday::Tue),
        ("carsamba", "wednesday", "wed", Weekday::Wed),
        ("persembe", "thursday", "thu", Weekday::Thu),
        ("cuma", "friday", "fri", Weekday::Fri),
        ("cumartesi", "saturday", "sat", Weekday::Sat),
        ("pazar", "sunday", "sun", Weekday::Sun),
    ];
    // "sun" and "sat" and "mon" are words of their own too, but hardly at the end of a task.
    NAMES
        .iter()
        .find(|(tr, en, short, _)| {
            word == *en || word == *short || inflected(word, tr) || matches!((*short, word), ("tue", "tues") | ("thu", "thurs" | "thur"))
        })
        .map(|(.., weekday)| *weekday)
}

/// Suffixes of cases that a day or month takes in Turkish, folded: "salıya", "cumaya", "martta", "pazartesiden".
const SUFFIXES: [&str; 34] = [
    "a", "e", "i", "u", "ya", "ye", "yi", "yu", "da", "de", "ta", "te", "dan", "den", "tan", "ten", "si", "sine", "sinda", "sinde", "sina",
    "unda", "inde", "inda", "una", "ine", "ina", "nda", "nde", "na", "ne", "un", "in", "ni",
];

fn is_suffix(text: &str) -> bool {
    SUFFIXES.contains(&text)
}

fn inflected(word: &str, stem: &str) -> bool {
    word.strip_prefix(stem).is_some_and(|suffix| suffix.is_empty() || is_case(suffix))
}

/// Those that are written without an apostrophe; "pazartesi" is not "pazar" with a suffix, "marta" is March and no name.
fn is_case(suffix: &str) -> bool {
    matches!(
        suffix,
        "a" | "e" | "i" | "ya" | "ye" | "yi" | "da" | "de" | "ta" | "te" | "dan" | "den" | "tan" | "ten"
    )
}

/// A time of the day.
#[derive(Clone, Copy)]
struct Time {
    at: NaiveTime,
    /// Whether it is a time even where no day stands beside it: "14:30" is, "9" is not.
    is_sure: bool,
}

fn clock(hour: u32, minute: u32, is_sure: bool) -> Option<Time> {
    Some(Time {
        at: NaiveTime::from_hms_opt(hour, minute, 0)?,
        is_sure,
    })
}

fn time(words: &[Word]) -> Option<Time> {
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let has_suffix = words.last().is_some_and(|word| !word.suffix.is_empty());
    if words.iter().any(|word| !word.suffix.is_empty() && !is_suffix(&word.suffix)) {
        return None;
    }
    match texts.as_slice() {
        ["noon" | "midday" | "oglen" | "ogle" | "ogleyin"] | ["at", "noon" | "midday"] => clock(12, 0, true),
        ["at", "midnight"] => None,
        ["sabah" | "sabahtan" | "sabahleyin" | "morning"] | ["in", "the", "morning"] => clock(9, 0, false),
        ["ogleden", "once"] => clock(10, 0, false),
        ["ogleden", "sonra" | "sonraya"] | ["afternoon"] | ["in", "the", "afternoon"] => clock(14, 0, false),
        ["aksamustu" | "ikindi"] => clock(17, 0, false),
        ["aksam" | "aksama" | "aksamleyin" | "evening" | "night"] | ["in", "the", "evening"] => clock(20, 0, false),
        ["mesai", "bitimi" | "sonu"] | ["end", "of", "day"] | ["eod"] => clock(18, 0, false),
        ["sabah" | "sabahleyin", rest @ ..] => part_of_day(rest, 1..=11, 0, true),
        ["morning", rest @ ..] => part_of_day(rest, 1..=11, 0, true),
        ["ogleden", "once", rest @ ..] => part_of_day(rest, 1..=11, 0, true),
        ["ogleden", "sonra", rest @ ..] | ["afternoon", rest @ ..] => part_of_day(rest, 1..=7, 12, true),
        ["oglen" | "ogle", rest @ ..] => part_of_day(rest, 1..=3, 12, true).or_else(|| part_of_day(rest, 11..=12, 0, true)),
        ["aksam" | "aksama" | "evening" | "tonight", rest @ ..] => part_of_day(rest, 4..=11, 12, true),
        ["gece", rest @ ..] => part_of_day(rest, 8..=11, 12, true).or_else(|| part_of_day(rest, 1..=4, 0, true)),
        [rest @ .., "in", "the", "morning"] => part_of_day(rest, 1..=11, 0, true),
        [rest @ .., "in", "the", "afternoon"] => part_of_day(rest, 1..=7, 12, true),
        [rest @ .., "in", "the", "evening"] | [rest @ .., "at", "night"] => part_of_day(rest, 4..=11, 12, true),
        ["at" | "saat" | "by", rest @ ..] => bare(rest).map(|time| Time { is_sure: true, ..time }),
        rest => bare(rest).map(|time| Time {
            // "9'da" stands beside a day; alone it may be anything, and so may "14'te".
            is_sure: time.is_sure && !has_suffix || texts.iter().any(|text| text.contains(':')),
            ..time
        }),
    }
}

/// "8", "8:30", "3 buçukta" in a part of the day: within its hours, moved by half a day.
fn part_of_day(words: &[&str], hours: std::ops::RangeInclusive<u32>, shift: u32, is_sure: bool) -> Option<Time> {
    let words = match words {
        ["saat" | "at", rest @ ..] => rest,
        words => words,
    };
    let time = bare(words)?;
    let hour = time.at.hour();
    let hour = match hour {
        hour if hours.contains(&hour) => hour + shift,
        // It is said twice: "akşam 20:00".
        hour if hour >= 12 && shift == 12 && hour - 12 >= 1 && hours.contains(&(hour - 12)) => hour,
        _ => return None,
    };
    clock(hour, time.at.minute(), is_sure)
}

/// "14:30", "14.30", "2pm", "2:30 pm", "9", "9 buçuk", "half past 9".
fn bare(words: &[&str]) -> Option<Time> {
    match words {
        [hour, "bucuk" | "bucukta" | "bucuga"] => clock(hour_number(hour)?, 30, true),
        ["half", "past", hour] => clock(hour_number(hour)?, 30, true),
        ["quarter", "past", hour] => clock(hour_number(hour)?, 15, true),
        [hour, half @ ("am" | "pm" | "a.m" | "p.m")] => twelve_hours(hour, half.starts_with('p')),
        [hour, "o'clock" | "oclock" | "o"] => clock(hour_number(hour)?, 0, true),
        [one] => {
            for (ending, is_pm) in [("am", false), ("pm", true)] {
                if let Some(hour) = one.strip_suffix(ending).filter(|hour| !hour.is_empty()) {
                    return twelve_hours(hour, is_pm);
                }
            }
            if let Some((hour, minute)) = one.split_once([':', '.']) {
                let is_time = minute.len() == 2 && !hour.is_empty();
                // "10.03" may be a day in March: a time with a point is one when it cannot be a date.
                let is_sure = one.contains(':') || digits(minute, 2)? == 0 || digits(minute, 2)? > 12;
                return if is_time && is_sure {
                    clock(digits(hour, 2)?, digits(minute, 2)?, one.contains(':'))
                } else {
                    None
                };
            }
            clock(hour_number(one)?, 0, false)
        }
        _ => None,
    }
}

fn hour_number(word: &str) -> Option<u32> {
    const ENDINGS: [&str; 4] = ["da", "de", "ta", "te"];
    let stem = ENDINGS.iter().find_map(|ending| word.strip_suffix(ending)).unwrap_or(word);
    digits(word, 2)
        .filter(|hour| *hour <= 23)
        .or_else(|| small_number(stem).filter(|hour| *hour <= 12 && !matches!(word, "a" | "an" | "on")))
}

fn twelve_hours(text: &str, is_pm: bool) -> Option<Time> {
    let (hour, minute) = text.split_once([':', '.']).unwrap_or((text, "00"));
    let hour = digits(hour, 2).filter(|hour| (1..=12).contains(hour))?;
    let minute = digits(minute, 2).filter(|_| minute.len() == 2)?;
    clock(hour % 12 + if is_pm { 12 } else { 0 }, minute, true)
}

#[cfg(test)]
#[path = "natural_tests.rs"]
mod tests;
