//! Wait: does nothing for a while.

use super::{Application, Call, Step, Waiting};
use crate::Switch;
use crate::happening::Happening;
use crate::timers::{Timer, TimerId};
use model::ChannelId;
use std::time::Duration;

pub(super) const WAIT: Application = Application {
    name: "Wait",
    synopsis: "Waits for some time.",
    arguments: "seconds",
    options: &[],
    start,
};

/// Waits for a timer.
#[derive(Debug)]
pub(crate) struct Wait {
    until: TimerId,
}

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    match seconds(&call.first()) {
        Some(time) if !time.is_zero() => Wait::begin(switch, id, time),
        Some(_) => Step::Done,
        None => {
            tracing::warn!(data = call.data, "Wait: not a number of seconds");
            Step::Done
        }
    }
}

impl Wait {
    pub(crate) fn begin(switch: &mut Switch, id: ChannelId, time: Duration) -> Step {
        let until = switch
            .timers
            .set(switch.now.since_start + time, Timer::Application(id));
        Step::Wait(Box::new(Self { until }))
    }
}

impl Waiting for Wait {
    fn on(self: Box<Self>, _: &mut Switch, _: ChannelId, happening: &Happening) -> Step {
        if *happening == Happening::HungUp {
            Step::Hangup
        } else if happening.is_timer(self.until) {
            Step::Done
        } else {
            Step::Wait(self)
        }
    }
}

/// A time in seconds, with fractions; at most a year. Negative is none at all.
pub(crate) fn seconds(text: &str) -> Option<Duration> {
    let number: f64 = text
        .trim()
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())?;
    Some(Duration::from_secs_f64(number.clamp(0.0, 366.0 * 86_400.0)))
}
