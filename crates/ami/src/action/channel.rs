//! Actions about channels that are there.

use macros::Action;

/// Lists the channels.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(system, reporting),
    reads,
    synopsis = "List currently active channels.",
    complete = "CoreShowChannelsComplete"
)]
pub struct CoreShowChannels {}

/// Lists channels with all that is known of them.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(system, call, reporting),
    reads,
    synopsis = "List channel status.",
    complete = "StatusComplete"
)]
pub struct Status {
    /// One channel; all if not said.
    #[action(subject = Channel, unsaid)]
    pub channel: Option<String>,
    /// Variables and functions to tell the values of, separated by commas.
    #[action(subject = Variables)]
    pub variables: Option<String>,
    /// Whether to tell all variables that are set.
    #[action(subject = AllVariables)]
    pub all_variables: bool,
}

/// Ends calls.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(system, call),
    synopsis = "Hangup channel.",
    complete = "ChannelsHungupListComplete"
)]
pub struct Hangup {
    /// The channel, or all that match a regular expression between slashes.
    #[action(missing = "No channel specified", subject = Channel)]
    pub channel: String,
    /// Why: a cause number, 1 to 127.
    pub cause: Option<i64>,
}

/// Reads a variable or function.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(call, reporting),
    reads,
    synopsis = "Gets a channel variable or function value."
)]
pub struct Getvar {
    /// Its name, with arguments if it is a function.
    #[action(missing = "No variable specified", subject = Variable)]
    pub variable: String,
    /// Of this channel; a global variable if not said.
    #[action(subject = Channel)]
    pub channel: Option<String>,
}

/// Sets a variable or function.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(classes(call), synopsis = "Sets a channel variable or function value.")]
pub struct Setvar {
    /// Its name, with arguments if it is a function.
    #[action(missing = "No variable specified", subject = Variable)]
    pub variable: String,
    /// Its value.
    pub value: String,
    /// Of this channel; a global variable if not said.
    #[action(subject = Channel)]
    pub channel: Option<String>,
}
