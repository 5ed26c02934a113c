//! What keeps machines away from forms, without asking people to read crooked letters.
//!
//! A page bears a [`Pass`], signed by the server: for which form and version it is, when it was handed out, how much work it takes. It is good
//! for a day and for one submission, which the database remembers. The work is a number that makes a SHA-256 begin with some zero bits: nothing
//! to a person whose browser does it while they type, something to whoever sends thousands; the nearer a form comes to its limit of a minute,
//! the more bits. Sending needs JavaScript for it; nothing else on the page does. Counts of a minute are each process's own.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::clock::{DAY_US, MINUTE_US, SECOND_US};
use kernel::error::{Error, Result};
use moka::sync::Cache;
use ring::{digest, hmac};
use sha2::{Digest as _, Sha256};

/// How long a page can be sent in.
const PASS_US: i64 = DAY_US;
/// A clock of another node may be ahead.
const SKEW_US: i64 = 5 * SECOND_US;
/// The signature is cut: half of it is more than anybody can guess in a day.
const TAG_BYTES: usize = 16;
const PASS_BYTES: usize = 33;

/// What a quiet form asks: some 30 000 hashes, a tenth of a second in a browser.
pub const EASY_BITS: u8 = 15;
/// The most that is asked: a second or two in a browser on a desk.
pub const HARD_BITS: u8 = 20;
/// A page that was handed out before a flood may ask so much less than one handed out now.
const SLACK_BITS: u8 = 4;
const MAX_WORK_LEN: usize = 20;

/// Submissions that one address may try in a minute: a family, an office, a stand at a fair, and no machine.
pub const TRIES_A_MINUTE: i64 = 30;
/// Pages and beacons that one address may ask for in a minute.
pub const ASKED_A_MINUTE: i64 = 300;
/// Mails that ask one address for confirmation in a day: nobody shall be bothered by what others fill in.
pub const MAILS_A_DAY: i64 = 3;

/// Places kept in memory; the oldest give way.
const WINDOWS: u64 = 200_000;

/// What a page bears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    pub form_id: i64,
    pub version: i64,
    pub issued_at_us: i64,
    /// By which it is known again, and what the work is done upon.
    pub nonce: i64,
    pub bits: u8,
}

impl Pass {
    pub fn new(form_id: i64, version: i64, now_us: i64, bits: u8) -> Result<Pass> {
        let mut nonce = [0; 8];
        getrandom::fill(&mut nonce).map_err(|error| Error::internal(format!("no random bytes: {error}")))?;
        Ok(Pass {
            form_id,
            version,
            issued_at_us: now_us,
            nonce: i64::from_be_bytes(nonce),
            bits,
        })
    }

    fn bytes(self) -> [u8; PASS_BYTES] {
        let mut bytes = [0; PASS_BYTES];
        let numbers = [self.form_id, self.version, self.issued_at_us, self.nonce];
        for (place, number) in bytes.chunks_exact_mut(8).zip(numbers) {
            place.copy_from_slice(&number.to_be_bytes());
        }
        bytes[PASS_BYTES - 1] = self.bits;
        bytes
    }

    /// As it stands in a page.
    pub fn sealed(self, key: &hmac::Key) -> String {
        let bytes = self.bytes();
        let tag = hmac::sign(key, &bytes);
        let tag = tag.as_ref().get(..TAG_BYTES).unwrap_or_default();
        URL_SAFE_NO_PAD.encode([&bytes[..], tag].concat())
    }

    /// Reads what [`Pass::sealed`] wrote, unless it was changed since or is too old.
    pub fn open(key: &hmac::Key, token: &str, now_us: i64) -> Option<Pass> {
        if token.len() > 2 * (PASS_BYTES + TAG_BYTES) {
            return None;
        }
        let all = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (bytes, tag) = all.split_first_chunk::<PASS_BYTES>()?;
        let expected = hmac::sign(key, bytes);
        let expected = expected.as_ref().get(..TAG_BYTES)?;
        // In a time that tells nothing of where they differ.
        let is_same = expected.len() == tag.len() && expected.iter().zip(tag).fold(0, |all, (a, b)| all | (a ^ b)) == 0;
        let number = |place: usize| Some(i64::from_be_bytes(bytes.get(8 * place..8 * place + 8)?.try_into().ok()?));
        let pass = Pass {
            form_id: number(0)?,
            version: number(1)?,
            issued_at_us: number(2)?,
            nonce: number(3)?,
            bits: bytes[PASS_BYTES - 1],
        };
        let age_us = now_us - pass.issued_at_us;
        (is_same && (-SKEW_US..PASS_US).contains(&age_us)).then_some(pass)
    }

