//! SendDTMF: presses keys.

use super::{Application, Call, Step, Waiting};
use crate::Switch;
use crate::channel::Happening;
use crate::timers::TimerId;
use model::ChannelId;
use std::time::Duration;

pub(super) const SEND_DTMF: Application = Application {
    name: "SendDTMF",
    synopsis: "Sends arbitrary DTMF digits",
    arguments: "digits[,timeout_ms[,duration_ms[,channel]]]",
    options: &[],
    start,
};

/// Sends digits one after the other.
#[derive(Debug)]
struct Sending {
    on: ChannelId,
    rest: Vec<char>,
    gap: u32,
    length: u32,
    until: TimerId,
}

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let mut arguments = call.arguments().into_iter();
    let mut next = || arguments.next().unwrap_or_default();
    let (digits, gap, length, channel) = (next(), next(), next(), next());
    let on = if channel.is_empty() {
        Some(id)
    } else {
        switch.find_channel(&channel)
    };
    let Some(on) = on else {
        tracing::warn!(channel, "SendDTMF: no such channel");
        return Step::Done;
    };
    let milliseconds = |text: &str, usual| {
        text.trim()
            .parse()
            .ok()
            .filter(|n| *n <= 60_000)
            .unwrap_or(usual)
    };
    let until = switch.timer(id, Duration::ZERO);
    let (gap, length) = (milliseconds(&gap, 250), milliseconds(&length, 100));
    Step::Wait(Box::new(Sending {
        on,
        rest: digits.chars().rev().collect(),
        gap,
        length,
        until,
    }))
}

impl Waiting for Sending {
    fn on(mut self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        if *happening == Happening::HungUp {
            return Step::Hangup;
        }
        if !happening.is_timer(self.until) {
            return Step::Wait(self);
        }
        let Some(digit) = self.rest.pop() else {
            return Step::Done;
        };
        let time = match digit {
            'w' => 500,
            'W' => 1000,
            '0'..='9' | '*' | '#' | 'A'..='D' | 'a'..='d' => {
                switch.send_digit(self.on, digit.to_ascii_uppercase(), self.length, None);
                self.length + self.gap
            }
            _ => {
                tracing::warn!(%digit, "SendDTMF: no such key");
                0
            }
        };
        self.until = switch.timer(id, Duration::from_millis(time.into()));
        Step::Wait(self)
    }
}
