//! When a message that was deferred is tried again: eight times in two days, each wait longer than the one before.

use kernel::clock::{HOUR_US, MINUTE_US};

/// Tries at most, the first included.
pub const MAX_ATTEMPTS: u32 = 8;

/// Waits after the first, second, … try; with a quarter more or less they come to 48 hours at most.
const WAITS_US: [i64; MAX_ATTEMPTS as usize - 1] = [
    MINUTE_US,
    5 * MINUTE_US,
    15 * MINUTE_US,
    HOUR_US,
    4 * HOUR_US,
    9 * HOUR_US,
    22 * HOUR_US,
];

/// How long to wait after so many tries; none when it was the last. `dice` is any number: it spreads those that were deferred together.
pub fn wait_us(attempts: u32, dice: u16) -> Option<i64> {
    let wait = *WAITS_US.get(attempts.max(1) as usize - 1)?;
    Some(wait * 3 / 4 + wait / 2 * i64::from(dice) / i64::from(u16::MAX))
}

/// How long a lane rests after so many refusals of its own in a row.
pub fn rest_us(failures: i64) -> i64 {
    (MINUTE_US / 6) << failures.clamp(0, 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_tries_end_within_two_days() {
        let all = |dice| {
            (1..MAX_ATTEMPTS)
                .map(|attempts| wait_us(attempts, dice).expect("a wait"))
                .sum::<i64>()
        };
        assert!(all(u16::MAX) <= 48 * HOUR_US);
        assert!(all(0) >= 24 * HOUR_US);
        assert_eq!(wait_us(MAX_ATTEMPTS, 0), None);
        assert!((1..7).all(|attempts| wait_us(attempts, u16::MAX) < wait_us(attempts + 1, 0)));
    }

    #[test]
    fn a_lane_rests_longer_each_time_and_never_for_good() {
        assert_eq!(rest_us(0), 10_000_000);
        assert!(rest_us(1_000_000) <= HOUR_US);
        assert!((0..8).all(|failures| rest_us(failures) < rest_us(failures + 1)));
    }
}
