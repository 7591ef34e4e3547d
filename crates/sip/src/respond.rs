//! Answers to requests.

use crate::core::Core;
use crate::package::Package;
use crate::status::code;
use crate::transport::Flow;
use rsipstack::sip::prelude::HeadersExt as _;
use rsipstack::sip::{Header, Request, Response};
use rsipstack::transaction::{Transaction, make_tag};

/// What we do, as told in `Allow`.
pub(crate) const ALLOW: &str =
    "OPTIONS, REGISTER, INVITE, ACK, CANCEL, BYE, INFO, UPDATE, MESSAGE, REFER, SUBSCRIBE";

/// The extension of dialogs that take the place of others (RFC 3891 §6.2).
pub(crate) const REPLACES: &str = "replaces";

/// The extension of subscriptions to lists (RFC 4662 §4.1).
pub(crate) const LIST: &str = "eventlist";

/// Seconds after which who was refused for lack of room may try again.
const RETRY_AFTER: &str = "5";

/// An answer with the headers of its request, a tag of ours, and headers that go with its status.
pub(crate) fn response(core: &Core, request: &Request, status: u16, tag: Option<&str>) -> Response {
    let mut response = core.stack.make_response(request, code(status), None);
    response
        .headers
        .retain(|header| !matches!(header, Header::UserAgent(_)));
    response.headers.push(Header::Server(
        core.settings().global.user_agent.clone().into(),
    ));
    if status != 100 {
        tag_to(&mut response, tag);
    }
    match status {
        489 => response
            .headers
            .push(Header::Other("Allow-Events".into(), Package::ALL.into())),
        421 => response.headers.push(Header::Require(LIST.into())),
        405 | 501 => response.headers.push(Header::Allow(ALLOW.into())),
        503 => response
            .headers
            .push(Header::RetryAfter(RETRY_AFTER.into())),
        _ => {}
    }
    response
}

/// An answer inside a dialog, or one that makes it: with the way there and our contact.
pub(crate) fn in_dialog(
    core: &Core,
    request: &Request,
    status: u16,
    tag: Option<&str>,
    contact: &str,
) -> Response {
    let mut response = response(core, request, status, tag);
    let routes = request
        .headers
        .iter()
        .filter(|header| matches!(header, Header::RecordRoute(_)));
    response.headers.extend(routes.cloned().collect());
    response.headers.push(Header::Contact(contact.into()));
    response.headers.push(Header::Allow(ALLOW.into()));
    response.headers.push(Header::Supported(REPLACES.into()));
    response
}

/// Ends a transaction that waits for nothing more.
pub(crate) async fn reply(core: &Core, transaction: &mut Transaction, status: u16) {
    let response = response(core, &transaction.original, status, None);
    send(transaction, response).await;
}

/// Sends an answer; what cannot be sent is said in the log.
pub(crate) async fn send(transaction: &mut Transaction, response: Response) {
    if let Err(error) = transaction.respond(response).await {
        tracing::debug!(%error, "An answer could not be sent");
    }
}

/// Answers a request the library never saw.
pub(crate) async fn reply_stateless(core: &Core, request: &Request, status: u16, flow: &Flow) {
    flow.send(response(core, request, status, None)).await;
}

/// Gives `To` a tag, if it has none.
fn tag_to(response: &mut Response, tag: Option<&str>) {
    let Ok(to) = response.to_header() else { return };
    if to.tag().is_ok_and(|tag| tag.is_some()) {
        return;
    }
    let tag = tag.map_or_else(|| make_tag().value().to_owned(), str::to_owned);
    let value = format!("{};tag={tag}", to.value());
    if let Ok(to) = response.to_header_mut() {
        *to = value.into();
    }
}
