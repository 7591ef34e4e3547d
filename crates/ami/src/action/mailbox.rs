//! Actions about mailboxes and the messages that wait in them (ami-server.md 10.19).

use macros::Action;

/// Tells whether messages wait in a mailbox.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(classes(call, reporting), reads, synopsis = "Check mailbox.")]
pub struct MailboxStatus {
    /// `number@context`; the context is `default` if not said. Several may be given, with commas.
    #[action(missing = "Mailbox not specified")]
    pub mailbox: String,
}

/// Tells how many messages wait in a mailbox.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(call, reporting),
    reads,
    synopsis = "Check Mailbox Message Count."
)]
pub struct MailboxCount {
    /// `number@context`; the context is `default` if not said. Several may be given, with commas.
    #[action(missing = "Mailbox not specified")]
    pub mailbox: String,
}

/// Lists those who have a mailbox.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(call, reporting),
    reads,
    synopsis = "List All Voicemail User Information.",
    complete = "VoicemailUserEntryComplete"
)]
pub struct VoicemailUsersList {}

/// Tells of one who has a mailbox.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(call, reporting),
    reads,
    synopsis = "Show the status of given voicemail user's info.",
    complete = "VoicemailUserDetailComplete"
)]
pub struct VoicemailUserStatus {
    /// The mailbox's context.
    #[action(missing = "Need 'Context' and 'Mailbox' parameters.")]
    pub context: String,
    /// Its number.
    #[action(missing = "Need 'Context' and 'Mailbox' parameters.")]
    pub mailbox: String,
}

/// Has the folders of mailboxes looked into, when another program has changed them.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(user),
    synopsis = "Tell Asterisk to poll mailboxes for a change"
)]
pub struct VoicemailRefresh {
    /// Only those of this context.
    pub context: Option<String>,
    /// Only those of this number.
    pub mailbox: Option<String>,
}

/// Tells how many messages wait in a mailbox that another system keeps.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "MWIUpdate",
    classes(call),
    synopsis = "Update the mailbox message counts."
)]
pub struct MwiUpdate {
    /// The mailbox.
    #[action(missing = "Mailbox not specified")]
    pub mailbox: String,
    /// Messages that were listened to.
    pub old_messages: Option<i64>,
    /// Messages that were not.
    pub new_messages: Option<i64>,
}

/// Lists mailboxes that another system keeps.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "MWIGet",
    classes(call, reporting),
    reads,
    synopsis = "Get selected mailboxes with message counts.",
    complete = "MWIGetComplete"
)]
pub struct MwiGet {
    /// The mailbox, or a regular expression between slashes.
    #[action(missing = "Mailbox not specified")]
    pub mailbox: String,
}

/// Forgets mailboxes that another system keeps.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "MWIDelete",
    classes(call),
    synopsis = "Delete selected mailboxes."
)]
pub struct MwiDelete {
    /// The mailbox, or a regular expression between slashes.
    #[action(missing = "Mailbox not specified")]
    pub mailbox: String,
}
