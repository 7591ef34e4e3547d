//! Hold: one who talks asks the other to wait, with music.

use crate::Switch;
use model::{ChannelId, Event};

impl Switch {
    /// The far end of a channel puts the call on hold, or takes it back.
    pub(crate) fn on_hold(&mut self, id: ChannelId, held: bool) {
        let peer = self.peer(id);
        let class = self.music_class(peer.unwrap_or(id), "");
        let Some(line) = self.channels.get_mut(&id) else {
            return;
        };
        line.holds = held;
        let Some(channel) = self.snapshot(id) else {
            return;
        };
        if held {
            self.tell(Event::Hold {
                channel,
                music_class: Some(class),
            });
        } else {
            self.tell(Event::Unhold { channel });
        }
        let Some(peer) = peer else { return };
        if let Some(channel) = self.channels.get_mut(&peer) {
            channel.held = held;
        }
        self.touch_channel_device(peer);
        if held {
            self.start_music(peer, "");
        } else {
            self.stop_music(peer);
        }
    }

    /// A channel that leaves its bridge is on hold no longer.
    pub(crate) fn end_hold(&mut self, id: ChannelId) {
        let held = self
            .channels
            .get_mut(&id)
            .is_some_and(|channel| std::mem::take(&mut channel.held));
        if held {
            self.stop_music(id);
        }
    }
}
