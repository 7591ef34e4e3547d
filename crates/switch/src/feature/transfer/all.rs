//! Several who talk with a transferer are sent elsewhere together: they stay in their bridge, and one half
//! of a Local channel takes the transferer's seat there; the other half executes the dialplan where they
//! are sent to.
//!
//! This is by the documentation (a blind transfer sends all channels of the bridge to the destination; the
//! event's `Transferee` is there only for one), not by recordings: in which order it is told, and that the
//! second half knows BLINDTRANSFER, SIPTRANSFER and what else a REFER says, is our own.

use super::AskedBy;
use crate::Switch;
use crate::channel::{Descent, Dialer};
use crate::happening::{Happening, Progress};
use crate::outgoing::Outgoing;
use crate::place::Place;
use model::{ChannelId, TransferResult};

impl Switch {
    /// The others talk on, while whoever they are sent to is called.
    pub(super) fn transfer_all(
        &mut self,
        id: ChannelId,
        others: &[ChannelId],
        place: Place,
        asked_by: AskedBy<'_>,
    ) -> TransferResult {
        // What is decided of a third party is decided first.
        if self.is_asked_elsewhere(id) || self.consults(id) {
            self.tell_transfer(id, None, TransferResult::Invalid, &place, asked_by);
            return TransferResult::Invalid;
        }
        let Some(invited) = self.invite(id, &place, asked_by) else {
            self.tell_transfer(id, None, TransferResult::Fail, &place, asked_by);
            return TransferResult::Fail;
        };
        self.take_back(id);
        self.tell_transfer_in_variables(id, others);
        self.tell_transfer(id, None, TransferResult::Success, &place, asked_by);
        self.say_where_transferer_goes(id);
        self.tell_peer(id, None);
        self.end_hold(id);
        self.take_seat(id, invited);
        self.run_local(invited);
        self.happen(id, Happening::Unbridged);
        TransferResult::Success
    }

    /// The pair that takes the transferer's seat, called but not yet begun; gives its first half.
    fn invite(&mut self, id: ChannelId, place: &Place, asked_by: AskedBy<'_>) -> Option<ChannelId> {
        let channel = self.channels.get(&id)?;
        let (descent, name) = (Descent::of(channel), channel.name.to_string());
        let party = channel.caller.clone();
        let resource = format!("{}@{}", place.exten, place.context);
        let made = self.make_outgoing("Local", &resource, descent, [None, None]);
        let outgoing: Outgoing = made.ok()?;
        let (one, two) = (outgoing.id, self.other_half(outgoing.id)?);
        if let Some(channel) = self.channels.get_mut(&one) {
            channel.connected = party;
        }
        self.publish(one);
        self.set_variable(two, "BLINDTRANSFER", &name);
        self.tell_referral(two, &place.context, asked_by);
        if !self.call(&outgoing, Dialer::Conversation) {
            self.give_up_call(one);
            return None;
        }
        Some(one)
    }

    /// Something became of the call to where several were sent.
    pub(crate) fn invited_progress(&mut self, id: ChannelId, progress: Progress) {
        match progress {
            Progress::Answered => {
                if let Some(channel) = self.channels.get_mut(&id) {
                    channel.dialer = None;
                }
            }
            Progress::Ended(_) => self.release(id),
            Progress::Proceeding | Progress::EarlyMedia | Progress::Ringing => {}
        }
    }
}
