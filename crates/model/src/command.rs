//! What can be asked of a switch, and its answers.
//!
//! A [`Reply`] is given with the number of the last event before the command's own effects, so
//! that a reader can place it among the events.

use crate::{
    Advice, BridgeSnapshot, BridgeTechnology, Cause, ChannelList, ChannelSnapshot, DatabaseCommand,
    DatabaseReply, DialplanCommand, DialplanReply, ExtensionState, OriginateReason, Party,
    PlayControl, StateQuery, StateReply, Statuses, TraceId,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// What can be asked of a switch. Channels are named by name (any case) or uniqueid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Call somebody and connect them to the dialplan or an application.
    Originate(Originate),
    /// Look whether an extension is there.
    FindExtension(Extension),
    /// End calls.
    Hangup {
        /// Which.
        target: HangupTarget,
        /// Why; normal clearing if not said.
        cause: Option<Cause>,
    },
    /// List all channels.
    Channels,
    /// The whole state, as events that would bring a reader who knows nothing to it.
    Snapshot,
    /// List channels with their variables.
    Status {
        /// One channel, or all.
        channel: Option<Arc<str>>,
        /// Variables and functions to evaluate.
        variables: Vec<Arc<str>>,
        /// And all that are set.
        all_variables: bool,
    },
    /// Read a variable or function of a channel, or a global one.
    Getvar(VariableRequest),
    /// Set a variable or function of a channel, or a global one.
    Setvar {
        /// Which.
        variable: VariableRequest,
        /// To what.
        value: Arc<str>,
    },
    /// The state of an extension's hint.
    ExtensionState {
        /// Its context.
        context: Arc<str>,
        /// The extension.
        exten: Arc<str>,
    },
    /// List states. Answered with [`Reply::States`].
    States(StateQuery),
    /// Send one channel, or two, elsewhere in the dialplan.
    Redirect {
        /// The channel.
        first: Redirection,
        /// The one it talks with, if it is sent away too.
        second: Option<Redirection>,
    },
    /// Send whoever talks with a channel to an extension.
    BlindTransfer {
        /// The channel, which ends.
        channel: Arc<str>,
        /// The extension's context; the channel's own if not said.
        context: Option<Arc<str>>,
        /// The extension.
        exten: Arc<str>,
    },
    /// Press the code of an attended transfer and the extension, as if a channel's far end did.
    AttendedTransfer {
        /// The channel.
        channel: Arc<str>,
        /// The extension's context, if it is not the channel's own.
        context: Option<Arc<str>>,
        /// The extension.
        exten: Arc<str>,
    },
    /// Press the code that ends a consultation.
    CancelAttendedTransfer {
        /// The channel.
        channel: Arc<str>,
    },
    /// Say how long a channel may live from now.
    AbsoluteTimeout {
        /// The channel.
        channel: Arc<str>,
        /// How long.
        time: Duration,
    },
    /// Join two channels that are there.
    Bridge {
        /// The one.
        first: Arc<str>,
        /// The other.
        second: Arc<str>,
        /// Whether the one hears a tone first, and the other.
        tones: [bool; 2],
    },
    /// List bridges.
    Bridges {
        /// But for those of this type.
        kind: Option<Arc<str>>,
    },
    /// Who is in a bridge.
    BridgeInfo {
        /// Its uniqueid.
        bridge: Arc<str>,
    },
    /// Take everybody out of a bridge.
    BridgeDestroy {
        /// Its uniqueid.
        bridge: Arc<str>,
    },
    /// Take a channel out of a bridge.
    BridgeKick {
        /// The bridge's uniqueid; the one it is in if not said.
        bridge: Option<Arc<str>>,
        /// The channel.
        channel: Arc<str>,
    },
    /// List the technologies of bridges.
    BridgeTechnologies,
    /// Keep bridges from taking a technology, or allow it again.
    SuspendTechnology {
        /// Its name, in any case.
        name: Arc<str>,
        /// Keep them from it.
        suspend: bool,
    },
    /// Let a Local channel step aside once both its halves are bridged.
    OptimizeAway {
        /// Either half.
        channel: Arc<str>,
    },
    /// Send a text to a channel.
    SendText {
        /// The channel.
        channel: Arc<str>,
        /// The text.
        text: Arc<str>,
    },
    /// Tell a channel what its call costs.
    Advise {
        /// The channel.
        channel: Option<Arc<str>>,
        /// The first channel whose name begins so, where none is named.
        prefix: Option<Arc<str>>,
        /// What it is told; nothing, to find out only whether it is there.
        advice: Option<Advice>,
    },
    /// Press a key.
    PlayDigit {
        /// The channel.
        channel: Arc<str>,
        /// `0`-`9`, `*`, `#`, `A`-`D`, or [`crate::FLASH`].
        digit: char,
        /// For how long, in milliseconds.
        milliseconds: u32,
        /// As if the channel's far end pressed it; otherwise towards the far end.
        receive: bool,
    },
    /// Send a digit of multi-frequency signalling (MF) towards a channel's far end.
    PlayMf {
        /// The channel.
        channel: Arc<str>,
        /// `0`-`9`, `*` (KP), `#` (ST), `A`-`C` (ST with one to three primes).
        digit: char,
        /// For how long, in milliseconds; as long as is usual, if not said.
        milliseconds: Option<u32>,
    },
    /// Do something to the playback to a channel, if there is one.
    ControlPlayback {
        /// The channel.
        channel: Arc<str>,
        /// What.
        control: PlayControl,
    },
    /// Cut a channel's sound, or let it pass again.
    MuteAudio {
        /// The channel.
        channel: Arc<str>,
        /// Which sound.
        direction: Direction,
        /// Cut it.
        mute: bool,
    },
    /// All channels that a channel is connected with.
    ChannelMap {
        /// The channel.
        channel: Arc<str>,
    },
    /// The call records under way, of one channel or of all.
    CallRecords {
        /// Its name.
        channel: Option<Arc<str>>,
    },
    /// Which channels are in which groups.
    Groups,
    /// How many channels there are and how many calls there have been.
    Counts,
    /// Ask or change the database.
    Database(DatabaseCommand),
    /// Ask or change the dialplan.
    Dialplan(DialplanCommand),
}

