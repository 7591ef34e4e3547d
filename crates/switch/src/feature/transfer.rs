//! Blind transfer: who talks with somebody sends them elsewhere and leaves; with several, all of them
//! (`all.rs`).

mod all;
mod far_ends;

use crate::app::goto;
use crate::bridge::Bridge;
use crate::channel::Channel;
use crate::happening::Happening;
use crate::place::Place;
use crate::{Output, Switch};
use model::{Cause, ChannelId, Event, Instruction, Referral, Refusal, Reply, TransferResult};
use std::sync::Arc;

/// Where those are sent who are to take the place of a call elsewhere.
const EXTERNAL: &str = "external_replaces";

/// How a transfer was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum AskedBy<'a> {
    /// A code that the transferer pressed.
    Keys,
    /// A manager.
    Command,
    /// The transferer's phone, by its own protocol, with what it said.
    Phone(&'a Referral),
}

impl AskedBy<'_> {
    /// Whether it came from outside; what is done by keys is our own (documentation of `IsExternal`).
    fn is_external(self) -> bool {
        !matches!(self, Self::Keys)
    }
}

impl Switch {
    /// Sends whoever talks with a channel to an extension; the channel ends.
    pub(crate) fn blind_transfer(
        &mut self,
        channel: &str,
        context: Option<&str>,
        exten: &str,
    ) -> Reply {
        let Some(id) = self.find_channel(channel) else {
            return Reply::Refused(Refusal::NoSuchChannel);
        };
        let place = self.place_to_transfer_to(id, context, exten.into());
        match self.transfer(id, place, AskedBy::Command) {
            TransferResult::Success => Reply::Done,
            TransferResult::Invalid if self.peers(id).is_empty() => {
                Reply::Refused(Refusal::NotBridged)
            }
            TransferResult::Invalid | TransferResult::Fail => Reply::Refused(Refusal::Failed),
        }
    }

    /// The far end of a channel wants whoever it talks with sent elsewhere, or to talk with the far
    /// end of another channel of its. If that is the channel of another server, the dialplan is asked, at
    /// the extension `external_replaces`.
    pub(crate) fn on_transfer(
        &mut self,
        id: ChannelId,
        exten: Arc<str>,
        replaces: Option<ChannelId>,
        referral: &Referral,
    ) {
        let result = match replaces {
            Some(other) => self.join_far_ends(id, other),
            None => {
                let elsewhere = !referral.replaces.is_empty();
                let exten = if elsewhere { EXTERNAL.into() } else { exten };
                let place = self.place_to_transfer_to(id, None, exten);
                self.transfer(id, place, AskedBy::Phone(referral))
            }
        };
        let refused = match result {
            TransferResult::Success => None,
            TransferResult::Fail => Some(Cause::UNALLOCATED),
            TransferResult::Invalid => Some(Cause::FACILITY_REJECTED),
        };
        let instruction = Instruction::Transferred {
            channel: id,
            refused,
        };
        self.put(Output::Instruct(instruction));
    }

    /// Who is sent has what was said of it in variables; those that calls made of it need are inherited.
    fn tell_referral(&mut self, peer: ChannelId, context: &str, asked_by: AskedBy<'_>) {
        let AskedBy::Phone(referral) = asked_by else {
            return;
        };
        self.set_variable(peer, "SIPTRANSFER", "yes");
        for (name, value) in [
            ("SIPREFERRINGCONTEXT", context),
            ("__SIPREFERREDBYHDR", &referral.by),
            ("__SIPREPLACESHDR", &referral.replaces),
            ("SIPREFERTOHDR", &referral.to),
        ] {
            if !value.is_empty() {
                self.set_variable(peer, name, value);
            }
        }
    }

    /// What is to be said of the transfer that has led to a call to this channel.
    pub(crate) fn referral_of(channel: &Channel) -> Referral {
        let said = |name| channel.variables.value(name).cloned().unwrap_or_default();
        Referral {
            to: Arc::default(),
            by: said("SIPREFERREDBYHDR"),
            replaces: said("SIPREPLACESHDR"),
        }
    }

    /// Where a transfer goes: the context named, else TRANSFER_CONTEXT, else the channel's own.
    pub(crate) fn transfer_context(&self, id: ChannelId, named: Option<&str>) -> Arc<str> {
        let channel = self.channels.get(&id);
        let variable = channel
            .and_then(|channel| channel.variables.value("TRANSFER_CONTEXT"))
            .cloned();
        let own = channel.map(|channel| Arc::clone(&channel.context));
        let named = named.filter(|named| !named.is_empty()).map(Arc::from);
        let variable = variable.filter(|value| !value.is_empty());
        named.or(variable).or(own).unwrap_or_default()
    }

