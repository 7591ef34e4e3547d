//! A transferer has hung up before the third party has answered: who waits goes on waiting for it.
//!
//! If nobody answers there, the transferer is called back; if it does not answer either, the third
//! party is called again after a while, and so on as often as `atxfercallbackretries` says. With
//! `atxferdropcall` nobody is called but the third party, once.

use super::consultation::Consultation;
use super::settings::TransferSettings;
use crate::Switch;
use crate::bridge::Bridge;
use crate::channel::{Descent, Dialer};
use crate::feature::keys::Features;
use crate::happening::{Happening, Progress};
use crate::place::Place;
use crate::timers::{Timer, TimerId};
use model::{ChannelId, ChannelSnapshot, DialStatus, Event, TransferResult};
use std::sync::Arc;
use std::time::Duration;

/// What one who waits is waiting for.
#[derive(Debug)]
pub(crate) struct Handover {
    /// Where the third party was dialled.
    place: Place,
    /// The transferer, as it was.
    transferer: Arc<ChannelSnapshot>,
    /// Its device.
    device: String,
    /// What it may do by keys.
    allowed: Features,
    settings: TransferSettings,
    /// How often it may still be called back.
    callbacks: u32,
    /// Who rings, if somebody does.
    line: Option<ChannelId>,
    /// Whether that is the transferer.
    back: bool,
    /// When nobody has answered, or the third party is to be called again.
    until: TimerId,
}

impl Switch {
    /// The transferer leaves, and the one who waits has the third party ring on.
    pub(super) fn hand_over(&mut self, id: ChannelId, waiting: ChannelId, known: &Consultation) {
        let Some(transferer) = self.snapshot(id) else {
            return;
        };
        let settings = self.features_of(id).transfer.clone();
        let device = self
            .channels
            .get(&id)
            .map(|channel| channel.device().to_owned());
        if let Some(channel) = self.channels.get_mut(&known.target) {
            channel.dialer = Some(Dialer::Handover(waiting));
        }
        let until = self.handover_timer(waiting, settings.answer_time);
        let handover = Handover {
            place: known.place.clone(),
            transferer,
            device: device.unwrap_or_default(),
            allowed: known.allowed,
            callbacks: if settings.drop_call {
                0
            } else {
                settings.callbacks
            },
            settings,
            line: Some(known.target),
            back: false,
            until,
        };
        if let Some(channel) = self.channels.get_mut(&waiting) {
            channel.handover = Some(Box::new(handover));
        }
    }

    fn handover_timer(&mut self, waiting: ChannelId, time: Duration) -> TimerId {
        let at = self.now.since_start + time;
        self.timers.set(at, Timer::Handover(waiting))
    }

    fn handover(&mut self, waiting: ChannelId) -> Option<&mut Handover> {
        self.channels.get_mut(&waiting)?.handover.as_deref_mut()
    }

    /// Something became of whoever is called for one who waits.
    pub(crate) fn handover_progress(
        &mut self,
        waiting: ChannelId,
        line: ChannelId,
        progress: Progress,
    ) {
        let known = self.handover(waiting);
        if known.is_none_or(|known| known.line != Some(line)) {
            return;
        }
        match progress {
            Progress::Proceeding | Progress::EarlyMedia | Progress::Ringing => {
                self.tell_dial_state(Some(waiting), line, DialStatus::Ringing);
            }
            Progress::Answered => self.take_over(waiting, line),
            Progress::Ended(status) => {
                self.tell_dial_end(Some(waiting), line, status);
                self.release(line);
                self.call_next(waiting);
            }
        }
    }

    /// Nobody has answered in time, or it is time to call again.
    pub(crate) fn handover_timeout(&mut self, waiting: ChannelId, timer: TimerId) {
        let Some(known) = self.handover(waiting).filter(|known| known.until == timer) else {
            return;
        };
        let Some(line) = known.line else {
            return self.call_third_party(waiting);
        };
        self.tell_dial_end(Some(waiting), line, DialStatus::NoAnswer);
        self.release(line);
        self.call_next(waiting);
    }

    /// Somebody has answered: it talks with the one who waits.
    fn take_over(&mut self, waiting: ChannelId, line: ChannelId) {
        let channel = self.channels.get_mut(&waiting);
        let Some(channel) = channel else { return };
        let (Some(known), Some(seat)) = (channel.handover.take(), channel.seat) else {
            return;
        };
        self.timers.cancel(waiting, known.until);
        if let Some(channel) = self.channels.get_mut(&line) {
            channel.dialer = None;
        }
        self.tell_dial_end(Some(waiting), line, DialStatus::Answer);
        if !known.back {
            self.tell_handover(waiting, line, &known);
        }
        self.stop_music(waiting);
        self.set_awaiting(seat, false);
        self.enter_bridge(seat, line, None);
        self.record_arrival(seat, line);
        self.tell_members(seat);
        if known.back {
            self.allow_keys(line, known.allowed);
        } else {
            self.play_sound(line, &known.settings.sounds.done);
        }
    }

