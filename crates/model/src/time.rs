//! Time as an argument.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The moment of a turn, read once by the shell and handed to the pure crates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Now {
    /// Monotonic time since the process began; timers and durations are measured with it.
    pub since_start: Duration,
    /// Wall clock time; only told, never compared.
    pub utc: jiff::Timestamp,
}
