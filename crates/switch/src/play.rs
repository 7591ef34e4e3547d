//! What is played to whoever is at a channel's far end: files, one after the other.

use crate::channel::Technology;
use crate::happening::Happening;
use crate::listen::leg;
use crate::{Output, Switch};
use model::{ChannelId, MediaInstruction, PlayId};
use std::sync::Arc;

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

impl Switch {
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
        let channel = self.channels.get_mut(&id);
        let media = channel.and_then(|channel| {
            channel.playing = Some(play);
            leg(channel).map(|leg| leg.media)
        });
        self.touched.insert(id);
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
            self.played_to(play, to);
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
            self.played_to(play, to);
            self.put(Output::Media(MediaInstruction::StopPlay(play)));
        }
    }

    /// A channel's far end hears a playback no longer.
    fn played_to(&mut self, play: PlayId, to: Option<ChannelId>) {
        let Some(to) = to else { return };
        if let Some(channel) = self.channels.get_mut(&to)
            && channel.playing.take_if(|own| *own == play).is_some()
        {
            self.touched.insert(to);
        }
        self.log_sound(to, None);
    }
}
