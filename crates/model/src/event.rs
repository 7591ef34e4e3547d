//! Everything that happens. The switch numbers it; the hub stores it and hands it out.

use crate::{
    Advice, BridgeSnapshot, CallRecord, ChannelEvent, ChannelSnapshot, ContactFact, DeviceState,
    ExtensionState, MessageCounts, Presence, Security, Seq,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

type Channel = Arc<ChannelSnapshot>;
type Bridge = Arc<BridgeSnapshot>;

/// An event with its number and its time.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Its number.
    pub seq: Seq,
    /// When it happened.
    pub at: jiff::Timestamp,
    /// What happened.
    pub event: Event,
}

/// What happened. Names are those told to managers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub enum Event {
    /// A channel was made.
    Newchannel { channel: Channel },
    /// Its line changed state.
    Newstate { channel: Channel },
    /// It begins to execute an application. `exten` and `application` are the snapshot's own.
    Newexten { channel: Channel },
    /// A variable was set; on no channel if it is global.
    VarSet {
        channel: Option<Channel>,
        variable: Arc<str>,
        value: Arc<str>,
    },
    /// Its caller id changed.
    NewCallerid { channel: Channel },
    /// Its connected line changed.
    NewConnectedLine { channel: Channel },
    /// Its account code changed.
    NewAccountCode { channel: Channel, old: Arc<str> },
    /// It is told what its call costs.
    Advice { channel: Channel, advice: Advice },
    /// Somebody dials `dest`.
    DialBegin {
        caller: Option<Channel>,
        dest: Channel,
        dial_string: Arc<str>,
    },
    /// The dial goes on: RINGING, PROGRESS, PROCEEDING.
    DialState {
        caller: Option<Channel>,
        dest: Channel,
        status: DialStatus,
    },
    /// The dial is over.
    DialEnd {
        caller: Option<Channel>,
        dest: Channel,
        status: DialStatus,
        /// Whom to call instead, as who was called has said.
        forward: Option<Arc<str>>,
    },
    /// A bridge was made.
    BridgeCreate { bridge: Bridge },
    /// A channel entered it.
    BridgeEnter {
        bridge: Bridge,
        channel: Channel,
        swap: Option<Arc<str>>,
    },
    /// A channel left it.
    BridgeLeave { bridge: Bridge, channel: Channel },
    /// It is gone.
    BridgeDestroy { bridge: Bridge },
    /// All who sit in `from` move to `to`.
    BridgeMerge { to: Bridge, from: Bridge },
    /// The two halves of a Local channel were joined.
    LocalBridge {
        one: Channel,
        two: Channel,
        context: Arc<str>,
        exten: Arc<str>,
        optimize: bool,
    },
    /// A pair is about to step aside: `source` takes the seat of `one`.
    LocalOptimizationBegin {
        one: Channel,
        two: Channel,
        source: Channel,
        dest: Arc<str>,
        id: u64,
    },
    /// It has.
    LocalOptimizationEnd {
        one: Channel,
        two: Channel,
        success: bool,
        id: u64,
    },
    /// A call that rang at `target` was taken by `channel`.
    Pickup { channel: Channel, target: Channel },
    /// A channel begins to spy on another.
    ChanSpyStart { spyer: Channel, spyee: Channel },
    /// And ends to.
    ChanSpyStop { spyer: Channel, spyee: Channel },
    /// All who talked with the one transferer talk with those who talked with the other; both are the same
    /// phone's.
    AttendedTransfer {
        result: TransferResult,
        transferers: [Channel; 2],
        bridges: [Option<Bridge>; 2],
        /// Who talked with the one, if nobody else did.
        transferee: Option<Channel>,
        /// Who talked with the other, if nobody else did.
        target: Option<Channel>,
        /// The uniqueid of the bridge where they talk.
        dest: Arc<str>,
        /// The transferer stays: all three talk there.
        stays: bool,
        /// It was asked for from outside, not by keys.
        external: bool,
    },
    /// All who talked with `transferer` are sent elsewhere.
    BlindTransfer {
        result: TransferResult,
        transferer: Channel,
        /// Who it is, if it is one alone.
        transferee: Option<Channel>,
        bridge: Option<Bridge>,
        context: Arc<str>,
        exten: Arc<str>,
        /// It was asked for from outside, not by keys.
        external: bool,
    },
    /// We want it to end; `cause` is the request's own.
    SoftHangupRequest { channel: Channel, cause: Option<u8> },
    /// The far end wants it to end; `cause` as it is told, where 0 is one that says nothing.
    HangupRequest { channel: Channel, cause: Option<u8> },
    /// It ended.
    Hangup { channel: Channel },
    /// A subroutine for when it has ended was added, removed, or begins.
    HangupHandler {
        channel: Channel,
        handler: Arc<str>,
        change: HandlerChange,
    },
    /// A key was pressed.
    DtmfBegin {
        channel: Channel,
        digit: char,
        received: bool,
    },
    /// And let go.
    DtmfEnd {
        channel: Channel,
        digit: char,
        milliseconds: u32,
        received: bool,
    },
    /// The hook was pressed for a moment.
    Flash { channel: Channel },
    /// It begins to talk.
    TalkingStart { channel: Channel },
    /// It has ended to, after so many milliseconds.
    TalkingStop { channel: Channel, milliseconds: u64 },
    /// Put on hold.
    Hold {
        channel: Channel,
        music_class: Option<Arc<str>>,
    },
    /// Taken back.
    Unhold { channel: Channel },
    /// Music begins.
    MusicOnHoldStart { channel: Channel, class: Arc<str> },
    /// And ends.
    MusicOnHoldStop { channel: Channel },
    /// A device changed state.
    DeviceStateChange {
        device: Arc<str>,
        state: DeviceState,
    },
    /// So did an extension's hint.
    ExtensionStatus {
        exten: Arc<str>,
        context: Arc<str>,
        hint: Arc<str>,
        state: ExtensionState,
    },
    /// Somebody says otherwise of themselves.
    PresenceStateChange {
        presentity: Arc<str>,
        presence: Presence,
    },
    /// So an extension's hint that names them is otherwise.
    PresenceStatus {
        exten: Arc<str>,
        context: Arc<str>,
        hint: Arc<str>,
        presence: Presence,
    },
    /// Other messages than before wait in a mailbox.
    MessageWaiting {
        mailbox: Arc<str>,
        counts: MessageCounts,
    },
    /// An endpoint can be called or no longer.
    PeerStatus { peer: Arc<str>, reachable: bool },
    /// Something became of a contact.
    ContactStatus(ContactFact),
    /// Something became of a registration of ours.
    Registry {
        channel_type: Arc<str>,
        username: Arc<str>,
        domain: Arc<str>,
        status: RegistryStatus,
    },
    /// A UserEvent: from the dialplan with its channel, from a manager without.
    UserEvent {
        channel: Option<Channel>,
        name: Arc<str>,
        headers: Vec<(Arc<str>, Arc<str>)>,
    },
    /// An asynchronous Originate has an outcome.
    OriginateResponse {
        action_id: Option<Arc<str>>,
        reason: OriginateReason,
        channel: Arc<str>,
        destination: crate::Destination,
        uniqueid: Option<Arc<str>>,
        caller: crate::Party,
        trace: Option<crate::TraceId>,
    },
    /// A call record is complete; `headers` are told with it as configured.
    Cdr {
        record: Arc<CallRecord>,
        headers: Vec<(Arc<str>, Arc<str>)>,
    },
    /// An entry of the channel event log; `shown` if one of the dialplan's own is told as such.
    Cel {
        entry: Arc<ChannelEvent>,
        shown: bool,
    },
    /// Somebody knocked.
    Security(Arc<Security>),
    /// All parts are up.
    FullyBooted { uptime: u64, last_reload: u64 },
    /// The node ends.
    Shutdown { cleanly: bool, restart: bool },
    /// A part was reloaded; status as in ami-server.md 10.22.
    Reload { module: Arc<str>, status: u8 },
}

