//! Several sources heard by one leg.

use crate::codec::FRAME;
use model::MediaId;
use std::collections::{BTreeMap, VecDeque};

/// Samples to gather before a source is heard: 40 ms ride out the jitter of most networks.
const AHEAD: usize = 2 * FRAME;
/// A source more than 100 ms ahead loses its oldest samples, or its delay would stay.
const BOUND: usize = 5 * FRAME;

/// What the sources of a leg said and it has not heard yet.
#[derive(Default)]
pub(crate) struct Mixer(BTreeMap<MediaId, Voice>);

#[derive(Default)]
struct Voice {
    samples: VecDeque<i16>,
    flows: bool,
}

impl Mixer {
    /// A source says something.
    pub(crate) fn push(&mut self, from: MediaId, samples: &[i16]) {
        let voice = self.0.entry(from).or_default();
        voice.samples.extend(samples);
        let over = voice.samples.len().saturating_sub(BOUND);
        voice.samples.drain(..over);
        voice.flows |= voice.samples.len() >= AHEAD;
    }

    /// The sum of 20 ms of every source; `None` if all are silent.
    pub(crate) fn frame(&mut self) -> Option<Vec<i16>> {
        let mut sum: Option<Vec<i16>> = None;
        for voice in self.0.values_mut().filter(|voice| voice.flows) {
            let sum = sum.get_or_insert_with(|| vec![0; FRAME]);
            let length = voice.samples.len().min(FRAME);
            for (sum, sample) in sum.iter_mut().zip(voice.samples.drain(..length)) {
                *sum = sum.saturating_add(sample);
            }
            voice.flows = !voice.samples.is_empty();
        }
        sum
    }

    /// Forgets what a source said; what the others did is still to be heard.
    pub(crate) fn forget(&mut self, from: MediaId) {
        self.0.remove(&from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_summed_without_overflow_and_wait_for_enough() {
        let mut mixer = Mixer::default();
        mixer.push(MediaId(1), &[20_000; FRAME]);
        assert_eq!(mixer.frame(), None);
        mixer.push(MediaId(1), &[20_000; FRAME]);
        mixer.push(MediaId(2), &[20_000; 3 * FRAME]);
        assert_eq!(mixer.frame(), Some(vec![i16::MAX; FRAME]));
        mixer.push(MediaId(2), &[-5; 9 * FRAME]);
        assert_eq!(mixer.0[&MediaId(2)].samples.len(), BOUND);
        assert_eq!(mixer.frame(), Some(vec![19_995; FRAME]));
        assert_eq!(mixer.frame(), Some(vec![-5; FRAME]));
        mixer.push(MediaId(1), &[7; 2 * FRAME]);
        mixer.forget(MediaId(2));
        assert_eq!(mixer.frame(), Some(vec![7; FRAME]));
    }
}
