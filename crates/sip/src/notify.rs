//! NOTIFY outside of any subscription: phones are told to reboot, to fetch their configuration
//! and the like.

use crate::client;
use crate::core::Core;
use crate::dialog::own_contact;
use crate::message::{self, Parts, with_body};
use crate::settings::Endpoint;
use crate::target;
use crate::transport::Flow;
use model::{NotifyTarget, SipNotify};
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
pub(crate) fn send(core: &Arc<Core>, notify: SipNotify) -> bool {
    let settings = core.settings();
    let notify = Arc::new(notify);
    match &notify.to {
        NotifyTarget::Uri(uri) => begin(core, &notify, Arc::clone(uri), None, None),
        NotifyTarget::Endpoint(name) => {
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
                    &notify,
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
    notify: &Arc<SipNotify>,
    uri: Arc<str>,
    flow: Option<Flow>,
    endpoint: Option<Arc<Endpoint>>,
) {
    let (core, notify) = (Arc::clone(core), Arc::clone(notify));
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
            send_one(&core, &notify, &uri, &flow, endpoint.as_deref()).await;
        }
    });
}

async fn send_one(
    core: &Core,
    notify: &SipNotify,
    uri: &str,
    flow: &Flow,
    endpoint: Option<&Endpoint>,
) -> Option<()> {
    let settings = core.settings();
    let user = endpoint
        .and_then(|endpoint| endpoint.from_user.clone())
        .unwrap_or_else(|| settings.global.default_from_user.clone());
    let parts = Parts {
        method: Method::Notify,
        uri,
        from: &format!(
            "<sip:{}@{}>;tag={}",
            crate::address::escape(&user),
            flow.host(),
            message::tag()
        ),
        to: &format!("<{uri}>"),
        call_id: &message::call_id(),
        sequence: 1,
        routes: &[],
    };
    let mut request = message::request(core, flow, &parts)?;
    request
        .headers
        .push(Header::Contact(own_contact(core, flow).into()));
    request
        .headers
        .push(Header::SubscriptionState("terminated".into()));
    let (mut kind, mut body) = ("text/plain".to_owned(), Vec::new());
    for (name, value) in &notify.headers {
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
            _ => tracing::warn!(header = %name, "A header of a NOTIFY is left out"),
        }
    }
    if !body.is_empty() {
        with_body(&mut request, &kind, body.join("\r\n"));
    }
    client::exchange(core, request, flow).await.map(drop)
}
