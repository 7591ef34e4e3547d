//! Sounds made of what a far end says: recorded, looked for, removed. Each ends as a playback does, in
//! [`Happening::Played`](crate::happening::Happening::Played).

use crate::play::Playing;
use crate::{Output, Switch};
use model::{ChannelId, MediaInstruction, PlayId};
use std::sync::Arc;
use std::time::Duration;

impl Switch {
    /// Records what the far end of a channel says, for so long at most and until so long a silence.
    pub(crate) fn record(
        &mut self,
        id: ChannelId,
        file: Arc<str>,
        most: Duration,
        silence: Duration,
    ) -> PlayId {
        let (media, play) = (self.heard_from(id), self.begin_quietly(id));
        self.put(Output::Media(MediaInstruction::Record {
            media,
            play,
            file,
            most,
            silence,
        }));
        play
    }

    /// Asks whether there is a sound of this name; "failed" is the answer if there is none.
    pub(crate) fn find_sound(&mut self, id: ChannelId, file: Arc<str>) -> PlayId {
        let play = self.begin_quietly(id);
        self.put(Output::Media(MediaInstruction::Find { play, file }));
        play
    }

    /// Removes what was recorded.
    pub(crate) fn remove_sound(&mut self, file: Arc<str>) {
        self.put(Output::Media(MediaInstruction::Remove(file)));
    }

    fn begin_quietly(&mut self, id: ChannelId) -> PlayId {
        let play = self.new_play_id();
        self.plays.insert(play, Playing::unheard(id));
        play
    }
}
