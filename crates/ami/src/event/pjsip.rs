//! Events about SIP endpoints and their contacts.

use super::{Block, Kind, Part};
use crate::Message;
use macros::Event;
use std::sync::Arc;

/// An endpoint can be called, or no longer.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(system))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct PeerStatus<'a> {
    pub channel_type: &'a str,
    pub peer: &'a str,
    pub peer_status: &'a str,
}

/// Something became of a contact.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(system))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct ContactStatus<'a> {
    #[event(name = "URI")]
    pub uri: &'a str,
    pub contact_status: &'a str,
    #[event(name = "AOR")]
    pub aor: &'a str,
    pub endpoint_name: &'a str,
    pub roundtrip_usec: Option<u64>,
}

/// Something became of a registration of ours.
#[derive(Event, Clone, Copy, Debug, PartialEq, Eq)]
#[event(classes(system))]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct Registry<'a> {
    pub channel_type: &'a str,
    pub username: &'a str,
    pub domain: &'a str,
    pub status: &'a str,
}

/// An item of PJSIPShowContacts.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct ContactList<'a> {
    pub action_id: Option<&'a str>,
    pub object_type: &'a str,
    pub object_name: &'a str,
    pub via_addr: &'a str,
    pub qualify_timeout: String,
    pub qualify_2xx_only: &'a str,
    #[event(name = "CallId")]
    pub call_id: &'a str,
    pub reg_server: &'a str,
    pub prune_on_boot: &'a str,
    pub path: &'a str,
    pub endpoint: &'a str,
    pub via_port: String,
    pub authenticate_qualify: &'a str,
    pub uri: &'a str,
    pub qualify_frequency: u64,
    pub user_agent: &'a str,
    pub expiration_time: i64,
    pub outbound_proxy: &'a str,
    pub status: &'a str,
    pub roundtrip_usec: String,
}

/// An item of PJSIPShowRegistrationInboundContactStatuses.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct ContactStatusDetail<'a> {
    pub action_id: Option<&'a str>,
    #[event(name = "AOR")]
    pub aor: &'a str,
    #[event(name = "URI")]
    pub uri: &'a str,
    pub user_agent: &'a str,
    pub reg_expire: i64,
    pub via_address: String,
    #[event(name = "CallID")]
    pub call_id: &'a str,
    pub status: &'a str,
    pub roundtrip_usec: String,
    pub endpoint_name: &'a str,
    #[event(name = "ID")]
    pub contact_id: &'a str,
    pub authenticate_qualify: u8,
    pub outbound_proxy: &'a str,
    pub path: &'a str,
    pub qualify_frequency: u64,
    pub qualify_timeout: String,
    pub qualify_2xx_only: u8,
}

/// An endpoint in a list.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct EndpointList<'a> {
    pub action_id: Option<&'a str>,
    #[event(block)]
    pub object: Object<'a>,
}

/// An address of record in a list.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct AorList<'a> {
    pub action_id: Option<&'a str>,
    #[event(block)]
    pub object: Object<'a>,
}

/// A password in a list.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct AuthList<'a> {
    pub action_id: Option<&'a str>,
    #[event(block)]
    pub object: Object<'a>,
}

/// An endpoint.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct EndpointDetail<'a> {
    pub action_id: Option<&'a str>,
    #[event(block)]
    pub object: Object<'a>,
}

/// An address of record that belongs to an endpoint.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct AorDetail<'a> {
    pub action_id: Option<&'a str>,
    #[event(block)]
    pub object: Object<'a>,
    pub endpoint_name: &'a str,
}

/// A password that belongs to an endpoint or a registration.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct AuthDetail<'a> {
    pub action_id: Option<&'a str>,
    #[event(block)]
    pub object: Object<'a>,
    pub endpoint_name: Option<&'a str>,
}

/// The transport an endpoint is bound to.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct TransportDetail<'a> {
    pub action_id: Option<&'a str>,
    #[event(block)]
    pub object: Object<'a>,
    pub endpoint_name: &'a str,
}

/// How requests of an endpoint are known.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct IdentifyDetail<'a> {
    pub action_id: Option<&'a str>,
    #[event(block)]
    pub object: Object<'a>,
    pub endpoint_name: &'a str,
}

/// An address of record that phones have registered with.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct InboundRegistrationDetail<'a> {
    pub action_id: Option<&'a str>,
    #[event(block)]
    pub object: Object<'a>,
    pub contacts: &'a str,
}

/// A registration of ours.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct OutboundRegistrationDetail<'a> {
    pub action_id: Option<&'a str>,
    #[event(block)]
    pub object: Object<'a>,
}

/// A list that phones can subscribe to.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct ResourceListDetail<'a> {
    pub action_id: Option<&'a str>,
    #[event(block)]
    pub object: Object<'a>,
}

/// What a phone has subscribed to.
#[derive(Event, Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "fields are named as the headers they become")]
pub struct InboundSubscriptionDetail<'a> {
    pub action_id: Option<&'a str>,
    pub role: &'a str,
    pub endpoint: &'a str,
    pub callid: &'a str,
    pub state: &'a str,
    pub callerid: &'a str,
    pub subscription_type: Option<&'a str>,
    pub mailboxes: Option<&'a str>,
    pub extension: Option<&'a str>,
    pub extension_states: Option<&'a str>,
}

/// An object of pjsip.conf: what it is, its name, and its options in the order lists have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Object<'a> {
    /// `endpoint`, `aor`, …
    pub kind: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its options with their values.
    pub fields: &'a [(Arc<str>, Arc<str>)],
}

impl Block for Object<'_> {
    const HEADERS: &'static [Part] = &[
        Part::Header {
            name: "ObjectType",
            description: "What it is; after its name come its options, a header each.",
            kind: Kind::Text,
        },
        Part::Header {
            name: "ObjectName",
            description: "",
            kind: Kind::Text,
        },
    ];

    fn write(&self, prefix: &'static str, message: &mut Message) {
        message.declared(prefix, "ObjectType", self.kind);
        message.declared(prefix, "ObjectName", self.name);
        for (name, value) in self.fields {
            message.header(name, value);
        }
    }
}
