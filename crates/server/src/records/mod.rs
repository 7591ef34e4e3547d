//! The writer of call records and of the channel event log, where they leave the node for files.
//!
//! A thread of its own writes, so no call waits for a disk. What cannot be written is told, counted
//! and tried again; what waits is bounded, and beyond the bound the newest are lost and counted.

mod csv;
mod custom;
mod lines;
mod outlets;
mod rows;
mod settings;
mod table;
mod template;

pub(crate) use csv::Csv;
pub(crate) use custom::Mapping;
pub(crate) use settings::{Batch, Custom, Settings};
#[cfg(test)]
pub(crate) use table::Master;
pub(crate) use table::Table;
pub(crate) use template::Subject;

use model::{CallRecord, Spool};
use outlets::Outlets;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Records that may wait for the thread.
const WAITING: usize = 16_384;
/// How long to wait before what could not be written is tried again.
const PATIENCE: Duration = Duration::from_secs(5);

/// The writer.
pub(crate) struct Records {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    woken: Condvar,
    counts: Counts,
    /// Whether call records are logged, too.
    debugged: AtomicBool,
}

/// What has been counted since the start.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    lost: AtomicU64,
    failures: AtomicU64,
}

#[derive(Default)]
struct Waiting {
    /// Call records, which may gather to a batch.
    records: VecDeque<Spool>,
    /// When the oldest of them came.
    since: Option<Instant>,
    /// The rest, which does not.
    events: VecDeque<Spool>,
    batch: Option<Batch>,
    /// Whether call records, and channel events, are written anywhere.
    wanted: (bool, bool),
    /// Settings that the thread has not taken over yet.
    settings: Option<Arc<Settings>>,
    /// Those that wait are to be written whether or not they make a batch.
    submitted: bool,
    closing: bool,
}

/// What the thread has to do next.
struct Turn {
    settings: Option<Arc<Settings>>,
    spooled: VecDeque<Spool>,
}