    /// Whether the work was done.
    pub fn is_worked(self, work: &str) -> bool {
        let is_number = !work.is_empty() && work.len() <= MAX_WORK_LEN && work.bytes().all(|byte| byte.is_ascii_digit());
        is_number && zero_bits(&format!("{}:{work}", self.nonce)) >= u32::from(self.bits)
    }

    /// Whether it was handed out when so much less was asked that it no longer counts.
    pub fn is_too_easy(self, bits_now: u8) -> bool {
        self.bits + SLACK_BITS < bits_now
    }
}

fn zero_bits(text: &str) -> u32 {
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    let hash = hash.as_ref();
    let zeros = hash.iter().take_while(|byte| **byte == 0).count();
    let rest = hash.get(zeros).map_or(0, |byte| byte.leading_zeros());
    zeros as u32 * 8 + rest
}

/// Does the work, as a browser does. For measurements and tests.
pub fn work(nonce: i64, bits: u8) -> String {
    let mut text = format!("{nonce}:");
    let begin = text.len();
    let mut n: u64 = 0;
    loop {
        text.truncate(begin);
        // Writing to a String cannot fail.
        let _ = write!(text, "{n}");
        if zero_bits(&text) >= u32::from(bits) {
            return text.split_off(begin);
        }
        n += 1;
    }
}

/// How much work a form asks that takes so many a minute of so many it may take: more from an eighth on, two bits for each doubling.
pub fn bits(taken: i64, limit: i64) -> u8 {
    let eighths = (taken.max(0) as u64).saturating_mul(8) / limit.max(1) as u64;
    let doublings = if eighths == 0 { 0 } else { 64 - eighths.leading_zeros() };
    (EASY_BITS + 2 * doublings.min(16) as u8).min(HARD_BITS)
}

/// What is counted for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Counted {
    /// Tries to send something in, from an address.
    Tries(u128),
    /// Pages and beacons that an address asked for.
    Asked(u128),
    /// What a form took.
    Taken(i64),
    /// Mails that asked an address for confirmation, by a hash of it.
    Mails(u128),
}

impl Counted {
    fn window_us(self) -> i64 {
        match self {
            Counted::Mails(_) => DAY_US,
            _ => MINUTE_US,
        }
    }
}

/// How often what happened lately, in this process.
#[derive(Clone)]
pub struct Limits(Cache<(Counted, i64), Arc<AtomicI64>>);

impl Default for Limits {
    fn default() -> Limits {
        Limits(
            Cache::builder()
                .max_capacity(WINDOWS)
                .time_to_live(Duration::from_secs(24 * 3600))
                .build(),
        )
    }
}

impl Limits {
    /// Counts one more; how often it happened in this window.
    pub fn note(&self, what: Counted, now_us: i64) -> i64 {
        let key = (what, now_us / what.window_us());
        self.0.get_with(key, Arc::default).fetch_add(1, Ordering::Relaxed) + 1
    }

    /// How often it happened in this window or in the one before, whichever is more: at the turn of a minute a flood is a flood still.
    pub fn seen(&self, what: Counted, now_us: i64) -> i64 {
        let window = now_us / what.window_us();
        let of = |window: i64| self.0.get(&(what, window)).map_or(0, |count| count.load(Ordering::Relaxed));
        of(window).max(of(window - 1))
    }
}

/// By what an address is counted: of IPv6 the network that one household has.
pub fn address_key(address: Option<IpAddr>) -> u128 {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V4(address)) => u128::from(u32::from(address)),
        Some(IpAddr::V6(address)) => u128::from(address) & !u128::from(u64::MAX),
        None => 0,
    }
}