    fn place_to_transfer_to(&self, id: ChannelId, context: Option<&str>, exten: Arc<str>) -> Place {
        Place {
            context: self.transfer_context(id, context),
            exten,
            priority: 1,
        }
    }

    pub(super) fn transfer(
        &mut self,
        id: ChannelId,
        place: Place,
        asked_by: AskedBy<'_>,
    ) -> TransferResult {
        let others = self.peers(id);
        if let [peer] = others[..] {
            self.tell_referral(peer, &place.context, asked_by);
        }
        // What is decided of a third party is decided first.
        let bridge = self.bridge_with(id);
        let awaits = bridge.is_some_and(|bridge| bridge.is_awaiting);
        let refused = if others.is_empty() || awaits {
            Some(TransferResult::Invalid)
        } else {
            let is_place = self.is_place(id, &place);
            (!is_place).then_some(TransferResult::Fail)
        };
        if let Some(refused) = refused {
            self.tell_transfer(id, None, refused, &place, asked_by);
            return refused;
        }
        let [peer] = others[..] else {
            return self.transfer_all(id, &others, place, asked_by);
        };
        self.take_back(id);
        self.tell_transfer_in_variables(id, &others);
        self.tell_transfer(id, Some(peer), TransferResult::Success, &place, asked_by);
        self.send_away(id, peer, place);
        TransferResult::Success
    }

    /// Nobody is on hold who is sent away.
    fn take_back(&mut self, id: ChannelId) {
        if let Some(channel) = self.snapshot(id) {
            self.tell(Event::Unhold { channel });
        }
    }

    fn tell_transfer_in_variables(&mut self, id: ChannelId, others: &[ChannelId]) {
        let own = self.channels.get(&id);
        let own = own.map(|channel| Arc::clone(&channel.name));
        let own = own.unwrap_or_default();
        let names = self.names_of(others.iter().copied());
        for other in others {
            self.set_variable(*other, "BLINDTRANSFER", &own);
        }
        self.set_variable(id, "BLINDTRANSFER", &names);
    }

    fn tell_transfer(
        &mut self,
        id: ChannelId,
        transferee: Option<ChannelId>,
        result: TransferResult,
        place: &Place,
        asked_by: AskedBy<'_>,
    ) {
        let Some(transferer) = self.snapshot(id) else {
            return;
        };
        let bridge = self.bridge_with(id).map(Bridge::snapshot);
        let event = Event::BlindTransfer {
            result,
            transferer,
            transferee: transferee.and_then(|id| self.snapshot(id)),
            bridge,
            context: Arc::clone(&place.context),
            exten: Arc::clone(&place.exten),
            external: asked_by.is_external(),
        };
        self.tell(event);
    }

    /// A transferer ends, or goes where GOTO_ON_BLINDXFR says.
    fn say_where_transferer_goes(&mut self, id: ChannelId) {
        let channel = self.channels.get(&id);
        let to = channel.and_then(|channel| channel.variables.value("GOTO_ON_BLINDXFR"));
        let goes_on = to.and_then(|to| goto::place(self, id, &to.replace('^', ",")));
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.cause = channel.cause.or(Some(Cause::NORMAL_CLEARING));
            channel.after_bridge = goes_on.or(channel.after_bridge.take());
        }
    }

    /// The one goes where it is sent, the other has nobody left to talk with.
    fn send_away(&mut self, id: ChannelId, peer: ChannelId, place: Place) {
        self.say_where_transferer_goes(id);
        self.tell_peer(id, None);
        self.tell_peer(peer, None);
        // What executes an application (the caller in Dial) is sent away from it; what only sits
        // there goes on by itself.
        let runs = self
            .channels
            .get(&peer)
            .is_some_and(|channel| !channel.run.is_empty());
        if runs {
            self.send_to(peer, place);
        } else if let Some(channel) = self.channels.get_mut(&peer) {
            channel.context = Arc::clone(&place.context);
            channel.exten = Arc::clone(&place.exten);
            channel.priority = place.priority;
            channel.after_bridge = Some(place);
        }
        self.leave_bridge(id);
        self.happen(id, Happening::Unbridged);
    }
}
