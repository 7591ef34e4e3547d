//! Dialplan applications, one a file. Each is declared once; what the dialplan knows, the dispatch
//! and the console's help come from that declaration.

mod answer;
mod background;
mod bridge;
mod bridge_wait;
mod busy;
mod cel;
pub(crate) mod chan_spy;
mod control_playback;
mod database;
pub(crate) mod dial;
mod dtmf;
pub(crate) mod echo;
mod exception;
pub(crate) mod exec;
mod gosub;
pub(crate) mod goto;
mod hangup;
mod indicate;
mod limit;
mod log;
mod mf;
mod milliwatt;
mod music;
mod noop;
mod options;
mod originate;
mod others;
mod pickup;
mod play_tones;
pub(crate) mod playback;
mod random;
mod read;
mod record;
pub(crate) mod say;
mod set;
mod system;
mod text;
mod transfer;
mod trunk;
mod user_event;
mod verbose;
mod wait;
pub(crate) mod wait_exten;
mod while_loop;

use crate::Switch;
use crate::happening::Happening;
use crate::place::Place;
use model::ChannelId;
use std::any::Any;
use std::fmt;

/// What a dialplan application is called, what it takes and what it does.
pub struct Application {
    /// Its name; case does not matter to who calls it.
    pub name: &'static str,
    /// What it does, in one line.
    pub synopsis: &'static str,
    /// How its arguments are written.
    pub arguments: &'static str,
    /// Its option letters (or words), each with what it does.
    pub options: &'static [(&'static str, &'static str)],
    /// Begins it on a channel.
    pub(crate) start: fn(&mut Switch, ChannelId, &Call) -> Step,
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Application {
    /// Whether it seats its channel in a bridge, so that it cannot run in the middle of a conversation.
    pub fn seats(&self) -> bool {
        ["Bridge", "BridgeWait", "Dial", "Pickup", "PickupChan"].contains(&self.name)
    }

    /// Begins it on a channel, if that may run it now.
    pub(crate) fn begin(&self, switch: &mut Switch, id: ChannelId, call: &Call) -> Step {
        if self.seats() && switch.is_away(id) {
            tracing::warn!(
                application = self.name,
                "It cannot run in the middle of a conversation"
            );
            return Step::Done;
        }
        (self.start)(switch, id, call)
    }
}

/// All applications, by name.
#[rustfmt::skip] // A table.
pub static ALL: &[&Application] = &[
    &answer::ANSWER,
    &background::BACKGROUND,
    &bridge::BRIDGE,
    &bridge_wait::BRIDGE_WAIT,
    &busy::BUSY,
    &cel::CEL_GEN_USER_EVENT,
    &others::CHANNEL_REDIRECT,
    &chan_spy::CHAN_SPY,
    &set::CLEAR_HASH,
    &busy::CONGESTION,
    &while_loop::CONTINUE_WHILE,
    &control_playback::CONTROL_PLAYBACK,
    &database::DB_DEL,
    &database::DB_DEL_TREE,
    &dial::DIAL,
    &log::DUMP_CHAN,
    &echo::ECHO,
    &while_loop::END_WHILE,
    &exec::EXEC,
    &exec::EXEC_IF,
    &exec::EXEC_IF_TIME,
    &while_loop::EXIT_WHILE,
    &chan_spy::EXTEN_SPY,
    &record::FORK_CDR,
    &gosub::GOSUB,
    &gosub::GOSUB_IF,
    &goto::GOTO,
    &goto::GOTO_IF,
    &goto::GOTO_IF_TIME,
    &hangup::HANGUP,
    &hangup::HANGUP_CAUSE_CLEAR,
    &log::LOG,
    &milliwatt::MILLIWATT,
    &set::MSET,
    &music::MUSIC_ON_HOLD,
    &record::NO_CDR,
    &noop::NO_OP,
    &originate::ORIGINATE,
    &pickup::PICKUP,
    &pickup::PICKUP_CHAN,
    &playback::PLAYBACK,
    &play_tones::PLAY_TONES,
    &indicate::PROCEEDING,
    &indicate::PROGRESS,
    &exception::RAISE_EXCEPTION,
    &random::RANDOM,
    &read::READ,
    &record::RESET_CDR,
    &gosub::RETURN,
    &indicate::RINGING,
    &say::SAY_ALPHA,
    &say::SAY_DIGITS,
    &say::SAY_NUMBER,
    &dtmf::SEND_DTMF,
    &mf::SEND_MF,
    &text::SEND_TEXT,
    &set::SET,
    &others::SOFT_HANGUP,
    &gosub::STACK_POP,
    &music::START_MUSIC_ON_HOLD,
    &music::STOP_MUSIC_ON_HOLD,
    &play_tones::STOP_PLAY_TONES,
    &system::SYSTEM,
    &transfer::TRANSFER,
    &exec::TRY_EXEC,
    &system::TRY_SYSTEM,
    &user_event::USER_EVENT,
    &verbose::VERBOSE,
    &wait::WAIT,
    &wait_exten::WAIT_EXTEN,
    &while_loop::WHILE,
];

/// The application of this name.
pub fn find(name: &str) -> Option<&'static Application> {
    let index = ALL.binary_search_by(|known| lower(known.name).cmp(lower(name)));
    index.ok().and_then(|index| ALL.get(index)).copied()
}

fn lower(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().map(|byte| byte.to_ascii_lowercase())
}

/// What the switch can do, for a dialplan being loaded.
#[derive(Clone, Copy, Debug)]
pub struct Vocabulary;

impl dialplan::Known for Vocabulary {
    fn application(&self, name: &str) -> bool {
        find(name).is_some()
    }

    fn function(&self, name: &str) -> bool {
        crate::function::exists(name)
    }
}

/// An application being called: its arguments, variables already put in.
#[derive(Clone, Debug)]
pub struct Call {
    /// The whole text.
    pub(crate) data: String,
}

impl Call {
    pub(crate) fn new(data: &str) -> Self {
        Self {
            data: data.to_owned(),
        }
    }

    /// The arguments, split at commas.
    pub(crate) fn arguments(&self) -> Vec<String> {
        dialplan::arguments(&self.data)
    }

    /// The first argument, which may be the only one.
    pub(crate) fn first(&self) -> String {
        self.arguments().into_iter().next().unwrap_or_default()
    }
}

/// What an application says to do next.
#[derive(Debug)]
pub(crate) enum Step {
    /// Wait: it will be told what happens.
    Wait(Box<dyn Waiting>),
    /// Wait, and run a subroutine first: `[[context^]exten^]priority[(arguments)]`.
    Call(Box<dyn Waiting>, String),
    /// Go on with the next priority.
    Done,
    /// Go on elsewhere.
    Goto(Place),
    /// End the call.
    Hangup,
}

/// An application that waits for something to happen.
pub(crate) trait Waiting: Any + fmt::Debug + Send {
    /// Something happened to the channel. It says what to do next; mostly to go on waiting.
    fn on(self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn applications_are_declared_once_in_order() {
        let names: Vec<_> = ALL
            .iter()
            .map(|known| known.name.to_ascii_lowercase())
            .collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(names, sorted);
        assert_eq!(find("dIAL").map(|found| found.name), Some("Dial"));
        assert!(find("NoSuch").is_none());
    }
}
