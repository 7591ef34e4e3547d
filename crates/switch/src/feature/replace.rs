//! A call that takes the place of another in its conversation: how a phone takes over what another talks
//! about, or a server elsewhere completes an attended transfer (RFC 3891).

use crate::Switch;
use model::{Cause, ChannelId};

impl Switch {
    /// Seats a new channel in place of one that talks with somebody, which ends. If it no longer does, the
    /// new one ends too.
    pub(crate) fn take_place_of(&mut self, replaced: ChannelId, id: ChannelId) {
        self.answer(id);
        if self.peers(replaced).is_empty() {
            return self.release(id);
        }
        if self
            .channels
            .get(&replaced)
            .is_some_and(|known| known.holds)
        {
            self.on_hold(replaced, false);
        }
        self.tell_peer(replaced, None);
        self.take_seat(replaced, id);
        self.hang_up(replaced, Some(Cause::NORMAL_CLEARING));
    }
}
