//! Attended transfer: who talks with somebody asks a third party first.
//!
//! The transferer leaves its bridge, where the other one waits with music, or several talk on, and calls
//! the third party (`consultation.rs`). When it hangs up, all others talk; when the third party is gone or
//! the transferer comes back, it is as before. Who hangs up before the third party has answered leaves
//! that to the one who waits (`handover.rs`).

use super::consultation::{CONSULTS, Consultation};
use crate::Switch;
use crate::channel::{Descent, Dialer};
use crate::place::Place;
use crate::timers::Timer;
use model::{ChannelId, Refusal, Reply};
use std::sync::Arc;

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
        let code = Arc::clone(&self.features_of(id).attended_transfer);
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
        let code = Arc::clone(&self.features_of(id).disconnect);
        if code.is_empty() {
            return Reply::Refused(Refusal::NotSet);
        }
        for digit in code.chars() {
            self.press(id, digit, 100);
        }
        Reply::Done
    }

    /// Calls the third party. One other waits, as it does already, with music.
    pub(crate) fn consult(&mut self, id: ChannelId, place: Place) {
        let Some(channel) = self.channels.get(&id) else {
            return;
        };
        let Some(home) = channel.seat else { return };
        if self.is_asked_elsewhere(id) {
            return self.stay(id);
        }
        let (descent, party) = (Descent::of(channel), channel.caller.clone());
        let allowed = channel.keys.features();
        let resource = format!("{}@{}/n", place.exten, place.context);
        let made = self.make_outgoing("Local", &resource, descent, [None, None]);
        let Ok(outgoing) = made else {
            return self.stay(id);
        };
        let target = outgoing.id;
        if let Some(channel) = self.channels.get_mut(&target) {
            channel.connected = party;
            channel.consulted_by = Some(id);
        }
        self.mark_outgoing(target, "AppDial");
        self.unseat(id);
        self.leave_waiting(home);
        let time = self.features_of(id).transfer.answer_time;
        let at = self.now.since_start + time;
        let until = self.timers.set(at, Timer::Consultation(id));
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.consultation = Some(Box::new(Consultation {
                home,
                target,
                place,
                away: None,
                at_home: false,
                until: Some(until),
                allowed,
            }));
        }
        if !self.call(&outgoing, Dialer::Consultation(id)) {
            if let Some(two) = self.other_half(target) {
                self.release_quietly(two);
            }
            return self.give_up_consultation(id);
        }
        self.begin_dial(&outgoing, Some(id));
        self.sound_named(id, "ring");
        self.allow_keys(id, CONSULTS);
    }

    /// Whether nobody is left to talk with, or another of those who talk asks a third party itself.
    pub(super) fn is_asked_elsewhere(&self, id: ChannelId) -> bool {
        let Some(bridge) = self.bridge_with(id) else {
            return true;
        };
        let mut others = bridge.talk_with(id).peekable();
        bridge.is_awaiting || others.peek().is_none() || others.any(|other| self.consults(other))
    }

    /// There is nobody to call: all talk on.
    fn stay(&mut self, id: ChannelId) {
        if let Some(peer) = self.peer(id) {
            self.stop_music(peer);
        }
        let sound = Arc::clone(&self.features_of(id).transfer.sounds.failed);
        self.play_sound(id, &sound);
    }
}
