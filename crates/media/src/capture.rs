//! A recording of those whom it is connected with, as a leg would hear them: written as it goes.

use crate::codec::{FRAME, RATE};
use crate::mixer::Mixer;
use std::sync::Arc;

/// A recording under way.
pub(crate) struct Capture {
    pub(crate) file: Arc<str>,
    pub(crate) mixer: Mixer,
    /// What is still to be written.
    samples: Vec<i16>,
    /// How many samples it may still have.
    left: usize,
}

/// So much is written at once: a second.
const PIECE: usize = RATE as usize;
/// So much waits for a disk that is late; more is lost.
const WAITING: usize = 10 * PIECE;
/// No recording is longer: four hours, which are 230 MB.
const LONGEST: usize = 4 * 60 * 60 * PIECE;

impl Capture {
    pub(crate) fn new(file: Arc<str>) -> Self {
        Self {
            file,
            mixer: Mixer::default(),
            samples: Vec::new(),
            left: LONGEST,
        }
    }

    /// Goes 20 ms further; silence counts too. Gives what is to be written now.
    pub(crate) fn tick(&mut self) -> Option<Vec<i16>> {
        let frame = self.mixer.frame();
        if self.left < FRAME {
            return None;
        }
        self.left -= FRAME;
        if self.left < FRAME {
            tracing::warn!(file = %self.file, "A recording has become too long: it ends here");
        }
        if self.samples.len() + FRAME <= WAITING {
            self.samples.extend(frame.unwrap_or_else(|| vec![0; FRAME]));
        }
        (self.samples.len() >= PIECE).then(|| std::mem::take(&mut self.samples))
    }

    /// What could not be handed over waits.
    pub(crate) fn put_back(&mut self, samples: Vec<i16>) {
        self.samples = samples;
    }

    /// It ends: what is left to write.
    pub(crate) fn end(self) -> (Arc<str>, Vec<i16>) {
        (self.file, self.samples)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{PlayId, Voice};

    #[test]
    fn a_second_is_written_at_once_and_silence_counts() {
        let mut capture = Capture::new("chanspy-1".into());
        let voice = Voice::Play(PlayId(1));
        capture.mixer.push_frame(voice, &[7; FRAME]);
        let mut written = None;
        let mut ticks = 0;
        while written.is_none() {
            written = capture.tick();
            ticks += 1;
        }
        assert_eq!(ticks, 50);
        let written = written.unwrap();
        assert_eq!((written.len(), written[0], written[FRAME]), (PIECE, 7, 0));
        capture.tick();
        assert_eq!(capture.end().1.len(), FRAME);
    }

    #[test]
    fn neither_what_waits_nor_the_whole_grows_without_end() {
        let mut capture = Capture::new("long".into());
        for _ in 0..2 * LONGEST / FRAME {
            if let Some(samples) = capture.tick() {
                assert!(samples.len() <= WAITING);
                capture.put_back(samples);
            }
        }
        assert_eq!((capture.left, capture.samples.len()), (0, WAITING));
    }
}
