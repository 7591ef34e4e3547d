//! What can be asked of a switch, and its answers.
//!
//! A [`Reply`] is given with the number of the last event before the command's own effects, so
//! that a reader can place it among the events.

use crate::{Cause, ChannelSnapshot, ExtensionState, OriginateReason, Party};
use std::sync::Arc;
use std::time::Duration;

/// What can be asked of a switch. Channels are named by name (any case) or uniqueid.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Call somebody and connect them to the dialplan or an application.
    Originate(Originate),
    /// End calls.
    Hangup {
        /// Which.
        target: HangupTarget,
        /// Why; normal clearing if not said.
        cause: Option<Cause>,
    },
    /// List all channels.
    Channels,
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
    /// How many channels there are and how many calls there have been.
    Counts,
}

/// A variable, by name, or a function, by name and arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableRequest {
    /// The channel; `None` for a global.
    pub channel: Option<Arc<str>>,
    /// `NAME` or `NAME(args)`.
    pub name: Arc<str>,
}

/// Which calls to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HangupTarget {
    /// This one.
    Channel(Arc<str>),
    /// All whose name matches this regular expression.
    Matching(Arc<str>),
}

/// An order to call somebody.
#[derive(Clone, Debug, PartialEq)]
pub struct Originate {
    /// The technology: `Local`, `PJSIP`.
    pub technology: Arc<str>,
    /// What to call, in the technology's terms.
    pub resource: Arc<str>,
    /// What to do once it answers.
    pub destination: Destination,
    /// How long to wait for the answer.
    pub timeout: Duration,
    /// Shown to the called party, as caller id and connected line.
    pub caller: Option<Party>,
    /// Account code.
    pub account: Option<Arc<str>>,
    /// Set on the channel, in this order.
    pub variables: Vec<(Arc<str>, Arc<str>)>,
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
}

/// Where a call goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Into the dialplan.
    Extension {
        /// Context.
        context: Arc<str>,
        /// Extension.
        exten: Arc<str>,
        /// Priority: a number or a label.
        priority: Arc<str>,
    },
    /// Into one application.
    Application {
        /// Its name.
        application: Arc<str>,
        /// Its arguments.
        data: Arc<str>,
    },
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
    Channels(Vec<Arc<ChannelSnapshot>>),
    /// Channels with variables.
    Status(Vec<StatusItem>),
    /// A variable's value.
    Value(Arc<str>),
    /// An extension's state.
    Extension(ExtensionReport),
    /// Counts.
    Counts {
        /// Channels now.
        channels: usize,
        /// Calls since the start.
        calls: u64,
    },
    /// Refused.
    Refused(Refusal),
}

/// A channel with its variables.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusItem {
    /// The channel.
    pub channel: Arc<ChannelSnapshot>,
    /// Its technology, e.g. `PJSIP`.
    pub technology: Arc<str>,
    /// Whole seconds since it was made.
    pub seconds: u64,
    /// Whole seconds until its absolute timeout, 0 if none is set.
    pub time_to_hangup: u64,
    /// Variables asked for, in order, then all if asked for.
    pub variables: Vec<(Arc<str>, Arc<str>)>,
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
