//! What is to be said of where something listens.

use super::Weight;
use std::net::SocketAddr;

/// What there is to say, how it weighs, and what to do.
pub(super) type Finding = (Weight, String, String);

/// Judges addresses where nothing is encrypted, and those where `protection` does so.
pub(super) fn findings(
    plain: &[SocketAddr],
    secure: &[SocketAddr],
    protection: &str,
) -> impl Iterator<Item = Finding> {
    let open = plain.iter().find(|at| !at.ip().is_loopback());
    let open = open.map(|at| {
        (
            Weight::Danger,
            format!("{at} is reached from other machines, and secrets go there in clear"),
            format!("bind it to 127.0.0.1 and let others come over {protection}"),
        )
    });
    let everywhere = secure.iter().find(|at| at.ip().is_unspecified());
    let everywhere = everywhere.map(|at| {
        (
            Weight::Advice,
            format!("{at} is reached over every network of this machine"),
            "name the one address it is meant for".to_owned(),
        )
    });
    open.into_iter().chain(everywhere)
}
