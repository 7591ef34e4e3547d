//! A stream of messages: where each ends, and what goes out.

use super::Flow;
use super::guard::{self, Arrival, BODY_LIMIT, HEAD_LIMIT};
use crate::core::Core;
use crate::settings::Protocol;
use rsipstack::sip::Transport;
use rsipstack::transport::channel::ChannelConnection;
use rsipstack::transport::{SipAddr, SipConnection, TransportEvent};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::{Instant, timeout};

/// Streams open at one time.
const MOST: usize = 1_024;
/// How long a stream may be silent.
const IDLE: Duration = Duration::from_secs(900);
/// How long the rest of a message may take, and how long one may take to be sent.
const PATIENCE: Duration = Duration::from_secs(10);
/// Messages that may wait to be sent; a far end that takes none is given up.
const WAITING: usize = 1_024;

/// The streams there are, by their far end.
#[derive(Default)]
pub(crate) struct Streams(Mutex<HashMap<SocketAddr, Flow>>);

impl Streams {
    /// The stream to an address, if there is one.
    pub(crate) fn find(&self, remote: SocketAddr) -> Option<Flow> {
        self.lock().get(&remote).cloned()
    }

    fn add(&self, flow: &Flow) -> bool {
        let mut streams = self.lock();
        let room = streams.len() < MOST;
        if room {
            streams.insert(flow.remote, flow.clone());
        }
        room
    }

    fn remove(&self, remote: SocketAddr) {
        self.lock().remove(&remote);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<SocketAddr, Flow>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a stream into service. `None` if there are too many.
pub(crate) async fn adopt(stream: TcpStream, core: &Arc<Core>, local: SocketAddr) -> Option<Flow> {
    let remote = stream.peer_addr().ok()?;
    stream.set_nodelay(true).ok()?;
    let (sender, outgoing) = unbounded_channel();
    let (_, nothing) = unbounded_channel();
    let address = SipAddr {
        r#type: Some(Transport::Tcp),
        addr: remote.into(),
    };
    let connection = ChannelConnection::create_connection(nothing, sender, address, None)
        .await
        .ok()?;
    let flow = Flow {
        connection: SipConnection::Channel(connection),
        remote,
        local,
        protocol: Protocol::Tcp,
    };
    if !core.streams().add(&flow) {
        tracing::warn!(%remote, "Too many streams: one is refused");
        return None;
    }
    let (reader, writer) = stream.into_split();
    let (core, served) = (Arc::clone(core), flow.clone());
    tokio::spawn(async move {
        let mut stopped = core.stopped();
        tokio::select! {
            () = read(reader, &core, &served) => {}
            () = write(writer, outgoing, &core, &served) => {}
            () = stopped.wait() => {}
        }
        core.streams().remove(remote);
    });
    Some(flow)
}

/// Reads messages until the stream ends or is not understood: after that there is no telling where
/// the next one begins.
async fn read(mut reader: OwnedReadHalf, core: &Arc<Core>, flow: &Flow) {
    let mut buffer = Vec::new();
    let mut deadline = Instant::now() + IDLE;
    loop {
        let mut chunk = [0; 4096];
        let Ok(Ok(length)) = tokio::time::timeout_at(deadline, reader.read(&mut chunk)).await
        else {
            return;
        };
        if length == 0 {
            return;
        }
        let was_empty = buffer.is_empty();
        buffer.extend_from_slice(&chunk[..length]);
        loop {
            // Line ends between messages are keep-alives (RFC 3261 §7.5, RFC 5626 §4.4.1).
            let blank = buffer
                .iter()
                .take_while(|byte| matches!(byte, b'\r' | b'\n'))
                .count();
            buffer.drain(..blank);
            match message_length(&buffer) {
                Ok(Some(length)) => {
                    let message: Vec<u8> = buffer.drain(..length).collect();
                    core.trace().received(flow, &message);
                    match guard::read(&message, true) {
                        Arrival::Nothing(why) => {
                            tracing::debug!(from = %flow.remote, why, "A message is ignored");
                        }
                        arrival @ (Arrival::Message(_) | Arrival::Refused(..)) => {
                            core.arrived(arrival, flow.clone()).await
                        }
                    }
                }
                Ok(None) => break,
                Err(why) => {
                    tracing::debug!(from = %flow.remote, why, "A stream is closed");
                    return;
                }
            }
        }
        if buffer.is_empty() {
            deadline = Instant::now() + IDLE;
        } else if was_empty {
            deadline = Instant::now() + PATIENCE;
        }
    }
}

/// How long the first message is; `None` if that is not known yet.
fn message_length(buffer: &[u8]) -> Result<Option<usize>, &'static str> {
    let Some(head) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else {
        return if buffer.len() > HEAD_LIMIT {
            Err("the head of a message is too long")
        } else {
            Ok(None)
        };
    };
    if head > HEAD_LIMIT {
        return Err("the head of a message is too long");
    }
    let text = String::from_utf8_lossy(&buffer[..head]);
    let lengths = text
        .split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .filter(|(name, _)| {
            let name = name.trim_end();
            name.eq_ignore_ascii_case("content-length") || name.eq_ignore_ascii_case("l")
        });
    let lengths: Vec<&str> = lengths.map(|(_, value)| value.trim()).collect();
    let body: usize = match lengths.as_slice() {
        [] => 0,
        [first, rest @ ..] if rest.iter().all(|other| other == first) => {
            first.parse().map_err(|_| "the length of a body is none")?
        }
        _ => return Err("the length of a body is told twice"),
    };
    if body > BODY_LIMIT {
        return Err("a body is too long");
    }
    let whole = head + 4 + body;
    Ok((buffer.len() >= whole).then_some(whole))
}

/// Writes what is to be sent until the stream ends, or the far end takes nothing for too long.
async fn write(
    mut writer: OwnedWriteHalf,
    mut outgoing: UnboundedReceiver<TransportEvent>,
    core: &Arc<Core>,
    flow: &Flow,
) {
    while let Some(event) = outgoing.recv().await {
        let TransportEvent::Incoming(message, ..) = event else {
            continue;
        };
        let bytes = message.to_bytes();
        core.trace().sent(flow.remote, "TCP", &bytes);
        if outgoing.len() > WAITING {
            tracing::warn!(remote = %flow.remote, "A stream that takes nothing is closed");
            return;
        }
        match timeout(PATIENCE, writer.write_all(&bytes)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::message_length;

    #[test]
    fn messages_end_where_they_say() {
        assert_eq!(
            message_length(b"OPTIONS x SIP/2.0\r\nl: 3\r\n\r\nabcdef"),
            Ok(Some(30))
        );
        assert_eq!(
            message_length(b"OPTIONS x SIP/2.0\r\nContent-Length: 9\r\n\r\nabcdef"),
            Ok(None)
        );
        assert_eq!(
            message_length(b"OPTIONS x SIP/2.0\r\n\r\nrest"),
            Ok(Some(21))
        );
        assert_eq!(message_length(b"OPTIONS x SIP/2.0\r\n"), Ok(None));
    }

    #[test]
    fn what_has_no_end_is_given_up() {
        assert!(message_length(&vec![b'a'; 20_000]).is_err());
        assert!(message_length(b"OPTIONS x SIP/2.0\r\nl: x\r\n\r\n").is_err());
        assert!(message_length(b"OPTIONS x SIP/2.0\r\nl: 1\r\nl: 2\r\n\r\n").is_err());
        assert!(message_length(b"OPTIONS x SIP/2.0\r\nl: 99999999\r\n\r\n").is_err());
    }
}
