//! The one place where the clock is read: the pure crates are handed the moment.

use jiff::Timestamp;
use model::{Now, Run};
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

    /// A run that begins now.
    pub(crate) fn run(&self) -> Run {
        let began = self.now().utc.as_millisecond();
        Run(began.try_into().unwrap_or(0))
    }

    /// The moment that is so long after the start, for timers of the runtime.
    pub(crate) fn at(&self, since_start: Duration) -> tokio::time::Instant {
        (self.start + since_start).into()
    }
}
