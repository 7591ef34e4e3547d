//! Bridges: where channels sit together.

use crate::Switch;
use crate::happening::Happening;
use crate::technology::Technology as Passing;
use model::{BridgeId, BridgeSnapshot, Cause, ChannelId, Event};
use std::sync::Arc;

/// A bridge.
#[derive(Debug)]
pub(crate) struct Bridge {
    id: BridgeId,
    pub(crate) uniqueid: Arc<str>,
    pub(crate) kind: Kind,
    /// How it passes sound.
    pub(crate) technology: &'static Passing,
    /// The application that made it, and the name it gave.
    named: Option<(Arc<str>, Arc<str>)>,
    created: jiff::Timestamp,
    members: Vec<ChannelId>,
    /// Those who speak to all others of a holding bridge, the one who is heard first.
    pub(crate) announcers: Vec<ChannelId>,
}

/// What a bridge is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A conversation of two or more. It ends when fewer than two are left.
    Basic,
    /// A place to wait, each for oneself. It ends when the last leaves.
    Holding,
}

impl Kind {
    /// The word told as `BridgeType`.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Holding => "base",
        }
    }
}

impl Bridge {
    /// Who a member talks with, if it is one alone.
    pub(crate) fn peer_of(&self, id: ChannelId) -> Option<ChannelId> {
        let mut others = self.talk_with(id);
        let peer = others.next()?;
        others.next().is_none().then_some(peer)
    }

    /// All who talk with a member.
    pub(crate) fn talk_with(&self, id: ChannelId) -> impl Iterator<Item = ChannelId> + '_ {
        let talk: &[ChannelId] = match self.kind {
            Kind::Basic => &self.members,
            Kind::Holding => &[],
        };
        talk.iter().copied().filter(move |other| *other != id)
    }

    /// All who speak to a member.
    pub(crate) fn speakers_to(&self, id: ChannelId) -> impl Iterator<Item = ChannelId> + '_ {
        self.talk_with(id).chain(self.announcer_to(id))
    }

    /// All who hear a member.
    pub(crate) fn listeners_to(&self, id: ChannelId) -> impl Iterator<Item = ChannelId> + '_ {
        let speaks = self.kind == Kind::Basic || self.announcers.first() == Some(&id);
        let members: &[ChannelId] = if speaks { &self.members } else { &[] };
        members.iter().copied().filter(move |other| *other != id)
    }

    /// Who speaks to a member.
    pub(crate) fn announcer_to(&self, id: ChannelId) -> Option<ChannelId> {
        let speaks = self.announcers.first().copied();
        speaks.filter(|_| !self.announcers.contains(&id))
    }

    pub(crate) fn members(&self) -> &[ChannelId] {
        &self.members
    }

    /// The name its maker gave it.
    pub(crate) fn name(&self) -> Option<&str> {
        self.named.as_ref().map(|(_, name)| &**name)
    }

    pub(crate) fn snapshot(&self) -> Arc<BridgeSnapshot> {
        Arc::new(BridgeSnapshot {
            id: self.id,
            uniqueid: Arc::clone(&self.uniqueid),
            kind: self.kind.text().into(),
            technology: self.technology().into(),
            creator: self.named.as_ref().map(|(creator, _)| Arc::clone(creator)),
            name: self.named.as_ref().map(|(_, name)| Arc::clone(name)),
            created: self.created,
            channels: self.members.len(),
        })
    }
}

impl Switch {
    /// Makes an empty bridge; `None` if every technology that could serve it is suspended.
    pub(crate) fn make_bridge(
        &mut self,
        kind: Kind,
        named: Option<(Arc<str>, Arc<str>)>,
    ) -> Option<BridgeId> {
        let technology = self.technology_for(kind, &[])?;
        let id = self.new_bridge_id();
        let uniqueid = self.new_uuid();
        let bridge = Bridge {
            id,
            uniqueid,
            kind,
            technology,
            named,
            created: self.now.utc,
            members: Vec::new(),
            announcers: Vec::new(),
        };
        self.tell(Event::BridgeCreate {
            bridge: bridge.snapshot(),
        });
        self.bridges.insert(id, bridge);
        Some(id)
    }

    /// Seats two channels together; the first enters first.
    pub(crate) fn bridge(&mut self, first: ChannelId, second: ChannelId) {
        let Some(id) = self.make_bridge(Kind::Basic, None) else {
            return self.part(first, second);
        };
        self.publish(first);
        self.enter_bridge(id, first, None);
        self.enter_bridge(id, second, None);
        self.tell_members(id);
    }

    /// There can be no bridge for two channels: it is as if they had left it at once.
    fn part(&mut self, first: ChannelId, second: ChannelId) {
        tracing::warn!("Two channels part: all technologies for their bridge are suspended");
        for id in [first, second] {
            if let Some(channel) = self.channels.get_mut(&id) {
                channel.cause = Some(Cause::SWITCH_CONGESTION);
            }
            self.happen(id, Happening::Unbridged);
        }
    }

    /// Seats a channel; `swap` is the uniqueid of the one whose seat it takes.
    pub(crate) fn enter_bridge(&mut self, bridge: BridgeId, id: ChannelId, swap: Option<Arc<str>>) {
        if let Some(channel) = self.channels.get_mut(&id) {
            debug_assert_eq!(channel.seat, None, "{} sits twice", channel.name);
            channel.seat = Some(bridge);
        }
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

    /// Takes a channel out of its bridge. From a conversation of two the other one leaves too.
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
        if bridge.kind == Kind::Basic && bridge.members.len() > 2 {
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
        for other in self.members_of(seat) {
            self.record_parting(other, id);
        }
        self.tell_members(seat);
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
