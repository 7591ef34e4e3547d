//! Events about the states of devices and extensions (ami-server.md, appendix A).

use crate::Escaped;
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

/// A device as a list tells it.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(name = "DeviceStateChange")]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct DeviceStateItem<'a> {
    pub action_id: Option<&'a str>,
    pub device: &'a str,
    pub state: &'a str,
}

/// An extension as a list tells it.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(name = "ExtensionStatus")]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct ExtensionStatusItem<'a> {
    pub action_id: Option<&'a str>,
    pub exten: &'a str,
    pub context: &'a str,
    pub hint: &'a str,
    pub status: i32,
    pub status_text: &'a str,
}

/// Somebody says otherwise of themselves.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct PresenceStateChange<'a> {
    pub presentity: &'a str,
    pub status: &'a str,
    pub subtype: Escaped<'a>,
    pub message: Escaped<'a>,
}

/// What somebody says of themselves, as a list tells it.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(name = "PresenceStateChange")]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct PresenceStateItem<'a> {
    pub action_id: Option<&'a str>,
    pub presentity: &'a str,
    pub status: &'a str,
    pub subtype: Escaped<'a>,
    pub message: Escaped<'a>,
}

/// An extension's hint names somebody who says otherwise of themselves.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(call))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct PresenceStatus<'a> {
    pub exten: &'a str,
    pub context: &'a str,
    pub hint: &'a str,
    pub status: &'a str,
    pub subtype: &'a str,
    pub message: &'a str,
}
