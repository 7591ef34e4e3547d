//! What clients made for release 1.8 are told of an event (ami-server.md 14).
//!
//! Events that release did not have are not told. What it told with other headers is declared in
//! `ami/src/event/legacy.rs`; what it told as we do, we do.

use super::memory::Recalled;
use super::{Teller, Told, call, or_unknown, system};
use crate::uri;
use ami::event::Headers;
use ami::event::legacy::{
    Bridge, DialBegin, DialEnd, Dtmf, ExtensionStatus, FullyBooted, Hangup, HangupRequest, Hold,
    MusicOnHold, NewAccountCode, NewCallerid, Newchannel, Newexten, Newstate, OriginateResponse,
    PeerStatus, Reload, SoftHangupRequest, Transfer, Unlink, UserEvent, VarSet, Variables,
};
use model::{
    ChannelSnapshot, ContactFact, ContactState, Destination, Event, Extension, OriginateReason,
    TransferResult,
};
use std::sync::Arc;

/// The words, if there are any.
#[rustfmt::skip] // A table: what happened, and what it was called.
pub(super) fn tell(to: &Teller<'_>, recalled: &Recalled, event: &Event) -> Option<Told> {
    match event {
        Event::Newchannel { channel } => made(to, channel),
        Event::Newstate { channel } => changed_state(to, channel),
        Event::Newexten { channel } => executes(to, channel),
        Event::VarSet { channel, variable, value } => variable_set(to, channel.as_deref(), variable, value),
        Event::NewCallerid { channel } => caller_changed(to, channel),
        Event::NewAccountCode { channel, old } => account_changed(to, channel, old),
        Event::SoftHangupRequest { channel, cause } => to.say(&SoftHangupRequest {
            channel: &channel.name, uniqueid: &channel.uniqueid, cause: *cause, variables: variables(channel),
        }),
        Event::HangupRequest { channel, cause } => to.say(&HangupRequest {
            channel: &channel.name, uniqueid: &channel.uniqueid, cause: *cause, variables: variables(channel),
        }),
        Event::Hangup { channel } => ended(to, channel),
        Event::DtmfBegin { channel, digit, received } => digit_pressed(to, channel, *digit, *received, true),
        Event::DtmfEnd { channel, digit, received, .. } => digit_pressed(to, channel, *digit, *received, false),
        Event::Hold { channel, .. } => held(to, channel, "On"),
        Event::Unhold { channel } => held(to, channel, "Off"),
        Event::MusicOnHoldStart { channel, class } => music(to, channel, "Start", Some(class)),
        Event::MusicOnHoldStop { channel } => music(to, channel, "Stop", None),
        Event::DialBegin { caller, dest, dial_string } => dial_begins(to, caller.as_deref()?, dest, dial_string),
        Event::DialEnd { caller, .. } => dial_ends(to, caller.as_deref()?, recalled),
        Event::BridgeEnter { channel, .. } => linked(to, recalled.other()?, channel),
        Event::BridgeLeave { channel, .. } => unlinked(to, recalled.other()?, channel),
        Event::BlindTransfer { result, transferer, transferee, context, exten, .. } => {
            transferred(to, *result, transferer, transferee.as_deref()?, (context, exten))
        }
        Event::ExtensionStatus { exten, context, hint, state } => to.say(&ExtensionStatus {
            exten, context, hint, status: state.number(),
        }),
        Event::MessageWaiting { mailbox, counts } => system::messages(to, mailbox, *counts),
        Event::ContactStatus(fact) => contact(to, fact),
        Event::Registry { channel_type, username, domain, status } => super::pjsip::registry(to, channel_type, (username, domain), *status),
        Event::UserEvent { channel, name, headers } => to.say(&UserEvent {
            user_event: name, action: channel.is_none().then_some("UserEvent"), uniqueid: channel.as_ref().map(|channel| &*channel.uniqueid), headers: Headers(headers),
        }),
        Event::OriginateResponse { action_id, reason, channel, destination, uniqueid, caller, .. } => {
            let call = call::Outcome { channel, uniqueid: uniqueid.as_deref(), caller };
            originated(to, action_id.as_deref(), *reason, destination, &call)
        }
        Event::Cdr { record, headers } => call::record(to, record, headers),
        Event::Cel { entry, shown } => call::logged(to, entry, *shown),
        Event::FullyBooted { .. } => to.say(&FullyBooted { status: "Fully Booted" }),
        Event::Shutdown { cleanly, restart } => system::ends(to, *cleanly, *restart),
        Event::Reload { module, .. } => to.say(&Reload {
            module, status: "Enabled", message: format!("{module} reload Requested"),
        }),
        Event::Advice { .. }
        | Event::HangupHandler { .. }
        | Event::Flash { .. }
        | Event::TalkingStart { .. }
        | Event::TalkingStop { .. }
        | Event::NewConnectedLine { .. }
        | Event::DialState { .. }
        | Event::BridgeCreate { .. }
        | Event::BridgeDestroy { .. }
        | Event::BridgeMerge { .. }
        | Event::LocalBridge { .. }
        | Event::LocalOptimizationBegin { .. }
        | Event::LocalOptimizationEnd { .. }
        | Event::AttendedTransfer { .. }
        | Event::Pickup { .. }
        | Event::ChanSpyStart { .. }
        | Event::ChanSpyStop { .. }
        | Event::DeviceStateChange { .. }
        | Event::PresenceStateChange { .. }
        | Event::PresenceStatus { .. }
        | Event::PeerStatus { .. }
        | Event::Security(_) => None,
    }
}