/// A channel and where it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redirection {
    /// The channel.
    pub channel: Arc<str>,
    /// Where to; it need not be there.
    pub to: Extension,
}

/// Which way sound goes, seen from the switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Direction {
    /// From the channel's far end.
    In,
    /// To it.
    Out,
    /// Both.
    All,
}

/// A variable, by name, or a function, by name and arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariableRequest {
    /// The channel; `None` for a global.
    pub channel: Option<Arc<str>>,
    /// `NAME` or `NAME(args)`.
    pub name: Arc<str>,
}

/// Which calls to end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HangupTarget {
    /// This one.
    Channel(Arc<str>),
    /// All whose name matches this regular expression.
    Matching(Arc<str>),
}

/// An order to call somebody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Originate {
    /// The technology: `Local`, `PJSIP`.
    pub technology: Arc<str>,
    /// What to call, in the technology's terms.
    pub resource: Arc<str>,
    /// What to do once it answers.
    pub destination: Destination,
    /// Must be there, or nobody is called.
    pub expected: Option<Box<Extension>>,
    /// How long to wait for the answer.
    pub timeout: Duration,
    /// Shown to the called party, as caller id and connected line.
    pub caller: Option<Party>,
    /// Account code.
    pub account: Option<Arc<str>>,
    /// Set on the channel, in this order.
    pub variables: Vec<(Arc<str>, Arc<str>)>,
    /// The formats to talk in, best first; empty for those of the endpoint.
    pub formats: Vec<Arc<str>>,
    /// A subroutine that the channel runs before it is dialled:
    /// `[[context,]exten,]priority[(arguments)]`.
    pub before_dialling: Option<Arc<str>>,
    /// Connect as soon as there is sound, not only at the answer.
    pub early_media: bool,
    /// Reply at once and tell the outcome as an event.
    pub asynchronous: bool,
    /// Uniqueid for the channel.
    pub channel_id: Option<Arc<str>>,
    /// Uniqueid for its other half.
    pub other_channel_id: Option<Arc<str>>,
    /// Told again in OriginateResponse.
    pub action_id: Option<Arc<str>>,
    /// The trace of the call; one of its own if not said.
    pub trace: Option<TraceId>,
}

impl Originate {
    /// How long to wait for the answer if nothing is said.
    pub const TIMEOUT: Duration = Duration::from_secs(30);

