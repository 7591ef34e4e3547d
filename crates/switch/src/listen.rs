//! Who hears whom: derived from where channels sit and what they execute, told as a difference.

use crate::app::{dial::Dial, echo::Echo};
use crate::channel::{Channel, Dialer, Technology};
use crate::happening::Happening;
use crate::spy::{Hears, Spy};
use crate::{Output, Switch};
use model::{AudioQuality, ChannelId, MediaId, MediaInstruction, PlayId, SoundAddresses};
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

/// A playback under way.
#[derive(Debug)]
pub(crate) struct Playing {
    /// Whose far end hears it; nobody does of what is no sound.
    to: Option<ChannelId>,
    /// Who is told when it ends.
    told: ChannelId,
}

impl Playing {
    /// Something that ends as a playback does.
    pub(crate) fn unheard(told: ChannelId) -> Self {
        Self { to: None, told }
    }
}

/// One whom a leg hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) from: MediaId,
    /// With the digits in its sound; without where they may be codes, which are not for the other
    /// side to hear, or only later.
    pub(crate) digits: bool,
}

/// All whom a leg hears, each once, in the order of their ids.
pub(crate) type Sources = Vec<Source>;

/// Looks for those whose sound gets somewhere, through bridges and Local channels.
#[derive(Default)]
struct Search {
    found: Sources,
    /// Who has heard several on the way: Local channels may lead back to where they came from.
    asked: Vec<ChannelId>,
    /// Who spies, if that is for whom it looks: it does not hear what it says itself to others.
    spyer: Option<ChannelId>,
}

impl Search {
    fn add(&mut self, source: Source) {
        match self
            .found
            .binary_search_by_key(&source.from, |known| known.from)
        {
            Ok(index) => self.found[index].digits |= source.digits,
            Err(index) if self.found.len() < SOURCES => self.found.insert(index, source),
            Err(_) => {}
        }
    }

    /// Whether somebody who hears several is still to be asked whom.
    fn asks(&mut self, id: ChannelId) -> bool {
        let asks = self.asked.len() < AREA && !self.asked.contains(&id);
        if asks {
            self.asked.push(id);
        }
        asks
    }
}

