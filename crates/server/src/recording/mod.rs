//! Recordings: what the switch heard and said, or what sessions did, as one file that a person can
//! read and `switchroom replay` understands.
//!
//! * Of the switch (`--record FILE` at the start) everything that goes into it is kept, with the
//!   time and the seed, and the events as managers were told them. A fresh switch that is given the same
//!   tells the same, byte for byte. It begins with the switch: a state in mid-life (where each call is
//!   in its dialplan, what it waits for) is not written down, so nothing less could be replayed.
//! * Of sessions (`switchroom record` talks to a running server) their messages are kept: a
//!   conversation, to be read.
//!
//! A thread of its own writes, fed through a bounded queue. What it cannot take ends the recording,
//! with a message, and nothing else.

mod conversation;
mod line;
mod live;
mod reader;
mod replay;
mod scribe;
mod sheet;
#[cfg(test)]
mod tests;
mod wire;

pub(crate) use live::{Order, record, serve};
pub(crate) use replay::run as replay;
pub(crate) use wire::Wire;

use crate::hub::Batch;
use jiff::Timestamp;
use model::Now;
use scribe::Scribe;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use switch::Input;

/// What may wait to be written.
const WAITING: usize = 16_384;
/// How often the thread looks whether the recording is over.
const BEAT: Duration = Duration::from_millis(500);
/// Why a recording ends for which there is no room.
const TOO_MUCH: &str = "more happened at a time than could be written";
/// So many files of one name are told apart by a number.
const FILES: usize = 1_000;

/// The way to a recording under way.
pub(crate) struct Recorder {
    items: SyncSender<Item>,
    over: Arc<AtomicBool>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// What is recorded.
pub(crate) enum Item {
    /// The switch was made, with this seed.
    Switch(u64, Now),
    /// It was given this.
    Input(Now, Box<Input>),
    /// It told these.
    Events(Arc<Batch>),
    /// Sessions are recorded from now on; of one account, if it is said.
    Sessions(Option<String>),
    /// A session said or heard some bytes.
    Bytes(Timestamp, Speech, Box<[u8]>),
    /// A session is over.
    Left(Arc<str>),
    /// The recording ends, for this reason.
    End(&'static str),
}

/// Who speaks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Speech {
    /// The session.
    pub(crate) session: Arc<str>,
    /// Its client does; otherwise we do.
    pub(crate) client: bool,
}

impl Recorder {
    /// Begins a recording of at most so many bytes. `name` says in the log where it goes.
    pub(crate) fn start(
        out: impl Write + Send + 'static,
        name: String,
        size: u64,
    ) -> io::Result<Arc<Self>> {
        let (items, waiting) = sync_channel(WAITING);
        let over = Arc::<AtomicBool>::default();
        let scribe = Scribe::begin(out, size)?;
        let thread = {
            let over = Arc::clone(&over);
            let builder = std::thread::Builder::new().name("recorder".to_owned());
            builder.spawn(move || {
                match write(scribe, &waiting, &over) {
                    Ok((reason, true)) => tracing::info!("the recording {name} is over: {reason}"),
                    Ok((reason, false)) => tracing::error!("the recording {name} ends: {reason}"),
                    Err(error) => tracing::error!("the recording {name} is cut short: {error}"),
                }
                over.store(true, Ordering::Relaxed);
            })?
        };
        Ok(Arc::new(Self {
            items,
            over,
            thread: Mutex::new(Some(thread)),
        }))
    }

    /// Begins a recording in a file that is the owner's alone. One that is there is never written over:
    /// a number is put after the name.
    pub(crate) fn create(path: &Path, megabytes: u64) -> io::Result<Arc<Self>> {
        let (file, path) = create(path)?;
        let name = path.display().to_string();
        tracing::info!("what the switch hears and says is recorded in {name}");
        Self::start(file, name, megabytes << 20)
    }

    /// Records this, unless the recording is over. Never waits: it is over when there is no room.
    pub(crate) fn put(&self, item: Item) {
        if !self.over.load(Ordering::Relaxed) && self.items.try_send(item).is_err() {
            self.over.store(true, Ordering::Relaxed);
        }
    }

    /// Whether nothing more is recorded.
    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    /// Ends the recording and waits until it is written.
    pub(crate) fn end(&self, reason: &'static str) {
        let _ = self.items.send(Item::End(reason)); // it may be over
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

fn create(path: &Path) -> io::Result<(File, PathBuf)> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut next = path.to_owned();
    for number in 1..FILES {
        match options.open(&next) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                let mut name = path.as_os_str().to_owned();
                name.push(format!(".{number}"));
                next = name.into();
            }
            opened => return Ok((opened?, next)),
        }
    }
    Err(ErrorKind::AlreadyExists.into())
}

/// Writes until the recording is over; why it is, and whether all is there up to its end.
fn write(
    mut scribe: Scribe<impl Write>,
    items: &Receiver<Item>,
    over: &AtomicBool,
) -> io::Result<(&'static str, bool)> {
    let (reason, whole) = loop {
        let mut next = match items.recv_timeout(BEAT) {
            Ok(item) => Some(item),
            Err(RecvTimeoutError::Disconnected) => Some(Item::End("nobody is left")),
            Err(RecvTimeoutError::Timeout) => None,
        };
        if next.is_none() && over.load(Ordering::Relaxed) {
            break (TOO_MUCH, false);
        }
        let mut end = None;
        while let Some(item) = next.filter(|_| end.is_none()) {
            if let Item::End(reason) = item {
                end = Some((reason, true));
            } else if !scribe.write(item)? {
                end = Some(("it has reached its size", false));
            }
            next = items.try_recv().ok();
        }
        match end {
            Some((_, true)) if over.load(Ordering::Relaxed) => break (TOO_MUCH, false),
            Some(end) => break end,
            None => scribe.flush()?,
        }
    };
    scribe.end(reason, whole)?;
    Ok((reason, whole))
}
