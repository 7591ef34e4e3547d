//! What phones have subscribed to, and how it is.

use model::{SipSubscription, Watched, WatchedState};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Subscriptions at one time; more are refused.
const MOST: usize = 16_384;

/// The state of something; `None` until the switch has told it.
pub(crate) type State = Option<WatchedState>;

/// What phones have subscribed to. A subscription sees the latest state only: states in between are
/// of no use to anybody.
#[derive(Default)]
pub(crate) struct Subscriptions(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    watched: HashMap<Watched, watch::Sender<State>>,
    /// How many take part in all of it.
    count: usize,
    /// Those that are listed, in the order they began.
    listed: BTreeMap<u64, SipSubscription>,
    next: u64,
}

impl Subscriptions {
    /// Takes part in the watching of something. `None` if there are too many subscriptions.
    pub(crate) fn join(&self, what: &Watched) -> Option<watch::Receiver<State>> {
        let mut inner = self.lock();
        if inner.count >= MOST {
            return None;
        }
        inner.count += 1;
        let sender = inner.watched.entry(what.clone());
        Some(
            sender
                .or_insert_with(|| watch::Sender::new(None))
                .subscribe(),
        )
    }

    /// Takes part no longer: what came of [`Self::join`] is given back.
    pub(crate) fn leave(&self, what: &Watched, receiver: watch::Receiver<State>) {
        let mut inner = self.lock();
        drop(receiver);
        inner.count = inner.count.saturating_sub(1);
        if inner
            .watched
            .get(what)
            .is_some_and(|sender| sender.receiver_count() == 0)
        {
            inner.watched.remove(what);
        }
    }

    /// Lists a subscription, until it is struck off by the number given back.
    pub(crate) fn enlist(&self, subscription: SipSubscription) -> u64 {
        let mut inner = self.lock();
        inner.next += 1;
        let number = inner.next;
        inner.listed.insert(number, subscription);
        number
    }

    /// Strikes a subscription off the list.
    pub(crate) fn strike(&self, number: u64) {
        self.lock().listed.remove(&number);
    }

    /// All that are listed, with the states of what they are to.
    pub(crate) fn list(&self) -> Vec<SipSubscription> {
        let inner = self.lock();
        let mut list: Vec<_> = inner.listed.values().cloned().collect();
        for (what, state) in list.iter_mut().flat_map(|one| &mut one.watched) {
            *state = inner.watched.get(what).and_then(|sender| *sender.borrow());
        }
        list
    }

    /// The switch said how something is when it was asked. What it said since is newer.
    pub(crate) fn began(&self, what: &Watched, state: WatchedState) {
        if let Some(sender) = self.lock().watched.get(what) {
            sender.send_if_modified(|known| {
                let first = known.is_none();
                known.get_or_insert(state);
                first
            });
        }
    }

    /// The switch said that something has changed.
    pub(crate) fn changed(&self, what: &Watched, state: WatchedState) {
        if let Some(sender) = self.lock().watched.get(what) {
            sender.send_replace(Some(state));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
