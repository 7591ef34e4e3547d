//! Who hears whom: derived from where channels sit and what they execute, told as a difference.

use crate::app::{dial::Dial, echo::Echo};
use crate::bridge::Bridge;
use crate::channel::{Channel, Dialer, Technology};
use crate::happening::Happening;
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

/// Whom a leg hears.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) from: MediaId,
    /// With the digits in its sound; without where they may be codes, which are not for the other
    /// side to hear, or only later.
    pub(crate) digits: bool,
}

/// How many Local channels in a row sound is followed through.
const HOPS: usize = 16;
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
        let gone = silenced.into_iter().map(|media| (media, None));
        let legs = around.into_iter().filter_map(|id| {
            let media = leg(self.channels.get(&id)?)?.media;
            Some((media, self.sent_to(id, HOPS)))
        });
        let now: BTreeMap<MediaId, Option<Source>> = legs.chain(gone).collect();
        let mut connections = Vec::new();
        for (to, heard) in now {
            let before = match heard {
                Some(heard) => self.hearing.insert(to, heard),
                None => self.hearing.remove(&to),
            };
            if before == heard {
                continue;
            }
            let from = heard.map(|heard| heard.from);
            if let Some(Source { from, .. }) = before.filter(|before| Some(before.from) != from) {
                self.put(Output::Media(MediaInstruction::Disconnect { from, to }));
            }
            connections.extend(
                heard.map(|Source { from, digits }| MediaInstruction::Connect { from, to, digits }),
            );
        }
        for connection in connections {
            self.put(Output::Media(connection));
        }
        debug_assert_eq!(self.heard(), self.hearing);
    }

    /// Who hears whom, found anew.
    fn heard(&self) -> BTreeMap<MediaId, Source> {
        let channels = self.channels.values();
        let legs = channels.filter_map(|channel| Some((channel.id, leg(channel)?.media)));
        legs.filter_map(|(id, media)| Some((media, self.sent_to(id, HOPS)?)))
            .collect()
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
        let others = [
            self.peer(id),
            self.other_half(id),
            caller,
            early,
            self.announcer(id),
        ];
        let hears = channel.seat.and_then(|seat| self.bridges.get(&seat));
        let hears = hears.filter(|bridge| bridge.announcers.first() == Some(&id));
        let audience = hears.map(Bridge::members).unwrap_or_default();
        others
            .into_iter()
            .flatten()
            .chain(audience.iter().copied())
            .collect()
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
    fn sent_to(&self, id: ChannelId, hops: usize) -> Option<Source> {
        let hops = hops.checked_sub(1)?;
        if self.channels.get(&id)?.mute.outgoing {
            return None;
        }
        if self.waiting::<Echo>(id).is_some() {
            return self.received_from(id, hops);
        }
        let early = self.waiting::<Dial>(id).and_then(Dial::early_media);
        let talks = |id| !self.is_away(id);
        let peer = self.peer(id).or_else(|| self.announcer(id));
        let peer = peer.filter(|peer| talks(id) && talks(*peer));
        let speaker = peer.or(early)?;
        let heard = self.received_from(speaker, hops)?;
        let keys = &self.channels.get(&speaker)?.keys;
        Some(Source {
            digits: heard.digits && !keys.are_awaited(),
            ..heard
        })
    }

    /// Whose sound comes in on a channel.
    fn received_from(&self, id: ChannelId, hops: usize) -> Option<Source> {
        let channel = self.channels.get(&id)?;
        if channel.mute.incoming {
            return None;
        }
        match leg(channel) {
            Some(leg) => Some(Source {
                from: leg.media,
                digits: true,
            }),
            None => self.sent_to(self.other_half(id)?, hops),
        }
    }

    /// The leg outside whose sound comes in on a channel.
    pub(crate) fn heard_from(&self, id: ChannelId) -> Option<MediaId> {
        Some(self.received_from(id, HOPS)?.from)
    }

    /// Whether no sound comes in on a channel: a Local one whose other half hears nobody.
    pub(crate) fn is_silent(&self, id: ChannelId) -> bool {
        self.received_from(id, HOPS).is_none()
    }

    /// The leg outside that hears what is sent out on a channel.
    pub(crate) fn far_leg(&self, id: ChannelId, hops: usize) -> Option<MediaId> {
        let hops = hops.checked_sub(1)?;
        match leg(self.channels.get(&id)?) {
            Some(leg) => Some(leg.media),
            None => self.far_leg(self.peer(self.other_half(id)?)?, hops),
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
