//! Pickup and PickupChan: takes a call that rings elsewhere.

use super::{Application, Step, Waiting};
use crate::Switch;
use crate::channel::{Channel, Dialer};
use crate::happening::Happening;
use model::{Cause, ChannelId, Event, PlayId};

pub(super) const PICKUP: Application = Application {
    name: "Pickup",
    synopsis: "Directed extension call pickup.",
    arguments: "[extension[@context][&extension2[@context2][&...]]]",
    options: &[],
    start: |switch, id, call| {
        let own = switch
            .channels
            .get(&id)
            .map(|channel| channel.context.to_string());
        let own = own.unwrap_or_default();
        let targets = call.first();
        if targets.trim().is_empty() {
            let groups = switch.channels.get(&id);
            let groups = groups.map(|channel| channel.memory.pickup_groups.clone());
            let groups = groups.unwrap_or_default();
            return start(switch, id, "any", |channel, _| {
                groups.meet(&channel.memory.call_groups)
            });
        }
        let is_meant = |channel: &Channel, text: &str| {
            let (exten, context) = text.split_once('@').unwrap_or((text, &own));
            if context == MARK {
                let mark = channel.variables.value(MARK);
                return mark.is_some_and(|mark| **mark == *exten);
            }
            *channel.exten == *exten && *channel.context == *context
                || channel.device() == format!("Local/{exten}@{context}")
        };
        start(switch, id, &targets, is_meant)
    },
};

/// A variable that calls are found by.
const MARK: &str = "PICKUPMARK";

pub(super) const PICKUP_CHAN: Application = Application {
    name: "PickupChan",
    synopsis: "Pickup a ringing channel.",
    arguments: "channel[&channel2[&...]][,options]",
    options: &[("p", "The beginning of a channel's name is enough.")],
    start: |switch, id, call| {
        let arguments = call.arguments();
        let options = PICKUP_CHAN.options(arguments.get(1).map_or("", String::as_str));
        let partial = options.has('p');
        let is_meant = |channel: &Channel, text: &str| {
            let begins = channel.name.get(..text.len());
            channel.name.eq_ignore_ascii_case(text)
                || channel.device().eq_ignore_ascii_case(text)
                || partial && begins.is_some_and(|begins| begins.eq_ignore_ascii_case(text))
        };
        start(switch, id, &call.first(), is_meant)
    },
};

/// Waits to be connected with whoever calls.
#[derive(Debug)]
struct PickingUp;

fn start(
    switch: &mut Switch,
    id: ChannelId,
    targets: &str,
    is_meant: impl Fn(&Channel, &str) -> bool,
) -> Step {
    let texts: Vec<&str> = targets
        .split('&')
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .collect();
    let found = switch.channels.values().find_map(|channel| {
        let Some(Dialer::Channel(caller)) = channel.dialer else {
            return None;
        };
        let rings = !channel.is_up() && !channel.is_ending() && caller != id;
        let meant = rings && texts.iter().any(|text| is_meant(channel, text));
        meant.then_some((channel.id, caller))
    });
    let Some((target, caller)) = found else {
        switch.set_variable(id, "PICKUPRESULT", "FAILURE");
        refuse_code(switch, id);
        let [_, sound] = switch.features_of(id).pickup_sounds.clone();
        if sound.is_empty() {
            return Step::Done;
        }
        let play = switch.play(id, vec![sound], false);
        return Step::Wait(Box::new(Failed { play }));
    };
    switch.set_variable(id, "PICKUPRESULT", "SUCCESS");
    switch.answer(id);
    if let (Some(channel), Some(target)) = (switch.snapshot(id), switch.snapshot(target)) {
        switch.tell(Event::Pickup { channel, target });
    }
    switch.happen(
        caller,
        Happening::PickedUp {
            line: target,
            by: id,
        },
    );
    Step::Wait(Box::new(PickingUp))
}

/// Who dialled `pickupexten` in vain is refused: no dialplan tells them more.
fn refuse_code(switch: &mut Switch, id: ChannelId) {
    let code = switch.config.features.pickup_exten.clone();
    if let Some(channel) = switch.channels.get_mut(&id)
        && channel.run.is_empty()
        && channel.exten == code
    {
        channel.cause = Some(Cause::CALL_REJECTED);
    }
}

/// Nobody could be taken: waits until that has been heard.
#[derive(Debug)]
struct Failed {
    play: PlayId,
}

impl Waiting for Failed {
    fn on(self: Box<Self>, switch: &mut Switch, _: ChannelId, happening: &Happening) -> Step {
        if *happening == Happening::HungUp {
            switch.stop_play(Some(self.play));
            return Step::Hangup;
        }
        if happening.is_end_of(self.play) {
            return Step::Done;
        }
        Step::Wait(self)
    }
}

impl Waiting for PickingUp {
    fn on(self: Box<Self>, _: &mut Switch, _: ChannelId, happening: &Happening) -> Step {
        if *happening == Happening::HungUp {
            Step::Hangup
        } else {
            Step::Wait(self)
        }
    }
}
