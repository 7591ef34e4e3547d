//! Commands about one channel: keys, text, mute, charges, who it has to do with.

use crate::Switch;
use model::{Advice, ChannelId, Direction, Event, Refusal, Reply};
use std::sync::Arc;

impl Switch {
    pub(crate) fn optimize_away(&mut self, channel: &str) -> Reply {
        match self.find_channel(channel) {
            Some(id) if self.allow_optimization(id) => Reply::Done,
            Some(_) => Reply::Refused(Refusal::Failed),
            None => Reply::Refused(Refusal::NoSuchChannel),
        }
    }

    pub(crate) fn send_text(&mut self, channel: &str, text: Arc<str>) -> Reply {
        match self.find_channel(channel) {
            Some(id) if self.text_to(id, text) => Reply::Done,
            Some(_) => Reply::Refused(Refusal::Failed),
            None => Reply::Refused(Refusal::NoSuchChannel),
        }
    }

    pub(crate) fn advise(
        &mut self,
        channel: Option<&str>,
        prefix: Option<&str>,
        advice: Option<Advice>,
    ) -> Reply {
        let id = match (channel, prefix) {
            (Some(name), _) => self.find_channel(name),
            (None, Some(prefix)) => self.directory.with_prefix(prefix),
            (None, None) => None,
        };
        let Some(channel) = id.and_then(|id| self.snapshot(id)) else {
            return Reply::Refused(Refusal::NoSuchChannel);
        };
        if let Some(advice) = advice {
            self.tell(Event::Advice { channel, advice });
        }
        Reply::Done
    }

    pub(crate) fn play_digit(
        &mut self,
        channel: &str,
        digit: char,
        milliseconds: u32,
        receive: bool,
    ) -> Reply {
        let Some(id) = self.find_channel(channel) else {
            return Reply::Refused(Refusal::NoSuchChannel);
        };
        if receive {
            self.press(id, digit, milliseconds);
        } else {
            self.send_digit(id, digit, milliseconds.max(100), None);
        }
        Reply::Done
    }

    pub(crate) fn mute_audio(&mut self, channel: &str, direction: Direction, mute: bool) -> Reply {
        let Some(id) = self.find_channel(channel) else {
            return Reply::Refused(Refusal::NoSuchChannel);
        };
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.mute.set(direction, mute);
            self.touched.insert(id);
        }
        Reply::Done
    }

    /// All channels a channel has to do with, through Local pairs and bridges.
    pub(crate) fn channel_map(&self, channel: &str) -> Reply {
        let Some(id) = self.find_channel(channel) else {
            return Reply::Refused(Refusal::NoSuchChannel);
        };
        let mut known = vec![id];
        let mut next = 0;
        while let Some(&here) = known.get(next) {
            next += 1;
            for other in self.neighbours(here) {
                if !known.contains(&other) {
                    known.push(other);
                }
            }
        }
        let others = known
            .into_iter()
            .skip(1)
            .filter_map(|id| self.channels.get(&id));
        Reply::Names(others.map(|channel| Arc::clone(&channel.name)).collect())
    }

    fn neighbours(&self, id: ChannelId) -> Vec<ChannelId> {
        let seat = self.channels.get(&id).and_then(|channel| channel.seat);
        let bridge = seat.and_then(|seat| self.bridges.get(&seat));
        let members = bridge
            .map(|bridge| bridge.members().to_vec())
            .unwrap_or_default();
        let all = members.into_iter().chain(self.other_half(id));
        all.filter(|other| *other != id).collect()
    }
}
