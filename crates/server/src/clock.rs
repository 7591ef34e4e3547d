//! The one place where the clock is read: the pure crates are handed the moment.

use jiff::Timestamp;
use model::Now;
use std::time::{Duration, Instant};

/// Time since the process began, and the wall clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    start: Instant,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self {
            start: Instant::now(),
        }
    }

    pub(crate) fn now(&self) -> Now {
        Now {
            since_start: self.start.elapsed(),
            utc: Timestamp::now(),
        }
    }

    /// The moment that is so long after the start, for timers of the runtime.
    pub(crate) fn at(&self, since_start: Duration) -> tokio::time::Instant {
        (self.start + since_start).into()
    }
}
