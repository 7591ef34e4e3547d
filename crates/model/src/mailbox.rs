//! Mailboxes: what is asked of them, and what they answer.

use crate::MessageCounts;
use std::sync::Arc;

/// What is asked of the mailboxes. They are named `number@context`; the context is `default` if
/// not said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailboxQuery {
    /// How many messages wait, in one or in several with commas between. Answered with
    /// [`MailboxReply::Counts`].
    Counts(Arc<str>),
    /// Whose they are. Answered with [`MailboxReply::Users`].
    Users,
    /// Whose this one is. Answered with [`MailboxReply::Users`], empty if there is no such.
    User {
        /// Its context.
        context: Arc<str>,
        /// Its number.
        mailbox: Arc<str>,
    },
    /// Look into the folders again, of all mailboxes or of those named. Answered with
    /// [`MailboxReply::Done`].
    Refresh {
        /// Of this context.
        context: Option<Arc<str>>,
        /// Of this number.
        mailbox: Option<Arc<str>>,
    },
    /// Somebody else's mailbox has so many messages. Answered with [`MailboxReply::Done`].
    SetExternal {
        /// Its name.
        mailbox: Arc<str>,
        /// How many.
        counts: MessageCounts,
    },
    /// What is known of somebody else's mailboxes: of one, or of all that match a regular
    /// expression between slashes. Answered with [`MailboxReply::External`].
    External(Arc<str>),
    /// Forget them, named likewise. Answered with [`MailboxReply::Done`].
    ForgetExternal(Arc<str>),
}

/// What they answer.
#[derive(Clone, Debug, PartialEq)]
pub enum MailboxReply {
    /// The messages that wait.
    Counts(MessageCounts),
    /// Those who have a mailbox.
    Users(Vec<MailboxUser>),
    /// Somebody else's mailboxes, by name.
    External(Vec<(Arc<str>, MessageCounts)>),
    /// It is done.
    Done,
}

/// Somebody who has a mailbox.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MailboxUser {
    /// Its context.
    pub context: String,
    /// Its number.
    pub mailbox: String,
    /// Their name.
    pub full_name: String,
    /// Where mail about messages goes, if anywhere.
    pub email: Option<String>,
    /// Where short mail goes.
    pub pager: String,
    /// Whom mail comes from.
    pub server_email: String,
    /// And by what name.
    pub from: String,
    /// The program that sends it.
    pub mail_command: String,
    /// The language of the prompts.
    pub language: String,
    /// The time zone of the times told.
    pub time_zone: String,
    /// The context to call back from.
    pub callback: String,
    /// The context to call out from.
    pub dial_out: String,
    /// A number of their own.
    pub unique_id: String,
    /// The context that callers leave to.
    pub exit_context: String,
    /// The shortest message whose length is told, in minutes.
    pub say_duration_minimum: u32,
    /// Whether the time of a message is told.
    pub say_envelope: bool,
    /// Whether the caller is told.
    pub say_caller: bool,
    /// Whether mail has the message with it.
    pub attach: bool,
    /// In this format; in the general one if empty.
    pub attach_format: String,
    /// Whether a message is deleted once it was mailed.
    pub delete: bool,
    /// By how much messages in mail are louder, in decibels.
    pub volume_gain: f64,
    /// Whether callers may listen to what they said.
    pub review: bool,
    /// Whether messages passed on may be marked urgent.
    pub mark_urgent: bool,
    /// Whether callers may ask for the operator.
    pub operator: bool,
    /// The most messages.
    pub most_messages: u32,
    /// The longest message in seconds; 0 is no limit.
    pub longest_message: u32,
    /// The messages that wait.
    pub counts: MessageCounts,
}
