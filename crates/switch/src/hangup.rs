//! How a channel ends: asked to, told to, released by its technology, gone.

use crate::channel::{Dialer, End, Technology};
use crate::happening::{Happening, Progress};
use crate::memory::Ended;
use crate::timers::Timer;
use crate::{Output, Switch};
use model::{AudioQuality, Cause, ChannelId, DialStatus, Event, Instruction};
use std::sync::Arc;
use std::time::Duration;

/// What a hangup without a reason is told as.
pub(crate) const DEFAULT_CAUSE: Cause = Cause::NORMAL_CLEARING;

/// How long a technology has to say that a leg is closed, before we go on without its figures.
const RELEASE_TIME: Duration = Duration::from_secs(2);

impl Switch {
    /// Ends a channel, whatever it does.
    pub(crate) fn hang_up(&mut self, id: ChannelId, cause: Option<Cause>) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        if channel.is_ending() {
            return;
        }
        channel.cause = cause.or(channel.cause);
        self.request_end(id);
    }

    /// The far end ended the call. The request is told with the cause as `told`.
    pub(crate) fn far_end_hung_up(
        &mut self,
        id: ChannelId,
        cause: Option<Cause>,
        told: Option<u8>,
    ) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        if channel.end == End::Releasing {
            return;
        }
        channel.cause = cause.or(channel.cause);
        let told = channel.cause.map(Cause::number).or(told);
        if let Some(snapshot) = self.snapshot(id) {
            self.tell(Event::HangupRequest {
                channel: snapshot,
                cause: told,
            });
        }
        self.request_end(id);
    }

    /// Whoever talks to a channel whose far end hung up ends because of it.
    pub(crate) fn blame_for_peer(&mut self, id: ChannelId) {
        let source = self.channels.get(&id);
        let source = source.map(|channel| Arc::clone(&channel.hangup_source));
        let peer = self.peer(id).and_then(|peer| self.channels.get_mut(&peer));
        if let (Some(source), Some(peer)) = (source, peer)
            && peer.hangup_source.is_empty()
        {
            peer.hangup_source = source;
        }
    }

    fn request_end(&mut self, id: ChannelId) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        if channel.end != End::None {
            return;
        }
        if channel.dialer.is_some() {
            let status = channel.cause.map_or(DialStatus::NoAnswer, dial_status);
            return self.dialed(id, Progress::Ended(status));
        }
        channel.end = End::Requested;
        let runs = !channel.run.is_empty();
        let waits = matches!(
            channel.run.last(),
            Some(crate::channel::Frame::Application(_))
        );
        if runs && !waits {
            channel.unheard = true;
            self.ready.push_back(id);
        } else {
            self.happen(id, Happening::HungUp);
        }
    }

    /// A channel that executes nothing was hung up, or left the bridge it sat in: it ends.
    pub(crate) fn happen_to_passive(&mut self, id: ChannelId, happening: &Happening) {
        match happening {
            Happening::HungUp => self.end_passive(id),
            Happening::Unbridged => self.go_on_unbridged(id),
            Happening::Timer(_)
            | Happening::Digit(_)
            | Happening::Played { .. }
            | Happening::Dialed(..)
            | Happening::PickedUp { .. }
            | Happening::SentAway(_)
            | Happening::Forwarded { .. }
            | Happening::Chosen { .. }
            | Happening::Ran(..)
            | Happening::Controlled(_)
            | Happening::SpyeeEnded(_)
            | Happening::Originated(_) => {}
            Happening::Subroutine { .. } => self.dial_origination(id),
        }
    }

    /// It ends, or goes where it was sent.
    fn end_passive(&mut self, id: ChannelId) {
        let Some(channel) = self.channels.get(&id) else {
            return;
        };
        if channel.moving.is_none() {
            return self.release(id);
        }
        self.leave_bridge(id);
        self.move_on(id);
    }

    /// Nothing waits for the bridge it left: it goes on where it was to, or ends.
    fn go_on_unbridged(&mut self, id: ChannelId) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        match channel.after_bridge.take() {
            Some(place) => {
                channel.dialer = None; // nobody waits for its answer any more
                self.go(id, place);
                self.start_dialplan(id);
            }
            None => self.release(id),
        }
    }

    /// Lets go of a channel that has nothing more to execute.
    pub(crate) fn release(&mut self, id: ChannelId) {
        self.leave_bridge(id);
        self.stop_music(id);
        self.stop_tones(id);
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        if let Some(Dialer::Channel(caller)) = channel.dialer {
            self.touched.insert(caller); // who may have heard it before it answered
        }
        if channel.end == End::Releasing || self.run_last_extension(id) || self.run_handler(id) {
            return;
        }
        self.end_all_spying(id);
        self.abandon_origination(id);
        self.end_record(id);
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        channel.end = End::Releasing;
        channel.dialer = None;
        channel.run.clear();
        channel.application = channel.outgoing.unwrap_or_default().into();
        channel.data = channel.outgoing.map_or("", |_| "(Outgoing Line)").into();
        let cause = channel.cause;
        match channel.technology {
            Technology::Internal => self.bury(id),
            Technology::Local { .. } => {
                self.release_other_half(id);
                self.bury(id);
            }
            Technology::External { .. } => {
                self.timers
                    .set(self.now.since_start + RELEASE_TIME, Timer::Release(id));
                self.put(Output::Instruct(Instruction::HangUp { channel: id, cause }));
            }
        }
    }

    /// Lets go of half a Local channel that never came to be called.
    pub(crate) fn release_quietly(&mut self, id: ChannelId) {
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.end = End::Releasing;
            channel.run.clear();
            self.bury(id);
        }
    }

    /// The technology has closed the leg.
    pub(crate) fn released(
        &mut self,
        id: ChannelId,
        tech_cause: Option<Arc<str>>,
        quality: Option<AudioQuality>,
    ) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        if channel.end != End::Releasing {
            return;
        }
        channel.tech_cause = tech_cause.or(channel.tech_cause.take());
        if let Some(quality) = quality {
            self.tell_quality(id, quality);
        }
        self.publish(id);
        self.bury(id);
    }

    pub(crate) fn release_timeout(&mut self, id: ChannelId) {
        tracing::warn!(channel = %id, "The technology did not close a leg in time");
        self.bury(id);
    }

    fn bury(&mut self, id: ChannelId) {
        self.end_all_spying(id);
        self.close_record(id);
        if let Some(channel) = self.snapshot(id) {
            self.tell(Event::Hangup { channel });
        }
        let Some(channel) = self.channels.remove(&id) else {
            return;
        };
        self.timers.forget(id);
        self.devices.remove_channel(channel.device(), id);
        self.directory.remove(&channel.name, &channel.uniqueid);
        self.silence(&channel);
        self.touch_device(channel.device());
    }

    /// Tells who dialled a channel what became of it.
    pub(crate) fn dialed(&mut self, id: ChannelId, progress: Progress) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        if let (Some(_), Progress::Answered | Progress::Ended(_)) = (channel.dialer, progress) {
            self.record_dial(id, progress);
        }
        match progress {
            Progress::Ended(_) => self.note_ended(id),
            Progress::Answered => self.note_answered(id),
            Progress::Proceeding | Progress::EarlyMedia | Progress::Ringing => {}
        }
        let Some(channel) = self.channels.get(&id) else {
            return;
        };
        match channel.dialer {
            Some(Dialer::Channel(dialer)) => self.happen(dialer, Happening::Dialed(id, progress)),
            Some(Dialer::Originate) => self.originate_progress(id, progress),
            Some(Dialer::Consultation(by)) => self.consultation_progress(by, id, progress),
            Some(Dialer::Handover(waiting)) => self.handover_progress(waiting, id, progress),
            Some(Dialer::Conversation) => self.invited_progress(id, progress),
            None => {}
        }
    }
}

