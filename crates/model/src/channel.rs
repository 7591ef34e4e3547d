//! A channel as it was at one moment.

use crate::{Cause, ChannelId, Party, Trace, Words};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What the line of a channel is doing (ami-server.md, appendix A).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[repr(u8)]
pub enum ChannelState {
    /// Made, nothing asked of it yet.
    #[default]
    Down = 0,
    /// Taken but not in use.
    Rsrvd = 1,
    /// Off hook.
    OffHook = 2,
    /// Digits have been dialled.
    Dialing = 3,
    /// It calls us: an incoming call not yet answered.
    Ring = 4,
    /// The far end rings.
    Ringing = 5,
    /// Answered.
    Up = 6,
    /// Busy.
    Busy = 7,
    /// Dialled while off hook.
    DialingOffhook = 8,
    /// Has detected an incoming call before the first ring.
    PreRing = 9,
}

impl ChannelState {
    /// The number told as `ChannelState`.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The words told as `ChannelStateDesc`.
    pub fn text(self) -> &'static str {
        match self {
            Self::Down => "Down",
            Self::Rsrvd => "Rsrvd",
            Self::OffHook => "OffHook",
            Self::Dialing => "Dialing",
            Self::Ring => "Ring",
            Self::Ringing => "Ringing",
            Self::Up => "Up",
            Self::Busy => "Busy",
            Self::DialingOffhook => "Dialing Offhook",
            Self::PreRing => "Pre-ring",
        }
    }
}

/// A channel as it was at one moment; immutable and cheap to share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChannelSnapshot {
    /// Its id inside the switch.
    pub id: ChannelId,
    /// `TECH/resource-number`.
    pub name: Arc<str>,
    /// Unique for all time: `epoch.count`, or what the originator chose.
    pub uniqueid: Arc<str>,
    /// The uniqueid of the oldest channel this one has to do with.
    pub linkedid: Arc<str>,
    /// What it is traced by.
    pub trace: Arc<Trace>,
    /// What the line does.
    pub state: ChannelState,
    /// Who is at this end.
    pub caller: Party,
    /// Who is at the other end.
    pub connected: Party,
    /// Language of prompts.
    pub language: Arc<str>,
    /// Account code for billing.
    pub account: Arc<str>,
    /// Dialplan context.
    pub context: Arc<str>,
    /// Dialplan extension.
    pub exten: Arc<str>,
    /// Dialplan priority.
    pub priority: u32,
    /// Application being executed, empty when none is.
    pub application: Arc<str>,
    /// Its arguments.
    pub data: Arc<str>,
    /// The number that was dialled to reach us.
    pub dnid: Arc<str>,
    /// When it was made.
    pub created: jiff::Timestamp,
    /// When it ends at the latest, since the start, if that is said.
    pub ends: Option<std::time::Duration>,
    /// Unique id of the bridge it is in, if any.
    pub bridge: Option<Arc<str>>,
    /// Why it ended or is ending.
    pub cause: Option<Cause>,
    /// The technology's own code for the same, e.g. a SIP status.
    pub tech_cause: Option<Arc<str>>,
    /// The groups, by number, that its calls ring in: a bit each.
    pub call_groups: u64,
    /// The groups, by number, whose calls it may take: a bit each.
    pub pickup_groups: u64,
    /// Hears and speaks this format, e.g. `ulaw`.
    pub format: Arc<str>,
    /// The variables that `channelvars` asks to be told, in its order.
    pub variables: Arc<[(Arc<str>, Arc<str>)]>,
    /// The same in the words of who tells it.
    #[serde(skip)]
    pub words: Words,
    /// What a list tells of its line besides, before and after the time it has left.
    #[serde(skip)]
    pub line_words: [Words; 2],
}

impl ChannelSnapshot {
    /// Its technology, e.g. `PJSIP`: what its name begins with.
    pub fn technology(&self) -> &str {
        self.name
            .split_once('/')
            .map_or(&*self.name, |(technology, _)| technology)
    }
}
