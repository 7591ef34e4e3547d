//! Messages in the log (`pjsip set logger`).

use crate::transport::Flow;
use std::net::{IpAddr, SocketAddr};
use std::sync::{PoisonError, RwLock};

/// Whose messages are logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tracing {
    /// Nobody's.
    #[default]
    Off,
    /// Everybody's.
    On,
    /// Those of one host.
    Host(IpAddr),
}

/// The log of messages. The target is `sip::messages`.
#[derive(Debug, Default)]
pub(crate) struct Trace(RwLock<Tracing>);

impl Trace {
    pub(crate) fn set(&self, tracing: Tracing) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = tracing;
    }

    pub(crate) fn received(&self, flow: &Flow, bytes: &[u8]) {
        if self.concerns(flow.remote) {
            let text = String::from_utf8_lossy(bytes);
            tracing::info!(target: "sip::messages", "<--- Received SIP message ({} bytes) from {:?}:{} --->\n{text}", bytes.len(), flow.protocol, flow.remote);
        }
    }

    pub(crate) fn sent(&self, remote: SocketAddr, protocol: &str, bytes: &[u8]) {
        if self.concerns(remote) {
            let text = String::from_utf8_lossy(bytes);
            tracing::info!(target: "sip::messages", "<--- Transmitting SIP message ({} bytes) to {protocol}:{remote} --->\n{text}", bytes.len());
        }
    }

    fn concerns(&self, remote: SocketAddr) -> bool {
        match *self.0.read().unwrap_or_else(PoisonError::into_inner) {
            Tracing::Off => false,
            Tracing::On => true,
            Tracing::Host(host) => remote.ip() == host,
        }
    }
}
