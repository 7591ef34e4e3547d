//! Commands about bridges: channels joined from outside, bridges listed, channels taken out.

use crate::Switch;
use crate::bridge::Kind;
use crate::happening::Happening;
use model::{ChannelId, Refusal, Reply};
use std::sync::Arc;

impl Switch {
    /// Whether a channel can be seated from outside.
    pub(crate) fn can_be_bridged(&self, id: ChannelId) -> bool {
        self.channels.get(&id).is_some_and(|channel| {
            channel.is_up() && !channel.is_ending() && channel.dialer.is_none()
        })
    }

    /// Takes a channel away from whatever it does. `goes_on`: afterwards it goes on with its
    /// dialplan; otherwise it ends.
    pub(crate) fn pull(&mut self, id: ChannelId, goes_on: bool) {
        let place = self.next_place(id).filter(|_| goes_on);
        self.interrupt(id);
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.after_bridge = place;
        }
    }

    /// Joins two channels that are there; each may hear a tone first.
    pub(crate) fn join(&mut self, first: &str, second: &str, tones: [bool; 2]) -> Reply {
        let Some(first) = self.find_channel(first) else {
            return Reply::Refused(Refusal::NoSuchChannel);
        };
        let Some(second) = self.find_channel(second) else {
            return Reply::Refused(Refusal::NoSuchOtherChannel);
        };
        if !self.can_be_bridged(first) {
            return Reply::Refused(Refusal::NotUp);
        }
        if first == second || !self.can_be_bridged(second) {
            return Reply::Refused(Refusal::OtherNotUp);
        }
        if self.technology_for(Kind::Basic, &[]).is_none() {
            return Reply::Refused(Refusal::NoTechnology);
        }
        self.pull(first, true);
        self.pull(second, true);
        // What one was taken from may have ended the other.
        for (id, left, refusal) in [
            (first, second, Refusal::NotUp),
            (second, first, Refusal::OtherNotUp),
        ] {
            if !self.can_be_bridged(id) {
                self.happen(left, Happening::Unbridged);
                return Reply::Refused(refusal);
            }
        }
        self.bridge(first, second);
        for (id, hears) in [first, second].into_iter().zip(tones) {
            if hears {
                self.play_courtesy_tone(id);
            }
        }
        Reply::Done
    }

    /// Plays what one hears who is brought into a bridge.
    pub(crate) fn play_courtesy_tone(&mut self, id: ChannelId) {
        let sound = Arc::clone(&self.features_of(id).transfer.sounds.done);
        self.play_sound(id, &sound);
    }

    /// All bridges, but for those of the kind named.
    pub(crate) fn list_bridges(&self, kind: Option<&str>) -> Reply {
        let bridges = self
            .bridges
            .values()
            .filter(|bridge| kind.is_none_or(|kind| bridge.kind.text() != kind));
        Reply::Bridges(bridges.map(crate::bridge::Bridge::snapshot).collect())
    }

    /// A bridge and who is in it.
    pub(crate) fn show_bridge(&self, uniqueid: &str) -> Reply {
        let Some(bridge) = self
            .find_bridge(uniqueid)
            .and_then(|id| self.bridges.get(&id))
        else {
            return Reply::Refused(Refusal::NoSuchBridge);
        };
        let channels = bridge.members().iter().filter_map(|id| self.snapshot(*id));
        Reply::Bridge {
            bridge: bridge.snapshot(),
            channels: channels.collect(),
        }
    }

    /// Takes everybody out of a bridge.
    pub(crate) fn destroy_bridge(&mut self, uniqueid: &str) -> Reply {
        let Some(bridge) = self.find_bridge(uniqueid) else {
            return Reply::Refused(Refusal::NoSuchBridge);
        };
        for id in self.members_of(bridge) {
            self.put_out(id);
        }
        Reply::Done
    }

    /// Takes a channel out of its bridge, or of this one if it is named.
    pub(crate) fn kick(&mut self, bridge: Option<&str>, channel: &str) -> Reply {
        let Some(id) = self.find_channel(channel) else {
            return Reply::Refused(Refusal::NoSuchChannel);
        };
        let Some(seat) = self.channels.get(&id).and_then(|channel| channel.seat) else {
            return Reply::Refused(Refusal::NotBridged);
        };
        if let Some(bridge) = bridge {
            match self.find_bridge(bridge) {
                None => return Reply::Refused(Refusal::NoSuchBridge),
                Some(found) if found != seat => return Reply::Refused(Refusal::Failed),
                Some(_) => {}
            }
        }
        self.put_out(id);
        Reply::Done
    }

    /// Takes a channel out of its bridge and lets it go on.
    pub(super) fn put_out(&mut self, id: ChannelId) {
        if self
            .channels
            .get(&id)
            .is_some_and(|channel| channel.seat.is_some())
        {
            self.leave_bridge(id);
            self.happen(id, Happening::Unbridged);
        }
    }

    fn find_bridge(&self, uniqueid: &str) -> Option<model::BridgeId> {
        let mut bridges = self.bridges.iter();
        bridges
            .find(|(_, bridge)| &*bridge.uniqueid == uniqueid)
            .map(|(id, _)| *id)
    }
}
