//! Dials and what came of them: each channel that is dialled makes a record of whoever dials it.

use super::part::Dialed;
use crate::Switch;
use crate::channel::Dialer;
use crate::happening::Progress;
use model::{ChannelId, DialStatus};
use std::sync::Arc;

impl Switch {
    /// The channel dials another: each such dial has its record.
    pub(crate) fn record_dial_begin(&mut self, caller: ChannelId, dest: ChannelId) {
        let Some(channel) = self.channels.get(&dest) else {
            return;
        };
        let is_asked = channel.dialer == Some(Dialer::Consultation(caller));
        let is_its_own = channel.dialer == Some(Dialer::Channel(caller));
        if self.config.cdr.ignore_dials || !(is_asked || is_its_own) {
            return;
        }
        let dialed = Dialed::Other(Arc::clone(&channel.name), None);
        // Who was dialled itself may ask a third party.
        if is_its_own || self.has_records(caller) {
            self.record_party(caller, dialed);
        }
    }

    /// A channel that was dialled answered or ended.
    pub(crate) fn record_dial(&mut self, dest: ChannelId, progress: Progress) {
        let Some(channel) = self.channels.get(&dest) else {
            return;
        };
        let (name, dialer) = (Arc::clone(&channel.name), channel.dialer);
        let status = match progress {
            Progress::Ended(status) => status,
            Progress::Answered => DialStatus::Answer,
            Progress::Proceeding | Progress::EarlyMedia | Progress::Ringing => return,
        };
        match dialer {
            Some(Dialer::Channel(caller) | Dialer::Consultation(caller)) => {
                self.each_open(caller, |open| {
                    if open.is_dial_of(&name) {
                        open.dialed = Some(Dialed::Other(Arc::clone(&name), Some(status)));
                    }
                });
                self.close_parts(caller, |open| {
                    open.has_come_to(|status| status != DialStatus::Answer)
                });
            }
            Some(Dialer::Originate) => {
                self.each_open(dest, |open| open.dialed = Some(Dialed::Itself(status)));
            }
            Some(Dialer::Handover(_) | Dialer::Conversation) | None => {}
        }
    }

    /// The channel is connected with one that took the call of another.
    pub(crate) fn record_pickup(&mut self, id: ChannelId, by: ChannelId) {
        if self.config.cdr.ignore_dials {
            return;
        }
        if let Some(by) = self.channels.get(&by) {
            let dialed = Dialed::Other(Arc::clone(&by.name), Some(DialStatus::Answer));
            self.record_party(id, dialed);
        }
    }
}
