//! The rest of a long answer, which somebody with time to spare puts in words, a part at a time.

use crate::session::Pieces;
use ami::raw;

/// So many bytes are put in words at a time: some 300 µs of work, against which it costs little to hand them on.
const PART: usize = 256 * 1024;
/// Room for the last piece of a part.
const MARGIN: usize = 4 * 1024;

/// The rest of a long answer.
#[derive(Debug)]
pub struct Listing {
    pieces: Pieces,
    /// What is in words and not given yet.
    part: Vec<u8>,
    has_more: bool,
}

impl Listing {
    pub(crate) fn new(pieces: Pieces) -> Box<Self> {
        Box::new(Self {
            pieces,
            part: Vec::new(),
            has_more: true,
        })
    }

    /// Puts a part of it in words.
    pub fn write_on(&mut self) {
        self.part.reserve(PART + MARGIN);
        while self.part.len() < PART {
            let Some(piece) = self.pieces.next() else {
                self.has_more = false;
                return;
            };
            raw::encode(piece.message(), &mut self.part);
        }
    }

    /// Adds what is in words to `bytes`.
    pub(crate) fn give(&mut self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            *bytes = std::mem::take(&mut self.part);
        } else {
            bytes.append(&mut self.part);
        }
    }

    /// Whether there is more to put in words.
    pub(crate) const fn has_more(&self) -> bool {
        self.has_more
    }
}
