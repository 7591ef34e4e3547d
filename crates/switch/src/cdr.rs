//! Call detail records: what a channel that executes something did, for billing.
//!
//! A channel that was dialled by another has none of its own: it is the other end of a record of who
//! dialled it. Each channel that is dialled makes a record, so that a fork makes several; so does
//! what the dialplan does when a dial or the conversation it led to is over, and each pair of those who
//! talk in a conversation of more than two. All are told when the channel is gone.

mod dial;
mod list;
mod pair;
mod part;

pub(crate) use list::OpenRecord;
pub(crate) use part::Notes;

use crate::function::record_field;
use crate::{Output, Switch};
use model::{CallRecord, ChannelId, DialStatus, Event, Reply, Spool};
use part::Part;
use std::sync::Arc;

/// What ForkCDR does besides beginning another record.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fork {
    /// The records so far are complete.
    pub(crate) ends: bool,
    /// The new one begins now, not where the last began.
    pub(crate) begins_anew: bool,
    /// If it is answered, it is so from now on.
    pub(crate) answers_anew: bool,
    /// Nothing is noted in it.
    pub(crate) forgets: bool,
}

impl Switch {
    /// Begins the record of a channel, if it has none and is to have one.
    pub(crate) fn open_record(&mut self, id: ChannelId) {
        let channel = self.channels.get(&id);
        if channel.is_some_and(|channel| channel.record.is_none()) && self.has_records(id) {
            self.begin_part(id, Default::default(), None);
        }
    }

    /// Whether a channel has records, or is to have them from now on.
    fn has_records(&mut self, id: ChannelId) -> bool {
        let settings = &self.config.cdr;
        let Some(channel) = self.channels.get_mut(&id) else {
            return false;
        };
        let wanted = channel.memory.records.unwrap_or(settings.by_default);
        if settings.enabled && wanted {
            let now = self.now;
            channel.record.get_or_insert_with(|| OpenRecord::begin(now));
        }
        channel.record.is_some()
    }

    /// The channel begins an application.
    pub(crate) fn record_application(&mut self, id: ChannelId) {
        let Some(channel) = self.channels.get(&id) else {
            return;
        };
        let Some(record) = &channel.record else {
            return;
        };
        if record.end.is_some() {
            return;
        }
        let place = [Arc::clone(&channel.context), Arc::clone(&channel.exten)];
        let application = [Arc::clone(&channel.application), Arc::clone(&channel.data)];
        if !record.has_open() {
            return self.begin_part(id, application, None);
        }
        self.each_open(id, |open| {
            if !open.is_dial() && &*open.application[0] != "Dial" {
                open.place = place.clone();
                open.application = application.clone();
            }
        });
    }

    /// The channel was answered.
    pub(crate) fn record_answer(&mut self, id: ChannelId) {
        let now = self.record_time(id);
        self.each_open(id, |open| {
            open.answer.get_or_insert(now);
        });
    }

    /// The conversation a dial led to is over.
    pub(crate) fn record_conversation_end(&mut self, id: ChannelId) {
        if !self.config.cdr.ignore_conversations {
            self.close_parts(id, |open| {
                open.has_come_to(|status| status == DialStatus::Answer)
            });
        }
    }

    /// Who was dialled has left a conversation that the channel goes on with.
    pub(crate) fn record_parting(&mut self, id: ChannelId, gone: ChannelId) {
        let Some(name) = self.channels.get(&gone).map(|gone| Arc::clone(&gone.name)) else {
            return;
        };
        if !self.config.cdr.ignore_conversations {
            self.close_parts(id, |open| open.was_answered_by(&name));
        }
    }

    /// The channel could not be dialled at all.
    pub(crate) fn record_failure(&mut self, id: ChannelId) {
        self.each_open(id, |open| open.failed = true);
    }

    /// What is executed from now on is not told, unless it is wanted.
    pub(crate) fn end_record_before_hangup_extension(&mut self, id: ChannelId) {
        if self.config.cdr.end_before_hangup_extension {
            self.end_record(id);
        }
    }

    /// The channel is hung up. Its technology may take a while yet, which is not billed.
    pub(crate) fn end_record(&mut self, id: ChannelId) {
        let now = self.record_time(id);
        if let Some(record) = self.record_mut(id) {
            record.end.get_or_insert(now);
        }
    }

