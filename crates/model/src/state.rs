//! Presence, waiting messages, and the lists of all states.

use crate::{DeviceState, ExtensionState};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What somebody says of themselves: `CustomPresence:alice` is away, out for lunch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Whether they can be talked to.
    pub kind: PresenceKind,
    /// A kind of the kind, in words of their own; empty if not said.
    pub subtype: Arc<str>,
    /// A message to who looks; empty if there is none.
    pub message: Arc<str>,
}

/// Whether somebody can be talked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PresenceKind {
    /// Never said.
    NotSet,
    /// Not there.
    Unavailable,
    /// There.
    Available,
    /// Away for a while.
    Away,
    /// Away for longer.
    ExtendedAway,
    /// Wants to chat.
    Chat,
    /// Wants not to be disturbed.
    DoNotDisturb,
}

impl PresenceKind {
    /// The kind of this word, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        let all = [
            Self::NotSet,
            Self::Unavailable,
            Self::Available,
            Self::Away,
            Self::ExtendedAway,
            Self::Chat,
            Self::DoNotDisturb,
        ];
        all.into_iter()
            .find(|kind| kind.text().eq_ignore_ascii_case(text.trim()))
    }

    /// The word told as `Status` of PresenceStateChange.
    pub fn text(self) -> &'static str {
        match self {
            Self::NotSet => "not_set",
            Self::Unavailable => "unavailable",
            Self::Available => "available",
            Self::Away => "away",
            Self::ExtendedAway => "xa",
            Self::Chat => "chat",
            Self::DoNotDisturb => "dnd",
        }
    }
}

/// How many messages wait in a mailbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageCounts {
    /// That were not listened to and are urgent.
    pub urgent: u32,
    /// That were not listened to; urgent ones are not among them.
    pub new: u32,
    /// That were listened to.
    pub old: u32,
}

/// Which states to list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StateQuery {
    /// Of all devices known.
    Devices,
    /// Of all extensions with hints.
    Extensions,
    /// Of one presence.
    Presence(Arc<str>),
    /// Of all presences known.
    Presences,
}

/// The states, in the order of their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateReply {
    /// Of devices.
    Devices(Vec<(Arc<str>, DeviceState)>),
    /// Of extensions.
    Extensions(Vec<HintReport>),
    /// Of one presence; `None` if there is nobody who could tell it.
    Presence(Option<Presence>),
    /// Of presences.
    Presences(Vec<(Arc<str>, Presence)>),
}

/// A hint and how it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HintReport {
    /// Its extension.
    pub exten: Arc<str>,
    /// Its context.
    pub context: Arc<str>,
    /// What it names.
    pub hint: Arc<str>,
    /// The state of the devices together.
    pub state: ExtensionState,
    /// The presence it names, if it names one.
    pub presence: Option<Presence>,
    /// How many phones are told of it.
    pub watchers: usize,
}
