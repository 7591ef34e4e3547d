//! Drives a session of the manager: takes its questions to their owners, its events from the hub.
//!
//! There is one for each way a session comes over HTTP: requests with a cookie or a digest, a single
//! action, a stream of events, a WebSocket. What a session may is decided in the session alone.

use crate::answering::Answering;
use crate::exchange::{Events, Exchange, Place, Promise};
use ami::Frame;
use manager::{
    Answer, Carrier, Certificate, Close, Input, Output, Peer, Piece, Request, Resumed, Session,
    Told,
};
use model::{Address, Mark, Seq, Token, Transport};
use std::future::{Future as _, poll_fn};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::{Instant, Sleep, sleep};

/// So often events are read for a request at a time: for about as much as there can be, but not for ever.
const READS: usize = 256;

/// The two ends of a connection, and whether what is between them is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ends {
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    pub(crate) secure: bool,
    /// The certificate that the client has shown.
    pub(crate) certificate: Option<Arc<Certificate>>,
}

/// What comes of a session.
#[derive(Debug)]
pub(crate) enum Happening {
    /// The answer to the action of this token.
    Answer(Token, Vec<Piece>),
    /// An event the session is told; on streams only.
    Event(Arc<Told>),
    /// All events there are have been told. On streams only, and only after one.
    Told,
    /// So many events are lost, if that is known. On streams only.
    Gap(Option<u64>),
    /// It is over.
    Over(Close),
}

/// A session and its surroundings.
pub(crate) struct Driver {
    exchange: Arc<dyn Exchange>,
    session: Session,
    carrier: Carrier,
    configured: Arc<manager::Node>,
    events: Option<Box<dyn Events>>,
    /// Where to begin in the order of events; from now on if not said.
    after: Option<Seq>,
    place: Arc<dyn Place>,
    /// Whether its place is that of an account.
    admitted: bool,
    asking: Option<Promise<(Seq, Answer)>>,
    telling: Option<Promise<()>>,
    /// A long answer, which others put in words.
    answering: Option<oneshot::Receiver<Box<Answering>>>,
    timer: Option<Timer>,
    /// So many events are lost, if any are, and if it is known how many.
    gap: Option<Option<u64>>,
    told: bool,
    /// Whether it is woken for all that may come.
    armed: bool,
    tokens: u64,
}

/// Wakes the driver when the session's deadline comes.
struct Timer {
    due: Duration,
    sleep: Pin<Box<Sleep>>,
}

/// The system has no entropy: there can be no sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoEntropy;

impl Driver {
    pub(crate) fn new(
        exchange: &Arc<dyn Exchange>,
        carrier: Carrier,
        ends: &Ends,
    ) -> Result<Self, NoEntropy> {
        let mut entropy = [0; 16];
        getrandom::fill(&mut entropy).map_err(|_| NoEntropy)?;
        let entropy = u128::from_ne_bytes(entropy);
        let transport = if ends.secure {
            Transport::Tls
        } else {
            Transport::Tcp
        };
        let address = |socket| Address { transport, socket };
        let peer = Peer {
            // Unique, and tells nothing of the challenge, which is made of the same bits.
            session: format!(
                "0x{:012x}",
                SERIAL.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
            )
            .into(),
            local: address(ends.local),
            remote: address(ends.remote),
            entropy,
            certificate: ends.certificate.clone(),
        };
        let configured = exchange.configured();
        let session = Session::new(exchange.now(), carrier, peer, Arc::clone(&configured));
        Ok(Self {
            exchange: Arc::clone(exchange),
            session,
            carrier,
            configured,
            events: None,
            after: None,
            place: exchange.enter(ends.remote.ip()),
            admitted: false,
            asking: None,
            telling: None,
            answering: None,
            timer: None,
            gap: None,
            told: false,
            armed: false,
            tokens: 0,
        })
    }

    /// What comes next comes over a connection where the client has shown this certificate, or none.
    pub(crate) fn show(&mut self, certificate: Option<Arc<Certificate>>) {
        self.session.show(certificate);
    }

    /// The session belongs to another one of the same account and does not count for itself.
    pub(crate) fn belong(&mut self, place: Arc<dyn Place>) {
        self.place = place;
        self.admitted = true;
    }

    /// Its place among all sessions.
    pub(crate) fn place(&self) -> &Arc<dyn Place> {
        &self.place
    }

    /// The session is told of the events after this one.
    pub(crate) fn listen_after(&mut self, seq: Seq) {
        self.after = Some(seq);
        if self.events.is_some() {
            self.events = Some(self.exchange.listen(Some(seq)));
        }
    }

    /// The session is told of the events after this place, as far as there are any.
    pub(crate) fn resume(&mut self, after: Mark) -> Resumed {
        let (events, resumed) = self.exchange.resume(after);
        self.events = Some(events);
        self.armed = false;
        resumed
    }

    /// The last event the session was given.
    pub(crate) fn at(&self) -> Option<Mark> {
        self.events.as_ref().map(|events| events.at())
    }

