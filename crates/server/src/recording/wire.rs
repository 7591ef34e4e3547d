//! What sessions hear and say, tapped while somebody records it.

use super::{Item, Recorder, Speech};
use jiff::Timestamp;
use manager::Session;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The tap. Closed, it costs its session one look.
#[derive(Default)]
pub(crate) struct Wire {
    open: AtomicBool,
    tap: Mutex<Option<Tap>>,
}

struct Tap {
    recorder: Arc<Recorder>,
    /// The session or the account that is recorded; all if not said.
    whose: Option<String>,
}

impl Wire {
    /// Opens the tap; false if it is open already.
    pub(super) fn open(&self, recorder: &Arc<Recorder>, whose: Option<String>) -> bool {
        let mut tap = self.tap();
        if tap.as_ref().is_some_and(|tap| !tap.recorder.is_over()) {
            return false;
        }
        let recorder = Arc::clone(recorder);
        *tap = Some(Tap { recorder, whose });
        self.open.store(true, Ordering::Relaxed);
        true
    }

    /// Closes it; what was recorded is complete then.
    pub(crate) fn close(&self, reason: &'static str) {
        self.open.store(false, Ordering::Relaxed);
        let tap = self.tap().take();
        if let Some(tap) = tap {
            tap.recorder.end(reason);
        }
    }

    /// A client said these bytes, or, if not `client`, was told them.
    pub(crate) fn pass(&self, session: &Session, client: bool, bytes: &[u8]) {
        if self.open.load(Ordering::Relaxed) {
            self.take(session, |speaker| {
                let speech = Speech {
                    session: speaker,
                    client,
                };
                Item::Bytes(Timestamp::now(), speech, bytes.into())
            });
        }
    }

    /// A session is over.
    pub(crate) fn left(&self, session: &Session) {
        if self.open.load(Ordering::Relaxed) {
            self.take(session, Item::Left);
        }
    }

    fn take(&self, session: &Session, item: impl FnOnce(Arc<str>) -> Item) {
        let tap = self.tap();
        if let Some(tap) = &*tap
            && tap.is_for(session)
        {
            tap.recorder.put(item(Arc::clone(&session.peer().session)));
        }
    }

    fn tap(&self) -> MutexGuard<'_, Option<Tap>> {
        self.tap.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tap {
    fn is_for(&self, session: &Session) -> bool {
        let Some(whose) = &self.whose else {
            return true;
        };
        let account = session.account_name();
        whose.eq_ignore_ascii_case(&session.peer().session)
            || account.is_some_and(|account| account.eq_ignore_ascii_case(whose))
    }
}
