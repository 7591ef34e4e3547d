//! The hub: one ring of numbered events, from which every reader reads at its own pace.
//!
//! The switch publishes a batch a turn and never waits: it puts the batch into the ring and tells
//! the ringer, a task that wakes those who wait for events, each of them once. The ring is bounded
//! by events and by their weight in bytes; the oldest batches leave first. A reader that was still
//! behind them is told how much it missed, and loses its own place only.

mod batch;

pub(crate) use batch::Batch;

use crate::bell::{Bell, Bells};
use ami::Classes;
use manager::{Memory, Missed, Resumed, Style, Why};
use model::{Mark, Record, Run, Seq};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use tokio::sync::Notify;

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

#[derive(Default)]
struct Ring {
    batches: VecDeque<Arc<Batch>>,
    /// So many batches have left it.
    left: u64,
    events: usize,
    bytes: usize,
    next: u64,
}

impl Hub {
    pub(crate) fn new(bounds: Bounds, style: Style) -> Arc<Self> {
        Arc::new(Self {
            run: style.run,
            bounds,
            style: RwLock::new(Arc::new(style)),
            keeps: AtomicBool::new(false),
            memory: Mutex::default(),
            ring: Mutex::new(Ring {
                next: 1,
                ..Ring::default()
            }),
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

impl Ring {
    /// The number of the first event that can be read.
    fn oldest(&self) -> u64 {
        self.batches
            .front()
            .map_or(self.next, |batch| batch.first())
    }

    /// Where among the batches the one with this event stands; right away where it is the batch of this
    /// number, counted from the first there was.
    fn index(&self, next: u64, batch: u64) -> usize {
        let index = usize::try_from(batch.saturating_sub(self.left)).unwrap_or(usize::MAX);
        let guessed = self.batches.get(index);
        if guessed.is_some_and(|batch| (batch.first()..batch.end()).contains(&next)) {
            return index;
        }
        self.batches.partition_point(|batch| batch.end() <= next)
    }

    fn push(&mut self, batch: Arc<Batch>, bounds: Bounds) {
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

/// After so many events also those are woken who may hear none of them, lest they lose their place.
const PLACE: usize = 4096;

/// A reader's place in the ring.
pub(crate) struct Reader {
    hub: Arc<Hub>,
    next: u64,
    /// The number of the batch that event is in, as far as it is known.
    batch: u64,
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
    fn classes(&mut self) -> (usize, Vec<Classes>) {
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
    fn skip(&mut self) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use model::Event;
    use model::Run;

    fn records(seqs: std::ops::Range<u64>) -> Vec<Record> {
        let event = Event::Shutdown {
            cleanly: true,
            restart: false,
        };
        let at = jiff::Timestamp::UNIX_EPOCH;
        seqs.map(|seq| Record {
            seq: Seq(seq),
            at,
            event: event.clone(),
        })
        .collect()
    }

    fn style() -> Style {
        let zone = jiff::tz::TimeZone::UTC;
        Style {
            run: Run(1),
            system_name: String::new(),
            timestamps: false,
            numbers: false,
            disabled: Vec::new(),
            zone,
            legacy: false,
        }
    }

    fn hub(events: usize, bytes: usize) -> Arc<Hub> {
        Hub::new(Bounds { events, bytes }, style())
    }

    fn read(reader: &mut Reader) -> Vec<u64> {
        let (batch, from) = reader.read().unwrap().unwrap();
        batch.from(from).map(|event| event.mark().seq.0).collect()
    }

    fn lost(from: u64, to: u64) -> Missed {
        let [from, to] = [from, to].map(|seq| Run(1).at(Seq(seq)));
        let why = Why::Lagged;
        Missed { from, to, why }
    }

    #[test]
    fn readers_read_what_is_published_after_they_came() {
        let hub = hub(usize::MAX, usize::MAX);
        hub.publish(records(1..3));
        let mut reader = hub.subscribe();
        assert!(reader.read().unwrap().is_none());
        assert_eq!(reader.at().seq, Seq(2));
        hub.publish(records(3..5));
        hub.publish(records(5..6));
        assert_eq!(read(&mut reader), [3, 4]);
        assert_eq!(read(&mut reader), [5]);
        assert!(!reader.is_behind());
    }

    #[test]
    fn a_slow_reader_is_told_what_it_missed_and_reads_on() {
        let hub = hub(3, usize::MAX);
        let mut reader = hub.subscribe();
        hub.publish(records(1..3));
        hub.publish(records(3..5));
        assert_eq!(reader.read().err(), Some(lost(1, 2)));
        assert_eq!(read(&mut reader), [3, 4]);
    }

    #[test]
    fn who_was_there_before_goes_on_from_there() {
        let hub = hub(3, usize::MAX);
        hub.publish(records(1..3));
        hub.publish(records(3..6));
        let run = Run(1);
        let gone = |from: Mark, to: u64, why| {
            let to = run.at(Seq(to));
            Some(Missed { from, to, why })
        };
        for (after, place, missed) in [
            (run.at(Seq(5)), 5, None),
            (run.at(Seq(3)), 3, None),
            (run.at(Seq(2)), 2, None),
            (run.at(Seq(1)), 2, gone(run.at(Seq(2)), 2, Why::Expired)),
            (run.at(Seq(6)), 5, gone(run.at(Seq(7)), 5, Why::Unknown)),
            (
                Run(0).at(Seq(4)),
                2,
                gone(Run(0).at(Seq(5)), 2, Why::Restarted),
            ),
            (
                Run(2).at(Seq(4)),
                5,
                gone(Run(2).at(Seq(5)), 5, Why::Unknown),
            ),
        ] {
            let (mut reader, resumed) = hub.resume(after);
            assert_eq!(
                (resumed.place.seq.0, resumed.missed),
                (place, missed),
                "{after}"
            );
            hub.publish(Vec::new());
            let next = reader.read().unwrap().map(|(_, from)| from);
            assert_eq!(next, (place < 5).then_some(place + 1), "{after}");
        }
    }

    #[test]
    fn weight_bounds_the_ring_too() {
        let hub = hub(usize::MAX, 2048);
        let mut reader = hub.subscribe();
        hub.publish(records(1..3));
        hub.publish(records(3..4));
        assert_eq!(reader.read().err(), Some(lost(1, 2)));
    }

    #[test]
    fn what_a_reader_may_not_hear_is_passed_over() {
        let hub = hub(usize::MAX, usize::MAX);
        let mut reader = hub.subscribe();
        hub.publish(records(1..3));
        hub.publish(records(3..4));
        // Nobody has looked at them yet: they may be for everybody.
        assert!(reader.read_for(Classes::CALL).unwrap().is_some());
        let (events, classes) = hub.subscribe_after(Seq(0)).classes();
        assert_eq!((events, classes), (3, vec![Classes::SYSTEM]));
        assert!(reader.read_for(Classes::CALL).unwrap().is_none());
        assert_eq!(reader.at().seq, Seq(3));
        let mut other = hub.subscribe_after(Seq(1));
        let (_, from) = other.read_for(Classes::SYSTEM).unwrap().unwrap();
        assert_eq!((from, other.at().seq), (2, Seq(2)));
    }

    #[tokio::test]
    async fn the_bell_is_heard_by_who_listens() {
        let hub = hub(10, usize::MAX);
        tokio::spawn(Arc::clone(&hub).ring_bells());
        let mut reader = hub.subscribe();
        let bell = hub.bell();
        hub.publish(records(1..2));
        std::future::poll_fn(|context| {
            bell.arm(context, Some(Classes::ALL));
            if reader.is_behind() {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
        assert_eq!(read(&mut reader), [1]);
    }
}
