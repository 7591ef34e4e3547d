//! Events as release 1.8 told them, for clients made for it (ami-server.md 14).
//!
//! Only those that are told otherwise today; the fields are named as the headers they become.
#![allow(missing_docs, reason = "fields are named as the headers they become")]

use super::{Block, Headers, Part};
use crate::Message;
use macros::Event;
use std::sync::Arc;

/// Variables of a channel, told with its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variables<'a> {
    /// Whose.
    pub channel: &'a str,
    /// The variables.
    pub variables: &'a [(Arc<str>, Arc<str>)],
}

impl Block for Variables<'_> {
    const HEADERS: &'static [Part] = &[];

    fn write(&self, _: &'static str, message: &mut Message) {
        for (name, value) in self.variables {
            let header = format!("ChanVariable({})", self.channel);
            message.header(&header, format_args!("{name}={value}"));
        }
    }
}

/// The events that have other names today.
pub(super) const NAMES: &[&str] = &[
    "Dial",
    "Bridge",
    "Unlink",
    "DTMF",
    "MusicOnHold",
    "Transfer",
];

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident $([$wire:literal])? ($class:ident) {
        $($(#[$field:meta])* $header:ident: $kind:ty,)*
    })*) => {$(
        $(#[$doc])*
        #[derive(Event, Clone, Debug, PartialEq, Eq)]
        #[event($(name = $wire,)? classes($class))]
        pub struct $name<'a> {
            $($(#[$field])* pub $header: $kind,)*
            #[event(block)]
            pub variables: Option<Variables<'a>>,
        }
    )*};
}

events! {
    /// A channel was made.
    Newchannel (call) {
        channel: &'a str,
        channel_state: u8,
        channel_state_desc: &'a str,
        #[event(name = "CallerIDNum")] caller_id_num: &'a str,
        #[event(name = "CallerIDName")] caller_id_name: &'a str,
        account_code: &'a str,
        exten: &'a str,
        context: &'a str,
        uniqueid: &'a str,
    }
    /// The state of its line changed.
    Newstate (call) {
        channel: &'a str,
        channel_state: u8,
        channel_state_desc: &'a str,
        #[event(name = "CallerIDNum")] caller_id_num: &'a str,
        #[event(name = "CallerIDName")] caller_id_name: &'a str,
        connected_line_num: &'a str,
        connected_line_name: &'a str,
        uniqueid: &'a str,
    }
    /// It begins to execute an application.
    Newexten (dialplan) {
        channel: &'a str,
        context: &'a str,
        extension: &'a str,
        priority: u32,
        application: &'a str,
        app_data: &'a str,
        uniqueid: &'a str,
    }
    /// A variable was set.
    VarSet (dialplan) {
        channel: &'a str,
        variable: &'a str,
        value: &'a str,
        uniqueid: &'a str,
    }
    /// Its caller id changed.
    NewCallerid (call) {
        channel: &'a str,
        #[event(name = "CallerIDNum")] caller_id_num: &'a str,
        #[event(name = "CallerIDName")] caller_id_name: &'a str,
        uniqueid: &'a str,
        #[event(name = "CID-CallingPres")] presentation: &'a str,
    }
    /// Its account code changed.
    NewAccountCode (call) {
        channel: &'a str,
        uniqueid: &'a str,
        account_code: &'a str,
        old_account_code: &'a str,
    }
    /// It ended.
    Hangup (call) {
        channel: &'a str,
        uniqueid: &'a str,
        #[event(name = "CallerIDNum")] caller_id_num: &'a str,
        #[event(name = "CallerIDName")] caller_id_name: &'a str,
        cause: u8,
        #[event(name = "Cause-txt")] cause_text: &'a str,
    }
    /// The far end wants it to end.
    HangupRequest (call) {
        channel: &'a str,
        uniqueid: &'a str,
        cause: Option<u8>,
    }
    /// We want it to end.
    SoftHangupRequest (call) {
        channel: &'a str,
        uniqueid: &'a str,
        cause: Option<u8>,
    }
    /// Somebody is dialled.
    DialBegin ["Dial"] (call) {
        sub_event: &'a str,
        channel: &'a str,
        destination: &'a str,
        #[event(name = "CallerIDNum")] caller_id_num: &'a str,
        #[event(name = "CallerIDName")] caller_id_name: &'a str,
        connected_line_num: &'a str,
        connected_line_name: &'a str,
        #[event(name = "UniqueID")] unique_id: &'a str,
        #[event(name = "DestUniqueID")] dest_unique_id: &'a str,
        dialstring: &'a str,
    }
    /// All that were dialled together have an outcome.
    DialEnd ["Dial"] (call) {
        sub_event: &'a str,
        channel: &'a str,
        #[event(name = "UniqueID")] unique_id: &'a str,
        dial_status: &'a str,
    }
    /// Two channels talk.
    Bridge (call) {
        bridgestate: &'a str,
        bridgetype: &'a str,
        channel1: &'a str,
        channel2: &'a str,
        uniqueid1: &'a str,
        uniqueid2: &'a str,
        #[event(name = "CallerID1")] caller_id1: &'a str,
        #[event(name = "CallerID2")] caller_id2: &'a str,
    }
    /// And no longer.
    Unlink (call) {
        channel1: &'a str,
        channel2: &'a str,
        uniqueid1: &'a str,
        uniqueid2: &'a str,
        #[event(name = "CallerID1")] caller_id1: &'a str,
        #[event(name = "CallerID2")] caller_id2: &'a str,
    }
    /// A key was pressed or let go.
    Dtmf ["DTMF"] (dtmf) {
        channel: &'a str,
        uniqueid: &'a str,
        digit: char,
        direction: &'a str,
        begin: &'a str,
        end: &'a str,
    }
    /// It was put on hold or taken back.
    Hold (call) {
        status: &'a str,
        channel: &'a str,
        uniqueid: &'a str,
    }
    /// Music begins or ends.
    MusicOnHold (call) {
        state: &'a str,
        channel: &'a str,
        #[event(name = "UniqueID")] unique_id: &'a str,
        class: Option<&'a str>,
    }
    /// It sent who it talked with elsewhere.
    Transfer (call) {
        transfer_method: &'a str,
        transfer_type: &'a str,
        channel: &'a str,
        uniqueid: &'a str,
        target_channel: &'a str,
        target_uniqueid: &'a str,
        transfer_exten: &'a str,
        transfer_context: &'a str,
    }
}

/// An extension with a hint changed state.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
pub struct ExtensionStatus<'a> {
    pub exten: &'a str,
    pub context: &'a str,
    pub hint: &'a str,
    pub status: i32,
}

