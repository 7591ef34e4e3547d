//! Actions about SIP phones as release 1.8 had them (ami-server.md 14, legacy-actions.tsv).

mod peer;

use super::{Step, failed, given, pjsip};
use crate::uri;
use ami::action::Action;
use ami::action::sip as declared;
use ami::event::Event as _;
use ami::event::legacy::{PeerEntry, RegistryEntry};
use ami::{Message, response};
use jiff::Timestamp;
use model::{SipEndpoint, SipMethod, SipQuery, SipRegistration, SipReply, SipRequest, SipTarget};
use peer::Peer;

/// The channel technology, as it is told.
const TECHNOLOGY: &str = "PJSIP";

pub(super) fn notify(id: &str, notify: &declared::SipNotify) -> Step {
    // Several of them could stand in one header.
    let pairs = notify.variable.iter().flat_map(|all| all.split(','));
    let pairs: Vec<_> = pairs.map(str::to_owned).collect();
    let headers = pjsip::headers(&pairs);
    if headers.is_empty() {
        return failed(id, "SIPNotify requires at least one variable pair");
    }
    let name = match notify.channel.split_once('/') {
        Some((technology, name)) if is_technology(technology) => name,
        Some(_) | None => &notify.channel,
    };
    pjsip::ask(SipQuery::Send(SipRequest {
        method: SipMethod::Notify,
        to: SipTarget::Endpoint(name.into()),
        from: None,
        headers,
    }))
}

fn is_technology(word: &str) -> bool {
    ["SIP", TECHNOLOGY]
        .iter()
        .any(|own| own.eq_ignore_ascii_case(word))
}

/// What SIP answered; `now` is what registrations are counted by.
pub(super) fn told(
    now: Timestamp,
    id: &str,
    action: &Action,
    reply: &SipReply,
) -> Option<Vec<Message>> {
    let one = |message| Some(vec![message]);
    match (action, reply) {
        (Action::SipPeers(_), SipReply::Endpoints(endpoints)) => Some(peers(id, endpoints)),
        (Action::SipShowPeer(_), SipReply::Endpoint(endpoint)) => {
            one(Peer::of(endpoint).details(now, response::success(id)))
        }
        (Action::SipShowPeer(show), SipReply::NotFound) => one(response::error(
            id,
            format_args!("Peer {} not found.", show.peer),
        )),
        (Action::SipQualifyPeer(_), SipReply::Done) => {
            one(response::done(id, "SIP peer found - will qualify"))
        }
        (Action::SipQualifyPeer(_), SipReply::NotFound) => {
            one(response::error(id, "Peer not found"))
        }
        (Action::SipShowRegistry(_), SipReply::Registry(all)) => Some(registry(id, all)),
        (Action::SipNotify(_), SipReply::Done) => one(response::done(id, "Notify Sent")),
        (Action::SipNotify(_), SipReply::NotFound) => {
            one(response::error(id, "Could not create address"))
        }
        (_, _) => None,
    }
}

fn peers(id: &str, endpoints: &[SipEndpoint]) -> Vec<Message> {
    let items = endpoints.iter().map(|endpoint| {
        let peer = Peer::of(endpoint);
        let yes = |yes: bool| if yes { "yes" } else { "no" };
        let (host, port) = peer.address().unwrap_or(("-none-", 0));
        let event = PeerEntry {
            action_id: given(id),
            channeltype: TECHNOLOGY,
            object_name: &endpoint.endpoint.name,
            chan_object_type: "peer",
            ip_address: host,
            ip_port: port.into(),
            dynamic: yes(peer.is_dynamic()),
            forcerport: yes(peer.forces_rport()),
            video_support: "no",
            text_support: "no",
            acl: "no",
            status: peer.status(),
            realtime_device: "no",
        };
        event.message()
    });
    list(
        id,
        "Peer status list will follow",
        items.collect(),
        "PeerlistComplete",
    )
}

fn registry(id: &str, all: &[SipRegistration]) -> Vec<Message> {
    let items = all.iter().map(|registration| {
        let (host, port) = uri::host_and_port(&registration.server_uri).unwrap_or_default();
        let (domain, domain_port) =
            uri::host_and_port(&registration.client_uri).unwrap_or_default();
        let event = RegistryEntry {
            action_id: given(id),
            host,
            port: port.into(),
            username: uri::user(&registration.client_uri),
            domain,
            domain_port: domain_port.into(),
            refresh: registration.refresh.as_secs(),
            state: registration.status.text(),
            registration_time: registration.registered.map_or(0, Timestamp::as_second),
        };
        event.message()
    });
    list(
        id,
        "Registrations will follow",
        items.collect(),
        "RegistrationsComplete",
    )
}

/// A list as then: the ActionID stands last at its end.
fn list(id: &str, start: &str, items: Vec<Message>, complete: &str) -> Vec<Message> {
    let mut end = response::list_complete(complete, "", items.len());
    if !id.is_empty() {
        end.header("ActionID", id);
    }
    std::iter::once(response::list_start(id, start))
        .chain(items)
        .chain([end])
        .collect()
}
