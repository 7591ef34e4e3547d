//! Actions about SIP endpoints.

mod hangup;
mod show;

pub(super) use hangup::hang_up;

use super::{Step, failed, given};
use crate::Request;
use crate::session::Session;
use ami::action::Action;
use ami::action::pjsip as declared;
use ami::event::Event as _;
use ami::event::pjsip::{ContactList, ContactStatusDetail};
use ami::{Classes, Message, response};
use model::{Contact, SipMethod, SipQuery, SipReply, SipRequest, SipTarget};
use show::{aors, auths, details, endpoints, inbound, outbound, resource_lists, subscriptions};
use std::sync::Arc;

pub(super) fn ask(query: SipQuery) -> Step {
    Step::Ask(Request::Sip(query))
}

pub(super) fn show_endpoint(id: &str, show: &declared::ShowEndpoint) -> Step {
    match &show.endpoint {
        Some(name) => ask(SipQuery::Endpoint(name.as_str().into())),
        None => {
            let error = response::error(id, "PJSIPShowEndpoint requires an endpoint name");
            Step::Done(vec![error.with_line_feed()])
        }
    }
}

pub(super) fn notify(id: &str, notify: &declared::Notify) -> Step {
    let to = match (&notify.endpoint, &notify.uri) {
        (Some(endpoint), None) => SipTarget::Endpoint(endpoint.as_str().into()),
        (None, Some(uri)) => SipTarget::Uri(uri.as_str().into()),
        (Some(_), Some(_)) => {
            return failed(
                id,
                "PJSIPNotify can not handle a request specifying both 'URI' and 'Endpoint'. You must use either.",
            );
        }
        (None, None) => {
            return failed(
                id,
                "PJSIPNotify requires either an endpoint name, a SIP URI, or a channel.",
            );
        }
    };
    let headers = headers(&notify.variable);
    if headers.is_empty() {
        return failed(id, "Invalid/missing variables");
    }
    ask(SipQuery::Send(SipRequest {
        method: SipMethod::Notify,
        to,
        from: None,
        headers,
    }))
}

/// Headers given as `Name=value`.
pub(super) fn headers(variables: &[String]) -> Vec<(Arc<str>, Arc<str>)> {
    let pairs = variables.iter().filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (name.trim().into(), value.trim().into()))
        .collect()
}

/// What SIP answered.
pub(super) fn told(
    session: &Session,
    id: &str,
    action: &Action,
    reply: &SipReply,
) -> Option<Vec<Message>> {
    let secrets = session.rights().1.intersects(Classes::CONFIG);
    match (action, reply) {
        (Action::ShowEndpoints(_), SipReply::Objects(objects)) => Some(endpoints(id, objects)),
        (Action::ShowEndpoint(_), SipReply::Endpoint(endpoint)) => {
            Some(details(id, endpoint, secrets))
        }
        (Action::ShowEndpoint(show), SipReply::NotFound) => {
            let name = show.endpoint.as_deref().unwrap_or_default();
            let error = response::error(id, format_args!("Unable to retrieve endpoint {name}"));
            Some(vec![error.with_line_feed()])
        }
        (Action::ShowAors(_), SipReply::Objects(objects)) => Some(aors(id, objects)),
        (Action::ShowAuths(_), SipReply::Objects(objects)) => Some(auths(id, objects, secrets)),
        (Action::ShowRegistrationsInbound(_), SipReply::Objects(objects)) => {
            Some(inbound(id, objects))
        }
        (Action::ShowRegistrationsOutbound(_), SipReply::Objects(objects)) => {
            Some(outbound(id, objects))
        }
        (Action::ShowSubscriptionsInbound(_), SipReply::Subscriptions(all)) => {
            Some(subscriptions(id, all))
        }
        (Action::ShowResourceLists(_), SipReply::Objects(objects)) => {
            Some(resource_lists(id, objects))
        }
        (Action::Qualify(_), SipReply::Done) => {
            Some(vec![response::done(id, "Endpoint found, will qualify")])
        }
        (Action::Qualify(_), SipReply::NotFound) => Some(vec![
            response::error(id, "Unable to retrieve endpoint").with_line_feed(),
        ]),
        (Action::Register(_), SipReply::Done) => {
            Some(vec![response::done(id, "Reregistration sent")])
        }
        (Action::Unregister(_), SipReply::Done) => {
            Some(vec![response::done(id, "Unregistration sent")])
        }
        (Action::Register(_) | Action::Unregister(_), SipReply::NotFound) => Some(vec![
            response::error(id, "Unable to retrieve registration entry").with_line_feed(),
        ]),
        (Action::Notify(_), SipReply::Done) => Some(vec![response::done(id, "NOTIFY sent")]),
        (Action::Notify(_), SipReply::NotFound) => {
            Some(vec![response::error(id, "Unable to retrieve endpoint")])
        }
        (Action::MessageSend(_), SipReply::Done) => {
            Some(vec![response::done(id, "Message successfully sent")])
        }
        (Action::MessageSend(_), SipReply::NotFound) => {
            Some(vec![response::error(id, super::message::NOT_SENT)])
        }
        (_, _) => None,
    }
}

pub(super) fn contacts(id: &str, contacts: &[Contact]) -> Vec<Message> {
    if contacts.is_empty() {
        return vec![response::error(id, "No Contacts found").with_line_feed()];
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
        prune_on_boot: if contact.prune_on_boot { "yes" } else { "no" },
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
