//! Call detail records.

use jiff::Timestamp;
use std::sync::Arc;

/// How a call ended, for billing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
        }
    }
}

/// A finished call detail record.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// The calling channel's uniqueid.
    pub uniqueid: Arc<str>,
    /// Its linkedid.
    pub linkedid: Arc<str>,
    /// Free for the dialplan's use.
    pub user_field: Arc<str>,
}
