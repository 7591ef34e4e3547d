//! `rtp set debug`: packets in the log.

use super::{Command, Outcome};
use crate::node::Node;
use media::Tracing;
use std::sync::Arc;

pub(super) const COMMANDS: &[Command] = &[Command {
    words: "rtp set debug",
    synopsis: "Enable/Disable RTP debugging",
    usage: "Usage: rtp set debug {on|off|ip <address>}\n       Tells every RTP packet, or those of one host, as verbose lines of the log.\n",
    run: |node, arguments| Box::pin(async { set(node, arguments) }),
}];

fn set(node: &Arc<Node>, arguments: &[String]) -> Outcome {
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let (tracing, told) = match arguments[..] {
        ["on"] => (Tracing::On, "RTP Packet Debugging Enabled\n".to_owned()),
        ["off"] => (Tracing::Off, "RTP Packet Debugging Disabled\n".to_owned()),
        ["ip", host] => match host.parse() {
            Ok(address) => (
                Tracing::Host(address),
                format!("RTP Packet Debugging Enabled for address: {host}\n"),
            ),
            Err(_) => return Outcome::Failed(format!("{host} is no address\n")),
        },
        _ => return Outcome::Usage,
    };
    node.media.trace(tracing);
    Outcome::Output(told)
}
