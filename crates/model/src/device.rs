//! States of devices and of the extensions whose hints watch them.

use serde::{Deserialize, Serialize};

/// The state of a device, e.g. `PJSIP/alice`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DeviceState {
    /// The device exists, its state cannot be told.
    Unknown,
    /// Idle.
    NotInUse,
    /// In a call.
    InUse,
    /// In as many calls as it takes.
    Busy,
    /// No such device.
    Invalid,
    /// Not registered or not reachable.
    Unavailable,
    /// Being called.
    Ringing,
    /// In a call and being called.
    RingInUse,
    /// Its only call is on hold.
    OnHold,
}

impl DeviceState {
    /// The state of this word, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        let all = [
            Self::Unknown,
            Self::NotInUse,
            Self::InUse,
            Self::Busy,
            Self::Invalid,
            Self::Unavailable,
            Self::Ringing,
            Self::RingInUse,
            Self::OnHold,
        ];
        all.into_iter()
            .find(|state| state.text().eq_ignore_ascii_case(text.trim()))
    }

    /// The word told as `State` of DeviceStateChange.
    pub fn text(self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::NotInUse => "NOT_INUSE",
            Self::InUse => "INUSE",
            Self::Busy => "BUSY",
            Self::Invalid => "INVALID",
            Self::Unavailable => "UNAVAILABLE",
            Self::Ringing => "RINGING",
            Self::RingInUse => "RINGINUSE",
            Self::OnHold => "ONHOLD",
        }
    }
}

impl DeviceState {
    /// The words told to people and as `DeviceState` of endpoints.
    pub fn words(self) -> &'static str {
        match self {
            Self::Unknown => "Unknown",
            Self::NotInUse => "Not in use",
            Self::InUse => "In use",
            Self::Busy => "Busy",
            Self::Invalid => "Invalid",
            Self::Unavailable => "Unavailable",
            Self::Ringing => "Ringing",
            Self::RingInUse => "Ring+Inuse",
            Self::OnHold => "On Hold",
        }
    }
}

/// The state of an extension with a hint (ami-server.md 10.16).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ExtensionState {
    /// The extension is gone.
    Removed,
    /// The hint is gone, or there never was one.
    Deactivated,
    /// Nothing is going on.
    Idle,
    /// At least one device is in use.
    InUse,
    /// Every device is busy.
    Busy,
    /// No device can be reached.
    Unavailable,
    /// At least one device rings, none is in use.
    Ringing,
    /// Devices are in use and ringing.
    InUseRinging,
    /// Every device in use is on hold.
    Hold,
    /// Devices are in use, others on hold.
    InUseHold,
}

impl ExtensionState {
    /// The number told as `Status`.
    pub fn number(self) -> i32 {
        match self {
            Self::Removed => -2,
            Self::Deactivated => -1,
            Self::Idle => 0,
            Self::InUse => 1,
            Self::Busy => 2,
            Self::Unavailable => 4,
            Self::Ringing => 8,
            Self::InUseRinging => 9,
            Self::Hold => 16,
            Self::InUseHold => 17,
        }
    }

    /// The words told as `StatusText`.
    pub fn text(self) -> &'static str {
        match self {
            Self::Removed | Self::Deactivated => "Unknown",
            Self::Idle => "Idle",
            Self::InUse => "InUse",
            Self::Busy => "Busy",
            Self::Unavailable => "Unavailable",
            Self::Ringing => "Ringing",
            Self::InUseRinging => "InUse&Ringing",
            Self::Hold => "Hold",
            Self::InUseHold => "InUse&Hold",
        }
    }
}
