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
    /// The country whose tones it hears, if it is not the configuration's.
    pub tone_zone: Option<Arc<str>>,
    /// Whether its caller id may be shown, in the words of `CALLERID(pres)`.
    pub presentation: Option<Arc<str>>,
    /// Its caller id's tag.
    pub tag: Option<Arc<str>>,
    /// The groups its calls ring in.
    pub call_groups: Groups,
    /// The groups whose calls it may take.
    pub pickup_groups: Groups,
}

/// Groups of those who may take each other's calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Groups {
    /// Those with a number of 0 to 63, a bit each.
    pub numbers: u64,
    /// Those with a name.
    pub names: Vec<Arc<str>>,
}

impl Groups {
    /// Reads numbers, `1,3-5`; others are left out.
    pub fn numbers(text: &str) -> u64 {
        let parts = text.split(',').map(str::trim);
        let ranges = parts.filter_map(|part| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let number = |text: &str| text.trim().parse().ok().filter(|n: &u32| *n < 64);
            Some(number(first)?..=number(last)?)
        });
        ranges.flatten().fold(0, |all, number| all | (1 << number))
    }

    /// Reads names, `sales,support`.
    pub fn names(text: &str) -> Vec<Arc<str>> {
        let names = text.split(',').map(str::trim);
        names
            .filter(|name| !name.is_empty())
            .map(Arc::from)
            .collect()
    }

    /// The numbers as they are written: `1, 3, 4`.
    pub fn numbers_text(&self) -> String {
        let set = (0..64).filter(|number| self.numbers & (1 << number) != 0);
        let set: Vec<_> = set.map(|number| number.to_string()).collect();
        set.join(", ")
    }

    /// Whether any group is in both.
    pub fn meet(&self, others: &Self) -> bool {
        self.numbers & others.numbers != 0
            || self.names.iter().any(|name| others.names.contains(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_read_and_meet() {
        let groups = |numbers, names| Groups {
            numbers: Groups::numbers(numbers),
            names: Groups::names(names),
        };
        assert_eq!(groups("1, 3-5,64,x", "").numbers_text(), "1, 3, 4, 5");
        assert!(groups("1,2", "").meet(&groups("2", "")));
        assert!(groups("", "a,b").meet(&groups("1", "b")));
        assert!(!groups("1", "a").meet(&groups("2", "b")));
    }
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
    /// Whether it cannot be reached any more after a restart: it is the far end of a connection.
    pub prune_on_boot: bool,
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
