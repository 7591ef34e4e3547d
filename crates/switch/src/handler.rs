//! Hangup handlers: subroutines that a channel runs when it has ended, the newest first.
//!
//! They run after the `h` extension, on channels that execute no dialplan too, and return to the
//! next one.

use crate::Switch;
use crate::app::goto::place;
use crate::channel::{End, Frame};
use crate::place::Place;
use model::{ChannelId, Event, HandlerChange};
use std::sync::Arc;

/// How many a channel may have.
const MOST: usize = 32;

impl Switch {
    /// Adds a handler, `[[context,]exten,]priority[(arguments)]`. False if that is one too many.
    pub(crate) fn push_handler(&mut self, id: ChannelId, handler: &str) -> bool {
        let Some(channel) = self.channels.get_mut(&id) else {
            return false;
        };
        let handlers = &mut channel.memory.handlers;
        if handlers.len() == MOST {
            return false;
        }
        let text = complete(handler, &channel.context, &channel.exten);
        handlers.push(Arc::clone(&text));
        self.tell_handler(id, text, HandlerChange::Push);
        true
    }

    /// Removes the newest handler.
    pub(crate) fn pop_handler(&mut self, id: ChannelId) -> bool {
        let channel = self.channels.get_mut(&id);
        let Some(handler) = channel.and_then(|channel| channel.memory.written()?.handlers.pop())
        else {
            return false;
        };
        self.tell_handler(id, handler, HandlerChange::Pop);
        true
    }

    /// Begins the newest handler of a channel that has ended. False if there is none left.
    pub(crate) fn run_handler(&mut self, id: ChannelId) -> bool {
        while let Some(channel) = self.channels.get_mut(&id) {
            let Some(handler) = channel
                .memory
                .written()
                .and_then(|memory| memory.handlers.pop())
            else {
                return false;
            };
            channel.end = End::Requested;
            channel.dialer = None;
            channel.run.clear();
            self.tell_handler(id, Arc::clone(&handler), HandlerChange::Run);
            if self.begin_handler(id, &handler) {
                return true;
            }
            tracing::warn!(%handler, "A hangup handler is not there");
        }
        false
    }

    fn begin_handler(&mut self, id: ChannelId, handler: &str) -> bool {
        let (label, arguments) = dialplan::called(handler);
        let target = place(self, id, label).filter(|place| self.is_place(id, place));
        let Some(target) = target else {
            return false;
        };
        // There is no such priority: the channel ends there, or runs the next handler.
        let nowhere = Place {
            priority: 0,
            ..target.clone()
        };
        if !self.enter_subroutine(id, nowhere, &dialplan::arguments(arguments)) {
            return false;
        }
        self.go(id, target);
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.run.push(Frame::HangupExtension);
        }
        self.ready.push_back(id);
        true
    }

    fn tell_handler(&mut self, id: ChannelId, handler: Arc<str>, change: HandlerChange) {
        if let Some(channel) = self.snapshot(id) {
            self.tell(Event::HangupHandler {
                channel,
                handler,
                change,
            });
        }
    }
}

/// The handler with its context and extension, as seen from where it is added.
fn complete(handler: &str, context: &str, exten: &str) -> Arc<str> {
    let label = dialplan::called(handler).0;
    match label.split(',').count() {
        1 => format!("{context},{exten},{}", handler.trim()).into(),
        2 => format!("{context},{}", handler.trim()).into(),
        _ => handler.trim().into(),
    }
}
