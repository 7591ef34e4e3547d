//! Where a URI leads: names are looked up here, by who waits for the answer, never by who receives.

use crate::core::Core;
use crate::settings::Protocol;
use crate::transport::Flow;
use rsipstack::sip::{Host, Param, Transport, Uri};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::lookup_host;
use tokio::time::timeout;

/// How long a name may take to be found.
const LOOKUP: Duration = Duration::from_secs(5);
const DEFAULT_PORT: u16 = 5060;

/// A way to a URI, by the transport named if it can be. `None` if it leads nowhere we can go.
pub(crate) async fn flow(core: &Arc<Core>, uri: &str, transport: Option<&str>) -> Option<Flow> {
    // It will stand in headers between angle brackets.
    if uri.contains(|c: char| c.is_control() || matches!(c, '<' | '>' | ' ' | '"')) {
        return None;
    }
    let uri = Uri::try_from(uri).ok()?;
    let protocol = protocol(&uri)?;
    let remote = address(&uri).await?;
    core.flow(protocol, remote, transport).await
}

/// By which protocol a URI is reached; `None` if we do not speak it.
fn protocol(uri: &Uri) -> Option<Protocol> {
    let told = uri.params.iter().find_map(|param| {
        if let Param::Transport(transport) = param {
            Some(*transport)
        } else {
            None
        }
    });
    let is_secure = uri
        .scheme
        .as_ref()
        .is_some_and(|scheme| scheme.to_string().eq_ignore_ascii_case("sips"));
    match told {
        _ if is_secure => None,
        None | Some(Transport::Udp) => Some(Protocol::Udp),
        Some(Transport::Tcp) => Some(Protocol::Tcp),
        Some(
            Transport::Tls | Transport::TlsSctp | Transport::Sctp | Transport::Ws | Transport::Wss,
        ) => None,
    }
}

async fn address(uri: &Uri) -> Option<SocketAddr> {
    let port = uri
        .host_with_port
        .port
        .map_or(DEFAULT_PORT, |port| port.value());
    match &uri.host_with_port.host {
        Host::IpAddr(ip) => Some(SocketAddr::new(*ip, port)),
        Host::Domain(name) => {
            let found = timeout(LOOKUP, lookup_host((name.0.as_str(), port)))
                .await
                .ok()?
                .ok()?;
            let mut found: Vec<SocketAddr> = found.collect();
            found.sort_by_key(SocketAddr::is_ipv6);
            found.into_iter().next()
        }
    }
}
