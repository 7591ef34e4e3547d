//! Call detail records: what a channel that executes something did, for billing.
//!
//! A channel that was dialled by another has none of its own: it is the other end of the record
//! of who dialled it. When a dial or its conversation is over and the dialplan goes on, that is
//! another record. All are told when the channel is gone.

use crate::channel::{Dialer, Progress};
use crate::{Output, Switch};
use jiff::Timestamp;
use model::{CallRecord, Cause, ChannelId, DialStatus, Disposition, Event};
use std::sync::Arc;

/// The record of a channel under way, and those before it.
#[derive(Debug)]
pub(crate) struct OpenRecord {
    /// Its number among all there are.
    sequence: u64,
    start: Timestamp,
    answer: Option<Timestamp>,
    place: [Arc<str>; 2],
    application: [Arc<str>; 2],
    dialed: Option<Dialed>,
    failed: bool,
    /// Told with all that follow too.
    pub(crate) user_field: Arc<str>,
    /// When the channel was hung up: what happens to it from then on is not told.
    end: Option<Timestamp>,
    earlier: Vec<CallRecord>,
}

#[derive(Debug)]
struct Dialed {
    channel: Arc<str>,
    status: Option<DialStatus>,
    /// The dial, or the conversation it led to, is over.
    over: bool,
}

impl Switch {
    /// Begins the record of a channel, if it has none and is to have one.
    pub(crate) fn open_record(&mut self, id: ChannelId) {
        let settings = &self.config.cdr;
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let wanted = channel.memory.records.unwrap_or(settings.by_default);
        if !settings.enabled || !wanted || channel.record.is_some() {
            return;
        }
        let now = self.now.utc;
        let answer = channel.is_up().then_some(now);
        let place = [Arc::clone(&channel.context), Arc::clone(&channel.exten)];
        channel.record = Some(OpenRecord {
            sequence: self.counters.next_record(),
            start: now,
            answer,
            place,
            application: Default::default(),
            dialed: None,
            failed: false,
            user_field: Arc::default(),
            end: None,
            earlier: Vec::new(),
        });
    }

    /// The channel begins an application.
    pub(crate) fn record_application(&mut self, id: ChannelId) {
        let now = self.now.utc;
        let Some(channel) = self.channels.get(&id) else {
            return;
        };
        let Some(record) = &channel.record else {
            return;
        };
        if record.end.is_some() {
            return;
        }
        let goes_on = record.dialed.as_ref().is_some_and(|dialed| dialed.over);
        let earlier = if goes_on { self.complete(id) } else { None };
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let is_up = channel.is_up();
        let Some(record) = &mut channel.record else {
            return;
        };
        if let Some(earlier) = earlier {
            record.earlier.push(earlier);
            record.sequence = self.counters.next_record();
            record.start = now;
            record.answer = is_up.then_some(now);
            record.dialed = None;
            record.application = Default::default();
        }
        if &*record.application[0] == "Dial" {
            return;
        }
        record.place = [Arc::clone(&channel.context), Arc::clone(&channel.exten)];
        record.application = [Arc::clone(&channel.application), Arc::clone(&channel.data)];
    }

    /// The channel was answered.
    pub(crate) fn record_answer(&mut self, id: ChannelId) {
        let now = self.now.utc;
        if let Some(record) = self
            .channels
            .get_mut(&id)
            .and_then(|channel| channel.record.as_mut())
        {
            record.answer.get_or_insert(now);
        }
    }

    /// A channel that was dialled answered or ended.
    pub(crate) fn record_dial(&mut self, dest: ChannelId, progress: Progress) {
        if self.config.cdr.ignore_dials {
            return;
        }
        let Some(channel) = self.channels.get(&dest) else {
            return;
        };
        let (name, dialer) = (Arc::clone(&channel.name), channel.dialer);
        let status = match progress {
            Progress::Ended(status) => status,
            Progress::Answered => DialStatus::Answer,
            Progress::Proceeding | Progress::EarlyMedia | Progress::Ringing => return,
        };
        let (id, channel) = match dialer {
            Some(Dialer::Channel(caller)) => (caller, name),
            Some(Dialer::Originate) => (dest, Arc::default()),
            Some(Dialer::Consultation(_)) | None => return,
        };
        let Some(record) = self
            .channels
            .get_mut(&id)
            .and_then(|channel| channel.record.as_mut())
        else {
            return;
        };
        let over = dialer != Some(Dialer::Originate) && status != DialStatus::Answer;
        record.dialed = Some(Dialed {
            channel,
            status: Some(status),
            over,
        });
    }

    /// The conversation a dial led to is over.
    pub(crate) fn record_conversation_end(&mut self, id: ChannelId) {
        if self.config.cdr.ignore_conversations {
            return;
        }
        let record = self
            .channels
            .get_mut(&id)
            .and_then(|channel| channel.record.as_mut());
        if let Some(dialed) = record.and_then(|record| record.dialed.as_mut()) {
            dialed.over = !dialed.channel.is_empty();
        }
    }