/// How many a leg hears at most; the voices of more are no conversation.
const SOURCES: usize = 32;
/// How many Local channels in a row sound is followed through.
pub(crate) const HOPS: usize = 16;
/// How many channels are looked at around those whose sound has changed.
const AREA: usize = 256;

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
        self.place_tones(&around);
        let silenced = std::mem::take(&mut self.silenced);
        let mut connections = Vec::new();
        for id in around {
            if let Some(leg) = self.channels.get(&id).and_then(leg) {
                let (to, now) = (leg.media, self.sent_to(id));
                self.hear(to, now, &mut connections);
            }
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

    /// Who hears whom, found anew.
    fn heard(&self) -> BTreeMap<MediaId, Sources> {
        let channels = self.channels.values();
        let legs = channels.filter_map(|channel| Some((leg(channel)?.media, channel.id)));
        let heard = legs.map(|(media, id)| (media, self.sent_to(id)));
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
            Some(Dialer::Originate | Dialer::Consultation(_) | Dialer::Handover(_)) | None => None,
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

    /// Plays files to whoever is at the far end of a channel.
    pub(crate) fn play(&mut self, id: ChannelId, files: Vec<Arc<str>>, forever: bool) -> PlayId {
        self.play_for(id, id, files, forever)
    }

    /// The same, but another channel is told when it ends.
    pub(crate) fn play_for(
        &mut self,
        told: ChannelId,
        id: ChannelId,
        files: Vec<Arc<str>>,
        forever: bool,
    ) -> PlayId {
        self.stop_tones(id);
        let language = self.channels.get(&id);
        let language = language.map(|channel| Arc::clone(&channel.language));
        self.begin_play((told, id), language.unwrap_or_default(), files, forever)
    }

    /// The same, in a language of its own.
    pub(crate) fn play_in(
        &mut self,
        language: &str,
        id: ChannelId,
        files: Vec<Arc<str>>,
    ) -> PlayId {
        self.stop_tones(id);
        self.begin_play((id, id), language.into(), files, false)
    }

    fn begin_play(
        &mut self,
        (told, id): (ChannelId, ChannelId),
        language: Arc<str>,
        files: Vec<Arc<str>>,
        forever: bool,
    ) -> PlayId {
        let play = self.new_play_id();
        self.plays.insert(play, Playing { to: Some(id), told });
        self.touched.insert(id);
        let media = self.far_leg(id, HOPS);
        if let (false, Some(file)) = (forever, files.first()) {
            self.log_sound(id, Some(file));
        }
        let instruction = MediaInstruction::Play {
            media,
            play,
            files,
            language,
            forever,
        };
        if media.is_none()
            && let Some(channel) = self.channels.get_mut(&id)
            && matches!(channel.technology, Technology::External { .. })
        {
            channel.pending_play = Some(instruction.clone());
        }
        self.put(Output::Media(instruction));
        play
    }

    /// A channel has got a leg: what is played to it already is heard from now on, from its beginning.
    pub(crate) fn play_pending(&mut self, id: ChannelId) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let new = leg(channel).map(|leg| leg.media);
        if let Some(MediaInstruction::Play {
            play,
            files,
            language,
            forever,
            ..
        }) = channel.pending_play.take()
            && self.plays.contains_key(&play)
        {
            self.put(Output::Media(MediaInstruction::StopPlay(play)));
            self.put(Output::Media(MediaInstruction::Play {
                media: new,
                play,
                files,
                language,
                forever,
            }));
        }
    }

    /// A playback ended: whoever waits for it is told.
    pub(crate) fn on_played(&mut self, play: PlayId, failed: &[(Arc<str>, Arc<str>)]) {
        if let Some(Playing { to, told }) = self.plays.remove(&play) {
            for (file, reason) in failed.iter().filter(|_| to.is_some()) {
                tracing::warn!(%file, %reason, "A sound could not be played");
            }
            if let Some(to) = to {
                self.log_sound(to, None);
            }
            self.happen(
                told,
                Happening::Played {
                    play,
                    failed: !failed.is_empty(),
                },
            );
        }
    }

    /// Ends a playback early; whoever began it is not told.
    pub(crate) fn stop_play(&mut self, play: Option<PlayId>) {
        if let Some(play) = play
            && let Some(Playing { to, .. }) = self.plays.remove(&play)
        {
            if let Some(to) = to {
                self.log_sound(to, None);
            }
            self.put(Output::Media(MediaInstruction::StopPlay(play)));
        }
    }

    pub(crate) fn channel_of(&self, media: MediaId) -> Option<ChannelId> {
        self.legs.get(&media).map(|heard| heard.channel)
    }

    /// Whose sound is sent out on a channel.
    fn sent_to(&self, id: ChannelId) -> Sources {
        let mut search = Search::default();
        self.search_sent(id, true, HOPS, &mut search);
        search.found
    }

    /// Whose sound comes in on a channel.
    fn received_from(&self, id: ChannelId) -> Sources {
        let mut search = Search::default();
        self.search_received(id, true, HOPS, &mut search);
        search.found
    }

    fn search_sent(&self, id: ChannelId, digits: bool, hops: usize, search: &mut Search) {
        let (Some(channel), Some(hops)) = (self.channels.get(&id), hops.checked_sub(1)) else {
            return;
        };
        if channel.mute.outgoing {
            return;
        }
        if self.waiting::<Echo>(id).is_some() {
            self.search_received(id, digits, hops, search);
        }
        let early = self.waiting::<Dial>(id).and_then(Dial::early_media);
        let bridge = self.bridge_with(id).filter(|_| !self.is_away(id));
        let (spy, whisperers) = (self.spies.get(id), self.whisperers_to(id));
        let several = bridge.is_some_and(|bridge| bridge.members().len() > 2);
        if (several || spy.is_some() || !whisperers.is_empty()) && !search.asks(id) {
            return;
        }
        if let Some(spy) = spy {
            self.search_spied(id, *spy, hops, search);
        }
        for whisperer in whisperers {
            if search.spyer != Some(whisperer) {
                self.search_received(whisperer, false, hops, search);
            }
        }
        let speakers = bridge.into_iter().flat_map(|bridge| bridge.speakers_to(id));
        for speaker in speakers.filter(|id| !self.is_away(*id)).chain(early) {
            let keys = self.channels.get(&speaker).map(|speaker| &speaker.keys);
            let digits = digits && keys.is_some_and(|keys| !keys.are_awaited());
            self.search_received(speaker, digits, hops, search);
        }
    }

    /// Whose sound is heard by who spies; the digits are for those who talk.
    fn search_spied(&self, spyer: ChannelId, spy: Spy, hops: usize, search: &mut Search) {
        search.spyer.get_or_insert(spyer);
        if matches!(spy.hears, Hears::Incoming | Hears::Both) {
            self.search_received(spy.spyee, false, hops, search);
        }
        if spy.hears == Hears::Both {
            self.search_sent(spy.spyee, false, hops, search);
        }
    }

    fn search_received(&self, id: ChannelId, digits: bool, hops: usize, search: &mut Search) {
        let channel = self.channels.get(&id);
        let Some(channel) = channel.filter(|channel| !channel.mute.incoming) else {
            return;
        };
        match (leg(channel), self.other_half(id)) {
            (Some(leg), _) => search.add(Source {
                from: leg.media,
                digits,
            }),
            (None, Some(other)) => self.search_sent(other, digits, hops, search),
            (None, None) => {}
        }
    }

    /// The leg outside whose sound comes in on a channel: the first of them, if there are several.
    pub(crate) fn heard_from(&self, id: ChannelId) -> Option<MediaId> {
        let first = |sources: Sources| sources.first().map(|source| source.from);
        first(self.received_from(id))
    }

    /// Whether no sound comes in on a channel: a Local one whose other half hears nobody.
    pub(crate) fn is_silent(&self, id: ChannelId) -> bool {
        self.received_from(id).is_empty()
    }

    /// Whether a leg hears another and nobody else, its digits included, so that media passes on
    /// these too. Of several it mixes only what they say.
    pub(crate) fn relays_digits(&self, from: MediaId, to: MediaId) -> bool {
        let alone = Source { from, digits: true };
        let heard = self.hearing.get(&to);
        heard.is_some_and(|heard| heard.as_slice() == [alone])
    }

    /// The leg outside that hears what is sent out on a channel.
    pub(crate) fn far_leg(&self, id: ChannelId, hops: usize) -> Option<MediaId> {
        let hops = hops.checked_sub(1)?;
        match leg(self.channels.get(&id)?) {
            Some(leg) => Some(leg.media),
            // Of several who talk there the first: a sound is played at one leg.
            None => {
                let other = self.other_half(id)?;
                let mut near = self.bridge_with(other)?.talk_with(other);
                self.far_leg(near.next()?, hops)
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_heard_once_and_not_too_many() {
        let source = |from, digits| Source {
            from: MediaId(from),
            digits,
        };
        let mut search = Search::default();
        search.add(source(7, false));
        search.add(source(2, true));
        search.add(source(7, true));
        search.add(source(2, false));
        assert_eq!(search.found, [source(2, true), source(7, true)]);
        (0..100).for_each(|from| search.add(source(from, true)));
        assert_eq!(search.found.len(), SOURCES);
        assert!(search.asks(ChannelId(1)) && !search.asks(ChannelId(1)));
    }
}
