//! Somebody who knows of the world only what events tell them.

use model::{
    BridgeId, ChannelId, ChannelSnapshot, ChannelState, Command, DeviceState, Event,
    ExtensionState, Party, Record, Reply, Seq,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is known. Whatever is told twice, or told of what is not known, is a fault.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Mirror {
    channels: BTreeMap<ChannelId, Channel>,
    bridges: BTreeMap<BridgeId, BTreeSet<ChannelId>>,
    devices: BTreeMap<Arc<str>, DeviceState>,
    hints: BTreeMap<(Arc<str>, Arc<str>), ExtensionState>,
    peers: BTreeMap<Arc<str>, bool>,
    spies: BTreeMap<ChannelId, ChannelId>,
}

#[derive(Debug, PartialEq)]
struct Channel {
    name: Arc<str>,
    state: ChannelState,
    caller: Party,
    connected: Party,
    account: Arc<str>,
    linkedid: Arc<str>,
}

impl Mirror {
    /// A mirror of the whole state, and the place it holds for.
    pub(crate) fn new(world: &mut super::World) -> (Seq, Self) {
        let token = world.command(Command::Snapshot);
        let Some((at, Reply::Snapshot(events))) = world.replies.remove(&token) else {
            panic!("no snapshot")
        };
        let mut mirror = Self::default();
        events.iter().for_each(|event| mirror.apply(event));
        (at, mirror)
    }

    /// What happened after a place.
    pub(crate) fn follow(&mut self, after: Seq, records: &[Record]) {
        let first = records.partition_point(|record| record.seq <= after);
        for record in &records[first..] {
            self.apply(&record.event);
        }
    }

    fn apply(&mut self, event: &Event) {
        match event {
            Event::Newchannel { channel } => {
                let before = self.channels.insert(channel.id, Channel::of(channel));
                assert!(before.is_none(), "made twice: {event:?}");
            }
            Event::Hangup { channel } => {
                let before = self.channels.remove(&channel.id);
                assert!(before.is_some(), "ended without a beginning: {event:?}");
            }
            Event::BridgeCreate { bridge } => {
                let before = self.bridges.insert(bridge.id, BTreeSet::new());
                assert!(before.is_none(), "made twice: {event:?}");
            }
            Event::BridgeDestroy { bridge } => {
                let before = self.bridges.remove(&bridge.id);
                assert_eq!(before, Some(BTreeSet::new()), "{event:?}");
            }
            Event::BridgeEnter {
                bridge, channel, ..
            } => {
                let entered = self.members(bridge.id).insert(channel.id);
                assert!(entered, "entered twice: {event:?}");
                // All who sit together have one linkedid from then on.
                for id in self.members(bridge.id).clone() {
                    if let Some(known) = self.channels.get_mut(&id) {
                        known.linkedid = channel.linkedid.clone();
                    }
                }
            }
            Event::BridgeLeave { bridge, channel } => {
                let left = self.members(bridge.id).remove(&channel.id);
                assert!(left, "left without being there: {event:?}");
            }
            Event::ChanSpyStart { spyer, spyee } => {
                let before = self.spies.insert(spyer.id, spyee.id);
                assert_eq!(before, None, "{event:?}");
            }
            Event::ChanSpyStop { spyer, spyee } => {
                let before = self.spies.remove(&spyer.id);
                assert_eq!(before, Some(spyee.id), "{event:?}");
            }
            // A Local channel's device is nowhere any more once its channel has ended.
            Event::DeviceStateChange { device, state } if device.starts_with("PJSIP/") => {
                self.devices.insert(device.clone(), *state);
            }
            Event::ExtensionStatus {
                exten,
                context,
                state,
                ..
            } => {
                let hint = (context.clone(), exten.clone());
                self.hints.insert(hint, *state);
            }
            Event::PeerStatus { peer, reachable } => {
                self.peers.insert(peer.clone(), *reachable);
            }
            _ => {}
        }
        if let Some(channel) = super::rules::about(event)
            && let Some(known) = self.channels.get_mut(&channel.id)
        {
            *known = Channel::of(channel);
        }
    }

    fn members(&mut self, bridge: BridgeId) -> &mut BTreeSet<ChannelId> {
        self.bridges
            .get_mut(&bridge)
            .expect("a bridge that was made")
    }
}

impl Channel {
    fn of(told: &ChannelSnapshot) -> Self {
        Self {
            name: told.name.clone(),
            state: told.state,
            caller: told.caller.clone(),
            connected: told.connected.clone(),
            account: told.account.clone(),
            linkedid: told.linkedid.clone(),
        }
    }
}
