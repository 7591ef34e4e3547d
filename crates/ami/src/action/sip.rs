//! Actions about SIP phones as release 1.8 had them, for clients made for it.
//!
//! A peer of then is an endpoint of today. Accounts of the dialect of today do not know them.

use macros::Action;

/// Lists the endpoints as peers.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "SIPpeers",
    classes(system, reporting),
    reads,
    synopsis = "List SIP peers (text format).",
    complete = "PeerlistComplete",
    dialect = V1_8
)]
pub struct SipPeers {}

/// Tells what is known of an endpoint, in one answer.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "SIPshowpeer",
    classes(system, reporting),
    reads,
    synopsis = "Show SIP peer (text format).",
    dialect = V1_8
)]
pub struct SipShowPeer {
    /// The endpoint.
    #[action(missing = "Peer: <name> missing.")]
    pub peer: String,
}

/// Asks the contacts of an endpoint whether they answer.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "SIPqualifypeer",
    classes(system, reporting),
    synopsis = "Qualify SIP peers.",
    dialect = V1_8
)]
pub struct SipQualifyPeer {
    /// The endpoint.
    #[action(missing = "Peer: <name> missing.")]
    pub peer: String,
}

/// Lists the registrations of ours elsewhere, with how they stand.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "SIPshowregistry",
    classes(system, reporting),
    reads,
    synopsis = "Show SIP registrations (text format).",
    complete = "RegistrationsComplete",
    dialect = V1_8
)]
pub struct SipShowRegistry {}

/// Sends a NOTIFY to an endpoint, outside of any subscription.
#[derive(Action, Clone, Debug, PartialEq, Eq)]
#[action(
    name = "SIPnotify",
    classes(system),
    synopsis = "Send a SIP notify.",
    dialect = V1_8
)]
pub struct SipNotify {
    /// The endpoint, with or without its technology: `PJSIP/100`, `SIP/100` or `100`.
    #[action(missing = "SIPNotify requires a channel name")]
    pub channel: String,
    /// Its headers: `Name=value`, several after commas or repeated; `Content` is a line of its body.
    pub variable: Vec<String>,
}
