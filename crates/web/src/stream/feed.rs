//! A reader of events: a session of its own on the live stream.

use super::{NOWHERE, Start};
use crate::answer::Refusal;
use crate::caller::Caller;
use crate::driver::{Driver, Ends, Happening};
use crate::exchange::{Exchange, Promise};
use crate::session::{Handle, Member};
use crate::web::Web;
use ami::{Frame, Message};
use manager::{Answer, Carrier, Close, Input, Piece, Request, Told};
use model::{Command, Mark, Reply, Run, Seq};
use std::collections::VecDeque;
use std::future::{Future, pending, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use tokio::sync::watch;

/// A reader of events.
pub(crate) struct Feed {
    driver: Driver,
    exchange: Arc<dyn Exchange>,
    run: Run,
    /// Whether a gap is made good with a snapshot.
    snapshots: bool,
    /// Events up to this one are known: from a snapshot, or from before.
    known: Mark,
    /// The state is being asked for.
    asking: Option<Promise<(Seq, Answer)>>,
    waiting: VecDeque<Item>,
    /// Done when the session it belongs to is over, or the server ends; with the reason.
    over: Pin<Box<dyn Future<Output = &'static str> + Send>>,
}

/// What a reader is told.
#[derive(Debug)]
pub(crate) enum Item {
    /// Where it is from now on.
    Mark(Mark),
    /// The state there, as events.
    Snapshot(Mark, Vec<Told>),
    /// So many events are lost to it, if that is known.
    Gap(Option<u64>),
    /// Something happened.
    Event(Mark, Arc<Told>),
    /// All there was has been told.
    Pause,
    /// The answer to an action.
    Answer(Vec<Piece>),
    /// It is over.
    Over(&'static str),
}

impl Feed {
    /// A reader for who asks.
    pub(crate) async fn open(
        web: &Web,
        caller: &Caller,
        ends: &Ends,
        start: Start,
    ) -> Result<Self, Refusal> {
        let driver = caller.driver(web, Carrier::Stream, ends).await?;
        let parent = match caller {
            Caller::Session(session, member) => Some((session.handle.clone(), member.clone())),
            Caller::Login { .. } | Caller::Token { .. } => None,
        };
        let mut feed = Self::new(web, driver, parent, start);
        feed.begin(start);
        Ok(feed)
    }

    /// A reader for somebody who has yet to log in.
    pub(crate) fn for_guest(web: &Web, ends: &Ends) -> Result<Self, Refusal> {
        let driver =
            Driver::new(web.exchange(), Carrier::Stream, ends).map_err(|_| Refusal::Unavailable)?;
        let start = Start {
            after: None,
            snapshot: false,
        };
        Ok(Self::new(web, driver, None, start))
    }

    fn new(web: &Web, driver: Driver, parent: Option<(Handle, Member)>, start: Start) -> Self {
        Self {
            run: driver.configured().run,
            driver,
            exchange: Arc::clone(web.exchange()),
            snapshots: start.snapshot,
            known: Mark::default(),
            asking: None,
            waiting: VecDeque::new(),
            over: Box::pin(over(parent, web.ending())),
        }
    }

    /// Goes to where the reader wants to be.
    pub(crate) fn begin(&mut self, start: Start) {
        self.snapshots = start.snapshot;
        let mut place = self.driver.at().unwrap_or(self.run.at(Seq(0)));
        if start.after == Some(NOWHERE) {
            self.waiting.push_back(Item::Gap(None));
        } else if let Some(after) = start.after {
            let resumed = self.driver.resume(after);
            self.known = resumed.place;
            place = resumed.place;
            let Some(missed) = resumed.missed else {
                return;
            };
            self.waiting.push_back(Item::Gap(missed.known_count()));
        }
        if start.snapshot {
            self.ask_state();
        } else {
            self.waiting.push_back(Item::Mark(place));
        }
    }

    /// Has the session take an action; its answer comes as [`Item::Answer`].
    pub(crate) fn act(&mut self, message: Message) {
        let resumes = |name: &str| name.eq_ignore_ascii_case("Resume");
        if message.action().is_some_and(resumes) || message.first("Resume").is_some() {
            self.known = Mark::default(); // it wants to be told again
        }
        let token = self.driver.token();
        let frame = Frame::Message(message);
        self.driver.handle(Input::Frame {
            token,
            frame,
            patience: None,
        });
    }

    /// Whether an action is under way and no other may be given.
    pub(crate) fn is_busy(&self) -> bool {
        self.driver.session().is_busy()
    }

    /// Whether somebody is logged in.
    pub(crate) fn is_member(&self) -> bool {
        self.driver.session().account().is_some()
    }

    /// What comes next. Giving up waiting loses nothing.
    pub(crate) async fn next(&mut self) -> Item {
        poll_fn(|context| self.poll_next(context)).await
    }

    /// What comes next, as [`Feed::next`].
    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Item> {
        loop {
            if let Some(item) = self.waiting.pop_front() {
                return Poll::Ready(item);
            }
            if let Some(asking) = &mut self.asking {
                let answer = ready!(asking.as_mut().poll(context));
                self.asking = None;
                return Poll::Ready(self.on_state(answer));
            }
            let Poll::Ready(happening) = self.driver.poll(context) else {
                return self.over.as_mut().poll(context).map(Item::Over);
            };
            return Poll::Ready(match happening {
                Happening::Event(told) if told.mark > self.known => Item::Event(told.mark, told),
                Happening::Event(_) => continue,
                Happening::Told => Item::Pause,
                Happening::Answer(_, pieces) => Item::Answer(pieces),
                Happening::Over(close) => Item::Over(Close::text(close)),
                Happening::Gap(missed) => {
                    if self.snapshots {
                        self.ask_state();
                    }
                    Item::Gap(missed)
                }
            });
        }
    }

    /// The state now, and from there on.
    fn ask_state(&mut self) {
        self.asking = Some(self.exchange.answer(Request::Switch(Command::Snapshot)));
    }

    /// The node.
    pub(crate) fn exchange(&self) -> &dyn Exchange {
        &*self.exchange
    }

    fn on_state(&mut self, answer: (Seq, Answer)) -> Item {
        let (at, Answer::Switch(Reply::Snapshot(events))) = answer else {
            return Item::Over(Close::Shutdown.text());
        };
        let told = self
            .driver
            .session()
            .tell_state(self.exchange.now(), events);
        self.known = self.run.at(at);
        self.driver.listen_after(at);
        Item::Snapshot(self.run.at(at), told)
    }
}

/// Waits until the session whose login a reader has is over, or the server ends, and says so. The session
/// does not end by itself meanwhile.
async fn over(parent: Option<(Handle, Member)>, mut ending: watch::Receiver<bool>) -> &'static str {
    let left = async {
        match &parent {
            Some((handle, _)) => handle.over().await,
            None => pending().await,
        }
    };
    tokio::select! {
        () = left => "logged off",
        _ = ending.wait_for(|ending| *ending) => Close::Shutdown.text(),
    }
}
