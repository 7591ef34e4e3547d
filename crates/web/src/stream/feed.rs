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
use std::sync::Arc;
use tokio::sync::watch;

/// A reader of events.
pub(crate) struct Feed {
    driver: Driver,
    /// The session whose login this is; the stream ends with it, and keeps it from ending by itself.
    parent: Option<(Handle, Member)>,
    exchange: Arc<dyn Exchange>,
    run: Run,
    /// Whether a gap is made good with a snapshot.
    snapshots: bool,
    /// Events up to this one are known: from a snapshot, or from before.
    known: Mark,
    /// The state is being asked for.
    asking: Option<Promise<(Seq, Answer)>>,
    waiting: VecDeque<Item>,
    /// Whether the server ends.
    ending: watch::Receiver<bool>,
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
            parent,
            exchange: Arc::clone(web.exchange()),
            snapshots: start.snapshot,
            known: Mark::default(),
            asking: None,
            ending: web.ending(),
            waiting: VecDeque::new(),
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
        loop {
            if let Some(item) = self.waiting.pop_front() {
                return item;
            }
            if let Some(asking) = &mut self.asking {
                let answer = asking.await;
                self.asking = None;
                return self.on_state(answer);
            }
            match self.happening().await {
                None => return Item::Over("logged off"),
                Some(Happening::Event(told)) if told.mark > self.known => {
                    return Item::Event(told.mark, told);
                }
                Some(Happening::Event(_)) => {}
                Some(Happening::Told) => return Item::Pause,
                Some(Happening::Answer(_, pieces)) => return Item::Answer(pieces),
                Some(Happening::Over(close)) => return Item::Over(Close::text(close)),
                Some(Happening::Gap(missed)) => {
                    if self.snapshots {
                        self.ask_state();
                    }
                    return Item::Gap(missed);
                }
            }
        }
    }

    /// What the session does next; `None` if the one it belongs to is over.
    async fn happening(&mut self) -> Option<Happening> {
        let ending = &mut self.ending;
        let ended = async move { drop(ending.wait_for(|ending| *ending).await) };
        let parent = self.parent.as_ref();
        let left = async move {
            match parent {
                Some((handle, _)) => handle.over().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            happening = self.driver.next() => Some(happening),
            () = left => None,
            () = ended => Some(Happening::Over(Close::Shutdown)),
        }
    }

    /// The state now, and from there on.
    fn ask_state(&mut self) {
        self.asking = Some(self.exchange.answer(Request::Switch(Command::Snapshot)));
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
