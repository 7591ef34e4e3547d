//! Events about calls made for managers (ami-server.md 10.15).

use macros::Event;

/// An asynchronous Originate has an outcome.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct OriginateResponse<'a> {
    pub action_id: Option<&'a str>,
    pub response: &'a str,
    pub channel: &'a str,
    pub application: Option<&'a str>,
    pub data: Option<&'a str>,
    pub context: Option<&'a str>,
    pub exten: Option<&'a str>,
    pub reason: u8,
    /// What the number does not say: that the server ended in between.
    pub reason_text: Option<&'a str>,
    pub uniqueid: &'a str,
    #[event(name = "CallerIDNum")]
    pub caller_id_num: &'a str,
    #[event(name = "CallerIDName")]
    pub caller_id_name: &'a str,
}
