//! Months and quarters of a forecast.

use chrono::{Datelike, Days, Months, NaiveDate};
use kernel::error::{Result, invalid};
use kernel::say;

/// More periods than this are no forecast.
const MAX_PERIODS: usize = 24;
/// Periods ahead when nobody says.
const AHEAD: usize = 3;

/// A period of the forecast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    pub name: String,
    pub first: NaiveDate,
    pub last: NaiveDate,
}

impl Period {
    fn of(first: NaiveDate, months: u32) -> Period {
        let last = first + Months::new(months) - Days::new(1);
        let name = match months {
            1 => first.format("%Y-%m").to_string(),
            _ => format!("{}-Q{}", first.year(), first.month0() / 3 + 1),
        };
        Period { name, first, last }
    }

    /// Reads `2026-04` or `2026-Q2`.
    pub fn parse(name: &str) -> Option<Period> {
        let (year, part) = name.split_once('-')?;
        let (month, months) = match part.strip_prefix('Q') {
            Some(quarter) => (quarter.parse::<u32>().ok()?.checked_sub(1)? * 3 + 1, 3),
            None => (part.parse().ok()?, 1),
        };
        let first = NaiveDate::from_ymd_opt(year.parse().ok().filter(|year| (2000..2200).contains(year))?, month, 1)?;
        Some(Period::of(first, months)).filter(|period| period.name == name)
    }

    /// Its months: `2026-04`.
    pub fn months(&self) -> Vec<String> {
        let month = |place| self.first + Months::new(place);
        let within = (0..3).map(month).take_while(|first| *first <= self.last);
        within.map(|first| first.format("%Y-%m").to_string()).collect()
    }
}

/// The periods that a day and another fall in and those between.
pub fn periods(from: NaiveDate, to: Option<NaiveDate>, months: u32) -> Result<Vec<Period>> {
    let begin = |day: NaiveDate| NaiveDate::from_ymd_opt(day.year(), day.month0() / months * months + 1, 1).unwrap_or(day);
    let mut periods = Vec::new();
    let mut first = begin(from);
    loop {
        let period = Period::of(first, months);
        first = period.last + Days::new(1);
        periods.push(period);
        match to {
            Some(to) if first > to => return Ok(periods),
            None if periods.len() == AHEAD => return Ok(periods),
            _ if periods.len() == MAX_PERIODS => {
                return Err(invalid(
                    "to",
                    say!("En çok {} dönem olabilir.", "There may be {} periods at most.", MAX_PERIODS),
                ));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn periods_follow_each_other_without_a_gap() {
        let months = periods(date("2026-11-15"), Some(date("2027-02-01")), 1).expect("periods");
        let names: Vec<&str> = months.iter().map(|period| period.name.as_str()).collect();
        assert_eq!(names, ["2026-11", "2026-12", "2027-01", "2027-02"]);
        let quarters = periods(date("2026-05-31"), None, 3).expect("periods");
        assert_eq!(
            quarters[0],
            Period {
                name: "2026-Q2".into(),
                first: date("2026-04-01"),
                last: date("2026-06-30")
            }
        );
        for pair in quarters.windows(2).chain(months.windows(2)) {
            assert_eq!(pair[0].last + Days::new(1), pair[1].first);
        }
        assert!(periods(date("2026-01-01"), Some(date("2029-01-01")), 1).is_err());
    }
}
