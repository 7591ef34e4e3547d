//! Whether a request is from whom it says: challenges and their answers.

use crate::core::Core;
use crate::digest::{self, Standing};
use crate::identify;
use crate::respond;
use crate::settings::{Auth, Endpoint, Settings};
use crate::steady;
use crate::transport::Flow;
use model::{Event, Security, SecurityKind};
use rsipstack::sip::prelude::HeadersExt as _;
use rsipstack::sip::{Header, Request, Response};
use std::sync::Arc;

/// What became of it.
pub(crate) enum Outcome {
    /// It is from this endpoint.
    Authentic(Arc<Endpoint>),
    /// It is not, or not yet: this is to be answered.
    Answer(Box<Response>),
}

/// Finds whom a request is from and asks for the password where there is one. Who is unknown is
/// asked all the same, so that nobody learns who is known.
pub(crate) async fn authenticate(core: &Core, request: &Request, flow: &Flow) -> Outcome {
    let settings = core.settings();
    let found = identify::endpoint(&settings, request, flow.remote.ip()).cloned();
    let Some(endpoint) = found else {
        let claimed = identify::claimed_user(request).unwrap_or_default();
        tell(
            core,
            request,
            flow,
            &claimed,
            SecurityKind::InvalidAccountId,
        )
        .await;
        let response = challenge(core, request, &settings.global.default_realm, false);
        return Outcome::Answer(Box::new(response));
    };
    if endpoint.auths.is_empty() {
        return Outcome::Authentic(endpoint);
    }
    let auths: Vec<_> = endpoint
        .auths
        .iter()
        .filter_map(|name| settings.auths.get(name))
        .filter(|auth| auth.is_usable())
        .collect();
    let (kind, stale) = match check(core, &settings, request, &auths) {
        Verdict::Right => {
            let kind = SecurityKind::SuccessfulAuth {
                using_password: true,
            };
            tell(core, request, flow, &endpoint.name, kind).await;
            return Outcome::Authentic(endpoint);
        }
        Verdict::Wrong { nonce, response } => (
            SecurityKind::ChallengeResponseFailed {
                challenge: nonce.into(),
                response: response.into(),
            },
            false,
        ),
        Verdict::Stale => (
            SecurityKind::ChallengeSent {
                challenge: "".into(),
            },
            true,
        ),
        Verdict::Missing => (
            SecurityKind::ChallengeSent {
                challenge: "".into(),
            },
            false,
        ),
    };
    tell(core, request, flow, &endpoint.name, kind).await;
    let realm = auths
        .first()
        .map_or(settings.global.default_realm.as_str(), |auth| {
            realm(auth, &settings)
        });
    Outcome::Answer(Box::new(challenge(core, request, realm, stale)))
}

/// What is to be said of a request's credentials.
enum Verdict {
    Right,
    Wrong {
        nonce: String,
        response: String,
    },
    /// Right in all but the nonce, which is used up.
    Stale,
    Missing,
}

fn check(core: &Core, settings: &Settings, request: &Request, auths: &[&Arc<Auth>]) -> Verdict {
    let Some(credentials) = identify::credentials(request) else {
        return Verdict::Missing;
    };
    let method = request.method.to_string();
    let right = auths.iter().find(|auth| {
        auth.username == credentials.username
            && realm(auth, settings) == credentials.realm
            && credentials.answers(&method, &auth.secret)
    });
    let wrong = || Verdict::Wrong {
        nonce: credentials.nonce.clone(),
        response: credentials.response.clone(),
    };
    let Some(auth) = right else { return wrong() };
    let now = u64::try_from(steady::now().as_second()).unwrap_or_default();
    match core
        .nonces
        .check(&credentials, auth.nonce_lifetime.into(), now)
    {
        Standing::Fresh => Verdict::Right,
        Standing::Stale => Verdict::Stale,
        Standing::Foreign => wrong(),
    }
}

fn realm<'a>(auth: &'a Auth, settings: &'a Settings) -> &'a str {
    if auth.realm.is_empty() {
        &settings.global.default_realm
    } else {
        &auth.realm
    }
}

fn challenge(core: &Core, request: &Request, realm: &str, stale: bool) -> Response {
    let now = u64::try_from(steady::now().as_second()).unwrap_or_default();
    let mut response = respond::response(core, request, 401, None);
    let text = digest::challenge(realm, &core.nonces.issue(now), stale);
    response.headers.push(Header::WwwAuthenticate(text.into()));
    response
}

/// Tells a security event about a request.
pub(crate) async fn tell(
    core: &Core,
    request: &Request,
    flow: &Flow,
    account: &str,
    kind: SecurityKind,
) {
    let (local, remote) = flow.ends();
    let session = request
        .call_id_header()
        .map(|id| id.value().trim().into())
        .unwrap_or_else(|_| "".into());
    let security = Security {
        kind,
        service: model::Service::Pjsip,
        account: account.into(),
        session,
        local,
        remote,
        since: None,
    };
    core.notice(Event::Security(Arc::new(security))).await;
}