    /// The channel could not be dialled at all.
    pub(crate) fn record_failure(&mut self, id: ChannelId) {
        if let Some(record) = self
            .channels
            .get_mut(&id)
            .and_then(|channel| channel.record.as_mut())
        {
            record.failed = true;
        }
    }

    /// What is executed from now on is not told, unless it is wanted.
    pub(crate) fn end_record_before_hangup_extension(&mut self, id: ChannelId) {
        if self.config.cdr.end_before_hangup_extension {
            self.end_record(id);
        }
    }

    /// The channel is hung up. Its technology may take a while yet, which is not billed.
    pub(crate) fn end_record(&mut self, id: ChannelId) {
        let now = self.now.utc;
        if let Some(record) = self
            .channels
            .get_mut(&id)
            .and_then(|channel| channel.record.as_mut())
        {
            record.end.get_or_insert(now);
        }
    }

    /// The channel is gone: tells its records.
    pub(crate) fn close_record(&mut self, id: ChannelId) {
        let last = self.complete(id);
        let Some(record) = self
            .channels
            .get_mut(&id)
            .and_then(|channel| channel.record.take())
        else {
            return;
        };
        for record in record.earlier.into_iter().chain(last) {
            let concerns_nobody = record.destination_channel.is_empty() && record.answer.is_none();
            if concerns_nobody && !self.config.cdr.unanswered {
                continue;
            }
            let record = Arc::new(record);
            self.put(Output::Spool(Arc::clone(&record)));
            if self.config.cdr.manager {
                self.tell(Event::Cdr(record));
            }
        }
    }

    /// Ends the record and begins another (ForkCDR).
    pub(crate) fn fork_record(&mut self, id: ChannelId) {
        let earlier = self.complete(id);
        let record = self
            .channels
            .get_mut(&id)
            .and_then(|channel| channel.record.as_mut());
        if let (Some(record), Some(earlier)) = (record, earlier) {
            record.earlier.push(earlier);
            record.sequence = self.counters.next_record();
            record.start = self.now.utc;
            record.answer = record.answer.map(|_| self.now.utc);
        }
    }

    /// Begins the record anew (ResetCDR).
    pub(crate) fn reset_record(&mut self, id: ChannelId) {
        if let Some(record) = self
            .channels
            .get_mut(&id)
            .and_then(|channel| channel.record.as_mut())
        {
            record.start = self.now.utc;
            record.answer = record.answer.map(|_| self.now.utc);
            record.dialed = None;
        }
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

    /// The record as it is if it ends now.
    pub(crate) fn current_record(&self, id: ChannelId) -> Option<CallRecord> {
        self.complete(id)
    }

    fn complete(&self, id: ChannelId) -> Option<CallRecord> {
        let channel = self.channels.get(&id)?;
        let record = channel.record.as_ref()?;
        let [context, destination] = record.place.clone();
        let [application, data] = record.application.clone();
        let text = |text: &Option<Arc<str>>| text.clone().unwrap_or_default();
        let (name, number) = (text(&channel.caller.name), text(&channel.caller.number));
        let end = record.end.unwrap_or(self.now.utc);
        let values = channel.memory.record_values.iter();
        Some(CallRecord {
            account: Arc::clone(&channel.account),
            caller_id: format!("\"{name}\" <{number}>").into(),
            source: number,
            destination,
            context,
            channel: Arc::clone(&channel.name),
            destination_channel: record
                .dialed
                .as_ref()
                .map(|dialed| Arc::clone(&dialed.channel))
                .unwrap_or_default(),
            application,
            data,
            start: record.start,
            answer: record.answer,
            end,
            disposition: self.disposition(record, channel.cause),
            uniqueid: Arc::clone(&channel.uniqueid),
            linkedid: Arc::clone(&channel.linkedid),
            user_field: Arc::clone(&record.user_field),
            peer_account: channel.memory.peer_account.clone().unwrap_or_default(),
            sequence: record.sequence,
            billable: record.answer.map_or(0, |from| self.billable(from, end)),
            values: values
                .map(|(name, value)| (name.into(), Arc::clone(value)))
                .collect(),
        })
    }

    fn billable(&self, answer: Timestamp, end: Timestamp) -> i64 {
        let talked = end.duration_since(answer);
        let begun = self.config.cdr.bill_begun_seconds && talked.subsec_nanos() > 0;
        (talked.as_secs() + i64::from(begun)).max(0)
    }

    fn disposition(&self, record: &OpenRecord, cause: Option<Cause>) -> Disposition {
        if record.answer.is_some() {
            return Disposition::Answered;
        }
        let status = record.dialed.as_ref().and_then(|dialed| dialed.status);
        match (status, cause) {
            _ if record.failed => Disposition::Failed,
            (Some(DialStatus::Busy), _) => Disposition::Busy,
            (Some(DialStatus::Congestion), _) if self.config.cdr.congestion => {
                Disposition::Congestion
            }
            (Some(DialStatus::Congestion | DialStatus::ChanUnavail), _) => Disposition::Failed,
            (Some(_), _) => Disposition::NoAnswer,
            (None, Some(Cause::USER_BUSY)) => Disposition::Busy,
            (None, _) => Disposition::Failed,
        }
    }
}
