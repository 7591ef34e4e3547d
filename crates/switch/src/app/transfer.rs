//! Transfer: asks the caller's own line to call somebody else instead.

use super::{Application, Call, Step, Waiting};
use crate::channel::Technology;
use crate::happening::Happening;
use crate::timers::TimerId;
use crate::{Output, Switch};
use model::{ChannelId, Instruction};
use std::time::Duration;

pub(super) const TRANSFER: Application = Application {
    name: "Transfer",
    synopsis: "Transfer caller to remote extension.",
    arguments: "[Technology/]destination",
    options: &[],
    start,
};

/// How long the far end has to tell what became of it: as long as a call may ring there, and more.
const PATIENCE: Duration = Duration::from_secs(180);

/// What is told where the far end told nothing in time.
const TIMEOUT: u16 = 408;

/// Waits for what the far end says.
#[derive(Debug)]
struct Transferring {
    until: TimerId,
}

fn start(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let given = call.data.trim();
    let (technology, to) = match given.split_once('/') {
        Some((technology, to)) => (Some(technology), to),
        None => (None, given),
    };
    let Some(channel) = switch.channels.get(&id) else {
        return Step::Hangup;
    };
    let another = technology.is_some_and(|named| !named.eq_ignore_ascii_case(channel.technology()));
    if to.is_empty() || another {
        return ended(switch, id, "FAILURE", 0);
    }
    match channel.technology {
        Technology::External { .. } => {}
        Technology::Local { .. } | Technology::Internal => {
            return ended(switch, id, "UNSUPPORTED", 0);
        }
    }
    switch.put(Output::Instruct(Instruction::SendAway {
        channel: id,
        to: to.into(),
    }));
    let until = switch.timer(id, PATIENCE);
    Step::Wait(Box::new(Transferring { until }))
}

fn ended(switch: &mut Switch, id: ChannelId, status: &str, protocol: u16) -> Step {
    switch.set_variable(id, "TRANSFERSTATUS", status);
    switch.set_variable(id, "TRANSFERSTATUSPROTOCOL", &protocol.to_string());
    Step::Done
}

impl Waiting for Transferring {
    fn on(self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        match happening {
            Happening::HungUp => Step::Hangup,
            Happening::SentAway(None) => ended(switch, id, "SUCCESS", 0),
            Happening::SentAway(Some(status)) => ended(switch, id, "FAILURE", *status),
            Happening::Timer(timer) if *timer == self.until => {
                ended(switch, id, "FAILURE", TIMEOUT)
            }
            Happening::Timer(_)
            | Happening::Digit(_)
            | Happening::Played { .. }
            | Happening::Dialed(..)
            | Happening::Unbridged
            | Happening::PickedUp { .. }
            | Happening::Chosen { .. }
            | Happening::Forwarded { .. }
            | Happening::Ran(..)
            | Happening::Controlled(_)
            | Happening::SpyeeEnded(_)
            | Happening::Originated(_)
            | Happening::Subroutine { .. } => Step::Wait(self),
        }
    }
}
