//! Events about one channel (ami-server.md, appendix A).

use super::{Block, Part, Written};
use crate::{Escaped, Message};
use macros::{Block, Event};
use std::sync::Arc;

/// What is told of a channel in nearly every event about one.
#[derive(Block, Clone, Copy, Debug, PartialEq, Eq)]
pub struct Channel<'a> {
    /// Its name.
    pub channel: &'a str,
    /// What its line does, as a number.
    pub channel_state: u8,
    /// The same in words.
    pub channel_state_desc: &'a str,
    /// The number of who is at this end.
    #[event(name = "CallerIDNum")]
    pub caller_id_num: &'a str,
    /// The name of who is at this end.
    #[event(name = "CallerIDName")]
    pub caller_id_name: Escaped<'a>,
    /// The number of who is at the other end.
    pub connected_line_num: &'a str,
    /// The name of who is at the other end.
    pub connected_line_name: Escaped<'a>,
    /// Language of prompts.
    pub language: &'a str,
    /// Account code.
    pub account_code: &'a str,
    /// Where it is in the dialplan: context.
    pub context: &'a str,
    /// Extension.
    pub exten: &'a str,
    /// Priority.
    pub priority: u32,
    /// Unique for all time.
    pub uniqueid: &'a str,
    /// The uniqueid of the oldest channel it has to do with.
    pub linkedid: &'a str,
    /// Variables that `channelvars` asks for.
    #[event(name = "ChanVariable")]
    pub variables: &'a [(Arc<str>, Arc<str>)],
}

macro_rules! snapshots {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
        #[event(classes(call))]
        #[allow(missing_docs, reason = "the channel it is about")]
        pub struct $name<'a> {
            #[event(block)]
            pub channel: Channel<'a>,
        }
    )*};
}

snapshots! {
    /// A channel was made.
    Newchannel;
    /// The state of its line changed.
    Newstate;
    /// Its connected line changed.
    NewConnectedLine;
    /// It was taken back from hold.
    Unhold;
    /// The hook was pressed for a moment.
    Flash;
    /// Its far end begins to talk (TALK_DETECT).
    ChannelTalkingStart;
    /// Music ends.
    MusicOnHoldStop;
}

/// It begins to execute an application.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(dialplan))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct Newexten<'a> {
    #[event(block)]
    pub channel: Channel<'a>,
    pub extension: &'a str,
    pub application: &'a str,
    pub app_data: &'a str,
}

/// Whose variable was set: a channel's, or nobody's if it is global.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner<'a>(pub Option<Channel<'a>>);

impl Block for Owner<'_> {
    const HEADERS: &'static [Part] = Channel::HEADERS;

    fn write(&self, prefix: &'static str, message: &mut Message) {
        match self.0 {
            Some(channel) => channel.write(prefix, message),
            None => {
                message.declared(prefix, "Channel", "none");
                message.declared(prefix, "Uniqueid", "none");
            }
        }
    }
}

/// A variable was set.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(dialplan))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct VarSet<'a> {
    #[event(block)]
    pub owner: Owner<'a>,
    pub variable: &'a str,
    pub value: Escaped<'a>,
}

/// Its caller id changed.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct NewCallerid<'a> {
    #[event(block)]
    pub channel: Channel<'a>,
    #[event(name = "CID-CallingPres")]
    pub presentation: &'a str,
}

/// Its account code changed.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct NewAccountCode<'a> {
    #[event(block)]
    pub channel: Channel<'a>,
    pub old_account_code: &'a str,
}

macro_rules! handlers {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
        #[event(classes(dialplan))]
        #[allow(missing_docs, reason = "fields are named as the headers they become")]
        pub struct $name<'a> {
            #[event(block)]
            pub channel: Channel<'a>,
            pub handler: &'a str,
        }
    )*};
}

handlers! {
    /// A hangup handler was added.
    HangupHandlerPush;
    /// A hangup handler was removed.
    HangupHandlerPop;
    /// A hangup handler begins.
    HangupHandlerRun;
}

