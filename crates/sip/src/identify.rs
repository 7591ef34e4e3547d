//! Which endpoint a request comes from.

use crate::address::{NameAddr, user_of};
use crate::digest::Credentials;
use crate::message::{header, values};
use crate::settings::{Endpoint, Settings};
use rsipstack::sip::Request;
use rsipstack::sip::prelude::HeadersExt as _;
use std::net::IpAddr;
use std::sync::Arc;

/// The endpoint a request comes from, by the means of `endpoint_identifier_order` in their order.
/// What is found here is only a claim where the endpoint has a password.
pub(crate) fn endpoint<'a>(
    settings: &'a Settings,
    request: &Request,
    from: IpAddr,
) -> Option<&'a Arc<Endpoint>> {
    let find = |name: &str| settings.endpoints.get(name);
    settings
        .global
        .identifier_order
        .iter()
        .find_map(|means| match means.as_str() {
            "ip" => settings
                .identifies
                .iter()
                .filter(|identify| identify.matches(from))
                .find_map(|identify| find(&identify.endpoint)),
            "header" => by_header(settings, request),
            "username" => {
                let user = claimed_user(request)?;
                find(&user).filter(|endpoint| endpoint.is_identified_by("username"))
            }
            "auth_username" => {
                let user = credentials(request)?.username;
                find(&user).filter(|endpoint| endpoint.is_identified_by("auth_username"))
            }
            "anonymous" => find("anonymous"),
            _ => None,
        })
}

/// Who the request says it is from: the user part of From.
pub(crate) fn claimed_user(request: &Request) -> Option<String> {
    NameAddr::parse(request.from_header().ok()?.value())?.user()
}

/// The user part of the Request-URI: what is dialled.
pub(crate) fn dialled(request: &Request) -> String {
    user_of(&request.uri.to_string()).unwrap_or_default()
}

/// What was answered to a challenge.
pub(crate) fn credentials(request: &Request) -> Option<Credentials> {
    values(&request.headers, "Authorization").find_map(Credentials::parse)
}

fn by_header<'a>(settings: &'a Settings, request: &Request) -> Option<&'a Arc<Endpoint>> {
    let identify = settings.identifies.iter().find(|identify| {
        identify
            .headers
            .iter()
            .any(|wanted| header(request, &wanted.name).is_some_and(|value| value == wanted.value))
    })?;
    settings.endpoints.get(&identify.endpoint)
}
