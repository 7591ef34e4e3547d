//! The whole state as events: what a reader who knows nothing would have to be told to know it.

use crate::Switch;
use crate::bridge::Bridge;
use model::Event;
use std::sync::Arc;

impl Switch {
    /// Endpoints, devices, hints, mailboxes and presences first, then channels, who sits
    /// together, and who spies on whom.
    pub(crate) fn state_as_events(&mut self) -> Vec<Event> {
        let mut events = self.endpoints_as_events();
        let devices = self.known_devices().into_iter();
        events.extend(devices.map(|(device, state)| Event::DeviceStateChange { device, state }));
        let hints = self.hint_reports().into_iter();
        events.extend(hints.map(|hint| Event::ExtensionStatus {
            exten: hint.exten,
            context: hint.context,
            hint: hint.hint,
            state: hint.state,
        }));
        let mailboxes = self.devices.known_mailboxes();
        events.extend(mailboxes.map(|(mailbox, counts)| Event::MessageWaiting { mailbox, counts }));
        let presences = self.presences.iter();
        events.extend(
            presences.map(|(presentity, presence)| Event::PresenceStateChange {
                presentity: Arc::clone(presentity),
                presence: presence.clone(),
            }),
        );
        let channels = self.list_channels().into_channels();
        events.extend(channels.map(|channel| Event::Newchannel { channel }));
        for bridge in self.bridges.values() {
            self.tell_bridge(bridge, &mut events);
        }
        let spies = self.spies.iter();
        events.extend(spies.filter_map(|(spyer, spyee)| {
            let (spyer, spyee) = (self.snapshot(spyer)?, self.snapshot(spyee)?);
            Some(Event::ChanSpyStart { spyer, spyee })
        }));
        events
    }

    fn endpoints_as_events(&self) -> Vec<Event> {
        let endpoints = self.config.endpoints.keys();
        let events = endpoints.map(|name| Event::PeerStatus {
            peer: format!("PJSIP/{name}").into(),
            reachable: self.devices.can_be_called(name),
        });
        events.collect()
    }

    fn tell_bridge(&self, bridge: &Bridge, events: &mut Vec<Event>) {
        let told = bridge.snapshot();
        events.push(Event::BridgeCreate {
            bridge: Arc::clone(&told),
        });
        let members = bridge.members().iter().filter_map(|id| self.snapshot(*id));
        events.extend(members.map(|channel| Event::BridgeEnter {
            bridge: Arc::clone(&told),
            channel,
            swap: None,
        }));
    }
}
