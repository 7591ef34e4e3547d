//! Actions: from what came to the answer (ami-server.md 1.6, 3.3).

use super::retry::Retry;
use super::sequence::numbered;
use super::{Asked, Carrier, Doing, Held, Output, Pieces, Session, State};
use crate::handler::{self, Call, Step};
use crate::rules::{self, decide};
use crate::{Answer, Log, Request};
use ami::action::{self, Action, Declaration};
use ami::{Frame, Message, response};
use model::{Now, SecurityKind, Seq, Token};
use std::sync::Arc;
use std::time::Duration;

impl Session {
    pub(super) fn on_frame(
        &mut self,
        now: Now,
        token: Token,
        frame: Frame,
        patience: Option<Duration>,
    ) {
        if matches!(self.state, State::Over) {
            return;
        }
        if std::mem::take(&mut self.untold) && !tells_event(&frame) {
            let held = Held {
                token,
                frame,
                patience,
            };
            self.doing = Some(Doing::Settling(Box::new(held)));
            return self.put(Output::Ask(Request::Settle));
        }
        match frame {
            Frame::Message(message) => self.on_action(now, token, &message, patience),
            Frame::LineTooLong(message) => {
                let line = format!(
                    "Discarding message from {}. Line too long.",
                    self.peer.address()
                );
                self.put(Output::Log(Log::Warning(line)));
                let error = response::error(message.action_id(), response::text::LINE_TOO_LONG);
                self.answer(token, [error]);
            }
            Frame::TooManyLines(message) => {
                let error = response::error(message.action_id(), response::text::TOO_MANY_LINES);
                self.answer(token, [error]);
            }
        }
    }

    /// Whether the action is known, permitted and complete, in this order; then it is done.
    fn on_action(&mut self, now: Now, token: Token, message: &Message, patience: Option<Duration>) {
        if self.node.settings.general.debug {
            let line = format!("Manager received from {}: {message:?}", self.peer.address());
            self.put(Output::Log(Log::Verbose(line)));
        }
        let id = message.action_id();
        let Some(name) = message.action() else {
            self.answer(token, [response::error(id, response::text::MISSING_ACTION)]);
            return self.bad_request("NONE");
        };
        let declaration = action::spoken(name, self.dialect());
        self.last_action = declaration.map(|declaration| declaration.name);
        let user = match &self.state {
            State::Member(member) => Some(Arc::clone(&member.user)),
            State::Guest(_) | State::Over => None,
        };
        let decision = user
            .as_deref()
            .map(|user| decide(user, declaration, message));
        let permitted = match decision {
            Some(decision) => decision.permits(),
            None => declaration.is_some_and(rules::is_of_session),
        };
        if !permitted {
            return self.refuse_request(token, declaration, message);
        }
        let read = declaration.and_then(|declaration| Action::read(declaration, message));
        match read {
            None => {
                self.answer(token, [response::unknown_action(id, name)]);
                self.bad_request(name);
            }
            Some(Err(bad)) => self.answer(token, [response::error(id, bad.0)]),
            Some(Ok(action)) => {
                let Retry::No(key) = self.retry(now, token, declaration, message) else {
                    return;
                };
                if decision.is_some_and(|decision| !decision.spend(now)) {
                    self.unclaim(key.as_deref());
                    return self.refuse_request(token, declaration, message);
                }
                self.audit_outcome(token, declaration, message);
                self.serve(now, token, id, action, patience);
            }
        }
    }

    fn serve(
        &mut self,
        now: Now,
        token: Token,
        id: &str,
        action: Action,
        patience: Option<Duration>,
    ) {
        match handler::begin(
            self,
            now,
            Call {
                token,
                id,
                patience,
            },
            &action,
        ) {
            Step::Done(messages) => self.answer(token, messages),
            Step::Ask(mut request) => {
                self.trace(now, token, id, &mut request);
                let id = id.to_owned();
                self.doing = Some(Doing::Asked(Box::new(Asked { token, id, action })));
                self.put(Output::Ask(request));
            }
            Step::Later => {}
        }
    }

    pub(super) fn on_answer(&mut self, now: Now, at: Seq, answer: Answer) {
        let at = self.node.run.at(at);
        match self.doing.take() {
            Some(Doing::Asked(asked)) => {
                if let Answer::Resumed(resumed) = answer {
                    return self.on_resumed(*asked, resumed);
                }
                let Asked { token, id, action } = *asked;
                let pieces = match handler::list(self, now, &id, &action, answer) {
                    Ok(list) => list,
                    Err(answer) => {
                        let messages = handler::answer(self, now, &id, &action, answer);
                        self.trace_answer(now, &messages);
                        self.settle(token, &messages);
                        Pieces::from(messages)
                    }
                };
                // What nobody put in order stands where the session is.
                let place = if at.seq == Seq(0) { self.heard } else { at };
                // A snapshot is worth nothing without its place.
                let pieces = if self.is_numbered() || matches!(action, Action::Snapshot(_)) {
                    numbered(place, pieces)
                } else {
                    pieces
                };
                if self.carrier == Carrier::Stream && at > self.heard {
                    self.doing = Some(Doing::Due { at, token, pieces });
                } else {
                    self.put(Output::Answer { token, pieces });
                }
            }
            Some(Doing::Repeats { token, id }) => self.retold(token, &id, &answer),
            Some(Doing::Login(attempt)) => {
                self.heard = self.heard.max(at);
                self.on_login_answer(now, *attempt, answer);
            }
            Some(Doing::Settling(held)) if at > self.heard => {
                self.doing = Some(Doing::Held(at, held));
            }
            Some(Doing::Settling(held)) => self.resume(now, *held),
            doing @ (Some(Doing::Due { .. } | Doing::Held(..) | Doing::Refused { .. }) | None) => {
                self.doing = doing;
            }
        }
    }

    /// Begins the action that was held back.
    pub(super) fn resume(&mut self, now: Now, held: Held) {
        let Held {
            token,
            frame,
            patience,
        } = held;
        self.on_frame(now, token, frame, patience);
    }

    fn bad_request(&mut self, action: &str) {
        let request = told_action(action);
        let account = self.account_name().cloned().unwrap_or_default();
        self.security(SecurityKind::RequestBadFormat { request }, &account);
    }

    fn refuse_request(
        &mut self,
        token: Token,
        declaration: Option<&Declaration>,
        message: &Message,
    ) {
        let (id, action) = (message.action_id(), message.action().unwrap_or_default());
        self.answer(
            token,
            [response::error(id, response::text::PERMISSION_DENIED)],
        );
        if let Some(mut audit) = self.audit(action) {
            audit = audit.of(declaration, message);
            response::text::PERMISSION_DENIED.clone_into(&mut audit.outcome);
            self.put(Output::Log(Log::Audit(audit.into())));
        }
        let request = told_action(action);
        let account = self.account_name().cloned().unwrap_or_default();
        self.security(SecurityKind::RequestNotAllowed { request }, &account);
    }
}

fn tells_event(frame: &Frame) -> bool {
    let Frame::Message(message) = frame else {
        return false;
    };
    message
        .action()
        .is_some_and(|name| name.eq_ignore_ascii_case("UserEvent"))
}

/// An action as security events name it, bounded.
fn told_action(name: &str) -> Arc<str> {
    const LIMIT: usize = 63;
    let text = format!("Action: {name}");
    let mut end = text.len().min(LIMIT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].into()
}
