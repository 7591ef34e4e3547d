//! What went wrong with a file that the node keeps, counted for who looks after it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Of one file since the start.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    damaged: AtomicU64,
    failed: AtomicU64,
    failing: AtomicBool,
}

impl Faults {
    /// Bytes were found to be damaged or not there in whole, and are left out.
    pub(crate) fn damage(&self, bytes: usize) {
        self.damaged.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// How many bytes that were.
    pub(crate) fn damaged(&self) -> u64 {
        self.damaged.load(Ordering::Relaxed)
    }

    /// It could not be written; whether that is news. A disk that stays full is not told of each time.
    pub(crate) fn fail(&self) -> bool {
        self.failed.fetch_add(1, Ordering::Relaxed);
        !self.failing.swap(true, Ordering::Relaxed)
    }

    /// It was written; whether that is news.
    pub(crate) fn succeed(&self) -> bool {
        self.failing.load(Ordering::Relaxed) && self.failing.swap(false, Ordering::Relaxed)
    }

    /// How often it could not be written.
    pub(crate) fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }
}
