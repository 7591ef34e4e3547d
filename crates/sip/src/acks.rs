//! The ACKs of answered calls, kept for answers that come again (RFC 3261 §13.2.2.4): the one sent
//! was lost, or a proxy found somebody else who answered too.

use crate::transport::Flow;
use rsipstack::sip::prelude::HeadersExt as _;
use rsipstack::sip::{Method, Request, Response};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long an answer may come again: 64 × T1.
const WINDOW: Duration = Duration::from_secs(32);

/// The ACKs sent lately, by Call-ID and sequence number.
#[derive(Default)]
pub(crate) struct Acks(Mutex<HashMap<(String, u32), Sent>>);

struct Sent {
    tag: String,
    ack: Request,
    flow: Flow,
    until: Instant,
}

/// What an answer that belongs to no transaction is.
pub(crate) enum Again {
    /// The same once more: this is sent again.
    Same(Box<Request>, Flow),
    /// Somebody else's, whom nobody wants any more.
    Other(Flow),
}

impl Acks {
    /// Keeps an ACK that was sent.
    pub(crate) fn keep(&self, tag: &str, ack: &Request, flow: &Flow) {
        let Some(key) = key(ack) else { return };
        let now = Instant::now();
        let mut sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sent.retain(|_, sent| sent.until > now);
        let kept = Sent {
            tag: tag.to_owned(),
            ack: ack.clone(),
            flow: flow.clone(),
            until: now + WINDOW,
        };
        sent.insert(key, kept);
    }

    /// What an answer is; `None` if nothing is known of it.
    pub(crate) fn again(&self, response: &Response) -> Option<Again> {
        let status = response.status_code.code();
        let cseq = response.cseq_header().ok()?;
        if !(200..300).contains(&status) || cseq.method().ok()? != Method::Invite {
            return None;
        }
        let key = (
            response.call_id_header().ok()?.value().trim().to_owned(),
            cseq.seq().ok()?,
        );
        let tag = response.to_header().ok()?.tag().ok()??;
        let sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = sent.get(&key)?;
        Some(if known.tag == tag.value() {
            Again::Same(Box::new(known.ack.clone()), known.flow.clone())
        } else {
            Again::Other(known.flow.clone())
        })
    }
}

fn key(request: &Request) -> Option<(String, u32)> {
    Some((
        request.call_id_header().ok()?.value().trim().to_owned(),
        request.cseq_header().ok()?.seq().ok()?,
    ))
}
