//! Actions about SIP endpoints.

use super::given;
use ami::event::Event as _;
use ami::event::pjsip::{ContactList, ContactStatusDetail};
use ami::{Message, response};
use model::Contact;

pub(super) fn contacts(id: &str, contacts: &[Contact]) -> Vec<Message> {
    if contacts.is_empty() {
        return vec![response::error(id, "No Contacts found")];
    }
    let start = response::list_start(
        id,
        "A listing of Contacts follows, presented as ContactList events",
    );
    let items = contacts.iter().map(|contact| item(id, contact));
    let end = response::list_complete("ContactListComplete", id, contacts.len());
    std::iter::once(start).chain(items).chain([end]).collect()
}

fn item(id: &str, contact: &Contact) -> Message {
    let event = ContactList {
        action_id: given(id),
        object_type: "contact",
        object_name: &contact.id,
        via_addr: &contact.via_host,
        qualify_timeout: format!("{:.6}", contact.qualify_timeout.as_secs_f64()),
        qualify_2xx_only: "false",
        call_id: &contact.call_id,
        reg_server: "",
        prune_on_boot: "no",
        path: &contact.path,
        endpoint: &contact.endpoint,
        via_port: contact.via_port.to_string(),
        authenticate_qualify: "no",
        uri: &contact.uri,
        qualify_frequency: contact.qualify_frequency.as_secs(),
        user_agent: &contact.user_agent,
        expiration_time: contact.expires.as_second(),
        outbound_proxy: "",
        status: contact.state.text(),
        roundtrip_usec: round_trip(contact),
    };
    event.message()
}

pub(super) fn statuses(id: &str, contacts: &[Contact]) -> Vec<Message> {
    let start = response::list_start(
        id,
        "Following are ContactStatusEvents for each Inbound registration",
    );
    let items = contacts.iter().map(|contact| detail(id, contact));
    let end = response::list_complete("ContactStatusDetailComplete", id, contacts.len());
    std::iter::once(start).chain(items).chain([end]).collect()
}

fn detail(id: &str, contact: &Contact) -> Message {
    let event = ContactStatusDetail {
        action_id: given(id),
        aor: &contact.aor,
        uri: &contact.uri,
        user_agent: &contact.user_agent,
        reg_expire: contact.expires.as_second(),
        via_address: format!("{}:{}", contact.via_host, contact.via_port),
        call_id: &contact.call_id,
        status: contact.state.text(),
        roundtrip_usec: round_trip(contact),
        endpoint_name: &contact.endpoint,
        contact_id: &contact.id,
        authenticate_qualify: 0,
        outbound_proxy: "",
        path: &contact.path,
        qualify_frequency: contact.qualify_frequency.as_secs(),
        qualify_timeout: format!("{:.3}", contact.qualify_timeout.as_secs_f64()),
        qualify_2xx_only: 0,
    };
    event.message()
}

fn round_trip(contact: &Contact) -> String {
    contact
        .round_trip
        .map_or_else(|| "N/A".to_owned(), |time| time.as_micros().to_string())
}
