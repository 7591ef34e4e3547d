//! The calls there are: which task has which dialog, channel or offer.

use crate::transport::Flow;
use model::{ChannelId, Instruction, Token};
use rsipstack::transaction::Transaction;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::{mpsc, watch};

/// Instructions that may wait for a dialog. One that lets more come in is ended: its instructions
/// stop, which it takes for a hangup.
const INSTRUCTIONS: usize = 64;
/// Requests that may wait for a dialog; more are refused.
const REQUESTS: usize = 16;

/// The calls there are.
#[derive(Default)]
pub(crate) struct Calls {
    inner: Mutex<Inner>,
    tokens: AtomicU64,
    count: watch::Sender<usize>,
}

#[derive(Default)]
struct Inner {
    offered: HashMap<Token, mpsc::Sender<Instruction>>,
    channels: HashMap<ChannelId, mpsc::Sender<Instruction>>,
    dialogs: HashMap<DialogKey, mpsc::Sender<InDialog>>,
    /// The channels of answered calls.
    answered: HashMap<DialogKey, ChannelId>,
}

/// What tells a dialog: its Call-ID and our tag.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct DialogKey {
    pub(crate) call_id: String,
    pub(crate) tag: String,
}

/// A request inside a dialog, and the way it came.
pub(crate) struct InDialog {
    pub(crate) transaction: Transaction,
    pub(crate) flow: Flow,
}

/// A dialog's place in the books, given up with the dialog.
pub(crate) struct Seat<'a> {
    calls: &'a Calls,
    key: DialogKey,
    pub(crate) requests: mpsc::Receiver<InDialog>,
}

impl Calls {
    /// How many dialogs there are.
    pub(crate) fn len(&self) -> usize {
        self.lock().dialogs.len()
    }

    /// A call is offered to the switch: its answer comes with the token.
    pub(crate) fn offer(&self) -> (Token, mpsc::Receiver<Instruction>) {
        let token = Token(self.tokens.fetch_add(1, Ordering::Relaxed) + 1);
        let (sender, receiver) = mpsc::channel(INSTRUCTIONS);
        self.lock().offered.insert(token, sender);
        (token, receiver)
    }

    /// An offer is not answered in time, or nobody wants the answer any more.
    pub(crate) fn withdraw(&self, token: Token) {
        self.lock().offered.remove(&token);
    }

    /// A channel the switch made for a call of its own.
    pub(crate) fn open(&self, channel: ChannelId) -> mpsc::Receiver<Instruction> {
        let (sender, receiver) = mpsc::channel(INSTRUCTIONS);
        self.lock().channels.insert(channel, sender);
        receiver
    }

    /// A channel is gone from here.
    pub(crate) fn close(&self, channel: ChannelId) {
        self.lock().channels.remove(&channel);
    }

    /// Hands an instruction to whose it is. False if it is nobody's.
    pub(crate) fn instruct(&self, instruction: Instruction) -> bool {
        let mut inner = self.lock();
        let sender = match &instruction {
            Instruction::Accept { token, channel } => {
                let sender = inner.offered.remove(token);
                if let Some(sender) = &sender {
                    inner.channels.insert(*channel, sender.clone());
                }
                sender
            }
            Instruction::Refuse { token, .. }
            | Instruction::TakeMessage(token)
            | Instruction::Watching { token, .. } => inner.offered.remove(token),
            Instruction::HangUp { channel, .. } => inner.channels.remove(channel),
            Instruction::Dial { .. } | Instruction::Changed { .. } => None,
            Instruction::Ring(channel)
            | Instruction::Progress(channel)
            | Instruction::Answer(channel)
            | Instruction::Reject { channel, .. }
            | Instruction::Transferred { channel, .. }
            | Instruction::SendText { channel, .. }
            | Instruction::SendAway { channel, .. }
            | Instruction::SendDigit { channel, .. } => inner.channels.get(channel).cloned(),
        };
        let Some(sender) = sender else { return false };
        match sender.try_send(instruction) {
            Ok(()) => true,
            Err(mpsc::error::TrySendError::Closed(_)) => false,
            Err(mpsc::error::TrySendError::Full(instruction)) => {
                tracing::error!(?instruction, "A dialog takes no instructions: it is ended");
                inner
                    .channels
                    .retain(|_, other| !other.same_channel(&sender));
                true
            }
        }
    }

    /// Takes a dialog into the books.
    pub(crate) fn seat(&self, key: DialogKey) -> Seat<'_> {
        let (sender, requests) = mpsc::channel(REQUESTS);
        let mut inner = self.lock();
        inner.dialogs.insert(key.clone(), sender);
        self.count.send_replace(inner.dialogs.len());
        Seat {
            calls: self,
            key,
            requests,
        }
    }

    /// A dialog is the call of a channel.
    pub(crate) fn name(&self, key: DialogKey, channel: ChannelId) {
        self.lock().answered.insert(key, channel);
    }

    /// The channel whose call a dialog is.
    pub(crate) fn channel_of(&self, key: &DialogKey) -> Option<ChannelId> {
        self.lock().answered.get(key).copied()
    }

    /// Hands a request to its dialog; gives it back with the status that refuses it otherwise.
    pub(crate) fn request(
        &self,
        key: &DialogKey,
        request: InDialog,
    ) -> Result<(), (Box<InDialog>, u16)> {
        let sender = self.lock().dialogs.get(key).cloned();
        let Some(sender) = sender else {
            return Err((Box::new(request), 481));
        };
        sender.try_send(request).map_err(|error| match error {
            mpsc::error::TrySendError::Full(request) => (Box::new(request), 503),
            mpsc::error::TrySendError::Closed(request) => (Box::new(request), 481),
        })
    }

    /// Ends all calls: no instructions will come.
    pub(crate) fn end_all(&self) {
        let mut inner = self.lock();
        inner.channels.clear();
        inner.offered.clear();
    }

    pub(crate) async fn wait_until_none(&self) {
        let mut count = self.count.subscribe();
        let _gone = count.wait_for(|count| *count == 0).await;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut inner = self.calls.lock();
        inner.dialogs.remove(&self.key);
        inner.answered.remove(&self.key);
        self.calls.count.send_replace(inner.dialogs.len());
    }
}
