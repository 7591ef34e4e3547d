//! How messages come and go: datagrams and streams, guarded before the library sees them.

mod guard;
mod stream;
mod tcp;
mod udp;

pub(crate) use guard::Arrival;
pub(crate) use stream::Streams;
pub(crate) use tcp::connect;

use crate::core::Core;
use crate::settings::{Protocol, Transport};
use crate::trace::Trace;
use rsipstack::sip::SipMessage;
use rsipstack::transport::{SipAddr, SipConnection};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;

/// A way to somebody: what to send on, and where to.
#[derive(Clone)]
pub(crate) struct Flow {
    pub(crate) connection: SipConnection,
    pub(crate) remote: SocketAddr,
    /// Where we listen on that way.
    pub(crate) local: SocketAddr,
    pub(crate) protocol: Protocol,
}

/// A socket that listens.
#[derive(Clone)]
pub(crate) struct Listener {
    pub(crate) name: Arc<str>,
    pub(crate) protocol: Protocol,
    pub(crate) local: SocketAddr,
    /// What datagrams are sent on; streams have connections of their own.
    datagrams: Option<SipConnection>,
}

/// A transport that could not be opened.
#[derive(Debug)]
pub struct BindError {
    /// The transport's name.
    pub transport: Arc<str>,
    /// Where it should have listened.
    pub address: SocketAddr,
    /// Why it cannot.
    pub error: std::io::Error,
}

impl std::fmt::Display for BindError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "transport {} cannot listen on {}: {}",
            self.transport, self.address, self.error
        )
    }
}

impl std::error::Error for BindError {}

/// A transport opened, its messages not yet read.
pub(crate) enum Opened {
    Udp(udp::Socket),
    Tcp(tokio::net::TcpListener),
}

/// Opens a transport.
pub(crate) async fn open(
    transport: &Transport,
    trace: &Arc<Trace>,
) -> Result<(Listener, Opened), BindError> {
    let failed = |error| BindError {
        transport: Arc::clone(&transport.name),
        address: transport.bind,
        error,
    };
    let (local, datagrams, opened) = match transport.protocol {
        Protocol::Udp => {
            let socket = udp::Socket::bind(transport.bind, Arc::clone(trace))
                .await
                .map_err(failed)?;
            (
                socket.local(),
                Some(socket.connection()),
                Opened::Udp(socket),
            )
        }
        Protocol::Tcp => {
            let listener = tcp::bind(transport.bind).map_err(failed)?;
            (
                listener.local_addr().map_err(failed)?,
                None,
                Opened::Tcp(listener),
            )
        }
    };
    let listener = Listener {
        name: Arc::clone(&transport.name),
        protocol: transport.protocol,
        local,
        datagrams,
    };
    Ok((listener, opened))
}

impl Opened {
    /// Reads messages until the end.
    pub(crate) fn serve(self, core: Arc<Core>, listener: Listener) {
        match self {
            Self::Udp(socket) => tokio::spawn(socket.serve(core, listener)),
            Self::Tcp(tcp) => tokio::spawn(tcp::serve(tcp, core, listener.local)),
        };
    }
}

impl Listener {
    /// The way of a datagram to somebody.
    pub(crate) fn flow(&self, remote: SocketAddr) -> Option<Flow> {
        Some(Flow {
            connection: self.datagrams.clone()?,
            remote,
            local: self.local,
            protocol: self.protocol,
        })
    }
}

impl Flow {
    pub(crate) fn destination(&self) -> SipAddr {
        SipAddr {
            r#type: Some(self.library_transport()),
            addr: self.remote.into(),
        }
    }

    pub(crate) fn library_transport(&self) -> rsipstack::sip::Transport {
        match self.protocol {
            Protocol::Udp => rsipstack::sip::Transport::Udp,
            Protocol::Tcp => rsipstack::sip::Transport::Tcp,
        }
    }

    /// Sends a message that belongs to no transaction.
    pub(crate) async fn send(&self, message: impl Into<SipMessage>) {
        if let Err(error) = self
            .connection
            .send(message.into(), Some(&self.destination()))
            .await
        {
            tracing::debug!(remote = %self.remote, %error, "A message could not be sent");
        }
    }

    /// Our address as the far end can reach it.
    pub(crate) fn local_address(&self) -> SocketAddr {
        if self.local.ip().is_unspecified() {
            SocketAddr::new(
                address_towards(self.remote).unwrap_or(self.local.ip()),
                self.local.port(),
            )
        } else {
            self.local
        }
    }

    /// Our host as it stands in URIs.
    pub(crate) fn host(&self) -> String {
        match self.local_address().ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        }
    }

    /// For security events.
    pub(crate) fn ends(&self) -> (model::Address, model::Address) {
        let transport = self.protocol.to_model();
        (
            model::Address {
                transport,
                socket: self.local_address(),
            },
            model::Address {
                transport,
                socket: self.remote,
            },
        )
    }
}

/// Which of our addresses packets to somebody leave from. Nothing is sent.
fn address_towards(remote: SocketAddr) -> Option<IpAddr> {
    let any: SocketAddr = if remote.is_ipv4() {
        ([0, 0, 0, 0], 0).into()
    } else {
        ([0u16; 8], 0).into()
    };
    let socket = UdpSocket::bind(any).ok()?;
    socket.connect(remote).ok()?;
    Some(socket.local_addr().ok()?.ip())
}
