//! Who fails to log in again and again is not listened to for a while.
//!
//! Failures are counted for an address, of IPv6 for its /64, within a minute of the first. This
//! machine itself is not limited: what runs here has better ways to guess.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

/// The failures of all addresses.
#[derive(Debug, Default)]
pub struct Throttle {
    sources: BTreeMap<IpAddr, Failures>,
}

/// The failures of one address.
#[derive(Debug)]
struct Failures {
    first: Duration,
    count: u32,
}

impl Throttle {
    /// How long failures count.
    const WINDOW: Duration = Duration::from_secs(60);
    /// So many addresses are remembered; the one that failed first is forgotten then.
    const LIMIT: usize = 4096;

    /// A login from this address failed. `now` is the time since the process began.
    pub fn failed(&mut self, now: Duration, address: IpAddr) {
        let Some(source) = source(address) else {
            return;
        };
        if !self.sources.contains_key(&source) && self.sources.len() >= Self::LIMIT {
            self.forget(now);
        }
        let failures = self.sources.entry(source).or_insert(Failures {
            first: now,
            count: 0,
        });
        if now.saturating_sub(failures.first) >= Self::WINDOW {
            *failures = Failures {
                first: now,
                count: 0,
            };
        }
        failures.count = failures.count.saturating_add(1);
    }

    /// Whether a connection from this address is taken: fewer than `limit` logins have failed.
    pub fn admits(&self, now: Duration, address: IpAddr, limit: u32) -> bool {
        let failures = source(address).and_then(|source| self.sources.get(&source));
        failures.is_none_or(|failures| {
            failures.count < limit || now.saturating_sub(failures.first) >= Self::WINDOW
        })
    }

    /// Makes room: for all whose time is over, or for the oldest.
    fn forget(&mut self, now: Duration) {
        self.sources
            .retain(|_, failures| now.saturating_sub(failures.first) < Self::WINDOW);
        if self.sources.len() >= Self::LIMIT {
            let oldest = self
                .sources
                .iter()
                .min_by_key(|(_, failures)| failures.first);
            if let Some(address) = oldest.map(|(address, _)| *address) {
                self.sources.remove(&address);
            }
        }
    }
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
        let mut throttle = Throttle::default();
        for _ in 0..3 {
            assert!(throttle.admits(at(10), address("192.0.2.1"), 3));
            throttle.failed(at(10), address("192.0.2.1"));
        }
        assert!(!throttle.admits(at(69), address("192.0.2.1"), 3));
        assert!(!throttle.admits(at(69), address("::ffff:192.0.2.1"), 3));
        assert!(throttle.admits(at(69), address("192.0.2.2"), 3));
        assert!(throttle.admits(at(70), address("192.0.2.1"), 3));
        throttle.failed(at(70), address("192.0.2.1"));
        assert!(throttle.admits(at(70), address("192.0.2.1"), 3));
    }

    #[test]
    fn networks_count_as_one_and_this_machine_not_at_all() {
        let mut throttle = Throttle::default();
        throttle.failed(at(0), address("2001:db8::1"));
        assert!(!throttle.admits(at(0), address("2001:db8::2"), 1));
        assert!(throttle.admits(at(0), address("2001:db8:0:1::2"), 1));
        throttle.failed(at(0), address("127.0.0.1"));
        assert!(throttle.admits(at(0), address("127.0.0.1"), 1));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut throttle = Throttle::default();
        for number in 0..10_000u32 {
            let address = IpAddr::V4(number.wrapping_add(0x0a00_0000).into());
            throttle.failed(Duration::from_millis(number.into()), address);
        }
        assert_eq!(throttle.sources.len(), Throttle::LIMIT);
        assert!(
            !throttle.admits(at(10), address("10.0.39.15"), 1),
            "the latest is known"
        );
    }
}
