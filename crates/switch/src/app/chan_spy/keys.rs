//! What the keys do that are pressed by who spies.

use super::options::Mode;
use super::target::Target;
use super::{Spying, Stage, Turn};
use crate::Switch;
use crate::app::Step;
use crate::place::Place;
use crate::scope::ChannelScope;
use dialplan::Scope as _;
use model::ChannelId;
use std::sync::Arc;

/// A name has no more digits than these.
const MOST: usize = 80;

impl Spying {
    pub(super) fn on_key(
        mut self: Box<Self>,
        switch: &mut Switch,
        id: ChannelId,
        key: char,
    ) -> Step {
        if let Some(place) = self.exit(switch, id, key) {
            self.leave(switch, id);
            switch.set_variable(id, "SPY_CHANNEL", &self.heard);
            return Step::Goto(place);
        }
        if self.options.exit == Some(key) && matches!(self.stage, Stage::Listening(_)) {
            self.leave(switch, id);
            return Step::Done;
        }
        match self.turn(switch, id, key) {
            Turn::Stay => Step::Wait(self),
            Turn::Next => self.go_on(switch, id),
            Turn::Choose(spyee) => self.turn_to(switch, id, spyee),
        }
    }

    /// `X`: where a key leads that is an extension.
    fn exit(&self, switch: &mut Switch, id: ChannelId, key: char) -> Option<Place> {
        if !self.options.exits_to_extensions {
            return None;
        }
        let own = Arc::clone(&switch.channels.get(&id)?.context);
        let named = ChannelScope::new(switch, id).variable("SPY_EXIT_CONTEXT");
        let named = named.filter(|context| !context.is_empty());
        let place = Place {
            context: named.map_or(own, Into::into),
            exten: key.to_string().into(),
            priority: 1,
        };
        switch.is_place(id, &place).then_some(place)
    }

    fn turn(&mut self, switch: &mut Switch, id: ChannelId, key: char) -> Turn {
        if key == self.options.next {
            return Turn::Next;
        }
        if self.options.keys_change_mode
            && let Some(mode) = Mode::of_key(key)
        {
            self.mode = mode;
            let (hears, speaks) = mode.sound(self.options.only_incoming);
            switch.change_spying(id, hears, speaks);
            return Turn::Stay;
        }
        match key {
            '#' if !self.typed.is_empty() => {
                let typed = std::mem::take(&mut self.typed);
                let chosen = self.target.typed(&typed);
                let chosen = chosen.and_then(|one| one.next(switch, id, &self.options, None));
                chosen.map_or(Turn::Stay, Turn::Choose)
            }
            '#' => {
                self.volume = if self.volume < 4 { self.volume + 1 } else { -4 };
                switch.set_spying_volume(id, self.volume);
                Turn::Stay
            }
            '0'..='9' if self.takes_names() && self.typed.len() < MOST => {
                self.typed.push(key);
                Turn::Stay
            }
            _ => Turn::Stay,
        }
    }

    /// Whether digits are those of a channel's name.
    fn takes_names(&self) -> bool {
        let overridden = self.options.keys_change_mode || self.options.exits_to_extensions;
        !overridden && matches!(self.target, Target::Prefix(_))
    }
}