/// By what a text is counted.
pub fn text_key(text: &str) -> u128 {
    let hash: [u8; 32] = Sha256::digest(text.to_lowercase()).into();
    hash.first_chunk().map_or(0, |bytes| u128::from_be_bytes(*bytes))
}

/// An address without its last part: enough to see from where a flood came, too little to find a person.
pub fn cut(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V4(address)) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0")
        }
        Some(IpAddr::V6(address)) => {
            let [a, b, c, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}::")
        }
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &[7; 32])
    }

    #[test]
    fn a_pass_is_good_unchanged_for_a_day_and_under_its_key() {
        let now_us = 1_000 * DAY_US;
        let pass = Pass::new(3, 2, now_us, EASY_BITS).expect("a pass");
        let token = pass.sealed(&key());
        assert_eq!(Pass::open(&key(), &token, now_us + DAY_US - 1), Some(pass));
        assert_eq!(Pass::open(&key(), &token, now_us + DAY_US), None);
        assert_eq!(Pass::open(&key(), &token, now_us - 2 * SKEW_US), None);
        let other = hmac::Key::new(hmac::HMAC_SHA256, &[8; 32]);
        assert_eq!(Pass::open(&other, &token, now_us), None);
        for place in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let opened = Pass::open(&key(), std::str::from_utf8(&changed).expect("text"), now_us);
            assert_eq!(opened, None, "changed at {place}");
        }
        assert_eq!(Pass::open(&key(), "", now_us), None);
        assert_eq!(Pass::open(&key(), &token[..20], now_us), None);
    }

    #[test]
    fn work_is_done_or_not() {
        let mut pass = Pass::new(1, 1, 0, 10).expect("a pass");
        pass.nonce = 1234;
        let done = work(pass.nonce, 10);
        assert!(pass.is_worked(&done));
        assert!(
            !Pass {
                nonce: 1235,
                bits: 30,
                ..pass
            }
            .is_worked(&done),
            "for another page it counts for nothing"
        );
        for wrong in ["", "-1", "x", "1e9", "000000000000000000000000000000000001"] {
            assert!(!pass.is_worked(wrong), "{wrong}");
        }
        // What the script of the page finds: node and this must agree.
        assert_eq!(work(1234, 8), "210");
    }

    #[test]
    fn the_nearer_the_limit_the_more_work() {
        assert_eq!(bits(0, 1_000), EASY_BITS);
        assert_eq!(bits(124, 1_000), EASY_BITS);
        assert_eq!(bits(125, 1_000), EASY_BITS + 2);
        assert_eq!(bits(250, 1_000), EASY_BITS + 4);
        assert_eq!(bits(1_000, 1_000), HARD_BITS);
        assert_eq!(bits(i64::MAX, 1), HARD_BITS);
    }

    #[test]
    fn what_is_counted_is_forgotten_with_its_minute() {
        let limits = Limits::default();
        let now_us = 100 * MINUTE_US;
        assert_eq!(
            (limits.note(Counted::Tries(1), now_us), limits.note(Counted::Tries(1), now_us + 1)),
            (1, 2)
        );
        assert_eq!(limits.note(Counted::Tries(2), now_us), 1, "another address");
        assert_eq!(limits.note(Counted::Tries(1), now_us + MINUTE_US), 1);
        assert_eq!(limits.seen(Counted::Tries(1), now_us + MINUTE_US), 2);
        assert_eq!(limits.seen(Counted::Tries(1), now_us + 3 * MINUTE_US), 0);
    }

    #[test]
    fn addresses_are_cut() {
        let address = |text: &str| Some(text.parse().expect("an address"));
        assert_eq!(cut(address("203.0.113.77")), "203.0.113.0");
        assert_eq!(cut(address("2001:db8:1:2:3:4:5:6")), "2001:db8:1::");
        assert_eq!(cut(address("::ffff:203.0.113.77")), "203.0.113.0");
        assert_eq!(address_key(address("2001:db8:1:2::1")), address_key(address("2001:db8:1:2::2")));
        assert_ne!(address_key(address("2001:db8:1:2::1")), address_key(address("2001:db8:1:3::1")));
    }
}
