//! A conversation of three or more: who has asked a third party brings it and the others together, and stays.

use crate::Switch;
use model::ChannelId;
use std::sync::Arc;

impl Switch {
    /// The transferer, the third party and the others talk together, where the others are. Nothing happens
    /// as long as the third party has not answered.
    pub(super) fn join_consultation(&mut self, id: ChannelId) {
        let Some(known) = self.consultation(id).cloned() else {
            return;
        };
        let (Some(away), Some(_)) = (known.away, self.waiting_at(known.home, id)) else {
            return;
        };
        self.tell_consultation_end(id, &known, true);
        self.set_awaiting(known.home, false);
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.consultation = None;
        }
        if let Some(channel) = self.channels.get_mut(&known.target) {
            channel.consulted_by = None;
        }
        let both = [known.home, away].map(|bridge| self.members_of(bridge));
        for member in both.concat() {
            self.end_hold(member);
            self.stop_music(member);
        }
        self.record_parting(id, known.target);
        self.merge_bridges(known.home, away);
        self.allow_keys(id, known.allowed);
        let sound = Arc::clone(&self.features_of(id).transfer.sounds.done);
        for hears in [known.target, id] {
            self.play_sound(hears, &sound);
        }
    }
}
