//! Local channels that step aside: once both halves are bridged and sound flows, whoever talks to
//! `;2` takes the seat of `;1`, and the pair ends.

use crate::Switch;
use crate::app::playback::Playback;
use crate::bridge::Kind;
use crate::channel::Technology;
use crate::happening::Happening;
use crate::peers::share;
use model::{Cause, ChannelId, Event};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How many Local channels in a row sound is followed through.
const HOPS: usize = 16;

impl Switch {
    /// Lets all pairs among these step aside that can.
    pub(crate) fn optimize(&mut self, among: &BTreeSet<ChannelId>) {
        for id in among {
            if let Some((one, two)) = self.pair_to_optimize(*id)
                && self.can_step_aside(one, two)
            {
                self.step_aside(one, two);
            }
        }
    }

    /// Says that a pair may step aside, though it was made not to.
    pub(crate) fn allow_optimization(&mut self, id: ChannelId) -> bool {
        let Some(other) = self.other_half(id) else {
            return false;
        };
        for half in [id, other] {
            let technology = self
                .channels
                .get_mut(&half)
                .map(|channel| &mut channel.technology);
            if let Some(Technology::Local { optimize, .. }) = technology {
                *optimize = true;
            }
        }
        self.touched.insert(id);
        true
    }

    /// The pair of which a channel is the first half, if it may step aside.
    fn pair_to_optimize(&self, id: ChannelId) -> Option<(ChannelId, ChannelId)> {
        match self.channels.get(&id)?.technology {
            Technology::Local {
                other,
                one: true,
                optimize: true,
            } => Some((id, other)),
            Technology::Local { .. } | Technology::External { .. } | Technology::Internal => None,
        }
    }

    fn can_step_aside(&self, one: ChannelId, two: ChannelId) -> bool {
        let stays = |id| {
            let channel = self.channels.get(&id);
            channel.is_some_and(|channel| {
                let goes = channel.is_ending() || channel.moving.is_some();
                !goes && channel.consulted_by.is_none() && channel.handover.is_none()
            })
        };
        let Some(near) = self.bridge_with(one).filter(|_| stays(one)) else {
            return false;
        };
        let Some(far) = self.peer(two).filter(|_| stays(two)) else {
            return false;
        };
        // Who spies on half of a pair would lose it.
        let is_spied_on = |id| self.spies.on(id).next().is_some();
        if is_spied_on(one) || is_spied_on(two) {
            return false;
        }
        let is_free = |id| {
            self.channels
                .get(&id)
                .is_some_and(|channel| !channel.is_ending() && channel.run.is_empty())
        };
        let is_apart = near.kind == Kind::Basic && !near.members().contains(&two) && far != one;
        let speaks = |id| self.speaks(id, HOPS);
        is_apart && is_free(far) && (near.talk_with(one).any(speaks) || speaks(far))
    }

    /// Whether sound comes in on a channel.
    fn speaks(&self, id: ChannelId, hops: usize) -> bool {
        let Some(hops) = hops.checked_sub(1) else {
            return false;
        };
        let Some(channel) = self.channels.get(&id) else {
            return false;
        };
        if let Technology::External { leg, .. } = &channel.technology {
            return leg.is_some();
        }
        let Some(other) = self.other_half(id) else {
            return false;
        };
        let plays = self
            .channels
            .get(&other)
            .is_some_and(|channel| channel.music.is_some())
            || self.waiting::<Playback>(other).is_some();
        let mut talk = self.bridge_with(other).into_iter();
        plays
            || talk.any(|bridge| {
                let hops = share(hops, bridge.members().len().saturating_sub(1));
                let mut peers = bridge.talk_with(other);
                peers.any(|peer| self.speaks(peer, hops))
            })
    }

    fn step_aside(&mut self, one: ChannelId, two: ChannelId) {
        let Some(far) = self.peer(two) else { return };
        let id = self.counters.optimizations;
        self.counters.optimizations += 1;
        self.tell_optimization_begin(one, two, far, id);
        self.unseat(far);
        self.take_seat(one, far);
        if let (Some(first), Some(second)) = (self.snapshot(one), self.snapshot(two)) {
            self.tell(Event::LocalOptimizationEnd {
                one: first,
                two: second,
                success: false,
                id,
            });
        }
        for half in [one, two] {
            if let Some(channel) = self.channels.get_mut(&half) {
                channel.cause = channel.cause.or(Some(Cause::NORMAL_CLEARING));
            }
        }
        self.happen(one, Happening::Unbridged);
    }

    fn tell_optimization_begin(&mut self, one: ChannelId, two: ChannelId, far: ChannelId, id: u64) {
        let halves = (self.snapshot(one), self.snapshot(two), self.snapshot(far));
        let (Some(one), Some(two), Some(source)) = halves else {
            return;
        };
        let dest = Arc::clone(&two.uniqueid);
        self.tell(Event::LocalOptimizationBegin {
            one,
            two,
            source,
            dest,
            id,
        });
    }
}
