//! Who hears whom: derived from where channels sit and what they execute, told as a difference.

use crate::app::dial::Dial;
use crate::channel::{Channel, Dialer, Technology};
use crate::sources::{Source, Sources};
use crate::{Output, Switch};
use model::{AudioQuality, ChannelId, MediaId, MediaInstruction, SoundAddresses};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

/// The sound of a line outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MediaLeg {
    pub(crate) media: MediaId,
    pub(crate) format: Arc<str>,
    pub(crate) addresses: SoundAddresses,
}

/// A leg, as media tells of it.
#[derive(Debug)]
pub(crate) struct Heard {
    /// Whose it is.
    pub(crate) channel: ChannelId,
    /// How its sound was when that was last told.
    pub(crate) quality: Option<Box<AudioQuality>>,
}

/// How many channels are looked at around those whose sound has changed.
pub(crate) const AREA: usize = 256;

impl Switch {
    /// Tells media what has changed in who hears whom, and lets Local channels step aside that can.
    /// Looks only at the channels touched in this turn and at those they have to do with.
    pub(crate) fn rewire(&mut self) {
        let mut around = BTreeSet::new();
        while !self.touched.is_empty() {
            let touched = std::mem::take(&mut self.touched);
            let near = self.around(&touched);
            self.optimize(&near);
            around.extend(near);
        }
        let heard = around.iter().filter_map(|id| {
            let leg = self.channels.get(id).and_then(leg)?;
            Some((leg.media, self.sent_to(*id)))
        });
        let mut heard: Vec<_> = heard.collect();
        heard.extend(around.iter().filter_map(|id| self.recorded(*id)));
        self.place_tones(&around, &heard);
        let silenced = std::mem::take(&mut self.silenced);
        let mut connections = Vec::new();
        for (to, now) in heard {
            self.hear(to, now, &mut connections);
        }
        for to in silenced {
            self.hear(to, Sources::new(), &mut connections);
        }
        for connection in connections {
            self.put(Output::Media(connection));
        }
        debug_assert_eq!(self.heard(), self.hearing);
    }

    /// A leg hears these from now on: whom it does no longer is told at once, whom it does now is
    /// for later, so that no sound is heard twice meanwhile.
    fn hear(&mut self, to: MediaId, now: Sources, connections: &mut Vec<MediaInstruction>) {
        let before = self.hearing.get(&to).map_or(&[][..], Vec::as_slice);
        if before == now {
            return;
        }
        let fresh = now.iter().filter(|source| !before.contains(source));
        connections.extend(
            fresh.map(|&Source { from, digits }| MediaInstruction::Connect { from, to, digits }),
        );
        let is_heard = |from| {
            now.binary_search_by_key(&from, |source| source.from)
                .is_ok()
        };
        let gone = before.iter().map(|source| source.from);
        let gone: Vec<_> = gone.filter(|from| !is_heard(*from)).collect();
        for from in gone {
            self.put(Output::Media(MediaInstruction::Disconnect { from, to }));
        }
        if now.is_empty() {
            self.hearing.remove(&to);
        } else {
            self.hearing.insert(to, now);
        }
    }

    /// What records what a channel hears by spying, and whom.
    fn recorded(&self, id: ChannelId) -> Option<(MediaId, Sources)> {
        let to = self.spies.recording_of(id)?;
        Some((to, self.spied_by(id)))
    }

    /// Who hears whom, found anew.
    fn heard(&self) -> BTreeMap<MediaId, Sources> {
        let channels = self.channels.values();
        let legs = channels.filter_map(|channel| Some((leg(channel)?.media, channel.id)));
        let heard = legs.map(|(media, id)| (media, self.sent_to(id)));
        let recorded = self.spies.iter().filter_map(|(id, _)| self.recorded(id));
        let heard = heard.chain(recorded);
        heard.filter(|(_, sources)| !sources.is_empty()).collect()
    }

    /// A channel is gone, and its sound with it.
    pub(crate) fn silence(&mut self, channel: &Channel) {
        if let Some(leg) = leg(channel) {
            self.legs.remove(&leg.media);
            self.silenced.push(leg.media);
        }
    }

    /// Channels and all that sound may reach from them.
    fn around(&self, from: &BTreeSet<ChannelId>) -> BTreeSet<ChannelId> {
        let mut known = from.clone();
        let mut next: Vec<_> = from.iter().copied().collect();
        while let Some(id) = next.pop() {
            for other in self.connected(id) {
                if known.len() < AREA && known.insert(other) {
                    next.push(other);
                }
            }
        }
        known
    }

    /// The channels that sound goes to from a channel, and comes from.
    fn connected(&self, id: ChannelId) -> Vec<ChannelId> {
        let Some(channel) = self.channels.get(&id) else {
            return Vec::new();
        };
        let caller = match channel.dialer {
            Some(Dialer::Channel(caller)) => Some(caller),
            Some(
                Dialer::Originate
                | Dialer::Consultation(_)
                | Dialer::Handover(_)
                | Dialer::Conversation,
            )
            | None => None,
        };
        let early = self.waiting::<Dial>(id).and_then(Dial::early_media);
        let bridge = self.bridge_with(id);
        let with = bridge.into_iter().flat_map(|bridge| {
            let speak = bridge.speakers_to(id);
            speak.chain(bridge.listeners_to(id))
        });
        let spyee = self.spies.get(id).map(|spy| spy.spyee);
        let others = [self.other_half(id), caller, early, spyee];
        let others = others.into_iter().flatten().chain(with);
        others.chain(self.spies.on(id)).collect()
    }

    pub(crate) fn channel_of(&self, media: MediaId) -> Option<ChannelId> {
        self.legs.get(&media).map(|heard| heard.channel)
    }
}

/// What a channel hears and speaks.
pub(crate) fn format_of(channel: &Channel) -> &Arc<str> {
    /// Inside of the switch, where nothing is coded.
    static PLAIN: LazyLock<Arc<str>> = LazyLock::new(|| "slin".into());
    leg(channel).map_or(&PLAIN, |leg| &leg.format)
}

pub(crate) fn leg(channel: &Channel) -> Option<&MediaLeg> {
    match &channel.technology {
        Technology::External { leg, .. } => leg.as_ref(),
        Technology::Local { .. } | Technology::Internal => None,
    }
}
