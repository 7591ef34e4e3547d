//! Who fails to log in again and again is not listened to for a while.
//!
//! Failures are counted for an address, of IPv6 for its /64, and for an account, within a minute of the
//! first. This machine itself is not limited: what runs here has better ways to guess. An account that
//! others guess at stays open to where it has been logged in to from before: nobody can be locked out by
//! a stranger.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The failures there were; the same for all ways in.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    sources: Recent<IpAddr, Failures>,
    accounts: Recent<String, Failures>,
    /// Where accounts were logged in to from, and when last.
    homes: Recent<(String, IpAddr), Duration>,
}

/// Failures since the first that counts.
#[derive(Clone, Copy, Debug)]
struct Failures {
    first: Duration,
    count: u32,
}

impl Throttle {
    /// How long failures count.
    const WINDOW: Duration = Duration::from_secs(60);

    /// A login to this account failed. `now` is the time since the process began.
    pub fn failed(&self, now: Duration, address: IpAddr, account: &str) {
        let Some(source) = source(address) else {
            return;
        };
        let mut known = self.lock();
        known.sources.fail(now, source);
        if !account.is_empty() {
            known.accounts.fail(now, named(account));
        }
    }

    /// A login to this account succeeded.
    pub fn succeeded(&self, now: Duration, address: IpAddr, account: &str) {
        if let Some(source) = source(address) {
            self.lock()
                .homes
                .put((named(account), source), now, |last| *last);
        }
    }

    /// Whether connections from this address are taken: fewer than `limit` logins from it have failed.
    pub fn admits(&self, now: Duration, address: IpAddr, limit: u32) -> bool {
        source(address).is_none_or(|source| self.lock().sources.is_below(now, &source, limit))
    }

    /// Whether a login to this account is looked at: besides, fewer than `limit` to it have failed, or it
    /// has been logged in to from there.
    pub fn admits_to(&self, now: Duration, address: IpAddr, account: &str, limit: u32) -> bool {
        let Some(source) = source(address) else {
            return true;
        };
        let known = self.lock();
        let account = named(account);
        known.sources.is_below(now, &source, limit)
            && (known.accounts.is_below(now, &account, limit)
                || known.homes.0.contains_key(&(account, source)))
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is remembered of the most recent.
#[derive(Debug)]
struct Recent<K, V>(BTreeMap<K, V>);

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord + Clone, V> Recent<K, V> {
    /// So many are remembered; the oldest is forgotten then.
    const LIMIT: usize = 4096;

    fn put(&mut self, key: K, value: V, age: impl Fn(&V) -> Duration) {
        if !self.0.contains_key(&key) && self.0.len() >= Self::LIMIT {
            let oldest = self.0.iter().min_by_key(|(_, value)| age(value));
            if let Some(key) = oldest.map(|(key, _)| key.clone()) {
                self.0.remove(&key);
            }
        }
        self.0.insert(key, value);
    }
}

impl<K: Ord + Clone> Recent<K, Failures> {
    fn fail(&mut self, now: Duration, key: K) {
        let over = |failures: &Failures| now.saturating_sub(failures.first) >= Throttle::WINDOW;
        if !self.0.contains_key(&key) && self.0.len() >= Self::LIMIT {
            self.0.retain(|_, failures| !over(failures));
        }
        let before = self.0.get(&key).filter(|failures| !over(failures)).copied();
        let failures = before.map_or(
            Failures {
                first: now,
                count: 1,
            },
            |failures| Failures {
                count: failures.count.saturating_add(1),
                ..failures
            },
        );
        self.put(key, failures, |failures| failures.first);
    }

    fn is_below(&self, now: Duration, key: &K, limit: u32) -> bool {
        self.0.get(key).is_none_or(|failures| {
            failures.count < limit || now.saturating_sub(failures.first) >= Throttle::WINDOW
        })
    }
}

/// An account's name in any case, of bounded length: clients make names up.
fn named(account: &str) -> String {
    account.chars().take(128).collect::<String>().to_lowercase()
}

/// What failures are counted for; `None` if they are not.
fn source(address: IpAddr) -> Option<IpAddr> {
    match address.to_canonical() {
        address if address.is_loopback() => None,
        IpAddr::V6(address) => {
            let network = address.to_bits() & (u128::MAX << 64);
            Some(Ipv6Addr::from_bits(network).into())
        }
        address @ IpAddr::V4(_) => Some(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn who_fails_too_often_waits_for_the_minute_to_end() {
        let throttle = Throttle::default();
        for _ in 0..3 {
            assert!(throttle.admits(at(10), address("192.0.2.1"), 3));
            throttle.failed(at(10), address("192.0.2.1"), "a");
        }
        assert!(!throttle.admits(at(69), address("192.0.2.1"), 3));
        assert!(!throttle.admits(at(69), address("::ffff:192.0.2.1"), 3));
        assert!(throttle.admits(at(69), address("192.0.2.2"), 3));
        assert!(throttle.admits(at(70), address("192.0.2.1"), 3));
        throttle.failed(at(70), address("192.0.2.1"), "a");
        assert!(throttle.admits(at(70), address("192.0.2.1"), 3));
    }

    #[test]
    fn networks_count_as_one_and_this_machine_not_at_all() {
        let throttle = Throttle::default();
        throttle.failed(at(0), address("2001:db8::1"), "a");
        assert!(!throttle.admits(at(0), address("2001:db8::2"), 1));
        assert!(throttle.admits(at(0), address("2001:db8:0:1::2"), 1));
        throttle.failed(at(0), address("127.0.0.1"), "a");
        assert!(throttle.admits(at(0), address("127.0.0.1"), 1));
    }

    #[test]
    fn an_account_that_is_guessed_at_stays_open_to_its_own() {
        let throttle = Throttle::default();
        throttle.succeeded(at(0), address("192.0.2.9"), "Alice");
        for number in 1..=3 {
            let from = address(&format!("198.51.100.{number}"));
            assert!(throttle.admits_to(at(1), from, "alice", 3));
            throttle.failed(at(1), from, "ALICE");
        }
        let stranger = address("198.51.100.77");
        assert!(!throttle.admits_to(at(60), stranger, "alice", 3));
        assert!(
            throttle.admits(at(60), stranger, 3),
            "to other accounts it may"
        );
        assert!(throttle.admits_to(at(60), stranger, "bob", 3));
        assert!(throttle.admits_to(at(60), address("192.0.2.9"), "alice", 3));
        assert!(throttle.admits_to(at(60), address("127.0.0.1"), "alice", 3));
        assert!(throttle.admits_to(at(61), stranger, "alice", 3));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let throttle = Throttle::default();
        for number in 0..10_000u32 {
            let address = IpAddr::V4(number.wrapping_add(0x0a00_0000).into());
            throttle.failed(Duration::from_millis(number.into()), address, "a");
        }
        assert_eq!(
            throttle.lock().sources.0.len(),
            Recent::<IpAddr, Failures>::LIMIT
        );
        assert!(
            !throttle.admits(at(10), address("10.0.39.15"), 1),
            "the latest is known"
        );
    }
}
