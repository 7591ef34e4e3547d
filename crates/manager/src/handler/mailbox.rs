//! Actions about mailboxes (ami-server.md 10.19).

use super::{Step, given};
use crate::Request;
use ami::action::mailbox as declared;
use ami::event::Event as _;
use ami::event::mailbox::{MwiGet, VoicemailUser, VoicemailUserDetail, VoicemailUserEntry};
use ami::{Message, response};
use model::{MailboxQuery, MailboxReply, MailboxUser, MessageCounts};

pub(super) fn count(mailbox: &str) -> Step {
    ask(MailboxQuery::Counts(mailbox.into()))
}

pub(super) fn users() -> Step {
    ask(MailboxQuery::Users)
}

pub(super) fn user(action: &declared::VoicemailUserStatus) -> Step {
    ask(MailboxQuery::User {
        context: action.context.as_str().into(),
        mailbox: action.mailbox.as_str().into(),
    })
}

pub(super) fn refresh(action: &declared::VoicemailRefresh) -> Step {
    ask(MailboxQuery::Refresh {
        context: action.context.as_deref().map(Into::into),
        mailbox: action.mailbox.as_deref().map(Into::into),
    })
}

pub(super) fn update(id: &str, action: &declared::MwiUpdate) -> Step {
    let number = |count: Option<i64>| u32::try_from(count.unwrap_or_default()).ok();
    let (Some(old), Some(new)) = (number(action.old_messages), number(action.new_messages)) else {
        return super::failed(id, "Invalid message count");
    };
    ask(MailboxQuery::SetExternal {
        mailbox: action.mailbox.as_str().into(),
        counts: MessageCounts {
            urgent: 0,
            new,
            old,
        },
    })
}

pub(super) fn external(action: &declared::MwiGet) -> Step {
    ask(MailboxQuery::External(action.mailbox.as_str().into()))
}

pub(super) fn forget(action: &declared::MwiDelete) -> Step {
    ask(MailboxQuery::ForgetExternal(action.mailbox.as_str().into()))
}

fn ask(query: MailboxQuery) -> Step {
    Step::Ask(Request::Mailboxes(query))
}

pub(super) fn status_told(
    id: &str,
    action: &declared::MailboxStatus,
    reply: &MailboxReply,
) -> Option<Vec<Message>> {
    let counts = counts(reply)?;
    let message = response::done(id, "Mailbox Status")
        .with("Mailbox", &action.mailbox)
        .with("Waiting", u8::from(counts.new + counts.urgent > 0));
    Some(vec![message])
}

pub(super) fn count_told(
    id: &str,
    action: &declared::MailboxCount,
    reply: &MailboxReply,
) -> Option<Vec<Message>> {
    let counts = counts(reply)?;
    let message = response::done(id, "Mailbox Message Count")
        .with("Mailbox", &action.mailbox)
        .with("UrgMessages", counts.urgent)
        .with("NewMessages", counts.new)
        .with("OldMessages", counts.old);
    Some(vec![message])
}

fn counts(reply: &MailboxReply) -> Option<MessageCounts> {
    match reply {
        MailboxReply::Counts(counts) => Some(*counts),
        MailboxReply::Users(_) | MailboxReply::External(_) | MailboxReply::Done => None,
    }
}

pub(super) fn users_told(id: &str, reply: &MailboxReply) -> Option<Vec<Message>> {
    let MailboxReply::Users(users) = reply else {
        return None;
    };
    if users.is_empty() {
        return Some(vec![response::done(
            id,
            "There are no voicemail users currently defined.",
        )]);
    }
    let items = users.iter().map(|user| {
        VoicemailUserEntry {
            action_id: given(id),
            user: block(user),
        }
        .message()
    });
    let start = response::list_start(id, "Voicemail user list will follow");
    let end = response::list_complete("VoicemailUserEntryComplete", id, users.len());
    Some(std::iter::once(start).chain(items).chain([end]).collect())
}

pub(super) fn user_told(id: &str, reply: &MailboxReply) -> Option<Vec<Message>> {
    let MailboxReply::Users(users) = reply else {
        return None;
    };
    let Some(user) = users.first() else {
        return Some(vec![response::done(
            id,
            "There is no voicemail user of the given info.",
        )]);
    };
    Some(vec![
        response::list_start(id, "Voicemail user detail will follow"),
        VoicemailUserDetail {
            action_id: given(id),
            user: block(user),
        }
        .message(),
        response::list_complete("VoicemailUserDetailComplete", id, 1),
    ])
}

pub(super) fn external_told(id: &str, reply: &MailboxReply) -> Option<Vec<Message>> {
    let MailboxReply::External(mailboxes) = reply else {
        return None;
    };
    let items = mailboxes.iter().map(|(mailbox, counts)| {
        let item = MwiGet {
            mailbox,
            old_messages: counts.old,
            new_messages: counts.new,
            action_id: given(id),
        };
        item.message()
    });
    let start = response::list_start(id, "Mailboxes will follow");
    let end = response::list_complete("MWIGetComplete", id, mailboxes.len());
    Some(std::iter::once(start).chain(items).chain([end]).collect())
}

pub(super) fn done(id: &str, text: Option<&str>, reply: &MailboxReply) -> Option<Vec<Message>> {
    let done = *reply == MailboxReply::Done;
    done.then(|| vec![text.map_or_else(|| response::success(id), |text| response::done(id, text))])
}

fn block(user: &MailboxUser) -> VoicemailUser<'_> {
    let yes = |on: bool| if on { "Yes" } else { "No" };
    VoicemailUser {
        vm_context: &user.context,
        voice_mailbox: &user.mailbox,
        fullname: &user.full_name,
        // Clients know this word for an address that is not there.
        email: user.email.as_deref().unwrap_or("(null)"),
        pager: &user.pager,
        server_email: &user.server_email,
        from_string: &user.from,
        mail_command: &user.mail_command,
        language: &user.language,
        time_zone: &user.time_zone,
        callback: &user.callback,
        dialout: &user.dial_out,
        unique_id: &user.unique_id,
        exit_context: &user.exit_context,
        say_duration_minimum: user.say_duration_minimum,
        say_envelope: yes(user.say_envelope),
        say_cid: yes(user.say_caller),
        attach_message: yes(user.attach),
        attachment_format: &user.attach_format,
        delete_message: yes(user.delete),
        volume_gain: format!("{:.2}", user.volume_gain),
        can_review: yes(user.review),
        can_mark_urgent: yes(user.mark_urgent),
        call_operator: yes(user.operator),
        max_message_count: user.most_messages,
        max_message_length: user.longest_message,
        new_message_count: user.counts.new + user.counts.urgent,
        old_message_count: user.counts.old,
    }
}
