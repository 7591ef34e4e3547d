//! Blind transfer: who talks with somebody sends them elsewhere and leaves.

use crate::app::goto;
use crate::bridge::Bridge;
use crate::channel::Channel;
use crate::place::Place;
use crate::{Output, Switch};
use model::{Cause, ChannelId, Event, Instruction, Referral, Refusal, Reply, TransferResult};
use std::sync::Arc;

/// Where those are sent who are to take the place of a call elsewhere.
const EXTERNAL: &str = "external_replaces";

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
        let context = self.transfer_context(id, context);
        match self.transfer(id, context, exten.into()) {
            TransferResult::Success => Reply::Done,
            // Nobody can be sent away from a conversation of more than two.
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
                let context = self.transfer_context(id, None);
                let elsewhere = !referral.replaces.is_empty();
                let exten = if elsewhere { EXTERNAL.into() } else { exten };
                if let Some(peer) = self.peer(id) {
                    self.tell_referral(peer, &context, referral);
                }
                self.transfer(id, context, exten)
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
    fn tell_referral(&mut self, peer: ChannelId, context: &str, referral: &Referral) {
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

    pub(crate) fn transfer(
        &mut self,
        id: ChannelId,
        context: Arc<str>,
        exten: Arc<str>,
    ) -> TransferResult {
        let place = Place {
            context,
            exten,
            priority: 1,
        };
        let peer = self.peer(id);
        let result = match peer {
            None => TransferResult::Invalid,
            Some(_) if !self.is_place(id, &place) => TransferResult::Fail,
            Some(_) => TransferResult::Success,
        };
        if result == TransferResult::Success
            && let Some(channel) = self.snapshot(id)
        {
            self.tell(Event::Unhold { channel });
        }
        let success = peer.filter(|_| result == TransferResult::Success);
        if let Some(peer) = success {
            self.tell_transfer_in_variables(id, peer);
        }
        self.tell_transfer(id, success, result, &place);
        if let Some(peer) = success {
            self.send_away(id, peer, place);
        }
        result
    }

    fn tell_transfer_in_variables(&mut self, id: ChannelId, peer: ChannelId) {
        let name = |id| {
            self.channels
                .get(&id)
                .map(|channel: &Channel| Arc::clone(&channel.name))
        };
        let (own, other) = (name(id).unwrap_or_default(), name(peer).unwrap_or_default());
        self.set_variable(peer, "BLINDTRANSFER", &own);
        self.set_variable(id, "BLINDTRANSFER", &other);
    }

    fn tell_transfer(
        &mut self,
        id: ChannelId,
        transferee: Option<ChannelId>,
        result: TransferResult,
        place: &Place,
    ) {
        let Some(transferer) = self.snapshot(id) else {
            return;
        };
        let seat = self.channels.get(&id).and_then(|channel| channel.seat);
        let bridge = seat
            .and_then(|seat| self.bridges.get(&seat))
            .map(Bridge::snapshot);
        let event = Event::BlindTransfer {
            result,
            transferer,
            transferee: transferee.and_then(|id| self.snapshot(id)),
            bridge,
            context: Arc::clone(&place.context),
            exten: Arc::clone(&place.exten),
        };
        self.tell(event);
    }

    /// The one goes where it is sent, the other has nobody left to talk with: it ends, or goes where
    /// GOTO_ON_BLINDXFR says.
    fn send_away(&mut self, id: ChannelId, peer: ChannelId, place: Place) {
        let channel = self.channels.get(&id);
        let to = channel.and_then(|channel| channel.variables.value("GOTO_ON_BLINDXFR"));
        let goes_on = to.and_then(|to| goto::place(self, id, &to.replace('^', ",")));
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.cause = channel.cause.or(Some(Cause::NORMAL_CLEARING));
            channel.after_bridge = goes_on.or(channel.after_bridge.take());
        }
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
        } else {
            if let Some(channel) = self.channels.get_mut(&peer) {
                channel.context = Arc::clone(&place.context);
                channel.exten = Arc::clone(&place.exten);
                channel.priority = place.priority;
                channel.after_bridge = Some(place);
            }
        }
        self.leave_bridge(id);
        self.happen(id, crate::happening::Happening::Unbridged);
    }

    /// Two who talk with the same one, on two channels of its, talk with each other from now on.
    fn join_far_ends(&mut self, id: ChannelId, other: ChannelId) -> TransferResult {
        let (Some(first), Some(second)) = (self.peer(id), self.peer(other)) else {
            return TransferResult::Invalid;
        };
        // One who asks a third party has two others waiting for what becomes of that.
        let consults = [id, other].into_iter().any(|id| self.consults(id));
        if id == other || first == other || second == id || consults {
            return TransferResult::Invalid;
        }
        let Some(seat) = self.channels.get(&id).and_then(|channel| channel.seat) else {
            return TransferResult::Invalid;
        };
        let uniqueid = self
            .channels
            .get(&id)
            .map(|channel| Arc::clone(&channel.uniqueid));
        // Who transfers has mostly put one of them on hold, or both.
        for transferer in [id, other] {
            self.on_hold(transferer, false);
        }
        self.tell_attended_transfer(id, other, second);
        self.unseat(second);
        self.unseat(id);
        self.enter_bridge(seat, second, uniqueid);
        self.tell_members(seat);
        for left in [id, other] {
            if let Some(channel) = self.channels.get_mut(&left) {
                channel.cause = channel.cause.or(Some(Cause::NORMAL_CLEARING));
            }
            self.leave_bridge(left);
            self.happen(left, crate::happening::Happening::Unbridged);
        }
        TransferResult::Success
    }

    fn tell_attended_transfer(&mut self, id: ChannelId, other: ChannelId, target: ChannelId) {
        let bridge = |id: ChannelId| {
            let seat = self.channels.get(&id).and_then(|channel| channel.seat);
            seat.and_then(|seat| self.bridges.get(&seat))
                .map(Bridge::snapshot)
        };
        let bridges = [bridge(id), bridge(other)];
        let (Some(first), Some(second)) = (self.snapshot(id), self.snapshot(other)) else {
            return;
        };
        let transferee = self.peer(id).and_then(|peer| self.snapshot(peer));
        let dest = bridges[0]
            .as_ref()
            .map(|bridge| Arc::clone(&bridge.uniqueid));
        self.tell(Event::AttendedTransfer {
            result: TransferResult::Success,
            transferers: [first, second],
            bridges,
            transferee,
            target: self.snapshot(target),
            dest: dest.unwrap_or_default(),
            stays: false,
        });
    }
}
