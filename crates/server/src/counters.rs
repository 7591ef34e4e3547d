//! What has been counted since the start: read by the metrics, never reset.

use manager::Close;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// The counters.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    sent_bytes: AtomicU64,
    closed: Mutex<BTreeMap<Close, u64>>,
}

impl Counters {
    /// So many bytes were written to managers.
    pub(crate) fn sent(&self, bytes: usize) {
        self.sent_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// A session ended.
    pub(crate) fn closed(&self, reason: Close) {
        let mut closed = self.closed.lock().unwrap_or_else(PoisonError::into_inner);
        *closed.entry(reason).or_default() += 1;
    }

    /// How many bytes were written to managers.
    pub(crate) fn sent_bytes(&self) -> u64 {
        self.sent_bytes.load(Ordering::Relaxed)
    }

    /// How many sessions ended, by reason.
    pub(crate) fn closed_by_reason(&self) -> BTreeMap<Close, u64> {
        self.closed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
