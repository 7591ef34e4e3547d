//! OPTIONS: whether we are there, and what we do (RFC 3261 §11).

use crate::core::Core;
use crate::respond::{self, ALLOW};
use rsipstack::sip::Header;
use rsipstack::transaction::Transaction;

/// Answers an OPTIONS. Nobody is asked who they are: what is told is no secret.
pub(crate) async fn serve(core: &Core, mut transaction: Transaction) {
    let mut response = respond::response(core, &transaction.original, 200, None);
    response
        .headers
        .push(Header::Accept("application/sdp".into()));
    response.headers.push(Header::Allow(ALLOW.into()));
    let supported = respond::REPLACES.into();
    response.headers.push(Header::Supported(supported));
    response
        .headers
        .push(Header::AcceptEncoding("identity".into()));
    response.headers.push(Header::AcceptLanguage("en".into()));
    respond::send(&mut transaction, response).await;
}
