//! Small ids. Everything refers to everything else by these, never by reference.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// The number of an event, counted from 1 by the switch and never reused. 0 is "before all".
    Seq;
    /// A channel. Never reused.
    ChannelId;
    /// A bridge. Never reused.
    BridgeId;
    /// A media leg: one RTP session, given by media before its SDP is written.
    MediaId;
    /// One playback of files into a leg.
    PlayId;
    /// One run of a program of the system.
    RunId;
    /// Correlates a question with its answer; chosen by who asks.
    Token;
}

impl MediaId {
    /// That of a recording, which is told whom it hears as a leg is. No leg has such an id.
    pub fn of_recording(number: PlayId) -> Self {
        Self(number.0 | 1 << 63)
    }
}

impl Seq {
    /// The number after this one.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}
