//! The configuration folder: files by name, and nothing outside it, whatever links and names say.
//!
//! The confinement is cap-std's: every name is opened relative to the folder with the kernel's or
//! its own check of each step, so that a link swapped in between leads nowhere else either.

use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt as _};
use conf::Source;
use manager::FileFault;
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};

/// The largest file that is read, in bytes.
const SIZE_LIMIT: u64 = 64 * 1024 * 1024;
/// Files of our own begin so; no client names them.
pub(super) const OWN: &str = ".switchroom-";

/// The folder, opened.
pub(crate) struct Folder {
    pub(super) dir: Dir,
    pub(super) root: PathBuf,
    /// Its path without links.
    real: PathBuf,
}

impl Folder {
    pub(crate) fn open(root: &Path) -> io::Result<Self> {
        Ok(Self {
            dir: Dir::open_ambient_dir(root, ambient_authority())?,
            root: root.to_owned(),
            real: root.canonicalize()?,
        })
    }

    /// The path of a file within the folder; the file need not exist.
    pub(super) fn within(&self, name: &str) -> Result<PathBuf, FileFault> {
        let name = Path::new(name.trim());
        let inside = if name.is_absolute() {
            let inside = name
                .strip_prefix(&self.root)
                .or_else(|_| name.strip_prefix(&self.real));
            inside.map_err(|_| FileFault::Restricted)?
        } else {
            name
        };
        let mut depth = 0_usize;
        for part in inside.components() {
            match part {
                Component::Normal(_) => depth += 1,
                Component::CurDir => {}
                Component::ParentDir => {
                    depth = depth.checked_sub(1).ok_or(FileFault::Restricted)?
                }
                Component::RootDir | Component::Prefix(_) => return Err(FileFault::Restricted),
            }
        }
        let file = inside.file_name().ok_or(FileFault::Name)?.to_string_lossy();
        if file.starts_with(OWN) {
            return Err(FileFault::Restricted);
        }
        if file.contains(char::is_control) {
            return Err(FileFault::Name);
        }
        Ok(inside.to_owned())
    }

    /// The path of a file that exists, without links: where a new version has to go.
    pub(super) fn existing(&self, name: &str) -> Result<PathBuf, FileFault> {
        let path = self.within(name)?;
        let real = self
            .dir
            .canonicalize(&path)
            .map_err(|error| fault(&error))?;
        if self
            .dir
            .metadata(&real)
            .map_err(|error| fault(&error))?
            .is_file()
        {
            Ok(real)
        } else {
            Err(FileFault::Invalid)
        }
    }

    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        let mut options = OpenOptions::new();
        // A pipe or a device must not hold us up; it is no file either.
        options.read(true).custom_flags(nix::libc::O_NONBLOCK);
        let file = self.dir.open_with(path, &options)?;
        let known = file.metadata()?;
        if !known.is_file() || known.len() > SIZE_LIMIT {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "not a file to be read",
            ));
        }
        let mut bytes = Vec::new();
        file.take(SIZE_LIMIT).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// The files of one folder whose names match, hidden ones left out.
    fn matching(&self, folder: &Path, pattern: &str) -> io::Result<Vec<PathBuf>> {
        let literal = !pattern.contains(['*', '?', '[']);
        if literal {
            return Ok(vec![folder.join(pattern)]);
        }
        let pattern = glob::Pattern::new(pattern).map_err(io::Error::other)?;
        let options = glob::MatchOptions {
            require_literal_leading_dot: true,
            ..glob::MatchOptions::new()
        };
        let here = if folder.as_os_str().is_empty() {
            Path::new(".")
        } else {
            folder
        };
        let entries = match self.dir.read_dir(here) {
            Err(error) if is_absent(&error) => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let name = entry?.file_name();
            if pattern.matches_with(&name.to_string_lossy(), options) {
                names.push(folder.join(name));
            }
        }
        names.sort();
        Ok(names)
    }
}

/// What a file of the folder includes from elsewhere is for the server itself: here it says nothing.
impl Source for Folder {
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let Ok(path) = self.within(name) else {
            return Ok(Vec::new());
        };
        match self.bytes(&path) {
            Err(error) if fault(&error) == FileFault::Restricted => Ok(Vec::new()),
            bytes => bytes,
        }
    }

    fn glob(&self, pattern: &str) -> io::Result<Vec<String>> {
        let Ok(inside) = self.within(pattern) else {
            return Ok(Vec::new());
        };
        let mut found = vec![PathBuf::new()];
        for part in inside.components() {
            let part = part.as_os_str().to_string_lossy();
            let mut deeper = Vec::new();
            for folder in found {
                deeper.append(&mut self.matching(&folder, &part)?);
            }
            found = deeper;
        }
        let files = found
            .into_iter()
            .filter(|path| self.dir.metadata(path).is_ok_and(|known| known.is_file()));
        Ok(files
            .map(|path| path.to_string_lossy().into_owned())
            .collect())
    }
}

/// What an error of the system means to who asks for a file.
pub(super) fn fault(error: &io::Error) -> FileFault {
    if is_absent(error) {
        return FileFault::Missing;
    }
    // The confinement's own refusals come without a number of the system's.
    match error.raw_os_error() {
        None if error.kind() == io::ErrorKind::PermissionDenied => FileFault::Restricted,
        None => FileFault::Invalid,
        Some(number) => FileFault::System(nix::errno::Errno::from_raw(number).desc().to_owned()),
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}
