//! Dial's `p` and `P`, after the answer: whoever answered hears who calls, and chooses by a key.

use super::privacy::turn_away;
use super::{Dial, Stage, fail};
use crate::Switch;
use crate::app::{Step, Waiting};
use crate::channel::Frame;
use crate::happening::{Happening, Progress};
use model::{ChannelId, DialStatus, PlayId};
use std::sync::Arc;

/// Who chooses.
#[derive(Debug)]
pub(super) struct Choosing {
    dest: ChannelId,
}

/// Whoever answered hears what there is to choose. Who called is told the choice.
#[derive(Debug)]
struct Asked {
    play: PlayId,
    /// What is heard again if no key was pressed that means something.
    question: [Arc<str>; 2],
    keys: &'static str,
    attempts: u32,
    reports_to: ChannelId,
}

/// So often the question is heard.
const ATTEMPTS: u32 = 3;

impl Waiting for Asked {
    fn on(mut self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        if *happening == Happening::HungUp {
            switch.stop_play(Some(self.play));
            self.tell(switch, id, None);
            return Step::Hangup;
        }
        let key = if let Happening::Digit(digit) = happening {
            Some(*digit).filter(|digit| self.keys.contains(*digit))
        } else if happening.is_end_of(self.play) {
            None
        } else {
            return Step::Wait(self);
        };
        self.attempts -= 1;
        if key.is_none() && self.attempts > 0 {
            switch.stop_play(Some(self.play));
            self.play = switch.play(id, self.question.to_vec(), false);
            return Step::Wait(self);
        }
        switch.stop_play(Some(self.play));
        self.tell(switch, id, key);
        Step::Wait(self)
    }
}

impl Asked {
    fn tell(&self, switch: &mut Switch, by: ChannelId, key: Option<char>) {
        switch.happen(self.reports_to, Happening::Chosen { by, key });
    }
}

impl Dial {
    /// Asks whoever answered, if the caller is screened.
    pub(super) fn ask(
        mut self: Box<Self>,
        switch: &mut Switch,
        id: ChannelId,
        dest: ChannelId,
    ) -> Step {
        let Some(screened) = &self.screened else {
            return self.announce(switch, id, dest);
        };
        let (question, keys) = if screened.keeps {
            ("priv-callee-options", "12345")
        } else {
            ("screen-callee-options", "1234")
        };
        let introduction = Arc::clone(&screened.introduction);
        let files = vec!["priv-callpending".into(), introduction, question.into()];
        if self.request.options.music.is_none() {
            switch.indicate(id, Progress::Ringing);
        }
        let play = switch.play(dest, files, false);
        if let Some(channel) = switch.channels.get_mut(&dest) {
            channel.run.push(Frame::Application(Box::new(Asked {
                play,
                question: ["vm-sorry".into(), question.into()],
                keys,
                attempts: ATTEMPTS,
                reports_to: id,
            })));
        }
        self.stage = Stage::Choosing(Choosing { dest });
        Step::Wait(self)
    }

    pub(super) fn on_choosing(
        self: Box<Self>,
        switch: &mut Switch,
        id: ChannelId,
        happening: &Happening,
    ) -> Step {
        let Stage::Choosing(Choosing { dest }) = self.stage else {
            return Step::Wait(self);
        };
        if *happening == Happening::HungUp {
            switch.hang_up(dest, None);
            self.forget_introduction(switch, false);
            return Step::Hangup;
        }
        if let Happening::Chosen { by, key } = *happening
            && by == dest
        {
            return self.chosen(switch, id, dest, key);
        }
        Step::Wait(self)
    }

    /// The called party has chosen; who does not is taken not to be there.
    fn chosen(
        self: Box<Self>,
        switch: &mut Switch,
        id: ChannelId,
        dest: ChannelId,
        key: Option<char>,
    ) -> Step {
        self.forget_introduction(switch, true);
        switch.stop_music(id);
        switch.stop_tones(id);
        let keep = |switch: &mut Switch, choice: &str| {
            let screened = self.screened.as_ref();
            if let Some(path) = screened.and_then(|screened| screened.path.as_deref()) {
                switch.store(path, choice);
            }
        };
        if let Some(channel) = switch.channels.get_mut(&dest) {
            channel.run.clear();
        }
        match key {
            Some('1') => {
                keep(switch, "allow");
                return self.announce(switch, id, dest);
            }
            Some('2') => keep(switch, "deny"),
            Some('3') => keep(switch, "torture"),
            Some('4') => keep(switch, "kill"),
            // From the next time on.
            Some('5') => keep(switch, "allow"),
            Some(_) | None => {}
        }
        switch.release(dest);
        match key {
            Some('3') => turn_away(switch, id, "TORTURE"),
            Some('4') => turn_away(switch, id, "DONTCALL"),
            Some(_) | None => fail(switch, id, DialStatus::NoAnswer),
        }
    }
}
