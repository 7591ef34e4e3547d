//! Sound files: where a name is looked up, and samples out of what is found.

use crate::codec::RATE;
use crate::{Format, Settings};
use audio_codec::BoxedResampler;
use hound::{SampleFormat, WavReader};
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};

/// Extensions tried for a name, in order.
const EXTENSIONS: [&str; 6] = ["wav", "ulaw", "ul", "alaw", "al", "sln"];
/// Bytes or samples taken from a file at a time.
const PIECE: usize = 4_096;

/// A file being read, as 8 kHz mono.
pub(crate) struct Sound {
    kind: Kind,
}

enum Kind {
    Wav {
        reader: Box<WavReader<BufReader<File>>>,
        resampler: Option<BoxedResampler>,
    },
    Coded(Format, File),
    /// Signed linear, 16 bit, little endian, 8 kHz.
    Linear(BufReader<File>),
}

impl Sound {
    /// Opens the file of a name: in each folder first below `language`, then in the folder itself.
    ///
    /// # Errors
    /// The reason in words, for people.
    pub(crate) fn open(settings: &Settings, language: &str, name: &str) -> Result<Self, String> {
        let path = find(settings, language, name)?;
        Self::read(&path).map_err(|error| format!("{}: {error}", path.display()))
    }

    fn read(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let kind = match path.extension().and_then(|extension| extension.to_str()) {
            Some("wav") => wav(file)?,
            Some("ulaw" | "ul") => Kind::Coded(Format::Ulaw, file),
            Some("alaw" | "al") => Kind::Coded(Format::Alaw, file),
            Some(_) | None => Kind::Linear(BufReader::new(file)),
        };
        Ok(Self { kind })
    }

    /// Leaves out samples at the beginning; says how many, as there may be fewer.
    ///
    /// # Errors
    /// The reason in words if the file is damaged.
    pub(crate) fn skip(&mut self, samples: u64) -> Result<u64, String> {
        let said = |error: std::io::Error| error.to_string();
        match &mut self.kind {
            Kind::Wav { reader, .. } => {
                let rate = u64::from(reader.spec().sample_rate);
                let wanted = samples.saturating_mul(rate) / u64::from(RATE);
                let all = u64::from(reader.duration());
                let left_out = wanted.min(all);
                let at = u32::try_from(left_out).map_err(|error| error.to_string())?;
                reader.seek(at).map_err(said)?;
                Ok(match wanted > all {
                    true => all * u64::from(RATE) / rate,
                    false => samples,
                })
            }
            Kind::Coded(_, file) => {
                let left_out = samples.min(file.metadata().map_err(said)?.len());
                file.seek(SeekFrom::Start(left_out)).map_err(said)?;
                Ok(left_out)
            }
            Kind::Linear(file) => {
                let left_out = samples.min(file.get_ref().metadata().map_err(said)?.len() / 2);
                file.seek(SeekFrom::Start(2 * left_out)).map_err(said)?;
                Ok(left_out)
            }
        }
    }

    /// The next piece, empty at the end.
    ///
    /// # Errors
    /// The reason in words if the file is damaged or cannot be read on.
    pub(crate) fn piece(&mut self) -> Result<Vec<i16>, String> {
        match &mut self.kind {
            Kind::Wav { reader, resampler } => wav_piece(reader, resampler.as_mut()),
            Kind::Coded(format, file) => {
                let mut bytes = vec![0; PIECE];
                let length = file.read(&mut bytes).map_err(|error| error.to_string())?;
                Ok(format.decode(&bytes[..length]))
            }
            Kind::Linear(file) => {
                let mut bytes = Vec::with_capacity(2 * PIECE);
                file.take(2 * PIECE as u64)
                    .read_to_end(&mut bytes)
                    .map_err(|error| error.to_string())?;
                Ok(bytes
                    .chunks_exact(2)
                    .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
                    .collect())
            }
        }
    }
}

pub(crate) fn find(settings: &Settings, language: &str, name: &str) -> Result<PathBuf, String> {
    let path = Path::new(name);
    if path.is_absolute() {
        let plain = !path.components().any(|part| part == Component::ParentDir);
        let inside = settings
            .sounds
            .iter()
            .any(|folder| path.starts_with(folder));
        if !(settings.absolute_names || plain && inside) {
            return Err("outside the sounds folders".to_owned());
        }
        return first_file(path).ok_or_else(|| "no such file".to_owned());
    }
    if !is_below(path) {
        return Err("outside the sounds folders".to_owned());
    }
    settings
        .sounds
        .iter()
        .flat_map(|folder| {
            languages(language)
                .map(|language| folder.join(language))
                .chain([folder.clone()])
        })
        .find_map(|folder| first_file(&folder.join(path)))
        .ok_or_else(|| "no such file".to_owned())
}

