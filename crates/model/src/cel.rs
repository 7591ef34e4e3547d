//! The channel event log: what happens to channels, for billing finer than call records.

use crate::{AmaFlags, ChannelSnapshot};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What can happen to a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ChannelEventKind {
    /// It was made.
    ChanStart,
    /// It is gone.
    ChanEnd,
    /// It was hung up.
    Hangup,
    /// It was answered.
    Answer,
    /// It begins an application that is watched.
    AppStart,
    /// It has ended one.
    AppEnd,
    /// It entered a bridge.
    BridgeEnter,
    /// It left one.
    BridgeExit,
    /// It was parked.
    ParkStart,
    /// It was taken back.
    ParkEnd,
    /// It sent somebody elsewhere.
    BlindTransfer,
    /// It connected two others.
    AttendedTransfer,
    /// Something of the dialplan's own.
    UserDefined,
    /// Its call was taken by another.
    Pickup,
    /// Its call was sent elsewhere by whom it calls.
    Forward,
    /// It was the last with its linkedid.
    LinkedidEnd,
    /// A Local channel has stepped aside.
    LocalOptimize,
    /// A Local channel is about to.
    LocalOptimizeBegin,
    /// It hears a file or music.
    StreamBegin,
    /// No longer.
    StreamEnd,
    /// A key was pressed at its far end.
    Dtmf,
}

impl ChannelEventKind {
    /// All, in the order they are listed.
    #[rustfmt::skip] // A list.
    pub const ALL: &[Self] = &[
        Self::ChanStart, Self::ChanEnd, Self::Hangup, Self::Answer, Self::AppStart, Self::AppEnd,
        Self::BridgeEnter, Self::BridgeExit, Self::ParkStart, Self::ParkEnd, Self::BlindTransfer,
        Self::AttendedTransfer, Self::UserDefined, Self::Pickup, Self::Forward, Self::LinkedidEnd,
        Self::LocalOptimize, Self::LocalOptimizeBegin, Self::StreamBegin, Self::StreamEnd,
        Self::Dtmf,
    ];

    /// The word told as `EventName`.
    pub fn text(self) -> &'static str {
        match self {
            Self::ChanStart => "CHAN_START",
            Self::ChanEnd => "CHAN_END",
            Self::Hangup => "HANGUP",
            Self::Answer => "ANSWER",
            Self::AppStart => "APP_START",
            Self::AppEnd => "APP_END",
            Self::BridgeEnter => "BRIDGE_ENTER",
            Self::BridgeExit => "BRIDGE_EXIT",
            Self::ParkStart => "PARK_START",
            Self::ParkEnd => "PARK_END",
            Self::BlindTransfer => "BLINDTRANSFER",
            Self::AttendedTransfer => "ATTENDEDTRANSFER",
            Self::UserDefined => "USER_DEFINED",
            Self::Pickup => "PICKUP",
            Self::Forward => "FORWARD",
            Self::LinkedidEnd => "LINKEDID_END",
            Self::LocalOptimize => "LOCAL_OPTIMIZE",
            Self::LocalOptimizeBegin => "LOCAL_OPTIMIZE_BEGIN",
            Self::StreamBegin => "STREAM_BEGIN",
            Self::StreamEnd => "STREAM_END",
            Self::Dtmf => "DTMF",
        }
    }
}

/// An entry of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChannelEvent {
    /// What happened.
    pub kind: ChannelEventKind,
    /// What the dialplan calls it, if it is something of its own.
    pub user_defined: Arc<str>,
    /// The channel it happened to.
    pub channel: Arc<ChannelSnapshot>,
    /// When, as cel.conf has times told.
    pub time: Arc<str>,
    /// The number the call is charged to.
    pub ani: Arc<str>,
    /// The number it was redirected from.
    pub rdnis: Arc<str>,
    /// What billing shall do with it.
    pub ama_flags: AmaFlags,
    /// The account of whoever the channel calls.
    pub peer_account: Arc<str>,
    /// The user field of its call record.
    pub user_field: Arc<str>,
    /// The names of the others in its bridge, separated by commas.
    pub peer: Arc<str>,
    /// What else is to be said, as JSON; empty if there is nothing.
    pub extra: Arc<str>,
}
