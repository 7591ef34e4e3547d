//! Attended transfer: who talks with somebody asks a third party first.
//!
//! The transferer leaves its bridge, where the other one waits with music (`home`), and calls the
//! third party. When it hangs up, the two others talk; when the third party is gone or the
//! transferer comes back, it is as before.

use crate::Switch;
use crate::bridge::Bridge;
use crate::channel::{Descent, Dialer, Happening, Progress};
use crate::feature::keys::Features;
use crate::pbx::Place;
use model::{BridgeId, Cause, ChannelId, DialStatus, Event, Refusal, Reply, TransferResult};
use std::sync::Arc;

/// A consultation under way, kept by the transferer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Consultation {
    /// Where the other one waits.
    home: BridgeId,
    /// The third party.
    target: ChannelId,
    talking: bool,
}

impl Switch {
    /// Presses the code of an attended transfer and the extension for a channel.
    pub(crate) fn press_attended_transfer(
        &mut self,
        channel: &str,
        context: Option<&str>,
        exten: &str,
    ) -> Reply {
        let Some(id) = self.find_channel(channel) else {
            return Reply::Refused(Refusal::NoSuchChannel);
        };
        let code = Arc::clone(&self.config.features.attended_transfer);
        if code.is_empty() {
            return Reply::Refused(Refusal::NotSet);
        }
        if let Some(context) = context.filter(|context| !context.is_empty()) {
            self.set_variable(id, "TRANSFER_CONTEXT", context);
        }
        for digit in code.chars().chain(exten.chars()) {
            self.press(id, digit, 100);
        }
        Reply::Done
    }

    /// Presses the code that ends a conversation, which ends a consultation.
    pub(crate) fn press_disconnect(&mut self, channel: &str) -> Reply {
        let Some(id) = self.find_channel(channel) else {
            return Reply::Refused(Refusal::NoSuchChannel);
        };
        let code = Arc::clone(&self.config.features.disconnect);
        if code.is_empty() {
            return Reply::Refused(Refusal::NotSet);
        }
        for digit in code.chars() {
            self.press(id, digit, 100);
        }
        Reply::Done
    }

