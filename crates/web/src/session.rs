//! A session that lives from request to request: one task that owns it, and how others ask it.

use crate::driver::{Driver, Ends, Happening};
use crate::exchange::Place;
use ami::{Frame, Message};
use manager::{Certificate, Close, Input, Piece};
use model::Token;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, Sleep, sleep};

/// Requests that may wait for one session.
const WAITING: usize = 16;
/// How much sooner than the session WaitEvent ends, so that the client can come back in time.
const MARGIN: Duration = Duration::from_secs(10);
/// How long a session lives in which nobody has logged in.
const GUEST: Duration = Duration::from_secs(5);

/// How others ask a session.
#[derive(Clone, Debug)]
pub(crate) struct Handle {
    requests: mpsc::Sender<Request>,
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
        let (reply, answer) = oneshot::channel();
        let sent = self.requests.try_send(Request { what, reply });
        sent.map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => NoAnswer::Full,
            mpsc::error::TrySendError::Closed(_) => NoAnswer::Gone,
        })?;
        answer.await.map_err(|_| NoAnswer::Gone)
    }
}

/// Starts a session. `ended` is dropped when it is over.
pub(crate) fn start(driver: Driver, ended: impl Send + 'static) -> Handle {
    let (requests, inbox) = mpsc::channel(WAITING);
    let task = Task {
        driver,
        inbox,
        replies: BTreeMap::new(),
        answered: Instant::now(),
        used: Arc::default(),
        timer: Box::pin(sleep(GUEST)),
    };
    tokio::spawn(async move {
        task.run().await;
        drop(ended);
    });
    Handle { requests }
}

struct Task {
    driver: Driver,
    inbox: mpsc::Receiver<Request>,
    /// Who waits for the answer to which action.
    replies: BTreeMap<Token, oneshot::Sender<Reply>>,
    /// When the last answer was given.
    answered: Instant,
    /// Shared with those who use the session without asking it.
    used: Arc<()>,
    /// Fires when the session may have expired.
    timer: Pin<Box<Sleep>>,
}

impl Task {
    async fn run(mut self) {
        loop {
            let free = !self.driver.session().is_busy();
            let idle = self.replies.is_empty();
            tokio::select! {
                happening = self.driver.next() => match happening {
                    Happening::Answer(token, pieces) => self.reply(token, pieces),
                    Happening::Over(_) => return,
                    Happening::Event(_) | Happening::Told | Happening::Gap(_) => {}
                },
                request = self.inbox.recv(), if free => match request {
                    Some(request) => self.on_request(request),
                    None => self.end(Close::Disconnected),
                },
                () = self.timer.as_mut(), if idle => self.on_time(),
            }
        }
    }

    /// The timer is moved only when it fires: most of the time an answer came since.
    fn on_time(&mut self) {
        if Arc::strong_count(&self.used) > 1 {
            self.answered = Instant::now();
        }
        let expiry = self.answered + self.lifetime();
        if Instant::now() < expiry {
            self.timer.as_mut().reset(expiry);
        } else {
            self.end(Close::Expired);
        }
    }

    fn on_request(&mut self, request: Request) {
        let Request { what, reply } = request;
        let token = self.driver.token();
        match what {
            What::Action(message, certificate) => {
                self.driver.show(certificate);
                let left =
                    (self.answered + self.lifetime()).saturating_duration_since(Instant::now());
                let patience = Some(left.saturating_sub(MARGIN));
                let frame = Frame::Message(message);
                self.replies.insert(token, reply);
                self.tell_use();
                self.driver.handle(Input::Frame {
                    token,
                    frame,
                    patience,
                });
            }
            What::Proof(account) => {
                self.replies.insert(token, reply);
                self.driver.handle(Input::Proven {
                    token,
                    account: &account,
                });
            }
            What::Account => {
                let member = self.member();
                let _ = reply.send(Reply {
                    pieces: Vec::new(),
                    member,
                });
            }
        }
    }

    /// Who does not wait any more has gone; the answer goes with them.
    fn reply(&mut self, token: Token, pieces: Vec<Piece>) {
        self.answered = Instant::now();
        let member = self.member();
        if let Some(reply) = self.replies.remove(&token) {
            self.tell_use();
            let _ = reply.send(Reply { pieces, member });
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
