//! The records of a conversation of more than two, or one that a transfer led to: one for each pair that talks,
//! from when both are there until one of them leaves ("CDR Specification" of the public documentation, "Bridging",
//! "Transfers" and "Choosing the Party A channel"). Nothing here rests on recordings.

use super::list::OpenRecord;
use super::part::Dialed;
use crate::Switch;
use crate::bridge::Kind;
use crate::channel::{Channel, Technology};
use model::{BridgeId, ChannelId, DialStatus};
use std::sync::Arc;

impl Switch {
    /// A channel has entered a bridge. Two who talk have the record of the dial that led to it.
    pub(crate) fn record_entering(&mut self, bridge: BridgeId, id: ChannelId) {
        let Some(found) = self.bridges.get_mut(&bridge) else {
            return;
        };
        let known = found.records_pairs;
        found.records_pairs |= found.kind == Kind::Basic && found.members().len() > 2;
        if !found.records_pairs || self.config.cdr.ignore_conversations {
            return;
        }
        let members = self.members_of(bridge);
        for (index, one) in members.iter().enumerate() {
            for other in &members[index + 1..] {
                if !known || [*one, *other].contains(&id) {
                    self.record_pair(*one, *other);
                }
            }
        }
    }

    /// A channel has left a bridge where each pair has its record.
    pub(crate) fn record_leaving(&mut self, bridge: BridgeId, id: ChannelId) {
        let found = self.bridges.get(&bridge);
        if found.is_none_or(|found| !found.records_pairs) {
            return;
        }
        for other in self.members_of(bridge) {
            self.record_parting(other, id);
            self.record_parting(id, other);
        }
    }

    /// A transferer talks no longer with those who sit in a bridge.
    pub(crate) fn record_departure(&mut self, home: BridgeId, transferer: ChannelId) {
        let others = self.members_of(home).into_iter();
        for other in others.filter(|other| *other != transferer) {
            self.record_parting(other, transferer);
            self.record_parting(transferer, other);
        }
    }

    /// Somebody has come by a transfer to those who sit in a bridge.
    pub(crate) fn record_arrival(&mut self, home: BridgeId, id: ChannelId) {
        if self.config.cdr.ignore_conversations {
            return;
        }
        let others = self.members_of(home).into_iter();
        for other in others.filter(|other| *other != id) {
            self.record_pair(other, id);
        }
    }

    fn record_pair(&mut self, one: ChannelId, other: ChannelId) {
        let (Some(first), Some(second)) = (self.channels.get(&one), self.channels.get(&other))
        else {
            return;
        };
        if first.records_talk_with(second) || second.records_talk_with(first) {
            return;
        }
        let (owner, name) = if first.owns_record_with(second) {
            (one, Arc::clone(&second.name))
        } else {
            (other, Arc::clone(&first.name))
        };
        if self.has_records(owner) {
            self.record_party(owner, Dialed::Other(name, Some(DialStatus::Answer)));
        }
    }
}

impl Channel {
    fn records_talk_with(&self, other: &Self) -> bool {
        let record = self.record.as_ref();
        let mut open = record.into_iter().flat_map(OpenRecord::open);
        open.any(|open| open.was_answered_by(&other.name))
    }

    /// Whether it is the Party A of the two: not one that was dialled, else the one that wants to be, else
    /// the older.
    fn owns_record_with(&self, other: &Self) -> bool {
        let rank = |channel: &Self| {
            (
                channel.was_dialled(),
                !channel.memory.is_party_a,
                channel.id,
            )
        };
        rank(self) < rank(other)
    }

    /// Whether another has dialled it; not an Originate.
    fn was_dialled(&self) -> bool {
        let is_first_half = matches!(self.technology, Technology::Local { one: true, .. });
        match self.outgoing {
            Some("AppDial2") => false,
            Some(_) => true,
            None => is_first_half, // called for a whole conversation
        }
    }
}
