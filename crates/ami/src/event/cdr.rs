//! Call detail records.

use super::Headers;
use macros::Event;

/// A call record is complete.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
#[event(classes(cdr))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct Cdr<'a> {
    pub account_code: &'a str,
    pub source: &'a str,
    pub destination: &'a str,
    pub destination_context: &'a str,
    #[event(name = "CallerID")]
    pub caller_id: &'a str,
    pub channel: &'a str,
    pub destination_channel: &'a str,
    pub last_application: &'a str,
    pub last_data: &'a str,
    pub start_time: String,
    pub answer_time: String,
    pub end_time: String,
    /// Whole seconds.
    pub duration: i64,
    /// Whole seconds.
    pub billable_seconds: i64,
    pub disposition: &'a str,
    #[event(name = "AMAFlags")]
    pub ama_flags: &'a str,
    pub unique_id: &'a str,
    pub user_field: &'a str,
    /// What cdr_manager.conf tells besides.
    #[event(block)]
    pub headers: Headers<'a>,
}
