//! A session on a stream of bytes (TCP, TLS): framing, pipelining, the order and bound of what is
//! written (ami-server.md 1, 4.7).
//!
//! The driver reads while [`Connection::wants_bytes`], writes [`Connection::unsent`] and reports with
//! [`Connection::sent`], and for the rest treats it as a [`Session`]. What must reach the client in
//! a segment of its own (the banner, the answer to Login) is all that `unsent` gives at a time.

use crate::lag::{Full, Item, Lag};
use crate::listing::Listing;
use crate::outgoing::Outgoing;
use crate::peer::Log;
use crate::session::{Carrier, Close, Input, Output, Pieces, Session};
use crate::{Budget, Node, OnLag, Peer, Rendered, Request, Told};
use ami::{Frames, raw};
use model::{Now, Token, Transport};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// So many bytes of a long answer are written at a time, if there are: to wake the client costs as much as
/// to put many rows in words.
const GATHERED: usize = 64 * 1024;

/// What comes of what happens on a connection, but for the bytes to write.
#[derive(Debug)]
pub enum Effect {
    /// As [`Output::Listen`].
    Listen,
    /// As [`Output::Ask`].
    Ask(Request),
    /// As [`Output::Notice`].
    Notice(model::Event),
    /// As [`Output::Log`].
    Log(Log),
    /// Close the connection now; what there was to write has been written, or cannot be.
    Close(Close),
}

/// The rest of a long answer.
#[derive(Debug)]
enum Rest {
    None,
    Here(Box<Listing>),
    /// Somebody puts a part of it in words.
    Taken,
}

/// A session on a stream.
#[derive(Debug)]
pub struct Connection {
    session: Session,
    frames: Frames,
    outgoing: Outgoing,
    /// The rest of an answer: nothing else is written before it.
    rest: Rest,
    /// What waits for a client that is behind, if it is.
    lag: Option<Box<Lag>>,
    /// Events skipped, to be counted.
    skipped: u64,
    budget: Arc<Budget>,
    effects: VecDeque<Effect>,
    /// Whether the answer to Login has been written.
    welcomed: bool,
    /// It closes, for this reason, when all is written.
    closing: Option<Close>,
    closed: bool,
    /// The last frame's.
    token: Token,
}

impl Connection {
    /// So many bytes may wait to be served; further ones are not read.
    const INPUT_LIMIT: usize = 16 * 1024;

    /// A connection that begins: it says the banner.
    pub fn new(now: Now, peer: Peer, node: Arc<Node>) -> Self {
        let general = &node.settings.general;
        let dialect = match peer.local.transport {
            Transport::Tls => general.tls_dialect.unwrap_or(general.dialect),
            Transport::Tcp | Transport::Udp => general.dialect,
        };
        let budget = Arc::clone(&node.budget);
        let mut outgoing = Outgoing::new(&budget);
        outgoing.add(|bytes| bytes.extend_from_slice(dialect.0.banner().as_bytes()));
        outgoing.fence();
        Self {
            session: Session::new(now, Carrier::Stream, peer, node),
            frames: Frames::default(),
            outgoing,
            rest: Rest::None,
            lag: None,
            skipped: 0,
            budget,
            effects: VecDeque::new(),
            welcomed: false,
            closing: None,
            closed: false,
            token: Token(0),
        }
    }

    /// The session on it.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Whether further bytes may be given. If not, the client has to wait: it sent more than is
    /// served, or does not take what is written.
    pub fn wants_bytes(&self) -> bool {
        self.closing.is_none() && self.frames.waiting() < Self::INPUT_LIMIT
    }

    /// Bytes came from the client.
    pub fn received(&mut self, now: Now, bytes: &[u8]) {
        self.frames.feed(bytes);
        if self.session.is_waiting() && !bytes.is_empty() {
            self.session.interrupt();
        }
        self.go_on(now);
    }

    /// Anything else happened. Frames are made here of the bytes that came.
    pub fn handle(&mut self, now: Now, input: Input<'_>) {
        if let Input::Event(event) = input {
            return self.on_event(now, event);
        }
        self.session.handle(now, input);
        self.go_on(now);
    }

    /// The bytes to write; empty if there are none now. Those of a long answer are gathered.
    pub fn unsent(&self) -> &[u8] {
        let unsent = self.outgoing.unsent();
        let more = self.has_rest() && !self.outgoing.is_full();
        if more && unsent.len() < GATHERED {
            &[]
        } else {
            unsent
        }
    }

