//! Dial's `A`: a file for whoever answered, and one for the caller, before they talk.

use super::{Dial, Stage, fail};
use crate::Switch;
use crate::app::{Step, Waiting};
use crate::channel::Frame;
use crate::happening::{Happening, Progress};
use crate::place::Place;
use model::{ChannelId, DialStatus, PlayId};
use std::sync::Arc;

/// Who still hears a file.
#[derive(Debug)]
pub(super) struct Announcing {
    dest: ChannelId,
    called: bool,
    calling: Option<PlayId>,
}

/// Whoever answered hears a file. Who called is told when it ends, and lets the channel go on.
#[derive(Debug)]
struct Hearing {
    play: PlayId,
    reports_to: ChannelId,
}

impl Waiting for Hearing {
    fn on(self: Box<Self>, switch: &mut Switch, id: ChannelId, happening: &Happening) -> Step {
        let hung_up = *happening == Happening::HungUp;
        if hung_up || happening.is_end_of(self.play) {
            let over = Happening::Subroutine {
                of: id,
                completed: !hung_up,
            };
            switch.happen(self.reports_to, over);
        }
        if hung_up {
            switch.stop_play(Some(self.play));
            return Step::Hangup;
        }
        Step::Wait(self)
    }
}

impl Dial {
    /// Plays what there is to play, or goes on at once.
    pub(super) fn announce(
        mut self: Box<Self>,
        switch: &mut Switch,
        id: ChannelId,
        dest: ChannelId,
    ) -> Step {
        let Some((called, calling)) = self.request.options.announcements.take() else {
            return self.screen(switch, id, dest);
        };
        let announcing = Announcing {
            dest,
            called: hear(switch, dest, id, &called),
            calling: (!calling.is_empty()).then(|| {
                switch.indicate(id, Progress::EarlyMedia);
                switch.play(id, files(&calling), false)
            }),
        };
        if !announcing.called && announcing.calling.is_none() {
            return self.screen(switch, id, dest);
        }
        self.stage = Stage::Announcing(announcing);
        Step::Wait(self)
    }

    pub(super) fn on_announcing(
        mut self: Box<Self>,
        switch: &mut Switch,
        id: ChannelId,
        happening: &Happening,
    ) -> Step {
        let Stage::Announcing(announcing) = &mut self.stage else {
            return Step::Wait(self);
        };
        let dest = announcing.dest;
        match happening {
            Happening::HungUp => {
                switch.stop_play(announcing.calling);
                switch.hang_up(dest, None);
                return Step::Hangup;
            }
            Happening::Subroutine {
                of,
                completed: false,
            } if *of == dest => {
                switch.stop_play(announcing.calling);
                return fail(switch, id, DialStatus::NoAnswer);
            }
            Happening::Subroutine { of, .. } if *of == dest => {
                announcing.called = false;
                if let Some(channel) = switch.channels.get_mut(&dest) {
                    channel.run.clear();
                }
            }
            Happening::Played { play, .. } if announcing.calling == Some(*play) => {
                announcing.calling = None;
            }
            Happening::Timer(_)
            | Happening::Digit(_)
            | Happening::Played { .. }
            | Happening::Dialed(..)
            | Happening::Unbridged
            | Happening::PickedUp { .. }
            | Happening::SentAway(_)
            | Happening::Forwarded { .. }
            | Happening::Controlled(_)
            | Happening::SpyeeEnded(_)
            | Happening::Chosen { .. }
            | Happening::Ran(..)
            | Happening::Originated(_)
            | Happening::Subroutine { .. } => {}
        }
        if announcing.called || announcing.calling.is_some() {
            return Step::Wait(self);
        }
        self.screen(switch, id, dest)
    }
}

/// Begins a file for whoever answered. False if there is none.
fn hear(switch: &mut Switch, dest: ChannelId, reports_to: ChannelId, names: &str) -> bool {
    if names.is_empty() {
        return false;
    }
    let play = switch.play(dest, files(names), false);
    let Some(channel) = switch.channels.get_mut(&dest) else {
        return false;
    };
    let hearing = Box::new(Hearing { play, reports_to });
    channel.run.push(Frame::Application(hearing));
    true
}

fn files(names: &str) -> Vec<Arc<str>> {
    let names = names.split('&').map(str::trim);
    names
        .filter(|name| !name.is_empty())
        .map(Arc::from)
        .collect()
}

impl Switch {
    /// Where a key pressed while it rings leads, if anywhere.
    pub(super) fn exit_place(&self, id: ChannelId, digit: char) -> Option<Place> {
        let channel = self.channels.get(&id)?;
        let named = channel.variables.value("EXITCONTEXT");
        let named = named.filter(|context| !context.is_empty());
        let place = Place {
            context: Arc::clone(named.unwrap_or(&channel.context)),
            exten: digit.to_string().into(),
            priority: 1,
        };
        self.is_place(id, &place).then_some(place)
    }
}
