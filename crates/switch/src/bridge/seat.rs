//! How channels take their seats in bridges and leave them.

use super::{Bridge, Kind};
use crate::Switch;
use crate::happening::Happening;
use model::{BridgeId, ChannelId, Event};
use std::sync::Arc;

impl Switch {
    /// Seats a channel; `swap` is the uniqueid of the one whose seat it takes.
    pub(crate) fn enter_bridge(&mut self, bridge: BridgeId, id: ChannelId, swap: Option<Arc<str>>) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        debug_assert_eq!(channel.seat, None, "{} sits twice", channel.name);
        channel.seat = Some(bridge);
        self.begin_keys(id);
        self.stop_tones(id);
        self.renew_technology(bridge);
        let Some(found) = self.bridges.get_mut(&bridge) else {
            return;
        };
        found.members.push(id);
        self.share_linkedid(bridge);
        let Some(entered) = self.bridges.get(&bridge).map(Bridge::snapshot) else {
            return;
        };
        if let Some(channel) = self.snapshot(id) {
            self.tell(Event::BridgeEnter {
                bridge: entered,
                channel,
                swap,
            });
        }
        self.renew_technology(bridge);
        self.record_entering(bridge, id);
        self.touched.insert(id);
    }

    /// All in a bridge belong together from now on: under the linkedid of the oldest.
    fn share_linkedid(&mut self, bridge: BridgeId) {
        let members = self.members_of(bridge);
        let oldest = members.iter().min().and_then(|id| self.channels.get(id));
        let Some(linkedid) = oldest.map(|channel| Arc::clone(&channel.linkedid)) else {
            return;
        };
        for id in members {
            let Some(channel) = self.channels.get_mut(&id) else {
                continue;
            };
            let old = std::mem::replace(&mut channel.linkedid, Arc::clone(&linkedid));
            if old != linkedid {
                self.log_linkedid(id, &old);
            }
        }
    }

    /// Takes a channel out of its bridge. From a conversation of two the other one leaves too, unless
    /// somebody is awaited there.
    pub(crate) fn leave_bridge(&mut self, id: ChannelId) {
        self.abandon_handover(id);
        if self.end_consultation(id) {
            return;
        }
        let Some(seat) = self.channels.get(&id).and_then(|channel| channel.seat) else {
            return;
        };
        let Some(bridge) = self.bridges.get(&seat) else {
            return;
        };
        let stay = if bridge.is_awaiting { 1 } else { 2 };
        if bridge.kind == Kind::Basic && bridge.members.len() > stay {
            return self.leave_others(seat, id);
        }
        let peer = bridge.peer_of(id);
        if let Some(peer) = peer {
            self.tell_peer(id, None);
            self.tell_peer(peer, None);
        }
        self.end_hold(id);
        self.unseat(id);
        if let Some(peer) = peer {
            self.end_hold(peer);
            self.unseat(peer);
            self.happen(peer, Happening::Unbridged);
        }
        self.end_if_empty(seat);
    }

    /// Takes a channel out of a conversation that goes on without it.
    fn leave_others(&mut self, seat: BridgeId, id: ChannelId) {
        self.tell_peer(id, None);
        self.end_hold(id);
        self.unseat(id);
        self.tell_members(seat);
        self.entertain(seat);
    }

    /// A channel takes the seat of another, where it sits.
    pub(crate) fn take_seat(&mut self, of: ChannelId, id: ChannelId) {
        let known = self.channels.get(&of);
        let known = known.and_then(|known| Some((known.seat?, Arc::clone(&known.uniqueid))));
        let Some((seat, uniqueid)) = known else {
            return;
        };
        self.unseat(of);
        self.enter_bridge(seat, id, Some(uniqueid));
        self.tell_members(seat);
    }

    /// Whether somebody is to come to a bridge, or to come back.
    pub(crate) fn set_awaiting(&mut self, bridge: BridgeId, is_awaiting: bool) {
        if let Some(bridge) = self.bridges.get_mut(&bridge) {
            bridge.is_awaiting = is_awaiting;
        }
    }

    /// Who waits alone for somebody hears music; several talk with each other.
    pub(crate) fn entertain(&mut self, bridge: BridgeId) {
        let Some(bridge) = self.bridges.get(&bridge) else {
            return;
        };
        if let ([alone], true) = (&bridge.members[..], bridge.is_awaiting) {
            let alone = *alone;
            self.start_music(alone, "");
        }
    }

    /// Moves all who sit in a bridge to another; theirs is gone then.
    pub(crate) fn merge_bridges(&mut self, to: BridgeId, from: BridgeId) {
        let bridge = |id| self.bridges.get(&id).map(Bridge::snapshot);
        let (Some(told_to), Some(told_from)) = (bridge(to), bridge(from)) else {
            return;
        };
        self.tell(Event::BridgeMerge {
            to: told_to,
            from: told_from,
        });
        for id in self.members_of(from) {
            self.unseat(id);
            self.enter_bridge(to, id, None);
        }
        self.end_if_empty(from);
        self.tell_members(to);
    }

    /// Takes a channel out of its bridge and leaves the others where they are.
    pub(crate) fn unseat(&mut self, id: ChannelId) {
        let Some(seat) = self
            .channels
            .get_mut(&id)
            .and_then(|channel| channel.seat.take())
        else {
            return;
        };
        let Some(bridge) = self.bridges.get_mut(&seat) else {
            return;
        };
        bridge.members.retain(|member| *member != id);
        let announced = bridge.announcers.contains(&id);
        bridge.announcers.retain(|announcer| *announcer != id);
        let silent = announced && bridge.announcers.is_empty();
        let waiting = if silent {
            bridge.members.clone()
        } else {
            Vec::new()
        };
        self.touched.extend(&bridge.members);
        let (bridge, talks_on) = (bridge.snapshot(), bridge.members.len() > 1);
        self.record_leaving(seat, id);
        self.forget_keys(id);
        self.publish(id);
        if let Some(channel) = self.snapshot(id) {
            self.tell(Event::BridgeLeave { bridge, channel });
        }
        if talks_on {
            self.renew_technology(seat);
        }
        self.touched.insert(id);
        self.end_announcement(&waiting);
    }

    /// A bridge in which nobody is left is gone.
    pub(crate) fn end_if_empty(&mut self, bridge: BridgeId) {
        if self
            .bridges
            .get(&bridge)
            .is_none_or(|bridge| !bridge.members.is_empty())
        {
            return;
        }
        if let Some(bridge) = self.bridges.remove(&bridge) {
            self.tell(Event::BridgeDestroy {
                bridge: bridge.snapshot(),
            });
        }
    }
}
