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

use crate::handler::{self, Step};
use crate::login::Guest;
use crate::peer::Log;
use crate::{Answer, Filters, Node, Peer, Rendered, Request, Told, User};
use ami::action::{self, Action};
use ami::{Classes, Dialect, Frame, Message, event::Event as _, response};
use model::{Now, SecurityKind, Seq, Token};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// How a session is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// A stream of bytes: events are told as they come.
    Stream,
    /// Requests, each with one action: events are told when WaitEvent asks for them.
    Requests,
}

/// What a session is told.
#[derive(Debug)]
pub enum Input<'a> {
    /// An action, or what was meant to be one. Its answer comes as [`Output::Answer`] with the same
    /// token.
    Frame {
        /// Names it.
        token: Token,
        /// What came.
        frame: Frame,
        /// The longest that WaitEvent may wait; for as long as it likes if not said.
        patience: Option<Duration>,
    },
    /// The next event in the order of events.
    Event(&'a Rendered),
    /// All events up to this one have been given.
    Heard(Seq),
    /// So many events are lost to the session: it was too slow.
    Missed(u64),
    /// The answer to its last [`Request`]; `at` is the last event before the effects of what was
    /// asked, 0 if there is no such order.
    Answer {
        /// That event.
        at: Seq,
        /// The answer.
        answer: Answer,
    },
    /// The node is another than before.
    Configured(Arc<Node>),
    /// Somebody proved by HTTP digest that they know the secret of this account: they log in, with
    /// the answer that Login has. Nothing else may be under way.
    Proven {
        /// Names the answer.
        token: Token,
        /// The account.
        account: &'a str,
    },
    /// It shall end.
    End(Close),
    /// Time has gone by.
    Time,
}

/// What comes of it.
#[derive(Debug)]
pub enum Output {
    /// The answer to an action, whole: write it at once. Empty if a later WaitEvent came before it
    /// had one.
    Answer {
        /// The action's.
        token: Token,
        /// Its messages.
        pieces: Vec<Piece>,
    },
    /// An event to write. Only on streams.
    Event(Arc<Told>),
    /// From now on there are events to be heard.
    Listen,
    /// A question. There is one at a time.
    Ask(Request),
    /// Something that happened, to be put in order with all other events.
    Notice(model::Event),
    /// A line for the log.
    Log(Log),
    /// It is over: write what there is to write and close. Nothing follows.
    Close(Close),
}

/// A message to write.
#[derive(Clone, Debug)]
pub enum Piece {
    /// A response, or what belongs to it.
    Message(Message),
    /// An event, shared with others.
    Event(Arc<Told>),
}

impl Piece {
    /// Its headers.
    pub fn message(&self) -> &Message {
        match self {
            Self::Message(message) => message,
            Self::Event(told) => &told.message,
        }
    }
}

/// Why a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Close {
    /// The client wants it.
    LoggedOff,
    /// The client closed the connection.
    Disconnected,
    /// Its login was refused.
    Refused,
    /// It did not log in in time.
    LoginTimeout,
    /// It did not take what was written in time.
    WriteTimeout,
    /// It was so slow that events were lost to it.
    Lagged,
    /// Its account is gone.
    AccountGone,
    /// Requests only: none came in time.
    Expired,
    /// Somebody ended it.
    Kicked,
    /// The node ends.
    Shutdown,
}

impl Close {
    /// The reason in words, for logs and counters.
    pub fn text(self) -> &'static str {
        match self {
            Self::LoggedOff => "logged off",
            Self::Disconnected => "disconnected",
            Self::Refused => "login refused",
            Self::LoginTimeout => "no login in time",
            Self::WriteTimeout => "took nothing for longer than writetimeout",
            Self::Lagged => "too slow: events were lost to it",
            Self::AccountGone => "account removed",
            Self::Expired => "no request in time",
            Self::Kicked => "kicked",
            Self::Shutdown => "shutting down",
        }
    }
}

