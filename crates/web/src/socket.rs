//! What is asked of the system for each connection that is taken, whatever is spoken on it.

use socket2::{SockRef, TcpKeepalive};
use std::time::Duration;
use tokio::net::TcpStream;

/// A peer that is silent for so long is asked whether it is still there,
const IDLE: Duration = Duration::from_secs(60);
/// then so often,
const INTERVAL: Duration = Duration::from_secs(15);
/// and is gone if it leaves so many without an answer.
const PROBES: u32 = 4;
/// A peer that acknowledges nothing of what was sent, or has no room for it, is gone after this long.
const UNHEARD: Duration = Duration::from_secs(120);

/// Has answers go at once, as somebody waits for them, and finds out about peers that vanished without
/// a word. What cannot be set is missed by nobody at once.
pub fn prepare(stream: &TcpStream) {
    let socket = SockRef::from(stream);
    let keepalive = TcpKeepalive::new()
        .with_time(IDLE)
        .with_interval(INTERVAL)
        .with_retries(PROBES);
    let done = [
        socket.set_tcp_nodelay(true),
        socket.set_tcp_keepalive(&keepalive),
        socket.set_tcp_user_timeout(Some(UNHEARD)),
    ];
    for error in done.into_iter().filter_map(Result::err) {
        tracing::debug!(%error, "a connection is not set as it should be");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn the_system_looks_after_peers_that_vanish() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = TcpStream::connect(listener.local_addr().unwrap());
        let (taken, _peer) = tokio::join!(listener.accept(), peer);
        let (stream, _) = taken.unwrap();
        prepare(&stream);
        let socket = SockRef::from(&stream);
        assert!(socket.keepalive().unwrap());
        assert_eq!(socket.tcp_keepalive_time().unwrap(), IDLE);
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(UNHEARD));
    }
}
