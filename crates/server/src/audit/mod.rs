//! The audit log: who did what, from where, with what outcome; one JSON object a line, chained so that
//! an edit or a cut is found (`switchroom audit verify FILE`).
//!
//! A thread of its own writes. Who has something to tell never waits: what a disk refuses is tried again,
//! what finds no room is counted, and the count is an entry itself.

mod chain;
mod writer;

use crate::faults::Faults;
use jiff::Timestamp;
use manager::Audit;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use writer::Writer;

/// Entries that may wait.
const WAITING: usize = 8192;
/// Entries that are written at a time.
const BATCH: usize = 256;
/// How long to wait before the disk is tried again.
const PATIENCE: Duration = Duration::from_secs(5);

/// The way to the audit log.
pub(crate) struct AuditLog {
    jobs: Mutex<Option<SyncSender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    lost: Arc<AtomicU64>,
    faults: Arc<Faults>,
}

enum Job {
    Entry(Timestamp, Box<Audit>),
    /// Where to write from now on; nowhere if not said.
    File(Option<PathBuf>),
}

impl AuditLog {
    /// Starts the thread, which writes nowhere yet.
    pub(crate) fn start() -> std::io::Result<Self> {
        let (jobs, waiting) = sync_channel(WAITING);
        let lost = Arc::new(AtomicU64::new(0));
        let faults = Arc::<Faults>::default();
        let thread = {
            let (lost, faults) = (Arc::clone(&lost), Arc::clone(&faults));
            let builder = std::thread::Builder::new().name("audit".to_owned());
            builder.spawn(move || run(&waiting, &lost, &faults))?
        };
        Ok(Self {
            jobs: Mutex::new(Some(jobs)),
            thread: Mutex::new(Some(thread)),
            lost,
            faults,
        })
    }

    /// What went wrong with its file.
    pub(crate) fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Writes to this file from now on.
    pub(crate) fn configure(&self, file: Option<PathBuf>) {
        let jobs = self
            .jobs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if let Some(jobs) = jobs {
            let _ = jobs.send(Job::File(file)); // it has ended
        }
    }

