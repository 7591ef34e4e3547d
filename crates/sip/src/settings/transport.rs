//! `type = transport`: where we listen.

use super::kind::tell_unused;
use conf::{Diagnostic, Entry, Section, Settings as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

const DEFAULT_PORT: u16 = 5060;

/// What is known and not built.
const NOT_BUILT: &[&str] = &[
    "allow_reload",
    "async_operations",
    "ca_list_file",
    "ca_list_path",
    "cert_file",
    "cipher",
    "cos",
    "domain",
    "external_media_address",
    "external_signaling_address",
    "external_signaling_port",
    "local_net",
    "method",
    "password",
    "priv_key_file",
    "require_client_cert",
    "symmetric_transport",
    "tcp_keepalive_enable",
    "tcp_keepalive_idle_time",
    "tcp_keepalive_interval_time",
    "tcp_keepalive_probe_count",
    "tos",
    "verify_client",
    "verify_server",
    "websocket_write_timeout",
    "allow_wildcard_certs",
];

/// How messages travel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Protocol {
    #[default]
    Udp,
    Tcp,
}

impl Protocol {
    pub(crate) fn to_model(self) -> model::Transport {
        match self {
            Self::Udp => model::Transport::Udp,
            Self::Tcp => model::Transport::Tcp,
        }
    }
}

impl std::str::FromStr for Protocol {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "udp" => Ok(Self::Udp),
            "tcp" => Ok(Self::Tcp),
            _ => Err(()),
        }
    }
}

conf::value_from_str!(Protocol => "udp or tcp");

/// Where we listen.
#[derive(Clone, Debug, conf::Settings)]
pub(super) struct Written {
    /// Says what the section is.
    #[setting(name = "type")]
    _kind: String,
    /// How messages travel: `udp` or `tcp`.
    #[setting(default = "udp")]
    protocol: Protocol,
    /// Where we listen: an IP address, with a port if it is not 5060.
    bind: Option<String>,
    /// All others.
    #[setting(entries, name = "*")]
    rest: Vec<Entry>,
}

/// Where we listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Transport {
    pub(crate) name: Arc<str>,
    pub(crate) protocol: Protocol,
    pub(crate) bind: SocketAddr,
}

impl Transport {
    /// Reads a section; `None` if it cannot be listened on.
    pub(crate) fn read(section: &Section, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let before = diagnostics.len();
        let written = Written::read(section, diagnostics);
        tell_unused(&written.rest, NOT_BUILT, diagnostics);
        if diagnostics[before..]
            .iter()
            .any(|diagnostic| diagnostic.message.starts_with("`protocol ="))
        {
            return None;
        }
        let bind = match &written.bind {
            Some(text) => address(text),
            None => {
                let message = format!(
                    "[{}] has no `bind` and listens on 127.0.0.1 only",
                    section.name
                );
                diagnostics.push(Diagnostic::warning(
                    &section.at,
                    message,
                    "add `bind = 0.0.0.0` to be reached from elsewhere",
                ));
                Some(SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_PORT)))
            }
        };
        if bind.is_none() {
            let message = format!(
                "`bind = {}` is no address",
                written.bind.unwrap_or_default()
            );
            diagnostics.push(Diagnostic::error(
                &section.at,
                message,
                "write an IP address, with `:port` if need be",
            ));
        }
        Some(Self {
            name: section.name.as_str().into(),
            protocol: written.protocol,
            bind: bind?,
        })
    }
}

/// An address with or without a port.
fn address(text: &str) -> Option<SocketAddr> {
    let text = text.trim();
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    let ip: IpAddr = text
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse()
        .ok()?;
    Some(SocketAddr::from((ip, DEFAULT_PORT)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_lack_its_port() {
        assert_eq!(
            address("127.0.0.1"),
            Some("127.0.0.1:5060".parse().unwrap())
        );
        assert_eq!(
            address("0.0.0.0:5070"),
            Some("0.0.0.0:5070".parse().unwrap())
        );
        assert_eq!(address("[::1]:5070"), Some("[::1]:5070".parse().unwrap()));
        assert_eq!(address("[::]"), Some("[::]:5060".parse().unwrap()));
        assert_eq!(address("here"), None);
    }
}