/// A phone registered, is gone, answers or does not.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
#[event(classes(system))]
pub struct PeerStatus<'a> {
    pub channel_type: &'a str,
    pub peer: &'a str,
    pub peer_status: &'a str,
    pub address: Option<&'a str>,
    /// Milliseconds.
    pub time: Option<u64>,
}

/// A call made for a manager has an outcome.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
pub struct OriginateResponse<'a> {
    pub action_id: Option<&'a str>,
    pub response: &'a str,
    pub channel: &'a str,
    pub context: &'a str,
    pub exten: &'a str,
    pub reason: u8,
    pub uniqueid: &'a str,
    #[event(name = "CallerIDNum")]
    pub caller_id_num: &'a str,
    #[event(name = "CallerIDName")]
    pub caller_id_name: &'a str,
}

/// An event that users made.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(user))]
pub struct UserEvent<'a> {
    pub user_event: &'a str,
    /// The action that made it, if one did: all its lines were told.
    pub action: Option<&'a str>,
    pub uniqueid: Option<&'a str>,
    #[event(block)]
    pub headers: Headers<'a>,
}

/// All parts are up.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(system))]
pub struct FullyBooted<'a> {
    pub status: &'a str,
}

/// A part was reloaded.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
#[event(classes(system))]
pub struct Reload<'a> {
    pub module: &'a str,
    pub status: &'a str,
    pub message: String,
}

/// An item of CoreShowChannels.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
pub struct CoreShowChannel<'a> {
    pub action_id: Option<&'a str>,
    pub channel: &'a str,
    #[event(name = "UniqueID")]
    pub unique_id: &'a str,
    pub context: &'a str,
    pub extension: &'a str,
    pub priority: u32,
    pub channel_state: u8,
    pub channel_state_desc: &'a str,
    pub application: &'a str,
    pub application_data: &'a str,
    #[event(name = "CallerIDnum")]
    pub caller_id_num: &'a str,
    #[event(name = "CallerIDname")]
    pub caller_id_name: &'a str,
    pub connected_line_num: &'a str,
    pub connected_line_name: &'a str,
    pub duration: String,
    pub account_code: &'a str,
    pub bridged_channel: &'a str,
    #[event(name = "BridgedUniqueID")]
    pub bridged_unique_id: &'a str,
}

/// An item of Status.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
pub struct Status<'a> {
    pub privilege: &'a str,
    pub channel: &'a str,
    #[event(name = "CallerIDNum")]
    pub caller_id_num: &'a str,
    #[event(name = "CallerIDName")]
    pub caller_id_name: &'a str,
    pub connected_line_num: &'a str,
    pub connected_line_name: &'a str,
    pub accountcode: &'a str,
    pub channel_state: u8,
    pub channel_state_desc: &'a str,
    pub context: &'a str,
    pub extension: &'a str,
    pub priority: u32,
    pub seconds: u64,
    pub bridged_channel: Option<&'a str>,
    pub bridged_uniqueid: Option<&'a str>,
    pub uniqueid: &'a str,
    pub variable: Vec<String>,
    pub action_id: Option<&'a str>,
}

/// An item of SIPpeers.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
pub struct PeerEntry<'a> {
    pub action_id: Option<&'a str>,
    pub channeltype: &'a str,
    pub object_name: &'a str,
    pub chan_object_type: &'a str,
    #[event(name = "IPaddress")]
    pub ip_address: &'a str,
    #[event(name = "IPport")]
    pub ip_port: u32,
    pub dynamic: &'a str,
    pub forcerport: &'a str,
    pub video_support: &'a str,
    pub text_support: &'a str,
    #[event(name = "ACL")]
    pub acl: &'a str,
    pub status: String,
    pub realtime_device: &'a str,
}

/// An item of SIPshowregistry.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
pub struct RegistryEntry<'a> {
    pub action_id: Option<&'a str>,
    pub host: &'a str,
    pub port: u32,
    pub username: &'a str,
    pub domain: &'a str,
    pub domain_port: u32,
    /// Seconds between renewals.
    pub refresh: u64,
    pub state: &'a str,
    /// When it was last registered, in seconds; 0 if never.
    pub registration_time: i64,
}