/// A session.
#[derive(Debug)]
pub struct Session {
    carrier: Carrier,
    pub(crate) peer: Peer,
    pub(crate) node: Arc<Node>,
    pub(crate) state: State,
    pub(crate) doing: Option<Doing>,
    pub(crate) wait: Option<Box<Wait>>,
    /// The last event that was given or is before all that will be.
    heard: Seq,
    /// Events lost that the client has not been told of.
    missed: u64,
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
    /// Filters of this session; none in nearly all.
    pub(crate) filters: Option<Box<Filters>>,
    pub(crate) since: jiff::Timestamp,
}

/// The action that is under way.
#[derive(Debug)]
pub(crate) enum Doing {
    /// Others were asked about it.
    Asked(Box<Asked>),
    /// Its answer is made and waits until the events up to a number have been told.
    Due {
        at: Seq,
        token: Token,
        pieces: Vec<Piece>,
    },
    /// A login that others were asked about.
    Login(Box<crate::login::Attempt>),
    /// A login that was refused; it is told so later.
    Refused {
        until: Duration,
        token: Token,
        answer: Message,
    },
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
        Self {
            carrier,
            state: State::Guest(Guest::new(deadline)),
            peer,
            node,
            doing: None,
            wait: None,
            heard: Seq(0),
            missed: 0,
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
            Input::Heard(seq) => self.on_heard(now, seq),
            Input::Missed(count) => self.on_missed(count),
            Input::Answer { at, answer } => self.on_answer(now, at, answer),
            Input::Proven { token, account } => self.login_proven(now, token, account),
            Input::Configured(node) => self.on_configured(node),
            Input::End(close) => self.close(close),
            Input::Time => self.end_wait(now),
        }
        self.expire(now);
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
            Some(Doing::Asked(_) | Doing::Due { .. } | Doing::Login(_)) | None => None,
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
            None | Some(Doing::Due { .. }) => self.wait.is_none() || waits,
            Some(Doing::Asked(_) | Doing::Login(_) | Doing::Refused { .. }) => false,
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

