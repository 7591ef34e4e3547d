//! A client's session: one task that puts a [`Connection`] of the manager on a socket.
//!
//! It wakes for bytes, room to write, events, answers and time, does all there is to do, and holds
//! no buffer while it waits. Everything to be written goes in as few writes as the connection
//! allows.

mod events;
mod handshake;
mod listing;

use crate::bell::Bell;
use crate::hub::Reader;
use crate::node::{Node, Source};
use crate::replay::Replay;
use crate::sessions::Place;
use crate::stream::Stream;
use manager::{Answer, Close, Connection, Effect, Input, Listing, Peer, Request};
use model::{Seq, Transport};
use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::ReadBuf;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::yield_now;
use tokio::time::{Sleep, timeout};
use tokio_rustls::rustls::ServerConfig;

/// Bytes read at a time.
const READ: usize = 4096;

/// Bytes written before all others have had a turn.
const A_TURN: usize = 64 * 1024;

/// The two ends of a connection and what is between them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ends {
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    pub(crate) transport: Transport,
}

/// Serves one connection to its end.
pub(crate) async fn run(
    node: Arc<Node>,
    place: Place,
    stream: TcpStream,
    ends: Ends,
    tls: Option<Arc<ServerConfig>>,
) {
    let stream = match tls {
        None => Stream::Plain(stream),
        Some(config) => match handshake::handshake(&node, stream, config).await {
            Some(stream) => stream,
            None => return,
        },
    };
    let certificate = stream.certificate().map(Arc::new);
    let Some(peer) = handshake::peer(&place, ends, certificate) else {
        return;
    };
    Box::pin(SessionTask::new(node, place, stream, peer).serve()).await;
}

type Asking = Pin<Box<dyn Future<Output = (Seq, Answer)> + Send>>;

/// What a connection's effects come to.
enum Next {
    Wait(Pin<Box<dyn Future<Output = ()> + Send>>),
    End(Close),
}

struct SessionTask {
    node: Arc<Node>,
    place: Place,
    stream: Stream,
    connection: Connection,
    bell: Bell,
    reader: Option<Reader>,
    /// What it is told from the journal before.
    replay: Option<Box<Replay>>,
    /// What was asked of others and has not been answered.
    asking: Option<Asking>,
    timer: Option<Timer>,
    /// The rest of a long answer, while a part of it is put in words.
    listing: Option<oneshot::Receiver<Box<Listing>>>,
    /// What the node was configured with when it was last looked at.
    configured: Arc<manager::Node>,
    /// It was told that the node ends.
    ended: bool,
}

/// Wakes the task at the connection's deadline.
struct Timer {
    due: Duration,
    sleep: Pin<Box<Sleep>>,
}

impl SessionTask {
    fn new(node: Arc<Node>, place: Place, stream: Stream, peer: Peer) -> Self {
        let configured = Arc::clone(&node.configured().manager);
        let connection = Connection::new(node.clock.now(), peer, Arc::clone(&configured));
        Self {
            bell: node.hub.bell(),
            node,
            place,
            stream,
            connection,
            reader: None,
            replay: None,
            asking: None,
            timer: None,
            listing: None,
            configured,
            ended: false,
        }
    }

    /// From the first to the last. What it calls borrows the task: a future that owned it would have
    /// room for it once more, as long as the session lives.
    #[allow(clippy::manual_async_fn, reason = "its arguments would be held twice")]
    fn serve(mut self) -> impl Future<Output = ()> {
        async move {
            let reason = self.run().await;
            self.end(reason).await;
            self.leave();
        }
    }

    async fn run(&mut self) -> Close {
        loop {
            while let Some(next) = self.take_effects() {
                match next {
                    Next::Wait(told) => told.await,
                    Next::End(reason) => return reason,
                }
            }
            poll_fn(|context| self.poll(context)).await;
        }
    }