    /// What it knows of the node.
    pub(crate) fn configured(&self) -> &Arc<manager::Node> {
        &self.configured
    }

    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// A token for an action.
    pub(crate) fn token(&mut self) -> Token {
        self.tokens += 1;
        Token(self.tokens)
    }

    /// Gives the session an input, after the configuration if that has changed: no action is done
    /// by rights that were taken away.
    pub(crate) fn handle(&mut self, input: Input<'_>) {
        self.look_around();
        if let Input::Frame { frame, .. } = &input {
            let (Frame::Message(said) | Frame::LineTooLong(said) | Frame::TooManyLines(said)) =
                frame;
            self.exchange.pass(&self.session, true, said);
        }
        self.session.handle(self.exchange.now(), input);
    }

    /// Ends the session; done when all that follows from it is.
    pub(crate) async fn finish(mut self) {
        self.handle(Input::End(Close::Disconnected));
        while !matches!(self.next().await, Happening::Over(_)) {}
    }

    /// What happens next. Giving up waiting loses nothing.
    pub(crate) async fn next(&mut self) -> Happening {
        poll_fn(|context| self.poll(context)).await
    }

    /// What happens next, as [`Driver::next`].
    pub(crate) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Happening> {
        loop {
            while let Some(output) = self.put_out(context) {
                if let Some(happening) = self.on_output(output) {
                    return Poll::Ready(happening);
                }
            }
            if let Some(answering) = &mut self.answering {
                let Poll::Ready(part) = Pin::new(answering).poll(context) else {
                    return Poll::Pending;
                };
                self.answering = None;
                match part {
                    Ok(answer) => {
                        if let Some(answer) = self.go_on_answering(answer) {
                            return Poll::Ready(answer);
                        }
                    }
                    // It is lost, and what there is of it is no answer.
                    Err(_) => self.handle(Input::End(Close::Disconnected)),
                }
                continue;
            }
            if self.telling.is_some() {
                return Poll::Pending;
            }
            if let Some(missed) = self.gap.take() {
                return Poll::Ready(Happening::Gap(missed));
            }
            let mut busy = self.poll_answer(context);
            busy |= self.poll_events(context);
            busy |= self.poll_time(context);
            busy |= self.look_around();
            // Even when nothing came, that it was nothing may be what was waited for.
            if let Some(output) = self.put_out(context) {
                if let Some(happening) = self.on_output(output) {
                    return Poll::Ready(happening);
                }
            } else if !busy {
                self.armed = true;
                let told = std::mem::take(&mut self.told);
                return if told {
                    Poll::Ready(Happening::Told)
                } else {
                    Poll::Pending
                };
            }
        }
    }

    /// Whether nothing is left to be done until something comes.
    pub(crate) fn is_at_rest(&self) -> bool {
        let asks = self.telling.is_some() || self.asking.is_some();
        self.armed && !asks && self.answering.is_none()
    }

    /// What has happened already, as far as nothing has to be waited for.
    pub(crate) fn happened(&mut self) -> Option<Happening> {
        loop {
            if self.answering.is_some() || self.telling.is_some() {
                return None;
            }
            let output = self.session.poll()?;
            if let Some(happening) = self.on_output(output) {
                return Some(happening);
            }
        }
    }

    /// The answer, once all of it is in words; else others go on with it.
    fn go_on_answering(&mut self, answer: Box<Answering>) -> Option<Happening> {
        for piece in answer.last_part() {
            self.exchange.pass(&self.session, false, piece.message());
        }
        if answer.is_whole {
            return Some(Happening::Answer(answer.token, answer.ready));
        }
        self.answering = Some(answer.go_on(&*self.exchange));
        None
    }

    /// What the session puts out next; nothing before the answer under way is whole, nor before an event
    /// it told of is among the others.
    fn put_out(&mut self, context: &mut Context<'_>) -> Option<Output> {
        if self.answering.is_some() {
            return None;
        }
        if let Some(telling) = &mut self.telling {
            if telling.as_mut().poll(context).is_pending() {
                return None;
            }
            self.telling = None;
        }
        self.session.poll()
    }

    fn on_output(&mut self, output: Output) -> Option<Happening> {
        match output {
            Output::Answer { token, pieces } => {
                return self.go_on_answering(Answering::begin(token, pieces));
            }
            Output::Event(told) => {
                self.told = true;
                self.exchange.pass(&self.session, false, &told.message);
                return Some(Happening::Event(told));
            }
            Output::Close(close) => {
                self.exchange.left(close);
                return Some(Happening::Over(close));
            }
            Output::Listen => {
                self.events = Some(self.exchange.listen(self.after));
                self.armed = false;
            }
            Output::Ask(Request::Admit(user)) => {
                self.admitted = self.admitted || self.place.admit(&user);
                let granted = self.admitted;
                let booted = self.exchange.is_booted();
                let answer = Answer::Admitted { granted, booted };
                let at = self.at().unwrap_or_default().seq;
                self.handle(Input::Answer { at, answer });
            }
            Output::Ask(Request::Resume(after)) => {
                let answer = Answer::Resumed(self.resume(after));
                self.handle(Input::Answer { at: Seq(0), answer });
            }
            Output::Ask(request) => self.asking = Some(self.exchange.answer(request)),
            Output::Notice(event) => self.telling = Some(self.exchange.notice(event)),
            Output::Log(line) => self.exchange.log(line),
        }
        None
    }

