//! Events: who hears them, their order among answers, and waiting for them (ami-server.md 4.7, 8.9).

use super::{Carrier, Close, Doing, Member, Output, Piece, Session, Wait};
use crate::{Missed, OnLag, Rendered, Told, Why};
use ami::event::Event as _;
use ami::event::system::{EventGap, WaitEventComplete};
use ami::response;
use model::{Mark, Now};
use std::sync::Arc;

impl Session {
    /// The same as [`Input::Event`], for who writes the event at once; what was put out before
    /// comes before it.
    pub(crate) fn take<'a>(&mut self, event: &'a Rendered) -> Option<&'a Arc<Told>> {
        if let Some(Doing::Due { at, .. }) = &self.doing
            && event.mark() > *at
        {
            self.release();
        }
        self.heard = event.mark();
        let told = event.told(self.dialect())?;
        let hears = self.member().is_some_and(|member| member.hears(told));
        if !hears {
            return None;
        }
        if let Some(wait) = &mut self.wait {
            wait.found.push(Arc::clone(told));
            return None;
        }
        (self.carrier == Carrier::Stream).then_some(told)
    }

    pub(super) fn on_heard(&mut self, now: Now, mark: Mark) {
        self.heard = self.heard.max(mark);
        if let Some(Doing::Due { at, .. }) = &self.doing
            && self.heard >= *at
        {
            self.release();
        }
        if let Some(Doing::Held(at, _)) = &self.doing
            && self.heard >= *at
            && let Some(Doing::Held(_, held)) = self.doing.take()
        {
            self.resume(now, *held);
        }
        let found = self
            .wait
            .as_ref()
            .is_some_and(|wait| !wait.found.is_empty());
        if found || self.missed.is_some() {
            self.interrupt();
        }
        self.end_wait(now);
    }

    pub(super) fn on_missed(&mut self, missed: Missed) {
        match self.carrier {
            Carrier::Stream if missed.why == Why::Lagged && !self.may_lose() => {
                self.close(Close::Lagged);
            }
            Carrier::Stream | Carrier::Requests => self.miss(missed),
        }
    }

    /// Whether it goes on although any events may be among those it has lost.
    fn may_lose(&self) -> bool {
        self.account()
            .is_some_and(|user| user.on_lag != OnLag::Close && user.keep.is_empty())
    }

    /// Events are gone, and it goes on after them: the client is told so.
    pub(super) fn miss(&mut self, missed: Missed) {
        self.heard = missed.to;
        match self.carrier {
            Carrier::Stream => self.put(Output::Event(Arc::new(missed.told()))),
            Carrier::Requests => {
                self.missed = Some(self.missed.map_or(missed, |before| before.and(missed)));
            }
        }
    }

    fn release(&mut self) {
        if let Some(Doing::Due { token, pieces, .. }) = self.doing.take() {
            self.put(Output::Answer { token, pieces });
        }
    }

    /// WaitEvent has waited long enough: there is something else to do.
    pub(crate) fn interrupt(&mut self) {
        if let Some(wait) = self.wait.take() {
            self.waited(*wait);
        }
    }

    /// A later WaitEvent takes the place of one that is under way.
    pub(crate) fn displace(&mut self) {
        if let Some(wait) = self.wait.take() {
            self.answer(wait.token, []);
        }
    }

    pub(crate) fn is_waiting(&self) -> bool {
        self.wait.is_some()
    }

    pub(super) fn end_wait(&mut self, now: Now) {
        let over = |wait: &Wait| wait.until.is_some_and(|until| until <= now.since_start);
        if self.wait.as_deref().is_some_and(over) {
            self.interrupt();
        }
    }

    fn waited(&mut self, wait: Wait) {
        let start = response::done(&wait.id, "Waiting for Event completed.");
        let id = (!wait.id.is_empty()).then_some(wait.id.as_str());
        let end = WaitEventComplete { action_id: id }.message();
        let gap = self.missed.take().map(|missed| self.gap(id, missed));
        let pieces = std::iter::once(Piece::Message(start))
            .chain(gap)
            .chain(wait.found.into_iter().map(Piece::Event))
            .chain([Piece::Message(end)]);
        let pieces = pieces.collect::<Vec<_>>().into();
        self.put_answer(wait.token, self.heard, pieces);
    }
}

impl Session {
    /// What tells over requests that events are gone.
    fn gap(&self, id: Option<&str>, missed: Missed) -> Piece {
        if self.is_numbered() {
            return Piece::Event(Arc::new(missed.told()));
        }
        let gap = EventGap {
            action_id: id,
            missed: missed.count(),
        };
        Piece::Message(gap.message())
    }
}

impl Member {
    /// Whether they are told an event: they may and want to hear all its classes, and no rule
    /// and no filter keeps it away.
    pub(crate) fn hears(&self, told: &Told) -> bool {
        (self.user.read & self.wanted).contains(told.classes)
            && self.user.rules.events.pass(told)
            && self.user.filters.pass(told)
            && self
                .filters
                .as_ref()
                .is_none_or(|filters| filters.pass(told))
    }
}
