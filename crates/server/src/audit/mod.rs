//! The audit log: who did what, from where, with what outcome; one JSON object a line, chained so that
//! an edit or a cut is found (`switchroom audit verify FILE`).
//!
//! A thread of its own writes. Who has something to tell never waits: what finds no room is counted,
//! and the count is an entry itself.

mod chain;
mod writer;

use jiff::Timestamp;
use manager::Audit;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use writer::Writer;

/// Entries that may wait.
const WAITING: usize = 8192;
/// Entries that are written at a time.
const BATCH: usize = 256;

/// The way to the audit log.
pub(crate) struct AuditLog {
    jobs: Mutex<Option<SyncSender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    lost: Arc<AtomicU64>,
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
        let thread = {
            let lost = Arc::clone(&lost);
            let builder = std::thread::Builder::new().name("audit".to_owned());
            builder.spawn(move || run(&waiting, &lost))?
        };
        Ok(Self {
            jobs: Mutex::new(Some(jobs)),
            thread: Mutex::new(Some(thread)),
            lost,
        })
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

fn run(jobs: &Receiver<Job>, lost: &AtomicU64) {
    let mut writer: Option<Writer> = None;
    let mut open: Option<PathBuf> = None;
    while let Ok(first) = jobs.recv() {
        let mut next = Some(first);
        let mut entries = Vec::new();
        while let Some(job) = next.take() {
            match job {
                Job::Entry(at, audit) => entries.push(entry(at, &audit)),
                Job::File(file) if file != open => {
                    write(&mut writer, std::mem::take(&mut entries), lost);
                    writer = file.as_deref().and_then(begin);
                    open = file.filter(|_| writer.is_some());
                }
                Job::File(_) => {}
            }
            if entries.len() < BATCH {
                next = jobs.try_recv().ok();
            }
        }
        write(&mut writer, entries, lost);
    }
}

fn begin(path: &Path) -> Option<Writer> {
    let writer = Writer::open(path, &Timestamp::now().to_string());
    let complain = |error: &std::io::Error| {
        tracing::error!(%error, "the audit log {} cannot be written: nothing is audited", path.display());
    };
    writer.inspect_err(complain).ok()
}

fn write(writer: &mut Option<Writer>, mut entries: Vec<Map<String, Value>>, lost: &AtomicU64) {
    let Some(writer) = writer else {
        return;
    };
    let gone = lost.swap(0, Ordering::Relaxed);
    if gone > 0 {
        let mut entry = Map::new();
        entry.insert("what".to_owned(), "lost".into());
        entry.insert("count".to_owned(), gone.into());
        entries.push(entry);
    }
    let count = entries.len() as u64;
    if count > 0
        && let Err(error) = writer.write(entries)
    {
        tracing::error!(%error, "the audit log cannot be written");
        lost.fetch_add(count, Ordering::Relaxed);
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
}
