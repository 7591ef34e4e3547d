//! Whether who is at the far end of a channel talks: media finds out, for who wants to be told.

use crate::listen::leg;
use crate::{Output, Switch};
use model::{ChannelId, Event, MediaId, MediaInstruction, Talk};
use std::time::Duration;

impl Switch {
    /// Has it told from now on when the far end of a channel talks, or no longer.
    pub(crate) fn want_talk(&mut self, id: ChannelId, talk: Option<Talk>) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        if channel.memory.talk == talk {
            return;
        }
        channel.memory.talk = talk;
        if let Some(media) = leg(channel).map(|leg| leg.media) {
            self.put(Output::Media(MediaInstruction::Detect { media, talk }));
        }
    }

    /// A channel has another leg: what was wanted of the last is wanted of this.
    pub(crate) fn detect_talk(&mut self, id: ChannelId) {
        let channel = self.channels.get(&id);
        let wanted = channel.and_then(|channel| Some((leg(channel)?.media, channel.memory.talk?)));
        if let Some((media, talk)) = wanted {
            let talk = Some(talk);
            self.put(Output::Media(MediaInstruction::Detect { media, talk }));
        }
    }

    pub(crate) fn on_talking(&mut self, media: MediaId, ended: Option<Duration>) {
        let id = self.channel_of(media);
        let Some(channel) = id.and_then(|id| self.snapshot(id)) else {
            return;
        };
        self.tell(match ended {
            None => Event::TalkingStart { channel },
            Some(time) => Event::TalkingStop {
                channel,
                milliseconds: u64::try_from(time.as_millis()).unwrap_or(u64::MAX),
            },
        });
    }
}
