//! Requests outside of any dialog: NOTIFY, by which phones are told to reboot, to fetch their
//! configuration and the like, and MESSAGE, which brings a text.

use crate::address::{NameAddr, escape, quote};
use crate::client;
use crate::core::Core;
use crate::dialog::own_contact;
use crate::message::{self, Parts, with_body};
use crate::settings::Endpoint;
use crate::target;
use crate::transport::Flow;
use model::{SipMethod, SipRequest, SipTarget};
use rsipstack::sip::{Header, Method};
use std::sync::Arc;

/// Headers that are ours to write.
const OURS: &[&str] = &[
    "via",
    "v",
    "from",
    "f",
    "to",
    "t",
    "call-id",
    "i",
    "cseq",
    "max-forwards",
    "contact",
    "m",
    "content-length",
    "l",
    "route",
    "record-route",
    "user-agent",
];

/// Sends it to whom it is for. False if that is nobody.
pub(crate) fn send(core: &Arc<Core>, order: SipRequest) -> bool {
    let settings = core.settings();
    let order = Arc::new(order);
    match &order.to {
        SipTarget::Uri(uri) => begin(core, &order, Arc::clone(uri), None, None),
        SipTarget::Endpoint(name) => {
            let Some(endpoint) = settings.endpoints.get(name) else {
                return false;
            };
            for binding in endpoint
                .aors
                .iter()
                .flat_map(|aor| core.registrar().bindings(aor))
            {
                begin(
                    core,
                    &order,
                    binding.contact.uri,
                    binding.flow,
                    Some(Arc::clone(endpoint)),
                );
            }
        }
    }
    true
}

/// Begins to send it to one URI, by the stream it is known by or where it leads.
pub(crate) fn begin(
    core: &Arc<Core>,
    order: &Arc<SipRequest>,
    uri: Arc<str>,
    flow: Option<Flow>,
    endpoint: Option<Arc<Endpoint>>,
) {
    let (core, order) = (Arc::clone(core), Arc::clone(order));
    let runtime = core.runtime.clone();
    runtime.spawn(async move {
        let known = flow.filter(|flow| core.streams().find(flow.remote).is_some());
        let flow = match known {
            Some(flow) => Some(flow),
            None => {
                let transport = endpoint
                    .as_ref()
                    .and_then(|endpoint| endpoint.transport.as_deref());
                target::flow(&core, &uri, transport).await
            }
        };
        if let Some(flow) = flow {
            send_one(&core, &order, &uri, &flow, endpoint.as_deref()).await;
        }
    });
}

async fn send_one(
    core: &Core,
    order: &SipRequest,
    uri: &str,
    flow: &Flow,
    endpoint: Option<&Endpoint>,
) -> Option<()> {
    let settings = core.settings();
    let user = endpoint
        .and_then(|endpoint| endpoint.from_user.clone())
        .unwrap_or_else(|| settings.global.default_from_user.clone());
    let method = match order.method {
        SipMethod::Notify => Method::Notify,
        SipMethod::Message => Method::Message,
    };
    let parts = Parts {
        method,
        uri,
        from: &format!("{};tag={}", from(order, &user, flow), message::tag()),
        to: &format!("<{uri}>"),
        call_id: &message::call_id(),
        sequence: 1,
        routes: &[],
    };
    let mut request = message::request(core, flow, &parts)?;
    if order.method == SipMethod::Notify {
        // A MESSAGE has no Contact (RFC 3428 §4).
        let contact = own_contact(core, flow);
        request.headers.push(Header::Contact(contact.into()));
        request
            .headers
            .push(Header::SubscriptionState("terminated".into()));
    }
    let (mut kind, mut body) = ("text/plain".to_owned(), Vec::new());
    for (name, value) in &order.headers {
        // A line end in a value would begin a header of somebody else's choice.
        let clean = !value.contains(['\r', '\n'])
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        match name.to_ascii_lowercase().as_str() {
            "content" => body.push(value.to_string()),
            "content-type" if clean => kind = value.to_string(),
            lower if clean && !name.is_empty() && !OURS.contains(&lower) => {
                request
                    .headers
                    .retain(|header| !header.name().eq_ignore_ascii_case(name));
                request
                    .headers
                    .push(Header::Other(name.to_string(), value.to_string()));
            }
            _ => tracing::warn!(header = %name, "A header is left out of a request"),
        }
    }
    if !body.is_empty() {
        with_body(&mut request, &kind, body.join("\r\n"));
    }
    client::exchange(core, request, flow).await.map(drop)
}

/// The From header without its tag: as the order says, or the user at the address we are known by.
fn from(order: &SipRequest, user: &str, flow: &Flow) -> String {
    let told = order.from.as_deref().and_then(NameAddr::parse);
    let display = told.as_ref().and_then(|told| told.display.as_deref());
    let display = display.map_or_else(String::new, |name| format!("{} ", quote(name)));
    // A bare name stands for its user.
    let told = told.and_then(|told| {
        let bare = (!told.uri.contains([':', '@'])).then(|| told.uri.clone());
        told.user().or(bare)
    });
    let user = escape(told.as_deref().unwrap_or(user));
    format!("{display}<sip:{user}@{}>", flow.host())
}
