//! Goto, GotoIf and GotoIfTime: the dialplan goes on elsewhere.

use super::{Application, Call, Step};
use crate::Switch;
use crate::place::Place;
use dialplan::functions::is_true;
use dialplan::{PriorityRef, Target, Timing};
use model::ChannelId;
use std::sync::Arc;

pub(super) const GOTO: Application = Application {
    name: "Goto",
    synopsis: "Jump to a particular priority, extension, or context.",
    arguments: "[[context,]extension,]priority",
    options: &[],
    start: |switch, id, call| jump(switch, id, &call.data),
};

pub(super) const GOTO_IF: Application = Application {
    name: "GotoIf",
    synopsis: "Conditional goto.",
    arguments: "condition?[labeliftrue][:labeliffalse]",
    options: &[],
    start: goto_if,
};

pub(super) const GOTO_IF_TIME: Application = Application {
    name: "GotoIfTime",
    synopsis: "Conditional Goto based on the current time.",
    arguments: "times,weekdays,mdays,months[,timezone]?[labeliftrue][:labeliffalse]",
    options: &[],
    start: goto_if_time,
};

fn goto_if(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let (condition, labels) = call.data.split_once('?').unwrap_or((&call.data, ""));
    choose(switch, id, is_true(condition), labels)
}

fn goto_if_time(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let (times, labels) = call.data.split_once('?').unwrap_or((&call.data, ""));
    match Timing::parse(times) {
        Ok(timing) => {
            let holds = timing.holds(&switch.local_time());
            choose(switch, id, holds, labels)
        }
        Err(why) => {
            tracing::warn!("GotoIfTime: {why}");
            Step::Done
        }
    }
}

/// Jumps to one of `yes:no`; goes on where none is named.
fn choose(switch: &mut Switch, id: ChannelId, holds: bool, labels: &str) -> Step {
    let (yes, no) = labels.split_once(':').unwrap_or((labels, ""));
    let label = if holds { yes } else { no };
    if label.trim().is_empty() {
        return Step::Done;
    }
    jump(switch, id, label)
}

pub(crate) fn jump(switch: &mut Switch, id: ChannelId, text: &str) -> Step {
    match place(switch, id, text) {
        Some(place) => Step::Goto(place),
        None => {
            tracing::warn!(target = text, "No such place to go to: the call ends");
            Step::Hangup
        }
    }
}

/// Where `[[context,]exten,]priority` lies, seen from where the channel is.
pub(crate) fn place(switch: &Switch, id: ChannelId, text: &str) -> Option<Place> {
    let channel = switch.channels.get(&id)?;
    let target = Target::parse(text)?;
    let context = target
        .context
        .map_or_else(|| Arc::clone(&channel.context), Into::into);
    let exten: Arc<str> = target
        .exten
        .map_or_else(|| Arc::clone(&channel.exten), Into::into);
    let priority = match target.priority {
        PriorityRef::Number(number) => number,
        PriorityRef::Relative(by) => channel.priority.checked_add_signed(by).filter(|n| *n > 0)?,
        PriorityRef::Label(label) => {
            let caller = channel.caller.number.clone().unwrap_or_default();
            let now = switch.local_time();
            switch
                .config
                .dialplan
                .label(&context, &exten, &label, &caller, &now)?
        }
    };
    Some(Place {
        context,
        exten,
        priority,
    })
}
