//! Who wants to know how extensions and mailboxes are: phones that subscribed to them. What they
//! watch is told to their technology when it changes; managers hear events instead.

use crate::{Output, Switch};
use model::{Cause, Instruction, Token, Watched, WatchedState};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is watched.
#[derive(Debug, Default)]
pub(crate) struct Watches {
    all: BTreeMap<Watched, Watch>,
    /// What is watched by way of a device.
    by_device: BTreeMap<Arc<str>, BTreeSet<Watched>>,
}

/// Something watched by this many.
#[derive(Debug)]
struct Watch {
    watchers: usize,
    devices: Vec<Arc<str>>,
    told: Option<WatchedState>,
}

impl Switch {
    /// Somebody watches something from now on.
    pub(crate) fn on_watch(&mut self, token: Token, what: Watched) {
        let Some((devices, state)) = self.watched(&what) else {
            return self.put(Output::Instruct(Instruction::Refuse {
                token,
                cause: Cause::UNALLOCATED,
            }));
        };
        match self.watches.all.get_mut(&what) {
            Some(watch) => watch.watchers += 1,
            None => self.watches.add(what, 1, devices, Some(state)),
        }
        self.put(Output::Instruct(Instruction::Watching { token, state }));
    }

    /// One of those who watch something no longer does.
    pub(crate) fn on_unwatch(&mut self, what: &Watched) {
        let Some(watch) = self.watches.all.get_mut(what) else {
            return;
        };
        watch.watchers -= 1;
        if watch.watchers == 0 {
            self.watches.remove(what);
        }
    }

    /// A device changed: so may have what is watched by way of it.
    pub(crate) fn touch_watched(&mut self, device: &str) {
        let Some(concerned) = self.watches.by_device.get(device).cloned() else {
            return;
        };
        for what in concerned {
            let state = self.watched(&what).map(|(_, state)| state);
            self.tell_watched(&what, state);
        }
    }

    /// A configuration was taken over: hints may name other devices, be gone or be back.
    pub(crate) fn renew_watched(&mut self) {
        for (what, watch) in std::mem::take(&mut self.watches).all {
            let found = self.watched(&what);
            let (devices, state) = found.map_or((Vec::new(), None), |(devices, state)| {
                (devices, Some(state))
            });
            self.watches
                .add(what.clone(), watch.watchers, devices, watch.told);
            self.tell_watched(&what, state);
        }
    }

    /// Tells the watchers, if it is news. A hint that is gone is told as such.
    fn tell_watched(&mut self, what: &Watched, state: Option<WatchedState>) {
        let state = state.unwrap_or(WatchedState::Extension(model::ExtensionState::Removed));
        let Some(watch) = self.watches.all.get_mut(what) else {
            return;
        };
        if watch.told.replace(state) == Some(state) {
            return;
        }
        let what = what.clone();
        self.put(Output::Instruct(Instruction::Changed { what, state }));
    }

    /// The devices something hangs on, and how it is. `None` if there is no such hint.
    fn watched(&self, what: &Watched) -> Option<(Vec<Arc<str>>, WatchedState)> {
        match what {
            Watched::Extension { context, exten } => {
                let devices = self.hint_devices(context, exten)?;
                let (_, state) = self.hint_state(context, exten)?;
                Some((devices, WatchedState::Extension(state)))
            }
            Watched::Mailbox(mailbox) => {
                let counts = self.devices.messages(mailbox);
                let device = format!("MWI:{mailbox}").into();
                Some((vec![device], WatchedState::Mailbox(counts)))
            }
        }
    }
}

impl Watches {
    /// How many watch something.
    pub(crate) fn watchers(&self, what: &Watched) -> usize {
        self.all.get(what).map_or(0, |watch| watch.watchers)
    }

    fn add(
        &mut self,
        what: Watched,
        watchers: usize,
        devices: Vec<Arc<str>>,
        told: Option<WatchedState>,
    ) {
        for device in &devices {
            let watched = self.by_device.entry(Arc::clone(device)).or_default();
            watched.insert(what.clone());
        }
        self.all.insert(
            what,
            Watch {
                watchers,
                devices,
                told,
            },
        );
    }

    fn remove(&mut self, what: &Watched) {
        let Some(watch) = self.all.remove(what) else {
            return;
        };
        for device in &watch.devices {
            if let Some(watched) = self.by_device.get_mut(device) {
                watched.remove(what);
                if watched.is_empty() {
                    self.by_device.remove(device);
                }
            }
        }
    }
}
