//! Somebody leaves while a third party is asked: what becomes of the others.

use super::Consultation;
use crate::Switch;
use crate::bridge::Bridge;
use crate::happening::Progress;
use model::{Cause, ChannelId, DialStatus, Event, TransferResult};
use std::sync::Arc;

impl Switch {
    /// A channel is about to leave its bridge. True if that ends a consultation, and is done.
    pub(crate) fn end_consultation(&mut self, id: ChannelId) -> bool {
        let Some(channel) = self.channels.get_mut(&id) else {
            return false;
        };
        let by = channel.consulted_by.take();
        if channel.consultation.is_some() {
            self.forget_consultation_timer(id);
            let channel = self.channels.get_mut(&id);
            let known = channel.and_then(|channel| channel.consultation.take());
            return known.is_some_and(|known| self.transferer_leaves(id, *known));
        }
        if let Some(by) = by
            && let Some(known) = self.consultation(by).filter(|known| known.target == id)
        {
            let known = known.clone();
            self.consulted_leaves(by, &known);
            return true;
        }
        if let Some(peer) = self.peer(id)
            && self.consultation(peer).is_some_and(|known| known.at_home)
        {
            self.other_leaves(peer);
        }
        false
    }

    fn consulted_leaves(&mut self, by: ChannelId, known: &Consultation) {
        let id = known.target;
        self.record_parting(by, id);
        self.stop_music(id);
        self.tell_peer(id, None);
        self.unseat(id);
        if !known.at_home {
            self.tell_peer(by, None);
            self.unseat(by);
        }
        known
            .away
            .into_iter()
            .for_each(|away| self.end_if_empty(away));
        self.come_home(by);
    }

    /// Who is transferred hangs up while the transferer talks with it.
    fn other_leaves(&mut self, transferer: ChannelId) {
        self.forget_consultation_timer(transferer);
        let channel = self.channels.get_mut(&transferer);
        let Some(known) = channel.and_then(|channel| channel.consultation.take()) else {
            return;
        };
        if known.away.is_none() {
            self.end_asking(transferer, known.target, DialStatus::Cancel);
        }
        self.let_consulted_go(known.target);
    }

    fn let_consulted_go(&mut self, target: ChannelId) {
        if let Some(channel) = self.channels.get_mut(&target) {
            channel.consulted_by = None;
        }
        self.release(target);
    }

    /// The transferer hangs up: all others talk, or the one who waits goes on waiting for the
    /// third party.
    fn transferer_leaves(&mut self, id: ChannelId, known: Consultation) -> bool {
        let target = known.target;
        self.stop_tones(id);
        let Some(waiting) = self.waiting_at(known.home, id) else {
            if known.away.is_none() {
                self.end_asking(id, target, DialStatus::Cancel);
                self.let_consulted_go(target);
                return true;
            }
            return false;
        };
        if let Some(channel) = self.channels.get_mut(&target) {
            channel.consulted_by = None;
        }
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.cause = channel.cause.or(Some(Cause::NORMAL_CLEARING));
        }
        self.record_departure(known.home, id);
        self.record_parting(id, target);
        let Some(away) = known.away else {
            self.record_dial(target, Progress::Ended(DialStatus::NoAnswer));
            self.unseat(id);
            if known.at_home {
                self.tell_peer(id, None);
                self.leave_waiting(known.home);
                self.entertain(known.home);
            }
            self.hand_over(id, waiting, &known);
            return true;
        };
        self.tell_consultation_end(id, &known, false);
        self.set_awaiting(known.home, false);
        self.tell_peer(id, None);
        self.stop_music(target);
        self.unseat(target);
        self.unseat(id);
        self.end_if_empty(away);
        self.stop_music(waiting);
        let uniqueid = self.channels.get(&id);
        let uniqueid = uniqueid.map(|channel| Arc::clone(&channel.uniqueid));
        self.enter_bridge(known.home, target, uniqueid);
        self.record_arrival(known.home, target);
        self.tell_members(known.home);
        let sound = Arc::clone(&self.features_of(id).transfer.sounds.done);
        self.play_sound(target, &sound);
        true
    }

    /// `stays`: the transferer talks with both.
    pub(in crate::feature) fn tell_consultation_end(
        &mut self,
        id: ChannelId,
        known: &Consultation,
        stays: bool,
    ) {
        let Some(transferer) = self.snapshot(id) else {
            return;
        };
        // Of several none is told as the one who is transferred.
        let transferee = self.only_other(known.home, id);
        let bridges = [Some(known.home), known.away].map(|id| {
            id.and_then(|id| self.bridges.get(&id))
                .map(Bridge::snapshot)
        });
        let dest = bridges[0].as_ref();
        let dest = dest.map(|bridge| Arc::clone(&bridge.uniqueid));
        self.tell(Event::AttendedTransfer {
            result: TransferResult::Success,
            transferers: [Arc::clone(&transferer), transferer],
            transferee: transferee.and_then(|id| self.snapshot(id)),
            target: self.snapshot(known.target),
            dest: dest.unwrap_or_default(),
            stays,
            external: false,
            bridges,
        });
    }
}