impl Records {
    /// Starts the thread.
    pub(crate) fn start(settings: Arc<Settings>) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        shared.configure(settings);
        let thread = {
            let shared = Arc::clone(&shared);
            let builder = std::thread::Builder::new().name("records".to_owned());
            builder.spawn(move || shared.run())?
        };
        let thread = Mutex::new(Some(thread));
        Ok(Self { shared, thread })
    }

    /// Takes a record; does not wait for the disk.
    pub(crate) fn take(&self, spooled: Spool) {
        if let Spool::Call(record) = &spooled
            && self.shared.debugged.load(Ordering::Relaxed)
        {
            tracing::info!("{}", told(record));
        }
        let mut waiting = self.shared.lock();
        if !waiting.wants(&spooled) {
            return;
        }
        if waiting.records.len() + waiting.events.len() == WAITING {
            drop(waiting);
            return self.shared.counts.lose(1);
        }
        match spooled {
            Spool::Call(_) => {
                waiting.since.get_or_insert_with(Instant::now);
                waiting.records.push_back(spooled);
            }
            Spool::Event(_) => waiting.events.push_back(spooled),
        }
        if waiting.is_due(Instant::now()) || waiting.records.len() == 1 {
            self.shared.woken.notify_one();
        }
    }

    /// Where and how they are written from now on.
    pub(crate) fn configure(&self, settings: Arc<Settings>) {
        self.shared.configure(settings);
    }

    /// Whether call records are logged from now on.
    pub(crate) fn debug(&self, on: bool) {
        self.shared.debugged.store(on, Ordering::Relaxed);
    }

    /// Has those that wait for their batch written now.
    pub(crate) fn submit(&self) {
        self.shared.lock().submitted = true;
        self.shared.woken.notify_one();
    }

    /// How many wait, and when at the latest they are written, if that is known.
    pub(crate) fn waiting(&self) -> (usize, Option<Duration>) {
        let waiting = self.shared.lock();
        let left = waiting.deadline().map(|due| due - Instant::now());
        (waiting.records.len(), left)
    }

    pub(crate) fn counts(&self) -> &Counts {
        &self.shared.counts
    }

    /// Writes what is left and ends.
    pub(crate) fn close(&self) {
        self.shared.lock().closing = true;
        self.shared.woken.notify_one();
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(thread) = thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Records {
    fn drop(&mut self) {
        self.close();
    }
}

impl Counts {
    /// Records that were never written.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Attempts to write that failed.
    pub(crate) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    fn lose(&self, records: u64) {
        let before = self.lost.fetch_add(records, Ordering::Relaxed);
        if before == 0 {
            tracing::error!("Call records are lost: too many wait to be written");
        }
    }

    fn fail(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn configure(&self, settings: Arc<Settings>) {
        self.debugged.store(settings.debug, Ordering::Relaxed);
        let mut waiting = self.lock();
        waiting.batch = settings.batch;
        waiting.wanted = (
            !settings.names().is_empty(),
            !settings.event_names().is_empty(),
        );
        waiting.settings = Some(settings);
        self.woken.notify_one();
    }

    fn run(&self) {
        let mut outlets = Outlets::default();
        let mut again = None;
        while let Some(turn) = self.next(again) {
            if let Some(settings) = turn.settings {
                outlets.configure(settings);
            }
            for spooled in &turn.spooled {
                outlets.take(spooled, &self.counts);
            }
            let written = outlets.write(&self.counts);
            again = (!written).then(|| Instant::now() + PATIENCE);
        }
    }

    /// Waits until there is something to write, at the latest until a failure is tried `again`;
    /// nothing is left when it ends.
    fn next(&self, again: Option<Instant>) -> Option<Turn> {
        let mut waiting = self.lock();
        loop {
            let now = Instant::now();
            let retried = again.is_some_and(|again| again <= now);
            if retried || waiting.settings.is_some() || waiting.is_due(now) {
                return Some(waiting.turn());
            }
            if waiting.closing {
                return None;
            }
            let due = waiting.deadline().into_iter().chain(again).min();
            waiting = match due {
                Some(due) => {
                    let woken = self.woken.wait_timeout(waiting, due - now);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
                None => {
                    let woken = self.woken.wait(waiting);
                    woken.unwrap_or_else(PoisonError::into_inner)
                }
            };
        }
    }
}

impl Waiting {
    /// Whether it is written anywhere.
    fn wants(&self, spooled: &Spool) -> bool {
        let (calls, events) = self.wanted;
        match spooled {
            Spool::Call(_) => calls,
            Spool::Event(_) => events,
        }
    }

    /// Whether there is something to be written now.
    fn is_due(&self, now: Instant) -> bool {
        !self.events.is_empty() || self.is_batch_due(now)
    }

    fn is_batch_due(&self, now: Instant) -> bool {
        let full = self
            .batch
            .is_none_or(|batch| self.records.len() >= batch.size);
        let late = self.deadline().is_some_and(|due| due <= now);
        !self.records.is_empty() && (full || late || self.submitted || self.closing)
    }

    /// When the batch that gathers is written, whether or not it is full.
    fn deadline(&self) -> Option<Instant> {
        Some(self.since? + self.batch?.time)
    }

    fn turn(&mut self) -> Turn {
        let mut spooled = VecDeque::new();
        if self.is_batch_due(Instant::now()) {
            self.since = None;
            self.submitted = false;
            spooled.append(&mut self.records);
        }
        spooled.append(&mut self.events);
        let settings = self.settings.take();
        Turn { settings, spooled }
    }
}

/// A call record in a line of the log.
fn told(record: &CallRecord) -> String {
    let CallRecord {
        sequence,
        channel,
        destination_channel,
        application,
        data,
        ..
    } = record;
    let other = if destination_channel.is_empty() {
        "nobody"
    } else {
        destination_channel
    };
    format!(
        "Call record {sequence}: {channel} with {other}, {application}({data}): {}, {} s, {} s billed",
        record.disposition.text(),
        record.duration(),
        record.billable,
    )
}

/// Whether a name is one of a file in a folder, and not a hidden one.
fn is_file_name(name: &str) -> bool {
    let harmless = |c: char| c != '/' && !c.is_control();
    let length = 1..=200; // bytes; a file system takes 255
    !name.starts_with('.') && length.contains(&name.len()) && name.chars().all(harmless)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn settings(folder: &Path, batch: Option<Batch>) -> Arc<Settings> {
        Arc::new(Settings {
            folder: folder.to_owned(),
            batch,
            csv: Some(Csv::default()),
            ..Settings::default()
        })
    }

    fn spooled() -> Spool {
        Spool::Call(csv::tests::record().into())
    }

    fn master(folder: &Path) -> String {
        std::fs::read_to_string(folder.join("cdr-csv/Master.csv")).unwrap_or_default()
    }

    #[test]
    fn a_record_is_logged_in_a_line() {
        let line = "Call record 7: PJSIP/alice-00000000 with PJSIP/bob-00000001, Dial(PJSIP/bob,20): \
                    NO ANSWER, 5 s, 0 s billed";
        assert_eq!(told(&csv::tests::record()), line);
    }

    #[test]
    fn settings_say_whether_records_are_logged() {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::start(settings(folder.path(), None)).unwrap();
        let is_on = || records.shared.debugged.load(Ordering::Relaxed);
        assert!(!is_on());
        records.debug(true);
        assert!(is_on());
        records.configure(settings(folder.path(), None));
        assert!(!is_on());
    }

    #[test]
    fn records_are_on_disk_when_it_has_closed() {
        let folder = tempfile::tempdir().unwrap();
        let records = Records::start(settings(folder.path(), None)).unwrap();
        for _ in 0..3 {
            records.take(spooled());
        }
        records.close();
        assert_eq!(master(folder.path()).lines().count(), 3);
        assert_eq!(records.counts().failures(), 0);
    }

    #[test]
    fn a_batch_waits_until_it_is_full_submitted_or_late() {
        let batch = Batch {
            size: 2,
            time: Duration::from_secs(100),
        };
        let now = Instant::now();
        let mut waiting = Waiting {
            batch: Some(batch),
            ..Waiting::default()
        };
        assert!(!waiting.is_due(now), "nothing to write");
        waiting.records.push_back(spooled());
        waiting.since = Some(now);
        assert!(!waiting.is_due(now));
        assert!(waiting.is_due(now + batch.time));
        waiting.submitted = true;
        assert!(waiting.is_due(now));
        waiting.submitted = false;
        waiting.records.push_back(spooled());
        assert!(waiting.is_due(now));
    }

    #[test]
    fn what_cannot_be_written_is_counted_and_written_later() {
        let folder = tempfile::tempdir().unwrap();
        let blocked = folder.path().join("cdr-csv");
        std::fs::write(&blocked, "no folder").unwrap();
        let mut outlets = Outlets::default();
        let counts = Counts::default();
        outlets.configure(settings(folder.path(), None));
        outlets.take(&spooled(), &counts);
        assert!(!outlets.write(&counts));
        assert_eq!(counts.failures(), 2, "the master and the account");
        std::fs::remove_file(&blocked).unwrap();
        assert!(outlets.write(&counts));
        assert_eq!(master(folder.path()).lines().count(), 1);
    }
}
