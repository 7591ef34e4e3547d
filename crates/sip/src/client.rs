//! Requests of ours and their answers.

use crate::core::Core;
use crate::digest::Asked;
use crate::message::{branch, values};
use crate::settings::Auth;
use crate::transport::Flow;
use rsipstack::sip::prelude::HeadersExt as _;
use rsipstack::sip::{Header, Request, Response, SipMessage};
use rsipstack::transaction::Transaction;
use rsipstack::transaction::key::{TransactionKey, TransactionRole};
use std::sync::Arc;

/// The same request once more with the password it was asked for. `None` if none of the passwords
/// fits, or one was given already and is not taken.
pub(crate) fn authorize(
    request: &Request,
    response: &Response,
    auths: &[Arc<Auth>],
) -> Option<Request> {
    let (asks, answers) = match response.status_code.code() {
        401 => ("WWW-Authenticate", "Authorization"),
        407 => ("Proxy-Authenticate", "Proxy-Authorization"),
        _ => return None,
    };
    let asked = values(&response.headers, asks).filter_map(Asked::parse);
    let (asked, auth) = asked.into_iter().find_map(|asked| {
        let fits = |auth: &&Arc<Auth>| auth.realm.is_empty() || auth.realm == asked.realm;
        let auth = auths.iter().find(fits)?;
        Some((asked, auth))
    })?;
    if values(&request.headers, answers).next().is_some() && !asked.stale {
        return None;
    }
    let mut again = request.clone();
    again.headers.retain(|header| {
        !header.name().eq_ignore_ascii_case(answers) && !matches!(header, Header::ContentLength(_))
    });
    let value = asked.answer(
        &auth.username,
        &auth.secret,
        &request.method.to_string(),
        &request.uri.to_string(),
    );
    again.headers.push(match answers {
        "Authorization" => Header::Authorization(value.into()),
        _ => Header::ProxyAuthorization(value.into()),
    });
    let sequence = request.cseq_header().ok()?.seq().ok()?.checked_add(1)?;
    for header in again.headers.iter_mut() {
        if let Header::CSeq(cseq) = header {
            *cseq = format!("{sequence} {}", request.method).into();
        } else if let Header::Via(via) = header {
            let (sent_by, _) = via.value().split_once(';')?;
            *via = format!("{sent_by};branch={};rport", branch()).into();
        }
    }
    Some(again)
}

/// How often a password is tried, a challenge that has grown old included.
const ATTEMPTS: usize = 3;

/// Sends a request, with a password if one is asked for, and waits for its final answer. Gives the
/// request back as it was last sent.
pub(crate) async fn exchange_authorized(
    core: &Core,
    request: Request,
    flow: &Flow,
    auths: &[Arc<Auth>],
) -> (Request, Option<Response>) {
    let mut request = request;
    for _ in 0..ATTEMPTS {
        let Some(response) = exchange(core, request.clone(), flow).await else {
            return (request, None);
        };
        match authorize(&request, &response, auths) {
            Some(again) => request = again,
            None => return (request, Some(response)),
        }
    }
    (request, None)
}

/// Sends a request; its transaction must be polled to go on. `None` if it cannot be sent at all.
pub(crate) async fn send(core: &Core, request: Request, flow: &Flow) -> Option<Transaction> {
    let key = TransactionKey::from_request(&request, TransactionRole::Client).ok()?;
    let stack = Arc::clone(&core.stack);
    let mut transaction =
        Transaction::new_client(key, request, stack, Some(flow.connection.clone()));
    transaction.destination = Some(flow.destination());
    match transaction.send().await {
        Ok(()) => Some(transaction),
        Err(error) => {
            tracing::debug!(remote = %flow.remote, %error, "A request could not be sent");
            None
        }
    }
}

/// Sends a request that is no INVITE and waits for its final answer; the library answers with 408
/// in place of who does not.
pub(crate) async fn exchange(core: &Core, request: Request, flow: &Flow) -> Option<Response> {
    let mut transaction = send(core, request, flow).await?;
    while let Some(message) = transaction.receive().await {
        if let SipMessage::Response(response) = message
            && response.status_code.code() >= 200
        {
            return Some(response);
        }
    }
    None
}
