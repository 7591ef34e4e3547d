//! While and its kin: loops of priorities.
//!
//! What a loop knows is kept in variables of the channel, as clients see it: `WHILE_n` is where
//! loop `n` begins, `END_WHILE_n` where it goes on afterwards, and a variable named after the place
//! of the While holds `n`.

use super::goto::jump;
use super::{Application, Call, Step};
use crate::Switch;
use crate::place::Place;
use model::ChannelId;

/// Loops within loops.
const DEPTH: usize = 128;

pub(super) const WHILE: Application = Application {
    name: "While",
    synopsis: "Start a while loop.",
    arguments: "expr",
    options: &[],
    start: begin,
};

pub(super) const END_WHILE: Application = Application {
    name: "EndWhile",
    synopsis: "End a while loop.",
    arguments: "",
    options: &[],
    start: |switch, id, _| {
        let Some((number, begin)) = innermost(switch, id) else {
            tracing::warn!("EndWhile: no loop is under way");
            return Step::Done;
        };
        let name = format!("END_WHILE_{number}");
        if value(switch, id, &name).is_none()
            && let Some(here) = here(switch, id)
        {
            switch.set_variable(id, &name, &written(&here, here.priority + 1));
        }
        jump(switch, id, &begin)
    },
};

pub(super) const CONTINUE_WHILE: Application = Application {
    name: "ContinueWhile",
    synopsis: "Restart a While loop.",
    arguments: "",
    options: &[],
    start: |switch, id, _| match innermost(switch, id) {
        Some((_, begin)) => jump(switch, id, &begin),
        None => {
            tracing::warn!("ContinueWhile: no loop is under way");
            Step::Done
        }
    },
};

pub(super) const EXIT_WHILE: Application = Application {
    name: "ExitWhile",
    synopsis: "End a While loop.",
    arguments: "",
    options: &[],
    start: |switch, id, _| match innermost(switch, id) {
        Some((number, begin)) => {
            let mark = begin.replace(',', "_");
            leave(switch, id, number, &mark)
        }
        None => {
            tracing::warn!("ExitWhile: no loop is under way");
            Step::Done
        }
    },
};

fn begin(switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
    let Some(here) = here(switch, id) else {
        return Step::Hangup;
    };
    let mark = written(&here, here.priority).replace(',', "_");
    let known = value(switch, id, &mark).and_then(|number| number.parse().ok());
    let number = match known {
        Some(number) => number,
        None => {
            let number = innermost(switch, id).map_or(0, |(number, _)| number + 1);
            if number == DEPTH {
                tracing::warn!("While: more than {DEPTH} loops within loops, the call ends");
                return Step::Hangup;
            }
            switch.set_variable(id, &mark, &number.to_string());
            number
        }
    };
    if !dialplan::functions::is_true(&call.data) {
        return leave(switch, id, number, &mark);
    }
    let name = format!("WHILE_{number}");
    if value(switch, id, &name).is_none() {
        switch.set_variable(id, &name, &written(&here, here.priority));
    }
    Step::Done
}

/// Ends a loop and goes on behind it.
fn leave(switch: &mut Switch, id: ChannelId, number: usize, mark: &str) -> Step {
    let end = format!("END_WHILE_{number}");
    switch.forget_variable(id, &format!("WHILE_{number}"));
    switch.forget_variable(id, mark);
    if let Some(place) = value(switch, id, &end) {
        switch.forget_variable(id, &end);
        return jump(switch, id, &place);
    }
    match behind(switch, id) {
        Some(place) => Step::Goto(place),
        None => {
            tracing::warn!("While: its EndWhile is missing");
            Step::Done
        }
    }
}

/// The priority behind the EndWhile that belongs to the loop the channel is in, or begins.
fn behind(switch: &Switch, id: ChannelId) -> Option<Place> {
    let mut place = here(switch, id)?;
    let channel = switch.channels.get(&id)?;
    let caller = channel.caller.number.clone().unwrap_or_default();
    let now = switch.local_time();
    let mut depth = 0_usize;
    loop {
        place.priority += 1;
        let (context, exten) = (&place.context, &place.exten);
        let dialplan = &switch.config.dialplan;
        let step = dialplan.find(context, exten, place.priority, &caller, &now)?;
        match step.app.to_ascii_lowercase().as_str() {
            "while" => depth += 1,
            "endwhile" if depth == 0 => break,
            "endwhile" => depth -= 1,
            _ => {}
        }
    }
    place.priority += 1;
    Some(place)
}

/// The number of the innermost loop, and where it begins.
fn innermost(switch: &Switch, id: ChannelId) -> Option<(usize, String)> {
    let begins = (0..DEPTH).map_while(|number| {
        let begin = value(switch, id, &format!("WHILE_{number}"))?;
        Some((number, begin))
    });
    begins.last()
}

fn value(switch: &Switch, id: ChannelId, name: &str) -> Option<String> {
    let value = switch.channels.get(&id)?.variables.value(name)?;
    Some(value.to_string())
}

fn here(switch: &Switch, id: ChannelId) -> Option<Place> {
    let channel = switch.channels.get(&id)?;
    Some(Place {
        context: channel.context.clone(),
        exten: channel.exten.clone(),
        priority: channel.priority,
    })
}

fn written(place: &Place, priority: u32) -> String {
    format!("{},{},{priority}", place.context, place.exten)
}
