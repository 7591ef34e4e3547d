//! Bridges: where channels sit together.

mod seat;

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
    /// Somebody is to come here, or to come back: who is left alone waits.
    pub(crate) is_awaiting: bool,
    /// More than two have been here at once: from then on each pair has its record.
    pub(crate) records_pairs: bool,
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
            is_awaiting: false,
            records_pairs: false,
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
}
