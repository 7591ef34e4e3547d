//! The control socket: one console command a connection, a line in, its output back.
//!
//! Who may open the socket may do everything, so its file is the owner's alone (0600).

use crate::console;
use crate::node::Node;
use crate::recording;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// The longest command, in bytes.
const COMMAND_LENGTH: u64 = 4096;
/// How many commands may run at a time; the next ones wait.
const AT_A_TIME: usize = 32;
/// How long a client may take to say its command, or to read a part of its output.
const PATIENCE: Duration = Duration::from_secs(10);

/// Opens the socket, replacing what a server before us left.
pub(crate) fn listen(path: &Path) -> io::Result<UnixListener> {
    match std::fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let listener = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(listener)
}

/// Serves commands until the task is dropped.
pub(crate) async fn serve(listener: UnixListener, node: Arc<Node>) {
    let places = Arc::new(Semaphore::new(AT_A_TIME));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let node = Arc::clone(&node);
                tokio::spawn(async move {
                    if let Err(error) = answer(stream, &node).await {
                        tracing::warn!(%error, "control socket");
                    }
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "control socket");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn answer(stream: UnixStream, node: &Arc<Node>) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    let mut bounded = (&mut stream).take(COMMAND_LENGTH);
    timeout(PATIENCE, bounded.read_line(&mut line)).await??;
    if recording::serve(stream.get_ref(), node, line.trim_end()).await? {
        return Ok(());
    }
    let answer = console::run(node, line.trim_end_matches(['\r', '\n'])).await;
    for part in answer.output.as_bytes().chunks(64 * 1024) {
        timeout(PATIENCE, stream.write_all(part)).await??;
    }
    timeout(PATIENCE, stream.shutdown()).await?
}

/// Has a command run by the server that listens there, and gives its output.
pub(crate) async fn ask(path: &Path, command: &str) -> io::Result<Vec<u8>> {
    let mut stream = UnixStream::connect(path).await?;
    stream
        .write_all(format!("{}\n", command.trim()).as_bytes())
        .await?;
    let mut output = Vec::new();
    stream.read_to_end(&mut output).await?;
    Ok(output)
}
