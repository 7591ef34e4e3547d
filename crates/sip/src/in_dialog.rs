//! Requests inside a call: what the far end of it may ask.

use crate::call::with_description;
use crate::conversation::{Conversation, Next, Unconfirmed};
use crate::message::header;
use crate::respond;
use crate::sdp::Description;
use crate::status::cause_of_reason;
use rsipstack::sip::{Method, Request, Response};
use rsipstack::transaction::Transaction;

impl Conversation<'_> {
    /// Serves a request of theirs.
    pub(crate) async fn on_request(&mut self, mut transaction: Transaction) -> Next {
        if !self.dialog.is_in_order(&transaction.original) {
            self.reply(&mut transaction, 500).await;
            return Next::GoesOn;
        }
        match transaction.original.method {
            Method::Bye => {
                self.reply(&mut transaction, 200).await;
                let reason = header(&transaction.original, "Reason");
                return Next::Ended(reason.and_then(cause_of_reason));
            }
            Method::Invite if self.unconfirmed.is_some() => self.reply(&mut transaction, 491).await,
            Method::Invite => {
                self.moved(&transaction.original).await;
                self.renegotiate(transaction).await;
            }
            Method::Update => {
                self.moved(&transaction.original).await;
                let response = self.renegotiated(&transaction.original).await;
                respond::send(&mut transaction, response).await;
            }
            Method::Info => self.call.on_info(&mut transaction).await,
            Method::Message => self.on_text(transaction).await,
            Method::Refer => self.on_refer(transaction).await,
            Method::Notify => self.on_notify(transaction).await,
            Method::Options => crate::options::serve(self.core(), transaction).await,
            Method::Ack
            | Method::Cancel
            | Method::PRack
            | Method::Publish
            | Method::Register
            | Method::Subscribe => self.reply(&mut transaction, 405).await,
        }
        Next::GoesOn
    }

    pub(crate) async fn reply(&self, transaction: &mut Transaction, status: u16) {
        respond::reply(self.core(), transaction, status).await;
    }

    /// They may be somewhere else now.
    async fn moved(&mut self, request: &Request) {
        self.dialog.refresh_target(&request.headers);
        self.dialog.find_way(&self.call.core).await;
    }

    /// A re-INVITE: the sound is agreed on anew, and the ACK is waited for.
    async fn renegotiate(&mut self, mut transaction: Transaction) {
        let wants_answer = transaction.original.body.is_empty();
        let response = self.renegotiated(&transaction.original).await;
        let accepted = response.status_code.code() == 200;
        respond::send(&mut transaction, response).await;
        self.unconfirmed = accepted.then_some(Unconfirmed {
            transaction,
            wants_answer,
        });
    }

    async fn renegotiated(&mut self, request: &Request) -> Response {
        let body = if request.body.is_empty() {
            // An UPDATE without a body only says that they are there.
            (request.method == Method::Invite).then(|| self.call.sound.offer())
        } else {
            let offer = Description::parse(&request.body);
            let Some((agreed, body)) = offer.and_then(|offer| self.call.sound.answer(&offer))
            else {
                return respond::response(self.core(), request, 488, None);
            };
            self.call.tell_sound(agreed).await;
            Some(body)
        };
        let contact = self.dialog.contact(self.core());
        with_description(
            respond::in_dialog(self.core(), request, 200, None, &contact),
            body,
        )
    }

    /// Our answer is confirmed; the ACK has their answer if the offer was ours.
    pub(crate) async fn confirmed(&mut self, ack: &Request) {
        let unconfirmed = self.unconfirmed.take();
        if !unconfirmed.is_some_and(|unconfirmed| unconfirmed.wants_answer) {
            return;
        }
        let answer = Description::parse(&ack.body);
        match answer.and_then(|answer| self.call.sound.answered(&answer)) {
            Some(agreed) => self.call.tell_sound(agreed).await,
            None => tracing::warn!(channel = %self.call.channel, "No sound was agreed on"),
        }
    }
}
