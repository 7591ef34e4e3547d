//! `type = identify`: requests matched to an endpoint by where they come from or a header.

use super::kind::tell_unused;
use conf::{Diagnostic, Entry, List, Section, Settings as _};
use std::net::IpAddr;
use std::sync::Arc;

/// What is known and not built.
const NOT_BUILT: &[&str] = &["match_request_uri", "srv_lookups", "transport"];

/// Requests matched to an endpoint.
#[derive(Clone, Debug, conf::Settings)]
pub(super) struct Written {
    /// Says what the section is.
    #[setting(name = "type")]
    _kind: String,
    /// The endpoint.
    endpoint: String,
    /// Addresses or networks (`192.0.2.0/24`) requests come from.
    #[setting(name = "match")]
    addresses: Vec<List<String>>,
    /// A header with its value: `Name: value`.
    match_header: Vec<String>,
    /// All others.
    #[setting(entries, name = "*")]
    rest: Vec<Entry>,
}

/// Requests matched to an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identify {
    pub(crate) name: Arc<str>,
    pub(crate) endpoint: Arc<str>,
    pub(crate) networks: Vec<Network>,
    pub(crate) headers: Vec<HeaderMatch>,
}

/// A header with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HeaderMatch {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// Addresses that begin alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    bits: u8,
}

impl Identify {
    /// Reads a section; `None` if it matches nothing.
    pub(crate) fn read(section: &Section, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let written = Written::read(section, diagnostics);
        tell_unused(&written.rest, NOT_BUILT, diagnostics);
        let mut networks = Vec::new();
        for text in written.addresses.iter().flat_map(|list| &list.0) {
            match Network::parse(text) {
                Some(network) => networks.push(network),
                None => diagnostics.push(Diagnostic::error(
                    &section.at,
                    format!("`match = {text}` is no address"),
                    "write IP addresses or networks; names are not looked up",
                )),
            }
        }
        let mut headers = Vec::new();
        for text in &written.match_header {
            match text.split_once(':') {
                Some((name, value)) => headers.push(HeaderMatch {
                    name: name.trim().to_owned(),
                    value: value.trim().to_owned(),
                }),
                None => diagnostics.push(Diagnostic::error(
                    &section.at,
                    format!("`match_header = {text}` is no header"),
                    "write `Name: value`",
                )),
            }
        }
        if networks.is_empty() && headers.is_empty() {
            let message = format!("[{}] matches nothing", section.name);
            diagnostics.push(Diagnostic::warning(
                &section.at,
                message,
                "add `match` or `match_header`",
            ));
            return None;
        }
        Some(Self {
            name: section.name.as_str().into(),
            endpoint: written.endpoint.into(),
            networks,
            headers,
        })
    }

    /// Whether it matches requests from an address.
    pub(crate) fn matches(&self, address: IpAddr) -> bool {
        self.networks
            .iter()
            .any(|network| network.contains(address))
    }
}

impl Network {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text
            .split_once('/')
            .map_or((text, None), |(address, bits)| (address, Some(bits)));
        let address: IpAddr = address.trim().parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = match bits.map(str::trim) {
            None => most,
            Some(mask) => match mask.parse::<std::net::Ipv4Addr>() {
                Ok(mask) => u8::try_from(mask.to_bits().leading_ones()).ok()?,
                Err(_) => mask.parse().ok()?,
            },
        };
        (bits <= most).then_some(Self { address, bits })
    }

    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                own.to_bits() & mask == other.to_bits() & mask
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let mask = u128::MAX
                    .checked_shl(128 - u32::from(self.bits))
                    .unwrap_or(0);
                own.to_bits() & mask == other.to_bits() & mask
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_contain_their_addresses() {
        let contains = |network, address: &str| {
            Network::parse(network)
                .unwrap()
                .contains(address.parse().unwrap())
        };
        assert!(contains("127.0.0.1", "127.0.0.1"));
        assert!(!contains("127.0.0.1", "127.0.0.2"));
        assert!(contains("10.1.0.0/16", "10.1.2.3"));
        assert!(contains("10.1.0.0/255.255.0.0", "10.1.2.3"));
        assert!(!contains("10.1.0.0/16", "10.2.2.3"));
        assert!(contains("0.0.0.0/0", "10.2.2.3"));
        assert!(contains("2001:db8::/32", "2001:db8::1"));
        assert!(!contains("0.0.0.0/0", "::1"));
        assert_eq!(Network::parse("10.0.0.0/33"), None);
        assert_eq!(Network::parse("phone.example"), None);
    }
}
