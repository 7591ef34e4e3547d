//! Streams: who comes, and whom we call.

use super::{Flow, stream};
use crate::core::Core;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

/// How long to wait after a stream could not be accepted: the reasons (no file descriptors) pass.
const PAUSE: Duration = Duration::from_millis(100);
/// How long a stream may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// Streams that may wait to be accepted.
const BACKLOG: i32 = 1_024;

pub(crate) fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let domain = socket2::Domain::for_address(address);
    let socket = socket2::Socket::new(domain, socket2::Type::STREAM, Some(socket2::Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// Accepts streams until the end.
pub(crate) async fn serve(listener: TcpListener, core: Arc<Core>, local: SocketAddr) {
    let mut stopped = core.stopped();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopped.wait() => return,
        };
        match accepted {
            Ok((stream, _)) => {
                stream::adopt(stream, &core, local).await;
            }
            Err(error) => {
                tracing::warn!(%error, "A stream could not be accepted");
                sleep(PAUSE).await;
            }
        }
    }
}

/// The stream to an address: the one there is, or a new one.
pub(crate) async fn connect(
    core: &Arc<Core>,
    remote: SocketAddr,
    local: SocketAddr,
) -> Option<Flow> {
    if let Some(flow) = core.streams().find(remote) {
        return Some(flow);
    }
    match timeout(CONNECT, TcpStream::connect(remote)).await {
        Ok(Ok(stream)) => stream::adopt(stream, core, local).await,
        Ok(Err(error)) => {
            tracing::debug!(%remote, %error, "No stream could be made");
            None
        }
        Err(_) => None,
    }
}
