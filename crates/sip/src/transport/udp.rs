//! Datagrams.
//!
//! The library sends through [`Socket`] too, so that sending never waits: a datagram the system has
//! no room for is lost as any datagram may be, and comes again. Receiving waits while too much is
//! being done: the system's buffer is the queue.

use super::guard::{self, Arrival};
use super::{Flow, Listener};
use crate::core::Core;
use crate::trace::Trace;
use async_trait::async_trait;
use rsipstack::sip::Transport;
use rsipstack::transport::udp::{UdpConnection, UdpInner};
use rsipstack::transport::{SipAddr, SipConnection};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::UdpSocket;

/// The largest datagram.
const LARGEST: usize = 65_535;
/// What the system shall keep for us while we are busy.
const BUFFER: usize = 1 << 20;

/// A socket and the library's view of it.
pub(crate) struct Socket {
    socket: Arc<UdpSocket>,
    local: SocketAddr,
    connection: SipConnection,
}

/// The library's end: it may send, and has nothing to receive.
struct Sender {
    socket: Arc<UdpSocket>,
    trace: Arc<Trace>,
}

impl Socket {
    pub(crate) async fn bind(address: SocketAddr, trace: Arc<Trace>) -> io::Result<Self> {
        let domain = socket2::Domain::for_address(address);
        let socket =
            socket2::Socket::new(domain, socket2::Type::DGRAM, Some(socket2::Protocol::UDP))?;
        socket.set_nonblocking(true)?;
        if let Err(error) = socket.set_recv_buffer_size(BUFFER) {
            tracing::debug!(%error, "The receive buffer stays as it is");
        }
        socket.bind(&address.into())?;
        let socket = Arc::new(UdpSocket::from_std(socket.into())?);
        let local = socket.local_addr()?;
        let inner = UdpInner {
            conn: Arc::new(Sender {
                socket: Arc::clone(&socket),
                trace,
            }),
            addr: SipAddr {
                r#type: Some(Transport::Udp),
                addr: local.into(),
            },
        };
        let connection = SipConnection::Udp(UdpConnection::attach(inner, None, None).await);
        Ok(Self {
            socket,
            local,
            connection,
        })
    }

    pub(crate) fn local(&self) -> SocketAddr {
        self.local
    }

    pub(crate) fn connection(&self) -> SipConnection {
        self.connection.clone()
    }

    /// Reads datagrams until the end.
    pub(crate) async fn serve(self, core: Arc<Core>, listener: Listener) {
        let mut bytes = vec![0; LARGEST];
        let mut stopped = core.stopped();
        loop {
            let received = tokio::select! {
                received = self.socket.recv_from(&mut bytes) => received,
                () = stopped.wait() => return,
            };
            match received {
                Ok((length, from)) => {
                    if let Some(flow) = listener.flow(from) {
                        receive(&core, &bytes[..length], flow).await;
                    }
                }
                // What an earlier datagram came back with; the socket is as good as before.
                Err(error) => tracing::debug!(%error, "A datagram could not be received"),
            }
        }
    }
}

async fn receive(core: &Arc<Core>, bytes: &[u8], flow: Flow) {
    // Keep-alives (RFC 5626 §4.4.1), and what empty datagrams are sent for the same reason.
    if bytes
        .iter()
        .all(|byte| byte.is_ascii_whitespace() || *byte == 0)
    {
        return;
    }
    core.trace().received(&flow, bytes);
    match guard::read(bytes, false) {
        Arrival::Nothing(why) => tracing::debug!(from = %flow.remote, why, "A datagram is ignored"),
        arrival @ (Arrival::Message(_) | Arrival::Refused(..)) => core.arrived(arrival, flow).await,
    }
}

#[async_trait]
impl rsipstack::platform::net::UdpSocket for Sender {
    async fn recv_from(&self, _bytes: &mut [u8]) -> rsipstack::Result<(usize, SocketAddr)> {
        std::future::pending().await
    }

    async fn send_to(&self, bytes: &[u8], address: SocketAddr) -> rsipstack::Result<usize> {
        self.trace.sent(address, "UDP", bytes);
        match self.socket.try_send_to(bytes, address) {
            Ok(sent) => Ok(sent),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                tracing::debug!(%address, "No room for a datagram");
                Ok(bytes.len())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn local_addr(&self) -> rsipstack::Result<SocketAddr> {
        Ok(self.socket.local_addr()?)
    }
}