fn variables(channel: &ChannelSnapshot) -> Option<Variables<'_>> {
    Some(Variables {
        channel: &channel.name,
        variables: &channel.variables,
    })
}

/// A number or name, or nothing.
fn or_empty(text: &Option<Arc<str>>) -> &str {
    text.as_deref().unwrap_or_default()
}

fn made(to: &Teller<'_>, channel: &ChannelSnapshot) -> Option<Told> {
    to.say(&Newchannel {
        channel: &channel.name,
        channel_state: channel.state.number(),
        channel_state_desc: channel.state.text(),
        caller_id_num: or_empty(&channel.caller.number),
        caller_id_name: or_empty(&channel.caller.name),
        account_code: &channel.account,
        exten: &channel.exten,
        context: &channel.context,
        uniqueid: &channel.uniqueid,
        variables: variables(channel),
    })
}

fn changed_state(to: &Teller<'_>, channel: &ChannelSnapshot) -> Option<Told> {
    to.say(&Newstate {
        channel: &channel.name,
        channel_state: channel.state.number(),
        channel_state_desc: channel.state.text(),
        caller_id_num: or_empty(&channel.caller.number),
        caller_id_name: or_empty(&channel.caller.name),
        connected_line_num: or_empty(&channel.connected.number),
        connected_line_name: or_empty(&channel.connected.name),
        uniqueid: &channel.uniqueid,
        variables: variables(channel),
    })
}

fn executes(to: &Teller<'_>, channel: &ChannelSnapshot) -> Option<Told> {
    to.say(&Newexten {
        channel: &channel.name,
        context: &channel.context,
        extension: &channel.exten,
        priority: channel.priority,
        application: &channel.application,
        app_data: &channel.data,
        uniqueid: &channel.uniqueid,
        variables: variables(channel),
    })
}

fn variable_set(
    to: &Teller<'_>,
    channel: Option<&ChannelSnapshot>,
    variable: &str,
    value: &str,
) -> Option<Told> {
    to.say(&VarSet {
        channel: channel.map_or("none", |channel| &channel.name),
        variable,
        value,
        uniqueid: channel.map_or("none", |channel| &channel.uniqueid),
        variables: channel.and_then(variables),
    })
}

fn caller_changed(to: &Teller<'_>, channel: &ChannelSnapshot) -> Option<Told> {
    to.say(&NewCallerid {
        channel: &channel.name,
        caller_id_num: or_empty(&channel.caller.number),
        caller_id_name: or_empty(&channel.caller.name),
        uniqueid: &channel.uniqueid,
        presentation: "0 (Presentation Allowed, Not Screened)",
        variables: variables(channel),
    })
}

fn account_changed(to: &Teller<'_>, channel: &ChannelSnapshot, old: &str) -> Option<Told> {
    to.say(&NewAccountCode {
        channel: &channel.name,
        uniqueid: &channel.uniqueid,
        account_code: &channel.account,
        old_account_code: old,
        variables: variables(channel),
    })
}

fn ended(to: &Teller<'_>, channel: &ChannelSnapshot) -> Option<Told> {
    to.say(&Hangup {
        channel: &channel.name,
        uniqueid: &channel.uniqueid,
        caller_id_num: or_unknown(&channel.caller.number),
        caller_id_name: or_unknown(&channel.caller.name),
        cause: channel.cause.map_or(0, |cause| cause.number()),
        cause_text: channel.cause.map_or("Unknown", |cause| cause.text()),
        variables: variables(channel),
    })
}

fn digit_pressed(
    to: &Teller<'_>,
    channel: &ChannelSnapshot,
    digit: char,
    received: bool,
    begin: bool,
) -> Option<Told> {
    let yes = |yes: bool| if yes { "Yes" } else { "No" };
    to.say(&Dtmf {
        channel: &channel.name,
        uniqueid: &channel.uniqueid,
        digit,
        direction: if received { "Received" } else { "Sent" },
        begin: yes(begin),
        end: yes(!begin),
        variables: variables(channel),
    })
}

