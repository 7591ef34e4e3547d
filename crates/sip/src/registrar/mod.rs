//! Where endpoints are found: the contacts of each address of record (RFC 3261 §10).
//!
//! Pure but for its locks: times come in as arguments, and what became of a contact goes out as
//! facts for the switch. What is to be kept of those that registered waits to be fetched.

pub(crate) mod kept;

use crate::settings::{Aor, Settings};
use crate::steady;
use crate::transport::Flow;
use jiff::{SignedDuration, Timestamp};
use md5::{Digest, Md5};
use model::{Contact, ContactFact, ContactState, DatabaseChange};
use rsipstack::sip::Uri;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The contacts there are, by address of record.
type Bindings = BTreeMap<Arc<str>, Vec<Binding>>;

/// The contacts there are.
#[derive(Default)]
pub(crate) struct Registrar {
    bindings: Mutex<Bindings>,
    /// The contacts by id that are to be kept, or forgotten. Locked with `bindings`, after it; as many as
    /// there may be contacts.
    unkept: Mutex<BTreeMap<Arc<str>, Option<Contact>>>,
}

/// A contact, how it came to be known, and how it is reached.
#[derive(Clone)]
pub(crate) struct Binding {
    pub(crate) contact: Contact,
    pub(crate) origin: Origin,
    /// The stream it registered on: it is called on that as long as it is there.
    pub(crate) flow: Option<Flow>,
    /// The number of its last REGISTER, if we saw that.
    sequence: Option<u32>,
}

/// How a contact came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// It registered.
    Registered,
    /// It stands in pjsip.conf.
    Configured,
}

/// A contact that wants to be added, refreshed or removed.
#[derive(Clone)]
pub(crate) struct Wish {
    pub(crate) uri: Arc<str>,
    /// How long; zero is to be removed.
    pub(crate) lifetime: Duration,
}

/// The REGISTER that wishes.
#[derive(Clone)]
pub(crate) struct Wisher {
    pub(crate) endpoint: Arc<str>,
    pub(crate) user_agent: Arc<str>,
    pub(crate) call_id: Arc<str>,
    pub(crate) sequence: Option<u32>,
    pub(crate) via_host: Arc<str>,
    pub(crate) via_port: u16,
    pub(crate) path: Arc<str>,
    pub(crate) flow: Option<Flow>,
}

impl Wisher {
    /// Whether a contact is the far end of the connection it registers on, and gone with it.
    fn is_only_there(&self, uri: &str) -> bool {
        let there = |flow: &Flow| {
            let uri = Uri::try_from(uri);
            uri.is_ok_and(|uri| uri.host_with_port == flow.remote.into())
        };
        self.flow.as_ref().is_some_and(there)
    }
}

/// Why a registration is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// More contacts than the address of record may have.
    TooMany,
    /// An older REGISTER of the same phone came later (RFC 3261 §10.3).
    OutOfOrder,
}

impl Registrar {
    /// Does what a REGISTER wishes, all of it or nothing.
    pub(crate) fn register(
        &self,
        aor: &Aor,
        wisher: &Wisher,
        wishes: &[Wish],
        now: Timestamp,
    ) -> Result<Vec<ContactFact>, Refusal> {
        let mut all = self.lock();
        let before = all.get(&aor.name).cloned().unwrap_or_default();
        let mut bindings = before.clone();
        let mut changed = Vec::new();
        for wish in wishes {
            let known = bindings.iter_mut().find(|binding| {
                binding.origin == Origin::Registered && binding.contact.uri == wish.uri
            });
            if let Some(known) = &known
                && known.contact.call_id == wisher.call_id
                && known.sequence.is_some()
                && wisher.sequence <= known.sequence
            {
                return Err(Refusal::OutOfOrder);
            }
            match (known, wish.lifetime.is_zero()) {
                (None, true) => {}
                (Some(known), true) => {
                    let gone = known.contact.clone();
                    bindings.retain(|binding| {
                        binding.contact.id != gone.id || binding.origin == Origin::Configured
                    });
                    changed.push((gone, ContactState::Removed));
                }
                (Some(known), false) => {
                    *known = binding(aor, wisher, wish, known.contact.state, now);
                    changed.push((known.contact.clone(), ContactState::Updated));
                }
                (None, false) => {
                    let new = binding(aor, wisher, wish, ContactState::NonQualified, now);
                    changed.push((new.contact.clone(), ContactState::NonQualified));
                    bindings.push(new);
                }
            }
        }
        for gone in make_room(aor, &mut bindings, &changed)? {
            changed.push((gone, ContactState::Removed));
        }
        all.insert(Arc::clone(&aor.name), bindings);
        Ok(changed
            .into_iter()
            .map(|(contact, state)| self.changed(&all, &contact, state))
            .collect())
    }

    /// The contacts of an address of record, configured ones last.
    pub(crate) fn bindings(&self, aor: &str) -> Vec<Binding> {
        self.lock().get(aor).cloned().unwrap_or_default()
    }

