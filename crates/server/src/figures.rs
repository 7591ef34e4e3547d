//! How the sound of the legs is by now, on its way to the switch.
//!
//! Media finds new figures with each RTCP report. Nobody is woken for them: they lie here, the
//! latest of each leg, until the switch takes a turn for another reason. So who reads them finds
//! those of the last report.

use model::{AudioQuality, MediaId, MediaReport};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Both ends.
#[derive(Clone, Default)]
pub(crate) struct Figures(Arc<Shared>);

#[derive(Default)]
struct Shared {
    /// Whether there are any, so that a turn without looks no further.
    some: AtomicBool,
    latest: Mutex<BTreeMap<MediaId, Box<AudioQuality>>>,
}

impl Figures {
    /// New figures of a leg, in place of older ones.
    pub(crate) fn put(&self, media: MediaId, quality: Box<AudioQuality>) {
        let mut latest = self.0.latest.lock().unwrap_or_else(PoisonError::into_inner);
        latest.insert(media, quality);
        self.0.some.store(true, Ordering::Release);
    }

    /// What is new, each as the report it was.
    pub(crate) fn take(&self) -> Vec<MediaReport> {
        if !self.0.some.swap(false, Ordering::Acquire) {
            return Vec::new();
        }
        let mut latest = self.0.latest.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *latest)
            .into_iter()
            .map(|(media, quality)| MediaReport::Quality { media, quality })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_of_each_leg_is_taken_once() {
        let figures = Figures::default();
        assert_eq!(figures.take(), []);
        for (media, sent) in [(1, 1), (2, 2), (1, 3)] {
            let quality = AudioQuality {
                sent,
                ..AudioQuality::default()
            };
            figures.put(MediaId(media), quality.into());
        }
        let taken = figures.take().into_iter().map(|report| match report {
            MediaReport::Quality { media, quality } => Some((media.0, quality.sent)),
            MediaReport::Finished { .. }
            | MediaReport::DigitBegan { .. }
            | MediaReport::Digit { .. }
            | MediaReport::Talking { .. }
            | MediaReport::Failed { .. } => None,
        });
        assert_eq!(taken.collect::<Vec<_>>(), [Some((1, 3)), Some((2, 2))]);
        assert_eq!(figures.take(), []);
    }
}
