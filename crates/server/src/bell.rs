//! Bells: how tasks that wait for events are woken, each once however much has happened.
//!
//! A task arms its bell before it waits, and looks for what it waits for only then; so nothing is
//! missed. Ringing a bell disarms it: a task that is awake already costs nothing. Who may not hear
//! any of the events there are is not woken for them, and not even looked at: bells hang together
//! with those that hear the same classes.

use ami::Classes;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};

const DISARMED: u8 = 0;
/// To be rung for everybody only.
const ARMED: u8 = 1;
/// To be rung for events too.
const LISTENING: u8 = 2;

/// A task's bell; it hangs for as long as its owner has it.
#[derive(Debug)]
pub(crate) struct Bell {
    own: Arc<Hanging>,
    bells: Arc<Bells>,
}

/// A bell among the others.
#[derive(Debug, Default)]
struct Hanging {
    state: AtomicU8,
    /// The classes of events it is rung for.
    classes: AtomicU32,
    waker: Mutex<Option<Waker>>,
}

impl Bell {
    /// From now on the task is woken when it is rung; for events too if it is listening, of these
    /// classes.
    pub(crate) fn arm(&self, context: &Context<'_>, listening: Option<Classes>) {
        let own = &self.own;
        let mut waker = own.waker.lock().unwrap_or_else(PoisonError::into_inner);
        if !waker
            .as_ref()
            .is_some_and(|waker| waker.will_wake(context.waker()))
        {
            *waker = Some(context.waker().clone());
        }
        drop(waker);
        let state = match listening {
            Some(classes) => {
                if own.classes.load(Ordering::SeqCst) != classes.bits() {
                    self.bells.rehang(own, classes);
                }
                LISTENING
            }
            None => ARMED,
        };
        own.state.store(state, Ordering::SeqCst);
    }
}

impl Hanging {
    fn is_listening(&self) -> bool {
        self.state.load(Ordering::SeqCst) == LISTENING
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

/// The bells of all tasks, by the classes they are rung for; one whose task has gone is forgotten.
#[derive(Debug, Default)]
pub(crate) struct Bells(Mutex<BTreeMap<u32, Vec<Arc<Hanging>>>>);

impl Bells {
    pub(crate) fn add(self: &Arc<Self>) -> Bell {
        let own = Arc::<Hanging>::default();
        hang(&mut self.lock(), Arc::clone(&own));
        Bell {
            own,
            bells: Arc::clone(self),
        }
    }

    /// Whether anybody listens for events.
    pub(crate) fn are_listening(&self) -> bool {
        let groups = self.lock();
        groups.values().flatten().any(|bell| bell.is_listening())
    }

    /// Wakes those who listen for events of some of these classes: who may hear all of them.
    pub(crate) fn ring_for(&self, events: &[Classes]) {
        for (classes, bells) in &*self.lock() {
            let is_for = |event: &Classes| classes & event.bits() == event.bits();
            if events.iter().any(is_for) {
                let listening = bells.iter().filter(|bell| bell.is_listening());
                listening.for_each(|bell| bell.ring());
            }
        }
    }

    /// Wakes everybody.
    pub(crate) fn ring_all(&self) {
        self.lock().values().flatten().for_each(|bell| bell.ring());
    }

    /// Hangs a bell with those that are rung for these classes.
    fn rehang(&self, bell: &Arc<Hanging>, classes: Classes) {
        let mut groups = self.lock();
        let before = bell.classes.swap(classes.bits(), Ordering::SeqCst);
        if let Some(group) = groups.get_mut(&before) {
            group.retain(|other| !Arc::ptr_eq(other, bell));
            if group.is_empty() {
                groups.remove(&before);
            }
        }
        hang(&mut groups, Arc::clone(bell));
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u32, Vec<Arc<Hanging>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hang(groups: &mut BTreeMap<u32, Vec<Arc<Hanging>>>, bell: Arc<Hanging>) {
    let group = groups
        .entry(bell.classes.load(Ordering::SeqCst))
        .or_default();
    // Swept when it would have to grow: now and then, and in proportion.
    if group.len() == group.capacity() {
        group.retain(|bell| Arc::strong_count(bell) > 1);
    }
    group.push(bell);
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
        let bells = Arc::<Bells>::default();
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
