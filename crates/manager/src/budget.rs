//! The memory that all sessions together may take for what their clients have yet to take.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What is taken of the memory for all.
#[derive(Debug, Default)]
pub struct Budget(AtomicUsize);

/// A session's part of it; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Arc<Budget>,
    counted: usize,
}

impl Budget {
    /// So many bytes there are for all, beyond what every session may have anyway.
    const LIMIT: usize = 64 << 20;

    /// The bytes taken.
    pub fn taken(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

impl Share {
    /// So many bytes every session may have and is not counted for: nearly all have less at any time.
    pub(crate) const FREE: usize = 16 * 1024;

    pub(crate) fn of(budget: &Arc<Budget>) -> Self {
        Self {
            budget: Arc::clone(budget),
            counted: 0,
        }
    }

    /// The session has so many bytes now.
    pub(crate) fn hold(&mut self, bytes: usize) {
        let counted = bytes.saturating_sub(Self::FREE);
        if counted > self.counted {
            let more = counted - self.counted;
            self.budget.0.fetch_add(more, Ordering::Relaxed);
        } else if counted < self.counted {
            let less = self.counted - counted;
            self.budget.0.fetch_sub(less, Ordering::Relaxed);
        }
        self.counted = counted;
    }

    /// Whether a session that has so many bytes may take no more, where `limit` is its own bound.
    pub(crate) fn is_full(&self, bytes: usize, limit: usize) -> bool {
        bytes >= limit || (bytes >= Self::FREE && self.budget.taken() >= Budget::LIMIT)
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.hold(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_take_is_bounded_and_given_back() {
        let budget = Arc::<Budget>::default();
        let mut greedy = Share::of(&budget);
        let mut other = Share::of(&budget);
        other.hold(Share::FREE);
        assert_eq!(budget.taken(), 0);
        assert!(!other.is_full(Share::FREE, usize::MAX));
        greedy.hold(Budget::LIMIT + Share::FREE);
        assert!(other.is_full(Share::FREE, usize::MAX));
        assert!(!other.is_full(Share::FREE - 1, usize::MAX));
        drop(greedy);
        assert_eq!(budget.taken(), 0);
        assert!(!other.is_full(Share::FREE, usize::MAX) && other.is_full(10, 10));
    }
}
