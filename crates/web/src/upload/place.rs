//! Where a posted file goes: a plain name in the folder, and nowhere else whatever links there are.

use cap_std::ambient_authority;
use cap_std::fs::{Dir, OpenOptions};
use std::io;
use std::path::Path;
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;
use tokio::task::spawn_blocking;

/// The longest name, in bytes.
const LONGEST: usize = 255;

/// The name that a file said to be called so may have: the last part, as some browsers tell of the
/// folder too. Hidden names are those of files that are not whole yet.
pub(crate) fn name(said: &str) -> Option<&str> {
    let name = said.rsplit(['/', '\\']).next()?;
    let is_plain = !name.is_empty()
        && name.len() <= LONGEST
        && !name.starts_with('.')
        && !name.contains(char::is_control);
    is_plain.then_some(name)
}

/// A file that is not whole yet; gone if it never is.
pub(crate) struct Unfinished {
    file: File,
    kept: Kept,
}

struct Kept {
    folder: Dir,
    /// Its name meanwhile.
    name: String,
    finished: bool,
}

impl Unfinished {
    /// Begins one.
    pub(crate) async fn begin(folder: &Path) -> io::Result<Self> {
        let mut bits = [0; 8];
        getrandom::fill(&mut bits).map_err(|error| io::Error::other(error.to_string()))?;
        let name = format!(".upload-{:016x}", u64::from_ne_bytes(bits));
        let folder = folder.to_owned();
        let (file, kept) = blocking(move || {
            let folder = Dir::open_ambient_dir(folder, ambient_authority())?;
            let file = folder.open_with(&name, OpenOptions::new().write(true).create_new(true))?;
            let kept = Kept {
                folder,
                name,
                finished: false,
            };
            Ok((file.into_std(), kept))
        })
        .await?;
        let file = File::from_std(file);
        Ok(Self { file, kept })
    }

    /// Adds to it.
    pub(crate) async fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.file.write_all(piece).await
    }

    /// It is whole and gets this name, in place of a file that has it.
    pub(crate) async fn finish(mut self, name: &str) -> io::Result<()> {
        self.file.flush().await?;
        self.file.sync_all().await?;
        let (kept, name) = (self.kept, name.to_owned());
        blocking(move || kept.rename(&name)).await
    }
}

impl Kept {
    fn rename(mut self, name: &str) -> io::Result<()> {
        self.folder.rename(&self.name, &self.folder, name)?;
        self.finished = true;
        Ok(())
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if !self.finished {
            let _ = self.folder.remove_file(&self.name); // a disk that refuses keeps it
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    spawn_blocking(work).await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_part_and_in_sight() {
        assert_eq!(name("hello.wav"), Some("hello.wav"));
        assert_eq!(name("C:\\sounds\\hello.wav"), Some("hello.wav"));
        assert_eq!(name("../../etc/passwd"), Some("passwd"));
        for none in ["", "a/", "..", ".", ".hidden", "a\0b", "a\nb"] {
            assert_eq!(name(none), None, "{none:?}");
        }
        assert_eq!(name(&"x".repeat(256)), None);
    }

    #[tokio::test]
    async fn a_file_is_there_as_a_whole_or_not_at_all() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("folder");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(home.path().join("outside"), "safe").unwrap();
        std::os::unix::fs::symlink("../outside", folder.join("link")).unwrap();
        let list = || std::fs::read_dir(&folder).unwrap().count();

        let mut file = Unfinished::begin(&folder).await.unwrap();
        file.write(b"half").await.unwrap();
        drop(file);
        assert_eq!(list(), 1);

        let mut file = Unfinished::begin(&folder).await.unwrap();
        file.write(b"whole").await.unwrap();
        file.finish("link").await.unwrap();
        assert_eq!(list(), 1);
        assert_eq!(
            std::fs::read_to_string(folder.join("link")).unwrap(),
            "whole"
        );
        let outside = std::fs::read_to_string(home.path().join("outside")).unwrap();
        assert_eq!(outside, "safe");
    }
}
