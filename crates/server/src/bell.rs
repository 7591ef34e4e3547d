//! Bells: how tasks that wait for events are woken, each once however much has happened.
//!
//! A task arms its bell before it waits, and looks for what it waits for only then; so nothing is
//! missed. Ringing a bell disarms it: a task that is awake already costs nothing.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};

const DISARMED: u8 = 0;
/// To be rung for everybody only.
const ARMED: u8 = 1;
/// To be rung for events too.
const LISTENING: u8 = 2;

/// A task's bell.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    state: AtomicU8,
    waker: Mutex<Option<Waker>>,
}

impl Bell {
    /// From now on the task is woken when it is rung; for events if `listening`.
    pub(crate) fn arm(&self, context: &Context<'_>, listening: bool) {
        let mut waker = self.waker.lock().unwrap_or_else(PoisonError::into_inner);
        if !waker
            .as_ref()
            .is_some_and(|waker| waker.will_wake(context.waker()))
        {
            *waker = Some(context.waker().clone());
        }
        drop(waker);
        self.state
            .store(if listening { LISTENING } else { ARMED }, Ordering::SeqCst);
    }

    fn ring(&self, least: u8) {
        if self.state.load(Ordering::SeqCst) < least {
            return;
        }
        self.state.store(DISARMED, Ordering::SeqCst);
        let waker = self.waker.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waker) = &*waker {
            waker.wake_by_ref();
        }
    }
}

/// The bells of all tasks; one whose task has gone is forgotten.
#[derive(Debug, Default)]
pub(crate) struct Bells(Mutex<Vec<Arc<Bell>>>);

impl Bells {
    pub(crate) fn add(&self) -> Arc<Bell> {
        let bell = Arc::<Bell>::default();
        let mut bells = self.lock();
        // Swept when it would have to grow: now and then, and in proportion.
        if bells.len() == bells.capacity() {
            bells.retain(|bell| Arc::strong_count(bell) > 1);
        }
        bells.push(Arc::clone(&bell));
        bell
    }

    /// Wakes those who listen for events.
    pub(crate) fn ring_listeners(&self) {
        self.ring(LISTENING);
    }

    /// Wakes everybody.
    pub(crate) fn ring_all(&self) {
        self.ring(ARMED);
    }

    fn ring(&self, least: u8) {
        let bells = self.lock();
        for bell in bells.iter() {
            bell.ring(least);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Bell>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
