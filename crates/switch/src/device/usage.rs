//! What the channels of a device do, counted, so that its state costs the same however many there are.

use crate::channel::Channel;
use model::{ChannelId, ChannelState};
use std::collections::BTreeMap;

/// What a channel does, as far as the state of its device goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Nothing yet.
    Down,
    Ringing,
    Talking,
    /// Whoever it talks with has put it on hold.
    Held,
}

impl Use {
    pub(super) fn of(channel: &Channel) -> Self {
        if channel.state == ChannelState::Down {
            Self::Down
        } else if channel.state == ChannelState::Ringing {
            Self::Ringing
        } else if channel.held {
            Self::Held
        } else {
            Self::Talking
        }
    }
}

/// The channels of a device.
#[derive(Debug, Default)]
pub(super) struct Usage {
    channels: BTreeMap<ChannelId, Use>,
    pub(super) ringing: usize,
    pub(super) talking: usize,
    pub(super) held: usize,
}

impl Usage {
    pub(super) fn set(&mut self, id: ChannelId, now: Use) {
        let before = self.channels.insert(id, now);
        if let Some(counter) = before.and_then(|before| self.counter(before)) {
            *counter -= 1;
        }
        if let Some(counter) = self.counter(now) {
            *counter += 1;
        }
    }

    pub(super) fn remove(&mut self, id: ChannelId) {
        let before = self.channels.remove(&id);
        if let Some(counter) = before.and_then(|before| self.counter(before)) {
            *counter -= 1;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.channels.is_empty()
    }

    /// The channels in use: all but those that do nothing yet.
    pub(super) fn calls(&self) -> usize {
        self.ringing + self.talking + self.held
    }

    fn counter(&mut self, of: Use) -> Option<&mut usize> {
        match of {
            Use::Down => None,
            Use::Ringing => Some(&mut self.ringing),
            Use::Talking => Some(&mut self.talking),
            Use::Held => Some(&mut self.held),
        }
    }
}
