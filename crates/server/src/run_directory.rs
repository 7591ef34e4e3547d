//! The run directory: a lock that keeps a second server out, and the control socket's place.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// The control socket of the server that runs on this directory.
pub(crate) fn control_socket(directory: &Path) -> PathBuf {
    directory.join("asterisk.ctl")
}

/// Held for as long as the server runs. The system lets go of it when the process ends, however
/// it ends, so a stale file never stands in the way.
#[derive(Debug)]
pub(crate) struct RunLock {
    _file: File,
}

/// Why the run directory could not be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RunError {
    #[error(
        "a server already runs on {directory} (process {process}); talk to it with -r or -x, or give another astrundir"
    )]
    Taken { directory: String, process: String },
    #[error("{path}: {error}")]
    Unusable { path: String, error: std::io::Error },
}

impl RunLock {
    /// Takes the directory, making it if need be, and writes our process id into `asterisk.pid`.
    pub(crate) fn take(directory: &Path) -> Result<Self, RunError> {
        let path = directory.join("asterisk.pid");
        let unusable = |error| RunError::Unusable {
            path: path.display().to_string(),
            error,
        };
        fs::create_dir_all(directory).map_err(unusable)?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o644)
            .open(&path)
            .map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut process = String::new();
                file.read_to_string(&mut process).map_err(unusable)?;
                return Err(RunError::Taken {
                    directory: directory.display().to_string(),
                    process: process.trim().to_owned(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(unusable(error)),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .map_err(unusable)?;
        writeln!(file, "{}", std::process::id()).map_err(unusable)?;
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_server_is_kept_out_until_the_first_ends() {
        let directory = tempfile::tempdir().unwrap();
        let first = RunLock::take(directory.path()).unwrap();
        let refused = RunLock::take(directory.path()).unwrap_err().to_string();
        assert!(
            refused.contains(&format!("process {}", std::process::id())),
            "{refused}"
        );
        drop(first);
        RunLock::take(directory.path()).unwrap();
    }
}
