//! What actions have come to, counted for all sessions of a node.

use ami::Message;
use std::sync::atomic::{AtomicU64, Ordering};

/// Answers by what they say.
#[derive(Debug, Default)]
pub struct Tally {
    success: AtomicU64,
    error: AtomicU64,
    goodbye: AtomicU64,
}

impl Tally {
    pub(crate) fn count(&self, answer: &Message) {
        let counter = match answer.first("Response") {
            Some("Error") => &self.error,
            Some("Goodbye") => &self.goodbye,
            // The words of release 1.8 for success are several.
            Some(_) => &self.success,
            None => return,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// How many there were, by result.
    pub fn by_result(&self) -> [(&'static str, u64); 3] {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        [
            ("success", of(&self.success)),
            ("error", of(&self.error)),
            ("goodbye", of(&self.goodbye)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_what_they_say() {
        let tally = Tally::default();
        for response in ["Success", "Follows", "Error", "Goodbye", "Pong"] {
            tally.count(&Message::new().with("Response", response));
        }
        tally.count(&Message::new().with("Event", "CoreShowChannel"));
        let counted = [("success", 3), ("error", 1), ("goodbye", 1)];
        assert_eq!(tally.by_result(), counted);
    }
}