fn held(to: &Teller<'_>, channel: &ChannelSnapshot, status: &str) -> Option<Told> {
    to.say(&Hold {
        status,
        channel: &channel.name,
        uniqueid: &channel.uniqueid,
        variables: variables(channel),
    })
}

fn music(
    to: &Teller<'_>,
    channel: &ChannelSnapshot,
    state: &str,
    class: Option<&str>,
) -> Option<Told> {
    to.say(&MusicOnHold {
        state,
        channel: &channel.name,
        unique_id: &channel.uniqueid,
        class,
        variables: variables(channel),
    })
}

fn dial_begins(
    to: &Teller<'_>,
    caller: &ChannelSnapshot,
    dest: &ChannelSnapshot,
    dial_string: &str,
) -> Option<Told> {
    to.say(&DialBegin {
        sub_event: "Begin",
        channel: &caller.name,
        destination: &dest.name,
        caller_id_num: or_unknown(&caller.caller.number),
        caller_id_name: or_unknown(&caller.caller.name),
        connected_line_num: or_unknown(&caller.connected.number),
        connected_line_name: or_unknown(&caller.connected.name),
        unique_id: &caller.uniqueid,
        dest_unique_id: &dest.uniqueid,
        dialstring: dial_string,
        variables: variables(caller),
    })
}

fn dial_ends(to: &Teller<'_>, caller: &ChannelSnapshot, recalled: &Recalled) -> Option<Told> {
    to.say(&DialEnd {
        sub_event: "End",
        channel: &caller.name,
        unique_id: &caller.uniqueid,
        dial_status: recalled.outcome()?.text(),
        variables: variables(caller),
    })
}

fn linked(to: &Teller<'_>, one: &ChannelSnapshot, two: &ChannelSnapshot) -> Option<Told> {
    to.say(&Bridge {
        bridgestate: "Link",
        bridgetype: "core",
        channel1: &one.name,
        channel2: &two.name,
        uniqueid1: &one.uniqueid,
        uniqueid2: &two.uniqueid,
        caller_id1: or_empty(&one.caller.number),
        caller_id2: or_empty(&two.caller.number),
        variables: variables(one),
    })
}

fn unlinked(to: &Teller<'_>, one: &ChannelSnapshot, two: &ChannelSnapshot) -> Option<Told> {
    to.say(&Unlink {
        channel1: &one.name,
        channel2: &two.name,
        uniqueid1: &one.uniqueid,
        uniqueid2: &two.uniqueid,
        caller_id1: or_empty(&one.caller.number),
        caller_id2: or_empty(&two.caller.number),
        variables: variables(one),
    })
}

fn transferred(
    to: &Teller<'_>,
    result: TransferResult,
    transferer: &ChannelSnapshot,
    transferee: &ChannelSnapshot,
    place: (&str, &str),
) -> Option<Told> {
    if result != TransferResult::Success {
        return None;
    }
    to.say(&Transfer {
        transfer_method: transferer.name.split('/').next().unwrap_or_default(),
        transfer_type: "Blind",
        channel: &transferer.name,
        uniqueid: &transferer.uniqueid,
        target_channel: &transferee.name,
        target_uniqueid: &transferee.uniqueid,
        transfer_exten: place.1,
        transfer_context: place.0,
        variables: variables(transferer),
    })
}

/// Registrations and answers to OPTIONS were told of the phone, not of its contacts.
fn contact(to: &Teller<'_>, fact: &ContactFact) -> Option<Told> {
    let (peer_status, address) = match fact.state {
        ContactState::NonQualified | ContactState::Updated => {
            ("Registered", uri::address(&fact.uri))
        }
        ContactState::Removed => ("Unregistered", None),
        ContactState::Reachable => ("Reachable", None),
        ContactState::Unreachable => ("Unreachable", None),
    };
    let time = fact
        .round_trip
        .filter(|_| fact.state == ContactState::Reachable);
    to.say(&PeerStatus {
        channel_type: "PJSIP",
        peer: &format!("PJSIP/{}", fact.endpoint),
        peer_status,
        address,
        time: time.and_then(|time| u64::try_from(time.as_millis()).ok()),
    })
}

fn originated(
    to: &Teller<'_>,
    action_id: Option<&str>,
    reason: OriginateReason,
    destination: &Destination,
    call: &call::Outcome<'_>,
) -> Option<Told> {
    let (context, exten) = match destination {
        Destination::Application { .. } => ("", ""),
        Destination::Extension(Extension { context, exten, .. }) => (&**context, &**exten),
    };
    let success = reason == OriginateReason::Answered;
    to.say(&OriginateResponse {
        action_id,
        response: if success { "Success" } else { "Failure" },
        channel: call.channel,
        context,
        exten,
        reason: reason.number(),
        uniqueid: call.uniqueid.unwrap_or("<null>"),
        caller_id_num: or_unknown(&call.caller.number),
        caller_id_name: or_unknown(&call.caller.name),
    })
}
