//! The records of a channel, in their order: how they are begun, changed and completed.

use super::part::{Dialed, Notes, Open, Part};
use crate::Switch;
use jiff::Timestamp;
use model::{ChannelId, Now};
use std::sync::Arc;

/// Complete records that may wait for the end of their channel; more are told before.
const WAITING: usize = 100;

/// The records of a channel.
#[derive(Debug)]
pub(crate) struct OpenRecord {
    /// When the first of them began.
    began: Now,
    /// When the channel was hung up: what happens to it from then on is not told.
    pub(super) end: Option<Timestamp>,
    /// In their order.
    pub(super) parts: Vec<Part>,
}

impl Switch {
    /// A record gets the other end it has not had yet, or another is begun.
    pub(super) fn record_party(&mut self, id: ChannelId, dialed: Dialed) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let application = [Arc::clone(&channel.application), Arc::clone(&channel.data)];
        let Some(record) = &mut channel.record else {
            return;
        };
        match record.last_open_mut() {
            Some(open) if !open.is_dial() => open.dialed = Some(dialed),
            Some(_) | None => self.begin_part(id, application, Some(dialed)),
        }
    }

    pub(super) fn begin_part(
        &mut self,
        id: ChannelId,
        application: [Arc<str>; 2],
        dialed: Option<Dialed>,
    ) {
        let now = self.record_time(id);
        let sequence = self.counters.next_record();
        let Some(channel) = self.channels.get(&id) else {
            return;
        };
        let notes = channel.record.as_ref().and_then(OpenRecord::notes);
        let open = Open {
            sequence,
            notes: notes.unwrap_or_else(|| channel.memory.notes.clone()),
            start: now,
            answer: channel.is_up().then_some(now),
            place: [Arc::clone(&channel.context), Arc::clone(&channel.exten)],
            application,
            dialed,
            failed: false,
        };
        self.add_part(id, open);
    }

    pub(super) fn add_part(&mut self, id: ChannelId, open: Open) {
        let Some(record) = self.record_mut(id) else {
            return;
        };
        record.parts.push(Part::Open(open));
        if record.parts.len() <= WAITING {
            return;
        }
        let oldest = record
            .parts
            .iter()
            .position(|part| matches!(part, Part::Closed(_)));
        let oldest = oldest.map(|oldest| record.parts.remove(oldest));
        if let Some(Part::Closed(oldest)) = oldest {
            self.tell_record(oldest);
        }
    }

    /// Completes those that are over.
    pub(super) fn close_parts(&mut self, id: ChannelId, is_over: impl Fn(&Open) -> bool) {
        let Some(channel) = self.channels.get(&id) else {
            return;
        };
        let Some(record) = &channel.record else {
            return;
        };
        if !record.open().any(&is_over) {
            return;
        }
        let end = record.end.unwrap_or_else(|| record.time(self.now));
        let parts = record.parts.iter().map(|part| match part {
            Part::Open(open) if is_over(open) => {
                Part::Closed(Arc::new(self.completed(channel, open, end)))
            }
            Part::Open(_) | Part::Closed(_) => part.clone(),
        });
        let parts = parts.collect();
        if let Some(record) = self.record_mut(id) {
            record.parts = parts;
        }
    }

    pub(super) fn each_open(&mut self, id: ChannelId, mut change: impl FnMut(&mut Open)) {
        let Some(record) = self.record_mut(id) else {
            return;
        };
        for part in &mut record.parts {
            if let Part::Open(open) = part {
                change(open);
            }
        }
    }

    /// What time it is for the records of a channel.
    pub(super) fn record_time(&self, id: ChannelId) -> Timestamp {
        let channel = self.channels.get(&id);
        let record = channel.and_then(|channel| channel.record.as_ref());
        record.map_or(self.now.utc, |record| record.time(self.now))
    }

    pub(super) fn record_mut(&mut self, id: ChannelId) -> Option<&mut OpenRecord> {
        self.channels.get_mut(&id)?.record.as_mut()
    }
}

impl OpenRecord {
    pub(super) fn begin(now: Now) -> Self {
        Self {
            began: now,
            end: None,
            parts: Vec::new(),
        }
    }

    /// The time by the date it began with: a clock that is set meanwhile changes no bill.
    pub(super) fn time(&self, now: Now) -> Timestamp {
        let passed = now.since_start.saturating_sub(self.began.since_start);
        let time = self.began.utc.saturating_add(passed);
        time.unwrap_or(Timestamp::MAX)
    }

    pub(super) fn has_open(&self) -> bool {
        self.last_open().is_some()
    }

    /// What is noted in the last of them; the next one takes it over.
    pub(super) fn notes(&self) -> Option<Notes> {
        self.parts.last().map(|part| match part {
            Part::Open(open) => open.notes.clone(),
            Part::Closed(record) => Notes::of(record),
        })
    }

    /// Those under way.
    pub(super) fn open(&self) -> impl DoubleEndedIterator<Item = &Open> {
        self.parts.iter().filter_map(|part| match part {
            Part::Open(open) => Some(open),
            Part::Closed(_) => None,
        })
    }

    pub(super) fn last_open(&self) -> Option<&Open> {
        self.open().next_back()
    }

    pub(super) fn last_open_mut(&mut self) -> Option<&mut Open> {
        self.parts.iter_mut().rev().find_map(|part| match part {
            Part::Open(open) => Some(open),
            Part::Closed(_) => None,
        })
    }
}
