//! WaitExten: waits for an extension to be dialled, and goes there.
//!
//! Digits are taken until they are an extension and no more could make another one, or until the
//! time between two of them is over.

use super::wait::seconds;
use super::{Application, Step, Waiting};
use crate::Switch;
use crate::happening::Happening;
use crate::place::Place;
use crate::timers::{Timer, TimerId};
use model::ChannelId;
use std::sync::Arc;
use std::time::Duration;

pub(super) const WAIT_EXTEN: Application = Application {
    name: "WaitExten",
    synopsis: "Waits for an extension to be entered.",
    arguments: "[seconds][,options]",
    options: &[
        ("m", "Music while waiting: m([class])."),
        ("d", "The dial tone while waiting."),
    ],
    start: |switch, id, call| {
        let arguments = call.arguments();
        let time = seconds(&call.first()).filter(|time| !time.is_zero());
        let options = WAIT_EXTEN.options(arguments.get(1).map_or("", String::as_str));
        if let Some(class) = options.value('m') {
            switch.start_music(id, class);
        }
        if options.has('d') {
            switch.sound_named(id, "dial");
        }
        wait_for_first(switch, id, time, arguments.len() > 1)
    },
};

/// Waits for digits.
#[derive(Debug)]
pub(crate) struct WaitExten {
    context: Arc<str>,
    dialled: String,
    until: TimerId,
    /// Music or a tone is heard until a key is pressed.
    sounds: bool,
}

/// Digits beyond these are no extension.
const MOST: usize = 79;

/// Waits for the first digit this long, or as long as the channel says.
pub(crate) fn begin(switch: &mut Switch, id: ChannelId, time: Option<Duration>) -> Step {
    wait_for_first(switch, id, time, false)
}

fn wait_for_first(
    switch: &mut Switch,
    id: ChannelId,
    time: Option<Duration>,
    sounds: bool,
) -> Step {
    let Some(channel) = switch.channels.get(&id) else {
        return Step::Hangup;
    };
    let time = time.unwrap_or(channel.memory.timeouts.response);
    let context = Arc::clone(&channel.context);
    wait(switch, id, (context, String::new()), time, sounds)
}

/// Goes on from the digits dialled so far: to their extension in a context, or waits for more.
pub(crate) fn dialled(
    switch: &mut Switch,
    id: ChannelId,
    context: Arc<str>,
    dialled: String,
) -> Step {
    let Some(channel) = switch.channels.get(&id) else {
        return Step::Hangup;
    };
    let caller = channel.caller.number.clone().unwrap_or_default();
    let (now, dialplan) = (switch.local_time(), &switch.config.dialplan);
    let more = dialplan.match_more(&context, &dialled, &caller, &now);
    let time = channel.memory.timeouts.digit;
    if more && dialled.len() < MOST {
        return wait(switch, id, (context, dialled), time, false);
    }
    arrived(switch, id, context, &dialled)
}

fn wait(
    switch: &mut Switch,
    id: ChannelId,
    (context, dialled): (Arc<str>, String),
    time: Duration,
    sounds: bool,
) -> Step {
    let at = switch.now.since_start + time;
    let until = switch.timers.set(at, Timer::Application(id));
    Step::Wait(Box::new(WaitExten {
        context,
        dialled,
        until,
        sounds,
    }))
}

/// No more digits come.
fn arrived(switch: &mut Switch, id: ChannelId, context: Arc<str>, dialled: &str) -> Step {
    if dialled.is_empty() {
        return switch.go_timeout(id);
    }
    let place = Place {
        context,
        exten: dialled.into(),
        priority: 1,
    };
    if switch.is_place(id, &place) {
        Step::Goto(place)
    } else {
        switch.go_invalid(id, dialled)
    }
}

impl Waiting for WaitExten {
    fn on(mut self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        let digit = matches!(happening, Happening::Digit(_));
        if self.sounds
            && (digit || *happening == Happening::HungUp || happening.is_timer(self.until))
        {
            switch.stop_music(id);
            switch.stop_tones(id);
        }
        if *happening == Happening::HungUp {
            return Step::Hangup;
        }
        if let Happening::Digit(digit) = happening {
            switch.timers.cancel(id, self.until);
            self.dialled.push(*digit);
            return dialled(switch, id, self.context, self.dialled);
        }
        if happening.is_timer(self.until) {
            return arrived(switch, id, self.context, &self.dialled);
        }
        Step::Wait(self)
    }
}
