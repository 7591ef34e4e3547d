//! Bridge: talks with another channel that is there already.

use super::{Application, Call, Step, Waiting};
use crate::Switch;
use crate::channel::Happening;
use model::ChannelId;

pub(super) const BRIDGE: Application = Application {
    name: "Bridge",
    synopsis: "Bridge two channels.",
    arguments: "channel[,options]",
    options: &[(
        "x",
        "The other channel goes on with its dialplan afterwards.",
    )],
    start,
};

/// The conversation.
#[derive(Debug)]
struct Talking;

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let arguments = call.arguments();
    let name = arguments.first().map(String::as_str).unwrap_or_default();
    let goes_on = arguments
        .get(1)
        .is_some_and(|options| options.contains('x'));
    let other = switch
        .find_channel(name.trim())
        .filter(|other| switch.can_be_bridged(*other));
    let result = |switch: &mut Switch, result| {
        switch.set_variable(id, "BRIDGERESULT", result);
        Step::Done
    };
    match other {
        None => result(switch, "NONEXISTENT"),
        Some(other) if other == id => result(switch, "LOOP"),
        Some(other) => {
            switch.answer(id);
            switch.pull(other, goes_on);
            switch.bridge(other, id);
            Step::Wait(Box::new(Talking))
        }
    }
}

impl Waiting for Talking {
    fn on(self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        if *happening == Happening::HungUp {
            switch.leave_bridge(id);
            return Step::Hangup;
        }
        if *happening != Happening::Unbridged {
            return Step::Wait(self);
        }
        switch.set_variable(id, "BRIDGERESULT", "SUCCESS");
        Step::Done
    }
}
