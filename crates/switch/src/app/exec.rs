//! Exec and its kin: applications whose names are found out as they run.

use super::{Application, Call, Step, Waiting, find};
use crate::Switch;
use crate::happening::Happening;
use dialplan::Timing;
use model::ChannelId;
use std::any::Any;

pub(super) const EXEC: Application = Application {
    name: "Exec",
    synopsis: "Executes dialplan application.",
    arguments: "appname(arguments)",
    options: &[],
    start: |switch, id, call| run(switch, id, &call.data).unwrap_or(Step::Hangup),
};

pub(super) const EXEC_IF: Application = Application {
    name: "ExecIf",
    synopsis: "Executes dialplan application, conditionally.",
    arguments: "expression?appiftrue[(...)][:appiffalse[(...)]]",
    options: &[],
    start: |switch, id, call| {
        let Some((condition, yes, no)) = dialplan::branches(&call.data) else {
            tracing::warn!(data = call.data, "ExecIf: there is no '?' in it");
            return Step::Done;
        };
        let is_true = dialplan::functions::is_true(condition);
        run_if_named(switch, id, if is_true { yes } else { no })
    },
};

pub(super) const EXEC_IF_TIME: Application = Application {
    name: "ExecIfTime",
    synopsis: "Conditional application execution based on the current time.",
    arguments: "times,weekdays,mdays,months[,timezone]?appname[(appargs)]",
    options: &[],
    start: |switch, id, call| {
        let Some((times, application)) = call.data.split_once('?') else {
            tracing::warn!(data = call.data, "ExecIfTime: there is no '?' in it");
            return Step::Done;
        };
        match Timing::parse(times) {
            Ok(timing) if timing.holds(&switch.local_time()) => {
                run_if_named(switch, id, application)
            }
            Ok(_) => Step::Done,
            Err(why) => {
                tracing::warn!("ExecIfTime: {why}");
                Step::Done
            }
        }
    },
};

pub(super) const TRY_EXEC: Application = Application {
    name: "TryExec",
    synopsis: "Executes dialplan application, always returning.",
    arguments: "appname(arguments)",
    options: &[],
    start: |switch, id, call| match run(switch, id, &call.data) {
        Some(step) => returned(switch, id, step),
        None => {
            switch.set_variable(id, "TRYSTATUS", "NOAPP");
            Step::Done
        }
    },
};

fn run_if_named(switch: &mut Switch, id: ChannelId, text: &str) -> Step {
    if text.trim().is_empty() {
        return Step::Done;
    }
    run(switch, id, text).unwrap_or(Step::Done)
}

/// Begins the application a text calls, if there is one of its name.
fn run(switch: &mut Switch, id: ChannelId, text: &str) -> Option<Step> {
    let (name, arguments) = dialplan::called(text);
    match find(name) {
        Some(application) => Some(application.begin(switch, id, &Call::new(arguments))),
        None => {
            tracing::warn!("There is no application {name}");
            None
        }
    }
}

/// Waits for what was tried, and goes on whatever comes of it.
#[derive(Debug)]
pub(crate) struct Trying(Box<dyn Waiting>);

impl Trying {
    /// What is tried, if it is one of this kind.
    pub(crate) fn tried<T: 'static>(&self) -> Option<&T> {
        (self.0.as_ref() as &dyn Any).downcast_ref()
    }
}

impl Waiting for Trying {
    fn on(self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        let step = self.0.on(switch, id, happening);
        if *happening == Happening::HungUp {
            return step;
        }
        returned(switch, id, step)
    }
}

fn returned(switch: &mut Switch, id: ChannelId, step: Step) -> Step {
    match step {
        Step::Wait(waiting) => Step::Wait(Box::new(Trying(waiting))),
        Step::Call(waiting, place) => Step::Call(Box::new(Trying(waiting)), place),
        Step::Hangup => {
            switch.set_variable(id, "TRYSTATUS", "FAILED");
            Step::Done
        }
        Step::Done => {
            switch.set_variable(id, "TRYSTATUS", "SUCCESS");
            Step::Done
        }
        Step::Goto(place) => {
            switch.set_variable(id, "TRYSTATUS", "SUCCESS");
            Step::Goto(place)
        }
    }
}
