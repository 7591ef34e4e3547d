//! Safe retries: what came of actions that carry an `IdempotencyKey`.
//!
//! A client that lost its connection does not know whether its call was made. It sends the action again
//! with the same key, and is told what came of it the first time; nothing is done twice. The keys of an
//! account are its own, and are the same whatever way it comes in. They are kept for a while, as many
//! as there is room for: what has no room is refused, as a key that is forgotten early is no promise.

use ami::Message;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// The header that carries the key.
pub(crate) const HEADER: &str = "IdempotencyKey";

/// What came of actions, by account and key.
#[derive(Debug, Default)]
pub struct Retries {
    accounts: Mutex<BTreeMap<String, Account>>,
}

#[derive(Debug, Default)]
struct Account {
    firsts: BTreeMap<Box<str>, First>,
    /// The keys, with the time they came at.
    order: VecDeque<(Duration, Box<str>)>,
    /// The bytes of its outcomes.
    bytes: Arc<AtomicUsize>,
}

#[derive(Debug)]
struct First {
    digest: Fingerprint,
    outcome: Arc<Outcome>,
}

type Fingerprint = [u8; 32];

/// What there is to a key.
pub(crate) enum Claim {
    /// It is new: settle the ticket with what comes of it.
    First(Ticket),
    /// It was used for the same action.
    Repeat(Outcoming),
    /// It was used for another one.
    Other,
    /// There is no room for more keys.
    Full,
}

impl Retries {
    /// How long an outcome is kept.
    const PERIOD: Duration = Duration::from_secs(600);
    /// The keys that an account may have in this time.
    const KEYS: usize = 10_000;
    /// The bytes of outcomes that are kept for an account.
    const BYTES: usize = 4 * 1024 * 1024;
    /// The longest key, in bytes.
    pub(crate) const KEY: usize = 128;

    /// Claims a key for an action of this account. `now` is the time since the process began.
    pub(crate) fn claim(
        &self,
        now: Duration,
        account: &str,
        key: &str,
        message: &Message,
    ) -> Claim {
        let digest = fingerprint(message);
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let account = accounts.entry(account.to_lowercase()).or_default();
        account.forget(now);
        if let Some(first) = account.firsts.get(key) {
            if first.digest != digest {
                return Claim::Other;
            }
            return Claim::Repeat(Outcoming(Arc::clone(&first.outcome)));
        }
        if account.firsts.len() >= Self::KEYS {
            return Claim::Full;
        }
        let outcome = Arc::new(Outcome {
            progress: Mutex::new(Progress::Running(Vec::new())),
            bytes: AtomicUsize::new(0),
            all_bytes: Arc::clone(&account.bytes),
        });
        let ticket = Ticket(Arc::clone(&outcome));
        account.order.push_back((now, key.into()));
        account.firsts.insert(key.into(), First { digest, outcome });
        Claim::First(ticket)
    }

    /// Takes a key back that nothing was done for.
    pub(crate) fn unclaim(&self, account: &str, key: &str) {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(account) = accounts.get_mut(&account.to_lowercase()) {
            account.firsts.remove(key);
            account.order.retain(|(_, ordered)| &**ordered != key);
        }
    }
}

impl Account {
    /// Forgets the outcomes whose time is over; what still runs is kept.
    fn forget(&mut self, now: Duration) {
        while let Some((since, _)) = self.order.front()
            && now.saturating_sub(*since) >= Retries::PERIOD
            && let Some((_, key)) = self.order.pop_front()
        {
            let runs = |first: &First| matches!(*first.outcome.lock(), Progress::Running(_));
            if self.firsts.get(&key).is_some_and(runs) {
                self.order.push_back((now, key));
            } else {
                self.firsts.remove(&key);
            }
        }
    }
}

/// All headers of an action but those that a repeat may have others of.
fn fingerprint(message: &Message) -> Fingerprint {
    let own = |name: &str| {
        [HEADER, "ActionID"]
            .iter()
            .any(|own| name.eq_ignore_ascii_case(own))
    };
    let headers = message.iter().filter(|(name, _)| !own(name));
    let hash = headers.fold(Sha256::new(), |hash, (name, value)| {
        hash.chain_update(name.to_ascii_lowercase())
            .chain_update(b":")
            .chain_update(value)
            .chain_update(b"\n")
    });
    hash.finalize().into()
}

