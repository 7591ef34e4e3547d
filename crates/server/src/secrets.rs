//! Secrets made at the first start, as secrets.conf asks for them.
//!
//! `[FILE]` and `SECTION = KEY` there mean: `astvarlibdir/secrets/FILE` shall hold `[SECTION](+)`
//! with a random `KEY`. What is there already stays. The files are the owner's alone.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// 20 characters out of 32 are 100 bits.
const LENGTH: usize = 20;
/// Letters and digits that are not mistaken for one another.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// A secret to be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) file: String,
    pub(crate) section: String,
    pub(crate) key: String,
}

/// A secret just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Made {
    pub(crate) wanted: Wanted,
    pub(crate) secret: String,
}

/// Makes those secrets that are missing from the folder, and gives them.
///
/// # Errors
/// When a file cannot be read or written, or the system has no entropy.
pub(crate) fn ensure(folder: &Path, wanted: &[Wanted]) -> io::Result<Vec<Made>> {
    let mut made = Vec::new();
    for wanted in wanted {
        let path = folder.join(&wanted.file);
        let known = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let heading = format!("[{}](+)", wanted.section);
        if known.lines().any(|line| line.trim() == heading) {
            continue;
        }
        let secret = random()?;
        let mut text = String::new();
        if known.is_empty() {
            text.push_str(
                "; Made at the first start. Who reads this may do what these accounts may.\n",
            );
        }
        let _ = writeln!(text, "\n{heading}\n{} = {secret}", wanted.key);
        fs::create_dir_all(folder)?;
        let mut file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&path)?;
        file.write_all(text.as_bytes())?;
        made.push(Made {
            wanted: wanted.clone(),
            secret,
        });
    }
    Ok(made)
}

fn random() -> io::Result<String> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn wanted(section: &str) -> Wanted {
        Wanted {
            file: "manager.conf".into(),
            section: section.into(),
            key: "secret".into(),
        }
    }

    #[test]
    fn a_secret_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let first = ensure(folder.path(), &[wanted("admin")]).unwrap();
        let second = ensure(folder.path(), &[wanted("admin"), wanted("other")]).unwrap();
        assert_eq!(first.len(), 1);
        assert_eq!(second.len(), 1);
        assert_eq!(second[0].wanted.section, "other");
        assert_ne!(first[0].secret, second[0].secret);
        let path = folder.path().join("manager.conf");
        let text = fs::read_to_string(&path).unwrap();
        assert!(
            text.contains(&format!("[admin](+)\nsecret = {}\n", first[0].secret)),
            "{text}"
        );
        assert_eq!(
            fs::metadata(path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}
