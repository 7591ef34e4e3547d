//! What an answer is made of, in words as it is written: a list may be long, and others wait.

use crate::Told;
use ami::Message;
use std::fmt;
use std::sync::Arc;

/// A message to write.
#[derive(Clone, Debug)]
pub enum Piece {
    /// A response, or what belongs to it.
    Message(Message),
    /// An event, shared with others.
    Event(Arc<Told>),
}

impl Piece {
    /// Its headers.
    pub fn message(&self) -> &Message {
        match self {
            Self::Message(message) => message,
            Self::Event(told) => &told.message,
        }
    }
}

/// The messages of an answer, in order. Items of a long list are put in words as they are taken.
#[derive(Debug, Default)]
pub struct Pieces {
    ready: std::vec::IntoIter<Piece>,
    /// They stand before the last of those that are ready.
    items: Option<Items>,
}

struct Items(Box<dyn Iterator<Item = Message> + Send + Sync>);

impl Pieces {
    /// So many may be put in words before somebody else has a turn: some 20 µs of work.
    pub const A_TURN: usize = 16;

    /// A list: its start, its items and its end.
    pub(crate) fn list(
        start: Message,
        items: impl Iterator<Item = Message> + Send + Sync + 'static,
        end: Message,
    ) -> Self {
        let ready = vec![Piece::Message(start), Piece::Message(end)];
        Self {
            ready: ready.into_iter(),
            items: Some(Items(Box::new(items))),
        }
    }

    /// Those that are in words.
    pub(super) fn ready(&mut self) -> &mut [Piece] {
        self.ready.as_mut_slice()
    }

    /// The first message: what came of the action.
    pub fn first(&self) -> Option<&Message> {
        self.ready.as_slice().first().map(Piece::message)
    }
}

impl From<Vec<Piece>> for Pieces {
    fn from(pieces: Vec<Piece>) -> Self {
        Self {
            ready: pieces.into_iter(),
            items: None,
        }
    }
}

impl From<Vec<Message>> for Pieces {
    fn from(messages: Vec<Message>) -> Self {
        let pieces: Vec<_> = messages.into_iter().map(Piece::Message).collect();
        pieces.into()
    }
}

impl Iterator for Pieces {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        if self.ready.len() == 1
            && let Some(Items(items)) = &mut self.items
            && let Some(item) = items.next()
        {
            return Some(Piece::Message(item));
        }
        self.ready.next()
    }
}

impl fmt::Debug for Items {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Items")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_stand_between_the_start_and_the_end() {
        let message = |text: &str| Message::new().with("Event", text);
        let items = ["a", "b"].map(message).into_iter();
        let pieces = Pieces::list(message("start"), items, message("end"));
        assert_eq!(pieces.first(), Some(&message("start")));
        let told: Vec<_> = pieces
            .map(|piece| {
                piece
                    .message()
                    .first("Event")
                    .unwrap_or_default()
                    .to_owned()
            })
            .collect();
        assert_eq!(told, ["start", "a", "b", "end"]);
    }
}
