//! Redirect: one channel, or two that talk, sent elsewhere in the dialplan; and how long
//! a channel may live.

use crate::Switch;
use model::{Redirection, Refusal, Reply};
use std::time::Duration;

impl Switch {
    /// Sends a channel, and the other one if there is one, elsewhere. Where it is sent need not be
    /// there; it ends then.
    pub(crate) fn redirect(&mut self, first: &Redirection, second: Option<&Redirection>) -> Reply {
        let Some(place) = self.find_place(&first.to) else {
            return Reply::Refused(Refusal::InvalidPriority);
        };
        let other_place = second.map(|second| {
            self.find_place(&second.to)
                .ok_or(Refusal::InvalidOtherPriority)
        });
        let other_place = match other_place.transpose() {
            Ok(place) => place,
            Err(refusal) => return Reply::Refused(refusal),
        };
        let Some(id) = self.find_channel(&first.channel) else {
            return Reply::Refused(Refusal::NoSuchChannel);
        };
        if self
            .channels
            .get(&id)
            .is_none_or(crate::channel::Channel::is_ending)
        {
            return Reply::Refused(Refusal::NotUp);
        }
        if let (Some(second), Some(other_place)) = (second, other_place) {
            let Some(other) = self.find_channel(&second.channel) else {
                return Reply::Refused(Refusal::NoSuchOtherChannel);
            };
            if self
                .channels
                .get(&other)
                .is_none_or(crate::channel::Channel::is_ending)
            {
                return Reply::Refused(Refusal::OtherNotUp);
            }
            // It must not end because the first leaves it.
            if let Some(channel) = self.channels.get_mut(&other) {
                channel.after_bridge = Some(other_place.clone());
            }
            if !self.send_to(id, place) {
                return Reply::Refused(Refusal::Failed);
            }
            let runs = self
                .channels
                .get(&other)
                .is_some_and(|channel| !channel.run.is_empty());
            if runs && !self.send_to(other, other_place) {
                return Reply::Refused(Refusal::OtherFailed);
            }
            // Others may still talk with it.
            if !runs {
                self.put_out(other);
            }
            return Reply::Done;
        }
        if self.send_to(id, place) {
            Reply::Done
        } else {
            Reply::Refused(Refusal::Failed)
        }
    }

    /// Says when a channel is to end, from now.
    pub(crate) fn limit(&mut self, channel: &str, time: Duration) -> Reply {
        let Some(id) = self.find_channel(channel) else {
            return Reply::Refused(Refusal::NoSuchChannel);
        };
        self.set_absolute_timeout(id, Some(time));
        Reply::Done
    }
}
