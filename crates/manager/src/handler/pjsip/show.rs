//! The lists and details of SIP objects.

use super::detail;
use crate::handler::given;
use ami::event::Event as _;
use ami::event::pjsip::{
    AorDetail, AorList, AuthDetail, AuthList, EndpointDetail, EndpointList, IdentifyDetail,
    InboundRegistrationDetail, InboundSubscriptionDetail, Object, OutboundRegistrationDetail,
    ResourceListDetail, TransportDetail,
};
use ami::{Message, response};
use model::{SipEndpoint, SipObject, SipSubscription, Watched, WatchedState};
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

pub(super) fn endpoints(id: &str, objects: &[SipObject]) -> Vec<Message> {
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

pub(super) fn aors(id: &str, objects: &[SipObject]) -> Vec<Message> {
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

pub(super) fn auths(id: &str, objects: &[SipObject], secrets: bool) -> Vec<Message> {
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

pub(super) fn details(id: &str, all: &SipEndpoint, secrets: bool) -> Vec<Message> {
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
pub(super) fn inbound(id: &str, objects: &[SipObject]) -> Vec<Message> {
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

pub(super) fn outbound(id: &str, objects: &[SipObject]) -> Vec<Message> {
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

pub(super) fn resource_lists(id: &str, objects: &[SipObject]) -> Vec<Message> {
    if objects.is_empty() {
        return vec![response::error(id, "No resource lists found").with_line_feed()];
    }
    let items = objects.iter().map(|one| {
        let event = ResourceListDetail {
            action_id: given(id),
            object: object(one),
        };
        event.message()
    });
    list(
        id,
        "A listing of resource lists follows, presented as ResourceListDetail events",
        items.collect(),
        "ResourceListDetailComplete",
    )
}

/// What phones have subscribed to: we are those who notify.
pub(super) fn subscriptions(id: &str, all: &[SipSubscription]) -> Vec<Message> {
    let items = all.iter().map(|subscription| {
        let mut mailboxes = Vec::new();
        let (mut extension, mut state) = (None, None);
        for (what, known) in &subscription.watched {
            match what {
                Watched::Mailbox(name) => mailboxes.push(&**name),
                Watched::Extension { exten, .. } => extension = Some(&**exten),
            }
            if let Some(WatchedState::Extension(known)) = known {
                state = Some(known.text());
            }
        }
        let mailboxes = (!mailboxes.is_empty()).then(|| mailboxes.join(","));
        let event = InboundSubscriptionDetail {
            action_id: given(id),
            role: "Notifier",
            endpoint: &subscription.endpoint,
            callid: &subscription.call_id,
            state: "ACTIVE",
            callerid: &subscription.caller,
            subscription_type: Some(if extension.is_some() {
                "extension_state"
            } else {
                "mwi"
            }),
            mailboxes: mailboxes.as_deref(),
            extension,
            extension_states: state,
        };
        event.message()
    });
    list(
        id,
        "Following are Events for each inbound Subscription",
        items.collect(),
        "InboundSubscriptionDetailComplete",
    )
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