impl Event {
    /// The channels it is about, in the order it names them: who was dialled comes last.
    pub fn channels(&self) -> Vec<&Channel> {
        match self {
            Self::Newchannel { channel }
            | Self::Newstate { channel }
            | Self::Newexten { channel }
            | Self::NewCallerid { channel }
            | Self::NewConnectedLine { channel }
            | Self::NewAccountCode { channel, .. }
            | Self::Advice { channel, .. }
            | Self::BridgeEnter { channel, .. }
            | Self::BridgeLeave { channel, .. }
            | Self::SoftHangupRequest { channel, .. }
            | Self::HangupRequest { channel, .. }
            | Self::Hangup { channel }
            | Self::HangupHandler { channel, .. }
            | Self::DtmfBegin { channel, .. }
            | Self::DtmfEnd { channel, .. }
            | Self::Flash { channel }
            | Self::TalkingStart { channel }
            | Self::TalkingStop { channel, .. }
            | Self::Hold { channel, .. }
            | Self::Unhold { channel }
            | Self::MusicOnHoldStart { channel, .. }
            | Self::MusicOnHoldStop { channel } => vec![channel],
            Self::VarSet { channel, .. } | Self::UserEvent { channel, .. } => {
                channel.iter().collect()
            }
            Self::DialBegin { caller, dest, .. }
            | Self::DialState { caller, dest, .. }
            | Self::DialEnd { caller, dest, .. } => caller.iter().chain([dest]).collect(),
            Self::LocalBridge { one, two, .. } | Self::LocalOptimizationEnd { one, two, .. } => {
                vec![one, two]
            }
            Self::LocalOptimizationBegin {
                one, two, source, ..
            } => vec![one, two, source],
            Self::Pickup { channel, target } => vec![channel, target],
            Self::ChanSpyStart { spyer, spyee } | Self::ChanSpyStop { spyer, spyee } => {
                vec![spyer, spyee]
            }
            Self::AttendedTransfer {
                transferers,
                transferee,
                target,
                ..
            } => {
                let others = transferee.iter().chain(target);
                transferers.iter().chain(others).collect()
            }
            Self::BlindTransfer {
                transferer,
                transferee,
                ..
            } => transferee.iter().chain([transferer]).collect(),
            Self::Cel { entry, .. } => vec![&entry.channel],
            Self::BridgeCreate { .. }
            | Self::BridgeDestroy { .. }
            | Self::BridgeMerge { .. }
            | Self::DeviceStateChange { .. }
            | Self::ExtensionStatus { .. }
            | Self::PresenceStateChange { .. }
            | Self::PresenceStatus { .. }
            | Self::MessageWaiting { .. }
            | Self::PeerStatus { .. }
            | Self::ContactStatus(_)
            | Self::Registry { .. }
            | Self::OriginateResponse { .. }
            | Self::Cdr { .. }
            | Self::Security(_)
            | Self::FullyBooted { .. }
            | Self::Shutdown { .. }
            | Self::Reload { .. } => Vec::new(),
        }
    }
}

