//! The thread that reads sound files ahead and keeps recordings, so that the media thread never waits
//! for the disk.

use crate::codec::RATE;
use crate::file::Sound;
use crate::{Settings, keep};
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

/// Playbacks that may wait to begin.
const QUEUE: usize = 1_024;
/// Pieces read ahead for each playback; a piece is half a second or so.
const AHEAD: usize = 4;
/// How often playbacks are fed: well below what is read ahead.
const PERIOD: Duration = Duration::from_millis(100);

/// What is to be played.
pub(crate) struct Order {
    pub(crate) files: Vec<Arc<str>>,
    pub(crate) language: Arc<str>,
    pub(crate) forever: bool,
    /// How far into the files to begin.
    pub(crate) offset: Duration,
}

/// A file that could not be played, and why.
pub(crate) type Failure = (Arc<str>, Arc<str>);

/// What the reader hands over.
#[derive(Debug)]
pub(crate) enum Piece {
    /// Samples at 8 kHz.
    Samples(Vec<i16>),
    /// That was all.
    End(Vec<Failure>),
}

/// The media thread's end. The reader ends when this is dropped.
pub(crate) struct Reader(SyncSender<Job>);

enum Job {
    Read(Box<Feeding>),
    File(Task, SyncSender<Piece>),
}

/// What there is to do about a file besides reading it.
pub(crate) enum Task {
    /// Keep these samples.
    Keep(Arc<str>, Vec<i16>),
    /// Add these samples to a recording.
    Append(Arc<str>, Vec<i16>),
    /// Look for it.
    Find(Arc<str>),
    /// Remove it.
    Remove(Arc<str>),
}

struct Feeding {
    order: Order,
    /// The file to open next.
    next: usize,
    current: Option<Sound>,
    /// Whether any file gave a sample since the first one began.
    sounded: bool,
    failed: Vec<Failure>,
    /// Samples still to leave out.
    skip: u64,
    /// What did not fit.
    ready: Option<Piece>,
    to: SyncSender<Piece>,
}

impl Reader {
    pub(crate) fn start(settings: Settings) -> io::Result<Self> {
        let (sender, orders) = sync_channel(QUEUE);
        thread::Builder::new()
            .name("media-reader".to_owned())
            .spawn(move || run(&settings, &orders))?;
        Ok(Self(sender))
    }

    /// Begins to read; the pieces come on the receiver, dropping it ends the reading. Gives the
    /// order back when there is no room for it.
    pub(crate) fn read(&self, order: Order) -> Result<Receiver<Piece>, Order> {
        let (to, pieces) = sync_channel(AHEAD);
        let skip = order.offset.as_millis() * u128::from(RATE) / 1_000;
        let feeding = Feeding {
            order,
            skip: u64::try_from(skip).unwrap_or(u64::MAX),
            next: 0,
            current: None,
            sounded: false,
            failed: Vec::new(),
            ready: None,
            to,
        };
        match self.0.try_send(Job::Read(Box::new(feeding))) {
            Ok(()) => Ok(pieces),
            Err(TrySendError::Full(job) | TrySendError::Disconnected(job)) => match job {
                Job::Read(feeding) => Err(feeding.order),
                Job::File(..) => Ok(pieces),
            },
        }
    }

    /// Adds to a recording; gives the samples back when there is no room for it.
    pub(crate) fn append(&self, file: Arc<str>, samples: Vec<i16>) -> Result<(), Vec<i16>> {
        let (to, _) = sync_channel(1);
        let job = Job::File(Task::Append(file, samples), to);
        match self.0.try_send(job) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(job) | TrySendError::Disconnected(job)) => match job {
                Job::File(Task::Append(_, samples), _) => Err(samples),
                Job::File(..) | Job::Read(_) => Ok(()),
            },
        }
    }

    /// Begins something else; its end comes on the receiver. None if there is no room for it.
    pub(crate) fn begin(&self, task: Task) -> Option<Receiver<Piece>> {
        let (to, pieces) = sync_channel(1);
        let sent = self.0.try_send(Job::File(task, to));
        sent.is_ok().then_some(pieces)
    }
}

impl Task {
    fn carry_out(self, settings: &Settings) -> Piece {
        let (name, done) = match self {
            Self::Keep(name, samples) => {
                let kept = keep::keep(settings, &name, &samples);
                (name, kept)
            }
            Self::Append(name, samples) => {
                let added = keep::append(settings, &name, &samples);
                if let Err(reason) = &added {
                    tracing::warn!(%name, %reason, "A recording is not complete");
                }
                (name, added)
            }
            Self::Find(name) => {
                let found = keep::look_for(settings, &name);
                (name, found)
            }
            Self::Remove(name) => {
                keep::remove(settings, &name);
                (name, Ok(()))
            }
        };
        let failed = done.err().map(|reason| (name, reason.into()));
        Piece::End(failed.into_iter().collect())
    }
}

fn run(settings: &Settings, orders: &Receiver<Job>) {
    let mut feedings: Vec<Feeding> = Vec::new();
    let mut due = Instant::now();
    loop {
        let order = if feedings.is_empty() {
            orders.recv().map_err(RecvTimeoutError::from)
        } else {
            orders.recv_timeout(due.saturating_duration_since(Instant::now()))
        };
        match order {
            Ok(Job::File(task, to)) => {
                // Whoever asked may have gone.
                let _ = to.try_send(task.carry_out(settings));
            }
            Ok(Job::Read(mut feeding)) => {
                if feeding.feed(settings) {
                    feedings.push(*feeding);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if due <= Instant::now() {
            feedings.retain_mut(|feeding| feeding.feed(settings));
            due = Instant::now() + PERIOD;
        }
    }
}

impl Feeding {
    /// Reads as far ahead as there is room; `false` when there is nothing more to do.
    fn feed(&mut self, settings: &Settings) -> bool {
        loop {
            let piece = match self.ready.take() {
                Some(piece) => piece,
                None => self.piece(settings),
            };
            let last = matches!(piece, Piece::End(_));
            match self.to.try_send(piece) {
                Ok(()) if last => return false,
                Ok(()) => {}
                Err(TrySendError::Full(piece)) => {
                    self.ready = Some(piece);
                    return true;
                }
                Err(TrySendError::Disconnected(_)) => return false,
            }
        }
    }

    fn piece(&mut self, settings: &Settings) -> Piece {
        loop {
            if let Some(sound) = &mut self.current {
                match sound.piece() {
                    Ok(samples) if !samples.is_empty() => {
                        self.sounded = true;
                        return Piece::Samples(samples);
                    }
                    Ok(_) => {}
                    Err(reason) => self.fail(reason),
                }
                self.current = None;
            }
            if self.next == self.order.files.len() && self.order.forever && self.sounded {
                (self.next, self.sounded) = (0, false);
                self.failed.clear();
            }
            let Some(name) = self.order.files.get(self.next) else {
                return Piece::End(std::mem::take(&mut self.failed));
            };
            let opened = Sound::open(settings, &self.order.language, name);
            self.next += 1;
            let opened = opened.and_then(|mut sound| {
                self.skip -= sound.skip(self.skip)?;
                Ok(sound)
            });
            match opened {
                Ok(sound) => self.current = Some(sound),
                Err(reason) => self.fail(reason),
            }
        }
    }

    /// The file just opened or read failed.
    fn fail(&mut self, reason: String) {
        if let Some(name) = self.order.files.get(self.next.saturating_sub(1)) {
            self.failed.push((Arc::clone(name), reason.into()));
        }
    }
}
