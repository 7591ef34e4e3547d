//! Events about the states of devices and extensions (ami-server.md, appendix A).

use macros::Event;

/// A device changed state.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct DeviceStateChange<'a> {
    pub device: &'a str,
    pub state: &'a str,
}

/// An extension with a hint changed state.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct ExtensionStatus<'a> {
    pub exten: &'a str,
    pub context: &'a str,
    pub hint: &'a str,
    pub status: i32,
    pub status_text: &'a str,
}
