//! Sending who talks with us, or wants to, elsewhere: REFER in a call (RFC 3515), 302 before it; and
//! being sent.

use crate::address::{NameAddr, escape};
use crate::conversation::Conversation;
use crate::core::Core;
use crate::invite::{Called, find};
use crate::message::{header, values};
use crate::transport::Flow;
use crate::{client, respond};
use model::{ChannelId, Signal};
use rsipstack::sip::{Header, Method, Request, Response, Uri};
use rsipstack::transaction::Transaction;
use std::sync::Arc;

/// Where they are sent: a SIP URI as it stands, an endpoint at its contact, anything else as an
/// extension of ours, where they reach us now. `None` if that is no address.
pub(crate) async fn target(core: &Arc<Core>, to: &str, flow: &Flow) -> Option<String> {
    let to = to.trim();
    let uri = if to.starts_with("sip:") || to.starts_with("sips:") {
        to.to_owned()
    } else if let Some(Called { uri, .. }) = find(core, to).await {
        uri
    } else if to.is_empty() {
        return None;
    } else {
        format!("sip:{}@{}", escape(to), flow.local_address())
    };
    // It will stand between angle brackets.
    let is_safe = !uri.contains(|c: char| c.is_control() || matches!(c, '<' | '>' | ' ' | '"'));
    (is_safe && Uri::try_from(uri.as_str()).is_ok()).then_some(uri)
}

/// Whom to call instead, if that is what they answer: the user of the first contact they name.
pub(crate) fn moved(response: &Response) -> Option<Arc<str>> {
    let status = response.status_code.code();
    let contact = values(&response.headers, "Contact").next()?;
    let exten = NameAddr::list(contact)?.first()?.user()?;
    let is_extension = (300..400).contains(&status) && exten.len() <= LONGEST_EXTENSION;
    is_extension.then(|| exten.into())
}

/// Longer ones are none.
const LONGEST_EXTENSION: usize = 80;

/// Tells the switch what came of it: `None` if it is done, else the status.
pub(crate) async fn tell(core: &Core, channel: ChannelId, failed: Option<u16>) {
    core.signal(Signal::SentAway { channel, failed }).await;
}

impl Conversation<'_> {
    /// Asks them to call somebody else. What becomes of it they tell by NOTIFY.
    pub(crate) async fn send_away(&mut self, to: &str) {
        let (core, channel) = (Arc::clone(self.core()), self.call.channel);
        let flow = self.dialog.flow.clone();
        let Some(uri) = target(&core, to, &flow).await else {
            return tell(&core, channel, Some(400)).await;
        };
        let contact = self.dialog.contact(&core);
        let Some(mut request) = self.dialog.request(&core, Method::Refer) else {
            return tell(&core, channel, Some(500)).await;
        };
        for (name, value) in [("Refer-To", format!("<{uri}>")), ("Referred-By", contact)] {
            request.headers.push(Header::Other(name.into(), value));
        }
        request
            .headers
            .push(Header::Contact(self.dialog.contact(&core).into()));
        self.refers = true;
        tokio::spawn(async move {
            let response = client::exchange(&core, request, &flow).await;
            let status = response.map_or(408, |response| response.status_code.code());
            if status >= 300 {
                tell(&core, channel, Some(status)).await;
            }
        });
    }

    /// They tell how the call goes that we asked them to make.
    pub(crate) async fn on_notify(&mut self, mut transaction: Transaction) {
        let event = header(&transaction.original, "Event").unwrap_or_default();
        let about_refer = event.trim_start().starts_with("refer");
        if !self.refers || !about_refer {
            return self.reply(&mut transaction, 481).await;
        }
        respond::reply(self.core(), &mut transaction, 200).await;
        let Some(status) = told(&transaction.original).filter(|status| *status >= 200) else {
            return;
        };
        self.refers = false;
        let failed = (status >= 300).then_some(status);
        tell(self.core(), self.call.channel, failed).await;
    }
}

/// The status in a NOTIFY's fragment of a message: `SIP/2.0 200 OK`.
fn told(request: &Request) -> Option<u16> {
    let text = String::from_utf8_lossy(&request.body);
    let rest = text.trim_start().strip_prefix("SIP/2.0 ")?;
    rest.split_ascii_whitespace().next()?.parse().ok()
}
