//! Requests inside a call: what the far end of it may ask.

use crate::call::with_description;
use crate::conversation::{Conversation, Next, Unconfirmed};
use crate::message::header;
use crate::respond;
use crate::sdp::Description;
use crate::status::cause_of_reason;
use model::{FLASH, Signal};
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
            Method::Info => self.on_info(transaction).await,
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

    async fn on_info(&mut self, mut transaction: Transaction) {
        let digit = digit_of(&transaction.original);
        let understood = digit.is_some() || transaction.original.body.is_empty();
        self.reply(&mut transaction, if understood { 200 } else { 415 })
            .await;
        if let Some((digit, milliseconds)) = digit {
            let channel = self.call.channel;
            self.core()
                .signal(Signal::Digit {
                    channel,
                    digit,
                    milliseconds,
                })
                .await;
        }
    }
}

/// The key press an INFO tells of: `application/dtmf-relay`, `application/dtmf` or
/// `application/hook-flash`. The first two have the hook as the key 16, `!` or `hf`.
fn digit_of(request: &Request) -> Option<(char, u32)> {
    let kind = header(request, "Content-Type")?;
    let text = std::str::from_utf8(&request.body).ok()?;
    let field = |name: &str| {
        let mut lines = text.lines().filter_map(|line| line.split_once('='));
        lines
            .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    };
    let (digit, milliseconds) = match kind.split(';').next()?.trim().to_ascii_lowercase().as_str() {
        "application/dtmf-relay" => (
            field("Signal")?,
            field("Duration")
                .and_then(|text| text.parse().ok())
                .unwrap_or(250),
        ),
        "application/dtmf" => (text.trim(), 250),
        "application/hook-flash" => return Some((FLASH, 0)),
        _ => return None,
    };
    let digit = match digit {
        "10" => '*',
        "11" => '#',
        "16" | "!" | "hf" => return Some((FLASH, 0)),
        other => other.chars().next()?.to_ascii_uppercase(),
    };
    "0123456789*#ABCD"
        .contains(digit)
        .then_some((digit, milliseconds))
}
