//! What is played to whoever is at a channel's far end: files, one after the other.

use crate::happening::Happening;
use crate::listen::leg;
use crate::{Output, Switch};
use model::{ChannelId, MediaId, MediaInstruction, PlayId};
use std::sync::Arc;
use std::time::Duration;

/// A playback under way.
#[derive(Debug)]
pub(crate) struct Playing {
    /// Who is told when it ends.
    told: ChannelId,
    /// Nothing of what only ends as a playback does.
    sound: Option<Sound>,
}

#[derive(Debug)]
struct Sound {
    /// Whose far end hears it.
    to: ChannelId,
    files: Vec<Arc<str>>,
    language: Arc<str>,
    forever: bool,
    /// The leg that it is played into.
    media: Option<MediaId>,
    /// How far it was when it was last begun.
    offset: Duration,
    /// When that was, since the start; not while it pauses.
    begun: Option<Duration>,
    /// Whether it was begun more than once, so that media may tell of an end that is none.
    moved: bool,
}

impl Playing {
    /// Something that ends as a playback does.
    pub(crate) fn unheard(told: ChannelId) -> Self {
        Self { told, sound: None }
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
        let channel = self.channels.get_mut(&id);
        let media = channel.and_then(|channel| {
            channel.playing = Some(play);
            leg(channel).map(|leg| leg.media)
        });
        self.touched.insert(id);
        if let (false, Some(file)) = (forever, files.first()) {
            self.log_sound(id, Some(file));
        }
        let sound = Sound {
            to: id,
            files,
            language,
            forever,
            media,
            offset: Duration::ZERO,
            begun: Some(self.now.since_start),
            moved: false,
        };
        self.put(Output::Media(sound.instruction(play)));
        let sound = Some(sound);
        self.plays.insert(play, Playing { told, sound });
        play
    }

    /// A channel has got a leg: what is played to it already is heard from now on, from where it began.
    pub(crate) fn play_pending(&mut self, id: ChannelId) {
        let Some(channel) = self.channels.get(&id) else {
            return;
        };
        let (play, new) = (channel.playing, leg(channel).map(|leg| leg.media));
        if let Some(play) = play
            && let Some(sound) = self.sound(play)
            && sound.media.is_none()
        {
            sound.media = new;
            let offset = sound.offset;
            self.play_from(play, offset);
        }
    }

    /// How far a playback is.
    pub(crate) fn played_so_far(&mut self, play: PlayId) -> Duration {
        let now = self.now.since_start;
        self.sound(play)
            .map_or(Duration::ZERO, |sound| sound.so_far(now))
    }

    /// Goes on at another place: so far into the files, also if it paused.
    pub(crate) fn play_from(&mut self, play: PlayId, offset: Duration) {
        let now = self.now.since_start;
        let Some(sound) = self.sound(play) else {
            return;
        };
        sound.offset = offset;
        sound.moved = true;
        let pauses = sound.begun.replace(now).is_none();
        let instruction = sound.instruction(play);
        if !pauses {
            self.put(Output::Media(MediaInstruction::StopPlay(play)));
        }
        self.put(Output::Media(instruction));
    }

    /// Goes so much further, or back; if it pauses, once it goes on.
    pub(crate) fn skip_play(&mut self, play: PlayId, by: Duration, forward: bool) {
        let now = self.now.since_start;
        let Some(sound) = self.sound(play) else {
            return;
        };
        let so_far = sound.so_far(now);
        let offset = match forward {
            true => so_far.saturating_add(by),
            false => so_far.saturating_sub(by),
        };
        match sound.begun {
            Some(_) => self.play_from(play, offset),
            None => sound.offset = offset,
        }
    }

    /// Pauses, or goes on after a pause.
    pub(crate) fn pause_play(&mut self, play: PlayId) {
        let now = self.now.since_start;
        let Some(sound) = self.sound(play) else {
            return;
        };
        let so_far = sound.so_far(now);
        if sound.begun.is_none() {
            return self.play_from(play, so_far);
        }
        (sound.offset, sound.begun) = (so_far, None);
        self.put(Output::Media(MediaInstruction::StopPlay(play)));
    }

    /// The playback to a channel's far end, if it is one that ends.
    pub(crate) fn play_of(&mut self, id: ChannelId) -> Option<PlayId> {
        let play = self.channels.get(&id)?.playing?;
        let sound = self.sound(play)?;
        (!sound.forever).then_some(play)
    }

    fn sound(&mut self, play: PlayId) -> Option<&mut Sound> {
        self.plays.get_mut(&play)?.sound.as_mut()
    }

    /// A playback ended: whoever waits for it is told.
    pub(crate) fn on_played(&mut self, play: PlayId, failed: &[(Arc<str>, Arc<str>)]) {
        if let Some(Playing { told, sound }) = self.plays.remove(&play) {
            for (file, reason) in failed.iter().filter(|_| sound.is_some()) {
                tracing::warn!(%file, %reason, "A sound could not be played");
            }
            if sound.as_ref().is_some_and(|sound| sound.moved) {
                self.put(Output::Media(MediaInstruction::StopPlay(play)));
            }
            self.is_over(play, sound);
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
            && let Some(Playing { sound, .. }) = self.plays.remove(&play)
        {
            self.is_over(play, sound);
            self.put(Output::Media(MediaInstruction::StopPlay(play)));
        }
    }

    /// Ends it early, which is told as its end.
    pub(crate) fn cut_play(&mut self, play: PlayId) {
        self.put(Output::Media(MediaInstruction::StopPlay(play)));
        self.on_played(play, &[]);
    }

    /// A channel's far end hears a playback no longer.
    fn is_over(&mut self, play: PlayId, sound: Option<Sound>) {
        let Some(Sound { to, .. }) = sound else {
            return;
        };
        if let Some(channel) = self.channels.get_mut(&to)
            && channel.playing.take_if(|own| *own == play).is_some()
        {
            self.touched.insert(to);
        }
        self.log_sound(to, None);
    }
}

impl Sound {
    fn instruction(&self, play: PlayId) -> MediaInstruction {
        MediaInstruction::Play {
            media: self.media,
            play,
            files: self.files.clone(),
            language: Arc::clone(&self.language),
            forever: self.forever,
            offset: self.offset,
        }
    }

    fn so_far(&self, now: Duration) -> Duration {
        let since = self.begun.map(|begun| now.saturating_sub(begun));
        self.offset + since.unwrap_or_default()
    }
}
