//! The store of AstDB: what the switch holds is kept on disk here.
//!
//! A thread of its own writes: all changes that wait are one transaction, and answers that wait
//! for the disk are given when it is complete. What the disk does not take is tried again with the
//! next change or after a while; who waits for it is told that it failed. A database that is made
//! anew takes over the astdb.sqlite3 beside it; one that is damaged is made anew of its copy.

mod disk;
mod import;

use crate::faults::Faults;
use crate::switch_task::{Answered, Kept};
use disk::Disk;
use model::{DatabaseChange, DatabaseReply, Reply};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long to wait before the disk is tried again.
const PATIENCE: Duration = Duration::from_secs(5);

/// All values by path, as the disk has kept them.
pub(crate) type Values = Vec<(Arc<str>, Arc<str>)>;

/// The store. Changes that wait are bounded by the paths there are; answers by who asks.
pub(crate) struct AstDb {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
    faults: Arc<Faults>,
}

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    woken: Condvar,
}

#[derive(Default)]
struct Waiting {
    /// Of one path only the last change counts.
    changes: BTreeMap<Arc<str>, Option<Arc<str>>>,
    answers: Vec<Answer>,
    closing: bool,
}

type Answer = (tokio::sync::oneshot::Sender<Answered>, Answered);

impl AstDb {
    /// Opens the database in this folder, making it if need be, and reads it.
    pub(crate) fn open(folder: &Path) -> Result<(Self, Values), redb::Error> {
        let faults = Arc::<Faults>::default();
        let (disk, values) = Disk::open(folder, Arc::clone(&faults))?;
        let shared = Arc::new(Shared::default());
        let thread = {
            let (shared, faults) = (Arc::clone(&shared), Arc::clone(&faults));
            let builder = std::thread::Builder::new().name("astdb".to_owned());
            builder.spawn(move || shared.run(disk, &faults))?
        };
        let thread = Mutex::new(Some(thread));
        let database = Self {
            shared,
            thread,
            faults,
        };
        Ok((database, values))
    }

    /// What went wrong with its file.
    pub(crate) fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Keeps changes; does not wait for the disk.
    pub(crate) fn keep(&self, kept: Kept) {
        let mut waiting = self.shared.lock();
        waiting.changes.extend(kept.changes);
        waiting.answers.extend(kept.answer);
        self.shared.woken.notify_one();
    }

