//! Security events (ami-server.md 12.2).

use macros::{Block, Event};

/// What every security event begins with; RequestBadFormat names the account at its end.
#[derive(Block, Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct Head<'a> {
    #[event(name = "EventTV")]
    pub event_tv: String,
    pub severity: &'a str,
    pub service: &'a str,
    pub event_version: u8,
    #[event(name = "AccountID")]
    pub account: Option<&'a str>,
    #[event(name = "SessionID")]
    pub session: &'a str,
    pub local_address: String,
    pub remote_address: String,
}

macro_rules! security {
    ($($(#[$doc:meta])* $name:ident $([$wire:literal])? { $($(#[$field:meta])* $header:ident: $kind:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Event, Clone, Debug, PartialEq, Eq)]
        #[event($(name = $wire,)? classes(security))]
        #[allow(missing_docs, reason = "fields are named as the headers they become")]
        pub struct $name<'a> {
            #[event(block)]
            pub head: Head<'a>,
            $($(#[$field])* pub $header: $kind,)*
            #[event(name = "SessionTV")]
            pub session_tv: Option<String>,
        }
    )*};
}

security! {
    /// Logged in.
    SuccessfulAuth { using_password: u8, }
    /// No such account.
    InvalidAccountId ["InvalidAccountID"] {}
    /// The account's access list refuses the address.
    FailedAcl ["FailedACL"] {}
    /// Wrong password.
    InvalidPassword {}
    /// A challenge was sent.
    ChallengeSent { challenge: &'a str, }
    /// Wrong answer to a challenge. The answer expected is not told: it would help to guess.
    ChallengeResponseFailed {
        challenge: &'a str,
        response: &'a str,
        expected_response: &'a str,
    }
    /// One login more than the account may have.
    SessionLimit {}
    /// Not permitted.
    RequestNotAllowed { request_type: &'a str, }
}

/// Not understood.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
#[event(classes(security))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct RequestBadFormat<'a> {
    #[event(block)]
    pub head: Head<'a>,
    pub request_type: &'a str,
    #[event(name = "SessionTV")]
    pub session_tv: Option<String>,
    #[event(name = "AccountID")]
    pub account: &'a str,
}
