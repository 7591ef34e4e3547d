//! Log and DumpChan: what the dialplan writes to the log.

use super::{Application, Call, Step};
use crate::Switch;
use model::ChannelId;

pub(super) const LOG: Application = Application {
    name: "Log",
    synopsis: "Send arbitrary text to a selected log level.",
    arguments: "level,message",
    options: &[],
    start: log,
};

pub(super) const DUMP_CHAN: Application = Application {
    name: "DumpChan",
    synopsis: "Dump Info About The Calling Channel.",
    arguments: "[level]",
    options: &[],
    start: dump,
};

fn log(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let (level, text) = call.data.split_once(',').unwrap_or(("NOTICE", &call.data));
    let channel = switch
        .channels
        .get(&id)
        .map(|channel| channel.name.to_string());
    match level.trim().to_ascii_uppercase().as_str() {
        "ERROR" => tracing::error!(channel, "{text}"),
        "WARNING" => tracing::warn!(channel, "{text}"),
        "DEBUG" => tracing::debug!(channel, "{text}"),
        "NOTICE" | "VERBOSE" | "DTMF" => tracing::info!(channel, "{text}"),
        other => tracing::warn!(channel, "Log: there is no level {other}"),
    }
    Step::Done
}

fn dump(switch: &mut Switch, id: ChannelId, _: &Call) -> Step {
    let Some(channel) = switch.channels.get(&id) else {
        return Step::Done;
    };
    let variables: Vec<_> = channel
        .variables
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    tracing::info!(
        channel = %channel.name,
        uniqueid = %channel.uniqueid,
        linkedid = %channel.linkedid,
        state = channel.state.text(),
        context = %channel.context,
        exten = %channel.exten,
        priority = channel.priority,
        ?variables,
        "DumpChan"
    );
    Step::Done
}
