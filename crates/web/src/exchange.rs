//! What the web faces need of the node they belong to.

use ami::Message;
use manager::{Answer, Close, Log, Missed, Rendered, Request, Resumed, Session, User};
use model::{Event, Mark, Now, Seq};
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Something to wait for.
pub type Promise<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Work that somebody else does.
pub type Work = Box<dyn FnOnce() + Send>;

/// The node, as the web faces see it.
pub trait Exchange: Send + Sync + 'static {
    /// The moment.
    fn now(&self) -> Now;

    /// What sessions know of the node; another value when it is configured anew.
    fn configured(&self) -> Arc<manager::Node>;

    /// Takes a session's question to its owner; with the number of the last event before it.
    /// [`Request::Admit`] and [`Request::Resume`] do not come this way.
    fn answer(&self, request: Request) -> Promise<(Seq, Answer)>;

    /// Has an event of a session put in order with all others; done when it is taken.
    fn notice(&self, event: Event) -> Promise<()>;

    /// Does work of well under a millisecond that may wait, where nobody waits for it.
    fn leave(&self, work: Work);

    /// Writes a line of a session to the log.
    fn log(&self, line: Log);

    /// Takes a session in among all others, in which nobody has logged in yet.
    fn enter(&self, remote: IpAddr) -> Arc<dyn Place>;

    /// A session has ended, for this reason.
    fn left(&self, close: Close) {
        let _ = close;
    }

    /// So many bytes were written to a client, before encryption.
    fn sent(&self, bytes: usize) {
        let _ = bytes;
    }

    /// A session was told a message by its client, or, if not `client`, tells one: for who records
    /// sessions.
    fn pass(&self, session: &Session, client: bool, message: &Message) {
        let _ = (session, client, message);
    }

    /// Whether all parts of the node are up.
    fn is_booted(&self) -> bool;

    /// The figures that are served under this path, if any are.
    fn figures(&self, path: &str) -> Option<Figures> {
        let _ = path;
        None
    }

    /// A reader of the events after this one, or of those that happen from now on.
    fn listen(&self, after: Option<Seq>) -> Box<dyn Events>;

    /// A reader of the events after this place, and where it goes on.
    fn resume(&self, after: Mark) -> (Box<dyn Events>, Resumed);
}

/// Figures about the node, for programs that watch it.
pub struct Figures {
    /// Who may read them, with the realm to tell; everybody if not said.
    pub reader: Option<Reader>,
    /// Gathers them, in Prometheus' text format.
    pub text: Promise<String>,
}

/// Who may read figures, by HTTP's basic authentication.
pub struct Reader {
    /// Told to who has not said who they are.
    pub realm: String,
    /// The name.
    pub username: String,
    /// The password.
    pub password: String,
}

/// A session's place among all others; given back when it is dropped.
pub trait Place: Send + Sync {
    /// Somebody logs in; `false` if their account may have no session more.
    fn admit(&self, user: &Arc<User>) -> bool;

    /// So many requests wait for its answer, and this is the action it was asked for last.
    fn used(&self, requests: usize, last_action: Option<&'static str>) {
        let _ = (requests, last_action);
    }
}

/// A reader of events.
pub trait Events: Send {
    /// Gives the next events there are, a bounded number of them. `false` if all is read.
    ///
    /// # Errors
    /// When events that were not read are gone: the reader goes on after them.
    fn read(&mut self, take: &mut dyn FnMut(&Rendered)) -> Result<bool, Missed>;

    /// The last event that has been read.
    fn at(&self) -> Mark;

    /// Whether there is something to read, or the node was configured anew since the last call; the
    /// task is woken when it is so.
    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<()>;
}
