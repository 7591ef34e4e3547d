//! Outcomes that were promised to clients, kept for the case that the server is killed before it has
//! told them (`switch/src/promise.rs`).
//!
//! A file in the folder of the database, a line a change. It is written by whoever takes a turn of the
//! switch, with one call and no wait for the disk: what the system has taken outlives the process, and
//! to outlive the machine would cost each call a wait for it.

use crate::astdb::Values;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// When nothing is promised, a file this long, in bytes, begins anew.
const LONG: u64 = 64 * 1024;
/// At this length it begins anew with what is promised still.
const TOO_LONG: u64 = 8 * 1024 * 1024;

/// What was promised, by its path.
type Kept = BTreeMap<Arc<str>, Arc<str>>;

/// The promises, and their file.
pub(crate) struct Promises {
    path: PathBuf,
    file: File,
    length: u64,
    kept: Kept,
}

impl Promises {
    /// Opens the file in this folder, making it if need be, and reads what was promised. A line that
    /// was cut off was never answered.
    pub(crate) fn open(folder: &Path) -> io::Result<(Self, Values)> {
        let path = folder.join("promises");
        let kept = match std::fs::read(&path) {
            Ok(bytes) => read(&bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Kept::new(),
            Err(error) => return Err(error),
        };
        let (file, length) = begin(&path, &kept)?;
        let found = kept.clone().into_iter().collect();
        let promises = Self {
            path,
            file,
            length,
            kept,
        };
        Ok((promises, found))
    }

    /// Something is promised, or told and promised no longer.
    pub(crate) fn keep(&mut self, path: Arc<str>, text: Option<Arc<str>>) {
        let written = self.write(&path, text.as_deref());
        match text {
            Some(text) => self.kept.insert(path, text),
            None => self.kept.remove(&path),
        };
        let long = if self.kept.is_empty() { LONG } else { TOO_LONG };
        let done = written.and_then(|()| {
            if self.length > long {
                (self.file, self.length) = begin(&self.path, &self.kept)?;
            }
            Ok(())
        });
        if let Err(error) = done {
            tracing::error!(%error, "What is promised to clients cannot be kept for a restart");
        }
    }

    fn write(&mut self, path: &str, text: Option<&str>) -> io::Result<()> {
        let line = line(path, text);
        self.length += line.len() as u64;
        self.file.write_all(line.as_bytes())
    }
}

/// A new file, whole before it takes the place of the old one; and its length.
fn begin(path: &Path, kept: &Kept) -> io::Result<(File, u64)> {
    let new = path.with_extension("new");
    let lines: String = kept
        .iter()
        .map(|(path, text)| line(path, Some(text)))
        .collect();
    let mut file = File::create(&new)?;
    file.write_all(lines.as_bytes())?;
    std::fs::rename(new, path)?;
    Ok((file, lines.len() as u64))
}

fn line(path: &str, text: Option<&str>) -> String {
    format!("{}\n", json!([path, text]))
}

/// What the lines of a file come to.
fn read(bytes: &[u8]) -> Kept {
    let mut kept = Kept::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let Ok(Value::Array(change)) = serde_json::from_slice(line) else {
            continue;
        };
        let [Value::String(path), text] = &change[..] else {
            continue;
        };
        match text.as_str() {
            Some(text) => kept.insert(path.as_str().into(), text.into()),
            None => kept.remove(path.as_str()),
        };
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(folder: &Path) -> Vec<(String, String)> {
        let (_, found) = Promises::open(folder).unwrap();
        let plain = |(path, text): (Arc<str>, Arc<str>)| (path.to_string(), text.to_string());
        found.into_iter().map(plain).collect()
    }

    #[test]
    fn what_is_promised_is_found_and_what_was_told_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (mut promises, empty) = Promises::open(folder.path()).unwrap();
        assert_eq!(empty, []);
        promises.keep("originate/1".into(), Some("one\nof two lines".into()));
        promises.keep("originate/2".into(), Some("two".into()));
        promises.keep("originate/2".into(), None);
        // The process is killed, in the middle of a line.
        promises.file.write_all(b"[\"originate/3\",\"th").unwrap();
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
            promises.keep(format!("originate/{number}").into(), Some("call".into()));
            promises.keep(format!("originate/{number}").into(), None);
        }
        let length = std::fs::metadata(folder.path().join("promises"));
        assert!(length.unwrap().len() <= LONG);
    }
}
