//! `http …`: what is served over HTTP.

use super::{Command, Outcome};
use crate::node::Node;

pub(super) const COMMANDS: &[Command] = &[Command {
    words: "http show status",
    synopsis: "Display HTTP server status",
    usage: "Usage: http show status\n       Tells where HTTP is served, and what.\n",
    run: |node, _| Box::pin(async { Outcome::Output(status(node)) }),
}];

fn status(node: &Node) -> String {
    let configured = node.configured();
    let metrics = &configured.configuration.metrics;
    let figures = metrics.enabled.then(|| metrics.uri.trim_matches('/'));
    node.web_status(figures)
}
