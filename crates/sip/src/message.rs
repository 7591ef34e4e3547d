//! Requests of ours, made of their parts.

use crate::core::Core;
use crate::transport::Flow;
use rsipstack::sip::{Header, Headers, Method, Request, Uri, Version};
use rsipstack::transaction::random_text;

/// Characters of a tag or a branch: some 95 bits.
const RANDOM: usize = 16;

/// What a request is made of.
pub(crate) struct Parts<'a> {
    pub(crate) method: Method,
    pub(crate) uri: &'a str,
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
    pub(crate) call_id: &'a str,
    pub(crate) sequence: u32,
    pub(crate) routes: &'a [String],
}

/// A request on a way of ours. `None` if its URI is none.
pub(crate) fn request(core: &Core, flow: &Flow, parts: &Parts<'_>) -> Option<Request> {
    let settings = core.settings();
    let via = format!(
        "SIP/2.0/{} {};branch={};rport",
        flow.library_transport().to_string().to_ascii_uppercase(),
        flow.local_address(),
        branch()
    );
    let mut headers = Headers::default();
    headers.push(Header::Via(via.into()));
    for route in parts.routes {
        headers.push(Header::Route(route.as_str().into()));
    }
    headers.push(Header::From(parts.from.into()));
    headers.push(Header::To(parts.to.into()));
    headers.push(Header::CallId(parts.call_id.into()));
    headers.push(Header::CSeq(
        format!("{} {}", parts.sequence, parts.method).into(),
    ));
    headers.push(Header::MaxForwards(
        settings.global.max_forwards.to_string().into(),
    ));
    headers.push(Header::UserAgent(settings.global.user_agent.clone().into()));
    Some(Request {
        method: parts.method,
        uri: Uri::try_from(parts.uri).ok()?,
        version: Version::V2,
        headers,
        body: Vec::new(),
    })
}

/// The values of a header, in order; case does not matter.
pub(crate) fn values<'a>(headers: &'a Headers, name: &'a str) -> impl Iterator<Item = &'a str> {
    let named = headers
        .iter()
        .filter(move |header| header.name().eq_ignore_ascii_case(name));
    named.map(|header| header.value().trim())
}

/// The first value of a header.
pub(crate) fn header<'a>(request: &'a Request, name: &'a str) -> Option<&'a str> {
    values(&request.headers, name).next()
}

/// Gives a request a body.
pub(crate) fn with_body(request: &mut Request, kind: &str, body: String) {
    request.headers.push(Header::ContentType(kind.into()));
    request.body = body.into_bytes();
}

/// A tag of ours.
pub(crate) fn tag() -> String {
    random_text(RANDOM)
}

/// A branch of ours (RFC 3261 §8.1.1.7).
pub(crate) fn branch() -> String {
    format!("z9hG4bK{}", random_text(RANDOM))
}

/// A Call-ID of ours.
pub(crate) fn call_id() -> String {
    random_text(2 * RANDOM)
}
