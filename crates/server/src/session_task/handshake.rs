//! What comes before a session: the agreement on encryption, and who is there.

use super::Ends;
use crate::node::Node;
use crate::sessions::Place;
use crate::stream::Stream;
use manager::{Certificate, Peer};
use model::Address;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

/// Agrees on encryption. Who does not manage it in time is gone without a word.
pub(super) async fn handshake(
    node: &Node,
    stream: TcpStream,
    config: Arc<ServerConfig>,
) -> Option<Stream> {
    let patience = node.configured().manager.settings.general.login_timeout;
    let patience = Duration::from_secs(patience.into());
    match timeout(patience, Box::pin(TlsAcceptor::from(config).accept(stream))).await {
        Ok(Ok(stream)) => Some(Stream::Tls(Box::new(stream))),
        Ok(Err(error)) => {
            tracing::debug!(%error, "TLS handshake");
            None
        }
        Err(_) => None,
    }
}

/// What the manager is told about the connection. Without entropy there is no session.
pub(super) fn peer(
    place: &Place,
    ends: Ends,
    certificate: Option<Arc<Certificate>>,
) -> Option<Peer> {
    let mut entropy = [0; 16];
    if let Err(error) = getrandom::fill(&mut entropy) {
        tracing::error!(%error, "the system has no entropy");
        return None;
    }
    let address = |socket| Address {
        transport: ends.transport,
        socket,
    };
    Some(Peer {
        session: format!("0x{:08x}", place.number()).into(),
        local: address(ends.local),
        remote: address(ends.remote),
        entropy: u128::from_ne_bytes(entropy),
        certificate,
    })
}
