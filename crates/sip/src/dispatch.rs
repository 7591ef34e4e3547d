//! Where messages go: to the transaction, the dialog or the file that serves their method.

use crate::acks::Again;
use crate::calls::{DialogKey, InDialog};
use crate::core::Core;
use crate::outgoing::{self, Order};
use crate::registrar::{Binding, Origin};
use crate::transport::{Arrival, Flow};
use crate::{incoming, mwi, options, register, respond, steady, subscribe, text};
use jiff::Timestamp;
use model::{Contact, ContactFact, Instruction, Signal};
use rsipstack::sip::prelude::HeadersExt as _;
use rsipstack::sip::{Method, Request, Response, SipMessage};
use rsipstack::transaction::Transaction;
use rsipstack::transport::SipConnection;
use std::sync::Arc;

impl Core {
    /// A message came in.
    pub(crate) async fn arrived(self: &Arc<Self>, arrival: Arrival, flow: Flow) {
        match arrival {
            Arrival::Nothing(_) => {}
            Arrival::Refused(request, status) => {
                if let Some(SipMessage::Request(request)) =
                    mark(SipMessage::Request(*request), &flow)
                {
                    respond::reply_stateless(self, &request, status, &flow).await;
                }
            }
            Arrival::Message(message) => self.message(*message, flow).await,
        }
    }

    async fn message(self: &Arc<Self>, message: SipMessage, flow: Flow) {
        let Some(message) = mark(message, &flow) else {
            return;
        };
        if let SipMessage::Response(response) = &message
            && let Some(again) = self.acks().again(response)
        {
            return self.answered_again(again, response).await;
        }
        let mut arrivals = self.arrivals.lock().await;
        let handed = self
            .stack
            .on_received_message(message, flow.connection.clone(), &flow.destination())
            .await;
        if let Err(error) = handed {
            tracing::debug!(from = %flow.remote, %error, "A message is ignored");
        }
        while let Ok(transaction) = arrivals.try_recv() {
            self.dispatch(transaction, flow.clone());
        }
    }

    /// An answered call is answered again: the ACK was lost, or it is somebody else's answer.
    async fn answered_again(self: &Arc<Self>, again: Again, response: &Response) {
        match again {
            Again::Same(ack, flow) => flow.send(*ack).await,
            Again::Other(flow) => outgoing::turn_away(self, response, flow).await,
        }
    }

    /// A new request goes to who serves it.
    fn dispatch(self: &Arc<Self>, transaction: Transaction, flow: Flow) {
        if let Some(key) = dialog_key(&transaction.original) {
            if let Err((refused, status)) =
                self.calls().request(&key, InDialog { transaction, flow })
            {
                let core = Arc::clone(self);
                tokio::spawn(async move { refuse(&core, refused.transaction, status).await });
            }
            return;
        }
        let core = Arc::clone(self);
        let Ok(permit) = Arc::clone(&self.requests).try_acquire_owned() else {
            tokio::spawn(async move { refuse(&core, transaction, 503).await });
            return;
        };
        tokio::spawn(async move {
            match transaction.original.method {
                Method::Invite => incoming::serve(&core, transaction, flow, permit).await,
                Method::Subscribe => subscribe::serve(&core, transaction, flow, permit).await,
                Method::Ack
                | Method::Bye
                | Method::Cancel
                | Method::Info
                | Method::Message
                | Method::Notify
                | Method::Options
                | Method::PRack
                | Method::Publish
                | Method::Refer
                | Method::Register
                | Method::Update => {
                    serve(&core, transaction, flow).await;
                    drop(permit);
                }
            }
        });
    }

