//! Who is connected to the manager: counted exactly, whatever way in, from the first byte to the
//! last.

use jiff::Timestamp;
use manager::User;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

/// All sessions, by number.
#[derive(Default)]
pub(crate) struct Sessions {
    table: Mutex<Table>,
    left: Notify,
}

#[derive(Default)]
struct Table {
    last: u64,
    present: BTreeMap<u64, Entry>,
    /// Connections on which nobody has logged in.
    strangers: usize,
}

struct Entry {
    remote: IpAddr,
    descriptor: Option<RawFd>,
    since: Timestamp,
    user: Option<Arc<User>>,
    task: Option<AbortHandle>,
    pace: Arc<Pace>,
}

/// How a session on a connection gets on; written by its task, read by who asks.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    /// The number of the last event it has read; 0 if it reads none.
    pub(crate) read: AtomicU64,
    /// Bytes that wait to be written.
    pub(crate) unsent: AtomicUsize,
    /// Bytes written.
    pub(crate) sent: AtomicU64,
    /// Requests over HTTP that it has yet to answer.
    pub(crate) requests: AtomicUsize,
    last_action: Mutex<Option<&'static str>>,
}

impl Pace {
    /// The session was asked for this action last.
    pub(crate) fn acted(&self, action: Option<&'static str>) {
        *self.last_action() = action;
    }

    /// The action it was asked for last.
    pub(crate) fn last_action(&self) -> MutexGuard<'_, Option<&'static str>> {
        self.last_action
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// How many of so many events it has yet to read.
    pub(crate) fn behind(&self, events: u64) -> u64 {
        match self.read.load(Ordering::Relaxed) {
            0 => 0,
            read => events.saturating_sub(read),
        }
    }
}

/// A session among the others; gone when this is dropped.
pub(crate) struct Place {
    sessions: Arc<Sessions>,
    number: u64,
    pace: Arc<Pace>,
}

/// A session as it is listed.
pub(crate) struct Listed {
    pub(crate) user: Option<Arc<User>>,
    pub(crate) remote: IpAddr,
    pub(crate) since: Timestamp,
    /// Of its connection, if it is one.
    pub(crate) descriptor: Option<RawFd>,
    pub(crate) pace: Arc<Pace>,
}

impl Listed {
    /// How many use it: whoever is connected, or requests over HTTP that it has yet to answer.
    pub(crate) fn uses(&self) -> usize {
        match self.descriptor {
            Some(_) => 1,
            None => self.pace.requests.load(Ordering::Relaxed),
        }
    }
}

impl Sessions {
    /// Takes a newcomer that has not logged in, if fewer than `limit` such are there.
    pub(crate) fn enter(
        self: &Arc<Self>,
        remote: IpAddr,
        descriptor: RawFd,
        limit: usize,
    ) -> Option<Place> {
        let mut table = self.table();
        if table.strangers >= limit {
            return None;
        }
        table.strangers += 1;
        Some(self.place(table, remote, Some(descriptor)))
    }

    /// Takes a newcomer that comes by requests over HTTP; how many of these there may be, its own side
    /// knows.
    pub(crate) fn enter_by_request(self: &Arc<Self>, remote: IpAddr) -> Place {
        self.place(self.table(), remote, None)
    }

    fn place(
        self: &Arc<Self>,
        mut table: MutexGuard<'_, Table>,
        remote: IpAddr,
        descriptor: Option<RawFd>,
    ) -> Place {
        let pace = Arc::<Pace>::default();
        let number = table.add(Entry {
            remote,
            descriptor,
            since: Timestamp::now(),
            user: None,
            task: None,
            pace: Arc::clone(&pace),
        });
        Place {
            sessions: Arc::clone(self),
            number,
            pace,
        }
    }

    /// The task that serves a session, for ending it from outside.
    pub(crate) fn attach(&self, number: u64, task: AbortHandle) {
        if let Some(entry) = self.table().present.get_mut(&number) {
            entry.task = Some(task);
        }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.table().present.len()
    }

    /// All of them, in the order they came.
    pub(crate) fn list(&self) -> Vec<Listed> {
        let table = self.table();
        let listed = table.present.values().map(|entry| Listed {
            user: entry.user.clone(),
            remote: entry.remote,
            since: entry.since,
            descriptor: entry.descriptor,
            pace: Arc::clone(&entry.pace),
        });
        listed.collect()
    }

    /// Ends the session on a connection, without a word; whose it was and where from.
    pub(crate) fn kick(&self, descriptor: RawFd) -> Option<(Option<Arc<User>>, IpAddr)> {
        let table = self.table();
        let found = table
            .present
            .values()
            .find(|entry| entry.descriptor == Some(descriptor))?;
        let whose = (found.user.clone(), found.remote);
        let task = found.task.clone()?;
        drop(table); // its place is given back while it ends
        task.abort();
        Some(whose)
    }

    /// Waits until all have gone.
    pub(crate) async fn all_gone(&self) {
        loop {
            let left = self.left.notified();
            if self.count() == 0 {
                return;
            }
            left.await;
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// Whether the account may have one session more.
    fn may_enter(&self, user: &User) -> bool {
        let is_theirs = |other: &Arc<User>| other.name.eq_ignore_ascii_case(&user.name);
        let mut others = self
            .present
            .values()
            .filter_map(|entry| entry.user.as_ref());
        user.allow_multiple_login || !others.any(is_theirs)
    }

    fn add(&mut self, entry: Entry) -> u64 {
        self.last += 1;
        self.present.insert(self.last, entry);
        self.last
    }
}

impl Entry {
    /// Whether it is a connection on which nobody has logged in.
    fn is_stranger(&self) -> bool {
        self.descriptor.is_some() && self.user.is_none()
    }
}

impl Place {
    /// A number no other session has or had.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// How it gets on.
    pub(crate) fn pace(&self) -> &Pace {
        &self.pace
    }

    /// The session logs in: refused if the account may have one only and has it.
    pub(crate) fn admit(&self, user: &Arc<User>) -> bool {
        let mut table = self.sessions.table();
        if !table.may_enter(user) {
            return false;
        }
        let Table {
            present, strangers, ..
        } = &mut *table;
        if let Some(entry) = present.get_mut(&self.number) {
            if entry.is_stranger() {
                *strangers -= 1;
            }
            entry.user = Some(Arc::clone(user));
        }
        true
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut table = self.sessions.table();
        if let Some(entry) = table.present.remove(&self.number)
            && entry.is_stranger()
        {
            table.strangers -= 1;
        }
        drop(table);
        self.sessions.left.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_are_counted_exactly() {
        let sessions = Arc::<Sessions>::default();
        let enter = || sessions.enter(std::net::Ipv4Addr::LOCALHOST.into(), 7, 2);
        let first = enter().unwrap();
        let _second = enter().unwrap();
        assert!(enter().is_none());
        assert_eq!(sessions.count(), 2);
        drop(first);
        let third = enter().unwrap();
        assert_eq!(third.number(), 3);
        assert!(enter().is_none());
    }
}
