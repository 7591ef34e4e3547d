//! The outer side of a channel: what its technology signals, and what it is told to signal.

use crate::channel::{Channel, Descent, Dialer, NewChannel, Technology};
use crate::happening::{Happening, Progress};
use crate::listen::{Heard, MediaLeg};
use crate::{Output, Switch};
use model::{
    Cause, ChannelId, ChannelState, DialStatus, Dialog, Instruction, MediaReport, NewCall, Signal,
};
use std::sync::Arc;

impl Switch {
    pub(crate) fn on_signal(&mut self, signal: Signal) {
        match signal {
            Signal::NewCall(call) => self.on_new_call(call),
            Signal::Proceeding(id) => self.dialed(id, Progress::Proceeding),
            Signal::Ringing(id) => self.line_rings(id),
            Signal::Progress(id) => self.dialed(id, Progress::EarlyMedia),
            Signal::Answered(id) => self.line_answered(id),
            Signal::Media {
                channel,
                media,
                format,
                addresses,
                dialog,
            } => {
                let leg = MediaLeg {
                    media,
                    format,
                    addresses,
                };
                self.on_leg(channel, leg, dialog);
            }
            Signal::Digit {
                channel,
                digit,
                milliseconds,
            } => {
                self.digit_began(channel, digit);
                self.digit_ended(channel, digit, milliseconds, None);
            }
            Signal::Held(id) => self.on_hold(id, true),
            Signal::Unheld(id) => self.on_hold(id, false),
            Signal::Connected { channel, party } => self.on_connected(channel, party),
            Signal::HungUp {
                channel,
                cause,
                tech_cause,
                quality,
            } => {
                if let Some(known) = self.channels.get_mut(&channel) {
                    known.tech_cause = tech_cause.or(known.tech_cause.take());
                    known.hangup_source = Arc::clone(&known.name);
                }
                if let Some(quality) = quality {
                    self.tell_quality(channel, quality);
                }
                self.blame_for_peer(channel);
                self.far_end_hung_up(channel, cause, None);
            }
            Signal::Released {
                channel,
                tech_cause,
                quality,
            } => self.released(channel, tech_cause, quality),
            Signal::Contact(fact) => self.on_contact(fact),
            Signal::Transfer {
                channel,
                exten,
                replaces,
                referral,
            } => self.on_transfer(channel, exten, replaces, &referral),
            Signal::Forwarded { channel, exten } => {
                let line = self.channels.get(&channel);
                if let Some(Dialer::Channel(dialer)) = line.and_then(|line| line.dialer) {
                    let line = channel;
                    self.happen(dialer, Happening::Forwarded { line, exten });
                }
            }
            Signal::SentAway { channel, failed } => {
                self.happen(channel, Happening::SentAway(failed));
            }
            Signal::Text { channel, text } => self.on_text(channel, text),
            Signal::Message(message) => self.on_message(message),
            Signal::Watch { token, what } => self.on_watch(token, what),
            Signal::Unwatch(what) => self.on_unwatch(&what),
        }
    }

    pub(crate) fn on_media(&mut self, report: MediaReport) {
        match report {
            MediaReport::Finished { play, failed } => self.on_played(play, &failed),
            MediaReport::DigitBegan { media, digit } => {
                if let Some(id) = self.channel_of(media) {
                    self.digit_began(id, digit);
                }
            }
            MediaReport::Digit {
                media,
                digit,
                milliseconds,
            } => {
                if let Some(id) = self.channel_of(media) {
                    self.digit_ended(id, digit, milliseconds, Some(media));
                }
            }
            MediaReport::Talking { media, ended } => self.on_talking(media, ended),
            MediaReport::Quality { media, quality } => {
                if let Some(heard) = self.legs.get_mut(&media) {
                    heard.quality = Some(quality);
                }
            }
            MediaReport::Failed { media, reason } => {
                if let Some(id) = self.channel_of(media) {
                    tracing::warn!(channel = %id, %reason, "Media gave a leg up: the call ends");
                    self.hang_up(id, Some(Cause::NETWORK_OUT_OF_ORDER));
                }
            }
        }
    }