    /// Does what the connection wants, up to what has to be waited for, or its end. Not in [`Self::run`],
    /// whose frame would have room for an effect as long as the session lives.
    fn take_effects(&mut self) -> Option<Next> {
        while let Some(effect) = self.connection.poll() {
            match effect {
                Effect::Listen => self.reader = Some(self.node.hub.subscribe()),
                Effect::Ask(request) => self.ask(request),
                Effect::Notice(event) => {
                    let node = Arc::clone(&self.node);
                    return Some(Next::Wait(Box::pin(async move {
                        // A switch that has ended hears nothing more.
                        let _ = node.notice(event).await;
                    })));
                }
                Effect::Log(line) => self.node.log(line),
                Effect::Close(reason) => return Some(Next::End(reason)),
            }
        }
        None
    }

    async fn end(&mut self, reason: Close) {
        self.node.wire.left(self.connection.session());
        self.node.counters.closed(reason);
        tracing::debug!(
            "manager session {} ends: {}",
            self.place.number(),
            reason.text()
        );
        // A client that takes nothing shall not hold us up.
        let _ = timeout(Duration::from_secs(1), self.stream.shut_down()).await;
    }

    /// What the client may ask for again goes on without it.
    fn leave(mut self) {
        if self.connection.session().owes()
            && let Some(asking) = self.asking.take()
        {
            tokio::spawn(finish(self.node, self.connection, asking));
        }
    }

    fn ask(&mut self, request: Request) {
        let node = Arc::clone(&self.node);
        self.asking = Some(if let Request::Admit(user) = request {
            let granted = self.place.admit(&user);
            let booted = node.is_booted();
            let at = self
                .reader
                .as_ref()
                .map_or(Seq(0), |reader| reader.at().seq);
            Box::pin(std::future::ready((
                at,
                Answer::Admitted { granted, booted },
            )))
        } else if let Request::Resume(after) = request {
            let (source, resumed) = node.resume(after);
            match source {
                Source::Hub(reader) => self.reader = Some(reader),
                Source::Journal(replay) => self.replay = Some(Box::new(replay)),
            }
            Box::pin(std::future::ready((Seq(0), Answer::Resumed(resumed))))
        } else {
            Box::pin(node.answer(request))
        });
    }

