//! States of devices, and of the extensions whose hints watch them.
//!
//! A device's state follows from what is known of its endpoint and from its channels; it is told
//! when it changes, and the hints that name it right after.

mod usage;

use crate::Switch;
use crate::database::CUSTOM_DEVICES;
use model::{
    ChannelId, ContactFact, ContactState, DeviceState, Event, ExtensionState, MessageCounts,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use usage::{Usage, Use};

/// What is known of devices.
#[derive(Debug, Default)]
pub(crate) struct Devices {
    /// How many contacts of an endpoint can be called.
    usable: BTreeMap<Arc<str>, usize>,
    /// The state last told.
    told: BTreeMap<Arc<str>, DeviceState>,
    /// Hints by the devices they name.
    watchers: BTreeMap<Arc<str>, Vec<usize>>,
    hints: Vec<Hint>,
    /// The channels there are of each.
    channels: BTreeMap<Arc<str>, Usage>,
    /// The states that were given to devices called `Custom:`.
    custom: BTreeMap<Arc<str>, DeviceState>,
    /// The messages that wait, by mailbox.
    mailboxes: BTreeMap<Arc<str>, MessageCounts>,
}

#[derive(Debug)]
struct Hint {
    context: Arc<str>,
    exten: Arc<str>,
    text: Arc<str>,
    devices: Vec<Arc<str>>,
    told: ExtensionState,
}

impl Devices {
    /// A channel of a device does this now.
    fn set_channel(&mut self, device: &str, id: ChannelId, now: Use) {
        if !self.channels.contains_key(device) {
            self.channels.insert(device.into(), Usage::default());
        }
        if let Some(usage) = self.channels.get_mut(device) {
            usage.set(id, now);
        }
    }

    /// It is gone.
    pub(crate) fn remove_channel(&mut self, device: &str, id: ChannelId) {
        if let Some(usage) = self.channels.get_mut(device) {
            usage.remove(id);
            if usage.is_empty() {
                self.channels.remove(device);
            }
        }
    }

    /// The messages that wait in a mailbox.
    pub(crate) fn messages(&self, mailbox: &str) -> MessageCounts {
        self.mailboxes.get(mailbox).copied().unwrap_or_default()
    }

    /// The mailboxes of which something is known, with that.
    pub(crate) fn known_mailboxes(&self) -> impl Iterator<Item = (Arc<str>, MessageCounts)> {
        let known = self.mailboxes.iter();
        known.map(|(name, counts)| (Arc::clone(name), *counts))
    }

    pub(crate) fn can_be_called(&self, endpoint: &str) -> bool {
        self.usable.get(endpoint).is_some_and(|usable| *usable > 0)
    }
}

impl Switch {
    /// Takes over the hints of a new configuration; states are known from here on, not told.
    pub(crate) fn renew_devices(&mut self) {
        let hints = self
            .config
            .dialplan
            .hints()
            // A pattern watches nothing until somebody asks for an extension it matches.
            .filter(|(_, extension, _)| !extension.pattern.as_str().starts_with('_'))
            .map(|(context, extension, hint)| Hint {
                context: Arc::clone(&context.name),
                exten: extension.pattern.as_str().into(),
                text: hint.watched().into(),
                devices: hint.devices().map(Arc::from).collect(),
                told: ExtensionState::Idle,
            });
        let mut hints: Vec<_> = hints.collect();
        let mut watchers: BTreeMap<Arc<str>, Vec<usize>> = BTreeMap::new();
        for (index, hint) in hints.iter_mut().enumerate() {
            hint.told = self.aggregate(&hint.devices);
            for device in &hint.devices {
                watchers.entry(Arc::clone(device)).or_default().push(index);
            }
        }
        for device in watchers.keys() {
            let state = self.device_state(device);
            self.devices.told.insert(Arc::clone(device), state);
        }
        self.devices.hints = hints;
        self.devices.watchers = watchers;
        self.renew_watched();
    }

    /// Something became of a contact of an endpoint.
    pub(crate) fn on_contact(&mut self, fact: ContactFact) {
        let endpoint = Arc::clone(&fact.endpoint);
        let before = self
            .devices
            .usable
            .insert(Arc::clone(&endpoint), fact.usable)
            .unwrap_or(0);
        let device = format!("PJSIP/{endpoint}");
        let told = fact.state != ContactState::Updated || fact.usable != before;
        if (before > 0) != (fact.usable > 0) {
            let reachable = fact.usable > 0;
            self.tell(Event::PeerStatus {
                peer: device.as_str().into(),
                reachable,
            });
        }
        self.touch_device(&device);
        if told {
            self.tell(Event::ContactStatus(fact));
        }
    }

    /// Something happened that somebody else is the author of.
    pub(crate) fn on_notice(&mut self, event: Event) {
        if let Event::Security(security) = &event {
            self.on_security(&security.kind);
        }
        let Event::MessageWaiting { mailbox, counts } = &event else {
            return self.tell(event);
        };
        let device = format!("MWI:{mailbox}");
        let before = self.devices.mailboxes.insert(Arc::clone(mailbox), *counts);
        if before.unwrap_or_default() != *counts {
            self.tell(event);
            self.touch_device(&device);
            // Other counts may be the same state.
            self.touch_watched(&device);
        }
    }

    /// The devices whose states are known, with them, by name.
    pub(crate) fn known_devices(&self) -> Vec<(Arc<str>, DeviceState)> {
        let devices = &self.devices;
        let endpoints = self.config.endpoints.keys();
        // A device called Custom: is known when it has been given a state.
        let told = devices
            .told
            .keys()
            .filter(|name| !name.starts_with("Custom:"));
        let mut names: BTreeSet<Arc<str>> = told.cloned().collect();
        names.extend(devices.custom.keys().cloned());
        names.extend(endpoints.map(|name| format!("PJSIP/{name}").into()));
        names.extend(
            devices
                .mailboxes
                .keys()
                .map(|name| format!("MWI:{name}").into()),
        );
        let known = names.into_iter().map(|name| {
            let state = self.device_state(&name);
            (name, state)
        });
        known.collect()
    }

    /// Gives a device called `Custom:` a state.
    pub(crate) fn set_custom_device(&mut self, device: &str, state: DeviceState) {
        self.devices.custom.insert(device.into(), state);
        if let Some(name) = device.strip_prefix("Custom:") {
            self.store(&format!("{CUSTOM_DEVICES}/{name}"), state.text());
        }
        self.touch_device(device);
    }

    /// Such a state as it was before the start.
    pub(crate) fn restore_custom_device(&mut self, device: &str, state: DeviceState) {
        self.devices.custom.insert(device.into(), state);
        self.touch_device(device);
    }

    /// The same of the device of a channel that has come to do something else.
    pub(crate) fn touch_channel_device(&mut self, id: ChannelId) {
        if let Some(channel) = self.channels.get(&id) {
            let device = channel.device().to_owned();
            self.devices.set_channel(&device, id, Use::of(channel));
            self.touch_device(&device);
        }
    }

    /// Tells a device's state if it has changed, and the hints' that watch it.
    pub(crate) fn touch_device(&mut self, device: &str) {
        let state = self.device_state(device);
        match self.devices.told.get(device) {
            Some(told) if *told == state => return,
            None if matches!(state, DeviceState::NotInUse | DeviceState::Unavailable)
                && !self.is_endpoint(device)
                && !device.starts_with("Custom:") =>
            {
                return;
            }
            Some(_) | None => {}
        }
        if device.starts_with("Local/")
            && matches!(state, DeviceState::NotInUse | DeviceState::Invalid)
        {
            // Such a device is known only while it has channels.
            self.devices.told.remove(device);
        } else {
            self.devices.told.insert(device.into(), state);
        }
        self.tell(Event::DeviceStateChange {
            device: device.into(),
            state,
        });
        for index in self
            .devices
            .watchers
            .get(device)
            .cloned()
            .unwrap_or_default()
        {
            self.touch_hint(index);
        }
        self.touch_watched(device);
    }

    fn touch_hint(&mut self, index: usize) {
        let Some(hint) = self.devices.hints.get(index) else {
            return;
        };
        let state = self.aggregate(&hint.devices);
        let Some(hint) = self.devices.hints.get_mut(index) else {
            return;
        };
        if hint.told == state {
            return;
        }
        hint.told = state;
        let event = Event::ExtensionStatus {
            exten: Arc::clone(&hint.exten),
            context: Arc::clone(&hint.context),
            hint: Arc::clone(&hint.text),
            state,
        };
        self.tell(event);
    }

    /// The devices a hint names. `None` if there is none.
    pub(crate) fn hint_devices(&self, context: &str, exten: &str) -> Option<Vec<Arc<str>>> {
        let hint = self.hint(context, exten)?;
        Some(hint.devices().map(Arc::from).collect())
    }

    /// The state of a hint: what it names, and how it is. `None` if there is none.
    pub(crate) fn hint_state(
        &self,
        context: &str,
        exten: &str,
    ) -> Option<(Arc<str>, ExtensionState)> {
        let hint = self.hint(context, exten)?;
        let devices: Vec<_> = hint.devices().map(Arc::from).collect();
        Some((hint.watched().into(), self.aggregate(&devices)))
    }

    /// The state of a device as it is now.
    pub(crate) fn device_state(&self, device: &str) -> DeviceState {
        let none = Usage::default();
        let usage = self.devices.channels.get(device).unwrap_or(&none);
        let in_use = usage.talking + usage.held > 0;
        let on_hold = in_use && usage.talking == 0;
        let ringing = usage.ringing > 0;
        let is_phone = device.starts_with("PJSIP/");
        match (in_use, ringing) {
            (true, true) if is_phone => DeviceState::RingInUse,
            (true, _) if on_hold => DeviceState::OnHold,
            (true, _) if self.is_busy(device, usage.calls()) => DeviceState::Busy,
            (true, _) => DeviceState::InUse,
            (false, true) if is_phone => DeviceState::Ringing,
            (false, true) => DeviceState::InUse,
            (false, false) => self.idle_state(device),
        }
    }

    /// The state of a device without channels.
    fn idle_state(&self, device: &str) -> DeviceState {
        match device.split_once('/') {
            Some(("PJSIP", name)) if !self.config.endpoints.contains_key(name) => {
                DeviceState::Invalid
            }
            Some(("PJSIP", name)) if !self.devices.can_be_called(name) => DeviceState::Unavailable,
            Some(("PJSIP", _)) => DeviceState::NotInUse,
            Some(("Local", place)) => self.local_state(place),
            _ if device.starts_with("Custom:") => {
                let given = self.devices.custom.get(device);
                given.copied().unwrap_or(DeviceState::Unknown)
            }
            _ => match device.strip_prefix("MWI:") {
                Some(mailbox) => self.mailbox_state(mailbox),
                None => DeviceState::Invalid,
            },
        }
    }

    /// A mailbox is in use while new messages wait in it.
    fn mailbox_state(&self, mailbox: &str) -> DeviceState {
        match self.devices.mailboxes.get(mailbox) {
            Some(counts) if counts.new + counts.urgent > 0 => DeviceState::InUse,
            Some(_) | None => DeviceState::NotInUse,
        }
    }

    /// A Local device is there as long as its extension is.
    fn local_state(&self, place: &str) -> DeviceState {
        let (exten, context) = place.split_once('@').unwrap_or((place, "default"));
        let now = self.local_time();
        match self.config.dialplan.exists(context, exten, 1, "", &now) {
            true => DeviceState::NotInUse,
            false => DeviceState::Invalid,
        }
    }

    fn is_endpoint(&self, device: &str) -> bool {
        device
            .strip_prefix("PJSIP/")
            .is_some_and(|name| self.config.endpoints.contains_key(name))
    }

    fn is_busy(&self, device: &str, calls: usize) -> bool {
        let endpoint = device
            .strip_prefix("PJSIP/")
            .and_then(|name| self.config.endpoints.get(name));
        endpoint.is_some_and(|endpoint| endpoint.busy_at > 0 && calls >= endpoint.busy_at as usize)
    }

    /// The state of several devices together.
    fn aggregate(&self, devices: &[Arc<str>]) -> ExtensionState {
        let states: Vec<_> = devices
            .iter()
            .map(|device| self.device_state(device))
            .collect();
        aggregate(&states)
    }
}

/// One state for many devices: whatever is going on on any of them goes before rest, and rest on
/// any before nothing to reach.
fn aggregate(states: &[DeviceState]) -> ExtensionState {
    use DeviceState as D;
    let any = |wanted: &[D]| states.iter().any(|state| wanted.contains(state));
    let all =
        |wanted: &[D]| !states.is_empty() && states.iter().all(|state| wanted.contains(state));
    let in_use = any(&[D::InUse, D::RingInUse]) || (any(&[D::Busy]) && !all(&[D::Busy]));
    let ringing = any(&[D::Ringing, D::RingInUse]);
    match (in_use, ringing) {
        (true, true) => ExtensionState::InUseRinging,
        (false, true) => ExtensionState::Ringing,
        (true, false) if any(&[D::OnHold]) => ExtensionState::InUseHold,
        (true, false) => ExtensionState::InUse,
        (false, false) if any(&[D::OnHold]) => ExtensionState::Hold,
        (false, false) if all(&[D::Busy]) => ExtensionState::Busy,
        (false, false) if any(&[D::NotInUse]) || all(&[D::Unknown]) => ExtensionState::Idle,
        (false, false) => ExtensionState::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_state_stands_for_many_devices() {
        use DeviceState as D;
        assert_eq!(aggregate(&[D::NotInUse, D::Unknown]), ExtensionState::Idle);
        assert_eq!(aggregate(&[D::Unavailable]), ExtensionState::Unavailable);
        assert_eq!(
            aggregate(&[D::Ringing, D::Unknown]),
            ExtensionState::Ringing
        );
        assert_eq!(
            aggregate(&[D::Ringing, D::InUse]),
            ExtensionState::InUseRinging
        );
        assert_eq!(aggregate(&[D::Busy, D::Busy]), ExtensionState::Busy);
        assert_eq!(aggregate(&[D::Busy, D::NotInUse]), ExtensionState::InUse);
        assert_eq!(aggregate(&[D::OnHold, D::NotInUse]), ExtensionState::Hold);
        assert_eq!(
            aggregate(&[D::Unavailable, D::NotInUse]),
            ExtensionState::Idle
        );
    }
}
