//! The events of a session: as they happen, as the journal kept them, or gone through without waiting.

use super::SessionTask;
use crate::journal::Step;
use ami::Classes;
use manager::{Close, Input};
use model::Now;
use std::task::{Context, Poll};

/// Batches of events taken before they are written.
const BATCHES: usize = 64;

impl SessionTask {
    /// Takes events as long as the connection wants some.
    pub(super) fn poll_events(&mut self, context: &mut Context<'_>) -> bool {
        let mut heard = false;
        if self.replay.is_some() {
            self.bell.arm(context, None);
            heard = self.poll_replay(context);
            // Once the journal is read, what happens is waited for at once: nothing else may wake the task.
            if self.replay.is_some() {
                return heard;
            }
        }
        let now = self.node.clock.now();
        let Some(reader) = &mut self.reader else {
            self.bell.arm(context, None);
            return heard;
        };
        let listens = self.connection.listens();
        let skims = self.connection.skims();
        let (may_hear, _) = self.connection.session().rights();
        // Who skims is woken now and then: in time, before it loses its place.
        let wakes = if listens { may_hear } else { Classes::NONE };
        self.bell.arm(context, (listens || skims).then_some(wakes));
        if skims && reader.is_far_behind() {
            return self.skim(now);
        }
        if !listens {
            return heard;
        }
        for _ in 0..BATCHES {
            match reader.read_for(may_hear) {
                Ok(None) => break,
                Ok(Some((batch, from))) => {
                    for event in batch.from(from) {
                        self.connection.handle(now, Input::Event(event));
                    }
                }
                Err(missed) => {
                    self.node.counters.missed_by(missed.count());
                    self.connection.handle(now, Input::Missed(missed));
                }
            }
            heard = true;
            if !self.connection.listens() {
                break;
            }
        }
        self.connection.handle(now, Input::Heard(reader.at()));
        heard
    }

    /// Takes what the journal has, as long as the connection wants some, and then goes on with what
    /// happens.
    fn poll_replay(&mut self, context: &mut Context<'_>) -> bool {
        let now = self.node.clock.now();
        let mut place = None;
        while self.connection.listens()
            && let Some(replay) = &mut self.replay
            && let Poll::Ready(step) = replay.poll_next(context)
        {
            match step {
                Some(Step::Event(event)) => {
                    place = Some(event.mark());
                    self.connection.handle(now, Input::Event(&event));
                }
                Some(Step::Missed(missed)) => {
                    place = Some(missed.to);
                    self.connection.handle(now, Input::Missed(missed));
                }
                Some(Step::Join(reader)) => {
                    place = Some(reader.at());
                    self.reader = Some(reader);
                    self.replay = None;
                }
                None => self.handle(Input::End(Close::Shutdown)),
            }
        }
        if let Some(place) = place {
            self.connection.handle(now, Input::Heard(place));
        }
        place.is_some()
    }

    /// Goes through what it is behind, without waiting for the client.
    fn skim(&mut self, now: Now) -> bool {
        let Some(reader) = &mut self.reader else {
            return false;
        };
        while self.connection.skims() {
            match reader.read() {
                Ok(None) => break,
                Ok(Some((batch, from))) => {
                    for event in batch.from(from) {
                        self.connection.skim(now, event);
                    }
                }
                Err(missed) => {
                    self.node.counters.missed_by(missed.count());
                    self.connection.handle(now, Input::Missed(missed));
                }
            }
        }
        self.node.counters.missed_by(self.connection.take_skipped());
        self.connection.handle(now, Input::Heard(reader.at()));
        true
    }
}
