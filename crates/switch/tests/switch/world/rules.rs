//! What must hold in every world: a channel is made once and hung up once and silent ever after,
//! enters a bridge before it leaves it, and is in no bridge when it ends; a bridge ends empty. Who
//! spies does so on one at a time, both are there as long as it lasts, and nobody spies on a spy. A call
//! record is told once, and of two.

use model::{ChannelSnapshot, Event};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

#[derive(Default)]
pub(super) struct Rules {
    living: BTreeSet<Arc<str>>,
    dead: BTreeSet<Arc<str>>,
    bridges: BTreeMap<Arc<str>, BTreeSet<Arc<str>>>,
    /// Who spies, and on whom.
    spies: BTreeMap<Arc<str>, Arc<str>>,
    /// The numbers of the call records that were told.
    records: BTreeSet<u64>,
}

impl Rules {
    pub(super) fn check(&mut self, event: &Event) {
        match event {
            Event::Newchannel { channel } => {
                assert!(
                    !self.dead.contains(&channel.uniqueid),
                    "made again: {}",
                    channel.name
                );
                assert!(
                    self.living.insert(Arc::clone(&channel.uniqueid)),
                    "made twice: {}",
                    channel.name
                );
            }
            Event::Hangup { channel } => {
                self.alive(channel, event);
                self.living.remove(&channel.uniqueid);
                self.dead.insert(Arc::clone(&channel.uniqueid));
                let seated = self
                    .bridges
                    .values()
                    .any(|members| members.contains(&channel.uniqueid));
                assert!(!seated, "hung up in a bridge: {}", channel.name);
                let mut pairs = self.spies.iter();
                let spies = pairs.any(|pair| [pair.0, pair.1].contains(&&channel.uniqueid));
                assert!(!spies, "hung up while there is spying: {}", channel.name);
            }
            Event::BridgeCreate { bridge } => {
                let before = self
                    .bridges
                    .insert(Arc::clone(&bridge.uniqueid), BTreeSet::new());
                assert_eq!(before, None, "a bridge made twice");
            }
            Event::BridgeEnter {
                bridge, channel, ..
            } => {
                self.alive(channel, event);
                let others = self
                    .bridges
                    .iter()
                    .filter(|(id, _)| **id != bridge.uniqueid);
                assert!(
                    others
                        .flat_map(|(_, members)| members)
                        .all(|id| *id != channel.uniqueid),
                    "in two bridges: {}",
                    channel.name
                );
                let members = self
                    .bridges
                    .get_mut(&bridge.uniqueid)
                    .expect("a bridge that was made");
                assert!(
                    members.insert(Arc::clone(&channel.uniqueid)),
                    "entered twice: {}",
                    channel.name
                );
                assert_eq!(members.len(), bridge.channels);
            }
            Event::BridgeLeave { bridge, channel } => {
                self.alive(channel, event);
                let members = self
                    .bridges
                    .get_mut(&bridge.uniqueid)
                    .expect("a bridge that was made");
                assert!(
                    members.remove(&channel.uniqueid),
                    "left without having entered: {}",
                    channel.name
                );
                assert_eq!(members.len(), bridge.channels);
            }
            Event::BridgeDestroy { bridge } => {
                let members = self.bridges.remove(&bridge.uniqueid);
                assert_eq!(
                    members,
                    Some(BTreeSet::new()),
                    "a bridge ended with channels in it"
                );
            }
            Event::ChanSpyStart { spyer, spyee } => {
                self.alive(spyer, event);
                self.alive(spyee, event);
                let spied_on = self.spies.values().any(|id| *id == spyer.uniqueid);
                assert!(
                    !spied_on && !self.spies.contains_key(&spyee.uniqueid),
                    "a spy is spied on: {event:?}"
                );
                let pair = (Arc::clone(&spyer.uniqueid), Arc::clone(&spyee.uniqueid));
                assert_eq!(self.spies.insert(pair.0, pair.1), None, "spies on two");
            }
            Event::ChanSpyStop { spyer, spyee } => {
                self.alive(spyer, event);
                self.alive(spyee, event);
                let ended = self.spies.remove(&spyer.uniqueid);
                assert_eq!(ended.as_ref(), Some(&spyee.uniqueid), "not spied on");
            }
            Event::BridgeMerge { to, from } => {
                let known =
                    |bridge: &model::BridgeSnapshot| self.bridges.contains_key(&bridge.uniqueid);
                assert!(to.uniqueid != from.uniqueid && known(to) && known(from));
            }
            Event::Cdr { record, .. } => {
                assert!(
                    record.start <= record.end,
                    "ended before it began: {record:?}"
                );
                assert_ne!(record.channel, record.destination_channel, "with itself");
                assert!(
                    self.records.insert(record.sequence),
                    "told twice: {record:?}"
                );
            }
            other => {
                if let Some(channel) = about(other) {
                    self.alive(channel, other);
                }
            }
        }
    }

    /// Nothing is left.
    pub(super) fn finish(&self) {
        assert_eq!(self.living, BTreeSet::new(), "channels that never ended");
        assert_eq!(self.bridges, BTreeMap::new(), "bridges that never ended");
    }

    fn alive(&self, channel: &ChannelSnapshot, event: &Event) {
        assert!(
            self.living.contains(&channel.uniqueid),
            "told of a channel that is not there: {event:?}"
        );
    }
}

/// An event's name, and the channel it is about.
pub(super) fn title(event: &Event) -> String {
    let debug = format!("{event:?}");
    let name = debug
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default()
        .to_owned();
    match about(event) {
        Some(channel) => format!("{name} {}", channel.name),
        None => name,
    }
}

/// The channel it is about, or the one dialled, if there is one such. The channel event log looks back.
pub(crate) fn about(event: &Event) -> Option<&ChannelSnapshot> {
    if let Event::Cel { .. } = event {
        return None;
    }
    let is_dial = matches!(
        event,
        Event::DialBegin { .. } | Event::DialState { .. } | Event::DialEnd { .. }
    );
    match event.channels()[..] {
        [channel] => Some(channel),
        [_, dest] if is_dial => Some(dest),
        _ => None,
    }
}
