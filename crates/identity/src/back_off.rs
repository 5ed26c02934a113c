//! Waiting that grows with failures and never lasts for ever.

use kernel::clock::SECOND_US;
use kernel::error::Error;
use sqlx::FromRow;

/// How failures turn into waiting.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Failures before the first wait.
    pub free: i64,
    /// The first wait; each further failure doubles it.
    pub first_wait_us: i64,
    pub longest_wait_us: i64,
    /// One failure is forgiven for each such time without an attempt.
    pub forgiven_us: i64,
}

/// Further failures do not count: the wait is the longest already, and quiet must be able to clear them.
const MOST_OVER: i64 = 8;
/// What is remembered of one account or address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Failures {
    pub failures: i64,
    pub last_at: i64,
    pub blocked_until: i64,
}

impl Rule {
    /// Counts an attempt, or tells how long to wait.
    pub fn attempt(self, before: Failures, now_us: i64) -> Result<Failures, i64> {
        if before.blocked_until > now_us {
            return Err(before.blocked_until - now_us);
        }
        let quiet_us = now_us - before.last_at.max(before.blocked_until);
        let forgiven = quiet_us.max(0) / self.forgiven_us;
        let failures = ((before.failures - forgiven).max(0) + 1).min(self.free + MOST_OVER);
        let wait_us = match u32::try_from(failures - self.free) {
            Ok(over) => (self.first_wait_us << over.min(20)).min(self.longest_wait_us),
            Err(_) => 0,
        };
        Ok(Failures {
            failures,
            last_at: now_us,
            blocked_until: now_us + wait_us,
        })
    }

    /// Takes an attempt back: it was right.
    pub fn take_back(self, after: Failures) -> Failures {
        let failures = (after.failures - 1).max(0);
        Failures {
            failures,
            blocked_until: 0,
            ..after
        }
    }
}

/// The refusal that tells how long to wait.
pub fn too_many(wait_us: i64) -> Error {
    Error::TooMany {
        retry_after_s: u64::try_from(wait_us.max(0)).unwrap_or(0).div_ceil(SECOND_US as u64).max(1),
    }
}

#[cfg(test)]
mod tests {
    use kernel::clock::MINUTE_US;

    use super::*;
    use crate::limits::{ACCOUNT, ADDRESS};

    fn waits(rule: Rule, mut failures: Failures, mut now: i64, times: usize) -> (Vec<i64>, Failures, i64) {
        let mut waits = Vec::new();
        for _ in 0..times {
            failures = rule.attempt(failures, now).expect("an attempt is allowed after the wait");
            let wait = failures.blocked_until - now;
            if wait > 0 {
                assert_eq!(rule.attempt(failures, now), Err(wait));
            }
            waits.push(wait / SECOND_US);
            now += wait;
        }
        (waits, failures, now)
    }

    #[test]
    fn five_mistakes_then_the_wait_doubles_up_to_fifteen_minutes_and_quiet_clears_it() {
        let (told, failures, now) = waits(ACCOUNT, Failures::default(), 1_000 * SECOND_US, 20);
        assert_eq!(told[..11], [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900]);
        assert_eq!(told[19], 900, "never longer, never for ever");
        let (told, ..) = waits(ACCOUNT, failures, now + 13 * 12 * MINUTE_US, 5);
        assert_eq!(told, [0, 0, 0, 0, 30], "all is forgiven after long enough");
        let (told, ..) = waits(ACCOUNT, failures, now + 12 * MINUTE_US, 1);
        assert_eq!(told, [900], "one forgiven failure is not all of them");
    }

    #[test]
    fn an_address_has_fifty_mistakes() {
        let (told, failures, now) = waits(ADDRESS, Failures::default(), 0, 54);
        assert_eq!(told[..49], [0; 49]);
        assert_eq!(told[49..], [60, 120, 240, 480, 900]);
        let (told, ..) = waits(ADDRESS, failures, now + 12 * MINUTE_US, 1);
        assert_eq!(told, [0]);
    }

    #[test]
    fn what_was_right_leaves_no_trace() {
        let (_, four, now) = waits(ACCOUNT, Failures::default(), 0, 4);
        let fifth = ACCOUNT.attempt(four, now).unwrap();
        assert!(fifth.blocked_until > now);
        let back = ACCOUNT.take_back(fifth);
        assert_eq!((back.failures, back.blocked_until), (4, 0));
        assert_eq!(ACCOUNT.take_back(Failures::default()), Failures::default());
    }
}
