//! Events about SIP endpoints and their contacts.

use super::{Teller, Told};
use ami::event::pjsip::{ContactStatus, PeerStatus, Registry};
use model::{ContactFact, RegistryStatus};

pub(super) fn peer(to: &Teller<'_>, peer: &str, reachable: bool) -> Option<Told> {
    to.say(&PeerStatus {
        channel_type: peer.split('/').next().unwrap_or_default(),
        peer,
        peer_status: if reachable {
            "Reachable"
        } else {
            "Unreachable"
        },
    })
}

pub(super) fn registry(
    to: &Teller<'_>,
    channel_type: &str,
    (username, domain): (&str, &str),
    status: RegistryStatus,
) -> Option<Told> {
    to.say(&Registry {
        channel_type,
        username,
        domain,
        status: status.text(),
    })
}

pub(super) fn contact(to: &Teller<'_>, fact: &ContactFact) -> Option<Told> {
    let round_trip = fact.round_trip.unwrap_or_default().as_micros();
    to.say(&ContactStatus {
        uri: &fact.uri,
        contact_status: fact.state.text(),
        aor: &fact.aor,
        endpoint_name: &fact.endpoint,
        roundtrip_usec: u64::try_from(round_trip).ok(),
    })
}
