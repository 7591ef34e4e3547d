//! Outcomes that were promised to clients, kept for the case that the server is killed before it has
//! told them (`switch/src/promise.rs`).
//!
//! A file in the folder of the database, a checked line a change. It is written by whoever takes a turn of
//! the switch, with one call and no wait for the disk: what the system has taken outlives the process, and
//! to outlive the machine would cost each call a wait for it. What a full disk does not take is written
//! with the next change that it does.

use crate::astdb::Values;
use crate::checked::{self, Kept};
use crate::faults::Faults;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// When nothing is promised, a file this long, in bytes, begins anew.
const LONG: u64 = 64 * 1024;
/// At this length it begins anew with what is promised still.
const TOO_LONG: u64 = 8 * 1024 * 1024;

/// The promises, and their file.
pub(crate) struct Promises {
    path: PathBuf,
    /// None when what is in it is not what is promised: it begins anew with the next change.
    file: Option<File>,
    length: u64,
    kept: Kept,
    faults: Arc<Faults>,
}

impl Promises {
    /// Opens the file in this folder, making it if need be, and reads what was promised. A line that
    /// was cut off was never answered.
    pub(crate) fn open(folder: &Path) -> io::Result<(Self, Values)> {
        let path = folder.join("promises");
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        let (kept, damaged) = checked::read(&bytes);
        let faults = Arc::<Faults>::default();
        if damaged > 0 {
            faults.damage(damaged);
            tracing::warn!(
                "{}: {damaged} bytes are damaged or were not written in whole: left out",
                path.display()
            );
        }
        let found = kept.clone().into_iter().collect();
        let mut promises = Self {
            path,
            file: None,
            length: 0,
            kept,
            faults,
        };
        let begun = promises.begin();
        promises.note(begun);
        Ok((promises, found))
    }

    /// What went wrong with its file.
    pub(crate) fn faults(&self) -> Arc<Faults> {
        Arc::clone(&self.faults)
    }

    /// What is promised, each with its text, and what has been told and is promised no longer.
    pub(crate) fn keep(&mut self, changes: impl IntoIterator<Item = (Arc<str>, Option<Arc<str>>)>) {
        let mut lines = String::new();
        for (path, text) in changes {
            lines += &checked::line(&path, text.as_deref());
            match text {
                Some(text) => self.kept.insert(path, text),
                None => self.kept.remove(&path),
            };
        }
        if !lines.is_empty() {
            let written = self.write(&lines);
            self.note(written);
        }
    }

    fn write(&mut self, lines: &str) -> io::Result<()> {
        let long = if self.kept.is_empty() { LONG } else { TOO_LONG };
        let Some(file) = self.file.as_mut().filter(|_| self.length <= long) else {
            return self.begin();
        };
        self.length += lines.len() as u64;
        let written = file.write_all(lines.as_bytes());
        if written.is_err() {
            self.file = None; // it may have taken a part
        }
        written
    }

    /// A new file with what is promised, whole before it takes the place of the old one.
    fn begin(&mut self) -> io::Result<()> {
        let new = self.path.with_extension("new");
        let kept = self.kept.iter();
        let lines: String = kept
            .map(|(path, text)| checked::line(path, Some(text)))
            .collect();
        let mut file = File::create(&new)?;
        file.write_all(lines.as_bytes())?;
        std::fs::rename(new, &self.path)?;
        self.length = lines.len() as u64;
        self.file = Some(file);
        Ok(())
    }

    fn note(&self, written: io::Result<()>) {
        match written {
            Ok(()) if self.faults.succeed() => {
                tracing::info!("What is promised to clients is kept for a restart again");
            }
            Err(error) if self.faults.fail() => {
                tracing::error!(%error, "What is promised to clients cannot be kept for a restart");
            }
            Ok(()) | Err(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(folder: &Path) -> Vec<(String, String)> {
        let (_, found) = Promises::open(folder).unwrap();
        let plain = |(path, text): (Arc<str>, Arc<str>)| (path.to_string(), text.to_string());
        found.into_iter().map(plain).collect()
    }

    fn promise(promises: &mut Promises, path: &str, text: &str) {
        promises.keep([(path.into(), Some(text.into()))]);
    }

    #[test]
    fn what_is_promised_is_found_and_what_was_told_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (mut promises, empty) = Promises::open(folder.path()).unwrap();
        assert_eq!(empty, []);
        promises.keep([
            ("originate/1".into(), Some("one\nof two lines".into())),
            ("originate/2".into(), Some("two".into())),
        ]);
        promises.keep([("originate/2".into(), None)]);
        // The process is killed, in the middle of a line.
        let mut file = promises.file.take().unwrap();
        file.write_all(b"00000000 [\"originate/3\",\"th").unwrap();
        drop(promises);
        let left = [("originate/1".to_owned(), "one\nof two lines".to_owned())];
        assert_eq!(found(folder.path()), left);
        assert_eq!(found(folder.path()), left, "and again");
    }

    #[test]
    fn the_file_does_not_grow_with_the_calls_there_have_been() {
        let folder = tempfile::tempdir().unwrap();
        let (mut promises, _) = Promises::open(folder.path()).unwrap();
        for number in 0..5_000 {
            promise(&mut promises, &format!("originate/{number}"), "call");
            promises.keep([(format!("originate/{number}").into(), None)]);
        }
        let length = std::fs::metadata(folder.path().join("promises"));
        assert!(length.unwrap().len() <= LONG);
    }

    #[test]
    fn what_is_damaged_is_left_out_and_counted() {
        let folder = tempfile::tempdir().unwrap();
        let (mut promises, _) = Promises::open(folder.path()).unwrap();
        for number in 0..20 {
            promise(&mut promises, &format!("originate/{number}"), "call");
        }
        drop(promises);
        let path = folder.path().join("promises");
        let whole = std::fs::read(&path).unwrap();
        for at in (0..whole.len()).step_by(7) {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x10;
            for damaged in [&whole[..at], &flipped] {
                std::fs::write(&path, damaged).unwrap();
                let (promises, found) = Promises::open(folder.path()).unwrap();
                assert!(found.len() >= if damaged.len() == at { 0 } else { 18 });
                let is_whole =
                    damaged.last().is_none_or(|last| *last == b'\n') && damaged.len() == at;
                assert_eq!(promises.faults.damaged() == 0, is_whole, "at {at}");
            }
        }
    }

    #[test]
    fn what_a_full_disk_did_not_take_is_written_when_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        let (mut promises, _) = Promises::open(folder.path()).unwrap();
        promises.file = Some(File::options().write(true).open("/dev/full").unwrap());
        promise(&mut promises, "originate/1", "one");
        assert_eq!(promises.faults.failed(), 1);
        promise(&mut promises, "originate/2", "two");
        assert_eq!(promises.faults.failed(), 1);
        drop(promises);
        assert_eq!(found(folder.path()).len(), 2);
    }
}
