//! The live stream: events as they happen, from a place in their order on.
//!
//! A reader says where it was ([`Mark`]) and goes on from there, as long as what came after is kept, in
//! memory or in the journal. A snapshot tells the state at one place as events that would bring a reader
//! who knows nothing to it, so that a reader needs one way to take both.

mod feed;
pub(crate) mod snapshot;
pub(crate) mod socket;
pub(crate) mod sse;

pub(crate) use feed::{Feed, Item};

use model::{Mark, Run, Seq};

/// A place that cannot be gone on from.
pub(crate) const NOWHERE: Mark = Mark {
    run: Run(0),
    seq: Seq(0),
};

/// Where a reader says it was; nowhere, if it does not read.
pub(crate) fn place(after: Option<&str>) -> Option<Mark> {
    let after = after.filter(|text| !text.is_empty())?;
    Some(after.parse().unwrap_or(NOWHERE))
}

/// Where a reader begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Start {
    /// Where it was; it goes on from there if that is possible.
    pub(crate) after: Option<Mark>,
    /// Whether it wants to be told the state, if it does not go on from where it was.
    pub(crate) snapshot: bool,
}
