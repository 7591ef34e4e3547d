//! The options of the whole manager: `[general]` of manager.conf (ami-server.md 6.1).

use crate::TlsSettings;
use ami::Dialect;
use conf::{List, Settings};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;

/// The manager as a whole.
#[derive(Clone, Debug, PartialEq, Settings)]
pub struct General {
    /// Whether the manager answers at all: over TCP, TLS and HTTP.
    pub enabled: bool,
    /// Whether it answers over HTTP; http.conf must enable that too.
    #[setting(name = "webenabled")]
    pub web_enabled: bool,
    /// The TCP port.
    #[setting(default = "5038", min = 1024, max = 65535)]
    pub port: u16,
    /// The addresses it listens on over TCP, or names that have some, separated by commas: of IPv4, of
    /// IPv6 or both. This machine only if not said. A port in it does not count.
    #[setting(name = "bindaddr")]
    pub bind: List<Bind>,
    /// How it encrypts.
    #[setting(part)]
    pub tls: TlsSettings,
    /// The TLS port.
    #[setting(name = "tlsbindport", default = "5039", min = 1)]
    pub tls_port: u16,
    /// The addresses it listens on over TLS, or names; those of `bindaddr` if not said. A port in one goes
    /// before `tlsbindport`.
    #[setting(name = "tlsbindaddr", alias = "sslbindaddr")]
    pub tls_bind: List<Bind>,
    /// Whether our order of cipher suites goes before the client's.
    #[setting(name = "tlsservercipherorder")]
    pub tls_server_order: bool,
    /// Whether an account may have several sessions at a time; an account may say otherwise.
    #[setting(name = "allowmultiplelogin", default = "yes")]
    pub allow_multiple_login: bool,
    /// Whether logins and logoffs are logged; an account may say otherwise.
    #[setting(name = "displayconnects", default = "yes")]
    pub display_connects: bool,
    /// Whether events tell their time.
    #[setting(name = "timestampevents")]
    pub timestamp_events: bool,
    /// Whether Events answers nothing to a mask that asks for all, for clients that count on it.
    #[setting(name = "brokeneventsaction")]
    pub broken_events_action: bool,
    /// Whether events tell their number, and requests are logged.
    pub debug: bool,
    /// How long a session over HTTP lives without a request, in seconds.
    #[setting(name = "httptimeout", default = "60", min = 1)]
    pub http_timeout: u32,
    /// How long a connection may take to log in, in seconds.
    #[setting(name = "authtimeout", default = "30", min = 1)]
    pub login_timeout: u32,
    /// How many connections may be waiting to log in.
    #[setting(name = "authlimit", default = "50", min = 1)]
    pub login_limit: usize,
    /// How many logins may fail within a minute: from an address, before its connections are no longer
    /// taken; to an account, before it is closed to where it has not been logged in to from. This machine
    /// is not limited.
    #[setting(name = "authfailures", default = "30", min = 1)]
    pub login_failures: u32,
    /// The file that it is written down in who did what, from where and with what outcome: one JSON object
    /// a line, chained so that `switchroom audit verify` finds any edit or cut. In `astlogdir` if it is
    /// relative; none if not said.
    #[setting(name = "auditlog")]
    pub audit_log: Option<PathBuf>,
    /// Variables and functions of channels to tell in every event about one.
    #[setting(name = "channelvars")]
    pub channel_variables: List<String>,
    /// Whether BridgeDestroy, BridgeKick, BridgeTechnologySuspend and BridgeTechnologyUnsuspend, which
    /// need no class, are for every account. If not, they are for those with `call`, `agent` or
    /// `system`. An account may say otherwise.
    #[setting(name = "openactions", default = "yes")]
    pub open_actions: bool,
    /// Events that are told to nobody.
    #[setting(name = "disabledevents")]
    pub disabled_events: List<String>,
    /// The protocol as spoken to clients: `22`, or `1.8` for those made for that release. It is told
    /// in the banner, and holds for accounts that do not say otherwise.
    #[setting(default = "22")]
    pub dialect: Spoken,
    /// The protocol told in the banner over TLS; that of `dialect` if not said.
    #[setting(name = "tlsdialect")]
    pub tls_dialect: Option<Spoken>,
}

