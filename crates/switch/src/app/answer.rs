//! Answer: answers the call, if it is not answered yet.

use super::{Application, Call, Step};
use crate::Switch;
use crate::app::wait::Wait;
use crate::channel::Channel;
use model::ChannelId;
use std::time::Duration;

pub(super) const ANSWER: Application = Application {
    name: "Answer",
    synopsis: "Answer a channel if ringing.",
    arguments: "[delay[,options]]",
    options: &[("i", "Do not wait for sound, nor for the delay.")],
    start,
};

/// How long the dialplan waits for the first sound of a Local channel's other half, so that what
/// it plays next is heard. A line outside has agreed on its sound by then.
const SOUND_TIME: Duration = Duration::from_millis(500);

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let was_up = switch.channels.get(&id).is_some_and(Channel::is_up);
    switch.answer(id);
    let arguments = call.arguments();
    let argument = |index: usize| arguments.get(index).map_or("", String::as_str).trim();
    if ANSWER.options(argument(1)).has('i') {
        return Step::Done;
    }
    // The delay is in milliseconds.
    let delay = argument(0).parse().unwrap_or(0);
    if delay > 0 {
        return Wait::begin(switch, id, Duration::from_millis(delay.min(86_400_000)));
    }
    if !was_up && switch.is_silent(id) {
        Wait::begin(switch, id, SOUND_TIME)
    } else {
        Step::Done
    }
}
