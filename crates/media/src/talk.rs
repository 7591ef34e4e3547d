//! Whether the far end of a leg talks.

use model::Talk;
use std::time::Duration;

/// One who listens for it.
pub(crate) struct Detector {
    wanted: Talk,
    /// Whether there was sound since the last tick.
    loud: bool,
    talking: Option<Talking>,
}

/// In ticks.
struct Talking {
    lasts: u32,
    silent: u32,
}

/// What has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Begins,
    /// It talked for so long, without the silence after it.
    Ends(Duration),
}

/// From one tick to the next.
const TICK: Duration = Duration::from_millis(20);

impl Detector {
    pub(crate) fn new(wanted: Talk) -> Self {
        Self {
            wanted,
            loud: false,
            talking: None,
        }
    }

    /// Takes what was heard.
    pub(crate) fn hear(&mut self, samples: &[i16]) {
        let loudness: u64 = samples.iter().map(|s| u64::from(s.unsigned_abs())).sum();
        self.loud |= loudness > u64::from(self.wanted.level) * samples.len() as u64;
    }

    /// Goes 20 ms further.
    pub(crate) fn tick(&mut self) -> Option<Change> {
        let loud = std::mem::take(&mut self.loud);
        let Some(talking) = &mut self.talking else {
            self.talking = loud.then_some(Talking {
                lasts: 1,
                silent: 0,
            });
            return loud.then_some(Change::Begins);
        };
        talking.lasts = talking.lasts.saturating_add(1);
        talking.silent = if loud { 0 } else { talking.silent + 1 };
        if TICK * talking.silent < self.wanted.silence {
            return None;
        }
        let talked = TICK * (talking.lasts - talking.silent);
        self.talking = None;
        Some(Change::Ends(talked))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_talks_does_so_until_there_is_silence() {
        let mut detector = Detector::new(Talk {
            level: 256,
            silence: Duration::from_millis(60),
        });
        let mut hear = |level: i16| {
            detector.hear(&[level, -level]);
            detector.tick()
        };
        assert_eq!(hear(256), None);
        assert_eq!(hear(257), Some(Change::Begins));
        assert_eq!([hear(300), hear(0), hear(0), hear(300)], [None; 4]);
        assert_eq!([hear(9), hear(9)], [None; 2]);
        let talked = Duration::from_millis(5 * 20);
        assert_eq!(hear(9), Some(Change::Ends(talked)));
        assert_eq!(hear(9), None);
        assert_eq!(hear(999), Some(Change::Begins));
    }

    #[test]
    fn who_sends_nothing_is_silent() {
        let silence = Duration::from_millis(20);
        let mut detector = Detector::new(Talk { level: 1, silence });
        detector.hear(&[]);
        assert_eq!(detector.tick(), None);
        detector.hear(&[2]);
        assert_eq!(detector.tick(), Some(Change::Begins));
        assert_eq!(detector.tick(), Some(Change::Ends(TICK)));
    }
}
