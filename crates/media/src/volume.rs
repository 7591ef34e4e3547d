//! How loud a leg hears others.

/// In steps of 3 dB, from -4 to 4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Volume(i8);

/// One is 256: a step is a factor of √2, two steps are 6 dB.
const FACTORS: [i32; 9] = [64, 91, 128, 181, 256, 362, 512, 724, 1_024];

impl Volume {
    pub(crate) fn new(steps: i8) -> Self {
        Self(steps.clamp(-4, 4))
    }

    /// Whether sound stays as it is.
    pub(crate) fn is_plain(self) -> bool {
        self.0 == 0
    }

    /// Makes sound so loud; what is too loud is cut.
    pub(crate) fn apply(self, samples: &mut [i16]) {
        let index = usize::try_from(self.0 + 4).unwrap_or_default();
        let factor = FACTORS.get(index).copied().unwrap_or(256);
        for sample in samples {
            let louder = i32::from(*sample) * factor / 256;
            let limit = if louder < 0 { i16::MIN } else { i16::MAX };
            *sample = i16::try_from(louder).unwrap_or(limit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_steps_are_twice_as_loud() {
        let apply = |steps| {
            let mut samples = [1_000, -1_000, 20_000, -20_000];
            Volume::new(steps).apply(&mut samples);
            samples
        };
        assert_eq!(apply(0), [1_000, -1_000, 20_000, -20_000]);
        assert_eq!(apply(2), [2_000, -2_000, i16::MAX, i16::MIN]);
        assert_eq!(apply(-4), [250, -250, 5_000, -5_000]);
        assert_eq!(apply(99), apply(4));
    }
}
