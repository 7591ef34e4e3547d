//! Answer: answers the call, if it is not answered yet.

use super::{Application, Call, Step};
use crate::Switch;
use crate::app::wait::Wait;
use model::ChannelId;

pub(super) const ANSWER: Application = Application {
    name: "Answer",
    synopsis: "Answer a channel if ringing.",
    arguments: "[delay]",
    options: &[],
    start,
};

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    switch.answer(id);
    // The delay is in milliseconds.
    match call.first().trim().parse() {
        Ok(delay) if delay > 0 => Wait::begin(switch, id, std::time::Duration::from_millis(delay)),
        Ok(_) | Err(_) => Step::Done,
    }
}
