//! What one subscription watches, asked of the switch and given up with it.

use crate::core::Core;
use crate::handle::Told;
use crate::status::status_of;
use crate::subscriptions::State;
use model::{ExtensionState, Instruction, MessageCounts, Signal, Watched, WatchedState};
use std::future::{Future as _, poll_fn};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

/// How long the switch may take to say how something is.
const DECISION: Duration = Duration::from_secs(10);

/// What is watched together.
pub(crate) struct Watching {
    core: Arc<Core>,
    watched: Vec<(Watched, watch::Receiver<State>)>,
}

impl Watching {
    /// Begins to watch all of these, or none: then the status says why.
    pub(crate) async fn begin(core: &Arc<Core>, whats: Vec<Watched>) -> Result<Self, u16> {
        let mut watching = Self {
            core: Arc::clone(core),
            watched: Vec::new(),
        };
        for what in whats {
            if let Err(status) = watching.add(what).await {
                watching.end().await;
                return Err(status);
            }
        }
        Ok(watching)
    }

    async fn add(&mut self, what: Watched) -> Result<(), u16> {
        let subscriptions = self.core.subscriptions();
        let receiver = subscriptions.join(&what).ok_or(503u16)?;
        let (token, mut instructions) = self.core.calls().offer();
        let watch = Signal::Watch {
            token,
            what: what.clone(),
        };
        let answer = match self.core.told().try_send(Told::Signal(watch)) {
            Ok(()) => timeout(DECISION, instructions.recv()).await.ok().flatten(),
            Err(_) => None,
        };
        self.core.calls().withdraw(token);
        if let Some(Instruction::Watching { state, .. }) = answer {
            subscriptions.began(&what, state);
            self.watched.push((what, receiver));
            return Ok(());
        }
        subscriptions.leave(&what, receiver);
        if let Some(Instruction::Refuse { cause, .. }) = answer {
            Err(status_of(Some(cause)))
        } else {
            Err(503)
        }
    }

    /// What is watched.
    pub(crate) fn whats(&self) -> Vec<Watched> {
        let watched = self.watched.iter();
        watched.map(|(what, _)| what.clone()).collect()
    }

    /// Returns when any of the states in any of these has changed.
    pub(crate) async fn any_changed(all: impl Iterator<Item = &mut Self>) {
        let receivers = all.flat_map(|watching| watching.watched.iter_mut());
        let mut waits: Vec<_> = receivers
            .map(|(_, receiver)| Box::pin(receiver.changed()))
            .collect();
        poll_fn(|context| {
            let mut ready = false;
            // A sender that is gone tells nothing any more.
            waits.retain_mut(|wait| match wait.as_mut().poll(context) {
                Poll::Ready(changed) => {
                    ready |= changed.is_ok();
                    false
                }
                Poll::Pending => true,
            });
            if ready {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }

    /// The state of the extension, if one is watched and it is known.
    pub(crate) fn extension(&mut self) -> Option<ExtensionState> {
        self.states().into_iter().find_map(|state| match state {
            WatchedState::Extension(state) => Some(state),
            WatchedState::Mailbox(_) => None,
        })
    }

    /// The messages in all mailboxes together.
    pub(crate) fn messages(&mut self) -> MessageCounts {
        let mut sum = MessageCounts::default();
        for state in self.states() {
            if let WatchedState::Mailbox(counts) = state {
                sum.new += counts.new;
                sum.old += counts.old;
                sum.urgent += counts.urgent;
            }
        }
        sum
    }

    /// The states that are known.
    pub(crate) fn states(&mut self) -> Vec<WatchedState> {
        let receivers = self.watched.iter_mut();
        let states = receivers.filter_map(|(_, receiver)| *receiver.borrow_and_update());
        states.collect()
    }

    /// Gives up what is watched.
    pub(crate) async fn end(&mut self) {
        for (what, receiver) in self.watched.drain(..) {
            self.core.subscriptions().leave(&what, receiver);
            self.core.signal(Signal::Unwatch(what)).await;
        }
    }
}
