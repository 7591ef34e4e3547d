//! A consultation: what becomes of a third party that is asked whether it takes a call.

mod departure;

use crate::Switch;
use crate::bridge::Kind;
use crate::feature::keys::Features;
use crate::happening::{Happening, Progress};
use crate::place::Place;
use crate::timers::TimerId;
use model::{BridgeId, ChannelId, DialStatus};
use std::sync::Arc;

/// What a transferer may do meanwhile.
pub(super) const CONSULTS: Features = Features {
    transfer: false,
    disconnect: false,
    consults: true,
};

/// A consultation under way, kept by the transferer.
#[derive(Clone, Debug)]
pub(crate) struct Consultation {
    /// Where the other one waits.
    pub(super) home: BridgeId,
    /// The third party.
    pub(super) target: ChannelId,
    /// Where it was dialled.
    pub(super) place: Place,
    /// Where it talks or waits, once it has answered.
    pub(super) away: Option<BridgeId>,
    /// The transferer talks with the other one meanwhile.
    pub(super) at_home: bool,
    /// When nobody has answered.
    pub(super) until: Option<TimerId>,
    /// What the transferer may do by keys when it is back.
    pub(super) allowed: Features,
}

impl Switch {
    pub(super) fn consultation(&self, id: ChannelId) -> Option<&Consultation> {
        self.channels.get(&id)?.consultation.as_deref()
    }

    /// Whether a channel asks a third party.
    pub(crate) fn consults(&self, id: ChannelId) -> bool {
        self.consultation(id).is_some()
    }

    /// Something became of the call to the third party.
    pub(crate) fn consultation_progress(
        &mut self,
        id: ChannelId,
        target: ChannelId,
        progress: Progress,
    ) {
        let known = self.consultation(id);
        if known.is_none_or(|known| known.target != target) {
            return;
        }
        match progress {
            Progress::Proceeding | Progress::EarlyMedia | Progress::Ringing => {
                self.tell_dial_state(Some(id), target, DialStatus::Ringing);
            }
            Progress::Answered => self.consulted_answers(id, target),
            Progress::Ended(status) => {
                self.tell_dial_end(Some(id), target, status);
                self.give_up_consultation(id);
            }
        }
    }

    fn consulted_answers(&mut self, id: ChannelId, target: ChannelId) {
        if let Some(channel) = self.channels.get_mut(&target) {
            channel.dialer = None;
        }
        self.tell_dial_end(Some(id), target, DialStatus::Answer);
        self.stop_tones(id);
        self.forget_consultation_timer(id);
        if self.consultation(id).is_some_and(|known| known.at_home) {
            if let Some(away) = self.make_bridge(Kind::Basic, None) {
                self.enter_bridge(away, target, None);
                self.start_music(target, "");
            }
        } else {
            self.bridge(target, id);
            self.allow_keys(id, CONSULTS);
        }
        let seat = self.channels.get(&target).and_then(|target| target.seat);
        let channel = self.channels.get_mut(&id);
        if let Some(known) = channel.and_then(|channel| channel.consultation.as_mut()) {
            known.away = seat;
        }
    }

    /// Nobody has answered in time.
    pub(crate) fn consultation_timeout(&mut self, id: ChannelId, timer: TimerId) {
        let Some(known) = self.consultation(id) else {
            return;
        };
        if known.until != Some(timer) {
            return;
        }
        let target = known.target;
        self.end_asking(id, target, DialStatus::NoAnswer);
        self.give_up_consultation(id);
    }

    /// The third party is called no longer.
    fn end_asking(&mut self, id: ChannelId, target: ChannelId, status: DialStatus) {
        self.record_dial(target, Progress::Ended(status));
        self.tell_dial_end(Some(id), target, status);
    }

