//! How often one may try to sign in. In memory, of bounded size, each process by itself.
//!
//! An attempt is counted before the password is looked at, so that many at once cannot slip through together; a success takes it back.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use kernel::clock::{MINUTE_US, SECOND_US};
use kernel::error::{Error, Result};

/// Attempts on one account before the first wait.
const ACCOUNT_FREE: u32 = 5;
/// The first wait; each further failure doubles it.
const ACCOUNT_FIRST_WAIT_US: i64 = 30 * SECOND_US;
const ACCOUNT_LONGEST_WAIT_US: i64 = 15 * MINUTE_US;
/// After this long without an attempt, failures are forgotten.
const ACCOUNT_MEMORY_US: i64 = 60 * MINUTE_US;
/// Failures from one address within the window.
const ADDRESS_FREE: u32 = 50;
const ADDRESS_WINDOW_US: i64 = 10 * MINUTE_US;
/// Accounts, and addresses, remembered at most.
const MAX_ENTRIES: usize = 20_000;

#[derive(Default)]
pub struct Limits {
    accounts: Mutex<HashMap<String, Account>>,
    addresses: Mutex<HashMap<IpAddr, Address>>,
}

#[derive(Clone, Copy, Default)]
struct Account {
    failures: u32,
    last_us: i64,
    blocked_until_us: i64,
}

#[derive(Clone, Copy)]
struct Address {
    failures: u32,
    since_us: i64,
}

impl Limits {
    /// Counts an attempt on an account from an address, or refuses it.
    pub fn attempt(&self, account: &str, address: IpAddr, now_us: i64) -> Result<()> {
        self.attempt_from(address, now_us)?;
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        make_room(&mut accounts, |entry| (entry.last_us, now_us - entry.last_us > ACCOUNT_MEMORY_US));
        let entry = accounts.entry(account.to_owned()).or_default();
        if now_us - entry.last_us > ACCOUNT_MEMORY_US {
            *entry = Account::default();
        }
        if entry.blocked_until_us > now_us {
            return Err(too_many(entry.blocked_until_us - now_us));
        }
        entry.failures = entry.failures.saturating_add(1);
        entry.last_us = now_us;
        if entry.failures >= ACCOUNT_FREE {
            let doublings = (entry.failures - ACCOUNT_FREE).min(20);
            entry.blocked_until_us = now_us + (ACCOUNT_FIRST_WAIT_US << doublings).min(ACCOUNT_LONGEST_WAIT_US);
        }
        Ok(())
    }

    /// Counts an attempt from an address, or refuses it.
    pub fn attempt_from(&self, address: IpAddr, now_us: i64) -> Result<()> {
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        make_room(&mut addresses, |entry| {
            (entry.since_us, now_us - entry.since_us > ADDRESS_WINDOW_US)
        });
        let entry = addresses.entry(network(address)).or_insert(Address {
            failures: 0,
            since_us: now_us,
        });
        if now_us - entry.since_us > ADDRESS_WINDOW_US {
            *entry = Address {
                failures: 0,
                since_us: now_us,
            };
        }
        if entry.failures >= ADDRESS_FREE {
            return Err(too_many(entry.since_us + ADDRESS_WINDOW_US - now_us));
        }
        entry.failures += 1;
        Ok(())
    }

    /// The attempt was right.
    pub fn succeeded(&self, account: &str, address: IpAddr) {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner).remove(account);
        self.succeeded_from(address);
    }

    pub fn succeeded_from(&self, address: IpAddr) {
        if let Some(entry) = self
            .addresses
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_mut(&network(address))
        {
            entry.failures = entry.failures.saturating_sub(1);
        }
    }
}

/// Whoever has an address of IPv6 has a whole network of them.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

/// Once full, drops what is over, and then the older half.
fn make_room<K: Hash + Eq, V>(entries: &mut HashMap<K, V>, age: impl Fn(&V) -> (i64, bool)) {
    if entries.len() < MAX_ENTRIES {
        return;
    }
    entries.retain(|_, entry| !age(entry).1);
    if entries.len() > MAX_ENTRIES / 2 {
        let mut times: Vec<i64> = entries.values().map(|entry| age(entry).0).collect();
        let (_, middle, _) = times.select_nth_unstable(entries.len() - MAX_ENTRIES / 2);
        let middle = *middle;
        entries.retain(|_, entry| age(entry).0 > middle);
    }
}

fn too_many(wait_us: i64) -> Error {
    Error::TooMany {
        retry_after_s: u64::try_from(wait_us.max(0)).unwrap_or(0).div_ceil(SECOND_US as u64).max(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn wait(outcome: Result<()>) -> u64 {
        match outcome {
            Ok(()) => 0,
            Err(Error::TooMany { retry_after_s }) => retry_after_s,
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn five_failures_are_free_then_the_wait_doubles_up_to_fifteen_minutes() {
        let limits = Limits::default();
        let mut now = 1_000 * SECOND_US;
        for _ in 0..5 {
            assert_eq!(wait(limits.attempt("a@x.tr", HERE, now)), 0);
        }
        let mut waits = Vec::new();
        for _ in 0..7 {
            let seconds = wait(limits.attempt("a@x.tr", HERE, now));
            waits.push(seconds);
            now += seconds as i64 * SECOND_US;
            assert_eq!(
                wait(limits.attempt("a@x.tr", HERE, now)),
                0,
                "after the wait one attempt is allowed"
            );
        }
        assert_eq!(waits, [30, 60, 120, 240, 480, 900, 900]);
        assert_eq!(wait(limits.attempt("b@x.tr", HERE, now)), 0, "another account is another matter");
        assert_eq!(
            wait(limits.attempt("a@x.tr", HERE, now + 2 * ACCOUNT_MEMORY_US)),
            0,
            "long ago is forgotten"
        );
    }

    #[test]
    fn a_success_starts_anew() {
        let limits = Limits::default();
        for _ in 0..4 {
            limits.attempt("a@x.tr", HERE, 0).unwrap();
        }
        limits.succeeded("a@x.tr", HERE);
        for _ in 0..5 {
            assert_eq!(wait(limits.attempt("a@x.tr", HERE, 1)), 0);
        }
        assert_eq!(wait(limits.attempt("a@x.tr", HERE, 1)), 30);
    }

    #[test]
    fn an_address_has_fifty_failures_in_ten_minutes() {
        let limits = Limits::default();
        for n in 0..50 {
            assert_eq!(wait(limits.attempt(&format!("{n}@x.tr"), HERE, 0)), 0);
        }
        assert_eq!(wait(limits.attempt("other@x.tr", HERE, 60 * SECOND_US)), 540);
        assert_eq!(wait(limits.attempt("other@x.tr", HERE, ADDRESS_WINDOW_US + 1)), 0);
        let neighbours = ["2001:db8::1", "2001:db8::2"].map(|text| network(text.parse().unwrap()));
        assert_eq!(neighbours[0], neighbours[1]);
        assert_eq!(network("::ffff:127.0.0.1".parse().unwrap()), HERE);
    }

    #[test]
    fn memory_is_bounded() {
        let limits = Limits::default();
        for n in 0..60_000i64 {
            let address = IpAddr::from((n as u32).to_be_bytes());
            let _ = limits.attempt(&format!("{n}@x.tr"), address, n);
        }
        assert!(limits.accounts.lock().unwrap().len() <= MAX_ENTRIES);
        assert!(limits.addresses.lock().unwrap().len() <= MAX_ENTRIES);
        assert_eq!(
            limits.accounts.lock().unwrap().get("59999@x.tr").map(|entry| entry.failures),
            Some(1),
            "the newest are kept"
        );
    }
}
