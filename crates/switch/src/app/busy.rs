//! Busy and Congestion: the caller is told so, and is left to hang up.

use super::{Application, Call, Step, Waiting};
use crate::Switch;
use crate::happening::{Happening, Progress};
use crate::timers::{Timer, TimerId};
use model::{Cause, ChannelId, ChannelState, DialStatus};

pub(super) const BUSY: Application = Application {
    name: "Busy",
    synopsis: "Indicate the Busy condition.",
    arguments: "[timeout]",
    options: &[],
    start: |switch, id, call| start(switch, id, call, DialStatus::Busy),
};

pub(super) const CONGESTION: Application = Application {
    name: "Congestion",
    synopsis: "Indicate the Congestion condition.",
    arguments: "[timeout]",
    options: &[],
    start: |switch, id, call| start(switch, id, call, DialStatus::Congestion),
};

/// Waits for the caller to hang up.
#[derive(Debug)]
struct Refusing {
    cause: Cause,
    until: Option<TimerId>,
}

fn start(switch: &mut Switch, id: ChannelId, call: &Call, status: DialStatus) -> Step {
    let busy = status == DialStatus::Busy;
    let cause = if busy {
        Cause::USER_BUSY
    } else {
        Cause::NORMAL_CIRCUIT_CONGESTION
    };
    switch.indicate(id, Progress::Ended(status));
    if let Some(channel) = switch.channels.get_mut(&id)
        && !channel.is_up()
    {
        channel.state = ChannelState::Busy;
        switch.publish(id);
    }
    let until = super::wait::seconds(&call.first()).map(|time| {
        switch
            .timers
            .set(switch.now.since_start + time, Timer::Application(id))
    });
    Step::Wait(Box::new(Refusing { cause, until }))
}

impl Waiting for Refusing {
    fn on(self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        let time_is_over = self.until.is_some_and(|until| happening.is_timer(until));
        if *happening != Happening::HungUp && !time_is_over {
            return Step::Wait(self);
        }
        if let Some(channel) = switch.channels.get_mut(&id) {
            channel.cause = Some(self.cause);
        }
        Step::Hangup
    }
}