macro_rules! endings {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
        #[event(classes(call))]
        #[allow(missing_docs, reason = "fields are named as the headers they become")]
        pub struct $name<'a> {
            #[event(block)]
            pub channel: Channel<'a>,
            pub cause: Option<u8>,
            pub tech_cause: Option<&'a str>,
        }
    )*};
}

endings! {
    /// The far end wants it to end.
    HangupRequest;
    /// We want it to end.
    SoftHangupRequest;
}

/// It ended.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct Hangup<'a> {
    #[event(block)]
    pub channel: Channel<'a>,
    pub cause: u8,
    #[event(name = "Cause-txt")]
    pub cause_text: &'a str,
    pub tech_cause: Option<&'a str>,
}

/// A key was pressed.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(name = "DTMFBegin", classes(dtmf))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct DtmfBegin<'a> {
    #[event(block)]
    pub channel: Channel<'a>,
    pub digit: char,
    pub direction: &'a str,
}

/// Its far end talks no longer.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct ChannelTalkingStop<'a> {
    #[event(block)]
    pub channel: Channel<'a>,
    /// How long it has talked, in milliseconds.
    pub duration: u64,
}

/// A key was let go.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(name = "DTMFEnd", classes(dtmf))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct DtmfEnd<'a> {
    #[event(block)]
    pub channel: Channel<'a>,
    pub digit: char,
    pub duration_ms: u32,
    pub direction: &'a str,
}

/// It was put on hold.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct Hold<'a> {
    #[event(block)]
    pub channel: Channel<'a>,
    pub music_class: Option<&'a str>,
}

/// Music begins.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct MusicOnHoldStart<'a> {
    #[event(block)]
    pub channel: Channel<'a>,
    pub class: &'a str,
}

/// An item of CoreShowChannels.
#[derive(Event, Debug)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct CoreShowChannel<'a> {
    pub action_id: Option<&'a str>,
    #[event(block)]
    pub channel: Written<'a, Channel<'a>>,
    pub application: &'a str,
    pub application_data: &'a str,
    pub duration: String,
    #[event(name = "BridgeId")]
    pub bridge_id: &'a str,
}

/// The line of an item of Status.
#[derive(Block, Debug)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct StatusLine<'a> {
    pub r#type: &'a str,
    #[event(name = "DNID")]
    pub dnid: &'a str,
    pub effective_connected_line_num: &'a str,
    pub effective_connected_line_name: &'a str,
}

/// Where that of an item of Status is, and what it understands.
#[derive(Block, Debug)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct StatusPlace<'a> {
    pub bridge_id: &'a str,
    pub application: &'a str,
    pub data: &'a str,
    pub nativeformats: String,
    pub readformat: &'a str,
    pub readtrans: &'a str,
    pub writeformat: &'a str,
    pub writetrans: &'a str,
    pub callgroup: u64,
    pub pickupgroup: u64,
}

/// An item of Status.
#[derive(Event, Debug)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct Status<'a> {
    pub privilege: &'a str,
    #[event(block)]
    pub channel: Written<'a, Channel<'a>>,
    #[event(block)]
    pub line: Written<'a, StatusLine<'a>>,
    pub time_to_hangup: u64,
    #[event(block)]
    pub place: Written<'a, StatusPlace<'a>>,
    pub seconds: u64,
    pub variable: Vec<String>,
    pub action_id: Option<&'a str>,
}

/// An item of Hangup with a pattern.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct ChannelHungup<'a> {
    pub channel: &'a str,
    pub action_id: Option<&'a str>,
}

/// An item of CoreShowChannelMap: a channel that the one asked for is connected with.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct CoreShowChannelMap<'a> {
    #[event(name = "ActionID")]
    pub action_id: Option<&'a str>,
    pub channel: &'a str,
    pub connected_channel: &'a str,
}
