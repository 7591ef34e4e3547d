//! The files of the configuration folder, as managers and the console read and change them.
//!
//! One thread owns them, so that editors come one after the other and nobody else ever waits for
//! the disk. Its queue is bounded; who finds it full is told so at once.

mod folder;
mod write;

use conf::{Disk, Edit, Refused, Source};
use folder::{Folder, fault};
use manager::{FileFault, FileReply, FileRequest, FileUpdate};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// How many requests may wait.
const WAITING: usize = 256;

/// The way to the files.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    jobs: mpsc::Sender<Job>,
}

#[derive(Debug)]
struct Job {
    request: FileRequest,
    answer: oneshot::Sender<Answer>,
}

type Answer = Result<FileReply, FileFault>;

/// The store is not asked: too many wait, or the server ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the configuration files cannot be asked now")]
pub(crate) struct Busy;

impl Store {
    /// Starts the thread. It finishes first what a killed server has begun.
    ///
    /// # Errors
    /// When there can be no thread.
    pub(crate) fn start(folder: &Path) -> io::Result<Self> {
        let (jobs, waiting) = mpsc::channel(WAITING);
        let folder = folder.to_owned();
        std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || serve(&folder, waiting))?;
        Ok(Self { jobs })
    }

    /// Asks, and waits for the answer.
    pub(crate) async fn ask(&self, request: FileRequest) -> Result<Answer, Busy> {
        let (answer, answered) = oneshot::channel();
        self.jobs
            .try_send(Job { request, answer })
            .map_err(|_| Busy)?;
        answered.await.map_err(|_| Busy)
    }
}

fn serve(root: &Path, mut jobs: mpsc::Receiver<Job>) {
    if let Err(error) = Folder::open(root).and_then(|folder| folder.recover()) {
        tracing::error!(%error, folder = %root.display(), "an interrupted change of files is not finished");
    }
    while let Some(Job { request, answer }) = jobs.blocking_recv() {
        // Who no longer waits does not want to know.
        let _ = answer.send(carry_out(root, &request));
    }
}

/// Does what is asked for. The folder is opened anew each time: it may be a link that changes.
fn carry_out(root: &Path, request: &FileRequest) -> Answer {
    let folder = Folder::open(root).map_err(|error| fault(&error))?;
    match request {
        FileRequest::Read { name } => read(&folder, name),
        FileRequest::Create { name } => {
            let path = folder.within(name)?;
            folder.create(&path).map_err(|error| fault(&error))?;
            tracing::info!(file = name, "configuration file created");
            Ok(FileReply::Done)
        }
        FileRequest::Save { name, text } => save(&folder, name, text),
        FileRequest::Update(update) => self::update(&folder, update),
    }
}

fn read(folder: &Folder, name: &str) -> Answer {
    folder.existing(name)?;
    let config = conf::load(folder, name.trim()).map_err(|error| unread(&error))?;
    Ok(FileReply::Config(Arc::new(config)))
}

/// Writes a file anew, and what it said before beside it; both change or none does.
fn save(folder: &Folder, name: &str, text: &str) -> Answer {
    let path = folder.within(name)?;
    let mut files = Vec::new();
    match folder.existing(name) {
        Ok(real) => {
            let old = Source::read(folder, name).map_err(|error| fault(&error))?;
            let mut kept = real.clone().into_os_string();
            kept.push(".old");
            let kept = PathBuf::from(kept);
            if let Err(error) = folder.create(&kept)
                && error.kind() != io::ErrorKind::AlreadyExists
            {
                return Err(fault(&error));
            }
            files.push((kept, old));
            files.push((real, text.as_bytes().to_vec()));
        }
        Err(FileFault::Missing) => {
            folder.create(&path).map_err(|error| fault(&error))?;
            files.push((path, text.as_bytes().to_vec()));
        }
        Err(other) => return Err(other),
    }
    folder.replace(&files).map_err(|error| {
        tracing::error!(%error, file = name, "configuration file not saved");
        FileFault::Refused(Refused::NotSaved)
    })?;
    tracing::info!(file = name, "configuration file saved");
    Ok(FileReply::Done)
}

fn update(folder: &Folder, update: &FileUpdate) -> Answer {
    folder.existing(&update.source)?;
    let destination = folder.existing(&update.destination)?;
    let mut edit = Edit::open(folder, update.source.trim()).map_err(|error| unread(&error))?;
    for step in &update.steps {
        edit.apply(step).map_err(FileFault::Refused)?;
    }
    let edited = edit.finish(update.preserve).map_err(FileFault::Refused)?;
    let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    for (index, (name, bytes)) in edited.into_iter().enumerate() {
        let path = if index == 0 {
            destination.clone()
        } else {
            folder.existing(&name)?
        };
        if files.iter().any(|(other, _)| *other == path) {
            // Two names of one file: there is no telling which version is meant.
            return Err(FileFault::Refused(Refused::NotSaved));
        }
        files.push((path, bytes));
    }
    if !stays_valid(folder, update.destination.trim(), &files) {
        return Err(FileFault::Refused(Refused::NotSaved));
    }
    folder.replace(&files).map_err(|error| {
        tracing::error!(%error, file = update.destination, "configuration file not saved");
        FileFault::Refused(Refused::NotSaved)
    })?;
    tracing::info!(
        file = update.destination,
        steps = update.steps.len(),
        "configuration file changed"
    );
    Ok(FileReply::Done)
}

fn unread(error: &conf::Error) -> FileFault {
    match error {
        conf::Error::Missing(_) => FileFault::Missing,
        conf::Error::Invalid(diagnostic) => {
            tracing::warn!("{diagnostic}");
            FileFault::Invalid
        }
    }
}

/// Whether the server could read the file with these new versions, if it could before: what is
/// included from elsewhere may speak of a section that goes.
fn stays_valid(folder: &Folder, name: &str, files: &[(PathBuf, Vec<u8>)]) -> bool {
    let whole = |files| Whole {
        folder,
        disk: Disk::new(&folder.root),
        files,
    };
    match conf::load(&whole(files), name) {
        Ok(_) => true,
        Err(error) => {
            tracing::warn!("{error}");
            conf::load(&whole(&[]), name).is_err()
        }
    }
}

/// The files as the server itself reads them, with new versions of some.
struct Whole<'a> {
    folder: &'a Folder,
    disk: Disk,
    files: &'a [(PathBuf, Vec<u8>)],
}

impl Source for Whole<'_> {
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let real = self.folder.existing(name).ok();
        let new = self
            .files
            .iter()
            .find(|(path, _)| Some(path) == real.as_ref());
        new.map_or_else(|| self.disk.read(name), |(_, bytes)| Ok(bytes.clone()))
    }

    fn glob(&self, pattern: &str) -> io::Result<Vec<String>> {
        self.disk.glob(pattern)
    }
}

#[cfg(test)]
mod tests;
