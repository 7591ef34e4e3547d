//! Long answers of a session: put in words in the background, so that nobody else waits for them.

use super::SessionTask;
use manager::{Close, Input};
use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll};

impl SessionTask {
    /// Goes on with a long answer, as its client takes it. The next part is put in words while this one is
    /// written. Whether there is something to be done at once.
    pub(super) fn poll_listing(&mut self, context: &mut Context<'_>) -> bool {
        let mut busy = false;
        if let Some(listing) = &mut self.listing
            && let Poll::Ready(listing) = Pin::new(listing).poll(context)
        {
            self.listing = None;
            busy = true;
            match listing {
                Ok(listing) => self.connection.give_listing(self.node.clock.now(), listing),
                // It is lost: the client must not take what it has for all.
                Err(_) => self.handle(Input::End(Close::Disconnected)),
            }
        }
        if let Some(mut listing) = self.connection.take_listing() {
            busy = true;
            self.listing = Some(self.node.background.run(move || {
                listing.write_on();
                listing
            }));
        }
        busy
    }
}