    /// Does all that can be done now. Ready when something has come that the connection may have
    /// effects of.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let mut busy = self.poll_answer(context);
        let listened = self.connection.listens();
        let moved = self.poll_events(context);
        busy |= self.poll_listing(context);
        let moved = moved | self.poll_write(context);
        busy |= self.poll_read(context);
        busy |= self.poll_time(context);
        busy |= self.look_around();
        self.tell_pace();
        busy |= moved && self.has_more(listened);
        if busy {
            return Poll::Ready(());
        }
        Poll::Pending
    }

    /// Whether there is more to be done at once after events were heard or bytes written; mostly there is
    /// not, and to look everywhere again would be a good part of what an event costs. `listened` is
    /// whether the bell was armed for events.
    fn has_more(&self, listened: bool) -> bool {
        let behind = self.reader.as_ref().is_some_and(Reader::is_behind);
        let waits = listened == self.connection.listens() && !behind && self.replay.is_none();
        self.connection.has_effects() || !waits
    }

    /// Tells who may ask how it gets on.
    fn tell_pace(&self) {
        let pace = self.place.pace();
        let read = self.reader.as_ref().map_or(0, |reader| reader.at().seq.0);
        pace.read.store(read, Ordering::Relaxed);
        let unsent = self.connection.unsent().len();
        pace.unsent.store(unsent, Ordering::Relaxed);
        pace.acted(self.connection.session().last_action());
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

    fn poll_write(&mut self, context: &mut Context<'_>) -> bool {
        let mut wrote = 0;
        loop {
            let unsent = self.connection.unsent();
            if unsent.is_empty() {
                break;
            }
            if wrote >= A_TURN {
                let _ = pin!(yield_now()).poll(context);
                return true;
            }
            let unsent = unsent.get(..A_TURN).unwrap_or(unsent);
            match self.stream.poll_write(context, unsent) {
                Poll::Ready(Ok(count)) if count > 0 => {
                    let sent = unsent.get(..count).unwrap_or(unsent);
                    self.node.wire.pass(self.connection.session(), false, sent);
                    self.node.counters.sent(count);
                    let sent = &self.place.pace().sent;
                    sent.fetch_add(count as u64, Ordering::Relaxed);
                    self.connection.sent(self.node.clock.now(), count);
                    wrote += count;
                }
                Poll::Ready(_) => {
                    self.handle(Input::End(Close::Disconnected));
                    return true;
                }
                Poll::Pending => {
                    // The task may have had its turn, while the client would take more.
                    let refused = tokio::task::coop::has_budget_remaining();
                    let ends = refused && self.connection.refused(self.node.clock.now());
                    return wrote > 0 || ends;
                }
            }
        }
        if self
            .stream
            .poll_flush(context)
            .map(|flushed| flushed.is_err())
            == Poll::Ready(true)
        {
            self.handle(Input::End(Close::Disconnected));
            return true;
        }
        wrote > 0
    }

    fn poll_read(&mut self, context: &mut Context<'_>) -> bool {
        if !self.connection.wants_bytes() {
            return false;
        }
        let mut bytes = [std::mem::MaybeUninit::uninit(); READ];
        let mut bytes = ReadBuf::uninit(&mut bytes);
        match self.stream.poll_read(context, &mut bytes) {
            Poll::Ready(Ok(())) if !bytes.filled().is_empty() => {
                let heard = bytes.filled();
                self.node.wire.pass(self.connection.session(), true, heard);
                self.connection
                    .received(self.node.clock.now(), bytes.filled());
                true
            }
            Poll::Ready(_) => {
                self.handle(Input::End(Close::Disconnected));
                true
            }
            Poll::Pending => false,
        }
    }

    fn poll_time(&mut self, context: &mut Context<'_>) -> bool {
        let Some(due) = self.connection.deadline() else {
            self.timer = None;
            return false;
        };
        let at = self.node.clock.at(due);
        let timer = self.timer.get_or_insert_with(|| Timer {
            due,
            sleep: Box::pin(tokio::time::sleep_until(at)),
        });
        if timer.due != due {
            timer.due = due;
            timer.sleep.as_mut().reset(at);
        }
        if timer.sleep.as_mut().poll(context).is_pending() {
            return false;
        }
        self.timer = None;
        self.handle(Input::Time);
        true
    }

    /// Whether the node is another, or ends.
    fn look_around(&mut self) -> bool {
        if self.node.is_newer_than(&self.configured) {
            self.configured = Arc::clone(&self.node.configured().manager);
            self.handle(Input::Configured(Arc::clone(&self.configured)));
            return true;
        }
        let behind = self.reader.as_ref().is_some_and(Reader::is_behind);
        if self.node.is_ending() && !behind && !self.ended {
            self.ended = true;
            self.handle(Input::End(Close::Shutdown));
            return true;
        }
        false
    }

    fn handle(&mut self, input: Input<'_>) {
        self.connection.handle(self.node.clock.now(), input);
    }
}

/// Brings to its end what a client that is gone may ask for again.
async fn finish(node: Arc<Node>, mut connection: Connection, asking: Asking) {
    let (at, answer) = asking.await;
    connection.handle(node.clock.now(), Input::Answer { at, answer });
    while let Some(effect) = connection.poll() {
        match effect {
            Effect::Notice(event) => {
                let _ = node.notice(event).await; // a switch that has ended hears nothing more
            }
            Effect::Log(line) => node.log(line),
            Effect::Listen | Effect::Ask(_) | Effect::Close(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_at_rest_takes_little() {
        // With its account shared, no buffer filled and no timer: an idle session is this, its
        // task's frame, a bell and the socket's registration.
        fn size<A, F>(_: fn(A) -> F) -> usize {
            size_of::<F>()
        }
        let (task, running) = (size_of::<SessionTask>(), size(SessionTask::serve));
        assert!(task <= 2048 && running <= task + 640, "{task}, {running}");
    }
}
