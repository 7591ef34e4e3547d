//! One manager session as a value: actions and events in, answers and questions out.
//!
//! A [`Session`] knows who is logged in, what they may do and what they hear. It speaks in messages,
//! not in bytes: [`Connection`](crate::Connection) puts it on a stream, the web faces on requests, so
//! that there is one place where rights are checked. Its driver
//!
//! * hands over what came ([`Input`]) and then takes all that follows from it ([`Session::poll`]),
//! * calls again with [`Input::Time`] when [`Session::deadline`] is reached,
//! * takes every [`Request`] to its owner and hands the answer back,
//! * gives no further [`Input::Frame`] while [`Session::is_busy`],
//! * from [`Output::Listen`] on has a place in the order of events, and whenever
//!   [`Session::listens`], also after every other input, reads on from there: it gives each event
//!   and then, even if there was none, [`Input::Heard`]. While the session does not listen the
//!   events stay where they are.
//!
//! The order rule is kept here: an answer that was given with the number of an event waits until
//! the events up to that one have been told, and nothing comes between the parts of an answer.
mod action;
mod event;
mod pieces;
mod retry;
mod sequence;
mod snapshot;
mod trace;
mod vocabulary;

pub use pieces::{Piece, Pieces};
pub use vocabulary::{Carrier, Close, Input, Output};

use self::retry::Owed;
use crate::login::{Attempt, Guest};
use crate::peer::{Log, loggable};
use crate::{Certificate, Filters, Missed, Node, Peer, Told, User};
use ami::action::Action;
use ami::{Classes, Dialect, Frame, Message};
use model::{Mark, Now, SecurityKind, Seq, Token};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// A session.
#[derive(Debug)]
pub struct Session {
    carrier: Carrier,
    pub(crate) peer: Peer,
    pub(crate) node: Arc<Node>,
    pub(crate) state: State,
    pub(crate) doing: Option<Doing>,
    pub(crate) wait: Option<Box<Wait>>,
    /// The action it was asked for last.
    pub(crate) last_action: Option<&'static str>,
    /// The last event that was given or is before all that will be.
    heard: Mark,
    /// Whether the client told events that it may hear, and has asked for nothing else since: they
    /// stand before the answer to what it asks next.
    pub(crate) untold: bool,
    /// Events lost that the client has not been told of.
    missed: Option<Missed>,
    /// Of the action under way: who else waits for its answer.
    owed: Option<Box<Owed>>,
    /// How many of its actions were given a trace.
    traces: u64,
    outputs: VecDeque<Output>,
}

/// Who is there.
#[derive(Debug)]
pub(crate) enum State {
    /// Somebody who has not logged in.
    Guest(Guest),
    /// Somebody who has.
    Member(Box<Member>),
    /// Nobody any more.
    Over,
}

/// Somebody who has logged in.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) user: Arc<User>,
    /// The name as the client wrote it.
    pub(crate) name: Arc<str>,
    /// What they want to hear of what they may hear.
    pub(crate) wanted: Classes,
    /// Whether they are told places in the order of events, where they said so themselves.
    pub(crate) numbered: Option<bool>,
    /// Filters of this session; none in nearly all.
    pub(crate) filters: Option<Box<Filters>>,
    pub(crate) since: jiff::Timestamp,
}

/// The action that is under way.
#[derive(Debug)]
pub(crate) enum Doing {
    /// Others were asked about it.
    Asked(Box<Asked>),
    /// It was sent before; what came of it is waited for.
    Repeats { token: Token, id: String },
    /// Its answer is made and waits until the events up to a number have been told.
    Due {
        at: Mark,
        token: Token,
        pieces: Pieces,
    },
    /// It waits until it is known which numbers the events have that its client told before it.
    Settling(Box<Held>),
    /// It waits until the client has heard the events up to a number.
    Held(Mark, Box<Held>),
    /// A login that others were asked about.
    Login(Box<Attempt>),
    /// A login that was refused; it is told so later.
    Refused {
        until: Duration,
        token: Token,
        answer: Message,
    },
}

/// An action that is not begun yet.
#[derive(Debug)]
pub(crate) struct Held {
    token: Token,
    frame: Frame,
    patience: Option<Duration>,
}

/// An action that others were asked about.
#[derive(Debug)]
pub(crate) struct Asked {
    token: Token,
    id: String,
    action: Action,
}

