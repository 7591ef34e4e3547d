//! Bridge: talks with another channel that is there already.

use super::limit::{Clock, Limit, Time};
use super::wait::seconds;
use super::{Application, Call, Step, Waiting, goto};
use crate::Switch;
use crate::feature::keys::Features;
use crate::happening::Happening;
use model::{Cause, ChannelId};
use std::time::Duration;

pub(super) const BRIDGE: Application = Application {
    name: "Bridge",
    synopsis: "Bridge two channels.",
    arguments: "channel[,options]",
    options: &[
        (
            "F",
            "When this channel hangs up, the other goes on: F([[context^]exten^]priority), or at this one's next priority.",
        ),
        ("h", "The other channel may hang up by the disconnect code."),
        ("H", "This channel may."),
        ("L", "As of Dial: L(limit[:first warning[:repetition]])."),
        ("n", "Do not answer first."),
        ("p", "The other channel hears a beep first."),
        (
            "S",
            "End the conversation after so many seconds: S(seconds).",
        ),
        ("t", "The other channel may transfer the call."),
        ("T", "This channel may."),
        (
            "x",
            "The other channel is hung up afterwards; otherwise it goes on with its dialplan.",
        ),
    ],
    start,
};

/// How they talk.
#[derive(Debug, Default)]
struct Options {
    other_goes_on: Option<String>,
    own: Features,
    others: Features,
    limit: Option<Limit>,
    longest: Option<Duration>,
    unanswered: bool,
    beep: bool,
    hangs_up: bool,
}

/// The conversation.
#[derive(Debug)]
struct Talking {
    other: ChannelId,
    clock: Clock,
    other_goes_on: Option<String>,
}

impl Options {
    fn parse(text: &str) -> Self {
        let mut options = Self::default();
        for (letter, value) in dialplan::options(text) {
            let given = value.unwrap_or_default();
            match letter {
                'F' => options.other_goes_on = Some(given),
                'h' => options.others.disconnect = true,
                'H' => options.own.disconnect = true,
                'L' => options.limit = Limit::parse(&given),
                'n' => options.unanswered = true,
                'p' => options.beep = true,
                'S' => options.longest = seconds(&given).filter(|time| !time.is_zero()),
                't' => options.others.transfer = true,
                'T' => options.own.transfer = true,
                'x' => options.hangs_up = true,
                _ => {
                    tracing::warn!(option = %letter, "Bridge: this option is not built yet and does nothing")
                }
            }
        }
        options
    }
}

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let arguments = call.arguments();
    let name = arguments.first().map(String::as_str).unwrap_or_default();
    let options = Options::parse(arguments.get(1).map_or("", String::as_str));
    let other = find(switch, name.trim()).filter(|other| switch.can_be_bridged(*other));
    let result = |switch: &mut Switch, result| {
        switch.set_variable(id, "BRIDGERESULT", result);
        Step::Done
    };
    match other {
        None => result(switch, "NONEXISTENT"),
        Some(other) if other == id => result(switch, "LOOP"),
        Some(other) => {
            if !options.unanswered {
                switch.answer(id);
            }
            switch.pull(other, !options.hangs_up);
            switch.bridge(other, id);
            switch.allow_keys(id, options.own);
            switch.allow_keys(other, options.others);
            if options.beep {
                switch.play_courtesy_tone(other);
            }
            let clock = Clock::begin(switch, id, other, (options.limit, options.longest));
            Step::Wait(Box::new(Talking {
                other,
                clock,
                other_goes_on: options.other_goes_on,
            }))
        }
    }
}

/// The channel of this name or uniqueid, or the first whose name begins so.
fn find(switch: &Switch, text: &str) -> Option<ChannelId> {
    let begins = |name: &str| {
        let begin = name.get(..text.len());
        !text.is_empty() && begin.is_some_and(|begin| begin.eq_ignore_ascii_case(text))
    };
    let first = || {
        let mut channels = switch.channels.values();
        channels.find(|channel| begins(&channel.name))
    };
    let found = switch.find_channel(text);
    found.or_else(|| first().map(|channel| channel.id))
}

impl Talking {
    /// `F`: this channel hangs up, and the other goes on in the dialplan.
    fn let_other_go_on(&self, switch: &mut Switch, id: ChannelId) {
        let Some(text) = &self.other_goes_on else {
            return;
        };
        let place = match text.as_str() {
            "" => switch.next_place(id),
            text => goto::place(switch, id, &text.replace('^', ",")),
        };
        if switch.peer(id) == Some(self.other)
            && let Some(channel) = switch.channels.get_mut(&self.other)
        {
            channel.after_bridge = place;
        }
    }
}

impl Waiting for Talking {
    fn on(mut self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        if *happening == Happening::HungUp {
            self.let_other_go_on(switch, id);
            switch.leave_bridge(id);
            return Step::Hangup;
        }
        let over = self.clock.on(switch, id, self.other, happening) == Some(Time::Over);
        if over {
            for end in [id, self.other] {
                if let Some(channel) = switch.channels.get_mut(&end) {
                    channel.cause = channel.cause.or(Some(Cause::NORMAL_CLEARING));
                }
            }
            switch.leave_bridge(id);
        }
        if !over && *happening != Happening::Unbridged {
            return Step::Wait(self);
        }
        switch.set_variable(id, "BRIDGERESULT", "SUCCESS");
        Step::Done
    }
}
