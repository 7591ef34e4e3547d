//! A dialog: who speaks to whom, by which way, and who said what number (RFC 3261 §12).

use crate::address::NameAddr;
use crate::calls::DialogKey;
use crate::core::Core;
use crate::message::{self, Parts, values};
use crate::settings::Endpoint;
use crate::target;
use crate::transport::Flow;
use model::Dialog as Facts;
use rsipstack::sip::prelude::HeadersExt as _;
use rsipstack::sip::{Header, Headers, Method, Request, Response};
use std::sync::Arc;

/// The most hops a route may have.
const ROUTES: usize = 16;

/// A dialog.
pub(crate) struct Dialog {
    call_id: String,
    /// Our end: what stands in From of our requests.
    local: String,
    local_tag: String,
    remote: String,
    remote_tag: String,
    local_sequence: u32,
    remote_sequence: Option<u32>,
    target: String,
    routes: Vec<String>,
    /// The way we speak; found anew where the target moves.
    pub(crate) flow: Flow,
    /// The way theirs came is the way, whatever they say.
    fixed: bool,
    transport: Option<Arc<str>>,
}

impl Dialog {
    /// The dialog that an INVITE to us makes, with our tag.
    pub(crate) fn incoming(
        request: &Request,
        tag: &str,
        flow: Flow,
        endpoint: &Endpoint,
    ) -> Option<Self> {
        let from = request.from_header().ok()?;
        Some(Self {
            call_id: request.call_id_header().ok()?.value().trim().to_owned(),
            local: format!("{};tag={tag}", request.to_header().ok()?.value().trim()),
            local_tag: tag.to_owned(),
            remote: from.value().trim().to_owned(),
            remote_tag: from.tag().ok()??.value().to_owned(),
            local_sequence: rand::random::<u16>().into(),
            remote_sequence: Some(request.cseq_header().ok()?.seq().ok()?),
            target: contact(&request.headers)?,
            routes: routes(&request.headers),
            flow,
            fixed: endpoint.rewrite_contact,
            transport: endpoint.transport.clone(),
        })
    }

    /// The dialog that an answer to an INVITE of ours makes.
    pub(crate) fn outgoing(
        response: &Response,
        flow: Flow,
        endpoint: Option<&Endpoint>,
    ) -> Option<Self> {
        let (from, to) = (response.from_header().ok()?, response.to_header().ok()?);
        let mut routes = routes(&response.headers);
        routes.reverse();
        Some(Self {
            call_id: response.call_id_header().ok()?.value().trim().to_owned(),
            local: from.value().trim().to_owned(),
            local_tag: from.tag().ok()??.value().to_owned(),
            remote: to.value().trim().to_owned(),
            remote_tag: to.tag().ok()??.value().to_owned(),
            local_sequence: response.cseq_header().ok()?.seq().ok()?,
            remote_sequence: None,
            target: contact(&response.headers)?,
            routes,
            flow,
            fixed: endpoint.is_some_and(|endpoint| endpoint.rewrite_contact),
            transport: endpoint.and_then(|endpoint| endpoint.transport.clone()),
        })
    }

    pub(crate) fn key(&self) -> DialogKey {
        DialogKey {
            call_id: self.call_id.clone(),
            tag: self.local_tag.clone(),
        }
    }

    /// What the switch is told of it.
    pub(crate) fn facts(&self) -> Facts {
        Facts {
            local_uri: uri_of(&self.local),
            remote_uri: uri_of(&self.remote),
            local_tag: self.local_tag.as_str().into(),
            remote_tag: self.remote_tag.as_str().into(),
            target_uri: self.target.as_str().into(),
            request_uri: Arc::default(),
            local_address: self.flow.local_address(),
            remote_address: self.flow.remote,
            aor: Arc::default(),
            contact: Arc::default(),
        }
    }

    pub(crate) fn remote_tag(&self) -> &str {
        &self.remote_tag
    }

    /// A request inside the dialog, with the next number.
    pub(crate) fn request(&mut self, core: &Core, method: Method) -> Option<Request> {
        self.local_sequence = self.local_sequence.wrapping_add(1);
        self.numbered(core, method, self.local_sequence)
    }

    /// The ACK of an answer, numbered as its INVITE.
    pub(crate) fn ack(&self, core: &Core, sequence: u32) -> Option<Request> {
        let mut ack = self.numbered(core, Method::Ack, sequence)?;
        ack.headers.push(Header::ContentLength(0u32.into()));
        Some(ack)
    }

    fn numbered(&self, core: &Core, method: Method, sequence: u32) -> Option<Request> {
        let parts = Parts {
            method,
            uri: &self.target,
            from: &self.local,
            to: &self.remote,
            call_id: &self.call_id,
            sequence,
            routes: &self.routes,
        };
        message::request(core, &self.flow, &parts)
    }

    /// Whether a request of theirs comes in its order, which it must (RFC 3261 §12.2.2).
    pub(crate) fn is_in_order(&mut self, request: &Request) -> bool {
        let Ok(sequence) = request.cseq_header().and_then(|cseq| cseq.seq()) else {
            return false;
        };
        let in_order = self.remote_sequence.is_none_or(|last| sequence > last);
        if in_order {
            self.remote_sequence = Some(sequence);
        }
        in_order
    }

    /// Their target moves with a request or an answer that says where they are.
    pub(crate) fn refresh_target(&mut self, headers: &Headers) {
        if let Some(target) = contact(headers) {
            self.target = target;
        }
    }

    /// A request of theirs came by this way, which is ours where what they say does not count.
    pub(crate) fn came_by(&mut self, flow: Flow) {
        if self.fixed {
            self.flow = flow;
        }
    }

    /// Finds the way to where they want our requests. The way theirs came is kept where that is
    /// asked for, where it is a stream, and where no other is found.
    pub(crate) async fn find_way(&mut self, core: &Arc<Core>) {
        if self.fixed || self.flow.protocol == crate::settings::Protocol::Tcp {
            return;
        }
        let next = self
            .routes
            .first()
            .and_then(|route| NameAddr::parse(route))
            .map_or_else(|| self.target.clone(), |route| route.uri);
        if let Some(flow) = target::flow(core, &next, self.transport.as_deref()).await {
            self.flow = flow;
        }
    }

    /// What stands in our `Contact`.
    pub(crate) fn contact(&self, core: &Core) -> String {
        own_contact(core, &self.flow)
    }
}

/// The URI of an address, without a display name.
pub(crate) fn uri_of(address: &str) -> Arc<str> {
    NameAddr::parse(address).map_or_else(Arc::default, |address| address.uri.into())
}

/// Where we want to be reached on a way.
pub(crate) fn own_contact(core: &Core, flow: &Flow) -> String {
    let user = &core.settings().global.default_from_user;
    let transport = match flow.protocol {
        crate::settings::Protocol::Udp => "",
        crate::settings::Protocol::Tcp => ";transport=tcp",
    };
    format!(
        "<sip:{}@{}{transport}>",
        crate::address::escape(user),
        flow.local_address()
    )
}

fn contact(headers: &Headers) -> Option<String> {
    let value = values(headers, "Contact").next()?;
    let address = NameAddr::list(value)?.into_iter().next()?;
    address.parsed_uri()?;
    Some(address.uri)
}

fn routes(headers: &Headers) -> Vec<String> {
    let addresses = values(headers, "Record-Route")
        .filter_map(NameAddr::list)
        .flatten();
    addresses
        .take(ROUTES)
        .map(|address| format!("<{}>", address.uri))
        .collect()
}