/// A WaitEvent under way.
#[derive(Debug)]
pub(crate) struct Wait {
    pub(crate) token: Token,
    pub(crate) id: String,
    pub(crate) until: Option<Duration>,
    /// The events there are to tell.
    pub(crate) found: Vec<Arc<Told>>,
}

impl Wait {
    /// So many events are told at a time; further ones wait for the next WaitEvent.
    const LIMIT: usize = 1_000;
}
impl Session {
    /// A session that begins.
    pub fn new(now: Now, carrier: Carrier, peer: Peer, node: Arc<Node>) -> Self {
        let deadline = match carrier {
            Carrier::Stream => {
                let seconds = node.settings.general.login_timeout;
                Some(now.since_start + Duration::from_secs(seconds.into()))
            }
            Carrier::Requests => None,
        };
        let heard = node.run.at(Seq(0));
        Self {
            carrier,
            state: State::Guest(Guest::new(deadline)),
            peer,
            node,
            doing: None,
            last_action: None,
            wait: None,
            heard,
            untold: false,
            missed: None,
            owed: None,
            traces: 0,
            outputs: VecDeque::new(),
        }
    }

    /// Takes one input and does all that follows from it and from the time.
    pub fn handle(&mut self, now: Now, input: Input<'_>) {
        match input {
            Input::Frame {
                token,
                frame,
                patience,
            } => self.on_frame(now, token, frame, patience),
            Input::Event(event) => {
                if let Some(told) = self.take(event) {
                    self.outputs.push_back(Output::Event(Arc::clone(told)));
                }
            }
            Input::Heard(mark) => self.on_heard(now, mark),
            Input::Missed(missed) => self.on_missed(missed),
            Input::Answer { at, answer } => self.on_answer(now, at, answer),
            Input::Proven { token, account } => self.login_proven(now, token, account),
            Input::Configured(node) => self.on_configured(node),
            Input::End(close) => self.close(close),
            Input::Time => self.end_wait(now),
        }
        self.expire(now);
    }

    /// Requests only: the next one comes over a connection where the client has shown this certificate,
    /// or none.
    pub fn show(&mut self, certificate: Option<Arc<Certificate>>) {
        self.peer.certificate = certificate;
    }

    /// What follows from the inputs so far.
    pub fn poll(&mut self) -> Option<Output> {
        let output = self.outputs.pop_front();
        if self.outputs.is_empty() && self.outputs.capacity() > 8 {
            self.outputs = VecDeque::new();
        }
        output
    }

    /// When to call again, as time since the process began.
    pub fn deadline(&self) -> Option<Duration> {
        let login = match &self.state {
            State::Guest(guest) => guest.deadline,
            State::Member(_) | State::Over => None,
        };
        let refusal = match &self.doing {
            Some(Doing::Refused { until, .. }) => Some(*until),
            Some(
                Doing::Asked(_)
                | Doing::Repeats { .. }
                | Doing::Due { .. }
                | Doing::Settling(_)
                | Doing::Held(..)
                | Doing::Login(_),
            )
            | None => None,
        };
        let wait = self.wait.as_ref().and_then(|wait| wait.until);
        [login, refusal, wait].into_iter().flatten().min()
    }

    /// Whether an action is under way and no other may be given. WaitEvent does not count.
    pub fn is_busy(&self) -> bool {
        self.doing.is_some()
    }

    /// Whether events are wanted now.
    pub fn listens(&self) -> bool {
        let member = matches!(self.state, State::Member(_));
        let waits = self
            .wait
            .as_ref()
            .is_some_and(|wait| wait.found.len() < Wait::LIMIT);
        let idle = match &self.doing {
            None | Some(Doing::Due { .. } | Doing::Settling(_) | Doing::Held(..)) => {
                self.wait.is_none() || waits
            }
            Some(
                Doing::Asked(_) | Doing::Repeats { .. } | Doing::Login(_) | Doing::Refused { .. },
            ) => false,
        };
        member
            && if self.carrier == Carrier::Stream {
                idle
            } else {
                waits
            }
    }

    /// The account it is logged in to.
    pub fn account(&self) -> Option<&Arc<User>> {
        self.member().map(|member| &member.user)
    }

