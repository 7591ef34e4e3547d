//! Bridges: where channels sit together and hear each other.

use crate::Switch;
use crate::channel::{Happening, Technology};
use model::{BridgeId, BridgeSnapshot, ChannelId, Event};
use std::sync::Arc;

/// A bridge of two. It ends when one of them leaves.
#[derive(Debug)]
pub(crate) struct Bridge {
    id: BridgeId,
    pub(crate) uniqueid: Arc<str>,
    members: Vec<ChannelId>,
}

impl Bridge {
    /// Who a member hears.
    pub(crate) fn peer_of(&self, id: ChannelId) -> Option<ChannelId> {
        self.members.iter().copied().find(|member| *member != id)
    }

    fn snapshot(&self) -> Arc<BridgeSnapshot> {
        Arc::new(BridgeSnapshot {
            id: self.id,
            uniqueid: Arc::clone(&self.uniqueid),
            kind: "basic".into(),
            technology: "simple_bridge".into(),
            creator: None,
            name: None,
            channels: self.members.len(),
        })
    }
}

impl Switch {
    /// Seats two channels together; the one called enters first.
    pub(crate) fn bridge(&mut self, called: ChannelId, caller: ChannelId) {
        let id = self.new_bridge_id();
        let bridge = Bridge {
            id,
            uniqueid: self.new_uuid(),
            members: Vec::new(),
        };
        self.tell(Event::BridgeCreate {
            bridge: bridge.snapshot(),
        });
        self.bridges.insert(id, bridge);
        self.publish(called);
        self.enter_bridge(id, called);
        self.enter_bridge(id, caller);
        self.tell_peer(called, Some(caller));
        self.tell_peer(caller, Some(called));
        self.rewired = true;
    }

    fn enter_bridge(&mut self, bridge: BridgeId, id: ChannelId) {
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.seat = Some(bridge);
        }
        let Some(found) = self.bridges.get_mut(&bridge) else {
            return;
        };
        found.members.push(id);
        let bridge = found.snapshot();
        if let Some(channel) = self.snapshot(id) {
            self.tell(Event::BridgeEnter {
                bridge,
                channel,
                swap: None,
            });
        }
    }

    /// Takes a channel out of its bridge. The other one leaves too, and the bridge ends.
    pub(crate) fn leave_bridge(&mut self, id: ChannelId) {
        let Some(seat) = self.channels.get(&id).and_then(|channel| channel.seat) else {
            return;
        };
        let Some(bridge) = self.bridges.get(&seat) else {
            return;
        };
        let peer = bridge.peer_of(id);
        for (member, with) in [(Some(id), peer), (peer, Some(id))] {
            if let (Some(member), Some(_)) = (member, with) {
                self.tell_peer(member, None);
            }
        }
        self.unseat(seat, id);
        if let Some(peer) = peer {
            self.unseat(seat, peer);
            self.happen(peer, Happening::Unbridged);
        }
        if let Some(bridge) = self.bridges.remove(&seat) {
            self.tell(Event::BridgeDestroy {
                bridge: bridge.snapshot(),
            });
        }
        self.rewired = true;
    }

    fn unseat(&mut self, seat: BridgeId, id: ChannelId) {
        let Some(bridge) = self.bridges.get_mut(&seat) else {
            return;
        };
        bridge.members.retain(|member| *member != id);
        let bridge = bridge.snapshot();
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.seat = None;
        }
        if let Some(channel) = self.snapshot(id) {
            self.tell(Event::BridgeLeave { bridge, channel });
        }
    }

    /// Who a channel talks to, in its own variables: BRIDGEPEER, and BRIDGEPVTCALLID for a peer
    /// with a call id of its technology.
    fn tell_peer(&mut self, id: ChannelId, peer: Option<ChannelId>) {
        let known = peer.and_then(|peer| self.channels.get(&peer));
        let name = known.map(|peer| Arc::clone(&peer.name)).unwrap_or_default();
        let call_id = known.and_then(|peer| match &peer.technology {
            Technology::External { call_id, .. } => Some(Arc::clone(call_id)),
            Technology::Local { .. } => None,
        });
        self.set_variable(id, "BRIDGEPEER", &name);
        let told = self
            .channels
            .get(&id)
            .and_then(|channel| channel.variables.value("BRIDGEPVTCALLID"));
        let told = told.is_some_and(|value| !value.is_empty());
        match call_id {
            Some(call_id) => self.set_variable(id, "BRIDGEPVTCALLID", &call_id),
            None if told => self.set_variable(id, "BRIDGEPVTCALLID", ""),
            None => {}
        }
    }

    /// Who sits with a channel.
    pub(crate) fn peer(&self, id: ChannelId) -> Option<ChannelId> {
        let seat = self.channels.get(&id)?.seat?;
        self.bridges.get(&seat)?.peer_of(id)
    }
}
