//! Actions that make or change calls are told to who traces calls.

use super::Session;
use super::retry::Owed;
use crate::peer::loggable;
use crate::{Log, Output, Request, Traced, TracedAction};
use ami::Message;
use model::{Command, Now, Token, TraceId};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

impl Session {
    /// The action has been accepted and asks this: if it makes or changes calls, it gets a trace, and
    /// so does the call it makes.
    pub(super) fn trace(&mut self, now: Now, token: Token, id: &str, request: &mut Request) {
        if !self.node.traces {
            return;
        }
        let Request::Switch(command) = request else {
            return;
        };
        let Some(changes) = command.changes() else {
            return;
        };
        let about = changes.into_iter().map(|name| loggable(name).into());
        let about = about.collect();
        let trace = self.new_trace();
        if let Command::Originate(order) = command {
            order.trace = Some(trace);
        }
        let accepted = TracedAction {
            trace,
            at: now.utc,
            name: self.last_action.unwrap_or_default(),
            id: loggable(id),
            account: self
                .account()
                .map_or_else(Arc::default, |user| user.name.as_str().into()),
            session: Arc::clone(&self.peer.session),
            from: self.peer.address(),
            about,
        };
        let owed = self.owed.get_or_insert_with(|| Box::new(Owed::new(token)));
        owed.trace = Some(trace);
        self.put(Output::Log(Log::Traced(Traced::Accepted(accepted.into()))));
    }

    /// The action that asked is answered.
    pub(super) fn trace_answer(&mut self, now: Now, messages: &[Message]) {
        if let Some(trace) = self.owed.as_mut().and_then(|owed| owed.trace.take()) {
            let answered = Traced::answered(trace, now.utc, messages.first());
            self.put(Output::Log(Log::Traced(answered)));
        }
    }

    /// Like a random one: nobody can tell the session's entropy from it.
    fn new_trace(&mut self) -> TraceId {
        self.traces += 1;
        let hash = Sha256::new()
            .chain_update("trace")
            .chain_update(self.peer.entropy.to_be_bytes())
            .chain_update(self.traces.to_be_bytes())
            .finalize();
        let number = hash
            .iter()
            .take(16)
            .fold(0, |number, byte| (number << 8) | u128::from(*byte));
        TraceId::new(number)
    }
}
