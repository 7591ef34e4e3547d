//! Dialling the extension that the others are transferred to.

use crate::Switch;
use crate::feature::transfer::AskedBy;
use crate::place::Place;
use model::{ChannelId, TransferResult};
use std::sync::Arc;

/// An extension being dialled.
#[derive(Debug, Default)]
pub(super) struct Dialling {
    /// Its digits so far.
    dialled: String,
    /// Somebody there is asked first.
    attended: bool,
    /// How often none was there.
    failures: u32,
}

impl Switch {
    /// A transfer begins: TRANSFER_EXTEN says where to, or it is dialled while the other one waits
    /// with music; several talk on.
    pub(super) fn begin_dialling(&mut self, id: ChannelId, attended: bool) {
        let dialling = Dialling {
            attended,
            ..Dialling::default()
        };
        let channel = self.channels.get(&id);
        let named = channel.and_then(|channel| channel.variables.value("TRANSFER_EXTEN").cloned());
        if self.peers(id).is_empty() {
            let sound = Arc::clone(&self.features_of(id).transfer.sounds.failed);
            return self.play_sound(id, &sound);
        }
        if let Some(peer) = self.peer(id) {
            self.start_music(peer, "");
        }
        if let Some(place) = named.and_then(|exten| self.transfer_place(id, exten)) {
            return self.transfer_to(id, attended, place);
        }
        self.dial_on(id, dialling);
        let sound = Arc::clone(&self.features_of(id).transfer.sounds.begin);
        self.play_sound(id, &sound);
    }

    /// One more digit of the extension to transfer to.
    pub(super) fn dial_transfer(&mut self, id: ChannelId, digit: char) {
        let context = self.transfer_context(id, None);
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let Some(mut dialling) = channel.keys.dialling.take() else {
            return;
        };
        dialling.dialled.push(digit);
        let caller = channel.caller.number.clone().unwrap_or_default();
        let now = self.local_time();
        let dialplan = &self.config.dialplan;
        let more = dialplan.match_more(&context, &dialling.dialled, &caller, &now);
        self.dial_on(id, dialling);
        if !more {
            self.end_dialling(id);
        }
    }

    /// Waits for the next digit.
    fn dial_on(&mut self, id: ChannelId, dialling: Dialling) {
        let time = self.features_of(id).transfer.digit_time;
        self.keep(id, String::new(), Some(time));
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.keys.dialling = Some(dialling);
        }
    }

    /// The extension is dialled: the other one is sent there. If there is none, another may be
    /// dialled, or they talk on.
    pub(super) fn end_dialling(&mut self, id: ChannelId) {
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        channel.keys.stop_waiting();
        let Some(mut dialling) = channel.keys.dialling.take() else {
            return;
        };
        let dialled = std::mem::take(&mut dialling.dialled);
        if let Some(place) = self.transfer_place(id, dialled.into()) {
            return self.transfer_to(id, dialling.attended, place);
        }
        let settings = &self.features_of(id).transfer;
        let sounds = settings.sounds.clone();
        dialling.failures += 1;
        if dialling.failures < settings.attempts {
            self.play_sound(id, &sounds.again);
            return self.dial_on(id, dialling);
        }
        if let Some(peer) = self.peer(id) {
            self.stop_music(peer);
        }
        self.play_sound(id, &sounds.invalid);
    }

    /// Where an extension is that a channel dials for a transfer, if it is there.
    fn transfer_place(&self, id: ChannelId, exten: Arc<str>) -> Option<Place> {
        let place = Place {
            context: self.transfer_context(id, None),
            exten,
            priority: 1,
        };
        (!place.exten.is_empty() && self.is_place(id, &place)).then_some(place)
    }

    fn transfer_to(&mut self, id: ChannelId, attended: bool, place: Place) {
        if attended {
            return self.consult(id, place);
        }
        if let Some(peer) = self.peer(id) {
            self.stop_music(peer);
        }
        if self.transfer(id, place, AskedBy::Keys) != TransferResult::Success {
            let sound = Arc::clone(&self.features_of(id).transfer.sounds.failed);
            self.play_sound(id, &sound);
        }
    }

    /// Plays what is configured to be heard, if anything is.
    pub(crate) fn play_sound(&mut self, id: ChannelId, sound: &Arc<str>) {
        if !sound.is_empty() {
            self.play(id, vec![Arc::clone(sound)], false);
        }
    }
}
