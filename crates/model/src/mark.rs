//! Places in the order of events, across the runs of a node.

use crate::Seq;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A run of a node, from its start to its end: numbered by when it began, in milliseconds since 1970,
/// and always higher than those before. Each counts its events from 1.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Run(pub u64);

/// An event of a run, or the place before its first. Written `RUN/SEQ`; later ones are greater.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// The run.
    pub run: Run,
    /// The event's number; 0 is "before all of the run".
    pub seq: Seq,
}

impl Run {
    /// The event of this number in it.
    pub fn at(self, seq: Seq) -> Mark {
        Mark { run: self, seq }
    }
}

impl Mark {
    /// The event after this one, in the same run.
    #[must_use]
    pub fn next(self) -> Self {
        self.run.at(self.seq.next())
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.run.0, self.seq)
    }
}

/// What is not a place in any order of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadMark;

impl FromStr for Mark {
    type Err = BadMark;

    fn from_str(text: &str) -> Result<Self, BadMark> {
        /// The highest number: one more can always be counted.
        const LIMIT: u64 = i64::MAX as u64;
        let number = |text: &str| text.parse().ok().filter(|number| *number < LIMIT);
        let (run, seq) = text.trim().split_once('/').ok_or(BadMark)?;
        let run = number(run).map(Run).ok_or(BadMark)?;
        let seq = number(seq).map(Seq).ok_or(BadMark)?;
        Ok(Self { run, seq })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_written_and_read() {
        let mark = Run(1_795_383_587_123).at(Seq(42));
        assert_eq!(mark.to_string(), "1795383587123/42");
        assert_eq!("1795383587123/42".parse(), Ok(mark));
        for bad in ["", "42", "x/1", "1/x", "1/", "1/18446744073709551615"] {
            assert_eq!(bad.parse::<Mark>(), Err(BadMark), "{bad}");
        }
    }

    #[test]
    fn later_events_are_greater_whatever_their_run() {
        assert!(Run(1).at(Seq(9)) < Run(1).at(Seq(10)));
        assert!(Run(1).at(Seq(10)) < Run(2).at(Seq(0)));
    }
}