    fn poll_answer(&mut self, context: &mut Context<'_>) -> bool {
        let Some(asking) = &mut self.asking else {
            return false;
        };
        let Poll::Ready((at, answer)) = asking.as_mut().poll(context) else {
            return false;
        };
        self.asking = None;
        self.handle(Input::Answer { at, answer });
        true
    }

    /// Takes events as long as the session wants some.
    fn poll_events(&mut self, context: &mut Context<'_>) -> bool {
        let now = self.exchange.now();
        let Some(events) = &mut self.events else {
            return false;
        };
        if !self.session.listens() {
            return false;
        }
        // Woken for the next ones before those there are have been read, so that none is missed.
        let ready = events.poll_ready(context).is_ready();
        let session = &mut self.session;
        // Who comes with requests hears of more only with the next one: all there is is for this one.
        let reads = match self.carrier {
            Carrier::Stream => 1,
            Carrier::Requests => READS,
        };
        let mut read = Ok(false);
        for _ in 0..reads {
            read = events.read(&mut |event| session.handle(now, Input::Event(event)));
            if !matches!(read, Ok(true)) || !session.listens() {
                break;
            }
        }
        match read {
            Ok(read) => {
                session.handle(now, Input::Heard(events.at()));
                read || ready
            }
            Err(missed) => {
                match self.carrier {
                    Carrier::Stream => {
                        let before = self.gap.unwrap_or(Some(0));
                        let more = missed.known_count();
                        self.gap = Some(before.zip(more).map(|(before, more)| before + more));
                    }
                    Carrier::Requests => session.handle(now, Input::Missed(missed)),
                }
                true
            }
        }
    }

    fn poll_time(&mut self, context: &mut Context<'_>) -> bool {
        let Some(due) = self.session.deadline() else {
            self.timer = None;
            return false;
        };
        if self.timer.as_ref().is_none_or(|timer| timer.due != due) {
            let left = due.saturating_sub(self.exchange.now().since_start);
            let at = Instant::now() + left;
            let timer = self.timer.get_or_insert_with(|| Timer {
                due,
                sleep: Box::pin(sleep(left)),
            });
            timer.due = due;
            timer.sleep.as_mut().reset(at);
        }
        let waits = |timer: &mut Timer| timer.sleep.as_mut().poll(context).is_pending();
        if self.timer.as_mut().is_some_and(waits) {
            return false;
        }
        self.timer = None;
        self.handle(Input::Time);
        true
    }

    /// Whether the node is configured anew.
    fn look_around(&mut self) -> bool {
        let configured = self.exchange.configured();
        if Arc::ptr_eq(&configured, &self.configured) {
            return false;
        }
        self.configured = Arc::clone(&configured);
        let now = self.exchange.now();
        self.session.handle(now, Input::Configured(configured));
        true
    }
}

impl Driver {
    /// What a client that is gone may ask for again is brought to its end.
    fn bring_to_end(&mut self) {
        let (Some(asking), Ok(runtime)) = (self.asking.take(), Handle::try_current()) else {
            return;
        };
        if !self.session.owes() {
            return;
        }
        let (now, peer) = (self.exchange.now(), self.session.peer().clone());
        let none = Session::new(now, self.carrier, peer, Arc::clone(&self.configured));
        let mut session = std::mem::replace(&mut self.session, none);
        let exchange = Arc::clone(&self.exchange);
        runtime.spawn(async move {
            let (at, answer) = asking.await;
            session.handle(exchange.now(), Input::Answer { at, answer });
            while let Some(output) = session.poll() {
                if let Output::Log(line) = output {
                    exchange.log(line);
                }
            }
        });
    }
}

/// A session that nobody drives any more ends, and what it had to tell is told.
impl Drop for Driver {
    fn drop(&mut self) {
        self.handle(Input::End(Close::Disconnected));
        self.bring_to_end();
        let mut telling: Vec<_> = self.telling.take().into_iter().collect();
        while let Some(output) = self.session.poll() {
            match output {
                Output::Notice(event) => telling.push(self.exchange.notice(event)),
                Output::Log(line) => self.exchange.log(line),
                Output::Close(close) => self.exchange.left(close),
                Output::Answer { .. } | Output::Event(_) | Output::Listen | Output::Ask(_) => {}
            }
        }
        if let (Ok(runtime), false) = (Handle::try_current(), telling.is_empty()) {
            runtime.spawn(async move {
                for one in telling {
                    one.await;
                }
            });
        }
    }
}

static SERIAL: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
