//! The INVITE of a call we make: whom it goes to and what it says.

use crate::address::{escape, quote};
use crate::call::SDP;
use crate::core::Core;
use crate::dialog::own_contact;
use crate::message::{self, Parts, with_body};
use crate::outgoing::Order;
use crate::respond::{ALLOW, REPLACES};
use crate::settings::Endpoint;
use crate::target;
use crate::transport::Flow;
use model::Referral;
use rsipstack::sip::{Header, Method, Request};
use std::sync::Arc;

/// Whom we call, and the way there.
pub(crate) struct Called {
    pub(crate) endpoint: Arc<Endpoint>,
    pub(crate) uri: String,
    pub(crate) flow: Flow,
    /// The address of record, and the id of its contact; empty where a URI was called.
    pub(crate) aor: Arc<str>,
    pub(crate) contact: Arc<str>,
}

/// Whom a resource means, and the way there: `endpoint` is the first of its contacts that can be
/// reached, `endpoint/sip:uri` that one, `number@endpoint` the number at its first contact.
pub(crate) async fn find(core: &Arc<Core>, resource: &str) -> Option<Called> {
    let settings = core.settings();
    let (name, uri) = match resource.split_once('/') {
        Some((name, uri)) => (name, Some(uri)),
        None => (resource, None),
    };
    let (user, name) = match name.rsplit_once('@') {
        Some((user, name)) => (Some(user), name),
        None => (None, name),
    };
    let endpoint = Arc::clone(settings.endpoints.get(name)?);
    if let Some(uri) = uri {
        // The headers that a URI may carry are none of where it leads (RFC 3261 §19.1.1).
        let uri = uri.split('?').next().unwrap_or(uri);
        let flow = target::flow(core, uri, endpoint.transport.as_deref()).await?;
        return Some(Called {
            endpoint,
            uri: uri.to_owned(),
            flow,
            aor: Arc::default(),
            contact: Arc::default(),
        });
    }
    let bindings = endpoint
        .aors
        .iter()
        .flat_map(|aor| core.registrar().bindings(aor));
    let binding = bindings.into_iter().find(|binding| binding.is_usable())?;
    let mut uri = binding.contact.uri.to_string();
    if let Some(user) = user {
        let host = uri
            .rsplit('@')
            .next()?
            .trim_start_matches("sip:")
            .to_owned();
        uri = format!("sip:{}@{host}", escape(user));
    }
    let known = binding
        .flow
        .filter(|flow| core.streams().find(flow.remote).is_some());
    let flow = match known {
        Some(flow) => flow,
        None => target::flow(core, &uri, endpoint.transport.as_deref()).await?,
    };
    Some(Called {
        endpoint,
        uri,
        flow,
        aor: binding.contact.aor,
        contact: binding.contact.id,
    })
}

/// Who calls and wants not to be shown (RFC 3323 §4.1).
const ANONYMOUS: &str = "\"Anonymous\" <sip:anonymous@anonymous.invalid>";

/// The INVITE of a call we make, with our offer.
pub(crate) fn invite(
    core: &Core,
    order: &Order,
    endpoint: &Endpoint,
    uri: &str,
    flow: &Flow,
    tag: &str,
    offer: String,
) -> Option<Request> {
    let settings = core.settings();
    let number = order
        .caller
        .number
        .as_deref()
        .filter(|number| !number.is_empty());
    let user = endpoint
        .from_user
        .as_deref()
        .or(number)
        .unwrap_or(&settings.global.default_from_user);
    let host = endpoint.from_domain.clone().unwrap_or_else(|| flow.host());
    let name = order
        .caller
        .name
        .as_deref()
        .map(|name| format!("{} ", quote(name)))
        .unwrap_or_default();
    let identity = format!("{name}<sip:{}@{host}>", escape(user));
    let parts = Parts {
        method: Method::Invite,
        uri,
        from: &format!(
            "{};tag={tag}",
            if order.withheld { ANONYMOUS } else { &identity }
        ),
        to: &format!("<{uri}>"),
        call_id: &order.call_id,
        sequence: 1,
        routes: &[],
    };
    let mut request = message::request(core, flow, &parts)?;
    request
        .headers
        .push(Header::Contact(own_contact(core, flow).into()));
    request.headers.push(Header::Allow(ALLOW.into()));
    request.headers.push(Header::Supported(REPLACES.into()));
    if order.withheld {
        request
            .headers
            .push(Header::Other("Privacy".into(), "id".into()));
    }
    // Who wants to be private is told only to whom we trust with it (RFC 3325 §7).
    let tells = !order.withheld || endpoint.trust_id_outbound;
    if endpoint.send_pai && tells {
        request
            .headers
            .push(Header::PAssertedIdentity(identity.as_str().into()));
    }
    if endpoint.send_rpid && tells {
        let privacy = if order.withheld { "full" } else { "off" };
        let value = format!("{identity};party=calling;privacy={privacy};screen=no");
        request
            .headers
            .push(Header::Other("Remote-Party-ID".into(), value));
    }
    let Referral { by, replaces, .. } = &order.referral;
    for (name, value) in [("Referred-By", by), ("Replaces", replaces)] {
        if !value.is_empty() && !value.contains(char::is_control) {
            request
                .headers
                .push(Header::Other(name.into(), value.to_string()));
        }
    }
    with_body(&mut request, SDP, offer);
    Some(request)
}
