//! Who hears whom: derived from where channels sit and what they execute, told as a difference.

use crate::app::{dial::Dial, echo::Echo};
use crate::channel::{Channel, Happening, Technology};
use crate::{Output, Switch};
use model::{ChannelId, MediaId, MediaInstruction, PlayId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The sound of a line outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MediaLeg {
    pub(crate) media: MediaId,
    pub(crate) format: Arc<str>,
}

/// How many Local channels in a row sound is followed through.
const HOPS: usize = 16;

impl Switch {
    /// Tells media what has changed in who hears whom.
    pub(crate) fn rewire(&mut self) {
        self.optimize();
        let legs = self
            .channels
            .iter()
            .filter_map(|(id, channel)| Some((*id, leg(channel)?.media)));
        let now: BTreeMap<MediaId, MediaId> = legs
            .filter_map(|(id, media)| Some((media, self.sent_to(id, HOPS)?)))
            .collect();
        let before = std::mem::replace(&mut self.hearing, now);
        let instruct = |instruction| Output::Media(instruction);
        for (&to, &from) in &before {
            if self.hearing.get(&to) != Some(&from) {
                self.put(instruct(MediaInstruction::Disconnect { from, to }));
            }
        }
        for (to, from) in self.hearing.clone() {
            if before.get(&to) != Some(&from) {
                self.put(instruct(MediaInstruction::Connect { from, to }));
            }
        }
    }

    /// Plays files to whoever is at the far end of a channel.
    pub(crate) fn play(&mut self, id: ChannelId, files: Vec<Arc<str>>, forever: bool) -> PlayId {
        let play = self.new_play_id();
        self.plays.insert(play, id);
        let language = self
            .channels
            .get(&id)
            .map(|channel| Arc::clone(&channel.language))
            .unwrap_or_default();
        let media = self.far_leg(id, HOPS);
        self.put(Output::Media(MediaInstruction::Play {
            media,
            play,
            files,
            language,
            forever,
        }));
        play
    }

    /// A playback ended: whoever waits for it is told.
    pub(crate) fn on_played(&mut self, play: PlayId, failed: &[(Arc<str>, Arc<str>)]) {
        for (file, reason) in failed {
            tracing::warn!(%file, %reason, "A sound could not be played");
        }
        if let Some(id) = self.plays.remove(&play) {
            self.happen(
                id,
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
            && self.plays.remove(&play).is_some()
        {
            self.put(Output::Media(MediaInstruction::StopPlay(play)));
        }
    }

    pub(crate) fn channel_of(&self, media: MediaId) -> Option<ChannelId> {
        let has = |channel: &&Channel| leg(channel).is_some_and(|leg| leg.media == media);
        self.channels.values().find(has).map(|channel| channel.id)
    }

    pub(crate) fn format_of(&self, channel: &Channel) -> Arc<str> {
        leg(channel).map_or_else(|| "slin".into(), |leg| Arc::clone(&leg.format))
    }

    /// Whose sound is sent out on a channel.
    fn sent_to(&self, id: ChannelId, hops: usize) -> Option<MediaId> {
        let hops = hops.checked_sub(1)?;
        if self.channels.get(&id)?.mute.outgoing {
            return None;
        }
        if self.waiting::<Echo>(id).is_some() {
            return self.received_from(id, hops);
        }
        let early = self.waiting::<Dial>(id).and_then(Dial::early_media);
        self.received_from(self.peer(id).or(early)?, hops)
    }

    /// Whose sound comes in on a channel.
    fn received_from(&self, id: ChannelId, hops: usize) -> Option<MediaId> {
        let channel = self.channels.get(&id)?;
        if channel.mute.incoming {
            return None;
        }
        match leg(channel) {
            Some(leg) => Some(leg.media),
            None => self.sent_to(self.other_half(id)?, hops),
        }
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

fn leg(channel: &Channel) -> Option<&MediaLeg> {
    match &channel.technology {
        Technology::External { leg, .. } => leg.as_ref(),
        Technology::Local { .. } | Technology::Internal => None,
    }
}
