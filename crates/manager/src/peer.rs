//! Who is at the other end of a session, and what is written to the log about it.

use model::{Address, Security, SecurityKind};
use std::net::IpAddr;
use std::sync::Arc;

/// A connection, as its shell knows it.
#[derive(Clone, Debug)]
pub struct Peer {
    /// A token for the session: unique, told as `SessionID`, else without meaning.
    pub session: Arc<str>,
    /// Our end.
    pub local: Address,
    /// Theirs.
    pub remote: Address,
    /// Random bits for this session alone; its challenge is made of them.
    pub entropy: u128,
    /// The certificate it has shown, if one was asked for and is good.
    pub certificate: Option<Arc<Certificate>>,
}

/// The certificate of a client: it is signed by who may sign such, and the client has its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// What it is called: the common name and the DNS names.
    pub names: Vec<String>,
    /// The SHA-256 of it, in hexadecimal digits of lower case.
    pub fingerprint: String,
}

impl Certificate {
    /// Whether it is the one that an account names: by one of its names in any case, or as `sha256:` and
    /// the fingerprint, with or without colons.
    pub(crate) fn is(&self, named: &str) -> bool {
        let Some(digits) = named.strip_prefix("sha256:") else {
            return self
                .names
                .iter()
                .any(|name| name.eq_ignore_ascii_case(named));
        };
        let digits: String = digits.chars().filter(|digit| *digit != ':').collect();
        digits.eq_ignore_ascii_case(&self.fingerprint)
    }
}

/// A line for the log (ami-server.md 12.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Log {
    /// Something is wrong.
    Warning(String),
    /// Somebody should know.
    Notice(String),
    /// For who wants to know it all.
    Verbose(String),
    /// Who did what: for the audit log, if there is one.
    Audit(Box<crate::Audit>),
    /// What an action does with calls: for who traces them.
    Traced(crate::Traced),
}

impl Peer {
    /// The address in words, an IPv4 address always as one.
    pub fn address(&self) -> IpAddr {
        self.remote.socket.ip().to_canonical()
    }

    /// A security event about this connection; `since` is when it logged in, the beginning of time
    /// if it has not.
    pub(crate) fn security(
        &self,
        kind: SecurityKind,
        account: &str,
        since: jiff::Timestamp,
    ) -> model::Event {
        model::Event::Security(Arc::new(Security {
            kind,
            service: model::Service::Ami,
            account: account.into(),
            session: Arc::clone(&self.session),
            local: self.local,
            remote: self.remote,
            since: Some(since),
        }))
    }
}

/// Text from a client as it may stand in the log: control characters cannot begin a line or change
/// a terminal.
pub(crate) fn loggable(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let plain = (!c.is_control()).then_some(c);
            let escaped = c.is_control().then(|| c.escape_default());
            plain.into_iter().chain(escaped.into_iter().flatten())
        })
        .collect()
}
