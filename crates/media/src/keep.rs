//! Sounds that are recorded: kept in the first of the sounds folders as WAV, looked for and removed there.

use crate::file::{find, is_below};
use crate::{Settings, sounds};
use std::fs;
use std::path::{Path, PathBuf};

/// A folder with as many files takes no more: they are made for every caller who comes along.
const FILES: usize = 4_096;

/// Keeps samples at 8 kHz under a name, in place of what is there.
///
/// # Errors
/// The reason in words, for people.
pub(crate) fn keep(settings: &Settings, name: &str, samples: &[i16]) -> Result<(), String> {
    let path = place(settings, name)?;
    if samples.is_empty() {
        return Err("nothing was heard".to_owned());
    }
    let said = |error: std::io::Error| format!("{}: {error}", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(said)?;
        if !path.exists() && fs::read_dir(folder).map_err(said)?.count() >= FILES {
            let folder = folder.display();
            return Err(format!("{folder} holds {FILES} files: remove some"));
        }
    }
    sounds::write(&path, samples).map_err(said)
}

/// Whether there is a sound of this name.
///
/// # Errors
/// The reason in words if there is none.
pub(crate) fn look_for(settings: &Settings, name: &str) -> Result<(), String> {
    find(settings, "", name).map(|_| ())
}

/// Removes what was kept under a name.
pub(crate) fn remove(settings: &Settings, name: &str) {
    let removed = place(settings, name).map(fs::remove_file);
    if let Ok(Err(error)) = removed
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(name, %error, "A recording cannot be removed");
    }
}

fn place(settings: &Settings, name: &str) -> Result<PathBuf, String> {
    let folder = settings.sounds.first().ok_or("there is no sounds folder")?;
    if !is_below(Path::new(name)) {
        return Err("outside the sounds folders".to_owned());
    }
    let mut path = folder.join(name).into_os_string();
    path.push(".wav");
    Ok(path.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_found_until_it_is_removed() {
        let folder = std::env::temp_dir().join(format!("media-keep-{}", std::process::id()));
        let settings = Settings {
            sounds: vec![folder.clone()],
            ..Settings::default()
        };
        let name = "intros/1.555";
        assert!(look_for(&settings, name).is_err());
        keep(&settings, name, &[1; 160]).unwrap();
        keep(&settings, name, &[2; 160]).unwrap();
        look_for(&settings, name).unwrap();
        let mut read = hound::WavReader::open(folder.join("intros/1.555.wav")).unwrap();
        let samples: Vec<i16> = read.samples().map(Result::unwrap).collect();
        assert_eq!(samples, [2; 160]);
        remove(&settings, name);
        remove(&settings, name);
        assert!(look_for(&settings, name).is_err());
        assert!(keep(&settings, name, &[]).is_err());
        assert!(keep(&settings, "../out", &[1]).is_err());
        fs::remove_dir_all(folder).unwrap();
    }
}
