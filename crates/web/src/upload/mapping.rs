//! `[post_mappings]` of http.conf: which path takes files into which folder.

use crate::ami_face::Face;
use crate::json_faces::JsonFace;
use conf::{Diagnostic, Entry};
use std::path::PathBuf;

/// A path that takes files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// The path below the prefix, in lower case and without slashes around.
    pub path: String,
    /// Where the files go.
    pub folder: PathBuf,
}

impl Mapping {
    /// Reads a line, `path = folder`.
    pub(crate) fn read(entry: &Entry, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let path = entry.key.trim_matches('/').to_ascii_lowercase();
        let folder = PathBuf::from(&entry.value);
        let remedy = if path.is_empty() || is_taken(&path) {
            "choose a path that nothing else is served under"
        } else if !folder.is_absolute() {
            "write the whole path of the folder, beginning with a slash"
        } else {
            return Some(Self { path, folder });
        };
        diagnostics.push(Diagnostic::warning(
            &entry.at,
            format!("`{} = {}` takes no files", entry.key, entry.value),
            remedy,
        ));
        None
    }
}

/// Whether something else is served there.
fn is_taken(path: &str) -> bool {
    let first = path.split('/').next().unwrap_or(path);
    ["static", "panel", "httpstatus", "actions"].contains(&first)
        || Face::of(path).is_some()
        || JsonFace::of(path, path).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use conf::{Memory, load};

    #[test]
    fn a_mapping_has_a_path_of_its_own_and_a_whole_folder() {
        let text = "[post_mappings]\n/Sounds/ = /srv/sounds\nrawman = /srv\nstatic/x = /srv\nevents = /srv\na = b\n";
        let config = load(&Memory::default().with("http.conf", text), "http.conf").unwrap();
        let mut diagnostics = Vec::new();
        let entries = &config.section("post_mappings").unwrap().entries;
        let read: Vec<_> = entries
            .iter()
            .filter_map(|entry| Mapping::read(entry, &mut diagnostics))
            .collect();
        let sounds = Mapping {
            path: "sounds".into(),
            folder: "/srv/sounds".into(),
        };
        assert_eq!(read, [sounds]);
        let lines: Vec<_> = diagnostics.iter().map(|d| d.at.line).collect();
        assert_eq!(lines, [3, 4, 5, 6]);
    }
}
