//! The audit's file: entries go to its end, then the seal follows them. Both are on the disk before the
//! next ones are taken.

use super::chain::{Link, seal};
use crate::faults::Faults;
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
    pub(super) fn open(path: &Path, now: &str, faults: &Faults) -> io::Result<Self> {
        let bytes = read(path)?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n');
        let whole = whole.map_or(0, |end| end + 1);
        let last = last_line(&bytes[..whole])
            .and_then(Link::read)
            .map(|(link, _)| link);
        let sealed = sealed(path, faults)?;
        let mut entry = Map::new();
        entry.insert("time".to_owned(), now.into());
        entry.insert("what".to_owned(), "begin".into());
        let known = last
            .clone()
            .or_else(|| sealed.clone())
            .unwrap_or_else(Link::none);
        entry.insert("prev".to_owned(), known.hash.clone().into());
        let torn = bytes.len() - whole;
        if torn > 0 {
            faults.damage(torn);
            tracing::warn!(
                "{}: {torn} bytes at the end were not written in whole: cut off",
                path.display()
            );
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
            let damaged = unused(path, "damaged");
            std::fs::rename(path, &damaged)?;
            faults.damage(whole);
            tracing::error!(
                "the end of the audit log {} is damaged: it is put aside as {}",
                path.display(),
                damaged.display()
            );
        }
        let file = append_to(path)?;
        let length = if last.is_some() { whole as u64 } else { 0 };
        file.set_len(length)?;
        let line = link.add(entry);
        let mut writer = Self {
            path: path.to_owned(),
            file,
            length,
            link: link.clone(),
        };
        writer.put(&(line + "\n"), link)?;
        Ok(writer)
    }

    /// Writes entries, all or none.
    pub(super) fn write(&mut self, entries: &[Map<String, Value>]) -> io::Result<()> {
        let mut link = self.link.clone();
        let mut lines = String::new();
        let goes_on = (self.length == 0).then(|| goes_on(&link));
        for entry in goes_on.into_iter().chain(entries.iter().cloned()) {
            lines += &link.add(entry);
            lines.push('\n');
        }
        self.put(&lines, link)?;
        if self.length > LARGEST {
            self.rotate()?;
        }
        Ok(())
    }

    /// Puts lines on the disk and seals them. What is there in part is taken back.
    fn put(&mut self, lines: &str, link: Link) -> io::Result<()> {
        let mut write = || {
            self.file.write_all(lines.as_bytes())?;
            self.file.sync_data()?;
            let new = self.path.with_extension("seal.new");
            let mut file = File::create(&new)?;
            writeln!(file, "{link}")?;
            file.sync_data()?;
            std::fs::rename(new, seal(&self.path))
        };
        if let Err(error) = write() {
            self.file.set_len(self.length)?;
            return Err(error);
        }
        self.length += lines.len() as u64;
        self.link = link;
        Ok(())
    }

    /// Puts the file aside with its seal, and begins the next, which goes on from it.
    fn rotate(&mut self) -> io::Result<()> {
        let old = aside(&self.path, &format!("{:012}", self.link.number));
        std::fs::rename(&self.path, &old)?;
        std::fs::rename(seal(&self.path), seal(&old))?;
        self.file = append_to(&self.path)?;
        self.length = 0;
        self.write(&[])?;
        forget(&self.path)
    }
}

/// The first entry of a file that goes on from another.
fn goes_on(link: &Link) -> Map<String, Value> {
    let mut entry = Map::new();
    entry.insert("what".to_owned(), "continue".into());
    entry.insert("prev".to_owned(), link.hash.clone().into());
    entry
}

/// What is in a file; nothing if there is none.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    match std::fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        read => read,
    }
}

fn last_line(lines: &[u8]) -> Option<&str> {
    let lines = lines.strip_suffix(b"\n")?;
    let line = lines.rsplit(|byte| *byte == b'\n').next()?;
    str::from_utf8(line).ok()
}

/// What the seal of a file says, if there is one.
fn sealed(path: &Path, faults: &Faults) -> io::Result<Option<Link>> {
    let text = read(&seal(path))?;
    let sealed = str::from_utf8(&text).ok().and_then(Link::parse);
    if sealed.is_none() && !text.is_empty() {
        faults.damage(text.len());
        tracing::error!("the seal of the audit log {} is damaged", path.display());
    }
    Ok(sealed)
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

/// A name like [`aside`], of which there is no file yet.
fn unused(path: &Path, end: &str) -> PathBuf {
    let numbered = (2..).map(|number| aside(path, &format!("{end}-{number}")));
    let mut names = std::iter::once(aside(path, end)).chain(numbered);
    names
        .find(|name| !name.exists())
        .unwrap_or_else(|| aside(path, end))
}

fn aside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(end);
    name.into()
}
