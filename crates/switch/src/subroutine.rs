//! Subroutines of the dialplan: where they return to, their arguments and local variables.

use crate::Switch;
use crate::memory::Subroutine;
use crate::place::Place;
use model::{ChannelId, Event};
use std::sync::Arc;

/// How deep subroutines may call others.
const DEPTH: usize = 512;

impl Switch {
    /// Begins a subroutine. False if that is one too many.
    pub(crate) fn enter_subroutine(
        &mut self,
        id: ChannelId,
        return_to: Place,
        arguments: &[String],
    ) -> bool {
        let Some(channel) = self.channels.get_mut(&id) else {
            return false;
        };
        let frames = &mut channel.memory.subroutines;
        if frames.len() == DEPTH {
            tracing::warn!(channel = %channel.name, "Subroutines call others more than {DEPTH} deep");
            return false;
        }
        let outer = frames.last().map_or(0, |frame| frame.arguments);
        frames.push(Subroutine {
            return_to,
            locals: Vec::new(),
            arguments: arguments.len().max(outer),
        });
        // Arguments of the outer one that are not given are hidden too.
        for index in 0..arguments.len().max(outer) {
            let value = arguments.get(index).map_or("", String::as_str);
            self.set_local(id, &format!("ARG{}", index + 1), value);
        }
        self.set_local(id, "ARGC", &arguments.len().to_string());
        true
    }

    /// Ends the innermost subroutine: its variables are forgotten. Where it returns to.
    pub(crate) fn leave_subroutine(&mut self, id: ChannelId) -> Option<Place> {
        let channel = self.channels.get_mut(&id)?;
        let frame = channel.memory.written()?.subroutines.pop()?;
        for name in frame.locals.iter().rev() {
            self.forget_variable(id, name);
        }
        Some(frame.return_to)
    }

    /// Sets a variable of the innermost subroutine.
    pub(crate) fn set_local(&mut self, id: ChannelId, name: &str, value: &str) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let Some(frame) = channel.memory.subroutines.last_mut() else {
            return;
        };
        if frame.locals.iter().any(|known| &**known == name) {
            channel.variables.set(name, value);
        } else {
            frame.locals.push(Arc::from(name));
            channel.variables.hide(name, value);
        }
        self.tell_variable(id, &format!("LOCAL({name})"), value);
    }

    /// Removes the newest variable of this name and tells it as empty.
    pub(crate) fn forget_variable(&mut self, id: ChannelId, name: &str) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        channel.variables.remove(name);
        self.tell_variable(id, name, "");
    }

    /// Tells that a channel's variable has a value.
    pub(crate) fn tell_variable(&mut self, id: ChannelId, name: &str, value: &str) {
        // Variables are told with the place that was told last.
        let channel = self.snapshot_where_told(id);
        self.tell(Event::VarSet {
            channel,
            variable: name.into(),
            value: value.into(),
        });
    }
}
