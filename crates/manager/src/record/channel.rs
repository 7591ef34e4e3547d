//! Events about one channel.

use super::{Teller, Told};
use ami::Escaped;
use ami::event::Written;
use ami::event::channel::{
    Channel, ChannelTalkingStart, ChannelTalkingStop, DtmfBegin, DtmfEnd, Flash, Hangup,
    HangupHandlerPop, HangupHandlerPush, HangupHandlerRun, HangupRequest, Hold, MusicOnHoldStart,
    MusicOnHoldStop, NewAccountCode, NewCallerid, NewConnectedLine, Newchannel, Newexten, Newstate,
    Owner, SoftHangupRequest, Unhold, VarSet,
};
use model::{ChannelSnapshot, HandlerChange};
use std::sync::Arc;

/// A channel as nearly every event tells it.
pub(crate) fn block(channel: &ChannelSnapshot) -> Channel<'_> {
    Channel {
        channel: &channel.name,
        channel_state: channel.state.number(),
        channel_state_desc: channel.state.text(),
        caller_id_num: or_unknown(&channel.caller.number),
        caller_id_name: Escaped(or_unknown(&channel.caller.name)),
        connected_line_num: or_unknown(&channel.connected.number),
        connected_line_name: Escaped(or_unknown(&channel.connected.name)),
        language: &channel.language,
        account_code: &channel.account,
        context: &channel.context,
        exten: &channel.exten,
        priority: channel.priority,
        uniqueid: &channel.uniqueid,
        linkedid: &channel.linkedid,
        variables: &channel.variables,
    }
}

/// The same, put in words when it is told so for the first time.
pub(crate) fn written(channel: &ChannelSnapshot) -> Written<'_, Channel<'_>> {
    Written::new(
        channel
            .words
            .get_or_tell(|| Written::words(&block(channel))),
    )
}

/// A number or name, or the words for none.
pub(crate) fn or_unknown(text: &Option<Arc<str>>) -> &str {
    text.as_deref().unwrap_or("<unknown>")
}

pub(super) fn made(to: &Teller<'_>, channel: &ChannelSnapshot) -> Option<Told> {
    let channel = block(channel);
    to.say(&Newchannel { channel })
}

pub(super) fn changed_state(to: &Teller<'_>, channel: &ChannelSnapshot) -> Option<Told> {
    let channel = block(channel);
    to.say(&Newstate { channel })
}

pub(super) fn executes(to: &Teller<'_>, channel: &ChannelSnapshot) -> Option<Told> {
    to.say(&Newexten {
        channel: block(channel),
        extension: &channel.exten,
        application: &channel.application,
        app_data: &channel.data,
    })
}

pub(super) fn variable_set(
    to: &Teller<'_>,
    channel: Option<&ChannelSnapshot>,
    variable: &str,
    value: &str,
) -> Option<Told> {
    to.say(&VarSet {
        owner: Owner(channel.map(block)),
        variable,
        value: Escaped(value),
    })
}

pub(super) fn caller_changed(to: &Teller<'_>, channel: &ChannelSnapshot) -> Option<Told> {
    to.say(&NewCallerid {
        channel: block(channel),
        presentation: "0 (Presentation Allowed, Not Screened)",
    })
}

pub(super) fn connected_line_changed(to: &Teller<'_>, channel: &ChannelSnapshot) -> Option<Told> {
    let channel = block(channel);
    to.say(&NewConnectedLine { channel })
}

pub(super) fn account_changed(
    to: &Teller<'_>,
    channel: &ChannelSnapshot,
    old: &str,
) -> Option<Told> {
    to.say(&NewAccountCode {
        channel: block(channel),
        old_account_code: old,
    })
}

pub(super) fn handler(
    to: &Teller<'_>,
    channel: &ChannelSnapshot,
    handler: &str,
    change: HandlerChange,
) -> Option<Told> {
    let channel = block(channel);
    match change {
        HandlerChange::Push => to.say(&HangupHandlerPush { channel, handler }),
        HandlerChange::Pop => to.say(&HangupHandlerPop { channel, handler }),
        HandlerChange::Run => to.say(&HangupHandlerRun { channel, handler }),
    }
}

pub(super) fn to_be_hung_up(
    to: &Teller<'_>,
    channel: &ChannelSnapshot,
    cause: Option<u8>,
) -> Option<Told> {
    to.say(&SoftHangupRequest {
        channel: block(channel),
        cause,
        tech_cause: channel.tech_cause.as_deref(),
    })
}

pub(super) fn far_end_hangs_up(
    to: &Teller<'_>,
    channel: &ChannelSnapshot,
    cause: Option<u8>,
) -> Option<Told> {
    to.say(&HangupRequest {
        channel: block(channel),
        cause,
        tech_cause: channel.tech_cause.as_deref(),
    })
}

pub(super) fn ended(to: &Teller<'_>, channel: &ChannelSnapshot) -> Option<Told> {
    to.say(&Hangup {
        channel: block(channel),
        cause: channel.cause.map_or(0, |cause| cause.number()),
        cause_text: channel.cause.map_or("Unknown", |cause| cause.text()),
        tech_cause: channel.tech_cause.as_deref(),
    })
}

pub(super) fn digit_begins(
    to: &Teller<'_>,
    channel: &ChannelSnapshot,
    digit: char,
    received: bool,
) -> Option<Told> {
    to.say(&DtmfBegin {
        channel: block(channel),
        digit,
        direction: direction(received),
    })
}

pub(super) fn digit_ends(
    to: &Teller<'_>,
    channel: &ChannelSnapshot,
    digit: char,
    milliseconds: u32,
    received: bool,
) -> Option<Told> {
    to.say(&DtmfEnd {
        channel: block(channel),
        digit,
        duration_ms: milliseconds,
        direction: direction(received),
    })
}

fn direction(received: bool) -> &'static str {
    if received { "Received" } else { "Sent" }
}

pub(super) fn flashed(to: &Teller<'_>, channel: &ChannelSnapshot) -> Option<Told> {
    let channel = block(channel);
    to.say(&Flash { channel })
}

pub(super) fn talks(to: &Teller<'_>, channel: &ChannelSnapshot) -> Option<Told> {
    let channel = block(channel);
    to.say(&ChannelTalkingStart { channel })
}

pub(super) fn has_talked(
    to: &Teller<'_>,
    channel: &ChannelSnapshot,
    duration: u64,
) -> Option<Told> {
    let channel = block(channel);
    to.say(&ChannelTalkingStop { channel, duration })
}

pub(super) fn held(
    to: &Teller<'_>,
    channel: &ChannelSnapshot,
    music_class: Option<&str>,
) -> Option<Told> {
    to.say(&Hold {
        channel: block(channel),
        music_class,
    })
}

pub(super) fn taken_back(to: &Teller<'_>, channel: &ChannelSnapshot) -> Option<Told> {
    let channel = block(channel);
    to.say(&Unhold { channel })
}

pub(super) fn music_begins(
    to: &Teller<'_>,
    channel: &ChannelSnapshot,
    class: &str,
) -> Option<Told> {
    to.say(&MusicOnHoldStart {
        channel: block(channel),
        class,
    })
}

pub(super) fn music_ends(to: &Teller<'_>, channel: &ChannelSnapshot) -> Option<Told> {
    let channel = block(channel);
    to.say(&MusicOnHoldStop { channel })
}
