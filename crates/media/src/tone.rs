//! Call progress tones, as heard in North America.

use crate::codec::{FRAME, RATE};
use model::Tone;
use std::f64::consts::TAU;

/// The level of each of the two frequencies, of full scale: -20 dB.
const LEVEL: f64 = 0.1 * i16::MAX as f64;

/// A tone being played.
pub(crate) struct Generator {
    tone: Tone,
    /// Samples since its beginning.
    at: u64,
}

impl Generator {
    pub(crate) fn new(tone: Tone) -> Self {
        Self { tone, at: 0 }
    }

    /// The next 20 ms.
    pub(crate) fn frame(&mut self) -> Vec<i16> {
        let (frequencies, [on, off]) = plan(self.tone);
        let start = self.at;
        self.at += FRAME as u64;
        (start..self.at)
            .map(|at| {
                let time = at as f64 / f64::from(RATE);
                if time % (on + off) >= on {
                    return 0;
                }
                frequencies
                    .iter()
                    .map(|hertz| (time * hertz * TAU).sin() * LEVEL)
                    .sum::<f64>() as i16
            })
            .collect()
    }
}

/// Frequencies in hertz; seconds on and off.
fn plan(tone: Tone) -> ([f64; 2], [f64; 2]) {
    match tone {
        Tone::Ringing => ([440.0, 480.0], [2.0, 4.0]),
        Tone::Busy => ([480.0, 620.0], [0.5, 0.5]),
        Tone::Congestion => ([480.0, 620.0], [0.25, 0.25]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether each frame of the first `seconds` sounds.
    fn cadence(tone: Tone, seconds: usize) -> Vec<bool> {
        let mut generator = Generator::new(tone);
        (0..seconds * 50)
            .map(|_| generator.frame().iter().any(|sample| *sample != 0))
            .collect()
    }

    #[test]
    fn tones_keep_their_cadence() {
        let sounding = |tone, seconds| {
            cadence(tone, seconds)
                .iter()
                .filter(|sounds| **sounds)
                .count()
        };
        assert_eq!(sounding(Tone::Ringing, 12), 2 * 2 * 50);
        assert_eq!(sounding(Tone::Busy, 2), 50);
        assert!(
            cadence(Tone::Ringing, 6)[..100]
                .iter()
                .all(|sounds| *sounds)
        );
        assert!(!cadence(Tone::Congestion, 1)[14]);
    }
}