    fn tell_handover(&mut self, waiting: ChannelId, line: ChannelId, known: &Handover) {
        let bridge = self.bridge_with(waiting);
        let transferee = bridge.and_then(|bridge| bridge.peer_of(line));
        let bridge = bridge.map(Bridge::snapshot);
        let dest = bridge.as_ref().map(|bridge| Arc::clone(&bridge.uniqueid));
        let transferer = Arc::clone(&known.transferer);
        self.tell(Event::AttendedTransfer {
            result: TransferResult::Success,
            transferers: [Arc::clone(&transferer), transferer],
            bridges: [bridge, None],
            transferee: transferee.and_then(|id| self.snapshot(id)),
            target: self.snapshot(line),
            dest: dest.unwrap_or_default(),
            stays: false,
            external: false,
        });
    }

    /// Whoever was called does not answer: the transferer is called back, or a while later the third
    /// party again, or it is over.
    fn call_next(&mut self, waiting: ChannelId) {
        let Some(known) = self.handover(waiting) else {
            return;
        };
        known.line = None;
        if known.callbacks == 0 {
            return self.end_handover(waiting);
        }
        if known.back {
            let (old, time) = (known.until, known.settings.loop_time);
            self.timers.cancel(waiting, old);
            let until = self.handover_timer(waiting, time);
            if let Some(known) = self.handover(waiting) {
                known.until = until;
            }
            return;
        }
        known.callbacks -= 1;
        known.back = true;
        let device = known.device.clone();
        let (technology, resource) = device.split_once('/').unwrap_or_default();
        self.call_to_take_over(waiting, technology, resource);
    }

    fn call_third_party(&mut self, waiting: ChannelId) {
        let Some(known) = self.handover(waiting) else {
            return;
        };
        known.back = false;
        let resource = format!("{}@{}/n", known.place.exten, known.place.context);
        self.call_to_take_over(waiting, "Local", &resource);
    }

    fn call_to_take_over(&mut self, waiting: ChannelId, technology: &str, resource: &str) {
        let Some(channel) = self.channels.get(&waiting) else {
            return;
        };
        let (descent, party) = (Descent::of(channel), channel.caller.clone());
        let made = self.make_outgoing(technology, resource, descent, [None, None]);
        let Ok(outgoing) = made else {
            return self.call_next(waiting);
        };
        let line = outgoing.id;
        if let Some(channel) = self.channels.get_mut(&line) {
            channel.connected = party;
        }
        self.mark_outgoing(line, "AppDial");
        if !self.call(&outgoing, Dialer::Handover(waiting)) {
            self.give_up_call(line);
            return self.call_next(waiting);
        }
        let Some(known) = self.handover(waiting) else {
            return;
        };
        known.line = Some(line);
        let (old, time) = (known.until, known.settings.answer_time);
        self.timers.cancel(waiting, old);
        let until = self.handover_timer(waiting, time);
        if let Some(known) = self.handover(waiting) {
            known.until = until;
        }
        self.begin_dial(&outgoing, Some(waiting));
    }

    /// Nobody is called any more: who waits alone has waited in vain, several talk on.
    fn end_handover(&mut self, waiting: ChannelId) {
        let channel = self.channels.get_mut(&waiting);
        let Some(channel) = channel else { return };
        let (Some(known), Some(seat)) = (channel.handover.take(), channel.seat) else {
            return;
        };
        self.timers.cancel(waiting, known.until);
        self.set_awaiting(seat, false);
        if self.peers(waiting).is_empty() {
            self.leave_bridge(waiting);
            self.happen(waiting, Happening::Unbridged);
        }
    }

    /// One who waits leaves: another who sits there goes on waiting, or nobody is called any more.
    pub(crate) fn abandon_handover(&mut self, waiting: ChannelId) {
        let channel = self.channels.get_mut(&waiting);
        let Some(known) = channel.and_then(|channel| channel.handover.take()) else {
            return;
        };
        let due = self.timers.due(waiting, known.until);
        self.timers.cancel(waiting, known.until);
        if let Some(heir) = self.peers(waiting).first() {
            return self.pass_on_handover(*heir, known, due.unwrap_or_default());
        }
        if let Some(line) = known.line {
            self.tell_dial_end(Some(waiting), line, DialStatus::Cancel);
            self.release(line);
        }
    }

    /// Another who sits there waits in place of one who leaves. `due`: when the third party has not answered in
    /// time, or is to be called again.
    fn pass_on_handover(&mut self, heir: ChannelId, mut known: Box<Handover>, due: Duration) {
        known.until = self.timers.set(due, Timer::Handover(heir));
        let line = known.line.and_then(|line| self.channels.get_mut(&line));
        if let Some(line) = line {
            line.dialer = Some(Dialer::Handover(heir));
        }
        if let Some(channel) = self.channels.get_mut(&heir) {
            channel.handover = Some(known);
        }
    }
}
