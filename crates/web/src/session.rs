//! A session that lives from request to request: one task that owns it, and how others ask it.

use crate::driver::{Driver, Ends, Happening};
use crate::exchange::Place;
use ami::{Frame, Message};
use manager::{Certificate, Close, Input, Piece};
use model::Token;
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::{Instant, sleep};

/// Requests that may wait for one session.
const WAITING: usize = 16;
/// How much sooner than the session WaitEvent ends, so that the client can come back in time.
const MARGIN: Duration = Duration::from_secs(10);
/// How long a session lives in which nobody has logged in.
const GUEST: Duration = Duration::from_secs(5);

/// How others ask a session. What it can answer at once it answers in the asker's turn; for the rest its
/// task is woken.
#[derive(Clone)]
pub(crate) struct Handle {
    requests: mpsc::Sender<Request>,
    shared: Arc<Shared>,
}

struct Shared {
    /// Empty once the session is over.
    desk: Mutex<Option<Desk>>,
    /// Something on the desk is left to the task.
    wake: Notify,
}

/// A session and who waits for its answers.
struct Desk {
    driver: Driver,
    /// Who waits for the answer to which action.
    replies: BTreeMap<Token, oneshot::Sender<Reply>>,
    /// When the last answer was given.
    answered: Instant,
    /// Shared with those who use the session without asking it.
    used: Arc<()>,
    over: bool,
}

/// What a session is asked.
struct Request {
    what: What,
    reply: oneshot::Sender<Reply>,
}

enum What {
    /// An action, with the certificate that was shown where it came from.
    Action(Message, Option<Arc<Certificate>>),
    /// Somebody proved that they know the secret of this account.
    Proof(String),
    /// Who it is.
    Account,
}

/// What a session answers.
#[derive(Default)]
pub(crate) struct Reply {
    /// The messages.
    pub(crate) pieces: Vec<Piece>,
    /// Who is logged in by now.
    pub(crate) member: Option<Member>,
}

/// Who is logged in.
#[derive(Clone)]
pub(crate) struct Member {
    /// The account's name.
    pub(crate) name: String,
    /// For as long as anybody else has this, the session does not end for want of requests.
    _use: Arc<()>,
    /// Its place among the sessions of the account.
    pub(crate) place: Arc<dyn Place>,
}

/// Why a session does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// It is over.
    Gone,
    /// Too many requests wait for it.
    Full,
}

impl Handle {
    /// An action and its answer.
    pub(crate) async fn act(&self, action: Message, from: &Ends) -> Result<Reply, NoAnswer> {
        let certificate = from.certificate.clone();
        self.ask(What::Action(action, certificate)).await
    }

    /// The login of who proved by other means that they know the secret of this account.
    pub(crate) async fn prove(&self, account: String) -> Result<Reply, NoAnswer> {
        self.ask(What::Proof(account)).await
    }

    /// Who is logged in.
    pub(crate) async fn account(&self) -> Option<Member> {
        self.ask(What::Account).await.ok()?.member
    }

    /// Waits until it has ended.
    pub(crate) async fn over(&self) {
        self.requests.closed().await;
    }

    /// Whether it has ended.
    pub(crate) fn is_over(&self) -> bool {
        self.requests.is_closed()
    }

    async fn ask(&self, what: What) -> Result<Reply, NoAnswer> {
        let answer = match self.begin(what) {
            Begun::Done(reply) => return Ok(reply),
            Begun::Waits(answer) => answer,
            Begun::Not(what) => {
                let (reply, answer) = oneshot::channel();
                let sent = self.requests.try_send(Request { what, reply });
                sent.map_err(|error| match error {
                    mpsc::error::TrySendError::Full(_) => NoAnswer::Full,
                    mpsc::error::TrySendError::Closed(_) => NoAnswer::Gone,
                })?;
                answer
            }
        };
        answer.await.map_err(|_| NoAnswer::Gone)
    }

    /// Begins with it at once, if nothing else is under way.
    fn begin(&self, what: What) -> Begun {
        let others_wait = self.requests.capacity() < self.requests.max_capacity();
        let mut desk = self.shared.desk();
        let Some(desk) = desk.as_mut().filter(|desk| desk.is_free() && !others_wait) else {
            return Begun::Not(what);
        };
        let begun = match desk.take(what) {
            Taken::Answered(reply) => Begun::Done(reply),
            Taken::Begun(token) => match desk.happened(token) {
                Some(reply) => Begun::Done(reply),
                None => Begun::Waits(desk.wait(token)),
            },
        };
        if desk.over || matches!(begun, Begun::Waits(_)) || !desk.driver.is_at_rest() {
            self.shared.wake.notify_one();
        }
        begun
    }
}

/// What has come of a request.
enum Begun {
    Done(Reply),
    Waits(oneshot::Receiver<Reply>),
    Not(What),
}

enum Taken {
    Answered(Reply),
    /// The action of this token is under way.
    Begun(Token),
}

/// Starts a session. `ended` is dropped when it is over.
pub(crate) fn start(driver: Driver, ended: impl Send + 'static) -> Handle {
    let (requests, inbox) = mpsc::channel(WAITING);
    let desk = Desk {
        driver,
        replies: BTreeMap::new(),
        answered: Instant::now(),
        used: Arc::default(),
        over: false,
    };
    let shared = Arc::new(Shared {
        desk: Mutex::new(Some(desk)),
        wake: Notify::new(),
    });
    tokio::spawn({
        let shared = Arc::clone(&shared);
        async move {
            run(&shared, inbox).await;
            let desk = shared.desk().take();
            drop((desk, ended));
        }
    });
    Handle { requests, shared }
}

