//! The whole state as events: what a reader who knows nothing would have to be told to know it.

use crate::Switch;
use crate::bridge::Bridge;
use model::Event;
use std::sync::Arc;

impl Switch {
    /// Devices and hints first, then channels, then who sits together.
    pub(crate) fn state_as_events(&self) -> Vec<Event> {
        let devices = self.known_devices().into_iter();
        let mut events: Vec<_> = devices
            .map(|(device, state)| Event::DeviceStateChange { device, state })
            .collect();
        let hints = self.hint_reports().into_iter();
        events.extend(hints.map(|hint| Event::ExtensionStatus {
            exten: hint.exten,
            context: hint.context,
            hint: hint.hint,
            state: hint.state,
        }));
        let channels = self.all_channels().into_iter();
        events.extend(channels.map(|channel| Event::Newchannel { channel }));
        for bridge in self.bridges.values() {
            self.tell_bridge(bridge, &mut events);
        }
        events
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
