//! Actions about SIP endpoints.

use super::{Step, channel, failed, given};
use crate::Request;
use crate::session::Session;
use ami::action::Action;
use ami::action::pjsip as declared;
use ami::event::Event as _;
use ami::event::pjsip::{
    AorDetail, AorList, AuthDetail, AuthList, ContactList, ContactStatusDetail, EndpointDetail,
    EndpointList, IdentifyDetail, InboundRegistrationDetail, Object, OutboundRegistrationDetail,
    TransportDetail,
};
use ami::{Classes, Message, response};
use model::{
    Cause, Command, Contact, HangupTarget, NotifyTarget, SipEndpoint, SipNotify, SipObject,
    SipQuery, SipReply,
};
use std::sync::Arc;

/// What is shown instead of a secret.
const HIDDEN: &str = "********";
/// The options that are secrets.
const SECRETS: &[&str] = &[
    "Password",
    "PasswordDigest",
    "Md5Cred",
    "OauthSecret",
    "RefreshToken",
];

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
        (Some(endpoint), None) => NotifyTarget::Endpoint(endpoint.as_str().into()),
        (None, Some(uri)) => NotifyTarget::Uri(uri.as_str().into()),
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
    let pairs = notify
        .variable
        .iter()
        .filter_map(|pair| pair.split_once('='));
    let headers: Vec<(Arc<str>, Arc<str>)> = pairs
        .map(|(name, value)| (name.trim().into(), value.trim().into()))
        .collect();
    if headers.is_empty() {
        return failed(id, "Invalid/missing variables");
    }
    ask(SipQuery::Notify(SipNotify { to, headers }))
}

/// The names of final statuses, as the documentation of PJSIPHangup has them.
const STATUSES: &[(&str, u16)] = &[
    ("BAD_REQUEST", 400),
    ("UNAUTHORIZED", 401),
    ("PAYMENT_REQUIRED", 402),
    ("FORBIDDEN", 403),
    ("NOT_FOUND", 404),
    ("METHOD_NOT_ALLOWED", 405),
    ("NOT_ACCEPTABLE", 406),
    ("PROXY_AUTHENTICATION_REQUIRED", 407),
    ("REQUEST_TIMEOUT", 408),
    ("GONE", 410),
    ("TEMPORARILY_UNAVAILABLE", 480),
    ("CALL_TSX_DOES_NOT_EXIST", 481),
    ("LOOP_DETECTED", 482),
    ("TOO_MANY_HOPS", 483),
    ("ADDRESS_INCOMPLETE", 484),
    ("BUSY_HERE", 486),
    ("REQUEST_TERMINATED", 487),
    ("NOT_ACCEPTABLE_HERE", 488),
    ("INTERNAL_SERVER_ERROR", 500),
    ("NOT_IMPLEMENTED", 501),
    ("BAD_GATEWAY", 502),
    ("SERVICE_UNAVAILABLE", 503),
    ("SERVER_TIMEOUT", 504),
    ("BUSY_EVERYWHERE", 600),
    ("DECLINE", 603),
    ("DOES_NOT_EXIST_ANYWHERE", 604),
    ("NOT_ACCEPTABLE_ANYWHERE", 606),
];

/// Ends calls of SIP phones. The switch knows causes; SIP makes the status of the cause again.
pub(super) fn hang_up(id: &str, hangup: &declared::HangupWith) -> Step {
    let named = STATUSES
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(&hangup.cause));
    let status = named
        .map(|(_, status)| *status)
        .or_else(|| hangup.cause.trim().parse().ok());
    let Some(status) = status.filter(|status| (400..700).contains(status)) else {
        return failed(
            id,
            format_args!(
                "Invalid 'Cause: {}' in manager action PJSIPHangup",
                hangup.cause
            ),
        );
    };
    let own = |name: &str| {
        name.get(..6)
            .is_some_and(|start| start.eq_ignore_ascii_case("PJSIP/"))
    };
    let target = match channel::pattern(&hangup.channel) {
        // A unique id has no slash; another technology's channel is none of ours.
        None if own(&hangup.channel) || !hangup.channel.contains('/') => {
            HangupTarget::Channel(hangup.channel.as_str().into())
        }
        None => return failed(id, "No such channel"),
        Some(None) => return failed(id, "Regex format invalid, Channel param should be /regex/"),
        Some(Some(pattern)) => {
            let pattern = match pattern.strip_prefix('^').unwrap_or(pattern) {
                rest if own(rest) => format!("^{rest}"),
                _ => format!("^PJSIP/.*(?:{pattern})"),
            };
            if let Err(error) = regex::Regex::new(&pattern) {
                return failed(id, format_args!("Regex compile failed on: {error}"));
            }
            HangupTarget::Matching(pattern.into())
        }
    };
    let cause = Some(Cause::of_sip(status));
    Step::Ask(Request::Switch(Command::Hangup { target, cause }))
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
        (_, _) => None,
    }
}

