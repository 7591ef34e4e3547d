//! Attended transfer by two calls of one phone: those it talks with on both talk with each other.
//!
//! One alone takes the phone's seat where the others talk; of several on both calls the bridges become one.
//! Which of two bridges stays is our own rule: the one of the call that was named first, unless only the
//! other one has several.

use crate::Switch;
use crate::bridge::Bridge;
use crate::happening::Happening;
use model::{BridgeId, Cause, ChannelId, Event, TransferResult};
use std::sync::Arc;

impl Switch {
    /// All who talk with the same one, on two channels of its, talk with each other from now on.
    pub(super) fn join_far_ends(&mut self, id: ChannelId, other: ChannelId) -> TransferResult {
        let seats = [id, other].map(|id| self.channels.get(&id).and_then(|channel| channel.seat));
        let [Some(seat), Some(other_seat)] = seats else {
            return TransferResult::Invalid;
        };
        // What is decided of a third party is decided first.
        let are_busy = |id| self.is_asked_elsewhere(id) || self.consults(id);
        if seat == other_seat || are_busy(id) || are_busy(other) {
            return TransferResult::Invalid;
        }
        let alone = [id, other].map(|id| self.peer(id));
        // Who transfers has mostly put one of them on hold, or both.
        for transferer in [id, other] {
            self.on_hold(transferer, false);
        }
        let home = match alone {
            [Some(_), None] => other_seat,
            [_, Some(_)] | [None, None] => seat,
        };
        self.tell_far_ends([id, other], alone, home);
        self.record_departure(seat, id);
        self.record_departure(other_seat, other);
        let moved = alone[usize::from(home == seat)];
        match alone {
            [_, Some(second)] => {
                self.unseat(second);
                self.take_seat(id, second);
            }
            [Some(first), None] => {
                self.unseat(first);
                self.take_seat(other, first);
            }
            [None, None] => {
                self.unseat(id);
                self.unseat(other);
                self.merge_bridges(seat, other_seat);
            }
        }
        if let Some(moved) = moved {
            self.record_arrival(home, moved);
        }
        for left in [id, other] {
            if let Some(channel) = self.channels.get_mut(&left) {
                channel.cause = channel.cause.or(Some(Cause::NORMAL_CLEARING));
            }
            self.leave_bridge(left);
            self.happen(left, Happening::Unbridged);
        }
        TransferResult::Success
    }

    /// `alone`: who talks with each of the two, if it is one alone. `home`: where they all talk from now on.
    fn tell_far_ends(
        &mut self,
        transferers: [ChannelId; 2],
        alone: [Option<ChannelId>; 2],
        home: BridgeId,
    ) {
        let bridges = transferers.map(|id| self.bridge_with(id).map(Bridge::snapshot));
        let [Some(first), Some(second)] = transferers.map(|id| self.snapshot(id)) else {
            return;
        };
        let [transferee, target] = alone.map(|id| id.and_then(|id| self.snapshot(id)));
        let dest = self.bridges.get(&home);
        let dest = dest.map(|bridge| Arc::clone(&bridge.uniqueid));
        self.tell(Event::AttendedTransfer {
            result: TransferResult::Success,
            transferers: [first, second],
            bridges,
            transferee,
            target,
            dest: dest.unwrap_or_default(),
            stays: false,
            external: true,
        });
    }
}
