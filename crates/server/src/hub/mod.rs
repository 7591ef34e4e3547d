//! The hub: one ring of numbered events, from which every reader reads at its own pace.
//!
//! The switch publishes a batch a turn and never waits: it puts the batch into the ring and tells
//! the ringer, a task that wakes those who wait for events, each of them once. The ring is bounded
//! by events and by their weight in bytes; the oldest batches leave first. A reader that was still
//! behind them is told how much it missed, and loses its own place only.

mod batch;
mod reader;
mod ring;

pub(crate) use batch::Batch;
pub(crate) use reader::Reader;
pub(crate) use ring::Bounds;

use crate::bell::{Bell, Bells};
use ami::Classes;
use manager::{Memory, Missed, Resumed, Style, Why};
use model::{Mark, Record, Run, Seq};
use ring::Ring;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use tokio::sync::Notify;

/// After so many events also those are woken who may hear none of them, lest they lose their place.
const PLACE: usize = 4096;

/// The ring and who waits for it.
pub(crate) struct Hub {
    run: Run,
    bounds: Bounds,
    style: RwLock<Arc<Style>>,
    /// Whether what happened is kept beside the words for it.
    keeps: AtomicBool,
    /// What events need of earlier ones. Who publishes holds it.
    memory: Mutex<Memory>,
    ring: Mutex<Ring>,
    /// The number of the next event, to be read without the ring.
    next: AtomicU64,
    ringer: Notify,
    bells: Arc<Bells>,
}

impl Hub {
    pub(crate) fn new(bounds: Bounds, style: Style) -> Arc<Self> {
        Arc::new(Self {
            run: style.run,
            bounds,
            style: RwLock::new(Arc::new(style)),
            keeps: AtomicBool::new(false),
            memory: Mutex::default(),
            ring: Mutex::default(),
            next: AtomicU64::new(1),
            ringer: Notify::new(),
            bells: Arc::default(),
        })
    }

    /// Wakes who waits for events, for as long as it is polled.
    pub(crate) async fn ring_bells(self: Arc<Self>) {
        let mut reader = self.subscribe();
        let mut unheard = 0;
        loop {
            self.ringer.notified().await;
            if !self.bells.are_listening() {
                reader.skip();
                continue;
            }
            let (events, classes) = reader.classes();
            unheard += events;
            if unheard < PLACE {
                self.bells.ring_for(&classes);
            } else {
                unheard = 0;
                self.bells.ring_for(&[Classes::NONE]);
            }
        }
    }

    /// Stores the events of a turn, and gives them as they are stored, if there are any.
    pub(crate) fn publish(&self, records: Vec<Record>) -> Option<Arc<Batch>> {
        if records.is_empty() {
            return None;
        }
        let style = Arc::clone(&self.style.read().unwrap_or_else(PoisonError::into_inner));
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let keeps = self.keeps.load(Ordering::Relaxed);
        let batch = Arc::new(Batch::new(records, style, &mut memory, keeps));
        let end = batch.end();
        self.ring().push(Arc::clone(&batch), self.bounds);
        // In one order with the arming of bells: either is seen by the other's owner.
        self.next.store(end, Ordering::SeqCst);
        self.ringer.notify_one();
        Some(batch)
    }

    /// Whether what happens from now on is kept beside the words for it, for [`Batch::happened`].
    pub(crate) fn keep(&self, keeps: bool) {
        self.keeps.store(keeps, Ordering::Relaxed);
    }

    /// How many events can be read again.
    pub(crate) fn kept(&self) -> usize {
        self.ring().events
    }

    /// Events published from now on are told so.
    pub(crate) fn restyle(&self, style: Style) {
        *self.style.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(style);
    }

    /// How events are told now.
    pub(crate) fn style(&self) -> Style {
        let style = self.style.read().unwrap_or_else(PoisonError::into_inner);
        Style::clone(&style)
    }

    /// A reader of everything published from now on.
    pub(crate) fn subscribe(self: &Arc<Self>) -> Reader {
        self.reader(self.ring().next)
    }

    /// A reader of what comes after this event. If some of it is gone already, it is told so.
    pub(crate) fn subscribe_after(self: &Arc<Self>, seq: Seq) -> Reader {
        self.reader(self.ring().next.min(seq.0 + 1))
    }

    /// A reader of what comes after this place, and what of that is gone already.
    pub(crate) fn resume(self: &Arc<Self>, after: Mark) -> (Reader, Resumed) {
        let ring = self.ring();
        let kept = self.run.at(Seq(ring.oldest() - 1));
        let last = self.run.at(Seq(ring.next - 1));
        drop(ring);
        let (place, gone) = if after > last {
            (last, Some(Why::Unknown))
        } else if after.run != self.run {
            (kept, Some(Why::Restarted))
        } else if after < kept {
            (kept, Some(Why::Expired))
        } else {
            (after, None)
        };
        let missed = gone.map(|why| Missed {
            from: after.next(),
            to: place,
            why,
        });
        (self.reader(place.seq.0 + 1), Resumed { place, missed })
    }

    /// A reader from this event on.
    fn reader(self: &Arc<Self>, next: u64) -> Reader {
        Reader {
            hub: Arc::clone(self),
            next,
            batch: 0,
        }
    }

    /// The place before the first event that can be read.
    pub(crate) fn kept_after(&self) -> Mark {
        self.run.at(Seq(self.ring().oldest() - 1))
    }

    /// The last event.
    pub(crate) fn last(&self) -> Mark {
        self.run.at(Seq(self.ring().next - 1))
    }

    /// A bell that is rung for events if its owner listens, and by [`Hub::ring_all`] anyway.
    pub(crate) fn bell(&self) -> Bell {
        self.bells.add()
    }

    /// Wakes everybody who has a bell.
    pub(crate) fn ring_all(&self) {
        self.bells.ring_all();
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
