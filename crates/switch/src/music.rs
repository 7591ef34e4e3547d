//! Music on hold: what a channel's far end hears while it waits.

use crate::Switch;
use model::{ChannelId, Event, PlayId};
use std::sync::Arc;

/// The class played where none is named.
const DEFAULT: &str = "default";

/// Music being played to the far end of a channel.
#[derive(Debug)]
pub(crate) struct Music {
    /// Its files; none are played to a far end nobody hears.
    play: Option<PlayId>,
}

impl Switch {
    /// Begins music for a channel, of the class named or its own. Another piece ends.
    pub(crate) fn start_music(&mut self, id: ChannelId, class: &str) {
        let class = self.music_class(id, class);
        let Some(files) = self.config.music.get(&class).cloned() else {
            return tracing::warn!(%class, "There is no music of this class");
        };
        self.stop_music(id);
        let play = (!files.is_empty()).then(|| self.play(id, files, true));
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.music = Some(Music { play });
        }
        if let Some(channel) = self.snapshot(id) {
            self.tell(Event::MusicOnHoldStart { channel, class });
        }
        self.touched.insert(id);
    }

    /// Ends it, if there is any.
    pub(crate) fn stop_music(&mut self, id: ChannelId) {
        let music = self
            .channels
            .get_mut(&id)
            .and_then(|channel| channel.music.take());
        let Some(music) = music else { return };
        self.stop_play(music.play);
        if let Some(channel) = self.snapshot(id) {
            self.tell(Event::MusicOnHoldStop { channel });
        }
        self.touched.insert(id);
    }

    /// The class meant: the one named, else the channel's own, else the usual one.
    pub(crate) fn music_class(&self, id: ChannelId, named: &str) -> Arc<str> {
        if !named.is_empty() {
            return named.into();
        }
        let own = self
            .channels
            .get(&id)
            .and_then(|channel| channel.memory.music_class.clone());
        own.unwrap_or_else(|| DEFAULT.into())
    }
}
