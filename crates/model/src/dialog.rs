//! What a technology knows of a call beyond how it goes: between whom it is, and by which way.

use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::sync::Arc;

/// Between whom a call is (RFC 3261 §12), as CHANNEL(pjsip,...) tells it. What is not known is
/// empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialog {
    /// Our URI: of `To` in a call that came in, of `From` in one we made.
    pub local_uri: Arc<str>,
    /// Theirs.
    pub remote_uri: Arc<str>,
    /// Our tag.
    pub local_tag: Arc<str>,
    /// Theirs; a call we made has it once it is answered.
    pub remote_tag: Arc<str>,
    /// Where requests are sent: their contact.
    pub target_uri: Arc<str>,
    /// What the INVITE that came in asked for.
    pub request_uri: Arc<str>,
    /// Where the INVITE came in, or was sent from.
    pub local_address: SocketAddr,
    /// Where it came from, or was sent to.
    pub remote_address: SocketAddr,
    /// The address of record that was called.
    pub aor: Arc<str>,
    /// Its contact that was called, by its id: `alice;@` and a hash.
    pub contact: Arc<str>,
}

/// Where the sound of a call goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoundAddresses {
    /// Where we receive it.
    pub local: SocketAddr,
    /// Where the far end said that it wants it.
    pub remote: SocketAddr,
}
