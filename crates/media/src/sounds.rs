//! Sounds of our own making, so that a new installation has something to play.

use crate::codec::RATE;
use hound::{SampleFormat, WavSpec, WavWriter};
use std::f64::consts::TAU;
use std::fs;
use std::io;
use std::path::Path;

/// Writes the sounds `beep`, `hello` and `music` into a folder, which is made if there is none. What is there already is
/// left alone, so that people may put their own in place.
///
/// # Errors
/// What writing said; a file is either whole or not there.
pub fn ensure(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for (name, notes) in [("beep", beep as Score), ("hello", hello), ("music", music)] {
        let path = folder.join(name).with_extension("wav");
        if !path.exists() {
            write(&path, &render(&notes()))?;
        }
    }
    Ok(())
}

type Score = fn() -> Vec<Note>;

/// A note of a plucked string, more or less.
struct Note {
    /// Seconds.
    start: f64,
    length: f64,
    /// Semitones from the A of 440 Hz.
    pitch: i32,
    /// Of full scale.
    level: f64,
}

impl Note {
    /// The wave at `time` seconds after the note began: three harmonics, the higher ones dying away faster.
    fn at(&self, time: f64) -> f64 {
        let hertz = 440.0 * (f64::from(self.pitch) / 12.0).exp2();
        let wave: f64 = [(1.0, 1.0), (2.0, 0.4), (3.0, 0.15)]
            .iter()
            .map(|(harmonic, share)| {
                let decay = (-time * harmonic * 2.5 / self.length).exp();
                (time * hertz * harmonic * TAU).sin() * share * decay
            })
            .sum();
        // 5 ms up and 20 ms down, lest it clicks.
        let edge = (time / 0.005)
            .min((self.length - time) / 0.02)
            .clamp(0.0, 1.0);
        wave * edge * self.level
    }
}

fn beep() -> Vec<Note> {
    vec![Note {
        start: 0.0,
        length: 0.4,
        pitch: 12,
        level: 0.5,
    }]
}

/// A broken C major chord upwards, and a fifth to rest on.
fn hello() -> Vec<Note> {
    let steps = [3, 7, 10, 15, 10, 15].iter().zip(0..);
    let melody = steps.map(|(pitch, step)| Note {
        start: f64::from(step) * 0.18,
        length: if step == 5 { 1.4 } else { 0.7 },
        pitch: *pitch,
        level: 0.3,
    });
    let bass = Note {
        start: 0.9,
        length: 1.4,
        pitch: -9,
        level: 0.25,
    };
    melody.chain([bass]).collect()
}

/// Sixteen bars, four chords again and again below a slow tune; its end leads into its beginning.
fn music() -> Vec<Note> {
    const EIGHTH: f64 = 0.36;
    const CHORDS: [[i32; 4]; 4] = [
        [-9, -5, -2, 2],
        [-12, -9, -5, -2],
        [-16, -12, -9, -5],
        [-14, -10, -7, -5],
    ];
    const ARPEGGIO: [usize; 8] = [0, 2, 1, 3, 2, 1, 3, 2];
    const TUNE: [[i32; 2]; 16] = [
        [10, 7],
        [3, 7],
        [5, 3],
        [2, 5],
        [10, 14],
        [15, 12],
        [8, 5],
        [7, 5],
        [15, 14],
        [12, 10],
        [8, 12],
        [10, 7],
        [7, 10],
        [7, 3],
        [5, 0],
        [2, 5],
    ];
    let bars = TUNE.iter().zip(CHORDS.iter().cycle()).zip(0..);
    bars.flat_map(|((tune, chord), bar)| {
        let start = f64::from(bar) * 8.0 * EIGHTH;
        let eighth = move |n: u32| start + f64::from(n) * EIGHTH;
        let figure = ARPEGGIO.iter().zip(0..).map(move |(voice, n)| Note {
            start: eighth(n),
            length: 0.7,
            pitch: chord[*voice],
            level: 0.13,
        });
        let bass = Note {
            start,
            length: 2.4,
            pitch: chord[0] - 12,
            level: 0.2,
        };
        let tune = tune.iter().zip([0, 5]).map(move |(pitch, n)| Note {
            start: eighth(n),
            length: 1.3,
            pitch: *pitch,
            level: 0.2,
        });
        figure.chain([bass]).chain(tune)
    })
    .collect()
}

fn render(notes: &[Note]) -> Vec<i16> {
    let rate = f64::from(RATE);
    let end = notes
        .iter()
        .map(|note| note.start + note.length)
        .fold(0.0, f64::max);
    let mut wave = vec![0.0; (end * rate) as usize + 1];
    for note in notes {
        let place = wave
            .iter_mut()
            .skip((note.start * rate) as usize)
            .take((note.length * rate) as usize);
        for (n, sample) in place.enumerate() {
            *sample += note.at(n as f64 / rate);
        }
    }
    wave.iter()
        .map(|sample| (sample.clamp(-1.0, 1.0) * f64::from(i16::MAX)) as i16)
        .collect()
}

/// Writes a file beside its place, then moves it there.
/// What our own files are: 8 kHz, one channel, 16 bits.
pub(crate) const SPEC: WavSpec = WavSpec {
    channels: 1,
    sample_rate: RATE,
    bits_per_sample: 16,
    sample_format: SampleFormat::Int,
};

pub(crate) fn write(path: &Path, samples: &[i16]) -> io::Result<()> {
    let unfinished = path.with_extension("wav.unfinished");
    let written = WavWriter::create(&unfinished, SPEC).and_then(|mut writer| {
        samples
            .iter()
            .try_for_each(|sample| writer.write_sample(*sample))?;
        writer.finalize()
    });
    written.map_err(io::Error::other)?;
    fs::rename(unfinished, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sounds_are_made_once_and_do_not_clip() {
        let folder = std::env::temp_dir().join(format!("media-sounds-{}", std::process::id()));
        ensure(&folder).unwrap();
        for (name, seconds) in [("beep", 0.4), ("hello", 2.3), ("music", 46.5)] {
            let path = folder.join(name).with_extension("wav");
            let samples: Vec<i16> = hound::WavReader::open(path)
                .unwrap()
                .into_samples()
                .map(Result::unwrap)
                .collect();
            let length = samples.len() as f64 / f64::from(RATE);
            assert!((length - seconds).abs() < 0.5, "{name}: {length} s");
            let loudest = samples
                .iter()
                .map(|sample| sample.unsigned_abs())
                .max()
                .unwrap();
            assert!((6_000..32_767).contains(&loudest), "{name}: {loudest}");
        }
        fs::write(folder.join("beep.wav"), "mine").unwrap();
        ensure(&folder).unwrap();
        assert_eq!(fs::read(folder.join("beep.wav")).unwrap(), b"mine");
        fs::remove_dir_all(folder).unwrap();
    }
}
