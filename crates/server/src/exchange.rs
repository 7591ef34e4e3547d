//! The node as the web faces see it: the same owners, the same order, the same counting of sessions
//! as over TCP.

use crate::bell::Bell;
use crate::hub::Reader;
use crate::journal::Step;
use crate::node::{Node, Source};
use crate::sessions;
use ami::{Classes, Message};
use manager::{Answer, Close, Log, Missed, Rendered, Request, Resumed, Session, User};
use model::{Event, Mark, Now, Seq};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};
use web::{Events, Exchange, Figures, Place, Promise, Work};

/// Batches of events read at a time.
const BATCHES: usize = 16;

/// The node, for the web faces.
pub(crate) struct WebExchange(pub(crate) Arc<Node>);

impl Exchange for WebExchange {
    fn now(&self) -> Now {
        self.0.clock.now()
    }

    fn configured(&self) -> Arc<manager::Node> {
        Arc::clone(&self.0.configured().manager)
    }

    fn answer(&self, request: Request) -> Promise<(Seq, Answer)> {
        Box::pin(Arc::clone(&self.0).answer(request))
    }

    fn notice(&self, event: Event) -> Promise<()> {
        let node = Arc::clone(&self.0);
        Box::pin(async move {
            // A switch that has ended hears nothing more.
            let _ = node.notice(event).await;
        })
    }

    fn leave(&self, work: Work) {
        // Who has left it waits for what comes of it by itself.
        drop(self.0.background.run(work));
    }

    fn log(&self, line: Log) {
        self.0.log(line);
    }

    fn enter(&self, remote: IpAddr) -> Arc<dyn Place> {
        Arc::new(self.0.sessions.enter_by_request(remote))
    }

    fn left(&self, close: Close) {
        self.0.counters.closed(close);
    }

    fn sent(&self, bytes: usize) {
        self.0.counters.sent_by_http(bytes);
    }

    fn pass(&self, session: &Session, client: bool, message: &Message) {
        let text = message.wire().as_bytes();
        self.0.wire.pass(session, client, text);
    }

    fn is_booted(&self) -> bool {
        self.0.is_booted()
    }

    fn figures(&self, path: &str) -> Option<Figures> {
        let configured = self.0.configured();
        let metrics = &configured.configuration.metrics;
        let served = metrics.enabled && path.eq_ignore_ascii_case(metrics.uri.trim_matches('/'));
        served.then(|| {
            let node = Arc::clone(&self.0);
            let reader = metrics.username.clone().map(|username| web::Reader {
                realm: metrics.realm.clone(),
                username,
                password: metrics.password.clone().unwrap_or_default(),
            });
            Figures {
                reader,
                text: Box::pin(async move { crate::metrics::text(&node).await }),
            }
        })
    }

    fn listen(&self, after: Option<Seq>) -> Box<dyn Events> {
        let reader = match after {
            Some(seq) => self.0.hub.subscribe_after(seq),
            None => self.0.hub.subscribe(),
        };
        Box::new(WebEvents::new(
            &self.0,
            Source::Hub(reader),
            Mark::default(),
        ))
    }

    fn resume(&self, after: Mark) -> (Box<dyn Events>, Resumed) {
        let (source, resumed) = self.0.resume(after);
        let events = WebEvents::new(&self.0, source, resumed.place);
        (Box::new(events), resumed)
    }
}

impl Place for sessions::Place {
    fn admit(&self, user: &Arc<User>) -> bool {
        Self::admit(self, user)
    }

    fn used(&self, requests: usize, last_action: Option<&'static str>) {
        self.pace().requests.store(requests, Ordering::Relaxed);
        self.pace().acted(last_action);
    }
}

/// A reader of events that is woken for them and when the node is configured anew.
struct WebEvents {
    node: Arc<Node>,
    source: Source,
    /// Where it is in the journal, as long as it reads that.
    place: Mark,
    bell: Bell,
    configured: Arc<manager::Node>,
}

impl WebEvents {
    fn new(node: &Arc<Node>, source: Source, place: Mark) -> Self {
        Self {
            source,
            place,
            bell: node.hub.bell(),
            configured: Arc::clone(&node.configured().manager),
            node: Arc::clone(node),
        }
    }
}

impl Events for WebEvents {
    fn read(&mut self, take: &mut dyn FnMut(&Rendered)) -> Result<bool, Missed> {
        match &mut self.source {
            Source::Hub(reader) => read(reader, take),
            Source::Journal(_) => self.read_journal(take),
        }
    }

    fn at(&self) -> Mark {
        match &self.source {
            Source::Hub(reader) => reader.at(),
            Source::Journal(_) => self.place,
        }
    }

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let rings_for = match &self.source {
            Source::Hub(_) => Some(Classes::ALL),
            Source::Journal(_) => None,
        };
        self.bell.arm(context, rings_for);
        if self.node.is_newer_than(&self.configured) {
            self.configured = Arc::clone(&self.node.configured().manager);
            return Poll::Ready(());
        }
        match &mut self.source {
            Source::Hub(reader) if reader.is_behind() => Poll::Ready(()),
            Source::Hub(_) => Poll::Pending,
            Source::Journal(replay) => replay.poll_ready(context),
        }
    }
}

impl WebEvents {
    /// Gives what has been read of the journal; goes on with what happens when that is all.
    fn read_journal(&mut self, take: &mut dyn FnMut(&Rendered)) -> Result<bool, Missed> {
        let mut any = false;
        while let Source::Journal(replay) = &mut self.source
            && let Some(step) = replay.next()
        {
            any = true;
            match step {
                Step::Event(event) => {
                    self.place = event.mark();
                    take(&event);
                }
                Step::Missed(missed) => {
                    self.place = missed.to;
                    return Err(missed);
                }
                Step::Join(reader) => self.source = Source::Hub(reader),
            }
        }
        Ok(any)
    }
}

fn read(reader: &mut Reader, take: &mut dyn FnMut(&Rendered)) -> Result<bool, Missed> {
    for _ in 0..BATCHES {
        match reader.read()? {
            None => return Ok(false),
            Some((batch, from)) => batch.from(from).for_each(&mut *take),
        }
    }
    Ok(true)
}
