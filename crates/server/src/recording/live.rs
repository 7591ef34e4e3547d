//! `switchroom record`: the sessions of a running server, recorded over its control socket.
//!
//! The server writes the recording into the socket, and who asked for it into a file, with their own
//! rights. It ends when they say nothing more, however that comes.

use super::line::Line;
use super::{Item, Recorder};
use crate::node::Node;
use std::fs::OpenOptions;
use std::io::{self, Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::fs::File;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, BufWriter};
use tokio::net::UnixStream;
use tokio::net::unix::OwnedWriteHalf;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::sleep;

/// What is said on the control socket to have sessions recorded; no console command begins so. The
/// size in megabytes follows, and whose they are, if not everybody's.
const REQUEST: &str = "@record";
/// How long who records may take to read a part of it.
const PATIENCE: Duration = Duration::from_secs(10);
/// How the last line begins, after its checksum.
const END: &[u8] = b"{\"End\"";
const CHECKSUM: usize = 9;

/// Serves a recording, if that is what is asked for; false if it is not.
pub(crate) async fn serve(stream: &UnixStream, node: &Arc<Node>, line: &str) -> io::Result<bool> {
    let Some(request) = line.strip_prefix(REQUEST) else {
        return Ok(false);
    };
    let (size, whose) = request
        .trim()
        .split_once(' ')
        .unwrap_or((request.trim(), ""));
    let size = size.parse::<u64>().unwrap_or(1) << 20;
    let whose = Some(whose.trim().to_owned()).filter(|whose| !whose.is_empty());
    let stream = std::os::unix::net::UnixStream::from(
        std::os::fd::AsFd::as_fd(stream).try_clone_to_owned()?,
    );
    let node = Arc::clone(node);
    // It waits for the other end, where that holds nobody up.
    let served = tokio::task::spawn_blocking(move || record_into(&stream, &node, size, whose));
    served.await??;
    Ok(true)
}

fn record_into(
    mut stream: &std::os::unix::net::UnixStream,
    node: &Node,
    size: u64,
    whose: Option<String>,
) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let name = match &whose {
        Some(whose) => format!("of the sessions of {whose}"),
        None => "of all sessions".to_owned(),
    };
    let recorder = Recorder::start(stream.try_clone()?, name, size)?;
    if node.wire.open(&recorder, whose.clone()) {
        recorder.put(Item::Sessions(whose));
    } else {
        recorder.end("another recording is under way");
        return stream.shutdown(Shutdown::Both);
    }
    // Nothing more is said: it is to end.
    let _ = stream.read(&mut [0]);
    node.wire.close("it was asked to end");
    stream.shutdown(Shutdown::Both)
}

/// What is to be recorded, and where.
pub(crate) struct Order<'a> {
    /// The control socket of the server.
    pub(crate) socket: &'a Path,
    /// The account or the session; all if not said.
    pub(crate) whose: Option<&'a str>,
    /// For how long; until it is interrupted if not said.
    pub(crate) time: Option<Duration>,
    /// At most so many megabytes.
    pub(crate) size: u64,
    /// A new file.
    pub(crate) file: &'a Path,
}

/// Records sessions of a running server; what came of it.
///
/// # Errors
/// When no server answers, or the file cannot be written.
pub(crate) fn record(order: &Order<'_>) -> Result<String, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(fetch(order))
}

async fn fetch(order: &Order<'_>) -> Result<String, String> {
    let name = order.file.display();
    let in_file = |error: io::Error| format!("{name}: {error}");
    let lost = |error: io::Error| format!("the server is gone: {error}");
    let mut stream = UnixStream::connect(order.socket).await.map_err(|error| {
        let socket = order.socket.display();
        format!("no server answers on {socket}: {error} (does it run, and may you talk to it?)")
    })?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut file = BufWriter::new(File::from_std(options.open(order.file).map_err(in_file)?));
    let request = format!(
        "{REQUEST} {} {}\n",
        order.size,
        order.whose.unwrap_or_default()
    );
    stream.write_all(request.as_bytes()).await.map_err(lost)?;
    let (read, write) = stream.into_split();
    let interrupted = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
    tokio::spawn(end(write, interrupted, order.time));
    let mut read = BufReader::new(read);
    read.fill_buf().await.map_err(lost)?;
    let _ = writeln!(io::stderr(), "{name}: recording; interrupt it to end");
    let mut line = Vec::new();
    while read.read_until(b'\n', &mut line).await.map_err(lost)? > 0 {
        file.write_all(&line).await.map_err(in_file)?;
        let text = line.get(CHECKSUM..).unwrap_or_default();
        let is_last = text.starts_with(END);
        if is_last || read.buffer().is_empty() {
            file.flush().await.map_err(in_file)?;
        }
        if is_last {
            return Ok(format!("{name}: {}", reason(text)));
        }
        line.clear();
    }
    file.flush().await.map_err(in_file)?;
    Err(format!("{name}: it breaks off: the server is gone"))
}

/// Says that nothing more is wanted, when the time has come or somebody interrupts.
async fn end(mut write: OwnedWriteHalf, mut interrupted: Signal, time: Option<Duration>) {
    let time_is_up = async {
        match time {
            Some(time) => sleep(time).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = time_is_up => {}
        _ = interrupted.recv() => {}
    }
    let _ = write.shutdown().await; // the server may have said its last
}

/// Why the recording ended, as its last line says.
fn reason(text: &[u8]) -> String {
    match serde_json::from_slice(text) {
        Ok(Line::End { reason, .. }) => reason,
        _ => "the recording is over".to_owned(),
    }
}
