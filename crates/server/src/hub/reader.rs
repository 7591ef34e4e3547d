//! Who reads the ring, at its own pace.

use super::{Batch, Hub, PLACE};
use ami::Classes;
use manager::{Missed, Why};
use model::{Mark, Seq};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// A reader's place in the ring.
pub(crate) struct Reader {
    pub(super) hub: Arc<Hub>,
    pub(super) next: u64,
    /// The number of the batch that event is in, as far as it is known.
    pub(super) batch: u64,
}

impl Reader {
    /// The next batch and the number to read it from; `None` when all is read.
    pub(crate) fn read(&mut self) -> Result<Option<(Arc<Batch>, u64)>, Missed> {
        self.read_if(|_| true)
    }

    /// The next batch with something for who may hear these; what is before it is passed over, as it
    /// would be event by event.
    pub(crate) fn read_for(
        &mut self,
        may_hear: Classes,
    ) -> Result<Option<(Arc<Batch>, u64)>, Missed> {
        self.read_if(|batch| batch.is_for(may_hear))
    }

    fn read_if(
        &mut self,
        wanted: impl Fn(&Batch) -> bool,
    ) -> Result<Option<(Arc<Batch>, u64)>, Missed> {
        if !self.is_behind() {
            return Ok(None);
        }
        let ring = self.hub.ring();
        let oldest = ring.oldest();
        if oldest > self.next {
            let run = self.hub.run;
            let from = run.at(Seq(self.next));
            self.next = oldest;
            return Err(Missed {
                from,
                to: run.at(Seq(oldest - 1)),
                why: Why::Lagged,
            });
        }
        let index = ring.index(self.next, self.batch);
        self.batch = ring.left + index as u64;
        let mut found = None;
        for batch in ring.batches.range(index..) {
            let from = std::mem::replace(&mut self.next, batch.end());
            self.batch += 1;
            if wanted(batch) {
                found = Some((Arc::clone(batch), from));
                break;
            }
        }
        Ok(found)
    }

    /// Reads on to the end: how many events those are, and the classes they are of.
    pub(super) fn classes(&mut self) -> (usize, Vec<Classes>) {
        let mut count = 0;
        let mut classes = Vec::new();
        loop {
            match self.read() {
                Ok(None) => return (count, classes),
                Ok(Some((batch, from))) => {
                    count += usize::try_from(batch.end() - from).unwrap_or(PLACE);
                    for class in batch.classes() {
                        if !classes.contains(class) {
                            classes.push(*class);
                        }
                    }
                }
                // Everybody has events to miss then.
                Err(Missed { .. }) => count += PLACE,
            }
        }
    }

    /// Goes to the end without reading.
    pub(super) fn skip(&mut self) {
        self.next = self.hub.ring().next;
    }

    /// Whether there is something to read.
    pub(crate) fn is_behind(&self) -> bool {
        self.hub.next.load(Ordering::SeqCst) > self.next
    }

    /// Whether its place will soon be gone, if it does not go on: half of what is kept is behind it.
    pub(crate) fn is_far_behind(&self) -> bool {
        let ring = self.hub.ring();
        let bounds = self.hub.bounds;
        let half_full = ring.events >= bounds.events / 2 || ring.bytes >= bounds.bytes / 2;
        let behind = ring.next.saturating_sub(self.next);
        half_full && behind >= ring.events as u64 / 2
    }

    /// The last event that has been read.
    pub(crate) fn at(&self) -> Mark {
        self.hub.run.at(Seq(self.next - 1))
    }
}