    /// Writes what is left and ends.
    pub(crate) fn close(&self) {
        self.shared.lock().closing = true;
        self.shared.woken.notify_one();
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

impl Drop for AstDb {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, mut disk: Disk, faults: &Faults) {
        let mut again = None;
        while let Some((changes, answers)) = self.next(again, disk.copy_due()) {
            let written = disk.write(&changes);
            again = written.is_err().then(|| Instant::now() + PATIENCE);
            if let Err(error) = written {
                if faults.fail() {
                    tracing::error!(%error, "The database cannot be written; it is tried again");
                }
                self.put_back(changes);
            } else if faults.succeed() {
                tracing::info!("The database is written again");
            }
            for (asker, mut answered) in answers {
                if again.is_some() {
                    answered.reply = Reply::Database(DatabaseReply::Failed);
                }
                let _ = asker.send(answered); // it may have left
            }
            if disk.copy_due().is_some_and(|due| due <= Instant::now()) {
                disk.copy();
            }
        }
        disk.copy();
    }

    /// Waits for changes, until a failure is tried `again`, or until a copy is due; no changes are left
    /// when it ends.
    fn next(
        &self,
        again: Option<Instant>,
        copy_due: Option<Instant>,
    ) -> Option<(Vec<DatabaseChange>, Vec<Answer>)> {
        let mut waiting = self.lock();
        loop {
            let now = Instant::now();
            let due = again.or(copy_due);
            let is_late = due.is_some_and(|due| due <= now);
            let has_changes = !waiting.changes.is_empty() && again.is_none();
            if has_changes || !waiting.answers.is_empty() || waiting.closing || is_late {
                break;
            }
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
        let changes: Vec<_> = std::mem::take(&mut waiting.changes).into_iter().collect();
        let answers = std::mem::take(&mut waiting.answers);
        let nothing = changes.is_empty() && answers.is_empty();
        let over = waiting.closing && (nothing || again.is_some());
        (!over).then_some((changes, answers))
    }

    /// Changes that failed wait again, unless newer ones have come.
    fn put_back(&self, changes: Vec<DatabaseChange>) {
        let mut waiting = self.lock();
        for (path, value) in changes {
            waiting.changes.entry(path).or_insert(value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Seq;

    fn change(path: &str, value: Option<&str>) -> DatabaseChange {
        (path.into(), value.map(Into::into))
    }

    fn values(folder: &Path) -> Vec<(String, String)> {
        let (_, values) = AstDb::open(folder).unwrap();
        let plain = |(path, value): (Arc<str>, Arc<str>)| (path.to_string(), value.to_string());
        values.into_iter().map(plain).collect()
    }

    #[tokio::test]
    async fn what_was_answered_is_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        let (database, empty) = AstDb::open(folder.path()).unwrap();
        assert_eq!(empty, []);
        let mut answers = Vec::new();
        for number in 0..100 {
            let (sender, answer) = tokio::sync::oneshot::channel();
            let answered = Answered {
                at: Seq(number),
                reply: Reply::Database(DatabaseReply::Put),
            };
            let path = format!("/fam/{number:03}");
            database.keep(Kept {
                changes: vec![change(&path, Some("old")), change(&path, Some("new"))],
                answer: Some((sender, answered)),
            });
            answers.push(answer);
        }
        for answer in answers {
            let answered = answer.await.unwrap();
            assert_eq!(answered.reply, Reply::Database(DatabaseReply::Put));
        }
        // Another process may not open it now; what is on disk is seen in a copy.
        let copy = tempfile::tempdir().unwrap();
        std::fs::copy(
            folder.path().join("astdb.redb"),
            copy.path().join("astdb.redb"),
        )
        .unwrap();
        let found = values(copy.path());
        assert_eq!(found.len(), 100);
        assert_eq!(found[7], ("/fam/007".to_owned(), "new".to_owned()));
    }

    #[test]
    fn a_new_database_takes_over_the_reference_servers() {
        let folder = tempfile::tempdir().unwrap();
        let file = rusqlite::Connection::open(folder.path().join("astdb.sqlite3")).unwrap();
        file.execute_batch(
            "CREATE TABLE astdb(key VARCHAR(256), value VARCHAR(256), PRIMARY KEY(key));
             INSERT INTO astdb VALUES('/fruit/apple', 'green');
             INSERT INTO astdb VALUES('/fruit/pear/ripe', '1');",
        )
        .unwrap();
        let pair = |path: &str, value: &str| (path.to_owned(), value.to_owned());
        let wanted = [pair("/fruit/apple", "green"), pair("/fruit/pear/ripe", "1")];
        assert_eq!(values(folder.path()), wanted);
        // Only once: what is changed since counts.
        file.execute("UPDATE astdb SET value = 'red'", []).unwrap();
        assert_eq!(values(folder.path()), wanted);
        let broken = tempfile::tempdir().unwrap();
        std::fs::write(broken.path().join("astdb.sqlite3"), "no database").unwrap();
        assert_eq!(values(broken.path()), []);
    }

    #[test]
    fn values_outlive_the_process() {
        let folder = tempfile::tempdir().unwrap();
        {
            let (database, _) = AstDb::open(folder.path()).unwrap();
            let changes = vec![
                change("/fam/key", Some("value")),
                change("/fam/gone", Some("2")),
                change("/family/key", Some("3")),
            ];
            database.keep(Kept {
                changes,
                answer: None,
            });
            let changes = vec![change("/fam/gone", None)];
            database.keep(Kept {
                changes,
                answer: None,
            });
        }
        let pair = |path: &str, value: &str| (path.to_owned(), value.to_owned());
        let wanted = [pair("/fam/key", "value"), pair("/family/key", "3")];
        assert_eq!(values(folder.path()), wanted);
    }
}
