//! What happens to a channel while it executes something, and what becomes of a call it dialled.

use crate::timers::TimerId;
use model::{ChannelId, DialStatus, OriginateReason, Outcome, PlayControl, PlayId, RunId};
use std::sync::Arc;

/// Something that happened to a channel, for what it executes to react to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Happening {
    /// It shall end.
    HungUp,
    /// A timer it set is due.
    Timer(TimerId),
    /// A key was pressed at its far end.
    Digit(char),
    /// A playback into it ended.
    Played {
        /// Which.
        play: PlayId,
        /// Whether none of it could be played.
        failed: bool,
    },
    /// Somebody wants something done to what it plays.
    Controlled(PlayControl),
    /// Something became of a channel it dialled.
    Dialed(ChannelId, Progress),
    /// It left its bridge.
    Unbridged,
    /// Somebody else takes the call of a channel it dialled.
    PickedUp {
        /// The channel it dialled.
        line: ChannelId,
        /// Who takes it.
        by: ChannelId,
    },
    /// Who is called by a channel it dialled asks that somebody else be called instead.
    Forwarded {
        /// The channel it dialled.
        line: ChannelId,
        /// Whom to call.
        exten: Arc<str>,
    },
    /// Its far end was asked to call somebody else: the status that failed with, if it did.
    SentAway(Option<u16>),
    /// A program that it had run has ended, or could not be run.
    Ran(RunId, Outcome),
    /// Whoever answered its call has chosen, by a key, or has not.
    Chosen {
        /// The channel that answered.
        by: ChannelId,
        key: Option<char>,
    },
    /// Whom it spied on has ended.
    SpyeeEnded(ChannelId),
    /// A call that it ordered was answered, or came to nothing.
    Originated(OriginateReason),
    /// A subroutine that it asked for is over.
    Subroutine {
        /// The channel that ran it.
        of: ChannelId,
        /// Whether it came to its end.
        completed: bool,
    },
}

impl Happening {
    pub(crate) fn is_end_of(&self, play: PlayId) -> bool {
        matches!(self, Self::Played { play: ended, .. } if *ended == play)
    }

    pub(crate) fn is_timer(&self, timer: TimerId) -> bool {
        *self == Self::Timer(timer)
    }
}

/// What becomes of a call that was dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It is being looked for.
    Proceeding,
    /// There is sound before the answer.
    EarlyMedia,
    /// It rings.
    Ringing,
    /// It was answered.
    Answered,
    /// It ended before the answer.
    Ended(DialStatus),
}