/// The folders of a language: `en_GB` falls back to `en`.
fn languages(language: &str) -> impl Iterator<Item = &str> {
    let base = language.split_once('_').map(|(base, _)| base);
    [Some(language), base]
        .into_iter()
        .flatten()
        .filter(|language| is_below(Path::new(language)))
}

/// Whether a relative path stays where it is put.
pub(crate) fn is_below(path: &Path) -> bool {
    let mut parts = path.components().peekable();
    parts.peek().is_some() && parts.all(|part| matches!(part, Component::Normal(_)))
}

fn first_file(stem: &Path) -> Option<PathBuf> {
    EXTENSIONS.iter().find_map(|extension| {
        let mut path = stem.as_os_str().to_owned();
        path.push(".");
        path.push(extension);
        let path = PathBuf::from(path);
        path.is_file().then_some(path)
    })
}

fn wav(file: File) -> Result<Kind, String> {
    let reader = WavReader::new(BufReader::new(file)).map_err(|error| error.to_string())?;
    let spec = reader.spec();
    if spec.channels == 0 || spec.sample_rate == 0 {
        return Err("a file without channels or rate".to_owned());
    }
    let resampler = (spec.sample_rate != RATE)
        .then(|| BoxedResampler::new(spec.sample_rate as usize, RATE as usize))
        .transpose()
        .map_err(|error| error.to_string())?;
    Ok(Kind::Wav {
        reader: Box::new(reader),
        resampler,
    })
}

fn wav_piece(
    reader: &mut WavReader<BufReader<File>>,
    resampler: Option<&mut BoxedResampler>,
) -> Result<Vec<i16>, String> {
    let spec = reader.spec();
    let channels = usize::from(spec.channels);
    let wanted = PIECE * channels;
    let samples: hound::Result<Vec<i32>> = match spec.sample_format {
        SampleFormat::Float => reader
            .samples::<f32>()
            .take(wanted)
            .map(|sample| Ok((sample? * f32::from(i16::MAX)) as i32))
            .collect(),
        SampleFormat::Int => {
            let (up, down) = (
                16_u16.saturating_sub(spec.bits_per_sample),
                spec.bits_per_sample.saturating_sub(16),
            );
            reader
                .samples::<i32>()
                .take(wanted)
                .map(|sample| Ok((sample? << up) >> down))
                .collect()
        }
    };
    let samples = samples.map_err(|error| error.to_string())?;
    let mono: Vec<i16> = samples.chunks(channels).map(mean).collect();
    match resampler {
        Some(resampler) => resample(resampler, &mono),
        None => Ok(mono),
    }
}

/// A piece resampled is at least a sample long, as an empty one means the end.
fn resample(resampler: &mut BoxedResampler, mono: &[i16]) -> Result<Vec<i16>, String> {
    let mut out = vec![0; resampler.max_output_samples(mono.len())];
    let length = resampler
        .resample_into(mono, &mut out)
        .map_err(|error| error.to_string())?;
    let least = usize::from(!mono.is_empty());
    out.truncate(length.max(least));
    Ok(out)
}

