//! What is asked of SIP, other than calls, and what it answers.

use crate::{Contact, RegistryStatus, Watched, WatchedState};
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// An object of pjsip.conf as it is listed: every option, set or not, in the order lists have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SipObject {
    /// What it is: `endpoint`, `aor`, `auth`, `transport`, `identify`, `registration`.
    pub kind: &'static str,
    /// Its name.
    pub name: Arc<str>,
    /// Its options by their names in lists (`QualifyFrequency`), with their values.
    pub fields: Vec<(Arc<str>, Arc<str>)>,
}

impl SipObject {
    /// The value of an option; empty if it has none.
    pub fn field(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(key, _)| &**key == name);
        found.map_or("", |(_, value)| value)
    }
}

/// What is asked of SIP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SipQuery {
    /// List the endpoints. Answered with [`SipReply::Objects`].
    Endpoints,
    /// List an endpoint with all that belongs to it. Answered with [`SipReply::Endpoint`].
    Endpoint(Arc<str>),
    /// List every endpoint with all that belongs to it. Answered with [`SipReply::Endpoints`].
    EndpointsWhole,
    /// List the addresses of record. Answered with [`SipReply::Objects`].
    Aors,
    /// List the passwords. Answered with [`SipReply::Objects`].
    Auths,
    /// List the contacts that registered. Answered with [`SipReply::Contacts`].
    Contacts,
    /// List the registrations of ours. Answered with [`SipReply::Objects`].
    Registrations,
    /// List how the registrations of ours stand. Answered with [`SipReply::Registry`].
    Registry,
    /// List the transports. Answered with [`SipReply::Objects`].
    Transports,
    /// List how requests are known. Answered with [`SipReply::Objects`].
    Identifies,
    /// List the lists that can be subscribed to. Answered with [`SipReply::Objects`].
    ResourceLists,
    /// List what phones have subscribed to. Answered with [`SipReply::Subscriptions`].
    Subscriptions,
    /// Ask the contacts of an endpoint whether they answer. Answered with [`SipReply::Done`].
    Qualify(Arc<str>),
    /// Register somewhere now; `*all` is everywhere. Answered with [`SipReply::Done`].
    Register(Arc<str>),
    /// Take a registration back; `*all` is each. Answered with [`SipReply::Done`].
    Unregister(Arc<str>),
    /// Send a request outside of any dialog. Answered with [`SipReply::Done`].
    Send(SipRequest),
}

/// What a request outside of any dialog does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SipMethod {
    /// Tells a phone something (RFC 6665, outside of a subscription).
    Notify,
    /// Brings a text (RFC 3428).
    Message,
}

/// A request outside of any dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SipRequest {
    /// What it does.
    pub method: SipMethod,
    /// To whom.
    pub to: SipTarget,
    /// From whom, as a From header says; from the endpoint's own user if not said.
    pub from: Option<Arc<str>>,
    /// Its headers in order; `Content` lines are its body and `Content-type` says of which kind.
    pub headers: Vec<(Arc<str>, Arc<str>)>,
}

/// To whom such a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SipTarget {
    /// All contacts of an endpoint.
    Endpoint(Arc<str>),
    /// A URI.
    Uri(Arc<str>),
}

/// What SIP answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SipReply {
    /// Objects in the order of their names.
    Objects(Vec<SipObject>),
    /// An endpoint and what belongs to it.
    Endpoint(Box<SipEndpoint>),
    /// Endpoints in the order of their names, each with what belongs to it.
    Endpoints(Vec<SipEndpoint>),
    /// Registrations in the order of their names.
    Registry(Vec<SipRegistration>),
    /// Subscriptions in the order they began.
    Subscriptions(Vec<SipSubscription>),
    /// Contacts in the order of their ids.
    Contacts(Vec<Contact>),
    /// It is being done.
    Done,
    /// There is nothing of this name.
    NotFound,
}

/// An endpoint and what belongs to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SipEndpoint {
    /// Itself.
    pub endpoint: SipObject,
    /// Its passwords.
    pub auths: Vec<SipObject>,
    /// Its addresses of record.
    pub aors: Vec<SipObject>,
    /// The transport it is bound to.
    pub transports: Vec<SipObject>,
    /// How its requests are known.
    pub identifies: Vec<SipObject>,
    /// Its contacts, registered and configured.
    pub contacts: Vec<Contact>,
}

/// How a registration of ours stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SipRegistration {
    /// Where we register.
    pub server_uri: Arc<str>,
    /// Who we are there.
    pub client_uri: Arc<str>,
    /// Whether it worked.
    pub status: RegistryStatus,
    /// How long after it worked it is renewed.
    pub refresh: Duration,
    /// When it last worked.
    pub registered: Option<Timestamp>,
}

/// Something a phone has subscribed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SipSubscription {
    /// The phone's endpoint.
    pub endpoint: Arc<str>,
    /// The Call-ID of the subscription.
    pub call_id: Arc<str>,
    /// Who subscribed, as From says.
    pub caller: Arc<str>,
    /// What, each with its state if it is known: one extension, or mailboxes.
    pub watched: Vec<(Watched, Option<WatchedState>)>,
}
