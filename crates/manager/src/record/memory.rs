//! What release 1.8 told in one event and we in several: kept from one to the next.
//!
//! Its Bridge names both channels of a conversation, its Dial ends once for all that were dialled
//! together. The memory is fed with every event in order; what an event needs of it is handed out at
//! once, so that the event can be put in words at any time later.

use model::{BridgeId, ChannelSnapshot, DialStatus, Event};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is remembered between events.
#[derive(Debug, Default)]
pub struct Memory {
    /// Who is in which bridge.
    bridges: BTreeMap<BridgeId, Vec<Arc<ChannelSnapshot>>>,
    /// By the caller's uniqueid.
    dials: BTreeMap<Arc<str>, Dial>,
}

/// What was remembered for one event.
#[derive(Clone, Debug, Default)]
pub struct Recalled(Option<What>);

#[derive(Clone, Debug)]
enum What {
    /// The other channel in the bridge.
    Other(Arc<ChannelSnapshot>),
    /// The outcome of all that were dialled together.
    Outcome(DialStatus),
}

/// Those who are dialled together.
#[derive(Debug, Default)]
struct Dial {
    pending: usize,
    answered: bool,
}

impl Memory {
    /// Takes the next event, and gives what it needs.
    pub fn note(&mut self, event: &Event) -> Recalled {
        if let Event::BridgeEnter {
            bridge, channel, ..
        } = event
        {
            return self.entered(bridge.id, channel);
        }
        if let Event::BridgeLeave { bridge, channel } = event {
            return self.left(bridge.id, channel);
        }
        if let Event::BridgeDestroy { bridge } = event {
            self.bridges.remove(&bridge.id);
        } else if let Event::DialBegin {
            caller: Some(caller),
            ..
        } = event
        {
            self.dials
                .entry(Arc::clone(&caller.uniqueid))
                .or_default()
                .pending += 1;
        } else if let Event::DialEnd {
            caller: Some(caller),
            status,
            ..
        } = event
        {
            return self.dial_ended(caller, *status);
        } else if let Event::Hangup { channel } = event {
            self.dials.remove(&channel.uniqueid);
        }
        Recalled::default()
    }

    fn entered(&mut self, bridge: BridgeId, channel: &Arc<ChannelSnapshot>) -> Recalled {
        let members = self.bridges.entry(bridge).or_default();
        members.push(Arc::clone(channel));
        match members.as_slice() {
            [other, _] => Recalled(Some(What::Other(Arc::clone(other)))),
            _ => Recalled::default(),
        }
    }

    fn left(&mut self, bridge: BridgeId, channel: &ChannelSnapshot) -> Recalled {
        let Some(members) = self.bridges.get_mut(&bridge) else {
            return Recalled::default();
        };
        let talked = members.len() == 2;
        members.retain(|member| member.id != channel.id);
        match members.as_slice() {
            [other] if talked => Recalled(Some(What::Other(Arc::clone(other)))),
            _ => Recalled::default(),
        }
    }

    fn dial_ended(&mut self, caller: &ChannelSnapshot, status: DialStatus) -> Recalled {
        let Some(dial) = self.dials.get_mut(&caller.uniqueid) else {
            return Recalled::default();
        };
        dial.pending = dial.pending.saturating_sub(1);
        dial.answered |= status == DialStatus::Answer;
        if dial.pending > 0 {
            return Recalled::default();
        }
        let status = if dial.answered {
            DialStatus::Answer
        } else {
            status
        };
        self.dials.remove(&caller.uniqueid);
        Recalled(Some(What::Outcome(status)))
    }
}

impl Recalled {
    pub(super) fn other(&self) -> Option<&ChannelSnapshot> {
        match &self.0 {
            Some(What::Other(other)) => Some(other),
            Some(What::Outcome(_)) | None => None,
        }
    }

    pub(super) fn outcome(&self) -> Option<DialStatus> {
        match &self.0 {
            Some(What::Outcome(status)) => Some(*status),
            Some(What::Other(_)) | None => None,
        }
    }
}