    /// Carries out what the switch says.
    pub(crate) fn instruct(self: &Arc<Self>, instruction: Instruction) {
        // What the switch is told if there is no such call any more; it must not wait for it.
        let gone = match instruction {
            Instruction::Dial {
                channel,
                resource,
                caller,
                withheld,
                call_id,
                formats,
                referral,
            } => {
                let instructions = self.calls().open(channel);
                let order = Order {
                    channel,
                    resource,
                    caller,
                    withheld,
                    call_id,
                    formats,
                    referral,
                };
                self.runtime
                    .spawn(outgoing::run(Arc::clone(self), order, instructions));
                return;
            }
            Instruction::Changed { what, state } => {
                return self.subscriptions().changed(&what, state);
            }
            Instruction::HangUp { channel, .. } => Some(Signal::Released {
                channel,
                tech_cause: None,
                quality: None,
            }),
            Instruction::SendAway { channel, .. } => Some(Signal::SentAway {
                channel,
                failed: Some(481),
            }),
            Instruction::Accept { .. }
            | Instruction::Refuse { .. }
            | Instruction::Ring(_)
            | Instruction::Progress(_)
            | Instruction::Answer(_)
            | Instruction::TakeMessage(_)
            | Instruction::Watching { .. }
            | Instruction::Transferred { .. }
            | Instruction::SendText { .. }
            | Instruction::Reject { .. }
            | Instruction::SendDigit { .. } => None,
        };
        if !self.calls().instruct(instruction)
            && let Some(signal) = gone
        {
            let core = Arc::clone(self);
            self.runtime.spawn(async move { core.signal(signal).await });
        }
    }

    pub(crate) fn contacts(&self) -> Vec<Contact> {
        let registered = self
            .registrar()
            .all()
            .into_iter()
            .filter(|binding| binding.origin == Origin::Registered);
        registered.map(Binding::told).collect()
    }
}

/// Serves a request outside of any dialog.
async fn serve(core: &Arc<Core>, transaction: Transaction, flow: Flow) {
    match transaction.original.method {
        Method::Register if core.told().capacity() == 0 => refuse(core, transaction, 503).await,
        Method::Register => register::serve(core, transaction, flow).await,
        Method::Options => options::serve(core, transaction).await,
        Method::Message => text::serve(core, transaction, flow).await,
        Method::Bye | Method::Notify | Method::Update | Method::PRack => {
            refuse(core, transaction, 481).await
        }
        Method::Info | Method::Publish | Method::Refer => refuse(core, transaction, 405).await,
        // The library keeps these from us; what makes a dialog is served elsewhere.
        Method::Ack | Method::Cancel | Method::Invite | Method::Subscribe => {}
    }
}

/// Answers with a status and is done: the library repeats it if it must.
pub(crate) async fn refuse(core: &Core, mut transaction: Transaction, status: u16) {
    respond::reply(core, &mut transaction, status).await;
}

/// Notes in the topmost Via where a request came from (RFC 3581).
fn mark(message: SipMessage, flow: &Flow) -> Option<SipMessage> {
    SipConnection::update_msg_received(message, flow.remote, flow.library_transport()).ok()
}

/// The dialog a request says it belongs to.
fn dialog_key(request: &Request) -> Option<DialogKey> {
    let tag = request.to_header().ok()?.tag().ok()??;
    let call_id = request.call_id_header().ok()?.value().trim().to_owned();
    Some(DialogKey {
        call_id,
        tag: tag.value().to_owned(),
    })
}

/// A configuration is taken over: contacts come and go with it.
pub(crate) fn configured(core: &Arc<Core>) {
    let facts = core.registrar().configure(&core.settings());
    core.registrations().configure(core);
    mwi::configure(core, &core.renewed());
    tell(core, facts);
}

/// Contacts that were kept are taken over.
pub(crate) fn restored(core: &Arc<Core>, kept: &[(Arc<str>, Arc<str>)]) {
    let (now, steady) = (Timestamp::now(), steady::now());
    let facts = core
        .registrar()
        .restore(&core.settings(), kept, now, steady);
    tell(core, facts);
}

fn tell(core: &Arc<Core>, facts: Vec<ContactFact>) {
    let core = Arc::clone(core);
    let runtime = core.runtime.clone();
    runtime.spawn(async move {
        for fact in facts {
            core.signal(Signal::Contact(fact)).await;
        }
    });
}