    /// The channel is gone: tells its records.
    pub(crate) fn close_record(&mut self, id: ChannelId) {
        self.close_parts(id, |_| true);
        let channel = self.channels.get_mut(&id);
        let Some(record) = channel.and_then(|channel| channel.record.take()) else {
            return;
        };
        for part in record.parts {
            if let Part::Closed(record) = part {
                self.tell_record(record);
            }
        }
    }

    /// Begins another record beside those there are, or after them (ForkCDR).
    pub(crate) fn fork_record(&mut self, id: ChannelId, fork: Fork) {
        let now = self.record_time(id);
        let sequence = self.counters.next_record();
        let Some(record) = self.record_mut(id) else {
            return;
        };
        let Some(mut open) = record.last_open().cloned() else {
            return;
        };
        open.sequence = sequence;
        if fork.begins_anew {
            open.start = now;
        }
        if fork.begins_anew || fork.answers_anew {
            open.answer = open.answer.map(|_| now);
        }
        if fork.forgets {
            open.notes = Notes::default();
        }
        if fork.ends {
            self.close_parts(id, |_| true);
        }
        self.add_part(id, open);
    }

    /// Begins the record anew (ResetCDR).
    pub(crate) fn reset_record(&mut self, id: ChannelId) {
        let now = self.record_time(id);
        self.each_open(id, |open| {
            open.start = now;
            open.answer = open.answer.map(|_| now);
        });
    }

    /// Forgets what the dialplan has noted in it.
    pub(crate) fn forget_notes(&mut self, id: ChannelId) {
        self.note(id, |notes| *notes = Notes::default());
    }

    /// Notes something in the records under way; in the first one, if that has yet to begin. Those of a
    /// channel that was hung up are complete.
    pub(crate) fn note(&mut self, id: ChannelId, mut change: impl FnMut(&mut Notes)) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        match &channel.record {
            Some(record) if record.end.is_some() => {}
            Some(_) => self.each_open(id, |open| change(&mut open.notes)),
            None => change(&mut channel.memory.notes),
        }
    }

    /// The user field of the record under way, or else the last one.
    pub(crate) fn user_field(&self, id: ChannelId) -> Arc<str> {
        let channel = self.channels.get(&id);
        let record = channel.and_then(|channel| channel.record.as_ref());
        let notes = record.and_then(OpenRecord::notes);
        notes.map(|notes| notes.user_field).unwrap_or_default()
    }

    /// The records under way of one channel or of all, as they are now.
    pub(crate) fn open_records(&self, name: Option<&str>) -> Reply {
        let channels = self.channels.values();
        let meant = channels.filter(|channel| name.is_none_or(|name| *channel.name == *name));
        let mut records = Vec::new();
        for channel in meant {
            let Some(record) = &channel.record else {
                continue;
            };
            let time = record.time(self.now);
            let open = record.open();
            records.extend(open.map(|open| self.so_far(channel, open, time)));
        }
        Reply::CallRecords(records)
    }

    /// Makes a record of the channel from now on, or none (NoCDR).
    pub(crate) fn want_record(&mut self, id: ChannelId, wanted: bool) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        channel.memory.records = Some(wanted);
        if wanted {
            self.open_record(id);
        } else {
            channel.record = None;
        }
    }

    /// The record that is under way, as it is now, or else the last one.
    pub(crate) fn current_record(&self, id: ChannelId) -> Option<CallRecord> {
        let channel = self.channels.get(&id)?;
        let record = channel.record.as_ref()?;
        match (record.last_open(), record.parts.last()) {
            (Some(open), _) => Some(self.so_far(channel, open, record.time(self.now))),
            (None, Some(Part::Closed(last))) => Some(CallRecord::clone(last)),
            (None, Some(Part::Open(_)) | None) => None,
        }
    }

    /// Tells a record that is complete, unless it concerns nobody.
    fn tell_record(&mut self, record: Arc<CallRecord>) {
        let concerns_nobody = record.destination_channel.is_empty() && record.answer.is_none();
        if concerns_nobody && !self.config.cdr.unanswered {
            return;
        }
        self.put(Output::Spool(Spool::Call(Arc::clone(&record))));
        let settings = &self.config.cdr;
        if settings.manager {
            let zone = self.local_time().time_zone().clone();
            let headers = settings.headers.iter().map(|(field, header)| {
                let value = record_field(&record, field, "", &zone).unwrap_or_default();
                (Arc::clone(header), value.into())
            });
            let headers = headers.collect();
            self.tell(Event::Cdr { record, headers });
        }
    }
}
