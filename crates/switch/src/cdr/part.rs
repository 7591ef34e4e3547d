//! One record of a channel, from its beginning to the moment it is complete.

use crate::Switch;
use crate::channel::Channel;
use crate::variables::Variables;
use jiff::Timestamp;
use model::{CallRecord, Cause, DialStatus, Disposition};
use std::sync::Arc;

/// A record under way or complete.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Open(Open),
    Closed(Arc<CallRecord>),
}

/// A record under way.
#[derive(Clone, Debug)]
pub(super) struct Open {
    /// Its number among all there are.
    pub(super) sequence: u64,
    pub(super) start: Timestamp,
    pub(super) answer: Option<Timestamp>,
    /// Context and extension.
    pub(super) place: [Arc<str>; 2],
    /// Application and arguments.
    pub(super) application: [Arc<str>; 2],
    pub(super) dialed: Option<Dialed>,
    pub(super) notes: Notes,
    /// The channel could not be dialled at all.
    pub(super) failed: bool,
}

/// What the dialplan has noted in a record.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes {
    /// The field that is told everywhere.
    pub(crate) user_field: Arc<str>,
    /// Values of its own.
    pub(crate) values: Variables,
}

/// Whom the channel dials or has dialled.
#[derive(Clone, Debug)]
pub(super) enum Dialed {
    /// Itself: an Originate made it, and this came of it.
    Itself(DialStatus),
    /// Another channel; nothing has come of it yet if there is no status.
    Other(Arc<str>, Option<DialStatus>),
}

impl Notes {
    /// What is noted in a record that is complete.
    pub(super) fn of(record: &CallRecord) -> Self {
        let mut values = Variables::default();
        for (name, value) in &record.values {
            values.append(name, value);
        }
        Self {
            user_field: Arc::clone(&record.user_field),
            values,
        }
    }
}

impl Open {
    /// Whether it tells of a call to another channel.
    pub(super) fn is_dial(&self) -> bool {
        matches!(self.dialed, Some(Dialed::Other(..)))
    }

    /// Whether it tells of a call to this one.
    pub(super) fn is_dial_of(&self, name: &str) -> bool {
        matches!(&self.dialed, Some(Dialed::Other(dest, None)) if **dest == *name)
    }

    /// Whether it tells of a call that this one has answered.
    pub(super) fn was_answered_by(&self, name: &str) -> bool {
        let answered = self.has_come_to(|status| status == DialStatus::Answer);
        answered && *self.destination() == *name
    }

    /// Whether it tells of a call that came to something.
    pub(super) fn has_come_to(&self, wanted: impl Fn(DialStatus) -> bool) -> bool {
        matches!(&self.dialed, Some(Dialed::Other(_, Some(status))) if wanted(*status))
    }

    fn destination(&self) -> Arc<str> {
        match &self.dialed {
            Some(Dialed::Other(dest, _)) => Arc::clone(dest),
            Some(Dialed::Itself(_)) | None => Arc::default(),
        }
    }

    /// Nothing has come of it yet.
    pub(super) fn is_undecided(&self) -> bool {
        !self.failed && self.answer.is_none() && self.dialed.is_none()
    }

    fn disposition(&self, cause: Option<Cause>) -> Disposition {
        let status = match &self.dialed {
            _ if self.failed => return Disposition::Failed,
            // Whom it calls counts more than what it is itself.
            Some(Dialed::Other(_, Some(status))) => Some(*status),
            _ if self.answer.is_some() => return Disposition::Answered,
            Some(Dialed::Itself(status)) => Some(*status),
            Some(Dialed::Other(_, None)) => Some(DialStatus::NoAnswer),
            None => None,
        };
        match (status, cause) {
            (Some(DialStatus::Answer), _) => Disposition::Answered,
            (Some(DialStatus::Busy), _) => Disposition::Busy,
            (Some(DialStatus::Congestion), _) => Disposition::Congestion,
            (Some(DialStatus::ChanUnavail), _) => Disposition::Failed,
            (Some(DialStatus::Cancel), _) => Disposition::Cancel,
            (Some(_), _) => Disposition::NoAnswer,
            (None, Some(Cause::USER_BUSY)) => Disposition::Busy,
            (None, Some(Cause::NORMAL_CIRCUIT_CONGESTION | Cause::SWITCH_CONGESTION)) => {
                Disposition::Congestion
            }
            (None, _) => Disposition::Failed,
        }
    }
}

impl Switch {
    /// A record under way as it is now: unless something comes of it, nobody has answered.
    pub(super) fn so_far(&self, channel: &Channel, open: &Open, now: Timestamp) -> CallRecord {
        let mut record = self.completed(channel, open, now);
        if open.is_undecided() && !channel.is_ending() {
            record.disposition = Disposition::NoAnswer;
        }
        record
    }

    /// The record as it is if it ends then.
    pub(super) fn completed(&self, channel: &Channel, open: &Open, end: Timestamp) -> CallRecord {
        let [context, destination] = open.place.clone();
        let [application, data] = open.application.clone();
        let text = |text: &Option<Arc<str>>| text.clone().unwrap_or_default();
        let (name, number) = (text(&channel.caller.name), text(&channel.caller.number));
        let values = open.notes.values.iter();
        CallRecord {
            account: Arc::clone(&channel.account),
            caller_id: format!("\"{name}\" <{number}>").into(),
            source: number,
            destination,
            context,
            channel: Arc::clone(&channel.name),
            destination_channel: open.destination(),
            application,
            data,
            start: open.start,
            answer: open.answer,
            end,
            disposition: self.told(open.disposition(channel.cause)),
            ama_flags: channel.memory.ama_flags,
            uniqueid: Arc::clone(&channel.uniqueid),
            linkedid: Arc::clone(&channel.linkedid),
            user_field: Arc::clone(&open.notes.user_field),
            peer_account: text(&channel.memory.peer_account),
            sequence: open.sequence,
            billable: open.answer.map_or(0, |from| self.billable(from, end)),
            values: values
                .map(|(name, value)| (name.into(), Arc::clone(value)))
                .collect(),
        }
    }

    fn billable(&self, answer: Timestamp, end: Timestamp) -> i64 {
        let talked = end.duration_since(answer);
        let begun = self.config.cdr.bill_begun_seconds && talked.subsec_nanos() > 0;
        (talked.as_secs() + i64::from(begun)).max(0)
    }

    /// Some are told from others only if so configured.
    fn told(&self, disposition: Disposition) -> Disposition {
        let settings = &self.config.cdr;
        if disposition == Disposition::Congestion && !settings.congestion {
            return Disposition::Failed;
        }
        if disposition == Disposition::Cancel && !settings.cancel {
            return Disposition::NoAnswer;
        }
        disposition
    }
}
