//! Who talks with whom in bridges, and how channels are told of it.

use crate::Switch;
use crate::bridge::Bridge;
use model::{BridgeId, ChannelId};
use std::sync::Arc;

/// As many of those one talks with are named at most.
const NAMED: usize = 10;

impl Switch {
    /// Who talks with a channel, if it is one alone.
    pub(crate) fn peer(&self, id: ChannelId) -> Option<ChannelId> {
        self.bridge_with(id)?.peer_of(id)
    }

    /// All who talk with a channel.
    pub(crate) fn peers(&self, id: ChannelId) -> Vec<ChannelId> {
        let bridge = self.bridge_with(id).into_iter();
        bridge.flat_map(|bridge| bridge.talk_with(id)).collect()
    }

    /// Who speaks to a channel that waits in a holding bridge.
    pub(crate) fn announcer(&self, id: ChannelId) -> Option<ChannelId> {
        self.bridge_with(id)?.announcer_to(id)
    }

    /// All who sit in a bridge.
    pub(crate) fn members_of(&self, bridge: BridgeId) -> Vec<ChannelId> {
        let bridge = self.bridges.get(&bridge);
        bridge.map_or_else(Vec::new, |bridge| bridge.members().to_vec())
    }

    /// The bridge that a channel sits in.
    pub(crate) fn bridge_with(&self, id: ChannelId) -> Option<&Bridge> {
        let seat = self.channels.get(&id)?.seat?;
        self.bridges.get(&seat)
    }

    /// Tells all in a conversation who the others are.
    pub(crate) fn tell_members(&mut self, bridge: BridgeId) {
        let members = self.members_of(bridge);
        for id in &members {
            let mut others = members.iter().filter(|other| *other != id);
            if members.len() <= 2 {
                self.tell_peer(*id, others.next().copied());
                continue;
            }
            let names = self.names_of(others.copied());
            self.name_peers(*id, &names, None);
        }
    }

    /// The first names of several, with commas between them.
    pub(crate) fn names_of(&self, several: impl Iterator<Item = ChannelId>) -> String {
        let named = several.filter_map(|id| self.channels.get(&id));
        let names: Vec<_> = named.take(NAMED).map(|channel| &*channel.name).collect();
        names.join(",")
    }

    /// Who else sits in a bridge, if it is one alone.
    pub(crate) fn only_other(&self, bridge: BridgeId, id: ChannelId) -> Option<ChannelId> {
        self.bridges.get(&bridge)?.peer_of(id)
    }

    /// Who a channel talks with, in its own variables: BRIDGEPEER, and BRIDGEPVTCALLID for a peer
    /// with a call id of its technology. Of several only BRIDGEPEER tells, with commas between them.
    pub(crate) fn tell_peer(&mut self, id: ChannelId, peer: Option<ChannelId>) {
        let known = peer.and_then(|peer| self.channels.get(&peer));
        let name = known.map(|peer| Arc::clone(&peer.name)).unwrap_or_default();
        let call_id = known.and_then(|peer| peer.trace.call_id.clone());
        self.name_peers(id, &name, call_id.as_deref());
    }

    fn name_peers(&mut self, id: ChannelId, names: &str, call_id: Option<&str>) {
        let is_told = |name| {
            let channel = self.channels.get(&id);
            let value = channel.and_then(|channel| channel.variables.value(name));
            value.is_some_and(|value| !value.is_empty())
        };
        let (peer_told, told) = (is_told("BRIDGEPEER"), is_told("BRIDGEPVTCALLID"));
        if peer_told || !names.is_empty() {
            self.set_variable(id, "BRIDGEPEER", names);
        }
        match call_id {
            Some(call_id) => self.set_variable(id, "BRIDGEPVTCALLID", call_id),
            None if told => self.set_variable(id, "BRIDGEPVTCALLID", ""),
            None => {}
        }
    }
}

/// How many hops are left on each of several ways, so that what goes on all of them through Local
/// channels that lead back comes to an end as soon as on one.
pub(crate) fn share(hops: usize, ways: usize) -> usize {
    hops.div_ceil(ways.max(1))
}