    /// All contacts in the order of their ids.
    pub(crate) fn all(&self) -> Vec<Binding> {
        let mut all: Vec<_> = self.lock().values().flatten().cloned().collect();
        all.sort_by(|one, other| one.contact.id.cmp(&other.contact.id));
        all
    }

    /// Removes what has expired.
    pub(crate) fn expire(&self, now: Timestamp) -> Vec<ContactFact> {
        let mut all = self.lock();
        let mut gone = Vec::new();
        for bindings in all.values_mut() {
            bindings.retain(|binding| {
                let expired =
                    binding.origin == Origin::Registered && binding.contact.expires <= now;
                if expired {
                    gone.push(binding.contact.clone());
                }
                !expired
            });
        }
        gone.iter()
            .map(|contact| self.changed(&all, contact, ContactState::Removed))
            .collect()
    }

    /// When something expires next.
    pub(crate) fn next_expiry(&self) -> Option<Timestamp> {
        let all = self.lock();
        let registered = all
            .values()
            .flatten()
            .filter(|binding| binding.origin == Origin::Registered);
        registered.map(|binding| binding.contact.expires).min()
    }

    /// Takes over a configuration: its contacts come and go with it, those that registered stay as
    /// long as their address of record does.
    pub(crate) fn configure(&self, settings: &Settings) -> Vec<ContactFact> {
        let mut all = self.lock();
        let before = std::mem::take(&mut *all);
        let mut changed = Vec::new();
        for aor in settings.aors.values() {
            let Some(endpoint) = settings.endpoint_of(&aor.name) else {
                continue;
            };
            let old = before.get(&aor.name).map(Vec::as_slice).unwrap_or_default();
            let kept = old
                .iter()
                .filter(|binding| binding.origin == Origin::Registered)
                .cloned();
            let mut bindings: Vec<Binding> = kept.collect();
            for binding in &mut bindings {
                binding.contact.qualify_frequency = aor.qualify_frequency;
                binding.contact.qualify_timeout = aor.qualify_timeout;
            }
            for uri in &aor.contacts {
                let known = old.iter().find(|binding| {
                    binding.origin == Origin::Configured && binding.contact.uri == *uri
                });
                let mut new = configured(aor, &endpoint.name, uri);
                match known {
                    Some(known) => new.contact.state = known.contact.state,
                    None => changed.push((new.contact.clone(), ContactState::NonQualified)),
                }
                bindings.push(new);
            }
            all.insert(Arc::clone(&aor.name), bindings);
        }
        for old in before.values().flatten() {
            let still = all.get(&old.contact.aor).is_some_and(|bindings| {
                bindings
                    .iter()
                    .any(|binding| binding.contact.id == old.contact.id)
            });
            if !still {
                changed.push((old.contact.clone(), ContactState::Removed));
            }
        }
        changed
            .iter()
            .map(|(contact, state)| self.changed(&all, contact, *state))
            .collect()
    }

    /// Takes over what was kept of contacts, by path; `now` is the date and `steady` the clock that
    /// contacts end by. What no longer counts is forgotten.
    pub(crate) fn restore(
        &self,
        settings: &Settings,
        values: &[(Arc<str>, Arc<str>)],
        now: Timestamp,
        steady: Timestamp,
    ) -> Vec<ContactFact> {
        let mut all = self.lock();
        let mut restored = Vec::new();
        for (path, text) in values {
            let Some(id) = path.strip_prefix(kept::FAMILY) else {
                continue;
            };
            let read = kept::read(settings, id, text, now, steady);
            let Some(binding) = read.filter(|binding| *binding.contact.id == *id) else {
                self.unkept().insert(id.into(), None);
                continue;
            };
            let of_aor = all.entry(Arc::clone(&binding.contact.aor)).or_default();
            // It may have been quick to register again.
            if of_aor.iter().all(|known| *known.contact.id != *id) {
                restored.push(binding.contact.clone());
                let registered = |known: &&Binding| known.origin == Origin::Registered;
                of_aor.insert(of_aor.iter().take_while(registered).count(), binding);
            }
        }
        let new = restored.iter();
        new.map(|contact| fact(&all, contact, contact.state))
            .collect()
    }

    /// What the database is to keep since this was last asked.
    pub(crate) fn take_unkept(&self) -> Vec<DatabaseChange> {
        let changes = std::mem::take(&mut *self.unkept());
        let written = changes.into_iter().map(|(id, contact)| {
            let contact = contact.map(|contact| Contact {
                expires: steady::dated(contact.expires),
                ..contact
            });
            let path = format!("{}{id}", kept::FAMILY);
            let value = contact.map(|contact| kept::write(&contact));
            (path.into(), value.map(Arc::from))
        });
        written.collect()
    }

    /// Notes whether a contact answered. A fact only if that is news.
    pub(crate) fn qualified(
        &self,
        aor: &str,
        id: &str,
        round_trip: Option<Duration>,
    ) -> Option<ContactFact> {
        let mut all = self.lock();
        let binding = all
            .get_mut(aor)?
            .iter_mut()
            .find(|binding| &*binding.contact.id == id)?;
        let state = if round_trip.is_some() {
            ContactState::Reachable
        } else {
            ContactState::Unreachable
        };
        let news = binding.contact.state != state;
        binding.contact.state = state;
        binding.contact.round_trip = round_trip;
        let contact = binding.contact.clone();
        news.then(|| fact(&all, &contact, state))
    }