impl General {
    /// Where to listen over TCP; nowhere if it is not enabled.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        let at = |bind: &Bind| SocketAddr::new(bind.ip, self.port);
        if !self.enabled {
            return Vec::new();
        }
        self.bind_or_loopback().iter().map(at).collect()
    }

    /// Where to listen over TLS; nowhere if it is not enabled.
    pub fn tls_addresses(&self) -> Vec<SocketAddr> {
        if !(self.enabled && self.tls.enabled) {
            return Vec::new();
        }
        if self.tls_bind.0.is_empty() {
            let at = |bind: &Bind| SocketAddr::new(bind.ip, self.tls_port);
            return self.bind_or_loopback().iter().map(at).collect();
        }
        let at = |bind: &Bind| SocketAddr::new(bind.ip, self.tls_bind_port(bind));
        self.tls_bind.0.iter().map(at).collect()
    }

    /// The plain port is not for TLS as well.
    fn tls_bind_port(&self, bind: &Bind) -> u16 {
        match bind.port {
            Some(port) if port != self.port => port,
            Some(_) | None => self.tls_port,
        }
    }

    fn bind_or_loopback(&self) -> Vec<Bind> {
        if self.bind.0.is_empty() {
            let ip = Ipv4Addr::LOCALHOST.into();
            return vec![Bind { ip, port: None }];
        }
        self.bind.0.clone()
    }
}

/// An address to listen on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bind {
    /// The address.
    pub ip: IpAddr,
    /// The port, if it says one.
    pub port: Option<u16>,
}

/// `ADDRESS` or `ADDRESS:PORT`, an IPv6 address in brackets if a port follows. The only name is `localhost`:
/// others are looked up by who reads the file.
impl FromStr for Bind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if let Ok(socket) = text.parse::<SocketAddr>() {
            let (ip, port) = (socket.ip(), Some(socket.port()));
            return Ok(Self { ip, port });
        }
        let bare = text
            .strip_prefix('[')
            .and_then(|text| text.strip_suffix(']'));
        if text.eq_ignore_ascii_case("localhost") {
            let ip = Ipv4Addr::LOCALHOST.into();
            return Ok(Self { ip, port: None });
        }
        let ip = bare.unwrap_or(text).parse().map_err(|_| ())?;
        Ok(Self { ip, port: None })
    }
}

/// A dialect as an option says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spoken(pub Dialect);

impl FromStr for Spoken {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        text.parse().map(Self)
    }
}

conf::value_from_str!(Spoken => "22 or 1.8");
conf::value_from_str!(Bind => "an IP address or the name of a host, with or without a port");

#[cfg(test)]
mod tests {
    use super::*;

    fn bind(text: &str) -> List<Bind> {
        conf::Value::read(text).unwrap()
    }

    fn listening(general: &General) -> (Vec<String>, Vec<String>) {
        let text = |list: Vec<SocketAddr>| list.iter().map(SocketAddr::to_string).collect();
        (text(general.addresses()), text(general.tls_addresses()))
    }

    #[test]
    fn it_listens_on_this_machine_unless_told_otherwise() {
        let mut general = General::default();
        assert_eq!(listening(&general), (vec![], vec![]));
        general.enabled = true;
        assert_eq!(listening(&general).0, ["127.0.0.1:5038"]);
        general.tls.enabled = true;
        assert_eq!(listening(&general).1, ["127.0.0.1:5039"]);
        assert_eq!(bind("LocalHost").0, bind("127.0.0.1").0);
        general.bind = bind("0.0.0.0, ::");
        assert_eq!(listening(&general).0, ["0.0.0.0:5038", "[::]:5038"]);
        assert_eq!(listening(&general).1, ["0.0.0.0:5039", "[::]:5039"]);
    }

    #[test]
    fn a_port_of_tlsbindaddr_goes_before_tlsbindport() {
        let mut general = General {
            enabled: true,
            tls: TlsSettings {
                enabled: true,
                ..TlsSettings::default()
            },
            tls_port: 6000,
            ..General::default()
        };
        for (text, at) in [
            ("192.0.2.1", "192.0.2.1:6000"),
            ("192.0.2.1:7000", "192.0.2.1:7000"),
            ("192.0.2.1:5038", "192.0.2.1:6000"),
            ("[2001:db8::1]:7000", "[2001:db8::1]:7000"),
            ("[2001:db8::1]", "[2001:db8::1]:6000"),
        ] {
            general.tls_bind = bind(text);
            assert_eq!(listening(&general).1, [at], "{text}");
        }
    }
}
