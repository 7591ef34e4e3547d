//! System and TrySystem: have a program of the system run, where that is allowed.
//!
//! asterisk.conf says which: those listed in `systemprograms`, which get their words as they stand,
//! or whatever a shell makes of the line if `live_dangerously` is set. The switch only decides; who
//! runs it tells how it ended.

use super::{Application, Call, Step, Waiting};
use crate::happening::Happening;
use crate::timers::TimerId;
use crate::{Output, Switch};
use model::{ChannelId, Line, Outcome, Program, RunId};
use std::sync::Arc;
use std::time::Duration;

pub(super) const SYSTEM: Application = Application {
    name: "System",
    synopsis: "Execute a system command.",
    arguments: "command",
    options: &[],
    start: |switch, id, call| start(switch, id, call, Step::Hangup),
};

pub(super) const TRY_SYSTEM: Application = Application {
    name: "TrySystem",
    synopsis: "Try executing a system command.",
    arguments: "command",
    options: &[],
    start: |switch, id, call| start(switch, id, call, Step::Done),
};

/// How long an answer is waited for; whoever runs programs ends them before.
const PATIENCE: Duration = Duration::from_secs(90);

/// Waits for a program.
#[derive(Debug)]
struct Running {
    run: RunId,
    until: TimerId,
    /// What follows if it could not be run.
    otherwise: Step,
}

fn start(switch: &mut Switch, id: ChannelId, call: &Call, otherwise: Step) -> Step {
    let Some(line) = allowed(switch, &call.data) else {
        tracing::warn!(
            command = call.data,
            "System: this may not be run; list its program in `systemprograms` of asterisk.conf"
        );
        return ended(switch, id, Outcome::NotRun, otherwise);
    };
    let run = switch.new_run_id();
    switch.put(Output::Run(Program {
        id: run,
        channel: id,
        line,
    }));
    let until = switch.timer(id, PATIENCE);
    Step::Wait(Box::new(Running {
        run,
        until,
        otherwise,
    }))
}

/// What is run for a command, if it may be.
fn allowed(switch: &Switch, command: &str) -> Option<Line> {
    let command = command.trim();
    if command.is_empty() || command.contains('\0') {
        return None;
    }
    if switch.config.live_dangerously {
        return Some(Line::Shell(command.into()));
    }
    let words = words(command);
    let program = words.first()?;
    let mut listed = switch.config.system_programs.iter();
    listed.any(|listed| listed == program).then_some(())?;
    Some(Line::Words(words))
}

/// The words of a command: blanks part them, quotes and backslashes hold them together.
fn words(command: &str) -> Vec<Arc<str>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = command.chars();
    while let Some(character) = characters.next() {
        match (character, quote) {
            (end, Some(begin)) if end == begin => quote = None,
            ('\\', None | Some('"')) => word.get_or_insert_default().extend(characters.next()),
            ('"' | '\'', None) => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (blank, None) if blank.is_whitespace() => words.extend(word.take()),
            (other, _) => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    words.into_iter().map(Arc::from).collect()
}

fn ended(switch: &mut Switch, id: ChannelId, outcome: Outcome, otherwise: Step) -> Step {
    let (status, step) = match outcome {
        Outcome::Succeeded => ("SUCCESS", Step::Done),
        Outcome::Failed => ("APPERROR", Step::Done),
        Outcome::NotRun => ("FAILURE", otherwise),
    };
    switch.set_variable(id, "SYSTEMSTATUS", status);
    step
}

impl Waiting for Running {
    fn on(self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        match happening {
            Happening::HungUp => Step::Hangup,
            Happening::Ran(run, outcome) if *run == self.run => {
                ended(switch, id, *outcome, self.otherwise)
            }
            Happening::Timer(timer) if *timer == self.until => {
                ended(switch, id, Outcome::NotRun, self.otherwise)
            }
            Happening::Timer(_)
            | Happening::Digit(_)
            | Happening::Played { .. }
            | Happening::Dialed(..)
            | Happening::Unbridged
            | Happening::PickedUp { .. }
            | Happening::SentAway(_)
            | Happening::Forwarded { .. }
            | Happening::Chosen { .. }
            | Happening::Ran(..)
            | Happening::Controlled(_)
            | Happening::SpyeeEnded(_)
            | Happening::Originated(_)
            | Happening::Subroutine { .. } => Step::Wait(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_as_they_are() {
        let told = |command| words(command).join("|");
        assert_eq!(
            told("/bin/a -x 'two words' \"it's $HOME\""),
            "/bin/a|-x|two words|it's $HOME"
        );
        assert_eq!(told(r"/bin/a b\ c;d 'e\f'"), r"/bin/a|b c;d|e\f");
        assert_eq!(told("  "), "");
    }
}
