//! What the switch knows of a technology's endpoints: facts told to it, not asked for.

use crate::Party;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// An endpoint as configured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Its name; the device is `PJSIP/name`.
    pub name: Arc<str>,
    /// Where its calls enter the dialplan.
    pub context: Arc<str>,
    /// Caller id that replaces what it claims.
    pub caller: Option<Party>,
    /// Language of prompts.
    pub language: Arc<str>,
    /// Account code of its channels.
    pub account: Arc<str>,
    /// Calls at which the device counts as busy; 0 is never.
    pub busy_at: u32,
    /// Set on every channel of it, in order.
    pub variables: Vec<(Arc<str>, Arc<str>)>,
}

/// Something that became of a contact of an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactFact {
    /// The endpoint it belongs to.
    pub endpoint: Arc<str>,
    /// The address of record.
    pub aor: Arc<str>,
    /// Its URI, as registered or configured.
    pub uri: Arc<str>,
    /// What became of it.
    pub state: ContactState,
    /// Round trip of the last qualify, if one was answered.
    pub round_trip: Option<std::time::Duration>,
    /// How many contacts of the endpoint can be called from now on.
    pub usable: usize,
}

/// A contact as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Its id, the same for as long as it is registered: `aor;@token`.
    pub id: Arc<str>,
    /// The address of record.
    pub aor: Arc<str>,
    /// The endpoint it belongs to.
    pub endpoint: Arc<str>,
    /// Its URI.
    pub uri: Arc<str>,
    /// What the phone calls itself.
    pub user_agent: Arc<str>,
    /// The Call-ID it registered with.
    pub call_id: Arc<str>,
    /// The host its REGISTER named in Via.
    pub via_host: Arc<str>,
    /// And the port.
    pub via_port: u16,
    /// The Path its REGISTER came along, empty if none was told.
    pub path: Arc<str>,
    /// When it ceases unless registered again.
    pub expires: jiff::Timestamp,
    /// How often it is asked whether it answers; 0 is never.
    pub qualify_frequency: std::time::Duration,
    /// How long it has to answer.
    pub qualify_timeout: std::time::Duration,
    /// Its state.
    pub state: ContactState,
    /// Round trip of the last qualify, if one was answered.
    pub round_trip: Option<std::time::Duration>,
}

/// The state of a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ContactState {
    /// Known, and nobody asks whether it answers.
    NonQualified,
    /// Answered the last OPTIONS.
    Reachable,
    /// Did not answer the last OPTIONS.
    Unreachable,
    /// Registered again.
    Updated,
    /// Unregistered or expired.
    Removed,
}

impl ContactState {
    /// The word as lists of contacts have it.
    pub fn short(self) -> &'static str {
        match self {
            Self::NonQualified => "NonQual",
            Self::Reachable => "Avail",
            Self::Unreachable => "Unavail",
            Self::Updated => "Updated",
            Self::Removed => "Removed",
        }
    }

    /// The word told as `ContactStatus`.
    pub fn text(self) -> &'static str {
        match self {
            Self::NonQualified => "NonQualified",
            Self::Reachable => "Reachable",
            Self::Unreachable => "Unreachable",
            Self::Updated => "Updated",
            Self::Removed => "Removed",
        }
    }
}
