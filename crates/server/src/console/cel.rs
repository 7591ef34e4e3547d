//! `cel …`: the channel event log.

use super::{Command, Outcome};
use crate::node::Node;
use std::fmt::Write as _;
use std::sync::Arc;

pub(super) const COMMANDS: &[Command] = &[Command {
    words: "cel show status",
    synopsis: "Display the CEL status",
    usage: "Usage: cel show status\n       Tells what is logged of channels and where it is written.\n",
    run: |node, _| Box::pin(async { Outcome::Output(status(node)) }),
}];

fn status(node: &Arc<Node>) -> String {
    let configured = node.configured();
    let cel = &configured.configuration.switch.cel;
    if !cel.enabled {
        return "CEL Logging: Disabled\n".to_owned();
    }
    let mut text = String::from("CEL Logging: Enabled\n");
    for kind in &cel.events {
        let _ = writeln!(text, "CEL Tracking Event: {}", kind.text());
    }
    for name in &cel.applications {
        let _ = writeln!(text, "CEL Tracking Application: {name}");
    }
    let mut subscribers = configured.configuration.records.event_names();
    if cel.manager {
        subscribers.push("Manager Event Logging");
    }
    for name in subscribers {
        let _ = writeln!(text, "CEL Event Subscriber: {name}");
    }
    text
}
