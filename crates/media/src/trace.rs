//! Packets in the log (`rtp set debug`).

use crate::packet::Packet;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

/// Whose packets are logged.
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

/// The log of packets. Its target is `verbose`: who asked for it wants to see it.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    any: AtomicBool,
    tracing: RwLock<Tracing>,
}

impl Trace {
    pub(crate) fn set(&self, tracing: Tracing) {
        *self.tracing.write().unwrap_or_else(PoisonError::into_inner) = tracing;
        self.any.store(tracing != Tracing::Off, Ordering::Relaxed);
    }

    pub(crate) fn got(&self, from: SocketAddr, datagram: &[u8]) {
        if self.concerns(from)
            && let Some(packet) = Packet::parse(datagram)
        {
            tracing::info!(target: "verbose", "Got  RTP packet from    {}", line(from, &packet));
        }
    }

    pub(crate) fn sent(&self, to: SocketAddr, packet: &Packet<'_>) {
        if self.concerns(to) {
            tracing::info!(target: "verbose", "Sent RTP packet to      {}", line(to, packet));
        }
    }

    fn concerns(&self, peer: SocketAddr) -> bool {
        self.any.load(Ordering::Relaxed)
            && match *self.tracing.read().unwrap_or_else(PoisonError::into_inner) {
                Tracing::Off => false,
                Tracing::On => true,
                Tracing::Host(host) => peer.ip().to_canonical() == host,
            }
    }
}

fn line(peer: SocketAddr, packet: &Packet<'_>) -> String {
    format!(
        "{peer} (type {:02}, seq {:06}, ts {:06}, len {:06})",
        packet.payload_type,
        packet.header.sequence,
        packet.header.timestamp,
        packet.payload.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_is_asked_for_is_traced() {
        let trace = Trace::default();
        let concerned = |trace: &Trace| {
            ["192.0.2.1:9", "[::ffff:192.0.2.2]:9"]
                .map(|peer| trace.concerns(peer.parse().unwrap()))
        };
        assert_eq!(concerned(&trace), [false, false]);
        trace.set(Tracing::Host("192.0.2.2".parse().unwrap()));
        assert_eq!(concerned(&trace), [false, true]);
        trace.set(Tracing::On);
        assert_eq!(concerned(&trace), [true, true]);
    }
}
