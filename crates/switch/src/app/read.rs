//! Read: digits into a variable.

use super::{Application, Call, Step, Waiting};
use crate::Switch;
use crate::channel::Channel;
use crate::happening::Happening;
use crate::timers::TimerId;
use model::{ChannelId, PlayId};
use std::sync::Arc;
use std::time::Duration;

pub(super) const READ: Application = Application {
    name: "Read",
    synopsis: "Read a variable.",
    arguments: "variable[,filename[&filename2[&...]]][,maxdigits][,options][,attempts][,timeout]",
    options: &[
        ("s", "Return at once if the call is not answered."),
        ("n", "Read even if the call is not answered."),
        ("i", "Sound the tone of this name instead of playing files."),
        (
            "t",
            "The keys that end it, # if not said: t([keys]); none if there are none.",
        ),
        (
            "e",
            "If one that ends it is the only key, that is what is read.",
        ),
    ],
    start,
};

/// Waits for digits.
#[derive(Debug)]
struct Reading {
    variable: String,
    files: Vec<Arc<str>>,
    /// The tone that sounds instead.
    tone: Option<String>,
    /// The keys that end it.
    ends: String,
    /// `e`
    reads_end: bool,
    most: usize,
    attempts: u32,
    timeout: Option<Duration>,
    digits: String,
    play: Option<PlayId>,
    until: Option<TimerId>,
}

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let mut arguments = call.arguments().into_iter();
    let mut next = || arguments.next().unwrap_or_default();
    let (variable, files, most) = (next(), next(), next());
    let (options, attempts, timeout) = (next(), next(), next());
    status(switch, id, "ERROR");
    if variable.is_empty() {
        tracing::warn!("Read: no variable named");
        return Step::Done;
    }
    let options = READ.options(&options);
    let is_up = switch.channels.get(&id).is_some_and(Channel::is_up);
    if !is_up && options.has('s') {
        status(switch, id, "SKIPPED");
        return Step::Done;
    }
    if !is_up && !options.has('n') {
        switch.answer(id);
    }
    let mut reading = Reading {
        variable,
        tone: options.value('i').map(|_| files.clone()),
        ends: options.value('t').unwrap_or("#").to_owned(),
        reads_end: options.has('e'),
        files: files
            .split('&')
            .filter(|file| !file.is_empty())
            .map(Into::into)
            .collect(),
        most: most
            .trim()
            .parse()
            .ok()
            .filter(|most| (1..256).contains(most))
            .unwrap_or(255),
        attempts: attempts.trim().parse().unwrap_or(1).clamp(1, 100),
        timeout: super::wait::seconds(&timeout).filter(|time| !time.is_zero()),
        digits: String::new(),
        play: None,
        until: None,
    };
    reading.begin(switch, id);
    Step::Wait(Box::new(reading))
}

fn status(switch: &mut Switch, id: ChannelId, status: &str) {
    switch.set_variable(id, "READSTATUS", status);
}

impl Reading {
    /// Begins an attempt: what is to be heard, then the time for the first digit.
    fn begin(&mut self, switch: &mut Switch, id: ChannelId) {
        self.digits.clear();
        if let Some(tone) = &self.tone {
            switch.sound_named(id, tone);
            return self.wait(switch, id);
        }
        if self.files.is_empty() {
            self.wait(switch, id);
        } else {
            self.play = Some(switch.play(id, self.files.clone(), false));
        }
    }

    fn wait(&mut self, switch: &mut Switch, id: ChannelId) {
        let timeouts = switch
            .channels
            .get(&id)
            .map(|channel| channel.memory.timeouts);
        let timeouts = timeouts.unwrap_or_default();
        let usual = if self.digits.is_empty() {
            timeouts.response
        } else {
            timeouts.digit
        };
        let time = self.timeout.unwrap_or(usual);
        self.until = Some(switch.timer(id, time));
    }

    fn stop_tone(&self, switch: &mut Switch, id: ChannelId) {
        if self.tone.is_some() {
            switch.stop_tones(id);
        }
    }

    fn finish(&self, switch: &mut Switch, id: ChannelId, outcome: &str) -> Step {
        self.stop_tone(switch, id);
        switch.set_variable(id, &self.variable, &self.digits);
        status(switch, id, outcome);
        Step::Done
    }
}

impl Waiting for Reading {
    fn on(mut self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        if *happening == Happening::HungUp {
            switch.stop_play(self.play.take());
            self.finish(switch, id, "HANGUP");
            return Step::Hangup;
        }
        if let Happening::Digit(digit) = happening {
            switch.stop_play(self.play.take());
            self.stop_tone(switch, id);
            if self.ends.contains(*digit) {
                if self.reads_end && self.digits.is_empty() {
                    self.digits.push(*digit);
                }
                return self.finish(switch, id, "OK");
            }
            self.digits.push(*digit);
            if self.digits.len() >= self.most {
                return self.finish(switch, id, "OK");
            }
            self.wait(switch, id);
        } else if self.play.is_some_and(|play| happening.is_end_of(play)) {
            self.play = None;
            self.wait(switch, id);
        } else if self.until.is_some_and(|until| happening.is_timer(until)) {
            if !self.digits.is_empty() {
                return self.finish(switch, id, "OK");
            }
            if self.attempts <= 1 {
                return self.finish(switch, id, "TIMEOUT");
            }
            self.attempts -= 1;
            self.begin(switch, id);
        }
        Step::Wait(self)
    }
}
