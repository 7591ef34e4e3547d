//! What is told of actions that make or change calls, for who traces calls.

use crate::peer::loggable;
use ami::Message;
use jiff::Timestamp;
use model::TraceId;
use std::net::IpAddr;
use std::sync::Arc;

/// Something about an action that makes or changes calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Traced {
    /// It was accepted.
    Accepted(Box<TracedAction>),
    /// It was answered.
    Answered {
        /// Its trace.
        trace: TraceId,
        /// When.
        at: Timestamp,
        /// Whether it failed.
        failed: bool,
        /// What its client was told, without control characters.
        answer: String,
    },
}

/// An action that makes or changes calls, as it was accepted. Values it sets, texts it sends and
/// arguments it gives are left out: they may be secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracedAction {
    /// Its own trace; that of the call too, if it makes one.
    pub trace: TraceId,
    /// When.
    pub at: Timestamp,
    /// Its name.
    pub name: &'static str,
    /// The client's ActionID, without control characters; empty if it gave none.
    pub id: String,
    /// Whose account.
    pub account: Arc<str>,
    /// The session.
    pub session: Arc<str>,
    /// From where.
    pub from: IpAddr,
    /// The channels or the bridge it is to change, as it names them; none if it makes a call.
    pub about: Vec<Arc<str>>,
}

impl Traced {
    pub(crate) fn answered(trace: TraceId, at: Timestamp, answer: Option<&Message>) -> Self {
        let told = |name| answer.and_then(|answer| answer.first(name));
        let (response, message) = (told("Response"), told("Message"));
        let words = response.into_iter().chain(message);
        Self::Answered {
            trace,
            at,
            failed: response == Some("Error"),
            answer: loggable(&words.collect::<Vec<_>>().join(": ")),
        }
    }
}