    fn on_new_call(&mut self, call: NewCall) {
        let refuse = |cause| {
            Output::Instruct(Instruction::Refuse {
                token: call.token,
                cause,
            })
        };
        let config = Arc::clone(&self.config);
        let Some(endpoint) = config.endpoints.get(&call.endpoint) else {
            return self.put(refuse(Cause::NO_ROUTE_DESTINATION));
        };
        if self.is_full() {
            return self.put(refuse(Cause::SWITCH_CONGESTION));
        }
        let claimed = endpoint.caller.is_none();
        let caller = endpoint.caller.clone().unwrap_or(call.caller);
        let number = caller.number.clone().unwrap_or_default();
        let takes = !call.exten.is_empty() && call.exten == config.features.pickup_exten;
        if let Some(replaced) = call.replaces {
            if self.peers(replaced).is_empty() || self.consults(replaced) {
                return self.put(refuse(Cause::WRONG_CALL_STATE));
            }
        } else if !takes
            && !config.dialplan.exists(
                &endpoint.context,
                &call.exten,
                1,
                &number,
                &self.local_time(),
            )
        {
            return self.put(refuse(Cause::UNALLOCATED));
        }
        let name = self.new_channel_name("PJSIP", &endpoint.name);
        let id = self.make_channel(NewChannel {
            name,
            technology: Technology::External {
                name: "PJSIP".into(),
                call_id: call.call_id,
                dialog: Some(call.dialog),
                leg: None,
            },
            state: ChannelState::Ring,
            uniqueid: None,
            descent: Descent::default(),
            caller,
            language: Arc::clone(&endpoint.language),
            account: Arc::clone(&endpoint.account),
            context: Arc::clone(&endpoint.context),
            exten: Arc::clone(&call.exten),
        });
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.dnid = call.exten;
            channel.memory.take_over(endpoint);
            if claimed && call.withheld {
                channel.memory.caller.withhold();
            }
        }
        self.put(Output::Instruct(Instruction::Accept {
            token: call.token,
            channel: id,
        }));
        for (name, value) in call.variables.iter().chain(&endpoint.variables) {
            self.set_variable(id, name, value);
        }
        if let Some(replaced) = call.replaces {
            return self.take_place_of(replaced, id);
        }
        if takes {
            return self.start_application(id, "Pickup", "");
        }
        self.start_dialplan(id);
    }

    /// Whether no more channels may be made.
    pub(crate) fn is_full(&self) -> bool {
        self.retired || (self.config.max_calls > 0 && self.channels.len() >= self.config.max_calls)
    }

    /// A dialled channel's far end rings.
    pub(crate) fn line_rings(&mut self, id: ChannelId) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        if channel.dialer.is_none() {
            return;
        }
        if channel.state == ChannelState::Down {
            channel.state = ChannelState::Ringing;
            self.publish(id);
        }
        self.dialed(id, Progress::Ringing);
    }

    /// A dialled channel's far end answered.
    pub(crate) fn line_answered(&mut self, id: ChannelId) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        if channel.is_up() || channel.dialer.is_none() {
            return;
        }
        channel.state = ChannelState::Up;
        if let Technology::External { .. } = channel.technology {
            // A final answer is a cause: what ends the call later without one ends it so.
            channel.cause = Some(Cause::NORMAL_CLEARING);
        }
        self.publish(id);
        self.dialed(id, Progress::Answered);
    }

    /// Answers the caller of a channel.
    pub(crate) fn answer(&mut self, id: ChannelId) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        if channel.is_up() {
            return;
        }
        channel.state = ChannelState::Up;
        let other = local_caller(channel);
        self.publish(id);
        self.record_answer(id);
        match other {
            Some(other) => self.line_answered(other),
            None => self.put(Output::Instruct(Instruction::Answer(id))),
        }
    }

    /// Tells the caller of a channel how the call goes.
    pub(crate) fn indicate(&mut self, id: ChannelId, progress: Progress) {
        let Some(channel) = self.channels.get(&id) else {
            return;
        };
        if channel.is_up() {
            return self.sound_progress(id, progress);
        }
        if let Some(other) = local_caller(channel) {
            return match progress {
                Progress::Ringing => self.line_rings(other),
                Progress::Answered => self.line_answered(other),
                Progress::Proceeding | Progress::EarlyMedia | Progress::Ended(_) => {
                    self.dialed(other, progress)
                }
            };
        }
        let instruction = match progress {
            Progress::Proceeding => return,
            Progress::Ringing => Instruction::Ring(id),
            Progress::EarlyMedia => Instruction::Progress(id),
            Progress::Answered => Instruction::Answer(id),
            Progress::Ended(status) => Instruction::Reject {
                channel: id,
                cause: cause_of(status),
            },
        };
        self.put(Output::Instruct(instruction));
    }

    /// A caller whose call was answered is told by tones.
    fn sound_progress(&mut self, id: ChannelId, progress: Progress) {
        match progress {
            Progress::Ringing => self.sound_named(id, "ring"),
            Progress::Ended(DialStatus::Busy) => self.sound_named(id, "busy"),
            Progress::Ended(_) => self.sound_named(id, "congestion"),
            Progress::Proceeding | Progress::EarlyMedia | Progress::Answered => {}
        }
    }

    fn on_leg(&mut self, id: ChannelId, new: MediaLeg, known: Arc<Dialog>) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        if let Technology::External { leg, dialog, .. } = &mut channel.technology {
            *dialog = Some(known);
            let media = new.media;
            if let Some(old) = leg.replace(new).filter(|old| old.media != media) {
                self.legs.remove(&old.media);
                self.silenced.push(old.media);
            }
            self.legs.entry(media).or_insert(Heard {
                channel: id,
                quality: None,
            });
            self.touched.insert(id);
            if let Some(seat) = channel.seat {
                self.renew_technology(seat);
            }
        }
        self.detect_talk(id);
        self.keep_volume(id);
        self.play_pending(id);
    }

    fn on_connected(&mut self, id: ChannelId, party: model::Party) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        channel.caller = party;
        self.publish(id);
    }
}

/// The half that is dialled, where this is the half that executes the dialplan.
fn local_caller(channel: &Channel) -> Option<ChannelId> {
    match channel.technology {
        Technology::Local {
            other, one: false, ..
        } => Some(other),
        // What `;1` is told by what it executes has nowhere to go: its far end is `;2`, which called.
        Technology::Local { one: true, .. }
        | Technology::External { .. }
        | Technology::Internal => None,
    }
}

fn cause_of(status: DialStatus) -> Cause {
    match status {
        DialStatus::Busy => Cause::USER_BUSY,
        DialStatus::Congestion => Cause::NORMAL_CIRCUIT_CONGESTION,
        DialStatus::Ringing
        | DialStatus::Proceeding
        | DialStatus::Progress
        | DialStatus::Answer
        | DialStatus::NoAnswer
        | DialStatus::Cancel
        | DialStatus::ChanUnavail => Cause::NO_ANSWER,
    }
}
