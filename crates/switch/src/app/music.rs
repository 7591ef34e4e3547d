//! MusicOnHold, StartMusicOnHold, StopMusicOnHold: music for the caller.

use super::{Application, Call, Step, Waiting};
use crate::Switch;
use crate::happening::Happening;
use crate::timers::TimerId;
use model::ChannelId;

pub(super) const MUSIC_ON_HOLD: Application = Application {
    name: "MusicOnHold",
    synopsis: "Play Music On Hold indefinitely.",
    arguments: "[class[,duration]]",
    options: &[],
    start,
};

pub(super) const START_MUSIC_ON_HOLD: Application = Application {
    name: "StartMusicOnHold",
    synopsis: "Play Music On Hold.",
    arguments: "[class]",
    options: &[],
    start: |switch, id, call| {
        switch.start_music(id, &call.first());
        Step::Done
    },
};

pub(super) const STOP_MUSIC_ON_HOLD: Application = Application {
    name: "StopMusicOnHold",
    synopsis: "Stop playing Music On Hold.",
    arguments: "",
    options: &[],
    start: |switch, id, _| {
        switch.stop_music(id);
        Step::Done
    },
};

/// Music for a while, or until the caller hangs up.
#[derive(Debug)]
struct Music {
    until: Option<TimerId>,
}

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let mut arguments = call.arguments().into_iter();
    let class = arguments.next().unwrap_or_default();
    let time = arguments
        .next()
        .and_then(|time| super::wait::seconds(&time));
    switch.start_music(id, &class);
    let until = time
        .filter(|time| !time.is_zero())
        .map(|time| switch.timer(id, time));
    Step::Wait(Box::new(Music { until }))
}

impl Waiting for Music {
    fn on(self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        let hung_up = *happening == Happening::HungUp;
        if !hung_up && !self.until.is_some_and(|until| happening.is_timer(until)) {
            return Step::Wait(self);
        }
        switch.stop_music(id);
        if hung_up { Step::Hangup } else { Step::Done }
    }
}
