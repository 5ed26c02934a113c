//! Time: UTC as microseconds since 1970 in the database and everywhere inside; business dates in the organisation's zone.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, NaiveDate, SecondsFormat, TimeZone, Utc};
use chrono_tz::Tz;

/// Microseconds in a second, a minute, an hour, a day.
pub const SECOND_US: i64 = 1_000_000;
pub const MINUTE_US: i64 = 60 * SECOND_US;
pub const HOUR_US: i64 = 60 * MINUTE_US;
pub const DAY_US: i64 = 24 * HOUR_US;

/// Where the time comes from. Tests set their own.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    #[default]
    System,
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at this time until it is moved.
    pub fn at(now_us: i64) -> Clock {
        Clock::Set(Arc::new(AtomicI64::new(now_us)))
    }

    #[allow(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn now_us(&self) -> i64 {
        match self {
            Clock::System => Utc::now().timestamp_micros(),
            Clock::Set(now) => now.load(Ordering::SeqCst),
        }
    }

    /// Moves a set clock forward; the system's goes by itself.
    pub fn advance(&self, by_us: i64) {
        if let Clock::Set(now) = self {
            now.fetch_add(by_us, Ordering::SeqCst);
        }
    }

    /// Today's date in the zone.
    pub fn today(&self, zone: Tz) -> NaiveDate {
        local_date(self.now_us(), zone)
    }
}

/// When a day given as `yyyy-mm-dd` begins in a zone; none when it is no day.
pub fn local_midnight_us(day: &str, zone: Tz) -> Option<i64> {
    let midnight = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0)?;
    // Where clocks go forward at midnight the day begins an hour later.
    let local = midnight
        .and_local_timezone(zone)
        .earliest()
        .or_else(|| (midnight + chrono::TimeDelta::hours(1)).and_local_timezone(zone).earliest())?;
    Some(local.timestamp_micros())
}

/// The date a moment falls on in the zone.
pub fn local_date(at_us: i64, zone: Tz) -> NaiveDate {
    utc(at_us).with_timezone(&zone).date_naive()
}

/// A moment as chrono knows it.
pub fn utc(at_us: i64) -> DateTime<Utc> {
    Utc.timestamp_micros(at_us).single().unwrap_or_default()
}

/// A moment as it stands in JSON: `2026-11-22T16:04:36.123456Z`.
pub fn rfc3339(at_us: i64) -> String {
    utc(at_us).to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// For `#[serde(serialize_with)]`: microseconds shown as RFC 3339.
pub mod shown {
    use serde::Serializer;

    pub fn time<S: Serializer>(at_us: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::rfc3339(*at_us))
    }

    pub fn time_or_null<S: Serializer>(at_us: &Option<i64>, serializer: S) -> Result<S::Ok, S::Error> {
        match at_us {
            Some(at_us) => time(at_us, serializer),
            None => serializer.serialize_none(),
        }
    }
}

/// Reads what [`rfc3339`] writes, and any other RFC 3339 time.
pub fn parse_rfc3339(text: &str) -> Option<i64> {
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.timestamp_micros())
}
