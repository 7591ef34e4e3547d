//! Where files come from: the trait, and files in memory.

use std::collections::BTreeMap;
use std::io;

/// A place that holds configuration files by name, such as a directory.
pub trait Source {
    /// The bytes of the file; `NotFound` when there is none.
    fn read(&self, name: &str) -> io::Result<Vec<u8>>;

    /// The names of the files that match a shell pattern, sorted.
    fn glob(&self, pattern: &str) -> io::Result<Vec<String>>;
}

/// Files in memory.
#[derive(Clone, Debug, Default)]
pub struct Memory(BTreeMap<String, Vec<u8>>);

impl Memory {
    /// Adds a file, or replaces it.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, bytes: impl AsRef<[u8]>) -> Self {
        self.0.insert(name.into(), bytes.as_ref().to_vec());
        self
    }
}

impl Source for Memory {
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let bytes = self.0.get(name).cloned();
        bytes.ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn glob(&self, pattern: &str) -> io::Result<Vec<String>> {
        let pattern = glob::Pattern::new(pattern).map_err(io::Error::other)?;
        // As in a shell, a star does not cross a folder and does not find hidden files.
        let options = glob::MatchOptions {
            case_sensitive: true,
            require_literal_separator: true,
            require_literal_leading_dot: true,
        };
        let names = self.0.keys();
        Ok(names
            .filter(|name| pattern.matches_with(name, options))
            .cloned()
            .collect())
    }
}
