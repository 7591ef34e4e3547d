//! Verbose: writes to the log.

use super::{Application, Call, Step};
use crate::Switch;
use model::ChannelId;

pub(super) const VERBOSE: Application = Application {
    name: "Verbose",
    synopsis: "Send arbitrary text to verbose output.",
    arguments: "[level,]message",
    options: &[],
    start,
};

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let (level, text) = match call.data.split_once(',') {
        Some((level, text)) if level.trim().parse::<u32>().is_ok() => (level.trim(), text),
        Some(_) | None => ("0", call.data.as_str()),
    };
    let channel = switch
        .channels
        .get(&id)
        .map(|channel| channel.name.to_string());
    tracing::info!(channel, verbose = level, "{text}");
    Step::Done
}
