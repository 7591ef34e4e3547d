//! REGISTER: phones say where they are (RFC 3261 §10.3).

use crate::address::NameAddr;
use crate::authenticate::{Outcome, authenticate};
use crate::core::Core;
use crate::message::header;
use crate::registrar::{Refusal, Wish, Wisher};
use crate::respond;
use crate::settings::{Aor, Endpoint, Protocol};
use crate::steady;
use crate::transport::Flow;
use jiff::Timestamp;
use model::Signal;
use rsipstack::sip::prelude::{HeadersExt as _, ToTypedHeader as _};
use rsipstack::sip::{Header, Request, Response};
use rsipstack::transaction::Transaction;
use std::sync::Arc;
use std::time::Duration;

/// Contacts in one REGISTER.
const MOST: usize = 10;

/// Answers a REGISTER.
pub(crate) async fn serve(core: &Arc<Core>, mut transaction: Transaction, flow: Flow) {
    let response = match authenticate(core, &transaction.original, &flow).await {
        Outcome::Answer(response) => *response,
        Outcome::Authentic(endpoint) => {
            match register(core, &transaction.original, &endpoint, &flow).await {
                Ok(response) => response,
                Err(status) => respond::response(core, &transaction.original, status, None),
            }
        }
    };
    respond::send(&mut transaction, response).await;
}

async fn register(
    core: &Arc<Core>,
    request: &Request,
    endpoint: &Endpoint,
    flow: &Flow,
) -> Result<Response, u16> {
    let settings = core.settings();
    let user = NameAddr::parse(request.to_header().map_err(|_| 400u16)?.value())
        .and_then(|to| to.user())
        .ok_or(404u16)?;
    let name = endpoint
        .aors
        .iter()
        .find(|name| ***name == *user)
        .ok_or(404u16)?;
    let aor = settings.aors.get(name).ok_or(404u16)?;
    if aor.max_contacts == 0 {
        tracing::warn!(aor = %name, "A contact may not register: max_contacts is 0");
        return Err(403);
    }
    let wishes = wishes(core, request, aor, endpoint, flow)?;
    let wisher = wisher(request, endpoint, flow)?;
    let facts = core
        .registrar()
        .register(aor, &wisher, &wishes, steady::now())
        .map_err(|refusal| match refusal {
            Refusal::TooMany => 403u16,
            Refusal::OutOfOrder => 500,
        })?;
    for fact in facts {
        core.signal(Signal::Contact(fact)).await;
    }
    core.registered();
    Ok(listing(core, request, aor))
}

/// What the contacts in a REGISTER ask for; a `*` asks for the end of all there are.
fn wishes(
    core: &Core,
    request: &Request,
    aor: &Aor,
    endpoint: &Endpoint,
    flow: &Flow,
) -> Result<Vec<Wish>, u16> {
    let expires: Option<u32> =
        header(request, "Expires").map(|text| text.parse().unwrap_or(aor.default_expiration));
    let mut wishes = Vec::new();
    for value in request.contact_headers() {
        if value.value().trim() == "*" {
            if expires != Some(0) || request.contact_headers().len() > 1 {
                return Err(400);
            }
            let known = core.registrar().bindings(&aor.name).into_iter();
            let registered =
                known.filter(|binding| binding.origin == crate::registrar::Origin::Registered);
            return Ok(registered
                .map(|binding| Wish {
                    uri: binding.contact.uri,
                    lifetime: Duration::ZERO,
                })
                .collect());
        }
        for address in NameAddr::list(value.value()).ok_or(400u16)? {
            let own = address
                .param("expires")
                .map(|text| text.parse().unwrap_or(aor.default_expiration));
            let seconds = match own.or(expires).unwrap_or(aor.default_expiration) {
                0 => 0,
                seconds => seconds.clamp(
                    aor.minimum_expiration.min(aor.maximum_expiration),
                    aor.maximum_expiration,
                ),
            };
            let mut uri = address.parsed_uri().ok_or(400u16)?;
            if endpoint.rewrite_contact {
                uri.host_with_port = flow.remote.into();
            }
            let uri = if endpoint.rewrite_contact {
                uri.to_string()
            } else {
                address.uri
            };
            wishes.push(Wish {
                uri: uri.into(),
                lifetime: Duration::from_secs(seconds.into()),
            });
        }
    }
    if wishes.len() > MOST {
        Err(400)
    } else {
        Ok(wishes)
    }
}

fn wisher(request: &Request, endpoint: &Endpoint, flow: &Flow) -> Result<Wisher, u16> {
    let via = request
        .top_via_header()
        .and_then(|via| via.typed())
        .map_err(|_| 400u16)?;
    let text = |name| header(request, name).unwrap_or_default().into();
    let port = via
        .uri
        .host_with_port
        .port
        .map_or(flow.remote.port(), |port| port.value());
    Ok(Wisher {
        endpoint: Arc::clone(&endpoint.name),
        user_agent: text("User-Agent"),
        call_id: text("Call-ID"),
        sequence: Some(
            request
                .cseq_header()
                .and_then(|cseq| cseq.seq())
                .map_err(|_| 400u16)?,
        ),
        via_host: via.uri.host_with_port.host.to_string().into(),
        via_port: port,
        path: text("Path"),
        flow: (flow.protocol == Protocol::Tcp).then(|| flow.clone()),
    })
}

/// 200 with all contacts there are now.
fn listing(core: &Core, request: &Request, aor: &Aor) -> Response {
    let mut response = respond::response(core, request, 200, None);
    response.headers.push(Header::Date(
        Timestamp::now()
            .strftime("%a, %d %b %Y %H:%M:%S GMT")
            .to_string()
            .into(),
    ));
    let now = steady::now();
    for binding in core.registrar().bindings(&aor.name) {
        if binding.origin == crate::registrar::Origin::Registered {
            let left = binding.contact.expires.duration_since(now).as_secs().max(0) + 1;
            let value = format!("<{}>;expires={left}", binding.contact.uri);
            response.headers.push(Header::Contact(value.into()));
        }
    }
    response
}