/// Drives a session to its end.
async fn run(shared: &Shared, mut inbox: mpsc::Receiver<Request>) {
    // Fires when the session may have expired.
    let mut timer = pin!(sleep(GUEST));
    loop {
        let (over, free, idle) = match &*shared.desk() {
            Some(desk) => (
                desk.over,
                !desk.driver.session().is_busy(),
                desk.replies.is_empty(),
            ),
            None => return,
        };
        if over {
            return;
        }
        tokio::select! {
            happening = poll_fn(|context| shared.poll(context)) => shared.with(|desk| desk.on(happening)),
            () = shared.wake.notified() => {}
            request = inbox.recv(), if free => shared.with(|desk| match request {
                Some(request) => desk.on_request(request),
                None => desk.end(Close::Disconnected),
            }),
            () = timer.as_mut(), if idle => if let Some(expiry) = shared.with(Desk::on_time) {
                timer.as_mut().reset(expiry);
            },
        }
    }
}

impl Shared {
    fn desk(&self) -> MutexGuard<'_, Option<Desk>> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn with<T: Default>(&self, act: impl FnOnce(&mut Desk) -> T) -> T {
        self.desk().as_mut().map(act).unwrap_or_default()
    }

    fn poll(&self, context: &mut Context<'_>) -> Poll<Happening> {
        match &mut *self.desk() {
            Some(desk) => desk.driver.poll(context),
            None => Poll::Pending,
        }
    }
}

impl Desk {
    /// Whether nothing is under way.
    fn is_free(&self) -> bool {
        !self.over && !self.driver.session().is_busy() && self.replies.is_empty()
    }

    /// When the session may expire, if it has not. The timer is moved only when it fires: most of the time
    /// an answer came since.
    fn on_time(&mut self) -> Option<Instant> {
        if Arc::strong_count(&self.used) > 1 {
            self.answered = Instant::now();
        }
        let expiry = self.answered + self.lifetime();
        if Instant::now() >= expiry {
            self.end(Close::Expired);
            return None;
        }
        Some(expiry)
    }

    fn on_request(&mut self, request: Request) {
        match self.take(request.what) {
            Taken::Answered(reply) => drop(request.reply.send(reply)),
            Taken::Begun(token) => drop(self.replies.insert(token, request.reply)),
        }
        self.tell_use();
    }

    /// Takes what the session is asked.
    fn take(&mut self, what: What) -> Taken {
        let token = self.driver.token();
        match what {
            What::Action(message, certificate) => {
                self.driver.show(certificate);
                let left =
                    (self.answered + self.lifetime()).saturating_duration_since(Instant::now());
                let patience = Some(left.saturating_sub(MARGIN));
                let frame = Frame::Message(message);
                self.driver.handle(Input::Frame {
                    token,
                    frame,
                    patience,
                });
            }
            What::Proof(account) => {
                self.driver.handle(Input::Proven {
                    token,
                    account: &account,
                });
            }
            What::Account => {
                return Taken::Answered(Reply {
                    pieces: Vec::new(),
                    member: self.member(),
                });
            }
        }
        Taken::Begun(token)
    }

    /// What has come of an action already.
    fn happened(&mut self, token: Token) -> Option<Reply> {
        let mut reply = None;
        while let Some(happening) = self.driver.happened() {
            match happening {
                Happening::Answer(of, pieces) if of == token => reply = Some(self.reply(pieces)),
                happening @ (Happening::Answer(..)
                | Happening::Event(_)
                | Happening::Told
                | Happening::Gap(_)
                | Happening::Over(_)) => self.on(happening),
            }
        }
        if reply.is_some() {
            self.tell_use();
        }
        reply
    }

    /// Somebody waits for what comes of an action.
    fn wait(&mut self, token: Token) -> oneshot::Receiver<Reply> {
        let (reply, answer) = oneshot::channel();
        self.replies.insert(token, reply);
        self.tell_use();
        answer
    }

    /// Who does not wait any more has gone; the answer goes with them.
    fn on(&mut self, happening: Happening) {
        match happening {
            Happening::Answer(token, pieces) => {
                let reply = self.reply(pieces);
                if let Some(waiting) = self.replies.remove(&token) {
                    self.tell_use();
                    let _ = waiting.send(reply);
                }
            }
            Happening::Over(_) => self.over = true,
            Happening::Event(_) | Happening::Told | Happening::Gap(_) => {}
        }
    }

    fn reply(&mut self, pieces: Vec<Piece>) -> Reply {
        self.answered = Instant::now();
        Reply {
            pieces,
            member: self.member(),
        }
    }

    /// Tells who may ask how it gets on.
    fn tell_use(&self) {
        let last_action = self.driver.session().last_action();
        self.driver.place().used(self.replies.len(), last_action);
    }

    fn member(&self) -> Option<Member> {
        let account = self.driver.session().account()?;
        let place = Arc::clone(self.driver.place());
        Some(Member {
            name: account.name.clone(),
            _use: Arc::clone(&self.used),
            place,
        })
    }

    fn lifetime(&self) -> Duration {
        let session = self.driver.session();
        let seconds = self.driver.configured().settings.general.http_timeout;
        let whole = Duration::from_secs(seconds.into());
        if session.account().is_some() {
            whole
        } else {
            whole.min(GUEST)
        }
    }

    fn end(&mut self, close: Close) {
        self.driver.handle(Input::End(close));
    }
}
