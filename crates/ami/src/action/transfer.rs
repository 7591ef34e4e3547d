//! Actions that send calls elsewhere.

use macros::Action;

/// Sends a channel elsewhere in the dialplan, and another one with it.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(classes(call), synopsis = "Redirect (transfer) a call.")]
pub struct Redirect {
    /// The channel.
    #[action(missing = "Channel not specified", subject = Channel)]
    pub channel: String,
    /// The context to send it to.
    #[action(missing = "Context not specified", subject = Context)]
    pub context: String,
    /// The extension.
    #[action(missing = "Exten not specified", subject = Exten)]
    pub exten: String,
    /// The priority: a number or a label.
    #[action(missing = "Priority not specified")]
    pub priority: String,
    /// The other channel.
    #[action(subject = Channel)]
    pub extra_channel: Option<String>,
    /// The context to send it to; to where the first goes if not said.
    #[action(subject = Context)]
    pub extra_context: Option<String>,
    /// Its extension.
    #[action(subject = Exten)]
    pub extra_exten: Option<String>,
    /// Its priority.
    pub extra_priority: Option<String>,
}

/// Sends whoever talks with a channel to an extension; the channel ends.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(call),
    synopsis = "Blind transfer channel(s) to the given destination"
)]
pub struct BlindTransfer {
    /// The channel.
    #[action(missing = "No channel specified", subject = Channel)]
    pub channel: String,
    /// The extension.
    #[action(missing = "No extension specified", subject = Exten)]
    pub exten: String,
    /// Its context; the channel's own if not said.
    #[action(subject = Context, unsaid)]
    pub context: Option<String>,
}

/// Asks an extension whether it takes the call of whoever talks with a channel: presses the code of
/// features.conf and the extension, as if the channel's far end did.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(classes(call), synopsis = "Attended transfer.")]
pub struct Atxfer {
    /// The channel.
    #[action(missing = "No channel specified", subject = Channel)]
    pub channel: String,
    /// The extension.
    #[action(missing = "No extension specified", subject = Exten)]
    pub exten: String,
    /// Its context; the channel's own if not said.
    #[action(subject = Context, unsaid)]
    pub context: Option<String>,
}

/// Ends the asking: presses the disconnect code of features.conf.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(classes(call), synopsis = "Cancel an attended transfer.")]
pub struct CancelAtxfer {
    /// The channel.
    #[action(missing = "No channel specified", subject = Channel)]
    pub channel: String,
}
