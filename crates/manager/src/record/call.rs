//! Events about whole calls, and those that users make.

use super::{Teller, Told, block, or_unknown};
use ami::event::Headers;
use ami::event::call::OriginateResponse;
use ami::event::cdr::Cdr;
use ami::event::cel::Cel;
use ami::event::charge::{AocD, AocE, AocS};
use ami::event::user::UserEvent;
use jiff::Timestamp;
use model::{
    Advice, AdviceTime, CallRecord, ChannelEvent, ChannelEventKind, ChannelSnapshot, Destination,
    Extension, OriginateReason, Party,
};
use std::sync::Arc;

/// What became of an Originate.
pub(super) struct Outcome<'a> {
    pub(super) channel: &'a str,
    pub(super) uniqueid: Option<&'a str>,
    pub(super) caller: &'a Party,
}

pub(super) fn originated(
    to: &Teller<'_>,
    action_id: Option<&str>,
    reason: OriginateReason,
    destination: &Destination,
    call: &Outcome<'_>,
) -> Option<Told> {
    let (application, extension) = match destination {
        Destination::Application { application, data } => (Some((application, data)), None),
        Destination::Extension(Extension { context, exten, .. }) => (None, Some((context, exten))),
    };
    let success = reason == OriginateReason::Answered;
    to.say(&OriginateResponse {
        action_id,
        response: if success { "Success" } else { "Failure" },
        channel: call.channel,
        application: application.map(|(name, _)| &**name),
        data: application.map(|(_, data)| &**data),
        context: extension.map(|(context, _)| &**context),
        exten: extension.map(|(_, exten)| &**exten),
        reason: reason.number(),
        reason_text: reason.words(),
        uniqueid: call.uniqueid.unwrap_or("<unknown>"),
        caller_id_num: or_unknown(&call.caller.number),
        caller_id_name: or_unknown(&call.caller.name),
    })
}

pub(super) fn advised(to: &Teller<'_>, channel: &ChannelSnapshot, advice: &Advice) -> Option<Told> {
    let channel = block(channel);
    let facts = Headers(&advice.facts);
    match advice.time {
        AdviceTime::Start => to.say(&AocS { channel, facts }),
        AdviceTime::During => to.say(&AocD { channel, facts }),
        AdviceTime::End => to.say(&AocE { channel, facts }),
    }
}

pub(super) fn user_event(
    to: &Teller<'_>,
    channel: Option<&ChannelSnapshot>,
    name: &str,
    headers: &[(Arc<str>, Arc<str>)],
) -> Option<Told> {
    to.say(&UserEvent {
        channel: channel.map(block),
        user_event: name,
        headers: Headers(headers),
    })
}

pub(super) fn logged(to: &Teller<'_>, entry: &ChannelEvent, shown: bool) -> Option<Told> {
    let channel = &entry.channel;
    let text = |text: &'_ Option<Arc<str>>| text.clone().unwrap_or_default();
    let own = entry.kind == ChannelEventKind::UserDefined;
    to.say(&Cel {
        event_name: match own && !shown {
            true => &entry.user_defined,
            false => entry.kind.text(),
        },
        account_code: &channel.account,
        caller_id_num: &text(&channel.caller.number),
        caller_id_name: &text(&channel.caller.name),
        caller_id_ani: &entry.ani,
        caller_id_rdnis: &entry.rdnis,
        caller_id_dnid: &channel.dnid,
        exten: &channel.exten,
        context: &channel.context,
        channel: &channel.name,
        application: &channel.application,
        app_data: &channel.data,
        event_time: &entry.time,
        ama_flags: entry.ama_flags.text(),
        unique_id: &channel.uniqueid,
        linked_id: &channel.linkedid,
        userfield: &entry.user_field,
        peer: &entry.peer,
        peer_account: &entry.peer_account,
        user_def_type: (own && shown).then_some(&*entry.user_defined),
        extra: &entry.extra,
    })
}

pub(super) fn record(
    to: &Teller<'_>,
    record: &CallRecord,
    headers: &[(Arc<str>, Arc<str>)],
) -> Option<Told> {
    let local = |at: Timestamp| {
        let at = at.to_zoned(to.style.zone.clone());
        at.strftime("%Y-%m-%d %H:%M:%S").to_string()
    };
    to.say(&Cdr {
        account_code: &record.account,
        source: &record.source,
        destination: &record.destination,
        destination_context: &record.context,
        caller_id: &record.caller_id,
        channel: &record.channel,
        destination_channel: &record.destination_channel,
        last_application: &record.application,
        last_data: &record.data,
        start_time: local(record.start),
        answer_time: record.answer.map(local).unwrap_or_default(),
        end_time: local(record.end),
        duration: record.duration(),
        billable_seconds: record.billable,
        disposition: record.disposition.text(),
        ama_flags: record.ama_flags.text(),
        unique_id: &record.uniqueid,
        user_field: &record.user_field,
        headers: Headers(headers),
    })
}
