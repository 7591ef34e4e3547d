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
    if !path.exists() {
        make_room(&path).map_err(said)??;
    }
    sounds::write(&path, samples).map_err(said)
}

/// Adds samples at 8 kHz to a recording, which is whole after each time; makes it if there is none.
///
/// # Errors
/// The reason in words, for people.
pub(crate) fn append(settings: &Settings, name: &str, samples: &[i16]) -> Result<(), String> {
    if !is_below(Path::new(name)) {
        return Err("outside the folder of recordings".to_owned());
    }
    let mut path = settings.recordings.join(name).into_os_string();
    path.push(".wav");
    let path = PathBuf::from(path);
    let said = |error: std::io::Error| format!("{}: {error}", path.display());
    let writer = match path.exists() {
        true => hound::WavWriter::append(&path),
        false => {
            make_room(&path).map_err(said)??;
            hound::WavWriter::create(&path, sounds::SPEC)
        }
    };
    let written = writer.and_then(|mut writer| {
        let mut samples = samples.iter();
        samples.try_for_each(|sample| writer.write_sample(*sample))?;
        writer.finalize()
    });
    written.map_err(|error| format!("{}: {error}", path.display()))
}

/// Makes the folder of a new file; refuses where there are too many.
fn make_room(path: &Path) -> std::io::Result<Result<(), String>> {
    let Some(folder) = path.parent() else {
        return Ok(Ok(()));
    };
    fs::create_dir_all(folder)?;
    if fs::read_dir(folder)?.count() < FILES {
        return Ok(Ok(()));
    }
    let folder = folder.display();
    Ok(Err(format!("{folder} holds {FILES} files: remove some")))
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
    fn a_recording_grows_and_stays_in_its_folder() {
        let folder = std::env::temp_dir().join(format!("media-append-{}", std::process::id()));
        let settings = Settings {
            recordings: folder.clone(),
            ..Settings::default()
        };
        append(&settings, "calls/one", &[1; 160]).unwrap();
        append(&settings, "calls/one", &[2; 160]).unwrap();
        let mut read = hound::WavReader::open(folder.join("calls/one.wav")).unwrap();
        let samples: Vec<i16> = read.samples().map(Result::unwrap).collect();
        assert_eq!(samples, [[1; 160], [2; 160]].concat());
        for name in ["../out", "/tmp/out", ""] {
            assert!(append(&settings, name, &[1]).is_err());
        }
        fs::remove_dir_all(folder).unwrap();
    }

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
