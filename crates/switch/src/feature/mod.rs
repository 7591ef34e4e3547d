//! What is done to calls under way, from outside or by those who talk.

mod attended;
mod bridging;
mod command;
pub(crate) mod consultation;
mod dialling;
pub(crate) mod handover;
mod hold;
pub(crate) mod keys;
pub(crate) mod mapped;
mod message;
mod optimize;
mod redirect;
mod replace;
pub(crate) mod settings;
mod threeway;
pub(crate) mod transfer;

use model::Direction;

/// In which directions a channel's sound is cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mute {
    /// What comes in on it is heard by nobody.
    pub(crate) incoming: bool,
    /// It hears nobody.
    pub(crate) outgoing: bool,
}

impl Mute {
    pub(crate) fn set(&mut self, direction: Direction, mute: bool) {
        match direction {
            Direction::In => self.incoming = mute,
            Direction::Out => self.outgoing = mute,
            Direction::All => {
                *self = Self {
                    incoming: mute,
                    outgoing: mute,
                }
            }
        }
    }
}
