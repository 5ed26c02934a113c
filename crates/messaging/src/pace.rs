//! How fast a lane may go: so many a minute, evenly spread, with a small head start (the generic cell rate algorithm).

/// The pace of a lane, on any clock that counts microseconds.
#[derive(Debug)]
pub struct Pace {
    /// Between two messages; 0 for as fast as it goes.
    step_us: i64,
    /// How far ahead of its steps it may be.
    ahead_us: i64,
    /// When the next message would be due, were they evenly spread.
    next_us: i64,
}

/// Messages that may go at once after a rest, as a part of a second.
const HEAD_START_US: i64 = 1_000_000;

impl Pace {
    pub fn per_minute(limit: i64) -> Pace {
        let step_us = if limit > 0 { 60_000_000 / limit } else { 0 };
        Pace {
            step_us,
            ahead_us: HEAD_START_US.min(step_us.saturating_mul(10)),
            next_us: 0,
        }
    }

    /// Takes the next place and says how long to wait for it.
    pub fn take(&mut self, now_us: i64) -> i64 {
        if self.step_us == 0 {
            return 0;
        }
        let due = self.next_us.max(now_us);
        self.next_us = due + self.step_us;
        (due - self.ahead_us - now_us).max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_minute_has_more_than_the_limit_and_the_head_start() {
        let mut pace = Pace::per_minute(600);
        let mut now = 5_000_000;
        let begin = now;
        let mut sent = 0;
        while now - begin < 60_000_000 {
            now += pace.take(now);
            sent += 1;
        }
        assert!((600..=612).contains(&sent), "{sent}");
    }

    #[test]
    fn without_a_limit_nobody_waits() {
        let mut pace = Pace::per_minute(0);
        assert!((0..1000).all(|_| pace.take(0) == 0));
    }
}