/// What a transfer came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum TransferResult {
    /// Done.
    Success,
    /// It could not be done.
    Fail,
    /// The channel talks with nobody.
    Invalid,
}

impl TransferResult {
    /// The word told as `Result`.
    pub fn text(self) -> &'static str {
        match self {
            Self::Success => "Success",
            Self::Fail => "Fail",
            Self::Invalid => "Invalid",
        }
    }
}

/// How a registration of ours stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RegistryStatus {
    /// It holds.
    Registered,
    /// It does not, or not yet.
    Unregistered,
    /// It was refused for good.
    Rejected,
}

impl RegistryStatus {
    /// The word told as `Status`.
    pub fn text(self) -> &'static str {
        match self {
            Self::Registered => "Registered",
            Self::Unregistered => "Unregistered",
            Self::Rejected => "Rejected",
        }
    }
}

/// What becomes of a hangup handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum HandlerChange {
    /// It was added.
    Push,
    /// It was removed.
    Pop,
    /// It begins.
    Run,
}

/// How a dial goes or went: the words of `DialStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DialStatus {
    /// It rings.
    Ringing,
    /// It is being looked for.
    Proceeding,
    /// There is sound already.
    Progress,
    /// Answered.
    Answer,
    /// Busy.
    Busy,
    /// No way through.
    Congestion,
    /// Time ran out.
    NoAnswer,
    /// The caller gave up.
    Cancel,
    /// Nobody could be called.
    ChanUnavail,
}

impl DialStatus {
    /// The word told as `DialStatus` and set as DIALSTATUS.
    pub fn text(self) -> &'static str {
        match self {
            Self::Ringing => "RINGING",
            Self::Proceeding => "PROCEEDING",
            Self::Progress => "PROGRESS",
            Self::Answer => "ANSWER",
            Self::Busy => "BUSY",
            Self::Congestion => "CONGESTION",
            Self::NoAnswer => "NOANSWER",
            Self::Cancel => "CANCEL",
            Self::ChanUnavail => "CHANUNAVAIL",
        }
    }
}

/// Why an Originate ended as it did (ami-server.md 10.15).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[repr(u8)]
pub enum OriginateReason {
    /// No such channel or extension, or another failure.
    Failure = 0,
    /// The called party hung up, or time ran out before it rang.
    Hangup = 1,
    /// It rang, nobody answered.
    NoAnswer = 3,
    /// Answered.
    Answered = 4,
    /// Busy.
    Busy = 5,
    /// Congestion, rejected, out of order.
    Congestion = 8,
    /// The node ended before there was an outcome. On the wire it is a failure, with the reason in
    /// words.
    Interrupted = 255,
}

impl OriginateReason {
    /// Its number on the wire.
    pub fn number(self) -> u8 {
        match self {
            Self::Interrupted => Self::Failure as u8,
            Self::Failure
            | Self::Hangup
            | Self::NoAnswer
            | Self::Answered
            | Self::Busy
            | Self::Congestion => self as u8,
        }
    }

    /// What the number does not say.
    pub fn words(self) -> Option<&'static str> {
        match self {
            Self::Interrupted => Some("The server ended before the call had an outcome"),
            Self::Failure
            | Self::Hangup
            | Self::NoAnswer
            | Self::Answered
            | Self::Busy
            | Self::Congestion => None,
        }
    }
}
