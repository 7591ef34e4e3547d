//! Bells: how tasks that wait for events are woken, each once however much has happened.
//!
//! A task arms its bell before it waits, and looks for what it waits for only then; so nothing is
//! missed. Ringing a bell disarms it: a task that is awake already costs nothing. Who may not hear
//! any of the events there are is not woken for them.

use ami::Classes;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
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
    /// The classes of events it is rung for.
    classes: AtomicU32,
    waker: Mutex<Option<Waker>>,
}

impl Bell {
    /// From now on the task is woken when it is rung; for events too if it is listening, of these
    /// classes.
    pub(crate) fn arm(&self, context: &Context<'_>, listening: Option<Classes>) {
        let mut waker = self.waker.lock().unwrap_or_else(PoisonError::into_inner);
        if !waker
            .as_ref()
            .is_some_and(|waker| waker.will_wake(context.waker()))
        {
            *waker = Some(context.waker().clone());
        }
        drop(waker);
        let state = match listening {
            Some(classes) => {
                self.classes.store(classes.bits(), Ordering::SeqCst);
                LISTENING
            }
            None => ARMED,
        };
        self.state.store(state, Ordering::SeqCst);
    }

    fn is_listening(&self) -> bool {
        self.state.load(Ordering::SeqCst) == LISTENING
    }

    /// Whether it is rung for an event of these classes: for one that may hear all of them.
    fn is_for(&self, event: Classes) -> bool {
        self.classes.load(Ordering::SeqCst) & event.bits() == event.bits()
    }

    fn ring(&self) {
        if self.state.swap(DISARMED, Ordering::SeqCst) == DISARMED {
            return;
        }
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

    /// Whether anybody listens for events.
    pub(crate) fn are_listening(&self) -> bool {
        self.lock().iter().any(|bell| bell.is_listening())
    }

    /// Wakes those who listen for events of some of these classes.
    pub(crate) fn ring_for(&self, events: &[Classes]) {
        for bell in self.lock().iter().filter(|bell| bell.is_listening()) {
            if events.iter().any(|classes| bell.is_for(*classes)) {
                bell.ring();
            }
        }
    }

    /// Wakes everybody.
    pub(crate) fn ring_all(&self) {
        self.lock().iter().for_each(|bell| bell.ring());
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Bell>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;
    use std::task::Wake;

    #[derive(Default)]
    struct Woken(AtomicUsize);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn who_may_not_hear_an_event_is_not_woken_for_it() {
        let bells = Bells::default();
        let bell = bells.add();
        let woken = Arc::<Woken>::default();
        let waker = Waker::from(Arc::clone(&woken));
        let context = Context::from_waker(&waker);
        let times = || woken.0.load(Ordering::SeqCst);
        bells.ring_for(&[Classes::CALL]);
        assert_eq!((times(), bells.are_listening()), (0, false));
        bell.arm(&context, Some(Classes::CALL.union(Classes::USER)));
        bells.ring_for(&[Classes::SECURITY, Classes::CALL.union(Classes::CDR)]);
        assert_eq!((times(), bells.are_listening()), (0, true));
        bells.ring_for(&[Classes::SECURITY, Classes::USER]);
        bells.ring_for(&[Classes::USER]);
        assert_eq!(times(), 1);
        bell.arm(&context, None);
        bells.ring_for(&[Classes::CALL]);
        assert_eq!(times(), 1);
        bells.ring_all();
        assert_eq!(times(), 2);
    }
}
