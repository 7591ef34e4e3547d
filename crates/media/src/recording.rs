//! A recording of what comes in on a leg, held in memory until it ends.

use crate::codec::{FRAME, RATE};
use model::PlayId;
use std::sync::Arc;
use std::time::Duration;

/// A leg being recorded.
pub(crate) struct Recording {
    pub(crate) play: PlayId,
    pub(crate) file: Arc<str>,
    pub(crate) samples: Vec<i16>,
    /// Samples at most.
    most: usize,
    /// Ticks left.
    left: u64,
    /// Ticks of silence that end it, and those there were in a row.
    silence: u64,
    silent: u64,
}

/// No recording is longer, whatever is asked: 2 MB.
const LONGEST: Duration = Duration::from_secs(120);
/// Sound whose mean level is lower is silence, of 32,767.
const QUIET: u64 = 128;

impl Recording {
    pub(crate) fn new(play: PlayId, file: Arc<str>, most: Duration, silence: Duration) -> Self {
        let most = most.min(LONGEST);
        Self {
            play,
            file,
            samples: Vec::new(),
            most: (most.as_millis() as usize) * (RATE as usize) / 1_000,
            left: ticks(most),
            silence: ticks(silence),
            silent: 0,
        }
    }

    /// Takes what was heard.
    pub(crate) fn hear(&mut self, samples: &[i16]) {
        let room = self.most.saturating_sub(self.samples.len());
        self.samples.extend(samples.iter().take(room));
        let loudness: u64 = samples.iter().map(|s| u64::from(s.unsigned_abs())).sum();
        if loudness > QUIET * samples.len() as u64 {
            self.silent = 0;
        }
    }

    /// Goes 20 ms further. Whether it is over.
    pub(crate) fn tick(&mut self) -> bool {
        self.left = self.left.saturating_sub(1);
        self.silent += 1;
        self.left == 0 || (self.silence > 0 && self.silent >= self.silence)
    }
}

fn ticks(time: Duration) -> u64 {
    (time.as_millis() as u64) * u64::from(RATE) / 1_000 / FRAME as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn record(most: Duration, silence: Duration) -> Recording {
        Recording::new(PlayId(1), "intro".into(), most, silence)
    }

    /// How many ticks it goes on while it hears this.
    fn lasts(recording: &mut Recording, heard: &[i16]) -> usize {
        let mut ticks = 1;
        while !recording.tick() {
            recording.hear(heard);
            ticks += 1;
        }
        ticks
    }

    #[test]
    fn a_recording_ends_in_time_or_in_silence() {
        let loud = [1_000; FRAME];
        let mut recording = record(4 * SECOND, 2 * SECOND);
        assert_eq!(lasts(&mut recording, &loud), 200);
        assert_eq!(recording.samples.len(), 199 * FRAME);
        assert_eq!(
            lasts(&mut record(4 * SECOND, 2 * SECOND), &[100; FRAME]),
            100
        );
        assert_eq!(lasts(&mut record(4 * SECOND, 2 * SECOND), &[]), 100);
        assert_eq!(lasts(&mut record(4 * SECOND, Duration::ZERO), &[]), 200);
    }

    #[test]
    fn what_is_held_is_bounded() {
        let mut recording = record(Duration::from_secs(9_999), Duration::ZERO);
        recording.hear(&vec![1; 10_000_000]);
        assert_eq!(recording.samples.len(), 120 * RATE as usize);
    }
}
