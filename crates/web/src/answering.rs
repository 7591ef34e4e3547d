//! Long answers: they are put in words, and written in the form of a face, where nobody waits for that, a part
//! at a time.

use crate::exchange::Exchange;
use manager::{Piece, Pieces};
use model::Token;
use tokio::sync::oneshot;

/// So many messages are a part: some 300 µs of work, against which it costs little to hand them on.
const PART: usize = 256;

/// An answer that is put in words.
pub(crate) struct Answering {
    /// The action's.
    pub(crate) token: Token,
    /// What is in words.
    pub(crate) ready: Vec<Piece>,
    /// How many of those were there before the last part.
    before: usize,
    rest: Pieces,
    /// Whether nothing is left.
    pub(crate) is_whole: bool,
}

impl Answering {
    /// Begins with what may be put in words at once.
    pub(crate) fn begin(token: Token, pieces: Pieces) -> Box<Self> {
        let mut begun = Box::new(Self {
            token,
            ready: Vec::new(),
            before: 0,
            rest: pieces,
            is_whole: false,
        });
        begun.put_in_words(Pieces::A_TURN);
        begun
    }

    /// Has the next part put in words; an error if that fails.
    pub(crate) fn go_on(
        mut self: Box<Self>,
        exchange: &dyn Exchange,
    ) -> oneshot::Receiver<Box<Self>> {
        leave(exchange, move || {
            self.put_in_words(PART);
            self
        })
    }

    /// What was put in words last.
    pub(crate) fn last_part(&self) -> &[Piece] {
        self.ready.get(self.before..).unwrap_or_default()
    }

    fn put_in_words(&mut self, at_most: usize) {
        self.before = self.ready.len();
        self.ready.extend(self.rest.by_ref().take(at_most));
        self.is_whole = self.ready.len() - self.before < at_most;
    }
}

/// Writes the messages of an answer behind what is written already; nothing if that fails.
pub(crate) async fn write<T: Send + 'static>(
    exchange: &dyn Exchange,
    pieces: Vec<Piece>,
    mut out: T,
    write: fn(&Piece, &mut T),
) -> Option<T> {
    if pieces.len() <= Pieces::A_TURN {
        pieces.iter().for_each(|piece| write(piece, &mut out));
        return Some(out);
    }
    let mut pieces = pieces.into_iter();
    while pieces.len() > 0 {
        let part = leave(exchange, move || {
            let part = pieces.by_ref().take(PART);
            part.for_each(|piece| write(&piece, &mut out));
            (pieces, out)
        });
        (pieces, out) = part.await.ok()?;
    }
    Some(out)
}

/// Leaves work to others; gives what will come of it, an error if it fails.
fn leave<T: Send + 'static>(
    exchange: &dyn Exchange,
    work: impl FnOnce() -> T + Send + 'static,
) -> oneshot::Receiver<T> {
    let (done, result) = oneshot::channel();
    exchange.leave(Box::new(move || {
        let _ = done.send(work()); // Whoever wanted it may be gone.
    }));
    result
}
