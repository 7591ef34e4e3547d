//! A segment: a file of records, named `RUN-NUMBER.events` after the place before its first.

use super::record::{self, Record, Unread};
use model::{Mark, Run, Seq};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// A moment whose age does not change when the clock is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Written {
    seen: Instant,
    /// How old it was when it was seen.
    age: Duration,
}

impl Written {
    pub(super) fn now() -> Self {
        Self {
            seen: Instant::now(),
            age: Duration::ZERO,
        }
    }

    /// By the date; what lies ahead of it is as old as what is new.
    pub(super) fn at(date: SystemTime) -> Self {
        Self {
            seen: Instant::now(),
            age: date.elapsed().unwrap_or_default(),
        }
    }

    pub(super) fn age(self) -> Duration {
        self.age + self.seen.elapsed()
    }
}

/// A segment, as it is listed.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub(super) path: PathBuf,
    /// All its events come after this place.
    pub(super) after: Mark,
    pub(super) bytes: u64,
    /// When something was written to it last.
    pub(super) written: Written,
}

impl Segment {
    /// A segment that begins.
    pub(super) fn begin(folder: &Path, after: Mark) -> io::Result<(Self, File)> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let name = format!("{:020}-{:020}.events", after.run.0, after.seq.0);
        let path = folder.join(name);
        // What is told to managers is nobody else's to read.
        let mut options = File::options();
        let file = options
            .create(true)
            .write(true)
            .truncate(true)
            .mode(0o600)
            .open(&path)?;
        let segment = Self {
            path,
            after,
            bytes: 0,
            written: Written::now(),
        };
        Ok((segment, file))
    }

    /// The segments of a folder, in their order. Other files are none of ours.
    pub(super) fn list(folder: &Path) -> io::Result<Vec<Self>> {
        let mut segments = Vec::new();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let Some(after) = path.file_name().and_then(|name| place(name.to_str()?)) else {
                continue;
            };
            let data = fs::metadata(&path)?;
            segments.push(Self {
                after,
                bytes: data.len(),
                written: Written::at(data.modified()?),
                path,
            });
        }
        segments.sort_by_key(|segment| segment.after);
        Ok(segments)
    }

    /// Cuts off what is damaged or not there in whole at its end; how many bytes.
    pub(super) fn cut(&mut self) -> io::Result<u64> {
        let bytes = fs::read(&self.path)?;
        let mut good = 0;
        while let Ok((Record::Event(_) | Record::End(_), length)) = record::read(&bytes[good..]) {
            good += length;
        }
        let cut = (bytes.len() - good) as u64;
        if cut > 0 {
            let file = File::options().write(true).open(&self.path)?;
            file.set_len(good as u64)?;
            file.sync_all()?;
            self.bytes = good as u64;
        }
        Ok(cut)
    }
}

fn place(name: &str) -> Option<Mark> {
    let (run, seq) = name.strip_suffix(".events")?.split_once('-')?;
    Some(Run(run.parse().ok()?).at(Seq(seq.parse().ok()?)))
}

/// What is read of a segment at a time.
pub(super) struct Page {
    /// Its records.
    pub(super) records: Vec<Record>,
    /// How many bytes they take.
    pub(super) bytes: usize,
    /// What comes after them, if that is no further record.
    pub(super) end: Option<Unread>,
}

/// Reads records from this offset on, so many bytes at a time.
pub(super) fn page(path: &Path, offset: u64, length: usize) -> io::Result<Page> {
    use std::os::unix::fs::FileExt as _;
    let file = File::open(path)?;
    let mut bytes = vec![0; length];
    let mut filled = 0;
    while filled < length {
        let count = file.read_at(&mut bytes[filled..], offset + filled as u64)?;
        if count == 0 {
            break;
        }
        filled += count;
    }
    bytes.truncate(filled);
    let mut page = Page {
        records: Vec::new(),
        bytes: 0,
        end: None,
    };
    while page.end.is_none() {
        match record::read(&bytes[page.bytes..]) {
            Ok((record, length)) => {
                page.records.push(record);
                page.bytes += length;
            }
            Err(unread) => page.end = Some(unread),
        }
    }
    if page.end == Some(Unread::Short) && filled == length {
        // It goes on; one that is longer than a page is read in a longer one.
        page.end = None;
        if page.records.is_empty() {
            return self::page(path, offset, length * 2);
        }
    }
    Ok(page)
}