    /// Calls the third party. The other one waits, as it does already, with music.
    pub(crate) fn consult(&mut self, id: ChannelId, place: &Place) {
        let Some(home) = self.channels.get(&id).and_then(|channel| channel.seat) else {
            return;
        };
        let Some(channel) = self.channels.get(&id) else {
            return;
        };
        let (descent, party) = (Descent::of(channel), channel.caller.clone());
        let resource = format!("{}@{}/n", place.exten, place.context);
        let made = if self.is_place(id, place) {
            self.make_outgoing("Local", &resource, descent, [None, None])
                .ok()
        } else {
            None
        };
        let Some(outgoing) = made else {
            return self.stay(id);
        };
        let target = outgoing.id;
        if let Some(channel) = self.channels.get_mut(&target) {
            channel.connected = party;
        }
        self.mark_outgoing(target, "AppDial");
        self.unseat(id);
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.consultation = Some(Consultation {
                home,
                target,
                talking: false,
            });
        }
        if !self.call(&outgoing, Dialer::Consultation(id)) {
            if let Some(two) = self.other_half(target) {
                self.release_quietly(two);
            }
            self.release(target);
            return self.come_home(id);
        }
        self.begin_dial(&outgoing, Some(id));
        self.sound_named(id, "ring");
    }

    /// There is nobody to call: both talk on.
    fn stay(&mut self, id: ChannelId) {
        if let Some(peer) = self.peer(id) {
            self.stop_music(peer);
        }
        self.play(id, vec!["pbx-invalid".into()], false);
    }

    /// Something became of the call to the third party.
    pub(crate) fn consultation_progress(
        &mut self,
        id: ChannelId,
        target: ChannelId,
        progress: Progress,
    ) {
        let known = self
            .channels
            .get(&id)
            .and_then(|channel| channel.consultation);
        let Some(consultation) = known.filter(|known| known.target == target) else {
            return;
        };
        match progress {
            Progress::Proceeding | Progress::EarlyMedia | Progress::Ringing => {
                self.tell_dial_state(Some(id), target, DialStatus::Ringing);
            }
            Progress::Answered => {
                if let Some(channel) = self.channels.get_mut(&target) {
                    channel.dialer = None;
                }
                self.tell_dial_end(Some(id), target, DialStatus::Answer);
                self.stop_tones(id);
                if let Some(channel) = self.channels.get_mut(&id) {
                    channel.consultation = Some(Consultation {
                        talking: true,
                        ..consultation
                    });
                }
                self.bridge(target, id);
                self.allow_keys(
                    id,
                    Features {
                        disconnect: true,
                        ..Features::default()
                    },
                );
            }
            Progress::Ended(status) => {
                self.tell_dial_end(Some(id), target, status);
                self.release(target);
                self.come_home(id);
            }
        }
    }

    /// The transferer talks with the other one again.
    fn come_home(&mut self, id: ChannelId) {
        let known = self
            .channels
            .get_mut(&id)
            .and_then(|channel| channel.consultation.take());
        let Some(consultation) = known else { return };
        self.stop_tones(id);
        let Some(waiting) = self.waiting_at(consultation.home) else {
            // Whoever waited is gone.
            return self.happen(id, Happening::Unbridged);
        };
        self.stop_music(waiting);
        self.enter_bridge(consultation.home, id, None);
        self.tell_peers(waiting, id);
        self.allow_keys(
            id,
            Features {
                transfer: true,
                ..Features::default()
            },
        );
    }

    fn waiting_at(&self, home: BridgeId) -> Option<ChannelId> {
        self.bridges
            .get(&home)
            .and_then(|bridge| bridge.members().first().copied())
    }

    /// A channel is about to leave its bridge. True if that ends a consultation, and is done.
    pub(crate) fn end_consultation(&mut self, id: ChannelId) -> bool {
        if let Some(consultation) = self
            .channels
            .get_mut(&id)
            .and_then(|channel| channel.consultation.take())
        {
            return self.transferer_leaves(id, consultation);
        }
        let Some(peer) = self.peer(id) else {
            return false;
        };
        let consults = self
            .channels
            .get(&peer)
            .and_then(|channel| channel.consultation);
        if consults.is_none_or(|consultation| consultation.target != id) {
            return false;
        }
        let seat = self.channels.get(&id).and_then(|channel| channel.seat);
        self.tell_peer(id, None);
        self.tell_peer(peer, None);
        self.unseat(id);
        self.unseat(peer);
        seat.into_iter().for_each(|seat| self.end_if_empty(seat));
        self.come_home(peer);
        true
    }

    /// The transferer hangs up: the two others talk, or the one who waits is left alone.
    fn transferer_leaves(&mut self, id: ChannelId, consultation: Consultation) -> bool {
        let Consultation {
            home,
            target,
            talking,
        } = consultation;
        let waiting = self.waiting_at(home);
        let seat = self.channels.get(&id).and_then(|channel| channel.seat);
        let connected = talking && self.peer(id) == Some(target);
        let (true, Some(waiting)) = (connected, waiting) else {
            if !talking {
                self.stop_tones(id);
                self.tell_dial_end(Some(id), target, DialStatus::Cancel);
                self.release(target);
            }
            if let Some(waiting) = waiting {
                self.leave_bridge(waiting);
                self.happen(waiting, Happening::Unbridged);
            }
            return seat.is_none();
        };
        self.tell_consultation_end(id, home, target);
        self.tell_peer(id, None);
        self.unseat(target);
        self.unseat(id);
        seat.into_iter().for_each(|seat| self.end_if_empty(seat));
        self.stop_music(waiting);
        let uniqueid = self
            .channels
            .get(&id)
            .map(|channel| Arc::clone(&channel.uniqueid));
        self.enter_bridge(home, target, uniqueid);
        self.tell_peers(waiting, target);
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.cause = channel.cause.or(Some(Cause::NORMAL_CLEARING));
        }
        true
    }

    fn tell_consultation_end(&mut self, id: ChannelId, home: BridgeId, target: ChannelId) {
        let Some(transferer) = self.snapshot(id) else {
            return;
        };
        let second = self.channels.get(&id).and_then(|channel| channel.seat);
        let bridge = |id: Option<BridgeId>| {
            id.and_then(|id| self.bridges.get(&id))
                .map(Bridge::snapshot)
        };
        let bridges = [bridge(Some(home)), bridge(second)];
        let waiting = self
            .waiting_at(home)
            .and_then(|waiting| self.snapshot(waiting));
        let dest = bridges[0]
            .as_ref()
            .map(|bridge| Arc::clone(&bridge.uniqueid));
        self.tell(Event::AttendedTransfer {
            result: TransferResult::Success,
            transferers: [Arc::clone(&transferer), transferer],
            bridges,
            transferee: waiting,
            target: self.snapshot(target),
            dest: dest.unwrap_or_default(),
        });
    }

    /// A consultation is cut short: the third party is let go.
    pub(crate) fn cancel_consultation(&mut self, id: ChannelId) -> bool {
        let consultation = self
            .channels
            .get(&id)
            .and_then(|channel| channel.consultation);
        let Some(consultation) = consultation.filter(|consultation| consultation.talking) else {
            return false;
        };
        self.release(consultation.target);
        true
    }
}
