//! Writing files so that each is whole at any moment, the old or the new one, and several change
//! together.
//!
//! A new version is written beside the old one, forced to the disk, and renamed over it. Of
//! several, a list of the renames is forced to the disk first: when it is there, all of them will
//! happen, if need be at the next start.

use super::folder::{Folder, OWN};
use cap_std::fs::{OpenOptions, OpenOptionsExt as _};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// The renames that are still to be done.
const LIST: &str = ".switchroom-update";

impl Folder {
    /// Writes new versions of files that exist, all or none.
    pub(super) fn replace(&self, files: &[(PathBuf, Vec<u8>)]) -> io::Result<()> {
        let mut renames = Vec::new();
        for (path, bytes) in files {
            let written = self.prepare(path, bytes);
            match written {
                Ok(new) => renames.push((new, path.clone())),
                Err(error) => {
                    self.discard(&renames);
                    return Err(error);
                }
            }
        }
        if renames.len() > 1
            && let Err(error) = self.list(&renames)
        {
            self.discard(&renames);
            return Err(error);
        }
        self.rename(&renames)?;
        if renames.len() > 1 {
            self.dir.remove_file(LIST)?;
        }
        Ok(())
    }

    /// Does the renames that a killed server has left.
    pub(super) fn recover(&self) -> io::Result<()> {
        let list = match self.dir.read(LIST) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            list => list?,
        };
        let names: Vec<PathBuf> = list
            .split(|byte| *byte == 0)
            .map(|name| PathBuf::from(String::from_utf8_lossy(name).as_ref()))
            .collect();
        let pairs = names
            .chunks_exact(2)
            .map(|pair| (pair[0].clone(), pair[1].clone()));
        self.rename(&pairs.collect::<Vec<_>>())?;
        self.dir.remove_file(LIST)
    }

    /// Makes an empty file; it must not exist.
    pub(super) fn create(&self, path: &Path) -> io::Result<()> {
        let mut options = OpenOptions::new();
        let file = self
            .dir
            .open_with(path, options.write(true).create_new(true).mode(0o640))?;
        file.sync_all()?;
        self.sync_folder_of(path)
    }

    /// Writes the new version of a file beside it, readable for those who may read the old one.
    fn prepare(&self, path: &Path, bytes: &[u8]) -> io::Result<PathBuf> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let new = path.with_file_name(format!("{OWN}new-{name}"));
        let permissions = self.dir.metadata(path)?.permissions();
        // What a killed server has left is in the way.
        let _ = self.dir.remove_file(&new);
        let written = self.write_new(&new, bytes, Some(permissions));
        if written.is_err() {
            let _ = self.dir.remove_file(&new);
        }
        written.map(|()| new)
    }

    fn write_new(
        &self,
        path: &Path,
        bytes: &[u8],
        permissions: Option<cap_std::fs::Permissions>,
    ) -> io::Result<()> {
        let mut options = OpenOptions::new();
        let mut file = self
            .dir
            .open_with(path, options.write(true).create_new(true).mode(0o600))?;
        file.write_all(bytes)?;
        if let Some(permissions) = permissions {
            file.set_permissions(permissions)?;
        }
        file.sync_all()
    }

    fn list(&self, renames: &[(PathBuf, PathBuf)]) -> io::Result<()> {
        let mut bytes = Vec::new();
        for path in renames.iter().flat_map(|(from, to)| [from, to]) {
            bytes.extend_from_slice(path.to_string_lossy().as_bytes());
            bytes.push(0);
        }
        let new = Path::new(".switchroom-update-new");
        let _ = self.dir.remove_file(new);
        self.write_new(new, &bytes, None)?;
        self.dir.rename(new, &self.dir, LIST)?;
        self.sync_folder_of(Path::new(LIST))
    }

    fn rename(&self, renames: &[(PathBuf, PathBuf)]) -> io::Result<()> {
        for (from, to) in renames {
            match self.dir.rename(from, &self.dir, to) {
                // It was done before the server was killed.
                Err(error) if error.kind() == io::ErrorKind::NotFound && renames.len() > 1 => {}
                done => done?,
            }
        }
        for (_, to) in renames {
            self.sync_folder_of(to)?;
        }
        Ok(())
    }

    fn discard(&self, renames: &[(PathBuf, PathBuf)]) {
        for (new, _) in renames {
            let _ = self.dir.remove_file(new);
        }
    }

    fn sync_folder_of(&self, path: &Path) -> io::Result<()> {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        self.dir.open(folder.unwrap_or(Path::new(".")))?.sync_all()
    }
}
