//! Codes that those who talk may press: to hang up, to send the other one elsewhere.
//!
//! Keys that may begin a code are kept back until they are one, or are none; then they go on to the
//! other one.

use crate::Switch;
use crate::channel::Happening;
use crate::pbx::Place;
use crate::timers::{Timer, TimerId};
use model::{ChannelId, MediaId, TransferResult};
use std::sync::Arc;

/// What a party may do by pressing codes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Features {
    /// Send the other one elsewhere.
    pub(crate) transfer: bool,
    /// End the conversation.
    pub(crate) disconnect: bool,
}

/// What a party who talks has pressed.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    features: Features,
    /// The applications that it may run: their codes and names.
    mapped: Vec<(Arc<str>, Arc<str>)>,
    /// Kept back.
    pressed: String,
    /// The extension being dialled for a transfer, once that was asked for.
    dialling: Option<String>,
    /// Somebody there is asked first.
    attended: bool,
    until: Option<TimerId>,
}

/// How long a key that is passed on late sounds, in milliseconds.
const LENGTH: u32 = 100;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Code {
    BlindTransfer,
    AttendedTransfer,
    Disconnect,
    /// A mapped application of this name.
    Mapped(Arc<str>),
}

impl Keys {
    /// Whether any key may begin a code.
    pub(crate) fn are_awaited(&self) -> bool {
        self.features != Features::default() || !self.mapped.is_empty()
    }
}

impl Switch {
    /// Says what a party may do from now on.
    pub(crate) fn allow_keys(&mut self, id: ChannelId, features: Features) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        channel.keys = Keys {
            features,
            mapped: std::mem::take(&mut channel.keys.mapped),
            ..Keys::default()
        };
        if let Some(seat) = channel.seat {
            self.renew_technology(seat);
        }
    }

    /// A party begins to talk: it may run the applications that its DYNAMIC_FEATURES names.
    pub(crate) fn map_applications(&mut self, id: ChannelId) {
        let features = &self.config.features;
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        if features.applications.is_empty() {
            return;
        }
        let own = channel.variables.value("DYNAMIC_FEATURES");
        let allowed = own.or_else(|| self.globals.value("DYNAMIC_FEATURES"));
        channel.keys.mapped = allowed.map_or_else(Vec::new, |allowed| features.mapped(allowed));
    }

    /// A party talks no longer.
    pub(crate) fn forget_keys(&mut self, id: ChannelId) {
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.keys = Keys::default();
        }
    }

    /// A party who talks has pressed a key. True if it is kept back or used.
    pub(crate) fn take_key(&mut self, id: ChannelId, digit: char) -> bool {
        let Some(channel) = self.channels.get(&id) else {
            return false;
        };
        if channel.keys.dialling.is_some() {
            self.dial_transfer(id, digit);
            return true;
        }
        let text = format!("{}{digit}", channel.keys.pressed);
        let codes = self.codes(&channel.keys);
        if let Some((_, code)) = codes.iter().find(|(known, _)| **known == text) {
            let code = code.clone();
            self.keep(id, String::new(), None);
            self.carry_out(id, code);
            return true;
        }
        if codes.iter().any(|(known, _)| known.starts_with(&text)) {
            let time = self.config.features.digit_time;
            self.keep(id, text, Some(time));
            return true;
        }
        if text.len() == digit.len_utf8() {
            return false;
        }
        self.keep(id, String::new(), None);
        self.pass_on(id, &text);
        true
    }

    /// No more keys came in time.
    pub(crate) fn keys_timeout(&mut self, id: ChannelId, timer: TimerId) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        if channel.keys.until != Some(timer) {
            return;
        }
        channel.keys.until = None;
        if channel.keys.dialling.is_some() {
            return self.end_dialling(id);
        }
        let pressed = std::mem::take(&mut channel.keys.pressed);
        self.pass_on(id, &pressed);
    }

    fn codes(&self, keys: &Keys) -> Vec<(Arc<str>, Code)> {
        let config = &self.config.features;
        let Features {
            transfer,
            disconnect,
        } = keys.features;
        let built_in = [
            (transfer, &config.blind_transfer, Code::BlindTransfer),
            (transfer, &config.attended_transfer, Code::AttendedTransfer),
            (disconnect, &config.disconnect, Code::Disconnect),
        ];
        let built_in = built_in
            .into_iter()
            .filter(|(allowed, code, _)| *allowed && !code.is_empty())
            .map(|(_, code, what)| (Arc::clone(code), what));
        let mapped = keys.mapped.iter();
        let mapped = mapped.map(|(code, name)| (Arc::clone(code), Code::Mapped(Arc::clone(name))));
        built_in.chain(mapped).collect()
    }

    fn keep(&mut self, id: ChannelId, pressed: String, time: Option<std::time::Duration>) {
        let until = time.map(|time| {
            self.timers
                .set(self.now.since_start + time, Timer::Keys(id))
        });
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.keys.pressed = pressed;
            channel.keys.until = until;
        }
    }

    fn pass_on(&mut self, id: ChannelId, pressed: &str) {
        let Some(peer) = self.peer(id) else { return };
        for digit in pressed.chars() {
            self.send_digit(peer, digit, LENGTH, None::<MediaId>);
        }
    }

    fn carry_out(&mut self, id: ChannelId, code: Code) {
        match code {
            Code::Disconnect if self.cancel_consultation(id) => {}
            Code::Disconnect => {
                self.leave_bridge(id);
                self.happen(id, Happening::Unbridged);
            }
            Code::Mapped(name) => self.run_mapped(id, &name),
            Code::BlindTransfer | Code::AttendedTransfer => {
                let time = self.config.features.transfer_time;
                self.keep(id, String::new(), Some(time));
                if let Some(channel) = self.channels.get_mut(&id) {
                    channel.keys.dialling = Some(String::new());
                    channel.keys.attended = code == Code::AttendedTransfer;
                }
                if let Some(peer) = self.peer(id) {
                    self.start_music(peer, "");
                }
                self.play(id, vec!["pbx-transfer".into()], false);
            }
        }
    }

    /// One more digit of the extension to transfer to.
    fn dial_transfer(&mut self, id: ChannelId, digit: char) {
        let context = self.transfer_context(id, None);
        let time = self.config.features.transfer_time;
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let Some(dialling) = &mut channel.keys.dialling else {
            return;
        };
        dialling.push(digit);
        let dialled = dialling.clone();
        let caller = channel.caller.number.clone().unwrap_or_default();
        let now = self.local_time();
        if self
            .config
            .dialplan
            .match_more(&context, &dialled, &caller, &now)
        {
            return self.keep(id, String::new(), Some(time));
        }
        self.end_dialling(id);
    }

    /// The extension is dialled: the other one is sent there, or talks on.
    fn end_dialling(&mut self, id: ChannelId) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        channel.keys.until = None;
        let dialled = channel.keys.dialling.take().unwrap_or_default();
        let attended = channel.keys.attended;
        let context = self.transfer_context(id, None);
        if attended {
            let place = Place {
                context,
                exten: dialled.into(),
                priority: 1,
            };
            return self.consult(id, &place);
        }
        if let Some(peer) = self.peer(id) {
            self.stop_music(peer);
        }
        if self.transfer(id, context, Arc::from(dialled)) != TransferResult::Success {
            self.play(id, vec!["pbx-invalid".into()], false);
        }
    }
}
