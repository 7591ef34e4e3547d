//! What is read of the journal, from a place on, until the hub has the rest.

use super::Journal;
use super::record::{Record, Unread};
use super::segment::{self, Segment};
use crate::hub::{Hub, Reader};
use manager::{Missed, Rendered, Why};
use model::{Mark, Seq};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// So much is read at a time, in bytes.
const PAGE: usize = 256 * 1024;

/// A reader of the journal.
pub(crate) struct History {
    journal: Arc<Journal>,
    hub: Arc<Hub>,
    /// The last event that was given, or told of as missed.
    place: Mark,
    /// Its run ended as it should, and it was the last.
    ended: bool,
    segment: Option<Segment>,
    offset: u64,
}

/// What comes next.
pub(crate) enum Step {
    /// An event.
    Event(Rendered),
    /// Events are gone.
    Missed(Missed),
    /// The hub has all that follows.
    Join(Reader),
}

impl History {
    pub(super) fn new(journal: Arc<Journal>, hub: Arc<Hub>, place: Mark) -> Self {
        Self {
            journal,
            hub,
            place,
            ended: false,
            segment: None,
            offset: 0,
        }
    }

    /// The next steps, at least one. It waits for the disk.
    pub(crate) fn page(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        while steps.is_empty() {
            if self.place >= self.hub.kept_after() {
                return vec![Step::Join(self.hub.subscribe_after(self.place.seq))];
            }
            if self.segment.is_none() && !self.open_next() {
                self.join(&mut steps);
                return steps;
            }
            self.read(&mut steps);
        }
        steps
    }

    fn read(&mut self, steps: &mut Vec<Step>) {
        let Some(segment) = &self.segment else {
            return;
        };
        let read = segment::page(&segment.path, self.offset, PAGE);
        let Ok(page) = read else {
            // It has expired meanwhile, or cannot be read: the gap shows in what comes next.
            return self.leave(steps);
        };
        self.offset += page.bytes as u64;
        let last = self.next_after(segment.after).is_none();
        let whole = page.end != Some(Unread::Damaged) && (last || self.offset >= segment.bytes);
        if page.end.is_some() && !whole {
            self.journal.figures.damaged.fetch_add(1, Ordering::Relaxed);
            let path = segment.path.display();
            tracing::error!(
                "{path}: damaged at byte {}: the rest is left out",
                self.offset
            );
        }
        for record in page.records {
            self.take(record, steps);
        }
        if page.end.is_some() {
            self.leave(steps);
        }
    }

    /// This segment is read.
    fn leave(&mut self, steps: &mut Vec<Step>) {
        if !self.open_next() && steps.is_empty() {
            self.join(steps);
        }
    }

    /// Goes to the next segment; the one with the place if it has none yet. `false` if there is none.
    fn open_next(&mut self) -> bool {
        let next = match &self.segment {
            Some(segment) => self.next_after(segment.after),
            None => {
                let segments = self.journal.segments();
                let before = segments.partition_point(|segment| segment.after <= self.place);
                segments.get(before.saturating_sub(1)).cloned()
            }
        };
        let found = next.is_some();
        if found {
            self.segment = next;
            self.offset = 0;
        }
        found
    }

    fn next_after(&self, after: Mark) -> Option<Segment> {
        let segments = self.journal.segments();
        let next = segments.partition_point(|segment| segment.after <= after);
        segments.get(next).cloned()
    }

    fn take(&mut self, record: Record, steps: &mut Vec<Step>) {
        match record {
            Record::Event(event) if event.mark() > self.place => {
                let mark = event.mark();
                self.skip_to(mark.run.at(Seq(mark.seq.0 - 1)), steps);
                self.place = mark;
                self.ended = false;
                steps.push(Step::Event(event));
            }
            Record::End(last) if last.run == self.place.run => {
                self.skip_to(last, steps);
                self.ended = true;
            }
            Record::Event(_) | Record::End(_) => {}
        }
    }

    /// All up to here that was not given is gone.
    fn skip_to(&mut self, to: Mark, steps: &mut Vec<Step>) {
        let (from, why) = if to.run == self.place.run {
            (self.place.next(), Why::Damaged)
        } else if self.ended {
            (to.run.at(Seq(1)), Why::Damaged)
        } else {
            // Nobody knows what became of its run after that.
            (self.place.next(), Why::Restarted)
        };
        if to >= from {
            steps.push(Step::Missed(Missed { from, to, why }));
        }
        self.place = self.place.max(to);
    }

    /// There is no more here.
    fn join(&mut self, steps: &mut Vec<Step>) {
        let kept = self.hub.kept_after();
        if kept > self.place {
            self.skip_to(kept, steps);
        }
        steps.push(Step::Join(self.hub.subscribe_after(self.place.seq)));
    }
}