    /// The fact that a contact came, was renewed or went; what is kept of it is to follow.
    fn changed(&self, all: &Bindings, contact: &Contact, state: ContactState) -> ContactFact {
        if contact.expires != Timestamp::MAX {
            let kept = (state != ContactState::Removed).then(|| contact.clone());
            self.unkept().insert(Arc::clone(&contact.id), kept);
        }
        fact(all, contact, state)
    }

    fn lock(&self) -> MutexGuard<'_, Bindings> {
        self.bindings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unkept(&self) -> MutexGuard<'_, BTreeMap<Arc<str>, Option<Contact>>> {
        self.unkept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Binding {
    /// Whether it may be called: nobody has found it silent.
    pub(crate) fn is_usable(&self) -> bool {
        self.contact.state != ContactState::Unreachable
    }

    /// The contact as others are told it, its end by the date as it is set.
    pub(crate) fn told(self) -> Contact {
        Contact {
            expires: steady::dated(self.contact.expires),
            ..self.contact
        }
    }
}

/// The contacts that must go so that the rest is not too many.
fn make_room(
    aor: &Aor,
    bindings: &mut Vec<Binding>,
    changed: &[(Contact, ContactState)],
) -> Result<Vec<Contact>, Refusal> {
    let mut gone = Vec::new();
    loop {
        let registered = bindings
            .iter()
            .filter(|binding| binding.origin == Origin::Registered);
        if registered.count() <= aor.max_contacts {
            return Ok(gone);
        }
        let is_old = |binding: &Binding| {
            binding.origin == Origin::Registered
                && !changed
                    .iter()
                    .any(|(contact, _)| contact.id == binding.contact.id)
        };
        let silent = bindings
            .iter()
            .position(|binding| is_old(binding) && !binding.is_usable());
        let oldest = bindings.iter().position(is_old);
        let at = match (aor.remove_unavailable, aor.remove_existing) {
            (true, false) => silent,
            (true, true) => silent.or(oldest),
            (false, true) => oldest,
            (false, false) => None,
        };
        gone.push(bindings.remove(at.ok_or(Refusal::TooMany)?).contact);
    }
}

fn binding(
    aor: &Aor,
    wisher: &Wisher,
    wish: &Wish,
    state: ContactState,
    now: Timestamp,
) -> Binding {
    let lifetime = SignedDuration::try_from(wish.lifetime).unwrap_or(SignedDuration::ZERO);
    Binding {
        contact: Contact {
            id: id(aor, &wish.uri),
            aor: Arc::clone(&aor.name),
            endpoint: Arc::clone(&wisher.endpoint),
            uri: Arc::clone(&wish.uri),
            user_agent: Arc::clone(&wisher.user_agent),
            call_id: Arc::clone(&wisher.call_id),
            via_host: Arc::clone(&wisher.via_host),
            via_port: wisher.via_port,
            path: Arc::clone(&wisher.path),
            prune_on_boot: wisher.is_only_there(&wish.uri),
            expires: now.saturating_add(lifetime).unwrap_or(Timestamp::MAX),
            qualify_frequency: aor.qualify_frequency,
            qualify_timeout: aor.qualify_timeout,
            state,
            round_trip: None,
        },
        origin: Origin::Registered,
        flow: wisher.flow.clone(),
        sequence: wisher.sequence,
    }
}

fn configured(aor: &Aor, endpoint: &Arc<str>, uri: &Arc<str>) -> Binding {
    Binding {
        contact: Contact {
            id: format!("{}@@{}", aor.name, hash(uri)).into(),
            aor: Arc::clone(&aor.name),
            endpoint: Arc::clone(endpoint),
            uri: Arc::clone(uri),
            user_agent: "".into(),
            call_id: "".into(),
            via_host: "".into(),
            via_port: 0,
            path: "".into(),
            prune_on_boot: false,
            expires: Timestamp::MAX,
            qualify_frequency: aor.qualify_frequency,
            qualify_timeout: aor.qualify_timeout,
            state: ContactState::NonQualified,
            round_trip: None,
        },
        origin: Origin::Configured,
        flow: None,
        sequence: None,
    }
}

fn id(aor: &Aor, uri: &str) -> Arc<str> {
    format!("{};@{}", aor.name, hash(uri)).into()
}

fn hash(uri: &str) -> String {
    Md5::digest(uri)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn fact(all: &Bindings, contact: &Contact, state: ContactState) -> ContactFact {
    let of_endpoint = all
        .values()
        .flatten()
        .filter(|binding| binding.contact.endpoint == contact.endpoint);
    ContactFact {
        endpoint: Arc::clone(&contact.endpoint),
        aor: Arc::clone(&contact.aor),
        uri: Arc::clone(&contact.uri),
        state,
        round_trip: contact.round_trip,
        usable: of_endpoint.filter(|binding| binding.is_usable()).count(),
    }
}

#[cfg(test)]
mod tests;