    /// An order about which nothing else is said.
    #[must_use]
    pub fn new(technology: &str, resource: &str, destination: Destination) -> Self {
        Self {
            technology: technology.into(),
            resource: resource.into(),
            destination,
            expected: None,
            timeout: Self::TIMEOUT,
            caller: None,
            account: None,
            variables: Vec::new(),
            formats: Vec::new(),
            before_dialling: None,
            early_media: false,
            asynchronous: false,
            channel_id: None,
            other_channel_id: None,
            action_id: None,
            trace: None,
        }
    }
}

/// Reads names separated by commas.
pub fn names(text: &str) -> Vec<Arc<str>> {
    let names = text.split(',').map(str::trim);
    names
        .filter(|name| !name.is_empty())
        .map(Arc::from)
        .collect()
}

/// A place in the dialplan as it is asked for, which may not be there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// Context.
    pub context: Arc<str>,
    /// Extension.
    pub exten: Arc<str>,
    /// Priority: a number or a label.
    pub priority: Arc<str>,
}

/// Where a call goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Destination {
    /// Into the dialplan.
    Extension(Extension),
    /// Into one application.
    Application {
        /// Its name.
        application: Arc<str>,
        /// Its arguments.
        data: Arc<str>,
    },
}

/// A channel in a group, as `GROUP(category)=group` puts it there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupSeat {
    /// The channel's name.
    pub channel: Arc<str>,
    /// The group.
    pub group: Arc<str>,
    /// The category; empty for the default one.
    pub category: Arc<str>,
}

/// The answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// Done, nothing more to say.
    Done,
    /// An Originate ended: answered or not.
    Originated(OriginateReason),
    /// The names of the channels being hung up.
    HungUp(Vec<Arc<str>>),
    /// All channels.
    Channels(ChannelList),
    /// Events that tell the state.
    Snapshot(Vec<crate::Event>),
    /// Channels with variables.
    Status(Statuses),
    /// A variable's value.
    Value(Arc<str>),
    /// An extension's state.
    Extension(ExtensionReport),
    /// Bridges.
    Bridges(Vec<Arc<BridgeSnapshot>>),
    /// A bridge and who is in it.
    Bridge {
        /// The bridge.
        bridge: Arc<BridgeSnapshot>,
        /// Its channels, in the order they entered.
        channels: Vec<Arc<ChannelSnapshot>>,
    },
    /// The technologies of bridges.
    BridgeTechnologies(Vec<BridgeTechnology>),
    /// Names of channels.
    Names(Vec<Arc<str>>),
    /// Call records as they are now.
    CallRecords(Vec<crate::CallRecord>),
    /// Which channels are in which groups.
    Groups(Vec<GroupSeat>),
    /// Counts.
    Counts {
        /// Channels now.
        channels: usize,
        /// Calls since the start.
        calls: u64,
    },
    /// The database's answer.
    Database(DatabaseReply),
    /// The dialplan's answer.
    Dialplan(DialplanReply),
    /// States.
    States(StateReply),
    /// Refused.
    Refused(Refusal),
}

/// The state of an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExtensionReport {
    /// What its hint names, empty if it has none.
    pub hint: Arc<str>,
    /// Its state.
    pub state: ExtensionState,
}

/// Why a command was not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No such channel.
    NoSuchChannel,
    /// The regular expression does not compile.
    BadPattern(Arc<str>),
    /// No such second channel.
    NoSuchOtherChannel,
    /// The channel is not answered, or is ending.
    NotUp,
    /// Nor is the second.
    OtherNotUp,
    /// The second channel's priority is neither a number nor a label there.
    InvalidOtherPriority,
    /// It could not be done with the second channel.
    OtherFailed,
    /// The channel is in no bridge.
    NotBridged,
    /// No such bridge.
    NoSuchBridge,
    /// No such technology of bridges.
    NoSuchTechnology,
    /// All technologies that could serve are suspended.
    NoTechnology,
    /// No such context, extension or priority.
    NoSuchExtension,
    /// The priority is neither a number nor a label there.
    InvalidPriority,
    /// No such variable or function, or it cannot be set.
    NotSet,
    /// The switch is ending and takes no more calls.
    ShuttingDown,
    /// The call could not be made.
    Failed,
}
