//! Files of a configuration directory; the one place here that touches the file system.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::Source;

/// A configuration directory. Relative names are taken under it; absolute ones as they are, for
/// an administrator may include a file from anywhere.
#[derive(Clone, Debug)]
pub struct Disk {
    root: PathBuf,
}

impl Disk {
    /// The directory's files.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The directory.
    pub fn root(&self) -> &Path {
        &self.root
    }
}

impl Source for Disk {
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        fs::read(self.root.join(name))
    }

    fn glob(&self, pattern: &str) -> io::Result<Vec<String>> {
        let root = glob::Pattern::escape(&self.root.to_string_lossy());
        let pattern = Path::new(&root).join(pattern);
        let options = glob::MatchOptions {
            require_literal_leading_dot: true,
            ..glob::MatchOptions::new()
        };
        let found =
            glob::glob_with(&pattern.to_string_lossy(), options).map_err(io::Error::other)?;
        let mut names = Vec::new();
        for path in found {
            let path = path.map_err(io::Error::from)?;
            if path.is_file() {
                let name = path.strip_prefix(&self.root).unwrap_or(&path);
                names.push(name.to_string_lossy().into_owned());
            }
        }
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_under_the_directory() {
        let root = std::env::temp_dir().join(format!("conf-disk-{}", std::process::id()));
        fs::create_dir_all(root.join("d/sub.conf")).unwrap();
        for name in ["a.conf", "d/2.conf", "d/1.conf", "d/.3.conf"] {
            fs::write(root.join(name), name).unwrap();
        }
        let disk = Disk::new(&root);
        assert_eq!(disk.read("d/1.conf").unwrap(), b"d/1.conf");
        let absolute = root.join("a.conf");
        assert_eq!(disk.read(absolute.to_str().unwrap()).unwrap(), b"a.conf");
        assert_eq!(
            disk.read("b.conf").unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
        assert_eq!(disk.glob("d/*.conf").unwrap(), ["d/1.conf", "d/2.conf"]);
        assert_eq!(disk.glob("none/*").unwrap(), [""; 0]);
        fs::remove_dir_all(root).unwrap();
    }
}
