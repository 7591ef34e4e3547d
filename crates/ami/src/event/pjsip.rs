//! Events about SIP endpoints and their contacts.

use macros::Event;

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
