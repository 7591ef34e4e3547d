//! The switch's vocabulary: ids, snapshots, events, commands. No behaviour.
//!
//! Everybody who watches or commands a switch (the manager, the console, later CSTA and the
//! gateway) and everybody who carries calls for it (the channel technologies, media) speaks these
//! types and nothing else of it.

mod bridge;
mod cause;
mod cdr;
mod cel;
mod change;
mod channel;
mod channels;
mod charge;
mod command;
mod database;
mod device;
mod dialog;
mod dialplan;
mod endpoint;
mod event;
mod id;
mod mailbox;
mod mark;
mod media;
mod party;
mod program;
mod security;
mod sip;
mod state;
mod technology;
mod time;
mod tone;
mod trace;
mod words;

pub use bridge::{BridgeSnapshot, BridgeTechnology};
pub use cause::Cause;
pub use cdr::{AmaFlags, CallRecord, Disposition, Spool};
pub use cel::{ChannelEvent, ChannelEventKind};
pub use channel::{ChannelSnapshot, ChannelState};
pub use channels::{ChannelList, StatusItem, Statuses, Variable};
pub use charge::{Advice, AdviceTime};
pub use command::{
    Command, Destination, Direction, Extension, ExtensionReport, GroupSeat, HangupTarget,
    Originate, Redirection, Refusal, Reply, VariableRequest, names,
};
pub use database::{DatabaseChange, DatabaseCommand, DatabaseReply};
pub use device::{DeviceState, ExtensionState};
pub use dialog::{Dialog, SoundAddresses};
pub use dialplan::{
    DialplanChange, DialplanCommand, DialplanContext, DialplanExtension, DialplanReply,
    DialplanStep,
};
pub use endpoint::{Contact, ContactFact, ContactState, Endpoint, Groups};
pub use event::{
    DialStatus, Event, HandlerChange, OriginateReason, Record, RegistryStatus, TransferResult,
};
pub use id::{BridgeId, ChannelId, MediaId, PlayId, RunId, Seq, Token};
pub use mailbox::{MailboxQuery, MailboxReply, MailboxUser};
pub use mark::{BadMark, Mark, Run};
pub use media::{AudioQuality, MediaInstruction, MediaReport, PlayControl, Spread, Talk, Voice};
pub use party::Party;
pub use program::{Line, Outcome, Program, Ran};
pub use security::{Address, Security, SecurityKind, Service, Transport};
pub use sip::{
    SipEndpoint, SipMethod, SipObject, SipQuery, SipRegistration, SipReply, SipRequest,
    SipSubscription, SipTarget,
};
pub use state::{HintReport, MessageCounts, Presence, PresenceKind, StateQuery, StateReply};
pub use technology::{
    FLASH, Instruction, NewCall, NewMessage, Referral, Signal, Watched, WatchedState,
};
pub use time::Now;
pub use tone::{Sound, Tone, Tones};
pub use trace::{Trace, TraceId};
pub use words::Words;
