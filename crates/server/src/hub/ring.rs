//! The events that can be read again, by the batch.

use super::Batch;
use std::collections::VecDeque;
use std::sync::Arc;

/// How much the ring keeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Events.
    pub(crate) events: usize,
    /// Their weight, in bytes: an estimate of what they and their rendering take.
    pub(crate) bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            events: 65_536,
            bytes: 128 << 20,
        }
    }
}

pub(super) struct Ring {
    pub(super) batches: VecDeque<Arc<Batch>>,
    /// So many batches have left it.
    pub(super) left: u64,
    pub(super) events: usize,
    /// Their weight.
    pub(super) bytes: usize,
    /// The number of the next event.
    pub(super) next: u64,
}

impl Default for Ring {
    fn default() -> Self {
        Self {
            batches: VecDeque::new(),
            left: 0,
            events: 0,
            bytes: 0,
            next: 1,
        }
    }
}

impl Ring {
    /// The number of the first event that can be read.
    pub(super) fn oldest(&self) -> u64 {
        self.batches
            .front()
            .map_or(self.next, |batch| batch.first())
    }

    /// Where among the batches the one with this event stands; right away where it is the batch of this
    /// number, counted from the first there was.
    pub(super) fn index(&self, next: u64, batch: u64) -> usize {
        let index = usize::try_from(batch.saturating_sub(self.left)).unwrap_or(usize::MAX);
        let guessed = self.batches.get(index);
        if guessed.is_some_and(|batch| (batch.first()..batch.end()).contains(&next)) {
            return index;
        }
        self.batches.partition_point(|batch| batch.end() <= next)
    }

    /// Takes a batch in, and the oldest out that are too many.
    pub(super) fn push(&mut self, batch: Arc<Batch>, bounds: Bounds) {
        self.events += batch.len();
        self.bytes += batch.weight;
        self.next = batch.end();
        self.batches.push_back(batch);
        while self.batches.len() > 1 && (self.events > bounds.events || self.bytes > bounds.bytes) {
            if let Some(oldest) = self.batches.pop_front() {
                self.left += 1;
                self.events -= oldest.len();
                self.bytes -= oldest.weight;
            }
        }
    }
}
