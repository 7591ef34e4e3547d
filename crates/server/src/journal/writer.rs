//! The thread that writes the journal.

use super::segment::{Segment, Written};
use super::{Journal, Sync, record};
use crate::bell::Bell;
use crate::hub::{Hub, Reader};
use ami::Classes;
use model::Mark;
use std::fs::File;
use std::future::poll_fn;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::runtime::Handle as Runtime;
use tokio::time::timeout;

/// So much is written at a time.
const PIECE: usize = 256 * 1024;
/// How long it is not tried again after the disk has refused.
const PAUSE: Duration = Duration::from_secs(5);
/// How often what was written is forced to disk, and what is old looked for.
const BEAT: Duration = Duration::from_secs(1);

impl Journal {
    /// Starts to write what is published from now on.
    pub(crate) fn start(self: &Arc<Self>, hub: &Arc<Hub>) -> io::Result<JoinHandle<()>> {
        let writer = Writer {
            journal: Arc::clone(self),
            reader: hub.subscribe(),
            bell: hub.bell(),
            last: hub.last(),
            file: None,
            synced: Instant::now(),
            dirty: false,
        };
        let runtime = Runtime::current();
        std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || writer.run(&runtime))
    }

    /// Has all that was published written, and the end of the run. Its thread ends then; the hub's
    /// bells must be rung for it.
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::SeqCst);
    }
}

struct Writer {
    journal: Arc<Journal>,
    reader: Reader,
    bell: Bell,
    /// The last event written or lost.
    last: Mark,
    file: Option<File>,
    synced: Instant,
    dirty: bool,
}

impl Writer {
    fn run(mut self, runtime: &Runtime) {
        let mut bytes = Vec::with_capacity(PIECE);
        loop {
            let closing = self.wait(runtime);
            let before = self.last;
            self.gather(&mut bytes);
            let ends = closing && !self.reader.is_behind();
            if ends {
                record::write_end(self.last, &mut bytes);
            }
            if !bytes.is_empty()
                && let Err(error) = self.write(&bytes, before)
            {
                self.fail(&error);
                if !closing {
                    std::thread::sleep(PAUSE);
                }
            }
            bytes.clear();
            self.keep_up(ends);
            if ends {
                return;
            }
        }
    }

    /// Waits until there is something to write, or time has gone by; whether the run ends.
    fn wait(&self, runtime: &Runtime) -> bool {
        let closing = || self.journal.closing.load(Ordering::SeqCst);
        let ready = poll_fn(|context| {
            self.bell.arm(context, Some(Classes::ALL));
            if self.reader.is_behind() || closing() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        });
        // Time that has gone by is a reason to look, too.
        let _ = runtime.block_on(async { timeout(BEAT, ready).await });
        closing()
    }

    fn gather(&mut self, bytes: &mut Vec<u8>) {
        while bytes.len() < PIECE {
            match self.reader.read() {
                Ok(None) => return,
                Ok(Some((batch, from))) => {
                    for event in batch.from(from) {
                        if !record::write_event(event, bytes) {
                            tracing::error!("event {} is too long to be kept", event.mark());
                        }
                        self.last = event.mark();
                    }
                }
                // The disk was too slow: who reads over the gap is told.
                Err(missed) => {
                    tracing::error!("the journal was too slow for {} events", missed.count());
                    self.last = missed.to;
                }
            }
        }
    }

    fn write(&mut self, bytes: &[u8], after: Mark) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let (segment, file) = Segment::begin(&self.journal.folder, after)?;
                self.journal.segments().push(segment);
                self.file.insert(file)
            }
        };
        file.write_all(bytes)?;
        self.dirty = true;
        let segment_size = (self.journal.settings.size << 20) / 16;
        let mut segments = self.journal.segments();
        if let Some(segment) = segments.last_mut() {
            segment.bytes += bytes.len() as u64;
            segment.written = Written::now();
            if segment.bytes >= segment_size {
                let full = self.file.take();
                drop(segments);
                full.map_or(Ok(()), |file| self.sync(&file))?;
                self.journal.expire();
            }
        }
        Ok(())
    }

    /// The disk refuses: what is not there in whole is cut off, and a new segment begun later.
    fn fail(&mut self, error: &io::Error) {
        self.journal.figures.failed.fetch_add(1, Ordering::Relaxed);
        tracing::error!(
            "{}: {error}: events are not kept",
            self.journal.folder.display()
        );
        let Some(mut file) = self.file.take() else {
            return;
        };
        let good = self.journal.segments().last().map(|segment| segment.bytes);
        let cut = good.map_or(Ok(()), |good| {
            file.set_len(good)?;
            file.seek(SeekFrom::Start(good)).map(drop)
        });
        if let Err(error) = cut {
            tracing::error!("{}: {error}", self.journal.folder.display());
        }
    }

    /// Forces to disk what is to be there by now, and removes what is old.
    fn keep_up(&mut self, ends: bool) {
        let rule = self.journal.settings.sync;
        let due = self.synced.elapsed() >= BEAT;
        let wanted = match rule {
            Sync::Always => true,
            Sync::Second => due || ends,
            Sync::Never => false,
        };
        if due {
            self.journal.expire();
            self.synced = Instant::now();
        }
        if wanted
            && self.dirty
            && let Some(file) = self.file.take()
        {
            match self.sync(&file) {
                Ok(()) => self.file = Some(file),
                Err(error) => {
                    self.file = Some(file);
                    self.fail(&error);
                }
            }
        }
    }

    fn sync(&mut self, file: &File) -> io::Result<()> {
        self.dirty = false;
        if self.journal.settings.sync == Sync::Never {
            return Ok(());
        }
        file.sync_data()
    }
}
