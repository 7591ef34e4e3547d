//! BridgeWait: waits in a holding bridge until taken out of it.

use super::{Application, Call, Step, Waiting};
use crate::Switch;
use crate::bridge::Kind;
use crate::happening::Happening;
use crate::timers::TimerId;
use model::{BridgeId, ChannelId};

pub(super) const BRIDGE_WAIT: Application = Application {
    name: "BridgeWait",
    synopsis: "Put a call into the holding bridge.",
    arguments: "[name[,role[,options]]]",
    options: &[
        ("m", "The music to hear."),
        (
            "e",
            "What to hear: m or h (music), r (ringing), s or n (nothing).",
        ),
        ("n", "Do not answer first."),
        ("S", "Leave after so many seconds."),
    ],
    start,
};

/// Waits in the bridge.
#[derive(Debug)]
struct Held {
    until: Option<TimerId>,
}

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let mut arguments = call.arguments().into_iter();
    let mut next = || arguments.next().unwrap_or_default();
    let (name, role, options) = (next(), next(), next());
    let name = if name.is_empty() {
        "default".to_owned()
    } else {
        name
    };
    let options = BRIDGE_WAIT.options(&options);
    let value = |letter| options.value(letter).unwrap_or_default();
    if !matches!(role.trim(), "" | "participant") {
        tracing::warn!(role, "BridgeWait: this role is not built yet");
        return Step::Done;
    }
    if !options.has('n') {
        switch.answer(id);
    }
    let Some(bridge) = holding_bridge(switch, &name) else {
        tracing::warn!(
            bridge = name,
            "BridgeWait: the technology of holding bridges is suspended"
        );
        return Step::Hangup;
    };
    switch.enter_bridge(bridge, id, None);
    match value('e').chars().next() {
        Some('n' | 's') => {}
        Some('r') => switch.sound_named(id, "ring"),
        Some(_) | None => switch.start_music(id, value('m')),
    }
    let time = super::wait::seconds(value('S')).filter(|time| !time.is_zero());
    let until = time.map(|time| switch.timer(id, time));
    Step::Wait(Box::new(Held { until }))
}

/// The bridge of this name, made if there is none and one can be.
fn holding_bridge(switch: &mut Switch, name: &str) -> Option<BridgeId> {
    let known = switch
        .bridges
        .iter()
        .find(|(_, bridge)| bridge.kind == Kind::Holding && bridge.name() == Some(name));
    match known.map(|(id, _)| *id) {
        Some(id) => Some(id),
        None => switch.make_bridge(Kind::Holding, Some((BRIDGE_WAIT.name.into(), name.into()))),
    }
}

impl Waiting for Held {
    fn on(self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        let hung_up = *happening == Happening::HungUp;
        let over = hung_up
            || *happening == Happening::Unbridged
            || self.until.is_some_and(|until| happening.is_timer(until));
        if !over {
            return Step::Wait(self);
        }
        switch.stop_music(id);
        switch.stop_tones(id);
        switch.leave_bridge(id);
        if hung_up { Step::Hangup } else { Step::Done }
    }
}
