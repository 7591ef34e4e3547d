//! Tones that tell a caller how a call goes.

use crate::codec::{FRAME, RATE};
use model::{Sound, Tone, Tones};
use std::f64::consts::TAU;

/// How much of a modulated frequency follows the other.
const DEPTH: f64 = 0.9;

/// Tones being played.
pub(crate) struct Generator {
    tones: Tones,
    /// Which of them, and how many samples of it have been.
    part: usize,
    at: u64,
}

impl Generator {
    pub(crate) fn new(tones: Tones) -> Self {
        Self {
            tones,
            part: 0,
            at: 0,
        }
    }

    /// The next 20 ms; `None` once the tones have ended.
    pub(crate) fn frame(&mut self) -> Option<Vec<i16>> {
        let mut frame = Vec::with_capacity(FRAME);
        let mut turns = 0;
        while frame.len() < FRAME {
            let Some(tone) = self.tones.parts.get(self.part).copied() else {
                break;
            };
            let left = length(&tone).map_or(u64::MAX, |length| length.saturating_sub(self.at));
            let room = (FRAME - frame.len()) as u64;
            let level = f64::from(self.tones.level);
            frame.extend(
                (self.at..self.at + left.min(room)).map(|at| sample(tone.sound, level, at)),
            );
            self.at += left.min(room);
            if left <= room {
                turns += 1;
                self.go_on();
            }
            if turns > FRAME {
                // Tones shorter than a sample.
                break;
            }
        }
        if frame.is_empty() {
            return None;
        }
        frame.resize(FRAME, 0);
        Some(frame)
    }

    fn go_on(&mut self) {
        self.at = 0;
        self.part += 1;
        if let (true, Some(from)) = (self.part == self.tones.parts.len(), self.tones.repeats_from) {
            self.part = from;
        }
    }
}

/// In samples; `None` is for ever.
fn length(tone: &Tone) -> Option<u64> {
    let samples = u64::from(tone.milliseconds) * u64::from(RATE) / 1_000;
    (tone.milliseconds > 0).then_some(samples)
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "within a sample's range; precise for millions of hours"
)]
fn sample(sound: Sound, level: f64, at: u64) -> i16 {
    let time = at as f64 / f64::from(RATE);
    let wave = |hertz: u16| (time * f64::from(hertz) * TAU).sin();
    let height = match sound {
        Sound::Silence => 0.0,
        Sound::One(hertz) => wave(hertz),
        Sound::Two(first, second) => wave(first) + wave(second),
        Sound::Modulated(carrier, by) => wave(carrier) * (1.0 + DEPTH * wave(by)) / (1.0 + DEPTH),
    };
    (height * level) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether each frame sounds, until the tones end or a minute is over.
    fn cadence(text: &str) -> Vec<bool> {
        let mut generator = Generator::new(Tones::parse(text).unwrap());
        std::iter::from_fn(|| generator.frame())
            .take(60 * 50)
            .map(|frame| frame.iter().any(|sample| *sample != 0))
            .collect()
    }

    #[test]
    fn tones_keep_their_cadence() {
        let sounding = |text, seconds: usize| {
            let frames = cadence(text);
            frames[..seconds * 50]
                .iter()
                .filter(|heard| **heard)
                .count()
        };
        assert_eq!(sounding("440+480/2000,0/4000", 12), 2 * 2 * 50);
        assert_eq!(sounding("480+620/500,0/500", 2), 50);
        assert!(
            cadence("440+480/2000,0/4000")[..100]
                .iter()
                .all(|heard| *heard)
        );
        assert!(!cadence("480+620/250,0/250")[14]);
    }

    #[test]
    fn what_is_heard_once_is_not_heard_again() {
        let frames = cadence("!400/100,!0/100,500/100,0/100");
        assert!(frames[0] && !frames[5] && frames[10] && !frames[15] && frames[20]);
        assert_eq!(
            cadence("!400/100,!0/60"),
            [true, true, true, true, true, false, false, false]
        );
        assert_eq!(cadence("400").len(), 60 * 50);
    }

    #[test]
    fn the_level_is_kept_and_not_passed() {
        let mut tones = Tones::parse("1004").unwrap();
        tones.level = Tones::MILLIWATT;
        let mut generator = Generator::new(tones);
        let frames: Vec<_> = (0..50)
            .filter_map(|_| generator.frame())
            .flatten()
            .collect();
        let highest = frames.iter().max().unwrap();
        assert!((22_700..=22_748).contains(highest), "{highest}");
        let modulated = Generator::new(Tones::parse("425*25").unwrap())
            .frame()
            .unwrap();
        assert!(modulated.iter().all(|sample| sample.abs() <= Tones::CALL));
    }
}
