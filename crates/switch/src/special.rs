//! The extensions a call goes to when something does not go on as it should: `i` (invalid), `t` (no
//! digits), `T` (it lasted too long), `e` (any of these).

use crate::Switch;
use crate::app::Step;
use crate::channel::Frame;
use crate::memory::Exception;
use crate::place::Place;
use model::ChannelId;
use std::sync::Arc;

impl Switch {
    /// What was dialled is no extension: goes to `i` or `e`, or the call ends.
    pub(crate) fn go_invalid(&mut self, id: ChannelId, exten: &str) -> Step {
        if let Some(place) = self.special(id, "i") {
            self.set_variable(id, "INVALID_EXTEN", exten);
            return Step::Goto(place);
        }
        self.go_exception(id, "INVALID")
    }

    /// Nothing was dialled in time: goes to `t` or `e`, or the call ends.
    pub(crate) fn go_timeout(&mut self, id: ChannelId) -> Step {
        match self.special(id, "t") {
            Some(place) => Step::Goto(place),
            None => self.go_exception(id, "RESPONSETIMEOUT"),
        }
    }

    /// Something went wrong: goes to `e`, which may ask EXCEPTION what, or the call ends.
    pub(crate) fn go_exception(&mut self, id: ChannelId, reason: &str) -> Step {
        let Some(place) = self.special(id, "e") else {
            return Step::Hangup;
        };
        let Some(channel) = self.channels.get_mut(&id) else {
            return Step::Hangup;
        };
        let came_from = Place {
            context: Arc::clone(&channel.context),
            exten: Arc::clone(&channel.exten),
            priority: channel.priority,
        };
        if came_from.exten == place.exten {
            // What goes wrong in `e` itself ends the call.
            return Step::Hangup;
        }
        channel.memory.exception = Some(Exception {
            place: came_from,
            reason: reason.into(),
        });
        Step::Goto(place)
    }

    /// The call has lasted as long as it may: goes to `T` or `e`, or ends.
    pub(crate) fn absolute_timeout(&mut self, id: ChannelId) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        channel.absolute = None;
        let mut frames = channel.run.iter();
        if !frames.any(|frame| matches!(frame, Frame::Dialplan)) {
            return self.hang_up(id, None);
        }
        let step = match self.special(id, "T") {
            Some(place) => Step::Goto(place),
            None => self.go_exception(id, "ABSOLUTETIMEOUT"),
        };
        match step {
            Step::Goto(place) if self.send_to(id, place.clone()) => {}
            Step::Goto(_) | Step::Hangup | Step::Done | Step::Wait(_) | Step::Call(..) => {
                self.hang_up(id, None);
            }
        }
    }

    /// Where a special extension of the channel's context begins, if it has it.
    fn special(&self, id: ChannelId, exten: &str) -> Option<Place> {
        let channel = self.channels.get(&id)?;
        let place = Place {
            context: Arc::clone(&channel.context),
            exten: exten.into(),
            priority: 1,
        };
        self.is_place(id, &place).then_some(place)
    }

    /// Whether a channel may go to a place.
    pub(crate) fn is_place(&self, id: ChannelId, place: &Place) -> bool {
        let caller = self
            .channels
            .get(&id)
            .and_then(|channel| channel.caller.number.clone());
        self.config.dialplan.exists(
            &place.context,
            &place.exten,
            place.priority,
            &caller.unwrap_or_default(),
            &self.local_time(),
        )
    }
}
