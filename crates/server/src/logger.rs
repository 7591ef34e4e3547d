//! The log: lines of six levels, to the terminal and to the files of logger.conf.
//!
//! Whoever logs never waits for a disk: lines go through a bounded queue to a thread of their own.
//! When the queue is full they are dropped and counted, and the count is logged.

use crate::log_conf::LogFile;
use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;
use tokio::sync::oneshot;
use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// Lines that may wait to be written.
const QUEUE: usize = 8192;
/// How long the end of the process waits for the last lines.
const FLUSH: Duration = Duration::from_secs(2);

/// The levels of logger.conf. In our code they are `error!`, `warn!`, `info!` and `debug!`, and
/// `info!` with the target `verbose` or `security`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Error,
    Warning,
    Notice,
    Verbose,
    Debug,
    Security,
}

const LEVELS: [(Level, &str); 6] = [
    (Level::Error, "ERROR"),
    (Level::Warning, "WARNING"),
    (Level::Notice, "NOTICE"),
    (Level::Verbose, "VERBOSE"),
    (Level::Debug, "DEBUG"),
    (Level::Security, "SECURITY"),
];

impl Level {
    fn of(metadata: &Metadata<'_>) -> Self {
        match (metadata.target(), *metadata.level()) {
            ("security", _) => Self::Security,
            ("verbose", _) => Self::Verbose,
            (_, tracing::Level::ERROR) => Self::Error,
            (_, tracing::Level::WARN) => Self::Warning,
            (_, tracing::Level::INFO) => Self::Notice,
            (_, _) => Self::Debug,
        }
    }

    fn name(self) -> &'static str {
        LEVELS
            .iter()
            .find(|(level, _)| *level == self)
            .map_or("", |(_, name)| name)
    }
}

/// What a file or the terminal gets.
pub(crate) type Levels = BTreeSet<Level>;

/// Reads `notice,warning,error`; `*` is all. What is no level is given back.
pub(crate) fn parse_levels(text: &str) -> (Levels, Vec<String>) {
    let mut levels = Levels::new();
    let mut unknown = Vec::new();
    for word in text
        .split(',')
        .map(str::trim)
        .filter(|word| !word.is_empty())
    {
        // verbose(3) is verbose: there is one depth of it.
        let name = word.split('(').next().unwrap_or_default();
        match LEVELS
            .iter()
            .find(|(_, known)| known.eq_ignore_ascii_case(name))
        {
            Some((level, _)) => drop(levels.insert(*level)),
            None if name == "*" => levels.extend(LEVELS.map(|(level, _)| level)),
            None => unknown.push(word.to_owned()),
        }
    }
    (levels, unknown)
}

/// The log's handle; the log is flushed when it is dropped.
pub(crate) struct Logger {
    lines: SyncSender<Job>,
}

enum Job {
    Line(Level, String),
    Rotate(oneshot::Sender<bool>),
    Files(Vec<(PathBuf, Levels)>),
    Flush(SyncSender<()>),
}

/// Starts the log on the terminal; its files come with the configuration.
///
/// # Errors
/// When the thread cannot be started.
pub(crate) fn start(terminal: Levels, debug: bool) -> io::Result<Logger> {
    let (lines, jobs) = sync_channel(QUEUE);
    let writer = Writer {
        terminal,
        files: Vec::new(),
    };
    std::thread::Builder::new()
        .name("log".to_owned())
        .spawn(move || writer.run(&jobs))?;
    let ours = if debug {
        LevelFilter::DEBUG
    } else {
        LevelFilter::INFO
    };
    // The SIP library tells every message at info.
    let targets = Targets::new()
        .with_default(ours)
        .with_target("rsipstack", LevelFilter::WARN);
    let layer = Lines {
        lines: lines.clone(),
        dropped: AtomicU64::new(0),
    }
    .with_filter(targets);
    // Tests start several; the first stays.
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer));
    Ok(Logger { lines })
}

impl Logger {
    /// Writes to these files from now on; those it wrote to are opened anew, so that they may be
    /// rotated.
    pub(crate) fn write_to(&self, folder: &Path, files: &[LogFile]) {
        let files = files
            .iter()
            .map(|file| (folder.join(&file.name), file.levels.clone()));
        let _ = self.lines.send(Job::Files(files.collect()));
    }

    /// Puts the files aside, each under its name with the next number, and begins new ones; whether
    /// that went well.
    pub(crate) async fn rotate(&self) -> bool {
        let (done, rotated) = oneshot::channel();
        self.lines.send(Job::Rotate(done)).is_ok() && rotated.await.unwrap_or(false)
    }
}

impl Drop for Logger {
    fn drop(&mut self) {
        let (done, flushed) = sync_channel(1);
        if self.lines.send(Job::Flush(done)).is_ok() {
            let _ = flushed.recv_timeout(FLUSH);
        }
    }
}

/// Makes lines of what is traced.
struct Lines {
    lines: SyncSender<Job>,
    dropped: AtomicU64,
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = Level::of(event.metadata());
        let mut text = Text::default();
        event.record(&mut text);
        let module = event.metadata().target();
        let line = line(level, module, &text);
        if self.lines.try_send(Job::Line(level, line)).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let dropped = self.dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            let text = Text {
                message: format!("{dropped} lines did not fit in the log's queue"),
                fields: String::new(),
            };
            let _ = self.lines.try_send(Job::Line(
                Level::Warning,
                self::line(Level::Warning, "log", &text),
            ));
        }
    }
}

/// `[2026-11-24 18:13:45] NOTICE[4711] manager: text`: what tools that watch logs look for.
fn line(level: Level, module: &str, text: &Text) -> String {
    let time = jiff::Zoned::now().strftime("%Y-%m-%d %H:%M:%S").to_string();
    let process = std::process::id();
    format!(
        "[{time}] {}[{process}] {module}: {}{}\n",
        level.name(),
        text.message,
        text.fields
    )
}

#[derive(Default)]
struct Text {
    message: String,
    fields: String,
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let value = format!("{value:?}");
        // One event is one line, whatever came from outside.
        let safe = value.replace(|character: char| character.is_control(), "?");
        if field.name() == "message" {
            self.message = safe;
        } else {
            let _ = write!(self.fields, " {}={safe}", field.name());
        }
    }
}

struct Writer {
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
    fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(job) = jobs.recv() {
            match job {
                Job::Line(level, line) => self.write(level, &line),
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
        let files: Vec<_> = self.files.drain(..).map(|open| (open.path, open.levels)).collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read_from_a_list() {
        let (levels, unknown) = parse_levels("notice, WARNING,verbose(3),shout");
        assert_eq!(
            levels,
            [Level::Warning, Level::Notice, Level::Verbose].into()
        );
        assert_eq!(unknown, ["shout"]);
        assert_eq!(parse_levels("*").0.len(), LEVELS.len());
    }

    #[test]
    fn a_line_is_as_log_watchers_expect() {
        let text = Text {
            message: "127.0.0.1 failed".into(),
            fields: String::new(),
        };
        let line = line(Level::Notice, "manager", &text);
        let process = std::process::id();
        assert!(
            line.ends_with(&format!("] NOTICE[{process}] manager: 127.0.0.1 failed\n")),
            "{line}"
        );
        assert!(line.starts_with('['));
    }
}
