//! Codes that those who talk may press: to hang up, to send the other one elsewhere.
//!
//! Keys that may begin a code are kept back until they are one, or are none; then they go on to the
//! other one.

use crate::Switch;
use crate::feature::dialling::Dialling;
use crate::happening::Happening;
use crate::timers::{Timer, TimerId};
use model::{ChannelId, MediaId};
use std::sync::Arc;

/// What a party may do by pressing codes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Features {
    /// Send the other one elsewhere.
    pub(crate) transfer: bool,
    /// End the conversation.
    pub(crate) disconnect: bool,
    /// Say what becomes of a third party that is asked.
    pub(crate) consults: bool,
}

impl Features {
    /// These and others.
    fn and(self, other: Self) -> Self {
        Self {
            transfer: self.transfer || other.transfer,
            disconnect: self.disconnect || other.disconnect,
            consults: self.consults || other.consults,
        }
    }

    /// Reads letters: `T` transfers, `H` disconnects.
    pub(crate) fn of_letters(text: &str) -> Result<Self, String> {
        let mut features = Self::default();
        for letter in text.chars() {
            match letter {
                'T' => features.transfer = true,
                'H' => features.disconnect = true,
                _ => return Err(format!("nobody can be allowed '{letter}' yet")),
            }
        }
        Ok(features)
    }

    /// The same letters.
    pub(crate) fn letters(self) -> String {
        let letters = [(self.transfer, 'T'), (self.disconnect, 'H')];
        let letters = letters.into_iter().filter(|(allowed, _)| *allowed);
        letters.map(|(_, letter)| letter).collect()
    }
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
    pub(super) dialling: Option<Dialling>,
    until: Option<TimerId>,
}

/// How long a key that is passed on late sounds, in milliseconds.
const LENGTH: u32 = 100;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Code {
    BlindTransfer,
    AttendedTransfer,
    Disconnect,
    /// The third party is asked no more.
    Abort,
    /// The third party takes the call.
    Complete,
    /// The other of the two is talked with.
    Swap,
    /// Both are talked with.
    Join,
    /// A mapped application of this name.
    Mapped(Arc<str>),
}

impl Keys {
    pub(super) fn features(&self) -> Features {
        self.features
    }

    /// No key is waited for any more.
    pub(super) fn stop_waiting(&mut self) {
        self.until = None;
    }

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
        // Only codes about the third party count while one is asked.
        let always = channel.memory.key_features;
        let features = if features.consults {
            features
        } else {
            features.and(always)
        };
        channel.keys = Keys {
            features,
            mapped: std::mem::take(&mut channel.keys.mapped),
            ..Keys::default()
        };
        self.touched.insert(id); // what the other one hears of them
        if let Some(seat) = channel.seat {
            self.renew_technology(seat);
        }
    }

    /// A party begins to talk: it may do what it always may, and run the applications that its
    /// DYNAMIC_FEATURES names.
    pub(crate) fn begin_keys(&mut self, id: ChannelId) {
        let features = &self.config.features;
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        channel.keys.features = channel.memory.key_features;
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
        let codes = self.codes(id, &channel.keys);
        if let Some((_, code)) = codes.iter().find(|(known, _)| **known == text) {
            let code = code.clone();
            self.keep(id, String::new(), None);
            self.carry_out(id, code);
            return true;
        }
        if codes.iter().any(|(known, _)| known.starts_with(&text)) {
            let time = self.features_of(id).digit_time;
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

    /// The codes that a party may press, and what they do.
    fn codes(&self, id: ChannelId, keys: &Keys) -> Vec<(Arc<str>, Code)> {
        let settings = self.features_of(id);
        let Features {
            transfer,
            disconnect,
            consults,
        } = keys.features;
        let built_in = [
            (transfer, &settings.blind_transfer, Code::BlindTransfer),
            (
                transfer,
                &settings.attended_transfer,
                Code::AttendedTransfer,
            ),
            (disconnect, &settings.disconnect, Code::Disconnect),
            (consults, &settings.transfer.abort, Code::Abort),
            (consults, &settings.disconnect, Code::Abort),
            (consults, &settings.transfer.complete, Code::Complete),
            (consults, &settings.transfer.swap, Code::Swap),
            (consults, &settings.transfer.threeway, Code::Join),
        ];
        let built_in = built_in
            .into_iter()
            .filter(|(allowed, code, _)| *allowed && !code.is_empty())
            .map(|(_, code, what)| (Arc::clone(code), what));
        let mapped = keys.mapped.iter();
        let mapped = mapped.map(|(code, name)| (Arc::clone(code), Code::Mapped(Arc::clone(name))));
        built_in.chain(mapped).collect()
    }

    pub(super) fn keep(
        &mut self,
        id: ChannelId,
        pressed: String,
        time: Option<std::time::Duration>,
    ) {
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
        for peer in self.peers(id) {
            for digit in pressed.chars() {
                self.send_digit(peer, digit, LENGTH, None::<MediaId>);
            }
        }
    }

    fn carry_out(&mut self, id: ChannelId, code: Code) {
        match code {
            Code::Disconnect => {
                self.leave_bridge(id);
                self.happen(id, Happening::Unbridged);
            }
            Code::Abort => self.abort_consultation(id),
            Code::Complete => self.complete_consultation(id),
            Code::Swap => self.swap_consultation(id),
            Code::Join => self.join_consultation(id),
            Code::Mapped(name) => self.run_mapped(id, &name),
            Code::BlindTransfer => self.begin_dialling(id, false),
            Code::AttendedTransfer => self.begin_dialling(id, true),
        }
    }
}