impl Switch {
    /// Who dialled a line outside remembers that it was answered.
    fn note_answered(&mut self, id: ChannelId) {
        let channel = self.channels.get(&id);
        if channel.is_some_and(|channel| matches!(channel.technology, Technology::External { .. }))
        {
            self.note_outcome(id, Some("200".into()));
        }
    }

    /// Who dialled a channel remembers how it ended.
    fn note_ended(&mut self, id: ChannelId) {
        let channel = self.channels.get(&id);
        let tech_cause = channel.and_then(|channel| channel.tech_cause.clone());
        self.note_outcome(id, tech_cause);
    }

    fn note_outcome(&mut self, id: ChannelId, tech_cause: Option<Arc<str>>) {
        let Some(channel) = self.channels.get(&id) else {
            return;
        };
        let Some(Dialer::Channel(dialer)) = channel.dialer else {
            return;
        };
        let ended = Ended {
            channel: Arc::clone(&channel.name),
            technology: channel.technology().into(),
            tech_cause,
            cause: channel.cause,
        };
        if let Some(dialer) = self.channels.get_mut(&dialer) {
            dialer.memory.note_ended(ended);
        }
    }
}

/// What a dial came to that ended with this cause.
pub(crate) fn dial_status(cause: Cause) -> DialStatus {
    match cause {
        Cause::USER_BUSY => DialStatus::Busy,
        Cause::NORMAL_CIRCUIT_CONGESTION | Cause::SWITCH_CONGESTION => DialStatus::Congestion,
        Cause::NO_ROUTE_DESTINATION | Cause::SUBSCRIBER_ABSENT | Cause::UNALLOCATED => {
            DialStatus::ChanUnavail
        }
        _ => DialStatus::NoAnswer,
    }
}