    /// The first of the unsent bytes have been written.
    pub fn sent(&mut self, now: Now, count: usize) {
        self.outgoing.sent(count);
        self.go_on(now);
    }

    /// The client takes none of the unsent bytes now; whether it has not for too long and is disconnected.
    pub fn refused(&mut self, now: Now) -> bool {
        self.outgoing.refused(now.since_start);
        let deadline = self.outgoing.deadline(self.write_timeout());
        let ends = deadline.is_some_and(|deadline| deadline <= now.since_start);
        if ends {
            self.handle(now, Input::End(Close::WriteTimeout));
        }
        ends
    }

    /// Whether events are wanted now. None are while what has been written is not taken.
    pub fn listens(&self) -> bool {
        self.closing.is_none() && self.session.listens() && !self.is_behind()
    }

    /// Whether events may be given although none are wanted, so that the session keeps its place: what
    /// its account does not want to be kept is skipped.
    pub fn skims(&self) -> bool {
        let rule = self.session.account().map(|user| user.on_lag);
        self.closing.is_none()
            && self.session.listens()
            && self.is_behind()
            && rule.is_some_and(|rule| rule != OnLag::Close)
    }

    /// Takes an event where [`Connection::skims`]: it is put off or skipped.
    pub fn skim(&mut self, now: Now, event: &Rendered) {
        let told = self.session.take(event).cloned();
        self.drain(now);
        if let Some(told) = told {
            self.put_off(now, &told);
        }
    }

    /// How many events were skipped since this was asked last.
    pub fn take_skipped(&mut self) -> u64 {
        std::mem::take(&mut self.skipped)
    }

    /// The client does not take what there is, or there is more of an answer to come.
    fn is_behind(&self) -> bool {
        self.lag.is_some() || self.has_rest() || self.outgoing.is_full()
    }

    /// The rest of a long answer, if its client takes what there is of it. A part of it shall be put in words
    /// ([`Listing::write_on`]) and given back; nothing else is written before.
    pub fn take_listing(&mut self) -> Option<Box<Listing>> {
        if !matches!(self.rest, Rest::Here(_)) || self.outgoing.is_full() {
            return None;
        }
        match std::mem::replace(&mut self.rest, Rest::Taken) {
            Rest::Here(listing) => Some(listing),
            Rest::None | Rest::Taken => None,
        }
    }

    /// Takes back what [`Connection::take_listing`] gave, with more of it in words.
    pub fn give_listing(&mut self, now: Now, mut listing: Box<Listing>) {
        if !matches!(self.rest, Rest::Taken) {
            return; // The connection was given up meanwhile.
        }
        self.outgoing.add(|bytes| listing.give(bytes));
        self.rest = if listing.has_more() {
            Rest::Here(listing)
        } else {
            Rest::None
        };
        self.go_on(now);
    }

    const fn has_rest(&self) -> bool {
        !matches!(self.rest, Rest::None)
    }

    /// When to call again with [`Input::Time`], as time since the process began.
    pub fn deadline(&self) -> Option<Duration> {
        let write = self.outgoing.deadline(self.write_timeout());
        [write, self.session.deadline()].into_iter().flatten().min()
    }

    /// What else follows from the inputs so far.
    pub fn poll(&mut self) -> Option<Effect> {
        let effect = self.effects.pop_front();
        if effect.is_some() {
            return effect;
        }
        let close = self.closes()?;
        self.closed = true;
        Some(Effect::Close(close))
    }

    /// Whether [`Connection::poll`] has one.
    pub fn has_effects(&self) -> bool {
        !self.effects.is_empty() || self.closes().is_some()
    }

    /// Why it is to be closed now that all is written.
    fn closes(&self) -> Option<Close> {
        let written = !self.has_rest() && self.lag.is_none();
        self.closing
            .filter(|_| !self.closed && written && self.outgoing.unsent().is_empty())
    }

    /// Writes an event, if it is wanted. Nothing is kept of it but its bytes.
    fn on_event(&mut self, now: Now, event: &Rendered) {
        let told = self.session.take(event);
        self.drain(now);
        if let Some(told) = told {
            self.write_event(now, told);
        }
    }

