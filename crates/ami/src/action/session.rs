//! Actions about the connection itself.

use super::{CNumber, Others, Secret};
use macros::Action;

/// Logs in, with the secret or with a key made of challenge and secret.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(reads, synopsis = "Login Manager.")]
pub struct Login {
    /// The account.
    pub username: Option<String>,
    /// Its secret, unless `Key` proves that it is known.
    pub secret: Option<Secret>,
    /// `MD5`: log in with `Key`. `certificate`: with the certificate shown over TLS. Anything else: with
    /// `Secret`.
    #[action(name = "AuthType")]
    pub auth_type: Option<String>,
    /// MD5 of challenge and secret, in lower case hexadecimal digits.
    pub key: Option<Secret>,
    /// What to hear of what the account may hear; all of it if not said.
    pub events: Option<String>,
    /// `on`: events, responses and ends of lists tell their place in the order of events; as the account
    /// is configured if not said.
    pub sequence: Option<bool>,
    /// The place, as `Sequence` told it, where a session ended that this one goes on from: what happened
    /// since is told first. Places are told then, unless `Sequence` says otherwise.
    pub resume: Option<String>,
}

/// Asks for the challenge that an MD5 login answers.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(reads, synopsis = "Generate Challenge for MD5 Auth.")]
pub struct Challenge {
    /// `MD5`.
    #[action(name = "AuthType")]
    pub auth_type: Option<String>,
}

/// Ends the connection.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(reads, synopsis = "Logoff Manager.")]
pub struct Logoff {}

/// Asks for an answer, and nothing else.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(reads, synopsis = "Keepalive command.")]
pub struct Ping {}

/// Says which events to send on this connection.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(reads, synopsis = "Control Event Flow.")]
pub struct Events {
    /// `on`, `off`, or a list of classes.
    pub event_mask: Option<String>,
}

/// Names the actions the account may use.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(reads, synopsis = "List available manager commands.")]
pub struct ListCommands {}

/// Adds a filter to the events of this connection.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(system),
    reads,
    synopsis = "Dynamically add filters for the current manager session."
)]
pub struct Filter {
    /// `Add`.
    pub operation: Option<String>,
    /// The pattern.
    pub filter: Option<String>,
    /// What stands between the parentheses of `eventfilter(…)`.
    pub match_criteria: Option<String>,
}

/// Waits until there is an event, or something else to do.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    reads,
    synopsis = "Wait for an event to occur.",
    complete = "WaitEventComplete"
)]
pub struct WaitEvent {
    /// For how many seconds; for ever if not said or negative.
    pub timeout: Option<CNumber>,
}

/// Tells an event to all who may hear user events.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(classes(user), synopsis = "Send an arbitrary event.")]
pub struct UserEvent {
    /// Its name.
    pub user_event: Option<String>,
    /// Its headers, told in the order sent.
    pub headers: Others,
}

/// Tells all events after a place in their order, and goes on from there. What is no longer kept is told
/// as EventsMissed.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(reads, synopsis = "Tell events from a place in their order on.")]
pub struct Resume {
    /// The place, as `Sequence` told it.
    #[action(missing = "No sequence specified")]
    pub sequence: String,
}