    /// The action it was asked for last.
    pub fn last_action(&self) -> Option<&'static str> {
        self.last_action
    }

    /// The name it logged in with, as the client wrote it.
    pub fn account_name(&self) -> Option<&Arc<str>> {
        self.member().map(|member| &member.name)
    }

    /// Who is at the other end.
    pub fn peer(&self) -> &Peer {
        &self.peer
    }

    /// What the account may hear and do, as `manager show connected` tells it.
    pub fn rights(&self) -> (Classes, Classes) {
        self.account()
            .map_or((Classes::NONE, Classes::NONE), |user| {
                (user.read, user.write)
            })
    }

    /// How it is spoken to; before login as the manager speaks to all.
    pub fn dialect(&self) -> Dialect {
        let general = &self.node.settings.general;
        self.account()
            .map_or(general.dialect.0, |user| user.dialect)
    }

    pub(crate) fn carrier(&self) -> Carrier {
        self.carrier
    }

    pub(crate) fn member(&self) -> Option<&Member> {
        match &self.state {
            State::Member(member) => Some(member),
            State::Guest(_) | State::Over => None,
        }
    }

    pub(crate) fn member_mut(&mut self) -> Option<&mut Member> {
        match &mut self.state {
            State::Member(member) => Some(member),
            State::Guest(_) | State::Over => None,
        }
    }

    pub(crate) fn put(&mut self, output: Output) {
        if let Output::Answer { pieces, .. } = &output
            && let Some(answer) = pieces.first()
        {
            self.node.tally.count(answer);
        }
        self.outputs.push_back(output);
    }

    pub(crate) fn notice(&mut self, log: String) {
        self.put(Output::Log(Log::Notice(log)));
    }

    /// Something security may want to know about, told by the name of the account.
    pub(crate) fn security(&mut self, kind: SecurityKind, account: &str) {
        let since = self.member().map(|member| member.since);
        let event = self
            .peer
            .security(kind, account, since.unwrap_or(jiff::Timestamp::UNIX_EPOCH));
        self.put(Output::Notice(event));
    }

    /// An answer, now.
    pub(crate) fn answer(&mut self, token: Token, messages: impl IntoIterator<Item = Message>) {
        let messages: Vec<_> = messages.into_iter().collect();
        self.settle(token, &messages);
        self.put_answer(token, self.heard, messages.into());
    }

    pub(crate) fn close(&mut self, close: Close) {
        if matches!(self.state, State::Over) {
            return;
        }
        if self.member().is_some() {
            self.audited("Logoff", None, close.text());
        }
        let State::Member(member) = std::mem::replace(&mut self.state, State::Over) else {
            return self.put(Output::Close(close));
        };
        // An action that may be sent again goes on to its end.
        if !self.owes() {
            self.doing = None;
        }
        self.wait = None;
        if member.user.display_connects {
            let what = match close {
                Close::Kicked => "kicked",
                Close::Expired => "timed out",
                Close::LoggedOff
                | Close::Disconnected
                | Close::Refused
                | Close::LoginTimeout
                | Close::WriteTimeout
                | Close::Lagged
                | Close::AccountGone
                | Close::Shutdown => "logged off",
            };
            self.tell_connect(&member.name, what);
        }
        self.put(Output::Close(close));
    }

    /// Tells the log that somebody came or went.
    pub(crate) fn tell_connect(&mut self, name: &str, what: &str) {
        let http = match self.carrier {
            Carrier::Stream => "",
            Carrier::Requests => "HTTP ",
        };
        let name = loggable(name);
        let line = format!("{http}Manager '{name}' {what} from {}", self.peer.address());
        self.put(Output::Log(Log::Verbose(line)));
    }

    /// A new configuration holds for sessions that are there: rights that are gone are gone.
    fn on_configured(&mut self, node: Arc<Node>) {
        self.node = node;
        let Some(name) = self.account().map(|user| user.name.clone()) else {
            return;
        };
        match self.node.settings.user(&name).cloned() {
            Some(user) => {
                if let Some(member) = self.member_mut() {
                    member.user = user;
                }
            }
            None => self.close(Close::AccountGone),
        }
    }

    fn expire(&mut self, now: Now) {
        if let Some(Doing::Refused { until, .. }) = &self.doing
            && *until <= now.since_start
            && let Some(Doing::Refused { token, answer, .. }) = self.doing.take()
        {
            self.answer(token, [answer]);
            return self.close(Close::Refused);
        }
        if let State::Guest(guest) = &self.state
            && guest
                .deadline
                .is_some_and(|deadline| deadline <= now.since_start)
        {
            let seconds = self.node.settings.general.login_timeout;
            let address = self.peer.address();
            let line =
                format!("Client from {address}, failed to authenticate in {seconds} seconds");
            self.put(Output::Log(Log::Verbose(line)));
            self.close(Close::LoginTimeout);
        }
    }
}
