//! A call that takes the place of another in its conversation: how a phone takes over what another talks
//! about, or a server elsewhere completes an attended transfer (RFC 3891).

use crate::Switch;
use model::{Cause, ChannelId};
use std::sync::Arc;

impl Switch {
    /// Seats a new channel in place of one that talks with somebody, which ends. If it no longer does, the
    /// new one ends too.
    pub(crate) fn take_place_of(&mut self, replaced: ChannelId, id: ChannelId) {
        self.answer(id);
        let known = self.channels.get(&replaced);
        let known = known.and_then(|known| Some((known.seat?, Arc::clone(&known.uniqueid))));
        let Some((seat, uniqueid)) = known.filter(|_| !self.peers(replaced).is_empty()) else {
            return self.release(id);
        };
        if self
            .channels
            .get(&replaced)
            .is_some_and(|known| known.holds)
        {
            self.on_hold(replaced, false);
        }
        self.tell_peer(replaced, None);
        self.unseat(replaced);
        self.enter_bridge(seat, id, Some(uniqueid));
        self.tell_members(seat);
        self.hang_up(replaced, Some(Cause::NORMAL_CLEARING));
    }
}
