//! Events and items of lists about mailboxes.

use macros::{Block, Event};

/// Other messages than before wait in a mailbox.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct MessageWaiting<'a> {
    pub mailbox: &'a str,
    pub waiting: u8,
    pub new: u32,
    pub old: u32,
}

/// Somebody who has a mailbox, in a list of all.
#[derive(Event, Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct VoicemailUserEntry<'a> {
    pub action_id: Option<&'a str>,
    #[event(block)]
    pub user: VoicemailUser<'a>,
}

/// Somebody who has a mailbox, asked for by name.
#[derive(Event, Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct VoicemailUserDetail<'a> {
    pub action_id: Option<&'a str>,
    #[event(block)]
    pub user: VoicemailUser<'a>,
}

/// What is told of somebody who has a mailbox.
#[derive(Block, Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct VoicemailUser<'a> {
    #[event(name = "VMContext")]
    pub vm_context: &'a str,
    pub voice_mailbox: &'a str,
    pub fullname: &'a str,
    pub email: &'a str,
    pub pager: &'a str,
    pub server_email: &'a str,
    pub from_string: &'a str,
    pub mail_command: &'a str,
    pub language: &'a str,
    pub time_zone: &'a str,
    pub callback: &'a str,
    pub dialout: &'a str,
    #[event(name = "UniqueID")]
    pub unique_id: &'a str,
    pub exit_context: &'a str,
    pub say_duration_minimum: u32,
    pub say_envelope: &'a str,
    #[event(name = "SayCID")]
    pub say_cid: &'a str,
    pub attach_message: &'a str,
    pub attachment_format: &'a str,
    pub delete_message: &'a str,
    pub volume_gain: String,
    pub can_review: &'a str,
    pub can_mark_urgent: &'a str,
    pub call_operator: &'a str,
    pub max_message_count: u32,
    pub max_message_length: u32,
    pub new_message_count: u32,
    pub old_message_count: u32,
}

/// A mailbox that another system keeps.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(name = "MWIGet")]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct MwiGet<'a> {
    pub mailbox: &'a str,
    pub old_messages: u32,
    pub new_messages: u32,
    pub action_id: Option<&'a str>,
}
