//! The journal: the events that have left the ring, and those of earlier runs, on disk.
//!
//! A thread of its own writes what is published, so that nothing ever waits for the disk; if the disk
//! is too slow or full, the journal has gaps, and who reads over one is told so. Segments of records
//! with checksums are added to until they are full, and removed from the oldest on, by size and age.
//! What is written is the system's at once, so that a process that is killed loses only what it had
//! not yet written; when it is forced to disk is configured. What is damaged or torn at the end, as
//! by a power cut, is cut off at the next start; what is damaged elsewhere is left out and told.

mod history;
mod record;
mod segment;
#[cfg(test)]
mod tests;
mod writer;

pub(crate) use history::{History, Step};

use crate::hub::Hub;
use manager::{Missed, Resumed, Why};
use model::{Mark, Run};
use segment::Segment;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// journal.conf, [general]; read at the start only.
#[derive(Clone, Debug, PartialEq, Eq, conf::Settings)]
pub(crate) struct Settings {
    /// Whether events are kept on disk, in `journal` in `astvarlibdir`, so that sessions can resume what
    /// happened long ago or before a restart.
    pub(crate) enabled: bool,
    /// How much is kept, in MiB; the oldest leave first.
    #[setting(name = "maxsize", default = "256", min = 1, max = 1_048_576)]
    pub(crate) size: u64,
    /// For how long, in hours.
    #[setting(name = "maxage", default = "24", min = 1, max = 87_600)]
    pub(crate) age: u64,
    /// When what was written is forced to disk: `second`, once a second; `always`, after each write;
    /// `never`, when the system likes. It decides what a power cut loses; a process that is killed
    /// loses nothing of it.
    #[setting(default = "second")]
    pub(crate) sync: Sync,
}

/// When what was written is forced to disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sync {
    /// After each write.
    Always,
    /// Once a second.
    #[default]
    Second,
    /// When the system likes.
    Never,
}

impl FromStr for Sync {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text.to_ascii_lowercase().as_str() {
            "always" => Ok(Self::Always),
            "second" => Ok(Self::Second),
            "never" => Ok(Self::Never),
            _ => Err(()),
        }
    }
}

conf::value_from_str!(Sync => "second, always or never");

/// The journal of a node.
pub(crate) struct Journal {
    folder: PathBuf,
    settings: Settings,
    run: Run,
    segments: Mutex<Vec<Segment>>,
    closing: AtomicBool,
    pub(crate) figures: Figures,
}

/// What is counted of it.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    /// Bytes cut off at the start.
    pub(crate) cut: AtomicU64,
    /// Places where what was kept could not be read.
    pub(crate) damaged: AtomicU64,
    /// Writes that failed.
    pub(crate) failed: AtomicU64,
}

impl Journal {
    /// Opens the journal in this folder, for a run that would be called so. It is called otherwise if
    /// the clock has been set back since.
    pub(crate) fn open(folder: &Path, settings: Settings, run: Run) -> io::Result<Arc<Self>> {
        use std::os::unix::fs::DirBuilderExt as _;
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true).mode(0o700).create(folder)?;
        let mut segments = Segment::list(folder)?;
        let figures = Figures::default();
        let mut last = Run(0);
        if let Some(newest) = segments.last_mut() {
            last = newest.after.run;
            let cut = newest.cut()?;
            if cut > 0 {
                figures.cut.store(cut, Ordering::Relaxed);
                tracing::warn!(
                    "{}: {cut} bytes at the end are damaged or were not written in whole: cut off",
                    newest.path.display()
                );
            }
        }
        let journal = Self {
            folder: folder.to_owned(),
            settings,
            run: run.max(Run(last.0 + 1)),
            segments: Mutex::new(segments),
            closing: AtomicBool::new(false),
            figures,
        };
        journal.expire();
        Ok(Arc::new(journal))
    }

    /// The node's run.
    pub(crate) fn run(&self) -> Run {
        self.run
    }

    /// How many bytes are kept.
    pub(crate) fn bytes(&self) -> u64 {
        self.segments().iter().map(|segment| segment.bytes).sum()
    }

    /// What comes after this place, up to what the hub has, if there is more of it here.
    pub(crate) fn history(
        self: &Arc<Self>,
        hub: &Arc<Hub>,
        after: Mark,
    ) -> Option<(History, Resumed)> {
        let oldest = self.segments().first()?.after;
        if oldest >= hub.kept_after() {
            return None;
        }
        let place = after.max(oldest);
        let missed = (place > after).then(|| Missed {
            from: after.next(),
            to: place,
            why: Why::Expired,
        });
        let history = History::new(Arc::clone(self), Arc::clone(hub), place);
        Some((history, Resumed { place, missed }))
    }

    /// Removes what is too much or too old.
    fn expire(&self) {
        let limit = self.settings.size << 20;
        let age = Duration::from_secs(self.settings.age * 3600);
        let mut segments = self.segments();
        let mut bytes: u64 = segments.iter().map(|segment| segment.bytes).sum();
        while let Some(oldest) = segments.first() {
            let old = oldest.written.age() > age;
            let current = segments.len() == 1 && oldest.after.run == self.run;
            if !(old || bytes > limit) || current {
                break;
            }
            if let Err(error) = std::fs::remove_file(&oldest.path) {
                tracing::error!("{}: {error}: it stays", oldest.path.display());
                break;
            }
            bytes -= oldest.bytes;
            segments.remove(0);
        }
    }

    fn segments(&self) -> MutexGuard<'_, Vec<Segment>> {
        self.segments.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
