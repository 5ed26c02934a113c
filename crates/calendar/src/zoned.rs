//! From the time on the wall to the moment it is, also on the two days a year when the clocks jump.

use chrono::{DateTime, Duration, LocalResult, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;

/// The moment of a local time. Of a time that comes twice the first is meant; one that is skipped is read with the offset from before
/// the gap (02:30 becomes 03:30), as RFC 5545 §3.3.5 has it.
pub fn moment(local: NaiveDateTime, zone: Tz) -> DateTime<Utc> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => time.to_utc(),
        LocalResult::None => {
            // No gap in the database is longer than a day.
            let before = local - Duration::hours(25);
            match zone.from_local_datetime(&before) {
                LocalResult::Single(time) | LocalResult::Ambiguous(time, _) => time.to_utc() + Duration::hours(25),
                LocalResult::None => local.and_utc(),
            }
        }
    }
}

/// What the clock on the wall shows at a moment.
pub fn local(moment: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
    moment.with_timezone(&zone).naive_local()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    #[test]
    fn clocks_that_jump_lose_no_appointment() {
        let berlin = chrono_tz::Europe::Berlin;
        assert_eq!(moment(at("2027-03-28T02:30:00"), berlin).to_rfc3339(), "2027-03-28T01:30:00+00:00");
        assert_eq!(local(moment(at("2027-03-28T02:30:00"), berlin), berlin), at("2027-03-28T03:30:00"));
        assert_eq!(moment(at("2027-10-31T02:30:00"), berlin).to_rfc3339(), "2027-10-31T00:30:00+00:00");
        let istanbul = chrono_tz::Europe::Istanbul;
        assert_eq!(
            moment(at("2027-03-28T02:30:00"), istanbul).to_rfc3339(),
            "2027-03-27T23:30:00+00:00"
        );
    }
}
