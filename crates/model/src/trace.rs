//! What tells that things belong together: an action, the calls that come of it, their legs.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;
use std::sync::Arc;

/// A trace: everything that came of one action, or of one call that came in. It is never 0, and is
/// written as 32 hexadecimal digits (www.w3.org/TR/trace-context, "trace-id").
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TraceId(u128);

impl TraceId {
    /// The trace of this number; of another one if it is 0.
    pub fn new(number: u128) -> Self {
        Self(number.max(1))
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for TraceId {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        u128::from_str_radix(text, 16).map(Self::new)
    }
}

impl TryFrom<String> for TraceId {
    type Error = ParseIntError;

    fn try_from(text: String) -> Result<Self, ParseIntError> {
        text.parse()
    }
}

impl From<TraceId> for String {
    fn from(id: TraceId) -> Self {
        id.to_string()
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a channel is traced by; it never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// Its trace: that of the action or the channel it was made for.
    pub id: TraceId,
    /// Its technology's id of the call (SIP Call-ID), if it has one.
    pub call_id: Option<Arc<str>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_written_in_hexadecimal_digits_and_is_never_zero() {
        assert_eq!(TraceId::new(0xab).to_string(), format!("{:0>32}", "ab"));
        assert_eq!(TraceId::new(u128::MAX).to_string(), "f".repeat(32));
        assert_eq!("00ab".parse(), Ok(TraceId::new(0xab)));
        assert_ne!(TraceId::new(0).to_string(), "0".repeat(32));
    }
}
