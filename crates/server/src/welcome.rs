//! What is printed when the server is up: where it listens, how to log in, how to register a phone,
//! and once, when they are made, the secrets.

use crate::node::Node;
use crate::secrets::Made;
use crate::version;
use model::Transport;
use std::fmt::Write as _;

/// The text. `made` are the secrets of this start.
pub(crate) fn text(node: &Node, made: &[Made]) -> String {
    let configured = node.configured();
    let general = &configured.manager.settings.general;
    let mut text = format!("{}\n", version::long());
    let mut line = |name: &str, what: &str| {
        let _ = writeln!(text, "  {name:<10} {what}");
    };
    let places = node.listeners.places();
    for place in &places {
        let how = if place.secured { "TLS" } else { "TCP" };
        line("Manager", &format!("{} over {how}", place.address));
    }
    if places.is_empty() {
        line(
            "Manager",
            "nowhere: set `enabled = yes` in [general] of manager.conf",
        );
    } else if general.bind.0.is_empty() {
        line(
            "",
            "this machine only, as manager.conf has no bindaddr: `bindaddr = 0.0.0.0` opens it to all",
        );
    }
    for place in node.web_places() {
        let scheme = if place.secure { "https" } else { "http" };
        line("HTTP", &format!("{scheme}://{}", place.address));
    }
    let transports = node.sip.listens();
    for (transport, address) in &transports {
        line(
            "SIP",
            &format!(
                "{address} over {}",
                if *transport == Transport::Udp {
                    "UDP"
                } else {
                    "TCP"
                }
            ),
        );
    }
    if transports.is_empty() {
        line("SIP", "nowhere: pjsip.conf has no transport");
    }
    if let Some(place) = places.iter().find(|place| !place.secured) {
        let (ip, port) = (place.address.ip(), place.address.port());
        line(
            "Log in",
            &format!(
                "telnet {ip} {port}, then: Action: Login, Username: NAME, Secret: SECRET, an empty line"
            ),
        );
    }
    if let Some((_, address)) = transports.first() {
        line(
            "Register",
            &format!("a SIP phone at {address} as one of the endpoints of pjsip.conf"),
        );
    }
    for made in made {
        let wanted = &made.wanted;
        let kept = configured
            .configuration
            .asterisk
            .directories
            .state
            .join("secrets")
            .join(&wanted.file);
        line(
            "Secret",
            &format!(
                "{} = {}   (of [{}], kept in {})",
                wanted.key,
                made.secret,
                wanted.section,
                kept.display()
            ),
        );
    }
    text
}