    /// Takes an entry, if there is room.
    pub(crate) fn take(&self, at: Timestamp, entry: Box<Audit>) {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = jobs
            .as_ref()
            .map(|jobs| jobs.try_send(Job::Entry(at, entry)));
        if !matches!(taken, Some(Ok(()))) {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Writes what is left and ends.
    pub(crate) fn close(&self) {
        self.jobs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
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

/// The log as its thread keeps it.
struct Log<'a> {
    /// Where it is to be.
    path: Option<PathBuf>,
    /// None if it is to be nowhere, or could not be opened yet.
    writer: Option<Writer>,
    /// Entries that wait until the disk takes them, at most [`WAITING`].
    waiting: Vec<Map<String, Value>>,
    lost: &'a AtomicU64,
    faults: &'a Faults,
}

fn run(jobs: &Receiver<Job>, lost: &AtomicU64, faults: &Faults) {
    let mut log = Log {
        path: None,
        writer: None,
        waiting: Vec::new(),
        lost,
        faults,
    };
    let mut again: Option<Instant> = None;
    loop {
        let job = match again {
            None => jobs.recv().map_err(RecvTimeoutError::from),
            Some(again) => jobs.recv_timeout(again.saturating_duration_since(Instant::now())),
        };
        let ends = matches!(job, Err(RecvTimeoutError::Disconnected));
        let next = || jobs.try_recv().ok();
        job.into_iter()
            .chain(std::iter::from_fn(next).take(BATCH))
            .for_each(|job| log.take(job));
        if ends || again.is_none_or(|again| again <= Instant::now()) {
            let written = log.write();
            again = (!written).then(|| Instant::now() + PATIENCE);
        }
        if ends {
            return;
        }
    }
}

impl Log<'_> {
    fn take(&mut self, job: Job) {
        match job {
            Job::Entry(at, audit) => {
                if self.waiting.len() == WAITING {
                    self.lost.fetch_add(1, Ordering::Relaxed);
                } else if self.path.is_some() {
                    self.waiting.push(entry(at, &audit));
                }
            }
            Job::File(file) if file != self.path => {
                self.write();
                self.waiting.clear();
                self.writer = None;
                self.path = file;
            }
            Job::File(_) => {}
        }
    }

    /// Writes what waits; whether nothing is left to be tried again.
    fn write(&mut self) -> bool {
        let Some(path) = self.path.clone() else {
            return true;
        };
        match self.try_write(&path) {
            Ok(()) => {
                if self.faults.succeed() {
                    tracing::info!("the audit log {} is written again", path.display());
                }
                true
            }
            Err(error) => {
                if self.faults.fail() {
                    tracing::error!(%error, "the audit log {} cannot be written; it is tried again", path.display());
                }
                false
            }
        }
    }

    fn try_write(&mut self, path: &Path) -> std::io::Result<()> {
        let writer = match &mut self.writer {
            Some(writer) => writer,
            None => {
                let opened = Writer::open(path, &Timestamp::now().to_string(), self.faults)?;
                self.writer.insert(opened)
            }
        };
        let gone = self.lost.load(Ordering::Relaxed);
        let mut entries = std::mem::take(&mut self.waiting);
        let count = entries.len();
        if gone > 0 {
            let mut entry = Map::new();
            entry.insert("what".to_owned(), "lost".into());
            entry.insert("count".to_owned(), gone.into());
            entries.push(entry);
        }
        if entries.is_empty() {
            return Ok(());
        }
        let written = writer.write(&entries);
        match &written {
            Ok(()) => _ = self.lost.fetch_sub(gone, Ordering::Relaxed),
            Err(_) => {
                entries.truncate(count);
                self.waiting = entries;
            }
        }
        written
    }
}

fn entry(at: Timestamp, audit: &Audit) -> Map<String, Value> {
    let mut entry = Map::new();
    let mut put = |name: &str, value: &str| {
        if !value.is_empty() {
            entry.insert(name.to_owned(), value.into());
        }
    };
    put("time", &at.to_string());
    put("account", &audit.account);
    put("from", &audit.from);
    put("session", &audit.session);
    put("action", &audit.action);
    put("id", &audit.action_id);
    put("outcome", &audit.outcome);
    if !audit.about.is_empty() {
        let about = audit
            .about
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        entry.insert("about".to_owned(), about.collect::<Vec<_>>().into());
    }
    entry
}

/// `switchroom audit verify FILE`: whether a file is as it was written, in words.
pub(crate) fn verify(path: &Path) -> Result<String, String> {
    let name = path.display();
    let bytes = std::fs::read(path).map_err(|error| format!("{name}: {error}"))?;
    let text = String::from_utf8(bytes).map_err(|_| format!("{name}: it is not text"))?;
    let seal = std::fs::read_to_string(chain::seal(path)).ok();
    let sound = chain::verify(&text, seal.as_deref()).map_err(|why| format!("{name}: {why}"))?;
    let (first, last) = (sound.first, &sound.last);
    let mut told = format!(
        "{name}: sound. Entries {first} to {}, the last {}.\n",
        last.number, last.hash
    );
    if sound.torn > 0 {
        told += &format!(
            "{} bytes at its end were not finished when the server was killed.\n",
            sound.torn
        );
    }
    Ok(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn audit(account: &str) -> Box<Audit> {
        Box::new(Audit {
            account: account.to_owned(),
            from: "tcp/192.0.2.1:5".to_owned(),
            session: "1".to_owned(),
            action: "Hangup".to_owned(),
            action_id: String::new(),
            about: vec![("Channel", "PJSIP/1".to_owned())],
            outcome: "Success: Channel Hungup".to_owned(),
        })
    }

    fn written(path: &Path, accounts: &[&str]) {
        let log = AuditLog::start().unwrap();
        log.configure(Some(path.to_owned()));
        for account in accounts {
            log.take(Timestamp::UNIX_EPOCH, audit(account));
        }
        log.close();
    }

    #[test]
    fn runs_follow_each_other_and_edits_cuts_and_kills_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        written(&path, &["alice", "bob"]);
        written(&path, &["carol"]);
        assert!(
            verify(&path).unwrap().contains("Entries 1 to 5"),
            "{:?}",
            verify(&path)
        );
        let whole = std::fs::read_to_string(&path).unwrap();
        assert!(
            whole.contains(r#""about":["Channel=PJSIP/1"],"account":"bob""#),
            "{whole}"
        );
        // A kill in the middle of a line.
        std::fs::write(&path, format!("{whole}{{\"acc")).unwrap();
        assert!(verify(&path).unwrap().contains("5 bytes at its end"));
        written(&path, &["dave"]);
        assert!(verify(&path).unwrap().contains("Entries 1 to 7"));
        // An edit.
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("alice", "mallory")).unwrap();
        assert!(
            verify(&path)
                .unwrap_err()
                .contains("line 2: it, or a line before it")
        );
        // A cut, also after the server has gone on.
        std::fs::write(&path, &whole).unwrap();
        assert!(verify(&path).unwrap_err().contains("6 to 7 are cut off"));
        written(&path, &["erin"]);
        assert!(
            verify(&path)
                .unwrap_err()
                .contains("had been cut off before it")
        );
    }

    #[test]
    fn whatever_is_cut_or_flipped_it_goes_on_and_verifying_finds_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.jsonl");
        written(&path, &["alice", "bob", "carol"]);
        let (whole, seal) = (
            std::fs::read(&path).unwrap(),
            std::fs::read(chain::seal(&path)).unwrap(),
        );
        for at in (0..whole.len()).step_by(61) {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x80; // no text any more
            for damaged in [&whole[..at], &flipped] {
                std::fs::write(&path, damaged).unwrap();
                std::fs::write(chain::seal(&path), &seal).unwrap();
                let faults = Faults::default();
                let mut writer = Writer::open(&path, "now", &faults).unwrap();
                writer
                    .write(&[entry(Timestamp::UNIX_EPOCH, &audit("dave"))])
                    .unwrap();
                assert!(verify(&path).is_err(), "at {at}");
                let text = std::fs::read(&path).unwrap();
                assert!(!text.contains(&0), "at {at}");
                std::fs::remove_file(&path).unwrap();
            }
        }
    }

    #[test]
    fn what_a_disk_refuses_is_written_when_it_takes_it_again() {
        let folder = tempfile::tempdir().unwrap();
        let blocked = folder.path().join("folder");
        std::fs::write(&blocked, "no folder").unwrap();
        let path = blocked.join("audit.jsonl");
        let (lost, faults) = (AtomicU64::new(0), Faults::default());
        let mut log = Log {
            path: Some(path.clone()),
            writer: None,
            waiting: Vec::new(),
            lost: &lost,
            faults: &faults,
        };
        for _ in 0..WAITING + 3 {
            log.take(Job::Entry(Timestamp::UNIX_EPOCH, audit("alice")));
        }
        assert!(!log.write());
        assert_eq!((faults.failed(), lost.load(Ordering::Relaxed)), (1, 3));
        std::fs::remove_file(&blocked).unwrap();
        assert!(log.write());
        assert_eq!(lost.load(Ordering::Relaxed), 0);
        let last = WAITING + 2; // with the beginning and the count
        assert!(
            verify(&path)
                .unwrap()
                .contains(&format!("Entries 1 to {last}"))
        );
        assert!(
            std::fs::read_to_string(&path)
                .unwrap()
                .contains(r#""count":3"#)
        );
        // A disk that is full in the middle of it: what was written in part is taken back.
        let seal = path.with_extension("seal.new");
        std::fs::create_dir(&seal).unwrap();
        log.take(Job::Entry(Timestamp::UNIX_EPOCH, audit("bob")));
        assert!(!log.write());
        assert!(
            verify(&path)
                .unwrap()
                .contains(&format!("Entries 1 to {last}"))
        );
        std::fs::remove_dir(&seal).unwrap();
        assert!(log.write());
        assert!(
            verify(&path)
                .unwrap()
                .contains(&format!("Entries 1 to {}", last + 1))
        );
    }
}
