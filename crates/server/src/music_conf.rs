//! musiconhold.conf: the classes of music and their files.

use conf::{Config, Diagnostic, Section, Settings as _};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What plays where no file says otherwise, and its only piece: one of our own.
const DEFAULT: (&str, &str) = ("default", "music");

/// The files of each class, in the order they are played, without extension.
pub(crate) type Music = BTreeMap<Arc<str>, Vec<Arc<str>>>;

/// What can be said in musiconhold.conf.
#[cfg(test)]
pub(crate) const HELP: conf::Help = conf::Help::of::<Class>("musiconhold.conf", "[class]");

/// A class of music.
#[derive(Clone, Debug, conf::Settings)]
struct Class {
    /// Where its pieces come from: `files` is all of a folder, `playlist` those named by `entry`.
    #[setting(default = "files")]
    mode: String,
    /// The folder; a relative one is taken from astdatadir.
    directory: Option<PathBuf>,
    /// The pieces of a playlist, in order: names of sounds, or absolute ones.
    #[setting(name = "entry")]
    entries: Vec<String>,
    /// The order of a folder's pieces: `alpha`.
    #[setting(default = "alpha")]
    sort: String,
}

/// Reads the file. Without one there is one class, with music of our own.
pub(crate) fn read(config: &Config, data: &Path, diagnostics: &mut Vec<Diagnostic>) -> Music {
    let classes = config
        .concrete()
        .filter(|section| !section.name.eq_ignore_ascii_case("general"));
    let mut music = Music::new();
    for section in classes {
        let class = Class::read(section, diagnostics);
        let mut warn = |message: String, remedy: &str| {
            diagnostics.push(Diagnostic::warning(&section.at, message, remedy));
        };
        let pieces = match class.mode.to_ascii_lowercase().as_str() {
            "files" => folder(section, &class, data, &mut warn),
            "playlist" => Some(
                class
                    .entries
                    .iter()
                    .map(|entry| entry.as_str().into())
                    .collect(),
            ),
            other => {
                let message = format!("[{}]: music of mode `{other}` is not played", section.name);
                warn(message, "write `mode = files` or `mode = playlist`");
                None
            }
        };
        if let Some(pieces) = pieces {
            music.insert(section.name.as_str().into(), pieces);
        }
    }
    if config.sections.is_empty() {
        let (class, piece) = DEFAULT;
        music.insert(class.into(), vec![piece.into()]);
    }
    music
}

fn folder(
    section: &Section,
    class: &Class,
    data: &Path,
    warn: &mut dyn FnMut(String, &str),
) -> Option<Vec<Arc<str>>> {
    let name = &section.name;
    if !matches!(class.sort.as_str(), "alpha" | "") {
        let message = format!(
            "[{name}]: its pieces are played in alphabetical order, not `{}`",
            class.sort
        );
        warn(message, "write `sort = alpha`");
    }
    let Some(directory) = &class.directory else {
        warn(format!("[{name}] has no folder"), "write `directory = …`");
        return None;
    };
    let directory = data.join(directory);
    let found = match std::fs::read_dir(&directory) {
        Ok(found) => found,
        Err(error) => {
            warn(
                format!("[{name}]: {}: {error}", directory.display()),
                "put its pieces there",
            );
            return Some(Vec::new());
        }
    };
    // A piece in several formats is one piece.
    let paths = found
        .flatten()
        .map(|file| file.path())
        .filter(|path| path.is_file());
    let pieces: BTreeSet<_> = paths.map(|path| path.with_extension("")).collect();
    Some(
        pieces
            .iter()
            .map(|piece| piece.to_string_lossy().into())
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn music(text: &str, data: &Path) -> (Music, Vec<String>) {
        let source = conf::Memory::default().with("musiconhold.conf", text);
        let config = conf::load(&source, "musiconhold.conf").unwrap();
        let mut diagnostics = Vec::new();
        let music = read(&config, data, &mut diagnostics);
        (music, diagnostics.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_folder_is_played_in_order() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("moh")).unwrap();
        for name in ["b.wav", "a.wav", "a.ulaw"] {
            std::fs::write(folder.path().join("moh").join(name), "").unwrap();
        }
        let (music, told) = music(
            "[default]\nmode=files\ndirectory=moh\n[x]\nmode=custom\n",
            folder.path(),
        );
        let moh = folder.path().join("moh");
        let pieces: Vec<Arc<str>> = ["a", "b"]
            .map(|name| moh.join(name).to_string_lossy().into())
            .into();
        assert_eq!(music, Music::from([("default".into(), pieces)]));
        assert!(
            told[0].starts_with("musiconhold.conf:4: [x]: music of mode `custom` is not played"),
            "{told:?}"
        );
    }

    #[test]
    fn there_is_music_without_a_file() {
        assert_eq!(
            music("", Path::new("/")).0,
            Music::from([("default".into(), vec!["music".into()])])
        );
    }
}