    /// The third party does not take the call: the transferer talks with the other one again.
    pub(super) fn give_up_consultation(&mut self, id: ChannelId) {
        let Some(target) = self.consultation(id).map(|known| known.target) else {
            return;
        };
        if let Some(channel) = self.channels.get_mut(&target) {
            channel.consulted_by = None;
        }
        self.release(target);
        self.come_home(id);
        let sound = Arc::clone(&self.features_of(id).transfer.sounds.failed);
        self.play_sound(id, &sound);
    }

    fn forget_consultation_timer(&mut self, id: ChannelId) {
        let channel = self.channels.get_mut(&id);
        let known = channel.and_then(|channel| channel.consultation.as_mut());
        if let Some(timer) = known.and_then(|known| known.until.take()) {
            self.timers.cancel(id, timer);
        }
    }

    /// The transferer talks with the other one again.
    fn come_home(&mut self, id: ChannelId) {
        self.forget_consultation_timer(id);
        let channel = self.channels.get_mut(&id);
        let Some(known) = channel.and_then(|channel| channel.consultation.take()) else {
            return;
        };
        self.stop_tones(id);
        self.set_awaiting(known.home, false);
        let Some(waiting) = self.waiting_at(known.home, id) else {
            // Whoever waited is gone.
            return self.happen(id, Happening::Unbridged);
        };
        if !known.at_home {
            self.stop_music(waiting);
            self.enter_bridge(known.home, id, None);
            self.tell_members(known.home);
        }
        self.allow_keys(id, known.allowed);
    }

    /// The transferer has left its bridge for a while: one other waits there, several talk on.
    pub(super) fn leave_waiting(&mut self, home: BridgeId) {
        self.set_awaiting(home, true);
        let left = self.bridges.get(&home);
        if left.is_some_and(|left| left.members().len() > 1) {
            self.tell_members(home);
        }
    }

    /// Who else sits in the bridge where the transferer was: the first, if they are several.
    pub(super) fn waiting_at(&self, home: BridgeId, id: ChannelId) -> Option<ChannelId> {
        let mut members = self.bridges.get(&home)?.members().iter().copied();
        members.find(|member| *member != id)
    }

    /// The transferer talks with the other one, or the others, from now on.
    pub(super) fn swap_consultation(&mut self, id: ChannelId) {
        let Some(known) = self.consultation(id).cloned() else {
            return;
        };
        let Some(waiting) = self.waiting_at(known.home, id) else {
            return;
        };
        self.stop_tones(id);
        self.unseat(id);
        match (known.at_home, known.away) {
            (true, away) => {
                self.leave_waiting(known.home);
                self.entertain(known.home);
                match away {
                    Some(away) => self.meet(away, id, known.target),
                    None => self.sound_named(id, "ring"),
                }
            }
            (false, away) => {
                if away.is_some() {
                    self.start_music(known.target, "");
                }
                self.set_awaiting(known.home, false);
                self.meet(known.home, id, waiting);
            }
        }
        if let Some(channel) = self.channels.get_mut(&id)
            && let Some(known) = &mut channel.consultation
        {
            known.at_home = !known.at_home;
        }
        self.allow_keys(id, CONSULTS);
    }

    /// Enters the bridge where another waits with music.
    fn meet(&mut self, bridge: BridgeId, id: ChannelId, waiting: ChannelId) {
        self.stop_music(waiting);
        self.enter_bridge(bridge, id, None);
        self.tell_members(bridge);
    }

    /// The third party is let go.
    pub(super) fn abort_consultation(&mut self, id: ChannelId) {
        let Some(known) = self.consultation(id).cloned() else {
            return;
        };
        if known.away.is_none() {
            self.end_asking(id, known.target, DialStatus::Cancel);
            if let Some(channel) = self.channels.get_mut(&known.target) {
                channel.consulted_by = None;
            }
        }
        self.release(known.target);
        self.come_home(id);
    }

    /// The transferer leaves the call to the others, and ends.
    pub(super) fn complete_consultation(&mut self, id: ChannelId) {
        self.leave_bridge(id);
        self.happen(id, Happening::Unbridged);
    }
}
