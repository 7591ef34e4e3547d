//! Security events: who knocked, with what outcome (ami-server.md 12.2).

use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::sync::Arc;

/// How an address was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Transport {
    /// Datagrams.
    Udp,
    /// A stream.
    Tcp,
    /// An encrypted stream.
    Tls,
}

/// One end of a conversation; written `IPV4/TCP/127.0.0.1/5038`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// How.
    pub transport: Transport,
    /// Where.
    pub socket: SocketAddr,
}

/// Where somebody may knock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Service {
    /// The manager.
    Ami,
    /// SIP.
    Pjsip,
}

impl Service {
    /// The word told as `Service`.
    pub fn text(self) -> &'static str {
        match self {
            Self::Ami => "AMI",
            Self::Pjsip => "PJSIP",
        }
    }
}

/// A security event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Security {
    /// What happened.
    pub kind: SecurityKind,
    /// Where they knocked.
    pub service: Service,
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