    /// Writes what has waited, as far as there is room.
    fn catch_up(&mut self) {
        while let Some(lag) = &mut self.lag
            && matches!(self.rest, Rest::None)
            && !self.outgoing.is_full()
        {
            let item = lag.next();
            let numbered = self.session.is_numbered();
            self.outgoing.add(|bytes| match &item {
                Some(Item::Event(told)) => told.write(numbered, bytes),
                Some(Item::Missed(missed)) => missed.told().write(numbered, bytes),
                Some(Item::Bytes(answer)) => bytes.extend_from_slice(answer),
                None => {}
            });
            if item.is_none() {
                self.lag = None;
            }
        }
    }

    /// Puts an event off, or skips it, as the account wants it.
    fn put_off(&mut self, now: Now, told: &Arc<Told>) {
        let Some(user) = self.session.account() else {
            return;
        };
        let (rule, keep) = (user.on_lag, user.keep);
        let budget = &self.budget;
        let lag = self.lag.get_or_insert_with(|| Box::new(Lag::new(budget)));
        match lag.take(told, rule, keep) {
            Ok(skipped) => self.skipped += skipped,
            Err(Full) => {
                self.session.handle(now, Input::End(Close::Lagged));
                self.drain(now);
            }
        }
    }

    /// Takes what the session puts out, and serves what the client sent, as long as it may.
    fn go_on(&mut self, now: Now) {
        self.drain(now);
        self.catch_up();
        while self.closing.is_none() && !self.session.is_busy() && !self.is_behind() {
            let Some(frame) = self.frames.next() else {
                break;
            };
            if self.session.is_waiting() {
                self.session.interrupt();
            }
            self.token = Token(self.token.0 + 1);
            let token = self.token;
            self.session.handle(
                now,
                Input::Frame {
                    token,
                    frame,
                    patience: None,
                },
            );
            self.drain(now);
        }
    }

    fn drain(&mut self, now: Now) {
        while let Some(output) = self.session.poll() {
            match output {
                Output::Answer { pieces, .. } => self.write_answer(pieces),
                Output::Event(told) => self.write_event(now, &told),
                Output::Listen => self.effects.push_back(Effect::Listen),
                Output::Ask(request) => self.effects.push_back(Effect::Ask(request)),
                Output::Notice(event) => self.effects.push_back(Effect::Notice(event)),
                Output::Log(log) => self.effects.push_back(Effect::Log(log)),
                Output::Close(close) => self.close(close),
            }
        }
    }

    /// Writes an answer. A client that is behind has it wait, in words, among the events.
    fn write_answer(&mut self, mut pieces: Pieces) {
        if let Some(lag) = &mut self.lag {
            for piece in pieces {
                let mut bytes = Vec::new();
                raw::encode(piece.message(), &mut bytes);
                lag.add(bytes);
            }
        } else if self.write_pieces(&mut pieces) {
            self.rest = Rest::Here(Listing::new(pieces));
        }
    }

    /// Writes some pieces; whether there may be more. The answer to Login is written alone: clients
    /// wait for it before they look for events.
    fn write_pieces(&mut self, pieces: &mut Pieces) -> bool {
        for _ in 0..Pieces::A_TURN {
            let Some(piece) = pieces.next() else {
                return false;
            };
            self.outgoing
                .add(|bytes| raw::encode(piece.message(), bytes));
            if !self.welcomed && self.session.account().is_some() {
                self.welcomed = true;
                self.outgoing.fence();
            }
        }
        true
    }

    fn write_event(&mut self, now: Now, told: &Arc<Told>) {
        if self.lag.is_some() || self.has_rest() {
            return self.put_off(now, told);
        }
        let numbered = self.session.is_numbered();
        self.outgoing.add(|bytes| told.write(numbered, bytes));
    }

    fn close(&mut self, close: Close) {
        self.closing = Some(close);
        match close {
            Close::Disconnected | Close::WriteTimeout | Close::Lagged => {
                self.lag = None;
                self.rest = Rest::None;
                self.outgoing.discard();
            }
            Close::LoggedOff
            | Close::Refused
            | Close::LoginTimeout
            | Close::AccountGone
            | Close::Expired
            | Close::Kicked
            | Close::Shutdown => {}
        }
    }

    fn write_timeout(&self) -> Duration {
        const GUEST: Duration = Duration::from_millis(100);
        self.session
            .account()
            .map_or(GUEST, |user| user.write_timeout)
    }
}
