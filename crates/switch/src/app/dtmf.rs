//! SendDTMF: presses keys.

use super::{Application, Call, Step, Waiting};
use crate::Switch;
use crate::happening::Happening;
use crate::timers::TimerId;
use model::{ChannelId, FLASH};
use std::time::Duration;

pub(super) const SEND_DTMF: Application = Application {
    name: "SendDTMF",
    synopsis: "Sends arbitrary DTMF digits",
    arguments: "digits[,timeout_ms[,duration_ms[,channel[,options]]]]",
    options: &[("a", "Answer first whoever is to press them.")],
    start,
};

/// Waits until all digits are sent.
#[derive(Debug)]
struct Sending {
    digits: Digits,
    until: TimerId,
}

/// Digits that are sent towards the far end of a channel one after the other. `w` is half a second
/// of silence, `W` a whole one; `f` presses the hook for a moment.
#[derive(Debug)]
pub(super) struct Digits {
    to: ChannelId,
    rest: Vec<char>,
    gap: u32,
    length: u32,
}

/// From one digit to the next, and how long each sounds, in milliseconds.
const USUAL: (u32, u32) = (250, 100);

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let mut arguments = call.arguments().into_iter();
    let mut next = || arguments.next().unwrap_or_default();
    let (digits, gap, length, channel) = (next(), next(), next(), next());
    let options = SEND_DTMF.options(&next());
    let on = if channel.is_empty() {
        Some(id)
    } else {
        switch.find_channel(&channel)
    };
    let Some(on) = on else {
        tracing::warn!(channel, "SendDTMF: no such channel");
        return Step::Done;
    };
    if options.has('a') {
        switch.answer(on);
    }
    let milliseconds = |text: &str, usual| {
        text.trim()
            .parse()
            .ok()
            .filter(|n| *n <= 60_000)
            .unwrap_or(usual)
    };
    let until = switch.timer(id, Duration::ZERO);
    let digits = Digits {
        gap: milliseconds(&gap, USUAL.0),
        length: milliseconds(&length, USUAL.1),
        ..Digits::new(on, &digits)
    };
    Step::Wait(Box::new(Sending { digits, until }))
}

impl Digits {
    pub(super) fn new(to: ChannelId, digits: &str) -> Self {
        let (gap, length) = USUAL;
        Self {
            to,
            rest: digits.chars().rev().collect(),
            gap,
            length,
        }
    }

    /// Sends the next one. How long to wait before the one after it; none is left if nothing.
    pub(super) fn send_next(&mut self, switch: &mut Switch) -> Option<Duration> {
        let digit = self.rest.pop()?;
        let time = match digit {
            'w' => 500,
            'W' => 1000,
            'f' | 'F' => {
                switch.send_digit(self.to, FLASH, self.length, None);
                self.length + self.gap
            }
            '0'..='9' | '*' | '#' | 'A'..='D' | 'a'..='d' => {
                switch.send_digit(self.to, digit.to_ascii_uppercase(), self.length, None);
                self.length + self.gap
            }
            _ => {
                tracing::warn!(%digit, "There is no such key to press");
                0
            }
        };
        Some(Duration::from_millis(time.into()))
    }
}

impl Waiting for Sending {
    fn on(mut self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        if *happening == Happening::HungUp {
            return Step::Hangup;
        }
        if !happening.is_timer(self.until) {
            return Step::Wait(self);
        }
        match self.digits.send_next(switch) {
            Some(time) => {
                self.until = switch.timer(id, time);
                Step::Wait(self)
            }
            None => Step::Done,
        }
    }
}