fn endpoints(id: &str, objects: &[SipObject]) -> Vec<Message> {
    if objects.is_empty() {
        return vec![response::error(id, "No endpoints found").with_line_feed()];
    }
    let items = objects.iter().map(|endpoint| {
        let event = EndpointList {
            action_id: given(id),
            object: object(endpoint),
        };
        event.message()
    });
    list(
        id,
        "A listing of Endpoints follows, presented as EndpointList events",
        items.collect(),
        "EndpointListComplete",
    )
}

fn aors(id: &str, objects: &[SipObject]) -> Vec<Message> {
    if objects.is_empty() {
        return vec![response::error(id, "No AORs found").with_line_feed()];
    }
    let items = objects.iter().map(|aor| {
        AorList {
            action_id: given(id),
            object: object(aor),
        }
        .message()
    });
    list(
        id,
        "A listing of AORs follows, presented as AorList events",
        items.collect(),
        "AorListComplete",
    )
}

fn auths(id: &str, objects: &[SipObject], secrets: bool) -> Vec<Message> {
    if objects.is_empty() {
        return vec![response::error(id, "No Auths found").with_line_feed()];
    }
    let items = objects.iter().map(|auth| {
        let auth = shown(auth, secrets);
        AuthList {
            action_id: given(id),
            object: object(&auth),
        }
        .message()
    });
    list(
        id,
        "A listing of Auths follows, presented as AuthList events",
        items.collect(),
        "AuthListComplete",
    )
}

fn details(id: &str, all: &SipEndpoint, secrets: bool) -> Vec<Message> {
    let action_id = given(id);
    let name: &str = &all.endpoint.name;
    let mut items = vec![
        EndpointDetail {
            action_id,
            object: object(&all.endpoint),
        }
        .message(),
    ];
    for auth in &all.auths {
        let auth = shown(auth, secrets);
        let event = AuthDetail {
            action_id,
            object: object(&auth),
            endpoint_name: Some(name),
        };
        items.push(event.message());
    }
    for aor in &all.aors {
        items.push(
            AorDetail {
                action_id,
                object: object(aor),
                endpoint_name: name,
            }
            .message(),
        );
    }
    for transport in &all.transports {
        items.push(
            TransportDetail {
                action_id,
                object: object(transport),
                endpoint_name: name,
            }
            .message(),
        );
    }
    for identify in &all.identifies {
        items.push(
            IdentifyDetail {
                action_id,
                object: object(identify),
                endpoint_name: name,
            }
            .message(),
        );
    }
    items.extend(all.contacts.iter().map(|contact| detail(id, contact)));
    list(
        id,
        "Following are Events for each object associated with the Endpoint",
        items,
        "EndpointDetailComplete",
    )
}

/// Of the addresses of record those that phones have registered with. The option `Contacts` is
/// called `Contact` there, and told again at the end.
fn inbound(id: &str, objects: &[SipObject]) -> Vec<Message> {
    let registered = objects
        .iter()
        .filter(|aor| !aor.field("Contacts").is_empty());
    let items = registered.map(|aor| {
        let renamed = SipObject {
            fields: aor
                .fields
                .iter()
                .map(|(name, value)| {
                    let name = if &**name == "Contacts" {
                        "Contact".into()
                    } else {
                        Arc::clone(name)
                    };
                    (name, Arc::clone(value))
                })
                .collect(),
            ..aor.clone()
        };
        let contacts = aor.field("Contacts");
        InboundRegistrationDetail {
            action_id: given(id),
            object: object(&renamed),
            contacts,
        }
        .message()
    });
    list(
        id,
        "Following are Events for each Inbound registration",
        items.collect(),
        "InboundRegistrationDetailComplete",
    )
}

fn outbound(id: &str, objects: &[SipObject]) -> Vec<Message> {
    let items: Vec<Message> = objects
        .iter()
        .map(|registration| {
            OutboundRegistrationDetail {
                action_id: given(id),
                object: object(registration),
            }
            .message()
        })
        .collect();
    let registered = objects
        .iter()
        .filter(|object| object.field("Status") == "Registered")
        .count();
    let mut told = list(
        id,
        "Following are Events for each Outbound registration",
        items,
        "OutboundRegistrationDetailComplete",
    );
    if let Some(end) = told.last_mut() {
        end.header("Registered", registered);
        end.header("NotRegistered", objects.len() - registered);
    }
    told
}

fn object(object: &SipObject) -> Object<'_> {
    Object {
        kind: object.kind,
        name: &object.name,
        fields: &object.fields,
    }
}

/// A password as an account is shown it.
fn shown(object: &SipObject, secrets: bool) -> SipObject {
    let mut shown = object.clone();
    if !secrets {
        let hidden = shown
            .fields
            .iter_mut()
            .filter(|(name, value)| SECRETS.contains(&&**name) && !value.is_empty());
        hidden.for_each(|(_, value)| *value = HIDDEN.into());
    }
    shown
}

fn list(id: &str, start: &str, items: Vec<Message>, complete: &str) -> Vec<Message> {
    let end = response::list_complete(complete, id, items.len());
    std::iter::once(response::list_start(id, start))
        .chain(items)
        .chain([end])
        .collect()
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
