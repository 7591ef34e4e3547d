//! Lines for text files: appended whole or not at all, and kept until that has succeeded.
//!
//! A file is opened for each writing, so that one that is moved away is begun anew.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Bytes that may wait for files that cannot be written.
const LIMIT: usize = 16 * 1024 * 1024;

/// Lines to be written, by file.
#[derive(Debug, Default)]
pub(super) struct Lines {
    waiting: BTreeMap<PathBuf, String>,
}

impl Lines {
    /// Takes a line for a file; refuses it when too much waits.
    pub(super) fn push(&mut self, file: PathBuf, line: &str) -> bool {
        let waiting: usize = self.waiting.values().map(String::len).sum();
        if waiting + line.len() > LIMIT {
            return false;
        }
        let text = self.waiting.entry(file).or_default();
        text.push_str(line);
        text.push('\n');
        true
    }

    /// Writes them; gives the files for which that failed, and why. Their lines are kept.
    pub(super) fn write(&mut self) -> Vec<(PathBuf, io::Error)> {
        let mut failures = Vec::new();
        self.waiting
            .retain(|file, text| match append(file, text.as_bytes()) {
                Ok(()) => false,
                Err(error) => {
                    failures.push((file.clone(), error));
                    true
                }
            });
        failures
    }
}

fn append(path: &Path, text: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let file = OpenOptions::new().append(true).create(true).open(path)?;
    let length = file.metadata()?.len();
    let written = whole(&file, text);
    if written.is_err() {
        // A full disk may have taken half a line.
        let _ = file.set_len(length);
    }
    written
}

fn whole(mut file: &File, text: &[u8]) -> io::Result<()> {
    file.write_all(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_appended_to_what_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new/a.csv");
        let mut lines = Lines::default();
        for line in ["one", "two"] {
            assert!(lines.push(file.clone(), line));
            assert!(lines.write().is_empty());
        }
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "one\ntwo\n");
    }

    #[test]
    fn a_file_that_fails_holds_up_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let (bad, good) = (folder.path().to_owned(), folder.path().join("z.csv"));
        let mut lines = Lines::default();
        lines.push(bad.clone(), "x");
        lines.push(good.clone(), "y");
        let failures = lines.write();
        assert_eq!(failures.len(), 1);
        assert_eq!(failures[0].0, bad);
        assert_eq!(std::fs::read_to_string(&good).unwrap(), "y\n");
        assert_eq!(lines.write().len(), 1, "the line is kept");
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut lines = Lines::default();
        let line = "x".repeat(LIMIT / 2);
        assert!(lines.push("a".into(), &line));
        assert!(!lines.push("b".into(), &format!("{line}x")));
    }
}
