//! REFER: who talks with somebody sends them elsewhere (RFC 3515).

use crate::address::{NameAddr, user_of};
use crate::calls::DialogKey;
use crate::client;
use crate::conversation::Conversation;
use crate::message::{header, with_body};
use crate::replaces::Replaces;
use crate::respond;
use model::{Cause, Signal};
use rsipstack::sip::{Header, Method, Request};
use rsipstack::transaction::Transaction;
use std::sync::Arc;

/// What a NOTIFY about a REFER carries.
const FRAGMENT: &str = "message/sipfrag;version=2.0";

/// Where a REFER points.
struct Referral {
    exten: Arc<str>,
    /// The dialog whose far end they mean instead.
    replaces: Option<DialogKey>,
    /// It in their own words.
    said: model::Referral,
}

impl Conversation<'_> {
    /// Asks the switch for what a REFER asks; its answer is theirs.
    pub(crate) async fn on_refer(&mut self, mut transaction: Transaction) {
        if !self.call.endpoint.allow_transfer {
            return self.reply(&mut transaction, 603).await;
        }
        if self.referral.is_some() {
            return self.reply(&mut transaction, 491).await;
        }
        let Some(referral) = referral(&transaction.original) else {
            return self.reply(&mut transaction, 400).await;
        };
        let Referral {
            exten,
            mut said,
            replaces,
        } = referral;
        let replaces = replaces.and_then(|key| self.core().calls().channel_of(&key));
        if replaces.is_some() {
            // Their other call is one of ours: nobody elsewhere is to be asked.
            said.replaces = Arc::default();
        }
        let channel = self.call.channel;
        self.referral = Some(transaction);
        self.core()
            .signal(Signal::Transfer {
                channel,
                exten,
                replaces,
                referral: said,
            })
            .await;
    }

    /// Tells them what the switch said.
    pub(crate) async fn referred(&mut self, refused: Option<Cause>) {
        let Some(mut transaction) = self.referral.take() else {
            return;
        };
        if let Some(cause) = refused {
            return self.reply(&mut transaction, status_of(cause)).await;
        }
        self.transferred = true;
        let quiet = header(&transaction.original, "Refer-Sub")
            .is_some_and(|text| text.eq_ignore_ascii_case("false"));
        let contact = self.dialog.contact(self.core());
        let mut response =
            respond::in_dialog(self.core(), &transaction.original, 202, None, &contact);
        if quiet {
            response
                .headers
                .push(Header::Other("Refer-Sub".into(), "false".into()));
        }
        respond::send(&mut transaction, response).await;
        if !quiet {
            self.tell_progress();
        }
    }

    /// Tells how it went: it was begun, and it is done.
    fn tell_progress(&mut self) {
        let begun = self.notify("active;expires=60", "SIP/2.0 100 Trying\r\n");
        let done = self.notify("terminated;reason=noresource", "SIP/2.0 200 OK\r\n");
        let (core, flow) = (Arc::clone(self.core()), self.dialog.flow.clone());
        tokio::spawn(async move {
            for request in [begun, done].into_iter().flatten() {
                client::exchange(&core, request, &flow).await;
            }
        });
    }

    fn notify(&mut self, state: &str, fragment: &str) -> Option<Request> {
        let core = Arc::clone(self.core());
        let mut request = self.dialog.request(&core, Method::Notify)?;
        request.headers.push(Header::Event("refer".into()));
        request
            .headers
            .push(Header::SubscriptionState(state.into()));
        request
            .headers
            .push(Header::Contact(self.dialog.contact(&core).into()));
        with_body(&mut request, FRAGMENT, fragment.to_owned());
        Some(request)
    }
}

/// Reads `Refer-To`, with the `Replaces` its URI may carry (RFC 3891).
fn referral(request: &Request) -> Option<Referral> {
    let address = NameAddr::parse(header(request, "Refer-To")?)?;
    let (uri, headers) = address
        .uri
        .split_once('?')
        .unwrap_or((address.uri.as_str(), ""));
    let exten = user_of(uri).unwrap_or_else(|| "s".to_owned());
    let mut fields = headers.split('&').filter_map(|field| field.split_once('='));
    let replaces = fields.find(|(name, _)| name.eq_ignore_ascii_case("Replaces"));
    let replaces = replaces.map(|(_, value)| crate::address::unescape(value));
    let said = model::Referral {
        to: uri.into(),
        by: header(request, "Referred-By").unwrap_or_default().into(),
        replaces: replaces.as_deref().unwrap_or_default().into(),
    };
    let replaces = match replaces {
        None => None,
        Some(text) => Some(Replaces::parse(&text)?.dialog),
    };
    Some(Referral {
        exten: exten.into(),
        replaces,
        said,
    })
}

/// The status that refuses a transfer.
fn status_of(cause: Cause) -> u16 {
    match cause {
        Cause::WRONG_CALL_STATE => 400,
        Cause::FACILITY_NOT_IMPLEMENTED => 501,
        cause => crate::status::status_of(Some(cause)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transfer_is_refused_with_a_status_for_its_cause() {
        assert_eq!(status_of(Cause::UNALLOCATED), 404);
    }
}
