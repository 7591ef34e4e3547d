//! Bytes on their way to a client, and how long they have been.

use crate::budget::{Budget, Share};
use std::sync::Arc;
use std::time::Duration;

/// Bytes on their way to a client.
#[derive(Debug)]
pub(crate) struct Outgoing {
    bytes: Vec<u8>,
    sent: usize,
    /// The end of bytes that go in a segment of their own, if there are such.
    fence: Option<usize>,
    /// When the client was found to take nothing, if it has taken nothing since.
    refused: Option<Duration>,
    /// Of the memory for all.
    share: Share,
}

impl Outgoing {
    /// So many bytes and it is full: events wait then, and further actions. An answer is written
    /// nevertheless; there is never more than one.
    const LIMIT: usize = 256 * 1024;

    /// So much memory is kept when nothing is on its way: there are many sessions, most of them idle.
    const KEPT: usize = 4 * 1024;

    pub(crate) fn new(budget: &Arc<Budget>) -> Self {
        Self {
            bytes: Vec::new(),
            sent: 0,
            fence: None,
            refused: None,
            share: Share::of(budget),
        }
    }

    /// Adds bytes by calling `write`.
    pub(crate) fn add(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        write(&mut self.bytes);
        self.share.hold(self.bytes.len() - self.sent);
    }

    /// What has been added goes in a segment of its own.
    pub(crate) fn fence(&mut self) {
        self.fence.get_or_insert(self.bytes.len());
    }

    /// What can be written now: all, or what stands before a fence.
    pub(crate) fn unsent(&self) -> &[u8] {
        let end = self.fence.unwrap_or(self.bytes.len());
        self.bytes.get(self.sent..end).unwrap_or_default()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.share
            .is_full(self.bytes.len() - self.sent, Self::LIMIT)
    }

    /// What has not gone will not go.
    pub(crate) fn discard(&mut self) {
        self.bytes = Vec::new();
        self.sent = 0;
        self.fence = None;
        self.refused = None;
        self.share.hold(0);
    }

    /// The first `count` unsent bytes have gone.
    pub(crate) fn sent(&mut self, count: usize) {
        self.sent = self.bytes.len().min(self.sent + count);
        self.refused = None;
        if self.fence.is_some_and(|fence| self.sent >= fence) {
            self.fence = None;
        }
        if self.sent == self.bytes.len() {
            self.bytes.clear();
            if self.bytes.capacity() > Self::KEPT {
                self.bytes = Vec::new();
            }
            self.sent = 0;
        } else if self.sent >= Self::LIMIT {
            self.bytes.drain(..self.sent);
            self.fence = self.fence.map(|fence| fence - self.sent);
            self.sent = 0;
        }
        self.share.hold(self.bytes.len() - self.sent);
    }

    /// The client takes nothing now, in time since the process began. Bytes that nobody has tried to
    /// write yet are not its fault.
    pub(crate) fn refused(&mut self, now: Duration) {
        self.refused.get_or_insert(now);
    }

    /// When the client has taken nothing for so long; `None` if it takes what there is.
    pub(crate) fn deadline(&self, timeout: Duration) -> Option<Duration> {
        self.refused.map(|refused| refused + timeout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_before_a_fence_goes_alone() {
        let mut outgoing = Outgoing::new(&Arc::default());
        outgoing.add(|bytes| bytes.extend(b"abc"));
        outgoing.fence();
        outgoing.add(|bytes| bytes.extend(b"def"));
        assert_eq!(outgoing.unsent(), b"abc");
        outgoing.sent(2);
        assert_eq!(outgoing.unsent(), b"c");
        outgoing.sent(1);
        assert_eq!(outgoing.unsent(), b"def");
    }

    #[test]
    fn the_deadline_is_counted_from_when_it_was_refused_first() {
        let seconds = Duration::from_secs;
        let mut outgoing = Outgoing::new(&Arc::default());
        outgoing.add(|bytes| bytes.extend(b"abc"));
        assert_eq!(outgoing.deadline(seconds(1)), None, "nobody has tried");
        outgoing.refused(seconds(5));
        outgoing.add(|bytes| bytes.extend(b"def"));
        outgoing.refused(seconds(6));
        assert_eq!(outgoing.deadline(seconds(1)), Some(seconds(6)));
        outgoing.sent(4);
        assert_eq!(outgoing.unsent(), b"ef");
        assert_eq!(outgoing.deadline(seconds(1)), None);
        outgoing.refused(seconds(7));
        assert_eq!(outgoing.deadline(seconds(1)), Some(seconds(8)));
    }
}
