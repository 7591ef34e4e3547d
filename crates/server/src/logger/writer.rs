//! The thread that writes the log, to the terminal and to files.

use super::line::{Text, line};
use super::{Level, Levels};
use crate::faults::Faults;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender};
use tokio::sync::oneshot;

/// What the thread is asked to do.
pub(super) enum Job {
    Line(Level, String),
    /// What the terminal gets from now on.
    Terminal(Levels),
    /// The files from now on; those open are opened anew.
    Files(Vec<(PathBuf, Levels)>),
    /// Put the files aside and begin new ones.
    Rotate(oneshot::Sender<bool>),
    /// Tell when all before this is written.
    Flush(SyncSender<()>),
}

/// The thread.
#[derive(Default)]
pub(super) struct Writer {
    terminal: Levels,
    files: Vec<Open>,
    faults: Arc<Faults>,
}

/// A file being written.
struct Open {
    path: PathBuf,
    file: File,
    levels: Levels,
    /// Lines that it did not take since it took one.
    lost: u64,
}

impl Writer {
    pub(super) fn new(faults: Arc<Faults>) -> Self {
        Self {
            faults,
            ..Self::default()
        }
    }

    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(job) = jobs.recv() {
            match job {
                Job::Line(level, line) => self.write(level, &line),
                Job::Terminal(levels) => self.terminal = levels,
                Job::Files(files) => self.open(files),
                Job::Rotate(done) => {
                    let _ = done.send(self.rotate());
                }
                Job::Flush(done) => {
                    let _ = done.send(());
                }
            }
        }
    }

    /// A line that cannot be written has nowhere to be complained about: it is counted, and the count is
    /// written when there is room.
    fn write(&mut self, level: Level, line: &str) {
        if self.terminal.contains(&level) {
            let _ = io::stderr().write_all(line.as_bytes());
        }
        for open in &mut self.files {
            if open.levels.contains(&level) {
                match open.write(line) {
                    Ok(()) => _ = self.faults.succeed(),
                    Err(_) => _ = self.faults.fail(),
                }
            }
        }
    }

    fn rotate(&mut self) -> bool {
        let mut well = true;
        let files: Vec<_> = self
            .files
            .drain(..)
            .map(|open| (open.path, open.levels))
            .collect();
        for (path, _) in &files {
            well &= put_aside(path).is_ok();
        }
        let wanted = files.len();
        self.open(files);
        well && self.files.len() == wanted
    }

    fn open(&mut self, files: Vec<(PathBuf, Levels)>) {
        self.files.clear();
        for (path, levels) in files {
            let opened = path
                .parent()
                .map_or(Ok(()), std::fs::create_dir_all)
                .and_then(|()| OpenOptions::new().append(true).create(true).open(&path));
            match opened {
                Ok(file) => self.files.push(Open {
                    path,
                    file,
                    levels,
                    lost: 0,
                }),
                Err(error) => {
                    let message = format!("{}: {error}", path.display());
                    let text = Text {
                        message,
                        fields: String::new(),
                    };
                    self.write(Level::Error, &line(Level::Error, "log", &text));
                }
            }
        }
    }
}

impl Open {
    fn write(&mut self, text: &str) -> io::Result<()> {
        let written = if self.lost == 0 {
            self.file.write_all(text.as_bytes())
        } else {
            // The last may have been taken in part.
            let message = format!("{} lines could not be written here", self.lost);
            let fields = String::new();
            let told = line(Level::Error, "log", &Text { message, fields });
            let text = format!("\n{told}{text}");
            self.file.write_all(text.as_bytes())
        };
        self.lost = written.as_ref().map_or(self.lost + 1, |()| 0);
        written
    }
}

/// Moves a file to its name with the first number that is free.
fn put_aside(path: &Path) -> io::Result<()> {
    let numbered = |number: u32| PathBuf::from(format!("{}.{number}", path.display()));
    let free = (0..u32::MAX).map(numbered).find(|aside| !aside.exists());
    free.map_or(Ok(()), |aside| std::fs::rename(path, aside))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_full_disk_did_not_take_is_told_when_there_is_room() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("messages.log");
        let faults = Arc::<Faults>::default();
        let mut writer = Writer::new(Arc::clone(&faults));
        writer.open(vec![(path.clone(), Levels::from([Level::Error]))]);
        writer.write(Level::Error, "one\n");
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let file = std::mem::replace(&mut writer.files[0].file, full);
        writer.write(Level::Error, "two\n");
        writer.write(Level::Error, "three\n");
        assert_eq!(faults.failed(), 2);
        writer.files[0].file = file;
        writer.write(Level::Error, "four\n");
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!((lines[0], lines[1], lines[3]), ("one", "", "four"));
        assert!(
            lines[2].ends_with("2 lines could not be written here"),
            "{text}"
        );
    }
}
