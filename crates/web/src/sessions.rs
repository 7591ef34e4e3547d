//! The sessions that live from request to request, by the id that their cookie names.

use crate::driver::{Driver, Ends, NoEntropy};
use crate::exchange::Exchange;
use crate::session::{self, Handle, Reply};
use manager::Carrier;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Sessions at a time.
const LIMIT: usize = 10_000;
/// Sessions at a time in which nobody has logged in.
const GUESTS: usize = 2_000;
/// The same from one address.
const GUESTS_OF_ONE: usize = 500;

/// All of them.
pub(crate) struct Sessions {
    exchange: Arc<dyn Exchange>,
    table: Arc<Mutex<Table>>,
}

#[derive(Default)]
struct Table {
    entries: HashMap<Arc<str>, Entry>,
    next: u64,
}

struct Entry {
    handle: Handle,
    /// In the order they came.
    number: u64,
    remote: IpAddr,
    guest: bool,
}

/// A session and its id.
pub(crate) struct Session {
    pub(crate) id: Arc<str>,
    pub(crate) handle: Handle,
}

/// Why there is no session more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoSession {
    /// There are as many as there may be.
    Full,
    /// No entropy.
    NoEntropy,
}

impl From<NoEntropy> for NoSession {
    fn from(NoEntropy: NoEntropy) -> Self {
        Self::NoEntropy
    }
}

impl Sessions {
    pub(crate) fn new(exchange: Arc<dyn Exchange>) -> Self {
        Self {
            exchange,
            table: Arc::default(),
        }
    }

    /// The session of this id, if there is one.
    pub(crate) fn find(&self, id: &str) -> Option<Session> {
        let table = lock(&self.table);
        let (id, entry) = table.entries.get_key_value(id)?;
        Some(Session {
            id: Arc::clone(id),
            handle: entry.handle.clone(),
        })
    }

    /// A new session. The oldest in which nobody has logged in makes room for it.
    pub(crate) fn begin(&self, ends: &Ends) -> Result<Session, NoSession> {
        let driver = Driver::new(&self.exchange, Carrier::Requests, ends)?;
        let id: Arc<str> = random_id()?.into();
        let remote = ends.remote.ip();
        let mut table = lock(&self.table);
        table.make_room(remote)?;
        let ended = Ended {
            id: Arc::clone(&id),
            table: Arc::clone(&self.table),
        };
        let handle = session::start(driver, ended);
        table.next += 1;
        let number = table.next;
        let entry = Entry {
            handle: handle.clone(),
            number,
            remote,
            guest: true,
        };
        table.entries.insert(Arc::clone(&id), entry);
        Ok(Session { id, handle })
    }

    /// What a reply says of who is logged in.
    pub(crate) fn note(&self, id: &str, reply: &Reply) {
        if reply.member.is_some()
            && let Some(entry) = lock(&self.table).entries.get_mut(id)
        {
            entry.guest = false;
        }
    }

    /// Ends all of them.
    pub(crate) fn end(&self) {
        // Outside of the lock: what ends forgets itself.
        let entries = std::mem::take(&mut lock(&self.table).entries);
        drop(entries);
    }
}

impl Table {
    fn make_room(&mut self, remote: IpAddr) -> Result<(), NoSession> {
        // Below these none of the bounds can have been reached.
        if self.entries.len() < GUESTS_OF_ONE {
            return Ok(());
        }
        let guests = || self.entries.values().filter(|entry| entry.guest);
        let own = guests().filter(|entry| entry.remote == remote).count();
        let oldest = if own >= GUESTS_OF_ONE {
            guests()
                .filter(|entry| entry.remote == remote)
                .map(|entry| entry.number)
                .min()
        } else if guests().count() >= GUESTS || self.entries.len() >= LIMIT {
            guests().map(|entry| entry.number).min()
        } else {
            return Ok(());
        };
        let oldest = oldest.ok_or(NoSession::Full)?;
        self.entries.retain(|_, entry| entry.number != oldest);
        Ok(())
    }
}

/// Forgets a session that is over.
struct Ended {
    id: Arc<str>,
    table: Arc<Mutex<Table>>,
}

impl Drop for Ended {
    fn drop(&mut self) {
        lock(&self.table).entries.remove(&self.id);
    }
}

fn lock(table: &Mutex<Table>) -> MutexGuard<'_, Table> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

/// 128 random bits in hexadecimal digits.
fn random_id() -> Result<String, NoEntropy> {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits).map_err(|_| NoEntropy)?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bits)))
}
