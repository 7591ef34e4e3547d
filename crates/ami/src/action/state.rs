//! Actions about the states of devices, extensions and people.

use macros::Action;

/// Lists the devices whose states are known.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(call, reporting),
    reads,
    synopsis = "List the current known device states.",
    complete = "DeviceStateListComplete"
)]
pub struct DeviceStateList {}

/// Lists the extensions with hints.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(call, reporting),
    reads,
    synopsis = "List the current known extension states.",
    complete = "ExtensionStateListComplete"
)]
pub struct ExtensionStateList {}

/// Tells what somebody says of themselves.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(classes(call, reporting), reads, synopsis = "Check Presence State")]
pub struct PresenceState {
    /// Who: `CustomPresence:name`.
    #[action(missing = "No provider specified")]
    pub provider: String,
}

/// Lists what people say of themselves.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    classes(call, reporting),
    reads,
    synopsis = "List the current known presence states.",
    complete = "PresenceStateListComplete"
)]
pub struct PresenceStateList {}

/// Tells the whole state as it is at one place in the order of events, which it names: endpoints, states of
/// devices, hints and people, mailboxes, channels, bridges, spies. Each item is an event that brings a reader who
/// knows nothing to it, and is told to who may hear that event; what follows that place completes it.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    reads,
    synopsis = "List the whole state at one place in the order of events.",
    complete = "SnapshotComplete"
)]
pub struct Snapshot {}