/// What comes of an action.
#[derive(Debug)]
struct Outcome {
    progress: Mutex<Progress>,
    bytes: AtomicUsize,
    all_bytes: Arc<AtomicUsize>,
}

#[derive(Debug)]
enum Progress {
    Running(Vec<Waker>),
    Done(Told),
}

/// The outcome of the first as a repeat is told it.
#[derive(Clone, Debug)]
pub enum Told {
    /// The same answer.
    Answer(Arc<[Message]>),
    /// It is too long to be kept.
    TooLong,
    /// Nobody knows it: whoever asked was gone before it came.
    Lost,
}

impl Outcome {
    fn lock(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, told: Told) {
        let mut progress = self.lock();
        if let Progress::Running(waiting) = &mut *progress {
            let waiting = std::mem::take(waiting);
            *progress = Progress::Done(told);
            drop(progress);
            waiting.into_iter().for_each(Waker::wake);
        }
    }
}

impl Drop for Outcome {
    fn drop(&mut self) {
        let bytes = self.bytes.load(Ordering::Relaxed);
        self.all_bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// The right and duty to tell the outcome. Dropped without, it is lost.
#[derive(Debug)]
pub(crate) struct Ticket(Arc<Outcome>);

impl Ticket {
    /// Tells it.
    pub(crate) fn settle(self, messages: Vec<Message>) {
        let bytes = messages.iter().map(|message| message.text().len()).sum();
        let all = self.0.all_bytes.fetch_add(bytes, Ordering::Relaxed);
        self.0.bytes.store(bytes, Ordering::Relaxed);
        self.0.end(if all + bytes > Retries::BYTES {
            Told::TooLong
        } else {
            Told::Answer(messages.into())
        });
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.0.end(Told::Lost);
    }
}

/// An outcome that may still have to come: waits for it.
#[derive(Clone, Debug)]
pub struct Outcoming(Arc<Outcome>);

impl Future for Outcoming {
    type Output = Told;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Told> {
        match &mut *self.0.lock() {
            Progress::Done(told) => Poll::Ready(told.clone()),
            Progress::Running(waiting) => {
                waiting.retain(|waker| !waker.will_wake(context.waker()));
                waiting.push(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(10);

    fn action(value: &str) -> Message {
        Message::new()
            .with("Action", "Hangup")
            .with("Channel", value)
    }

    fn first(retries: &Retries, key: &str) -> Ticket {
        match retries.claim(NOW, "a", key, &action("x")) {
            Claim::First(ticket) => ticket,
            Claim::Repeat(_) | Claim::Other | Claim::Full => panic!("{key} is not new"),
        }
    }

    fn told(retries: &Retries, now: Duration, key: &str) -> Option<Told> {
        let Claim::Repeat(mut outcome) = retries.claim(now, "A", key, &action("x")) else {
            return None;
        };
        match Pin::new(&mut outcome).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(told) => Some(told),
            Poll::Pending => None,
        }
    }

    #[test]
    fn an_outcome_is_told_again_for_a_while() {
        let retries = Retries::default();
        first(&retries, "k").settle(vec![Message::new().with("Response", "Success")]);
        assert!(
            matches!(told(&retries, NOW, "k"), Some(Told::Answer(messages)) if messages.len() == 1)
        );
        let other = retries.claim(NOW, "a", "k", &action("y"));
        assert!(matches!(other, Claim::Other));
        let late = NOW + Retries::PERIOD;
        assert!(matches!(
            retries.claim(late, "a", "k", &action("y")),
            Claim::First(_)
        ));
    }

    #[test]
    fn what_runs_is_waited_for_and_what_is_left_is_lost() {
        let retries = Retries::default();
        let ticket = first(&retries, "k");
        assert!(told(&retries, NOW + 2 * Retries::PERIOD, "k").is_none());
        drop(ticket);
        assert!(matches!(told(&retries, NOW, "k"), Some(Told::Lost)));
    }

    #[test]
    fn keys_and_bytes_are_bounded() {
        let retries = Retries::default();
        for key in 0..Retries::KEYS {
            first(&retries, &key.to_string()).settle(Vec::new());
        }
        assert!(matches!(
            retries.claim(NOW, "a", "more", &action("x")),
            Claim::Full
        ));
        let long = Message::new().with("Output", "x".repeat(Retries::BYTES));
        let retries = Retries::default();
        first(&retries, "long").settle(vec![long]);
        assert!(matches!(told(&retries, NOW, "long"), Some(Told::TooLong)));
    }
}
