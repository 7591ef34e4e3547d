//! The log: lines of seven levels, to the terminal and to the files of logger.conf.
//!
//! Whoever logs never waits for a disk: lines go through a bounded queue to a thread of their own.
//! When the queue is full they are dropped and counted, and the count is logged. What nobody gets
//! is not put in words at all.

mod level;
mod line;
mod writer;

pub(crate) use level::{Level, Levels, parse_levels};

use crate::faults::Faults;
use crate::log_conf::LogFile;
use line::{Text, line};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use tracing::span::{Attributes, Id};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Filter, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use writer::{Job, Writer};

/// Lines that may wait to be written.
const QUEUE: usize = 8192;
/// How long the end of the process waits for the last lines.
const FLUSH: Duration = Duration::from_secs(2);

/// The log's handle; the log is flushed when it is dropped.
pub(crate) struct Logger {
    lines: SyncSender<Job>,
    outlets: Mutex<Outlets>,
    wanted: Wanted,
    detail: Mutex<Detail>,
    faults: Arc<Faults>,
}

/// Who gets what.
#[derive(Clone, Default)]
pub(crate) struct Outlets {
    pub(crate) terminal: Levels,
    pub(crate) files: Vec<(PathBuf, Levels)>,
}

/// How much is told on the terminal, as -v and -d say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Detail {
    /// The log is not told there at all.
    pub(crate) mute: bool,
    pub(crate) verbose: u8,
    pub(crate) debug: u8,
}

impl Detail {
    fn levels(self) -> Levels {
        if self.mute {
            return Levels::new();
        }
        let mut levels = Levels::from([Level::Error, Level::Warning, Level::Notice]);
        if self.verbose > 0 {
            levels.insert(Level::Verbose);
        }
        if self.debug > 0 {
            levels.insert(Level::Debug);
        }
        levels
    }
}

/// Starts the log on the terminal; its files come with the configuration.
///
/// # Errors
/// When the thread cannot be started.
pub(crate) fn start(detail: Detail) -> io::Result<Logger> {
    let (lines, jobs) = sync_channel(QUEUE);
    let faults = Arc::<Faults>::default();
    let writer = Writer::new(Arc::clone(&faults));
    std::thread::Builder::new()
        .name("log".to_owned())
        .spawn(move || writer.run(&jobs))?;
    let wanted = Wanted::default();
    let layer = Lines {
        lines: lines.clone(),
        dropped: AtomicU64::new(0),
    }
    .with_filter(wanted.clone());
    // Tests start several; the first stays.
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer));
    let logger = Logger {
        lines,
        outlets: Mutex::default(),
        wanted,
        detail: Mutex::new(detail),
        faults,
    };
    logger.change_detail(|_| ());
    Ok(logger)
}

impl Logger {
    /// Changes how much is told on the terminal.
    pub(crate) fn change_detail<T>(&self, change: impl FnOnce(&mut Detail) -> T) -> T {
        let mut detail = self.detail.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = change(&mut detail);
        let levels = detail.levels();
        let _ = self.lines.send(Job::Terminal(levels.clone()));
        let mut outlets = self.outlets();
        outlets.terminal = levels;
        self.wanted.set(&outlets);
        changed
    }

    /// Writes to these files from now on; those it wrote to are opened anew, so that they may be
    /// rotated by others.
    pub(crate) fn write_to(&self, folder: &Path, files: &[LogFile]) {
        let files = files
            .iter()
            .map(|file| (folder.join(&file.name), file.levels.clone()));
        let files: Vec<_> = files.collect();
        let _ = self.lines.send(Job::Files(files.clone()));
        let mut outlets = self.outlets();
        outlets.files = files;
        self.wanted.set(&outlets);
    }

    /// Puts the files aside, each under its name with the next number, and begins new ones; whether
    /// that went well.
    pub(crate) async fn rotate(&self) -> bool {
        let (done, rotated) = oneshot::channel();
        self.lines.send(Job::Rotate(done)).is_ok() && rotated.await.unwrap_or(false)
    }

    /// What went wrong with its files.
    pub(crate) fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Who gets what now.
    pub(crate) fn shown(&self) -> Outlets {
        self.outlets().clone()
    }

    fn outlets(&self) -> MutexGuard<'_, Outlets> {
        self.outlets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Logger {
    fn drop(&mut self) {
        let (done, flushed) = sync_channel(1);
        if self.lines.send(Job::Flush(done)).is_ok() {
            let _ = flushed.recv_timeout(FLUSH);
        }
    }
}

/// The levels that anybody gets, a bit each.
#[derive(Clone, Default)]
struct Wanted(Arc<AtomicU8>);

impl Wanted {
    fn set(&self, outlets: &Outlets) {
        let files = outlets.files.iter().flat_map(|(_, levels)| levels);
        let bits = outlets
            .terminal
            .iter()
            .chain(files)
            .map(|level| 1 << *level as u8);
        self.0
            .store(bits.fold(0, |all, bit| all | bit), Ordering::Relaxed);
    }
}

impl<S: Subscriber> Filter<S> for Wanted {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        // The SIP library tells every message at info.
        let chatter =
            metadata.target().starts_with("rsipstack") && *metadata.level() > tracing::Level::WARN;
        let bit = 1 << Level::of(metadata) as u8;
        !chatter && self.0.load(Ordering::Relaxed) & bit != 0
    }
}

/// Makes lines of what is traced.
struct Lines {
    lines: SyncSender<Job>,
    dropped: AtomicU64,
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Lines {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut text = Text::default();
        attributes.record(&mut text);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(text);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let level = Level::of(event.metadata());
        let mut text = Text::default();
        event.record(&mut text);
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(Text { fields, .. }) = span.extensions().get() {
                text.fields.push_str(fields);
            }
        }
        let line = line(level, event.metadata().target(), &text);
        if self.lines.try_send(Job::Line(level, line)).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let dropped = self.dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            let message = format!("{dropped} lines did not fit in the log's queue");
            let text = Text {
                message,
                fields: String::new(),
            };
            let line = self::line(Level::Warning, "log", &text);
            let _ = self.lines.try_send(Job::Line(Level::Warning, line));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_it_is_told_within() {
        let (lines, jobs) = sync_channel(4);
        let dropped = AtomicU64::new(0);
        let layer = Lines { lines, dropped };
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::info_span!("channel", trace = 7, call_id = None::<&str>);
            let _within = span.entered();
            tracing::warn!(data = 1, "told");
        });
        let Ok(Job::Line(Level::Warning, line)) = jobs.try_recv() else {
            panic!("no line");
        };
        assert!(line.ends_with(": told data=1 trace=7\n"), "{line}");
    }
}
