//! Actions on one channel while it talks.

use macros::Action;

/// Says how long a channel may live from now.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(classes(system, call), synopsis = "Set absolute timeout.")]
pub struct AbsoluteTimeout {
    /// The channel.
    #[action(missing = "No channel specified", subject = Channel)]
    pub channel: String,
    /// Seconds, with decimals.
    #[action(missing = "No timeout specified")]
    pub timeout: String,
}

/// Lets a Local channel step aside once both its halves talk.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(system, call),
    synopsis = "Optimize away a local channel when possible."
)]
pub struct LocalOptimizeAway {
    /// Either half.
    #[action(missing = "'Channel' not specified.", subject = Channel)]
    pub channel: String,
}

/// Cuts a channel's sound, or lets it pass again.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(classes(system), synopsis = "Mute an audio stream.")]
pub struct MuteAudio {
    /// The channel.
    #[action(missing = "Channel not specified", subject = Channel)]
    pub channel: String,
    /// `in` (from the far end), `out` (to it) or `all`.
    #[action(missing = "Direction not specified")]
    pub direction: String,
    /// `on` cuts it, anything else lets it pass.
    #[action(missing = "State not specified")]
    pub state: String,
}

/// Presses a key.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "PlayDTMF",
    classes(call),
    synopsis = "Play DTMF signal on a specific channel."
)]
pub struct PlayDtmf {
    /// The channel.
    #[action(missing = "Channel not found", subject = Channel)]
    pub channel: String,
    /// The key.
    #[action(missing = "No digit specified")]
    pub digit: String,
    /// For how long, in milliseconds.
    pub duration: Option<String>,
    /// Whether to take it as pressed at the channel's far end, instead of sending it there.
    pub receive: bool,
}

/// Presses the hook for a moment.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(classes(call), synopsis = "Send a hook flash on a specific channel.")]
pub struct SendFlash {
    /// The channel.
    #[action(missing = "Channel not found", subject = Channel)]
    pub channel: String,
    /// Whether to take it as pressed at the channel's far end, instead of sending it there.
    pub receive: bool,
}

/// Sends a text to a channel.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(call),
    synopsis = "Sends a text message to channel. A content type can be optionally specified. If not set it is set to an empty string allowing a custom handler to default it as it sees fit."
)]
pub struct SendText {
    /// The channel.
    #[action(missing = "No channel specified", subject = Channel)]
    pub channel: String,
    /// The text.
    #[action(missing = "No Message specified")]
    pub message: String,
}

/// Lists all channels a channel is connected with.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(system, reporting),
    reads,
    synopsis = "List all channels connected to the specified channel.",
    complete = "CoreShowChannelMapComplete"
)]
pub struct CoreShowChannelMap {
    /// The channel.
    #[action(missing = "CoreShowChannelMap requires a channel.", subject = Channel)]
    pub channel: String,
}
