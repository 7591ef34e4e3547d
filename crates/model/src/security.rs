//! Security events: who knocked, with what outcome (ami-server.md 12.2).

use std::net::SocketAddr;
use std::sync::Arc;

/// How an address was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// A stream.
    Tcp,
    /// An encrypted stream.
    Tls,
}

/// One end of a conversation; written `IPV4/TCP/127.0.0.1/5038`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// How.
    pub transport: Transport,
    /// Where.
    pub socket: SocketAddr,
}

/// A security event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Security {
    /// What happened.
    pub kind: SecurityKind,
    /// `AMI` or `PJSIP`.
    pub service: &'static str,
    /// The account it was about, empty if none is known.
    pub account: Arc<str>,
    /// A token for the session: opaque for AMI, the Call-ID for SIP.
    pub session: Arc<str>,
    /// Our end.
    pub local: Address,
    /// Theirs.
    pub remote: Address,
    /// When the session was authenticated; `None` where the service does not tell it.
    pub since: Option<jiff::Timestamp>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecurityKind {
    /// Logged in.
    SuccessfulAuth {
        /// Whether a password was used, as the service tells it.
        using_password: bool,
    },
    /// No such account.
    InvalidAccountId,
    /// The account's access list refuses the address.
    FailedAcl,
    /// Wrong password.
    InvalidPassword,
    /// A challenge was sent.
    ChallengeSent {
        /// The challenge.
        challenge: Arc<str>,
    },
    /// Wrong answer to a challenge. The answer expected is never told.
    ChallengeResponseFailed {
        /// The challenge.
        challenge: Arc<str>,
        /// The answer given.
        response: Arc<str>,
    },
    /// One login more than the account may have.
    SessionLimit,
    /// Not permitted.
    RequestNotAllowed {
        /// What was asked for.
        request: Arc<str>,
    },
    /// Not understood.
    RequestBadFormat {
        /// What was asked for.
        request: Arc<str>,
    },
}
