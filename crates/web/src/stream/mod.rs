//! The live stream: events as they happen, from a place in their order on.
//!
//! A reader says where it was ([`Mark`]) and goes on from there, as long as the hub keeps what came
//! after. A snapshot tells the state at one place as events that would bring a reader who knows
//! nothing to it, so that a reader needs one way to take both.

mod feed;
pub(crate) mod snapshot;
pub(crate) mod socket;
pub(crate) mod sse;

pub(crate) use feed::{Feed, Item};

use jiff::Timestamp;
use model::Seq;
use std::fmt;
use std::str::FromStr;

/// A place in the order of events of one run of the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// When the node began: numbers begin anew then.
    run: i64,
    /// The event.
    pub(crate) seq: Seq,
}

impl Mark {
    pub(crate) fn new(started: Timestamp, seq: Seq) -> Self {
        Self {
            run: started.as_millisecond(),
            seq,
        }
    }

    /// Whether it is of the run that began then.
    pub(crate) fn is_of(self, started: Timestamp) -> bool {
        self.run == started.as_millisecond()
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.run, self.seq)
    }
}

impl FromStr for Mark {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (run, seq) = text.split_once('-').ok_or(())?;
        let run = run.parse().map_err(|_| ())?;
        let seq = seq.parse().map(Seq).map_err(|_| ())?;
        Ok(Self { run, seq })
    }
}

/// Where a reader begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Start {
    /// Where it was; it goes on from there if that is possible.
    pub(crate) after: Option<Mark>,
    /// Whether it wants to be told the state, if it does not go on from where it was.
    pub(crate) snapshot: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_written_and_read() {
        let started = Timestamp::from_millisecond(1_795_383_587_123).unwrap();
        let mark = Mark::new(started, Seq(42));
        assert_eq!(mark.to_string(), "1795383587123-42");
        assert_eq!("1795383587123-42".parse(), Ok(mark));
        assert!(mark.is_of(started) && !mark.is_of(Timestamp::UNIX_EPOCH));
        for bad in ["", "42", "x-1", "1-x", "1-"] {
            assert_eq!(bad.parse::<Mark>(), Err(()), "{bad}");
        }
    }
}
