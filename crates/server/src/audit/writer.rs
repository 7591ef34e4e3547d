//! The audit's file: entries go to its end, then the seal follows them. Both are on the disk before the
//! next ones are taken.

use super::chain::{Link, seal};
use serde_json::{Map, Value};
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// A file larger than this is put aside.
const LARGEST: u64 = 64 * 1024 * 1024;
/// So many files that were put aside are kept.
const KEPT: usize = 16;

pub(super) struct Writer {
    path: PathBuf,
    file: File,
    length: u64,
    link: Link,
}

impl Writer {
    /// Goes on with the file, or begins it. What a killed server had no time to finish is cut off; what
    /// else is missing is written down for good.
    pub(super) fn open(path: &Path, now: &str) -> io::Result<Self> {
        let text = match std::fs::read(path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let sealed = std::fs::read_to_string(seal(path)).ok();
        let sealed = sealed.as_deref().and_then(Link::parse);
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let last = text[..whole]
            .lines()
            .next_back()
            .and_then(Link::read)
            .map(|(link, _)| link);
        let mut entry = Map::new();
        entry.insert("time".to_owned(), now.into());
        entry.insert("what".to_owned(), "begin".into());
        let known = last
            .clone()
            .or_else(|| sealed.clone())
            .unwrap_or_else(Link::none);
        entry.insert("prev".to_owned(), known.hash.clone().into());
        let torn = text.len() - whole;
        if torn > 0 {
            entry.insert("torn".to_owned(), torn.into());
        }
        let written = last.as_ref().map_or(0, |last| last.number);
        let mut link = known;
        if let Some(sealed) = sealed.filter(|sealed| sealed.number > written) {
            tracing::error!(
                "the audit log {} lacks entries up to {}",
                path.display(),
                sealed.number
            );
            entry.insert("missing".to_owned(), sealed.number.into());
        }
        if whole > 0 && last.is_none() {
            // Not a file of ours, or one whose end was damaged: it stays as it is.
            std::fs::rename(path, aside(path, "damaged"))?;
        }
        let file = append_to(path)?;
        let length = if last.is_some() { whole as u64 } else { 0 };
        file.set_len(length)?;
        let line = link.add(entry);
        let mut writer = Self {
            path: path.to_owned(),
            file,
            length,
            link,
        };
        writer.put(&(line + "\n"))?;
        Ok(writer)
    }

    /// Writes entries.
    pub(super) fn write(&mut self, entries: Vec<Map<String, Value>>) -> io::Result<()> {
        let mut lines = String::new();
        for entry in entries {
            lines += &self.link.add(entry);
            lines.push('\n');
        }
        self.put(&lines)?;
        if self.length > LARGEST {
            self.rotate()?;
        }
        Ok(())
    }

    fn put(&mut self, lines: &str) -> io::Result<()> {
        self.file.write_all(lines.as_bytes())?;
        self.file.sync_data()?;
        self.length += lines.len() as u64;
        let new = self.path.with_extension("seal.new");
        let mut file = File::create(&new)?;
        writeln!(file, "{}", self.link)?;
        file.sync_data()?;
        std::fs::rename(new, seal(&self.path))
    }

    /// Puts the file aside with its seal, and begins the next, which goes on from it.
    fn rotate(&mut self) -> io::Result<()> {
        let old = aside(&self.path, &format!("{:012}", self.link.number));
        std::fs::rename(&self.path, &old)?;
        std::fs::rename(seal(&self.path), seal(&old))?;
        self.file = append_to(&self.path)?;
        self.length = 0;
        let mut entry = Map::new();
        entry.insert("what".to_owned(), "continue".into());
        entry.insert("prev".to_owned(), self.link.hash.clone().into());
        let line = self.link.add(entry) + "\n";
        self.put(&line)?;
        forget(&self.path)
    }
}

/// The file, made if need be, with its folder; others than its owner and group do not read it.
fn append_to(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true).mode(0o640).open(path)
}

/// Removes the oldest of those put aside.
fn forget(path: &Path) -> io::Result<()> {
    let pattern = format!("{}.[0-9]*", glob::Pattern::escape(&path.to_string_lossy()));
    let found = glob::glob(&pattern).into_iter().flatten().flatten();
    let is_seal = |path: &PathBuf| path.extension().is_some_and(|end| end == "seal");
    let mut files: Vec<_> = found.filter(|path| !is_seal(path)).collect();
    files.sort();
    let surplus = files.len().saturating_sub(KEPT);
    for old in &files[..surplus] {
        std::fs::remove_file(seal(old))?;
        std::fs::remove_file(old)?;
    }
    Ok(())
}

fn aside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(end);
    name.into()
}
