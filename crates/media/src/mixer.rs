//! Several sources heard by one leg.

use crate::codec::FRAME;
use model::Voice;
use std::collections::{BTreeMap, VecDeque};

/// Samples to gather before a source is heard: 40 ms ride out the jitter of most networks.
const AHEAD: usize = 2 * FRAME;
/// A source more than 100 ms ahead loses its oldest samples, or its delay would stay.
const BOUND: usize = 5 * FRAME;

/// What the sources of a leg said and it has not heard yet.
#[derive(Default)]
pub(crate) struct Mixer(BTreeMap<Voice, Queue>);

#[derive(Default)]
struct Queue {
    samples: VecDeque<i16>,
    flows: bool,
}

impl Mixer {
    /// A source says something.
    pub(crate) fn push(&mut self, from: Voice, samples: &[i16]) {
        let voice = self.0.entry(from).or_default();
        voice.samples.extend(samples);
        let over = voice.samples.len().saturating_sub(BOUND);
        voice.samples.drain(..over);
        voice.flows |= voice.samples.len() >= AHEAD;
    }

    /// A source that goes by our own clock has its next 20 ms, which need not wait for more.
    pub(crate) fn push_frame(&mut self, from: Voice, frame: &[i16]) {
        self.push(from, frame);
        if let Some(voice) = self.0.get_mut(&from) {
            voice.flows = true;
        }
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
    pub(crate) fn forget(&mut self, from: Voice) {
        self.0.remove(&from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{MediaId, PlayId};

    fn leg(id: u64) -> Voice {
        Voice::Leg(MediaId(id))
    }

    #[test]
    fn what_goes_by_our_clock_is_heard_at_once() {
        let mut mixer = Mixer::default();
        mixer.push(leg(1), &[5; FRAME]);
        mixer.push_frame(Voice::Play(PlayId(1)), &[7; FRAME]);
        assert_eq!(mixer.frame(), Some(vec![7; FRAME]));
    }

    #[test]
    fn sources_are_summed_without_overflow_and_wait_for_enough() {
        let mut mixer = Mixer::default();
        mixer.push(leg(1), &[20_000; FRAME]);
        assert_eq!(mixer.frame(), None);
        mixer.push(leg(1), &[20_000; FRAME]);
        mixer.push(leg(2), &[20_000; 3 * FRAME]);
        assert_eq!(mixer.frame(), Some(vec![i16::MAX; FRAME]));
        mixer.push(leg(2), &[-5; 9 * FRAME]);
        assert_eq!(mixer.0[&leg(2)].samples.len(), BOUND);
        assert_eq!(mixer.frame(), Some(vec![19_995; FRAME]));
        assert_eq!(mixer.frame(), Some(vec![-5; FRAME]));
        mixer.push(leg(1), &[7; 2 * FRAME]);
        mixer.forget(leg(2));
        assert_eq!(mixer.frame(), Some(vec![7; FRAME]));
    }
}
