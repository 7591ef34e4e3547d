//! Events that are gone before a reader was told them, and how it is told that.

use crate::Told;
use ami::event::Event as _;
use ami::event::system::EventsMissed;
use model::Mark;
use std::sync::OnceLock;

/// Events that a reader is not told, as they are gone: those it would not have been told either among
/// them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missed {
    /// The first of them.
    pub from: Mark,
    /// The last of them.
    pub to: Mark,
    /// Why they are gone.
    pub why: Why,
}

/// Why events are gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// They are no longer kept.
    Expired,
    /// The node has started anew and has not kept them.
    Restarted,
    /// The reader was too slow.
    Lagged,
    /// What was kept of them is damaged, or could not be kept.
    Damaged,
    /// The reader comes from a place that is none of this node's.
    Unknown,
}

/// Where a reader goes on that said where it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resumed {
    /// The last event before those it will be given.
    pub place: Mark,
    /// What is gone between that and where it was.
    pub missed: Option<Missed>,
}

impl Why {
    /// The word told as `Reason`.
    pub fn text(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Restarted => "restarted",
            Self::Lagged => "lag",
            Self::Damaged => "damaged",
            Self::Unknown => "unknown",
        }
    }
}

impl Missed {
    /// How many they are, if that is known: not across runs, nor from a place that is none of ours.
    pub fn known_count(&self) -> Option<u64> {
        let known = self.from.run == self.to.run && self.why != Why::Unknown;
        known.then(|| self.count())
    }

    /// How many they are, as far as that is known: those of the run of the last.
    pub fn count(&self) -> u64 {
        let before = if self.from.run == self.to.run {
            self.from.seq.0.saturating_sub(1)
        } else {
            0
        };
        self.to.seq.0.saturating_sub(before)
    }

    /// These and those that follow them.
    #[must_use]
    pub(crate) fn and(self, later: Self) -> Self {
        Self {
            from: self.from.min(later.from),
            ..later
        }
    }

    /// The event that says so.
    pub(crate) fn told(&self) -> Told {
        let event = EventsMissed {
            from: &self.from.to_string(),
            to: &self.to.to_string(),
            reason: self.why.text(),
        };
        let declared = EventsMissed::DECLARATION;
        Told {
            mark: self.to,
            name: declared.name,
            classes: declared.classes,
            message: event.message(),
            head: 1,
            fresh: false,
            stray: false,
            json: OnceLock::new(),
        }
    }
}
