//! Hangup: ends the call, for a reason if one is given.

use super::{Application, Call, Step};
use crate::Switch;
use model::{Cause, ChannelId};

pub(super) const HANGUP: Application = Application {
    name: "Hangup",
    synopsis: "Hang up the calling channel.",
    arguments: "[causecode]",
    options: &[],
    start,
};

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let text = call.data.trim();
    let cause = Cause::parse(text);
    if !text.is_empty() && cause.is_none() {
        tracing::warn!(cause = text, "Hangup: no such cause");
    }
    if let Some(channel) = switch.channels.get_mut(&id) {
        channel.cause = cause.or(channel.cause).or(Some(Cause::NORMAL_CLEARING));
        channel.hangup_source = "dialplan/builtin".into();
    }
    Step::Hangup
}

pub(super) const HANGUP_CAUSE_CLEAR: Application = Application {
    name: "HangupCauseClear",
    synopsis: "Clears hangup cause information from the channel that is available through HANGUPCAUSE.",
    arguments: "",
    options: &[],
    start: |switch, id, _| {
        if let Some(channel) = switch.channels.get_mut(&id) {
            channel.memory.ended.clear();
        }
        Step::Done
    },
};
