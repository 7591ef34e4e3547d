//! The far end of a leg, as negotiated by SDP.

use crate::Format;
use std::net::SocketAddr;

/// Where and how a leg sends and what it may receive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// Where the far end wants RTP.
    pub rtp: SocketAddr,
    /// Where it wants RTCP, if not on the port above (RFC 3605); the RTP address itself means
    /// both on one port (RFC 5761).
    pub rtcp: Option<SocketAddr>,
    /// The format to send.
    pub format: Format,
    /// Its payload type, [`Format::payload_type`] unless SDP maps another.
    pub payload_type: u8,
    /// The payload type of RFC 4733 digits, if agreed on.
    pub telephone_event: Option<u8>,
    /// Which way sound may flow.
    pub direction: Direction,
    /// Send to where the far end sends from, once known (RFC 4961), rather than to where it says.
    pub symmetric: bool,
}

impl Remote {
    /// A far end for `format` at `rtp`: both directions, no digits, symmetric.
    pub fn new(rtp: SocketAddr, format: Format) -> Self {
        Self {
            rtp,
            rtcp: None,
            format,
            payload_type: format.payload_type(),
            telephone_event: None,
            direction: Direction::SendReceive,
            symmetric: true,
        }
    }

    /// Where RTCP goes by what the far end said.
    pub(crate) fn rtcp_address(&self) -> SocketAddr {
        self.rtcp.unwrap_or_else(|| {
            let mut address = self.rtp;
            address.set_port(address.port().saturating_add(1));
            address
        })
    }
}

/// Which way sound flows, seen from us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Both ways.
    SendReceive,
    /// To the far end only: it is on hold.
    SendOnly,
    /// From the far end only: it put us on hold.
    ReceiveOnly,
    /// Neither.
    Inactive,
}

impl Direction {
    pub(crate) fn sends(self) -> bool {
        matches!(self, Self::SendReceive | Self::SendOnly)
    }

    pub(crate) fn receives(self) -> bool {
        matches!(self, Self::SendReceive | Self::ReceiveOnly)
    }
}
