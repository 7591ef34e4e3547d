//! How often: `rate=5/s`, as much at once and then evenly (the leaky bucket of ITU-T I.371, GCRA).

use model::Now;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A rate, and how much of it is spent: by all sessions of the account together.
pub(crate) struct Rate {
    count: u32,
    per: Duration,
    /// When, in nanoseconds since the process began, all that was taken is given back.
    full: AtomicU64,
}

impl Rate {
    /// Reads `count/unit`: `s`, `m`, `h` or `d`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (count, unit) = text.split_once('/')?;
        let seconds = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return None,
        };
        let count = count
            .parse()
            .ok()
            .filter(|count| (1..=1_000_000).contains(count))?;
        Some(Self {
            count,
            per: Duration::from_secs(seconds),
            full: AtomicU64::new(0),
        })
    }

    /// Whether one more is within it.
    pub(crate) fn is_left(&self, now: Now) -> bool {
        self.after_one_more(now, self.full.load(Ordering::Relaxed))
            .is_some()
    }

    /// Takes one, if it is within.
    pub(crate) fn take(&self, now: Now) -> bool {
        let taken = |full| self.after_one_more(now, full);
        self.full
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken)
            .is_ok()
    }

    fn after_one_more(&self, now: Now, full: u64) -> Option<u64> {
        let nanoseconds = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let now = nanoseconds(now.since_start);
        let per = nanoseconds(self.per);
        let after = full.max(now).saturating_add(per / u64::from(self.count));
        (after <= now.saturating_add(per)).then_some(after)
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{:?}", self.count, self.per)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: u64) -> Now {
        Now {
            since_start: Duration::from_millis(milliseconds),
            utc: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn as_many_at_once_and_then_evenly() {
        let rate = Rate::read("5/s").unwrap();
        for _ in 0..5 {
            assert!(rate.is_left(at(1000)) && rate.take(at(1000)));
        }
        assert!(!rate.is_left(at(1199)) && !rate.take(at(1199)));
        assert!(rate.take(at(1200)));
        assert!(!rate.take(at(1200)));
        for _ in 0..5 {
            assert!(rate.take(at(9000)));
        }
        assert!(!rate.take(at(9000)));
        for bad in ["5", "0/s", "5/w", "x/s", "-1/s", "9999999999/s", "5/"] {
            assert!(Rate::read(bad).is_none(), "{bad}");
        }
    }
}
