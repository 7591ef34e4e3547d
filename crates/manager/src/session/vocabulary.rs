//! What a session is told, and what comes of it.

use super::Pieces;
use crate::{Answer, Log, Missed, Node, Rendered, Request, Told};
use ami::Frame;
use model::{Mark, Seq, Token};
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
    Heard(Mark),
    /// Events are lost to the session.
    Missed(Missed),
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
    /// The answer to an action, whole: nothing may be written between its pieces. Empty if a later WaitEvent came before it
    /// had one.
    Answer {
        /// The action's.
        token: Token,
        /// Its messages.
        pieces: Pieces,
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
