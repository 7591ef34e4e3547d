//! BridgeWait: waits in a holding bridge until taken out of it, or speaks to those who wait.
//!
//! While somebody speaks who announces, those who wait hear that and nothing else. Of several the
//! one who came first is heard, and the next when that one leaves.

use super::{Application, Call, Step, Waiting};
use crate::Switch;
use crate::bridge::Kind;
use crate::happening::Happening;
use crate::timers::TimerId;
use model::{BridgeId, ChannelId};
use std::sync::Arc;

pub(super) const BRIDGE_WAIT: Application = Application {
    name: "BridgeWait",
    synopsis: "Put a call into the holding bridge.",
    arguments: "[name[,participant or announcer[,options]]]",
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
    /// What is to be heard; nothing for who announces.
    hears: Option<Hears>,
}

/// What is heard by who waits.
#[derive(Clone, Debug)]
enum Hears {
    /// Music of a class.
    Music(Arc<str>),
    Ringing,
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
    let announces = match role.trim() {
        "" | "participant" => false,
        "announcer" => true,
        role => {
            tracing::warn!(role, "BridgeWait: a role is participant or announcer");
            return Step::Done;
        }
    };
    let hears = match value('e').chars().next() {
        _ if announces => None,
        Some('n' | 's') => None,
        Some('r') => Some(Hears::Ringing),
        Some(_) | None => Some(Hears::Music(value('m').into())),
    };
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
    if announces {
        switch.announce(bridge, id);
    } else if switch.announcer(id).is_none() {
        entertain(switch, id, hears.as_ref());
    }
    let time = super::wait::seconds(value('S')).filter(|time| !time.is_zero());
    let until = time.map(|time| switch.timer(id, time));
    Step::Wait(Box::new(Held { until, hears }))
}

fn entertain(switch: &mut Switch, id: ChannelId, hears: Option<&Hears>) {
    match hears {
        Some(Hears::Music(class)) => switch.start_music(id, class),
        Some(Hears::Ringing) => switch.sound_named(id, "ring"),
        None => {}
    }
}

impl Switch {
    /// A member of a holding bridge announces from now on.
    fn announce(&mut self, bridge: BridgeId, id: ChannelId) {
        let Some(found) = self.bridges.get_mut(&bridge) else {
            return;
        };
        found.announcers.push(id);
        let members = found.members().to_vec();
        for member in members.into_iter().filter(|member| *member != id) {
            self.stop_music(member);
            self.stop_tones(member);
            self.touched.insert(member);
        }
    }

    /// Nobody announces any longer: who waits hears again what is to be heard.
    pub(crate) fn end_announcement(&mut self, members: &[ChannelId]) {
        for member in members {
            let hears = self.waiting::<Held>(*member);
            let hears = hears.and_then(|held| held.hears.clone());
            entertain(self, *member, hears.as_ref());
        }
    }
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
