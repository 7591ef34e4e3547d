//! ChannelRedirect and SoftHangup: what the dialplan does to other channels.

use super::{Application, Call, Step};
use crate::Switch;
use crate::place::Place;
use dialplan::{PriorityRef, Target};
use model::{Cause, ChannelId};
use std::sync::Arc;

pub(super) const CHANNEL_REDIRECT: Application = Application {
    name: "ChannelRedirect",
    synopsis: "Redirects given channel to a dialplan target",
    arguments: "channel,[[context,]extension,]priority",
    options: &[],
    start: redirect,
};

pub(super) const SOFT_HANGUP: Application = Application {
    name: "SoftHangup",
    synopsis: "Hangs up the requested channel.",
    arguments: "Technology/Resource[,options]",
    options: &[(
        "a",
        "Hang up all channels of the device, not only the first.",
    )],
    start: soft_hangup,
};

fn redirect(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let (name, target) = call.data.split_once(',').unwrap_or((&call.data, ""));
    let Some(other) = switch.find_channel(name.trim()) else {
        switch.set_variable(id, "CHANNELREDIRECT_STATUS", "NOCHANNEL");
        return Step::Done;
    };
    let sent = place_of(switch, other, target).is_some_and(|place| switch.send_to(other, place));
    let status = if sent { "SUCCESS" } else { "NOCHANNEL" };
    switch.set_variable(id, "CHANNELREDIRECT_STATUS", status);
    Step::Done
}

/// Where `[[context,]exten,]priority` lies for another channel.
fn place_of(switch: &Switch, id: ChannelId, text: &str) -> Option<Place> {
    let channel = switch.channels.get(&id)?;
    let target = Target::parse(text)?;
    let context = target
        .context
        .map_or_else(|| Arc::clone(&channel.context), Into::into);
    let exten: Arc<str> = target
        .exten
        .map_or_else(|| Arc::clone(&channel.exten), Into::into);
    let priority = match target.priority {
        PriorityRef::Number(number) => number,
        PriorityRef::Relative(_) => return None,
        PriorityRef::Label(label) => switch.find_priority(&context, &exten, &label)?,
    };
    Some(Place {
        context,
        exten,
        priority,
    })
}

fn soft_hangup(switch: &mut Switch, _: ChannelId, call: &Call) -> Step {
    let arguments = call.arguments();
    let name = arguments
        .first()
        .map(|name| name.trim().to_owned())
        .unwrap_or_default();
    let options = SOFT_HANGUP.options(arguments.get(1).map_or("", String::as_str));
    let all = options.has('a');
    let is_meant = |channel: &&crate::channel::Channel| {
        channel.name.eq_ignore_ascii_case(&name) || channel.device().eq_ignore_ascii_case(&name)
    };
    let found: Vec<_> = switch
        .channels
        .values()
        .filter(is_meant)
        .map(|channel| channel.id)
        .collect();
    for other in found.into_iter().take(if all { usize::MAX } else { 1 }) {
        switch.hang_up(other, Some(Cause::NORMAL_CLEARING));
    }
    Step::Done
}
