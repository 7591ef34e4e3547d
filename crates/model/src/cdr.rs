//! Call detail records.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How a call ended, for billing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Disposition {
    /// Nobody answered.
    NoAnswer,
    /// It could not be made.
    Failed,
    /// Busy.
    Busy,
    /// Answered.
    Answered,
    /// No way through.
    Congestion,
    /// The caller gave up.
    Cancel,
}

impl Disposition {
    /// The words told as `Disposition`.
    pub fn text(self) -> &'static str {
        match self {
            Self::NoAnswer => "NO ANSWER",
            Self::Failed => "FAILED",
            Self::Busy => "BUSY",
            Self::Answered => "ANSWERED",
            Self::Congestion => "CONGESTION",
            Self::Cancel => "CANCEL",
        }
    }
}

/// What billing shall do with a channel's records (Automatic Message Accounting).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[repr(u8)]
pub enum AmaFlags {
    /// Leave them out.
    Omit = 1,
    /// Bill them.
    Billing = 2,
    /// Keep them.
    #[default]
    Documentation = 3,
}

impl AmaFlags {
    /// The word told as `AMAFlags`.
    pub fn text(self) -> &'static str {
        match self {
            Self::Omit => "OMIT",
            Self::Billing => "BILLING",
            Self::Documentation => "DOCUMENTATION",
        }
    }

    /// By the word or the number.
    pub fn named(text: &str) -> Option<Self> {
        let all = [Self::Omit, Self::Billing, Self::Documentation];
        all.into_iter().find(|flags| {
            flags.text().eq_ignore_ascii_case(text) || (*flags as u8).to_string() == text
        })
    }
}

/// What leaves the switch for files.
#[derive(Clone, Debug, PartialEq)]
pub enum Spool {
    /// A call record.
    Call(Arc<CallRecord>),
    /// An entry of the channel event log.
    Event(Arc<crate::ChannelEvent>),
}

/// A finished call detail record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRecord {
    /// Account code.
    pub account: Arc<str>,
    /// Caller's number.
    pub source: Arc<str>,
    /// Extension called.
    pub destination: Arc<str>,
    /// Its context.
    pub context: Arc<str>,
    /// `"Name" <number>`.
    pub caller_id: Arc<str>,
    /// Calling channel's name.
    pub channel: Arc<str>,
    /// Called channel's name, empty when there is none.
    pub destination_channel: Arc<str>,
    /// Last application executed.
    pub application: Arc<str>,
    /// Its arguments.
    pub data: Arc<str>,
    /// When it began.
    pub start: Timestamp,
    /// When it was answered.
    pub answer: Option<Timestamp>,
    /// When it ended.
    pub end: Timestamp,
    /// How it ended.
    pub disposition: Disposition,
    /// What billing shall do with it.
    pub ama_flags: AmaFlags,
    /// The calling channel's uniqueid.
    pub uniqueid: Arc<str>,
    /// Its linkedid.
    pub linkedid: Arc<str>,
    /// Free for the dialplan's use.
    pub user_field: Arc<str>,
    /// The account of whoever was called.
    pub peer_account: Arc<str>,
    /// Its number among all records since the start.
    pub sequence: u64,
    /// Whole seconds from the answer to the end, as they are billed.
    pub billable: i64,
    /// What the dialplan noted besides, by name.
    pub values: Vec<(Arc<str>, Arc<str>)>,
}

impl CallRecord {
    /// Whole seconds from the beginning to the end.
    pub fn duration(&self) -> i64 {
        self.end.duration_since(self.start).as_secs().max(0)
    }
}