fn mean(channels: &[i32]) -> i16 {
    let sum: i64 = channels.iter().copied().map(i64::from).sum();
    (sum / channels.len().max(1) as i64).clamp(i16::MIN.into(), i16::MAX.into()) as i16
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A folder that is removed at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path =
                std::env::temp_dir().join(format!("media-file-{name}-{}", std::process::id()));
            fs::create_dir_all(path.join("en/digits")).unwrap();
            Self(path)
        }

        fn settings(&self) -> Settings {
            Settings {
                sounds: vec![self.0.join("en"), self.0.clone()],
                ..Settings::default()
            }
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.0).unwrap();
        }
    }

    fn all(mut sound: Sound) -> Vec<i16> {
        let mut samples = Vec::new();
        loop {
            match sound.piece().unwrap() {
                piece if piece.is_empty() => return samples,
                piece => samples.extend(piece),
            }
        }
    }

    fn wav_file(
        path: &Path,
        rate: u32,
        channels: u16,
        bits: u16,
        samples: impl Iterator<Item = i32>,
    ) {
        let spec = hound::WavSpec {
            channels,
            sample_rate: rate,
            bits_per_sample: bits,
            sample_format: SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(path, spec).unwrap();
        samples.for_each(|sample| writer.write_sample(sample).unwrap());
        writer.finalize().unwrap();
    }

    #[test]
    fn names_are_looked_up_by_language_first_and_never_outside() {
        let folder = Folder::new("lookup");
        let settings = Settings {
            sounds: vec![folder.0.clone()],
            ..Settings::default()
        };
        for name in [
            "hello.sln",
            "en/hello.ulaw",
            "en/digits/1.wav",
            "secret.txt",
            "v1.2.sln",
        ] {
            fs::write(folder.0.join(name), b"").unwrap();
        }
        let found = |language, name| {
            find(&settings, language, name)
                .map(|path| path.strip_prefix(&folder.0).unwrap().to_owned())
        };
        assert_eq!(found("en", "hello").unwrap(), Path::new("en/hello.ulaw"));
        assert_eq!(
            found("en_GB", "digits/1").unwrap(),
            Path::new("en/digits/1.wav")
        );
        assert_eq!(found("", "hello").unwrap(), Path::new("hello.sln"));
        assert_eq!(found("de", "v1.2").unwrap(), Path::new("v1.2.sln"));
        assert_eq!(found("../..", "hello").unwrap(), Path::new("hello.sln"));
        assert_eq!(found("en", "absent").unwrap_err(), "no such file");
        assert_eq!(found("en", "secret").unwrap_err(), "no such file");
        for outside in ["../hello", "digits/../../hello", "/etc/hello", "", "."] {
            assert_eq!(
                found("en", outside).unwrap_err(),
                "outside the sounds folders",
                "{outside}"
            );
        }
        let absolute = folder.0.join("hello").display().to_string();
        assert_eq!(found("en", &absolute).unwrap(), Path::new("hello.sln"));
    }

    #[test]
    fn raw_files_are_read_as_what_their_extension_says() {
        let folder = Folder::new("raw");
        fs::write(folder.0.join("a.ulaw"), [0xff, 0x00]).unwrap();
        fs::write(folder.0.join("b.al"), [0xd5]).unwrap();
        fs::write(folder.0.join("c.sln"), [1, 0, 0xff, 0xff, 9]).unwrap();
        let open = |name| Sound::open(&folder.settings(), "en", name).unwrap();
        assert_eq!(all(open("a")), [0, -32_124]);
        assert_eq!(all(open("b")), [8]);
        assert_eq!(all(open("c")), [1, -1]);
    }

    #[test]
    fn wav_files_become_8_khz_mono_16_bit() {
        let folder = Folder::new("wav");
        let ramp = || (0..10_000).map(|n| n - 5_000);
        wav_file(&folder.0.join("plain.wav"), 8_000, 1, 16, ramp());
        wav_file(
            &folder.0.join("stereo.wav"),
            8_000,
            2,
            24,
            ramp().flat_map(|n| [(n + 1) << 8, (n - 1) << 8]),
        );
        wav_file(
            &folder.0.join("bytes.wav"),
            8_000,
            1,
            8,
            [-128, 0, 127].into_iter(),
        );
        let open = |name| all(Sound::open(&folder.settings(), "en", name).unwrap());
        let expected: Vec<i16> = (-5_000..5_000).collect();
        assert_eq!(open("plain"), expected);
        assert_eq!(open("stereo"), expected);
        assert_eq!(open("bytes"), [-32_768, 0, 32_512]);
    }

    #[test]
    fn other_rates_are_resampled() {
        let folder = Folder::new("rate");
        let tone = |rate: u32| {
            move |n: u32| {
                ((f64::from(n) / f64::from(rate) * 400.0 * std::f64::consts::TAU).sin() * 8_000.0)
                    as i32
            }
        };
        for rate in [16_000, 44_100, 48_000, 11_025] {
            wav_file(
                &folder.0.join("tone.wav"),
                rate,
                1,
                16,
                (0..rate).map(tone(rate)),
            );
            let samples = all(Sound::open(&folder.settings(), "en", "tone").unwrap());
            assert!(
                samples.len().abs_diff(8_000) < 20,
                "{rate}: {}",
                samples.len()
            );
            let crossings = samples[100..7_900]
                .windows(2)
                .filter(|pair| pair[0] < 0 && pair[1] >= 0)
                .count();
            assert!(crossings.abs_diff(390) <= 1, "{rate}: {crossings}");
            assert!(
                samples[100..7_900].iter().max().unwrap().abs_diff(8_000) < 400,
                "{rate}"
            );
        }
    }

    #[test]
    fn a_damaged_file_says_so() {
        let folder = Folder::new("damaged");
        fs::write(folder.0.join("bad.wav"), b"RIFFnonsense").unwrap();
        let error = Sound::open(&folder.settings(), "en", "bad").err().unwrap();
        assert!(error.contains("bad.wav: "), "{error}");
    }
}
