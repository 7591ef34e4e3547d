//! What has been counted since the start: read by the metrics, never reset.

use manager::Close;
use model::{Security, SecurityKind};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The counters.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    sent_bytes: AtomicU64,
    sent_bytes_by_http: AtomicU64,
    missed: AtomicU64,
    closed: Mutex<BTreeMap<Close, u64>>,
    security: Mutex<BTreeMap<Outcome, u64>>,
}

/// A service and what became of somebody who knocked there.
type Outcome = (&'static str, &'static str);

impl Counters {
    /// So many bytes were written to managers over TCP and TLS.
    pub(crate) fn sent(&self, bytes: usize) {
        self.sent_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// So many bytes were written to clients over HTTP and HTTPS.
    pub(crate) fn sent_by_http(&self, bytes: usize) {
        self.sent_bytes_by_http
            .fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// So many events left the ring before a manager had read them.
    pub(crate) fn missed_by(&self, events: u64) {
        self.missed.fetch_add(events, Ordering::Relaxed);
    }

    /// A session ended.
    pub(crate) fn closed(&self, reason: Close) {
        *lock(&self.closed).entry(reason).or_default() += 1;
    }

    /// Somebody knocked.
    pub(crate) fn knocked(&self, security: &Security) {
        let outcome = match security.kind {
            SecurityKind::SuccessfulAuth { .. } => "success",
            SecurityKind::InvalidAccountId => "no such account",
            SecurityKind::FailedAcl => "address refused",
            SecurityKind::InvalidPassword => "wrong password",
            SecurityKind::ChallengeSent { .. } => "challenged",
            SecurityKind::ChallengeResponseFailed { .. } => "wrong response",
            SecurityKind::SessionLimit => "session limit",
            SecurityKind::RequestNotAllowed { .. } => "not permitted",
            SecurityKind::RequestBadFormat { .. } => "not understood",
        };
        *lock(&self.security)
            .entry((security.service.text(), outcome))
            .or_default() += 1;
    }

    pub(crate) fn sent_bytes(&self) -> u64 {
        self.sent_bytes.load(Ordering::Relaxed)
    }

    pub(crate) fn sent_bytes_by_http(&self) -> u64 {
        self.sent_bytes_by_http.load(Ordering::Relaxed)
    }

    pub(crate) fn missed(&self) -> u64 {
        self.missed.load(Ordering::Relaxed)
    }

    pub(crate) fn closed_by_reason(&self) -> BTreeMap<Close, u64> {
        lock(&self.closed).clone()
    }

    pub(crate) fn security(&self) -> BTreeMap<Outcome, u64> {
        lock(&self.security).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
