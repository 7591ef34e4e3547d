//! Actions on what is played to a channel.

use macros::Action;

/// Goes forth and back in what is played to a channel, or ends it.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(call),
    synopsis = "Control the playback of a file being played to a channel."
)]
pub struct ControlPlayback {
    /// The channel.
    #[action(missing = "Channel not specified", subject = Channel)]
    pub channel: String,
    /// `stop`, `forward`, `reverse`, `pause` (and go on) or `restart`. What another application than
    /// ControlPlayback plays moves by three seconds, and is ended by `pause` and `restart`.
    #[action(missing = "Control not specified")]
    pub control: String,
}

/// Sends a digit of multi-frequency signalling, as trunks know it.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "PlayMF",
    classes(call),
    synopsis = "Play MF digit on a specific channel."
)]
pub struct PlayMf {
    /// The channel.
    #[action(missing = "Channel not found", subject = Channel)]
    pub channel: String,
    /// `0` to `9`, `*` (KP), `#` (ST), `A`, `B` or `C` (ST with one to three primes).
    #[action(missing = "No digit specified")]
    pub digit: String,
    /// For how long, in milliseconds.
    pub duration: Option<String>,
}