    /// The same as [`Input::Event`], for who writes the event at once; what was put out before
    /// comes before it.
    pub(crate) fn take<'a>(&mut self, event: &'a Rendered) -> Option<&'a Arc<Told>> {
        if let Some(Doing::Due { at, .. }) = &self.doing
            && event.seq() > *at
        {
            self.release();
        }
        self.heard = event.seq();
        let told = event.told()?;
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
        let pieces = messages.into_iter().map(Piece::Message).collect();
        self.put(Output::Answer { token, pieces });
    }

    pub(crate) fn close(&mut self, close: Close) {
        if matches!(self.state, State::Over) {
            return;
        }
        let State::Member(member) = std::mem::replace(&mut self.state, State::Over) else {
            return self.put(Output::Close(close));
        };
        self.doing = None;
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
        let name = crate::peer::loggable(name);
        let line = format!("{http}Manager '{name}' {what} from {}", self.peer.address());
        self.put(Output::Log(Log::Verbose(line)));
    }

    fn on_frame(&mut self, now: Now, token: Token, frame: Frame, patience: Option<Duration>) {
        if matches!(self.state, State::Over) {
            return;
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
        let declaration = action::declaration(name);
        let (write, guest) = match &self.state {
            State::Member(member) => (member.user.write, false),
            State::Guest(_) | State::Over => (Classes::NONE, true),
        };
        let open = |name| ["Login", "Logoff", "Challenge"].contains(&name);
        let permitted = match declaration {
            Some(declaration) if guest => open(declaration.name),
            Some(declaration) => write.permits(declaration.classes),
            None => !guest,
        };
        if !permitted {
            self.answer(
                token,
                [response::error(id, response::text::PERMISSION_DENIED)],
            );
            return self.refused_request(name);
        }
        let read = declaration.and_then(|declaration| Action::read(declaration, message));
        match read {
            None => {
                self.answer(token, [response::unknown_action(id, name)]);
                self.bad_request(name);
            }
            Some(Err(bad)) => self.answer(token, [response::error(id, bad.0)]),
            Some(Ok(action)) => self.serve(now, token, id, action, patience),
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
            handler::Call {
                token,
                id,
                patience,
            },
            &action,
        ) {
            Step::Done(messages) => self.answer(token, messages),
            Step::Ask(request) => {
                let id = id.to_owned();
                self.doing = Some(Doing::Asked(Box::new(Asked { token, id, action })));
                self.put(Output::Ask(request));
            }
            Step::Later => {}
        }
    }

    fn on_heard(&mut self, now: Now, seq: Seq) {
        self.heard = self.heard.max(seq);
        if let Some(Doing::Due { at, .. }) = &self.doing
            && self.heard >= *at
        {
            self.release();
        }
        let found = self
            .wait
            .as_ref()
            .is_some_and(|wait| !wait.found.is_empty());
        if found || self.missed > 0 {
            self.interrupt();
        }
        self.end_wait(now);
    }

    fn on_missed(&mut self, count: u64) {
        match self.carrier {
            Carrier::Stream => self.close(Close::Lagged),
            Carrier::Requests => self.missed += count,
        }
    }

    fn on_answer(&mut self, now: Now, at: Seq, answer: Answer) {
        match self.doing.take() {
            Some(Doing::Asked(asked)) => {
                let Asked { token, id, action } = *asked;
                let messages = handler::answer(self, now, &id, &action, answer);
                let pieces = messages.into_iter().map(Piece::Message).collect();
                let ordered = self.carrier == Carrier::Stream && at > self.heard;
                if ordered {
                    self.doing = Some(Doing::Due { at, token, pieces });
                } else {
                    self.put(Output::Answer { token, pieces });
                }
            }
            Some(Doing::Login(attempt)) => self.on_login_answer(now, *attempt, answer),
            doing @ (Some(Doing::Due { .. } | Doing::Refused { .. }) | None) => self.doing = doing,
        }
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

    fn release(&mut self) {
        if let Some(Doing::Due { token, pieces, .. }) = self.doing.take() {
            self.put(Output::Answer { token, pieces });
        }
    }

    fn end_wait(&mut self, now: Now) {
        let over = |wait: &Wait| wait.until.is_some_and(|until| until <= now.since_start);
        if self.wait.as_deref().is_some_and(over) {
            self.interrupt();
        }
    }

    fn waited(&mut self, wait: Wait) {
        let start = response::done(&wait.id, "Waiting for Event completed.");
        let id = (!wait.id.is_empty()).then_some(wait.id.as_str());
        let end = action_complete(id);
        let missed = std::mem::take(&mut self.missed);
        let gap = (missed > 0).then(|| ami::event::system::EventGap { missed }.message());
        let pieces = std::iter::once(start)
            .chain(gap)
            .map(Piece::Message)
            .chain(wait.found.into_iter().map(Piece::Event))
            .chain([Piece::Message(end)]);
        let pieces = pieces.collect();
        self.put(Output::Answer {
            token: wait.token,
            pieces,
        });
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

    fn bad_request(&mut self, action: &str) {
        let request = told_action(action);
        let account = self.account_name().cloned().unwrap_or_default();
        self.security(SecurityKind::RequestBadFormat { request }, &account);
    }

    fn refused_request(&mut self, action: &str) {
        let request = told_action(action);
        let account = self.account_name().cloned().unwrap_or_default();
        self.security(SecurityKind::RequestNotAllowed { request }, &account);
    }
}

impl Member {
    /// Whether they are told an event: they may and want to hear all its classes, and no filter
    /// keeps it away.
    pub(crate) fn hears(&self, told: &Told) -> bool {
        (self.user.read & self.wanted).contains(told.classes)
            && self.user.filters.pass(told)
            && self
                .filters
                .as_ref()
                .is_none_or(|filters| filters.pass(told))
    }
}

fn action_complete(id: Option<&str>) -> Message {
    ami::event::system::WaitEventComplete { action_id: id }.message()
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
