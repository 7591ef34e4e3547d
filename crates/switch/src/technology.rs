//! How bridges pass sound: the technologies there are, and which of them a bridge takes.
//!
//! A bridge takes the one of highest priority that fits who is in it and is not suspended, and
//! looks again whenever somebody enters, leaves others who talk on, or may press other codes. So one suspended is not taken
//! any more, and whoever has it keeps it until somebody enters.

use crate::Switch;
use crate::bridge::{Bridge, Kind};
use crate::channel::{Channel, Technology as Line};
use crate::listen::format_of;
use model::{BridgeId, BridgeTechnology, ChannelId, Refusal, Reply};
use std::collections::BTreeSet;

/// A way in which a bridge passes sound.
#[derive(Debug)]
pub(crate) struct Technology {
    /// The name told as `BridgeTechnology`.
    pub(crate) name: &'static str,
    /// What it can do, as told by BridgeTechnologyList.
    capability: &'static str,
    /// Among those that fit the highest is taken.
    priority: u32,
    /// Which bridges it is for.
    kind: Kind,
    /// For how many in a bridge.
    most: usize,
    /// Whether it needs two lines outside that speak alike and whose keys nobody waits for: what
    /// they send is passed on packet by packet.
    relays: bool,
}

/// All there are, in the order they are listed.
static ALL: [Technology; 4] = [
    Technology {
        name: "native_rtp",
        capability: "Native",
        priority: 90,
        kind: Kind::Basic,
        most: 2,
        relays: true,
    },
    Technology {
        name: "holding_bridge",
        capability: "Holding",
        priority: 50,
        kind: Kind::Holding,
        most: usize::MAX,
        relays: false,
    },
    Technology {
        name: "simple_bridge",
        capability: "1to1Mix",
        priority: 50,
        kind: Kind::Basic,
        most: 2,
        relays: false,
    },
    Technology {
        name: "softmix",
        capability: "MultiMix",
        priority: 10,
        kind: Kind::Basic,
        most: usize::MAX,
        relays: false,
    },
];

/// The names of those that no bridge may take.
#[derive(Debug, Default)]
pub(crate) struct Suspended(BTreeSet<&'static str>);

impl Switch {
    /// The technology for a bridge of this kind with these members; `None` if all are suspended.
    pub(crate) fn technology_for(
        &self,
        kind: Kind,
        members: &[ChannelId],
    ) -> Option<&'static Technology> {
        let fits = |technology: &&Technology| {
            technology.kind == kind
                && members.len() <= technology.most
                && !self.suspended.0.contains(technology.name)
                && (!technology.relays || self.can_relay(members))
        };
        ALL.iter()
            .filter(fits)
            .max_by_key(|technology| technology.priority)
    }

    /// Whether two lines send each other what both understand, and nobody waits for their keys.
    fn can_relay(&self, members: &[ChannelId]) -> bool {
        let line = |id| self.channels.get(id).filter(|channel| is_plain(channel));
        let [first, second] = members else {
            return false;
        };
        match (line(first), line(second)) {
            (Some(first), Some(second)) => format_of(first) == format_of(second),
            (_, _) => false,
        }
    }

    /// A bridge looks again for its technology. It keeps what it has if there is no other.
    pub(crate) fn renew_technology(&mut self, bridge: BridgeId) {
        let Some(found) = self.bridges.get(&bridge) else {
            return;
        };
        let technology = self.technology_for(found.kind, found.members());
        if let (Some(technology), Some(bridge)) = (technology, self.bridges.get_mut(&bridge)) {
            bridge.technology = technology;
        }
    }

    /// All technologies, as they are listed.
    pub(crate) fn bridge_technologies(&self) -> Reply {
        let listed = |technology: &Technology| BridgeTechnology {
            name: technology.name.into(),
            capability: technology.capability.into(),
            priority: technology.priority,
            suspended: self.suspended.0.contains(technology.name),
        };
        Reply::BridgeTechnologies(ALL.iter().map(listed).collect())
    }

    /// Keeps bridges from taking a technology, or allows it again.
    pub(crate) fn suspend_technology(&mut self, name: &str, suspend: bool) -> Reply {
        let mut all = ALL.iter().map(|technology| technology.name);
        let Some(name) = all.find(|known| known.eq_ignore_ascii_case(name)) else {
            return Reply::Refused(Refusal::NoSuchTechnology);
        };
        if suspend {
            self.suspended.0.insert(name);
        } else {
            self.suspended.0.remove(name);
        }
        Reply::Done
    }
}

impl Bridge {
    /// How it passes sound.
    pub(crate) fn technology(&self) -> &'static str {
        self.technology.name
    }
}

/// Whether a channel is a line outside with sound, whose keys nobody waits for.
fn is_plain(channel: &Channel) -> bool {
    let has_sound = matches!(channel.technology, Line::External { leg: Some(_), .. });
    has_sound && !channel.keys.are_awaited()
}
