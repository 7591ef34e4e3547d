//! Places in the order of events, told to who asks for them: `Sequence: RUN/SEQ` on every event, on
//! responses and at the end of lists. All events up to there have been told before; what follows
//! comes after it.

use super::{Asked, Output, Piece, Pieces, Session};
use crate::Resumed;
use crate::record::SEQUENCE;
use ami::{Message, response};
use model::{Mark, Token};

impl Session {
    /// Whether it is told places: it said so, or its account does.
    pub(crate) fn is_numbered(&self) -> bool {
        self.member()
            .is_some_and(|member| member.numbered.unwrap_or(member.user.sequence))
    }

    /// Resume is answered, and what happened since is told.
    pub(super) fn on_resumed(&mut self, asked: Asked, resumed: Resumed) {
        self.heard = resumed.place;
        let answer = response::done(&asked.id, "Events will follow");
        self.answer(asked.token, [answer]);
        self.tell_missed(resumed);
    }

    /// What is gone between where the client was and where it goes on.
    pub(crate) fn tell_missed(&mut self, resumed: Resumed) {
        if let Some(missed) = resumed.missed {
            self.miss(missed);
        }
    }

    /// From where on it will be given events.
    pub(crate) fn go_on_from(&mut self, place: Mark) {
        self.heard = place;
    }

    /// Puts out an answer that holds as of this place.
    pub(super) fn put_answer(&mut self, token: Token, place: Mark, pieces: Pieces) {
        let pieces = if self.is_numbered() {
            numbered(place, pieces)
        } else {
            pieces
        };
        self.put(Output::Answer { token, pieces });
    }
}

/// An answer with its place: at its first and last message, as items of lists have none, and the place
/// of each event in it.
pub(super) fn numbered(place: Mark, mut pieces: Pieces) -> Pieces {
    let ready = pieces.ready();
    let last = ready.len().saturating_sub(1);
    for (index, piece) in ready.iter_mut().enumerate() {
        match piece {
            Piece::Event(told) => *piece = Piece::Message(told.numbered()),
            Piece::Message(message) if index == 0 || index == last => {
                message.insert(head(message), SEQUENCE, place);
            }
            Piece::Message(_) => {}
        }
    }
    pieces
}

/// So many headers stand before the place: what it is, and what the client calls it.
fn head(message: &Message) -> usize {
    let named = message.iter().nth(1);
    1 + usize::from(named.is_some_and(|(name, _)| name == "ActionID"))
}
