//! The thread that writes the log, to the terminal and to files.

use super::line::{Text, line};
use super::{Level, Levels};
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
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
}

/// A file being written.
struct Open {
    path: PathBuf,
    file: File,
    levels: Levels,
}

impl Writer {
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

    /// A line that cannot be written has nowhere to be complained about.
    fn write(&mut self, level: Level, line: &str) {
        if self.terminal.contains(&level) {
            let _ = io::stderr().write_all(line.as_bytes());
        }
        for open in &mut self.files {
            if open.levels.contains(&level) {
                let _ = open.file.write_all(line.as_bytes());
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
                Ok(file) => self.files.push(Open { path, file, levels }),
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

/// Moves a file to its name with the first number that is free.
fn put_aside(path: &Path) -> io::Result<()> {
    let numbered = |number: u32| PathBuf::from(format!("{}.{number}", path.display()));
    let free = (0..u32::MAX).map(numbered).find(|aside| !aside.exists());
    free.map_or(Ok(()), |aside| std::fs::rename(path, aside))
}
