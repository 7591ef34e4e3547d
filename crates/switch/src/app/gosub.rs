//! Gosub and its kin: subroutines with arguments, local variables and a value to give back.

use super::goto::place;
use super::{Application, Step};
use crate::Switch;
use crate::place::Place;
use model::ChannelId;

pub(super) const GOSUB: Application = Application {
    name: "Gosub",
    synopsis: "Jump to label, saving return address.",
    arguments: "[[context,]exten,]priority[(arg1[,...][,argN])]",
    options: &[],
    start: |switch, id, call| gosub(switch, id, &call.data),
};

pub(super) const GOSUB_IF: Application = Application {
    name: "GosubIf",
    synopsis: "Conditionally jump to label, saving return address.",
    arguments: "condition?[labeliftrue[(arg1[,...])]][:labeliffalse[(arg1[,...])]]",
    options: &[],
    start: |switch, id, call| {
        let Some((condition, yes, no)) = dialplan::branches(&call.data) else {
            tracing::warn!(data = call.data, "GosubIf: there is no '?' in it");
            return Step::Done;
        };
        let is_true = dialplan::functions::is_true(condition);
        match if is_true { yes } else { no }.trim() {
            "" => Step::Done,
            label => gosub(switch, id, label),
        }
    },
};

pub(super) const RETURN: Application = Application {
    name: "Return",
    synopsis: "Return from gosub routine.",
    arguments: "[value]",
    options: &[],
    start: |switch, id, call| match switch.leave_subroutine(id) {
        Some(place) => {
            switch.set_variable(id, "GOSUB_RETVAL", &call.data);
            Step::Goto(place)
        }
        None => {
            tracing::warn!(channel = %id, "Return: no subroutine is under way, the call ends");
            Step::Hangup
        }
    },
};

pub(super) const STACK_POP: Application = Application {
    name: "StackPop",
    synopsis: "Remove one address from gosub stack.",
    arguments: "",
    options: &[],
    start: |switch, id, _| {
        if switch.leave_subroutine(id).is_none() {
            tracing::warn!(channel = %id, "StackPop: no subroutine is under way");
        }
        Step::Done
    },
};

/// Begins the subroutine at `[[context,]exten,]priority[(arguments)]`.
pub(crate) fn gosub(switch: &mut Switch, id: ChannelId, text: &str) -> Step {
    let (label, arguments) = dialplan::called(text);
    let target = place(switch, id, label).filter(|place| switch.is_place(id, place));
    let (Some(target), Some(channel)) = (target, switch.channels.get(&id)) else {
        tracing::warn!(target = label, "Gosub: no such place, the call ends");
        return Step::Hangup;
    };
    let return_to = Place {
        context: channel.context.clone(),
        exten: channel.exten.clone(),
        priority: channel.priority + 1,
    };
    if switch.enter_subroutine(id, return_to, &dialplan::arguments(arguments)) {
        Step::Goto(target)
    } else {
        Step::Hangup
    }
}
