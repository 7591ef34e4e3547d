//! The channel event log.

use macros::Event;

/// Something happened to a channel that cel.conf has logged.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
#[event(name = "CEL", classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct Cel<'a> {
    pub event_name: &'a str,
    pub account_code: &'a str,
    #[event(name = "CallerIDnum")]
    pub caller_id_num: &'a str,
    #[event(name = "CallerIDname")]
    pub caller_id_name: &'a str,
    #[event(name = "CallerIDani")]
    pub caller_id_ani: &'a str,
    #[event(name = "CallerIDrdnis")]
    pub caller_id_rdnis: &'a str,
    #[event(name = "CallerIDdnid")]
    pub caller_id_dnid: &'a str,
    pub exten: &'a str,
    pub context: &'a str,
    pub channel: &'a str,
    pub application: &'a str,
    pub app_data: &'a str,
    pub event_time: &'a str,
    #[event(name = "AMAFlags")]
    pub ama_flags: &'a str,
    #[event(name = "UniqueID")]
    pub unique_id: &'a str,
    #[event(name = "LinkedID")]
    pub linked_id: &'a str,
    pub userfield: &'a str,
    pub peer: &'a str,
    pub peer_account: &'a str,
    /// What the dialplan calls an event of its own.
    pub user_def_type: Option<&'a str>,
    /// JSON.
    pub extra: &'a str,
}
