//! What a leg hears of its far end.

use crate::packet::Packet;
use crate::{Format, Remote};

/// What a leg said, for its listeners.
pub(crate) struct Speech<'a> {
    pub(super) packet: Packet<'a>,
    pub(super) kind: Kind,
}

impl Speech<'_> {
    /// What is said, but for digits.
    pub(crate) fn samples(&self) -> Option<Vec<i16>> {
        match self.kind {
            Kind::Sound(format) => Some(format.decode(self.packet.payload)),
            Kind::Digit => None,
        }
    }

    /// Part of a digit, not of what is said.
    pub(crate) fn is_digit(&self) -> bool {
        matches!(self.kind, Kind::Digit)
    }
}

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Sound(Format),
    Digit,
}

impl Remote {
    /// What a payload type means: as agreed on, or by RFC 3551 for a far end that changes between
    /// the two formats.
    pub(super) fn kind(&self, payload_type: u8) -> Option<Kind> {
        if payload_type == self.payload_type {
            Some(Kind::Sound(self.format))
        } else if self.telephone_event == Some(payload_type) {
            Some(Kind::Digit)
        } else {
            Format::of_payload_type(payload_type).map(Kind::Sound)
        }
    }
}
