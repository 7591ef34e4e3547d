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
