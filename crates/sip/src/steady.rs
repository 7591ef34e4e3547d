//! A clock that nobody sets: what was said to last an hour lasts an hour, whatever becomes of the date.

use jiff::{SignedDuration, Timestamp};
use std::sync::LazyLock;
use std::time::Instant;

/// The date when it was first looked at.
static BEGAN: LazyLock<(Instant, Timestamp)> = LazyLock::new(|| (Instant::now(), Timestamp::now()));

/// What the date would be now, had it not been set since.
pub(crate) fn now() -> Timestamp {
    let (instant, date) = *BEGAN;
    date.saturating_add(instant.elapsed())
        .unwrap_or(Timestamp::MAX)
}

/// The date, as it is set now, of a moment of this clock.
pub(crate) fn dated(moment: Timestamp) -> Timestamp {
    moved(moment, Timestamp::now().duration_since(now()))
}

fn moved(moment: Timestamp, by: SignedDuration) -> Timestamp {
    // Between two looks at two clocks a little time goes by, and is no reason to tell another second.
    if moment == Timestamp::MAX || by.abs() < SignedDuration::from_millis(100) {
        return moment;
    }
    moment.saturating_add(by).unwrap_or(moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_told_by_the_date_as_it_is_set() {
        let moment = Timestamp::from_second(1_000_000).unwrap();
        let hour = SignedDuration::from_hours(1);
        assert_eq!(moved(moment, hour).as_second(), 1_003_600);
        assert_eq!(moved(moment, -hour).as_second(), 996_400);
        assert_eq!(moved(moment, SignedDuration::from_millis(3)), moment);
        assert_eq!(moved(Timestamp::MAX, hour), Timestamp::MAX);
    }
}
