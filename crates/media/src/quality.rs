//! Figures over time.

use model::Spread;

/// Gathers samples of a figure (Welford's method, so that no sample is kept).
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    spread: Spread,
    count: f64,
    squares: f64,
}

impl Tally {
    pub(crate) fn add(&mut self, sample: f64) {
        let first = self.count == 0.0;
        self.count += 1.0;
        let spread = &mut self.spread;
        spread.last = sample;
        spread.min = if first {
            sample
        } else {
            spread.min.min(sample)
        };
        spread.max = if first {
            sample
        } else {
            spread.max.max(sample)
        };
        let off = sample - spread.mean;
        spread.mean += off / self.count;
        self.squares += off * (sample - spread.mean);
        spread.deviation = (self.squares / self.count).sqrt();
    }

    /// All zero when there was no sample.
    pub(crate) fn spread(&self) -> Spread {
        self.spread
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_of_a_known_series() {
        let mut tally = Tally::default();
        for sample in [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0] {
            tally.add(sample);
        }
        let expected = Spread {
            last: 9.0,
            min: 2.0,
            max: 9.0,
            mean: 5.0,
            deviation: 2.0,
        };
        assert_eq!(tally.spread(), expected);
    }
}
